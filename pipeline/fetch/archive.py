"""WARC in and out: raw pages as an archivist keeps them (ISO 28500:2017, WARC 1.1).

Reading yields what was fetched with status 200, once an address and body; a revisit record of a
body that stands under another address is followed to it. Writing is in `ArchiveWriter`: pages that
were fetched are responses, local ones resources that say what they were called.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.fetch.codings import layers_of, undo
from pipeline.fetch.sniff import looks_like_markup, not_a_page
from schemas.errors import FetchError, StoreError, UsageError
from schemas.records import Failure, Page, content_id

_METADATA = "WARC-JSON-Metadata"  # what the source said of the page, as pywb and Webrecorder keep it
_MEDIA = {"html": "text/html", "text": "text/plain", "clean": "text/plain"}
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
        told = " ".join(str(err).partition(", first line")[0].split())[:120] or type(err).__name__
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
    if record.rec_type == "resource" and (local := _local(path, record)) is not None:
        return local
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
    told = _told((address or headers).get_header(_METADATA))
    source = told.get("source", "")
    return Page(
        id=content_id("page", source or url),
        source=source or url,
        body=body,
        media=media,
        fetched_at=_date((address or headers).get_header("WARC-Date"), now),
        url=url,
        charset=charset_of(kind),
        hints=_hints(told),
    )


def _local(path: Path, record: Any) -> Page | Failure | None:
    """Return a page that came from a file, as our own archives keep it; None for any other record."""
    headers = record.rec_headers
    told = _told(headers.get_header(_METADATA))
    source, name, media = told.get("source"), told.get("id"), told.get("media")
    if not source or not name or media not in _MEDIA:
        return None
    body = record.raw_stream.read(LARGEST_RECORD + 1)
    if len(body) > LARGEST_RECORD:
        return Failure(f"{path}#{source}", "decode", "too large", f"more than {LARGEST_RECORD:,} bytes")
    moment = _date(headers.get_header("WARC-Date"), dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC))
    return Page(
        id=name, source=source, body=body, media=media, fetched_at=moment, url=told.get("url"),
        charset=told.get("charset"), hints=_hints(told),
    )  # fmt: skip


def _told(metadata: str | None) -> dict[str, Any]:
    """Return what our own archives keep of a page (its texts are texts, "hints" is whatever it is)."""
    try:
        told = json.loads((metadata or "")[:40_000] or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {key: value for key, value in told.items() if isinstance(value, str) or key == "hints"}


def _hints(told: dict[str, Any]) -> dict[str, str]:
    hints = told.get("hints")
    return {k: v for k, v in hints.items() if isinstance(v, str)} if isinstance(hints, dict) else {}


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


#: Never kept: they belong to a session, and an archive is passed on.
_PRIVATE_HEADERS = frozenset(("set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization", "www-authenticate"))  # fmt: skip
#: They told of the body as it was sent; it is kept decoded.
_TRANSFER_HEADERS = frozenset(
    ("transfer-encoding", "content-encoding", "content-length", "connection", "keep-alive")
)
ROTATE_BYTES = 1 << 30
_OPEN = ".open"
INDEX = "costline.index"


class ArchiveWriter:
    """Keeps raw pages as WARC 1.1 in a folder: a response for a new body, a revisit for a known one.

    A file that is being written is called NAME.warc.gz.open; what a killed run left behind is cut
    back to its last whole record and given its name by the next run. The file INDEX says which bodies
    the folder holds under which address, from run to run; without it they would be kept again.
    """

    def __init__(self, folder: Path, *, run_id: str, software: str) -> None:
        self.folder = folder
        self._run_id = run_id
        self._software = software
        self._seen: dict[str, tuple[str, str]] = {}
        self._file: Any = None
        self._writer: Any = None
        self._count = 0
        self._held: set[bytes] = set()
        self._news: list[str] = []  # lines for the index, written when their records are
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for left in sorted(folder.glob(f"*.warc.gz{_OPEN}")):
                _recover(left)
            if (folder / INDEX).exists():
                with (folder / INDEX).open(encoding="utf-8", errors="replace") as index:
                    self._held.update(_short(line) for line in index if line.endswith("\n"))
        except OSError as err:
            raise UsageError(f"--archive {folder}: {err.strerror or err}") from err

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as err:
            raise StoreError(f"{self.folder}: {err.strerror or err}; the archive can't be written") from err

    def holds(self, address: str, sha256: str) -> bool:
        """Say whether a body is kept under an address (of a local page: its source)."""
        return _short(_line(address, sha256)) in self._held

    def _hold(self, address: str, sha256: str) -> None:
        line = _line(address, sha256)
        self._held.add(_short(line))
        self._news.append(line)

    def response(self, page: Page, headers: dict[str, str]) -> None:
        """Keep a page as it was received (decoded); a body that is kept already becomes a revisit.

        Raises StoreError if the archive can't be written, as the other methods do.
        """
        with self._writing():
            self._response(page, headers)

    def local(self, page: Page) -> None:
        """Keep a page that came from a file, with all that is known of it, unless it is kept already.

        A page out of an archive (its source is an address) is left there.
        """
        if page.source.startswith(("http://", "https://")) or self.holds(page.source, page.sha256):
            return
        with self._writing():
            writer = self._ready()
            told = {"id": page.id, "media": page.media, "url": page.url, "charset": page.charset}
            kept = {key: value for key, value in told.items() if value is not None}
            kind = _MEDIA.get(page.media, "text/html") + (f"; charset={page.charset}" if page.charset else "")
            writer.write_record(
                writer.create_warc_record(
                    f"file:{quote(page.source)}", "resource", payload=io.BytesIO(page.body), warc_content_type=kind,
                    warc_headers_dict={
                        "WARC-Date": _stamp(page.fetched_at), "WARC-Payload-Digest": payload_digest(page.body),
                        **self._metadata(page, **kept),
                    },
                )
            )  # fmt: skip
            self._hold(page.source, page.sha256)

    def _response(self, page: Page, headers: dict[str, str]) -> None:
        from warcio.statusandheaders import StatusAndHeaders

        url = page.url or page.source
        digest = payload_digest(page.body)
        date = _stamp(page.fetched_at)
        kept = [(name, value) for name, value in _kept_headers(headers) if name.lower() != "content-length"]
        told = {"WARC-Date": date, **self._metadata(page)}
        writer = self._ready()
        if digest in self._seen or self.holds(url, page.sha256):
            first_url, first_date = self._seen.get(digest, (url, ""))
            http = StatusAndHeaders("200 OK", kept, protocol="HTTP/1.1")
            record = writer.create_revisit_record(
                url, digest=digest, refers_to_uri=first_url, refers_to_date=first_date,
                http_headers=http, warc_headers_dict=told,
            )  # fmt: skip
            if not first_date:  # it stands in a file of an earlier run
                record.rec_headers.remove_header("WARC-Refers-To-Date")
        else:
            self._seen[digest] = (url, date)
            http = StatusAndHeaders(
                "200 OK", [*kept, ("Content-Length", str(len(page.body)))], protocol="HTTP/1.1"
            )
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(page.body),
                http_headers=http,
                warc_headers_dict={**told, "WARC-Payload-Digest": digest},
            )
        writer.write_record(record)
        if not self.holds(url, page.sha256):
            self._hold(url, page.sha256)

    def not_modified(self, url: str, headers: dict[str, str], moment: dt.datetime) -> None:
        """Keep that the server said "not modified": a revisit without a body (WARC 1.1, 6.7.3)."""
        with self._writing():
            self._not_modified(url, headers, moment)

    def _not_modified(self, url: str, headers: dict[str, str], moment: dt.datetime) -> None:
        from warcio.statusandheaders import StatusAndHeaders

        writer = self._ready()
        http = StatusAndHeaders("304 Not Modified", _kept_headers(headers), protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url, "revisit", http_headers=http,
            warc_headers_dict={
                "WARC-Date": _stamp(moment),
                "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
            },
        )  # fmt: skip
        writer.write_record(record)

    def flush(self) -> None:
        """Hand what is written to the system; called before the ledger stores the same pages."""
        if self._file is not None:
            with self._writing():
                self._file.flush()
                self._note()
                if self._file.tell() > ROTATE_BYTES:
                    self.close()

    def close(self) -> None:
        """Finish the file and give it its name."""
        if self._file is not None:
            path = Path(self._file.name)
            self._file.close()
            self._note()
            path.rename(path.with_name(path.name.removesuffix(_OPEN)))
            self._file = self._writer = None
            self._seen.clear()  # a revisit is followed within its file

    def _note(self) -> None:
        """Write the index: behind its records, so that what it names is there."""
        if self._news:
            with (self.folder / INDEX).open("a", encoding="utf-8") as index:
                index.writelines(self._news)
            self._news = []

    def _metadata(self, page: Page, **more: str) -> dict[str, str]:
        told = {"source": page.source, **({"hints": dict(page.hints)} if page.hints else {}), **more}
        return {_METADATA: json.dumps(told, sort_keys=True)}

    def _ready(self) -> Any:
        from warcio.warcwriter import WARCWriter

        if self._writer is None:
            stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d%H%M%S")
            name = f"costline-{stamp}-{self._run_id}-{self._count:04d}.warc.gz"
            self._count += 1
            self._file = (self.folder / (name + _OPEN)).open("xb")
            self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
            info = {"software": self._software, "format": "WARC File Format 1.1", "run": self._run_id}
            self._writer.write_record(self._writer.create_warcinfo_record(name, info))
        return self._writer


def _line(address: str, sha256: str) -> str:
    return f"{sha256} {address.encode('unicode_escape').decode('ascii')}\n"


def _short(line: str) -> bytes:
    """Return eight bytes for a line of the index: a million of them take 60 MB."""
    return hashlib.blake2b(line.encode(), digest_size=8).digest()


def _kept_headers(headers: dict[str, str]) -> list[tuple[str, str]]:
    kept = []
    for name, value in headers.items():
        if name in _PRIVATE_HEADERS:
            continue
        clean = "".join(c if " " <= c <= "~" else " " for c in value)[:4_000]
        kept.append((f"X-Archive-Orig-{name}" if name in _TRANSFER_HEADERS else name, clean))
    return kept


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _recover(path: Path) -> None:
    """Cut an archive that was left open back to its whole records and give it its name."""
    whole = 0
    with path.open("rb") as opened:
        while True:
            engine = zlib.decompressobj(31)
            opened.seek(whole)
            ended = False
            while piece := opened.read(1 << 16):
                try:
                    while piece and not engine.eof:
                        engine.decompress(piece, 1 << 20)
                        piece = engine.unconsumed_tail
                except zlib.error:
                    break
                if engine.eof:
                    whole = opened.tell() - len(engine.unused_data)
                    ended = True
                    break
            if not ended:
                break
    if whole:
        with path.open("r+b") as opened:
            opened.truncate(whole)
        path.rename(path.with_name(path.name.removesuffix(_OPEN)))
    else:
        path.unlink()
