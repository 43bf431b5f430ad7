"""Read pages from files: .html, .txt, .jsonl, .warc(.gz), and folders of them.

A page's id is its file's stem (a line's "id" in .jsonl, a hash of the address in a WARC). The order
is that of the sorted paths, then that of the file. What can't be read becomes a Failure with one
clear reason, in its place, and the rest goes on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.fetch.archive import read_warc
from pipeline.fetch.sniff import not_a_page
from schemas.records import Failure, Page, content_id

LARGEST_PAGE = 64 << 20  # bytes of one local page or line; the killable worker bounds the rest
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
WARC_SUFFIXES = (".warc", ".warc.gz")
SUFFIXES = (*HTML_SUFFIXES, ".txt", ".jsonl", *WARC_SUFFIXES)
#: Keys of a .jsonl line that travel on as hints.
_HINTS = ("title", "published", "author", "model", "language", "site")


def is_readable_name(path: Path) -> bool:
    """Say whether a file's name is one of a kind that read_local knows."""
    return path.name.lower().endswith(SUFFIXES)


def page_id(url: str) -> str:
    """Return the short name of a page that has an address and no file."""
    return content_id("page", url)


def read_local(path: Path | str, *, now: dt.datetime | None = None) -> Iterator[Page | Failure]:
    """Yield the pages of a file or of all readable files under a folder.

    now: what `fetched_at` says (aware; the clock by default); pages of a WARC carry their own time.
    Bad input is a Failure at stage "source" (no such file, unknown kind, empty, bad line ...).
    """
    path = Path(path)
    now = now or dt.datetime.now(dt.UTC)
    if path.is_dir():
        yield from _folder(path, now)
        return
    yield from _file(path, now)


def _folder(path: Path, now: dt.datetime) -> Iterator[Page | Failure]:
    empty = True
    try:
        inside = sorted(item for item in path.rglob("*") if is_readable_name(item))
    except OSError as err:
        yield _unreadable(path, err)
        return
    for item in inside:
        if any(part.startswith(".") for part in item.relative_to(path).parts) or not item.is_file():
            continue
        empty = False
        yield from _file(item, now)
    if empty:
        yield Failure(
            str(path), "source", "nothing to read", f"the folder holds no {', '.join(SUFFIXES)} file"
        )


def _file(path: Path, now: dt.datetime) -> Iterator[Page | Failure]:
    name = path.name.lower()
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            opened.read(1)
    except OSError as err:
        yield _unreadable(path, err)
        return
    if not is_readable_name(path):
        yield Failure(str(path), "source", "unknown kind of file", f"it may be one of {', '.join(SUFFIXES)}")
    elif size == 0:
        yield Failure(str(path), "source", "empty", "the file holds no bytes")
    elif name.endswith(WARC_SUFFIXES):
        yield from read_warc(path, now=now)
    elif name.endswith(".jsonl"):
        yield from _lines(path, now)
    elif size > LARGEST_PAGE:
        yield Failure(str(path), "source", "too large", f"{size:,} bytes; {LARGEST_PAGE:,} at most")
    else:
        yield _page(path, now)


def _page(path: Path, now: dt.datetime) -> Page | Failure:
    try:
        body = path.read_bytes()
    except OSError as err:
        return _unreadable(path, err)
    if kind := not_a_page(body):
        return Failure(str(path), "decode", f"not a page: {kind}", "give a page saved as HTML or text")
    media = "html" if path.name.lower().endswith(HTML_SUFFIXES) else "text"
    return Page(id=path.stem, source=str(path), body=body, media=media, fetched_at=now)


def _lines(path: Path, now: dt.datetime) -> Iterator[Page | Failure]:
    empty = True
    try:
        with path.open("rb") as opened:
            number = 0
            while line := opened.readline(LARGEST_PAGE + 1):
                number += 1
                if len(line) > LARGEST_PAGE:
                    while line and not line.endswith(b"\n"):
                        line = opened.readline(LARGEST_PAGE)
                    yield Failure(f"{path}:{number}", "source", "too large", f"a line of {LARGEST_PAGE:,} bytes at most")  # fmt: skip
                    empty = False
                elif line.strip():
                    empty = False
                    yield _line(path, number, line, now)
    except OSError as err:
        yield _unreadable(path, err)
        return
    if empty:
        yield Failure(str(path), "source", "empty", "the file holds no line")


def _line(path: Path, number: int, line: bytes, now: dt.datetime) -> Page | Failure:
    where = f"{path}:{number}"
    try:
        told = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as err:
        return Failure(where, "source", "bad line", f"not JSON: {str(err)[:120]}")
    if not isinstance(told, dict):
        return Failure(where, "source", "bad line", 'a line is an object with "id" and "text"')
    text, key, url = told.get("text"), told.get("id"), told.get("url")
    if not isinstance(text, str) or isinstance(key, bool) or not isinstance(key, str | int):
        return Failure(where, "source", "bad line", 'a line needs "id" (text or number) and "text" (text)')
    hints = {name: told[name].strip() for name in _HINTS if isinstance(told.get(name), str)}
    return Page(
        id=str(key),
        source=where,
        body=text.encode("utf-8", "replace"),
        media="clean",
        fetched_at=now,
        url=url if isinstance(url, str) and url else None,
        charset="utf-8",
        hints={name: value for name, value in hints.items() if value},
    )


def _unreadable(path: Path, err: OSError) -> Failure:
    if isinstance(err, FileNotFoundError):
        return Failure(str(path), "source", "no such file", "check the path")
    if isinstance(err, PermissionError):
        return Failure(str(path), "source", "permission denied", "make the file readable for this user")
    return Failure(str(path), "source", "unreadable", str(err.strerror or err))
