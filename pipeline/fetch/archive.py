"""WARC in and out: raw pages as an archivist keeps them (ISO 28500:2017, WARC 1.1).

Reading yields what was fetched with status 200, once an address and body; a revisit record of a
body that stands under another address is followed to it. Writing is in `ArchiveWriter`.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.fetch.codings import layers_of, undo
from pipeline.fetch.sniff import looks_like_markup, not_a_page
from schemas.errors import FetchError
from schemas.records import Failure, Page, content_id

LARGEST_RECORD = 64 << 20  # bytes of one record, packed or not
_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)


def media_of(content_type: str | None, body: bytes) -> str | None:
    """Return "html" or "text" for a body that a page may come in, None for any other type."""
    kind = (content_type or "").split(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return "html"
    if kind in ("text/plain", "text/markdown"):
        return "html" if looks_like_markup(body) else "text"
    if kind in ("", "application/octet-stream", "unknown/unknown", "text/xml", "application/xml"):
        return "html" if looks_like_markup(body) and b"<html" in body[:4096].lower() else None
    return None


def charset_of(content_type: str | None) -> str | None:
    """Return the character set that a Content-Type names, in lower case, or None."""
    found = _CHARSET.search((content_type or "")[:500])
    return found.group(1).lower() if found else None


def payload_digest(body: bytes) -> str:
    """Return the digest that WARC files customarily carry: sha1 in base 32, not for security."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def read_warc(path: Path, *, now: dt.datetime) -> Iterator[Page | Failure]:
    """Yield the pages of a .warc or .warc.gz file in the order of its records.

    now: for records that carry no usable date. A file that is no WARC, or breaks off, is a Failure
    at stage "source" after the pages before the break; a record that can't be unpacked is one at
    stage "decode", and the rest goes on.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    seen: dict[str, tuple[str, int]] = {}  # payload digest -> (address, offset of its record)
    given: set[tuple[str, str]] = set()
    records = 0
    try:
        with path.open("rb") as opened:
            archive = ArchiveIterator(opened)
            for record in archive:
                records += 1
                digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type == "revisit" and digest in seen and (url, digest) not in given:
                    given.add((url, digest))
                    yield from _referred(path, seen[digest][1], record, now)
                    continue
                got = _read(path, record, now)
                if isinstance(got, Page):
                    key = digest or payload_digest(got.body)
                    if (url, key) in given:
                        continue
                    given.add((url, key))
                    seen.setdefault(key, (url, archive.get_record_offset()))
                if got is not None:
                    yield got
    except (ArchiveLoadFailed, EOFError, ValueError, OSError, AttributeError) as err:
        told = " ".join(str(err).split())[:120] or type(err).__name__
        yield Failure(str(path), "source", "broken archive", f"after {records} records: {told}")
        return
    if not records:
        yield Failure(str(path), "source", "empty", "the archive holds no record")


def _referred(path: Path, offset: int, revisit: Any, now: dt.datetime) -> Iterator[Page | Failure]:
    """Yield the page that a revisit record points to, under the revisit's own address and time."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as opened:
        opened.seek(offset)
        for record in ArchiveIterator(opened):
            got = _read(path, record, now, address=revisit.rec_headers)
            if got is not None:
                yield got
            return


def _read(path: Path, record: Any, now: dt.datetime, *, address: Any = None) -> Page | Failure | None:
    """Return the page of one record, its failure, or None where it is no page by its own word."""
    headers = record.rec_headers
    url = (address or headers).get_header("WARC-Target-URI") or ""
    http = record.http_headers
    if record.rec_type not in ("response", "resource") or not url.startswith(("http://", "https://")):
        return None
    kind = http.get_header("Content-Type") if http else headers.get_header("Content-Type")
    if http and http.get_statuscode() != "200":
        return None
    where = f"{path}#{url}"
    try:
        raw = record.raw_stream.read(LARGEST_RECORD + 1)
        if len(raw) > LARGEST_RECORD:
            raise FetchError(f"record is larger than {LARGEST_RECORD:,} bytes", reason="too large")
        body = _unpacked(raw, http)
    except FetchError as err:
        return Failure(where, "decode", err.reason, str(err))
    media = media_of(kind, body)
    if media is None:
        return None
    if name := not_a_page(body):
        return Failure(where, "decode", f"not a page: {name}", "the server called it a page")
    return Page(
        id=content_id("page", url),
        source=url,
        body=body,
        media=media,
        fetched_at=_date((address or headers).get_header("WARC-Date"), now),
        url=url,
        charset=charset_of(kind),
    )


def _unpacked(raw: bytes, http: Any) -> bytes:
    """Undo transfer and content coding as the stored HTTP headers tell them."""
    if http is None:
        return raw
    if "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        raw = _dechunked(raw)
    layers = layers_of(http.get_header("Content-Encoding"))
    if layers and not _is_packed(raw, layers):
        layers = ()  # many archives store the decoded body under the old header
    return b"".join(undo([raw], layers, most_bytes=LARGEST_RECORD))


def _is_packed(raw: bytes, layers: tuple[str, ...]) -> bool:
    first = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}.get(layers[-1])
    return raw.startswith(first) if first else not looks_like_markup(raw)


def _dechunked(raw: bytes) -> bytes:
    """Join the chunks; a body that was stored dechunked under the old header comes back as it is."""
    out: list[bytes] = []
    at = 0
    while at < len(raw):
        end = raw.find(b"\r\n", at, at + 64)
        try:
            size = int(raw[at:end].split(b";")[0], 16) if end > 0 else -1
        except ValueError:
            size = -1
        if size < 0:
            return raw if not out else b"".join(out)
        if size == 0:
            break
        out.append(raw[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
    return b"".join(out)


def _date(told: str | None, now: dt.datetime) -> dt.datetime:
    try:
        date = dt.datetime.fromisoformat(told or "")
    except ValueError:
        return now
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)
