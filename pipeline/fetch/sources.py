"""What to look at: sources from the command line and from sources.toml, checked with line numbers.

[settings]                      # see pipeline.settings; options and COSTLINE_* win over these
contact = "mailto:you@example.org"
host_delay = 2.0

[[source]]
name = "Example news"
url = "https://news.example/feed.xml"       # or: path = "saved-pages"
kind = "auto"                               # auto, page, feed, sitemap, listing
every = "6h"                                # 15m, 6h, 1d, 2w
limit = 200                                 # new or due pages a run, at most
include = ["*/ai/*"]                        # address patterns (*, ?), any of them
exclude = ["*/sport/*"]
cues = ["parameters", "training cost"]      # words of which title, address or text must have one
languages = ["en"]
since = 2024-01-01                          # pages dated before are left out
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pipeline.fetch.addresses import parse
from pipeline.fetch.discover import KINDS
from schemas.crawl import Entry
from schemas.errors import FetchError, UsageError
from schemas.records import Article, Outcome

DEFAULT_LIMIT = 50_000
DEFAULT_EVERY = 24 * 3600
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:(?!\\)")
_DURATION = re.compile(r"(\d{1,5})\s?([mhdw])\Z")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_KEYS = ("name", "url", "path", "kind", "every", "limit", "include", "exclude", "cues", "languages", "since", "enabled")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A place that pages come from.

    location: an address, or a path (is_local says which).
    every:    cadence in seconds for schedule.   limit: pages a run, at most.
    """

    name: str
    location: str
    kind: str = "auto"
    every: int = DEFAULT_EVERY
    limit: int = DEFAULT_LIMIT
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: dt.date | None = None
    is_local: bool = False

    @property
    def filters(self) -> bool:
        """Whether anything is left out by content."""
        return bool(self.cues or self.languages or self.since)

    def wants_entry(self, entry: Entry) -> bool:
        """Say whether an entry is worth a request, by its address and what the source says of it.

        Cue words decide here only when an outcome can't: a title without a cue may head a text with
        one, so the text has the last word.
        """
        url = entry.url
        if self.include and not any(fnmatchcase(url, pattern) for pattern in self.include):
            return False
        if any(fnmatchcase(url, pattern) for pattern in self.exclude):
            return False
        language = entry.hints.get("language", "")[:2].lower()
        if self.languages and language and language not in self.languages:
            return False
        return not (self.since and _is_before(entry.hints.get("published"), self.since))

    def wants(self, outcome: Outcome) -> bool:
        """Say whether a read page passes the filters by date, language and cue words."""
        article = outcome.article
        if article is None or not self.filters:
            return True
        if self.languages and article.language and article.language not in self.languages:
            return False
        if self.since and article.published and article.published < self.since:
            return False
        return not self.cues or _has_cue(article, self.cues)


def _is_before(told: str | None, since: dt.date) -> bool:
    try:
        return dt.date.fromisoformat((told or "")[:10]) < since
    except ValueError:
        return False


def _has_cue(article: Article, cues: tuple[str, ...]) -> bool:
    text = f"{article.title or ''}\n{article.url or ''}\n{article.text}".casefold()
    return any(cue in text for cue in cues)


def is_address(told: str) -> bool:
    """Say whether a command-line argument is meant as an address: it begins with a scheme."""
    return bool(_SCHEME.match(told)) and not Path(told).exists()


def source_of(told: str, *, kind: str = "auto") -> Source:
    """Return the source that a command-line argument names (anything but a .toml file)."""
    return Source(name=told, location=told, kind=kind, is_local=not is_address(told))


def read_sources(path: Path) -> tuple[list[Source], Mapping[str, Any]]:
    """Return the sources of a sources.toml (those not switched off) and its [settings] table.

    Raises UsageError "FILE:LINE: what is wrong and what to write instead".
    """
    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"{path}: can't be read ({getattr(err, 'strerror', None) or err})") from err
    except tomllib.TOMLDecodeError as err:
        line = re.search(r"at line (\d+)", str(err))
        number = line.group(1) if line else str(len(text.splitlines()) or 1)
        raise UsageError(f"{path}:{number}: not TOML: {str(err).split(' (at')[0]}") from err
    lines = _Lines(path, text)
    for key in told:
        if key not in ("settings", "source"):
            raise lines.error(None, key, f"unknown table {key!r}; it may be settings or [[source]]")
    tables = told.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise lines.error(None, "source", "sources are written as [[source]], in double brackets")
    if not isinstance(told.get("settings", {}), dict):
        raise lines.error(None, "settings", "settings are a table: [settings]")
    found: list[Source] = []
    names: set[str] = set()
    for number, table in enumerate(tables):
        source = _source(lines, number, table, path.parent)
        if source.name in names:
            raise lines.error(number, "name", f"a second source is called {source.name!r}")
        names.add(source.name)
        if table.get("enabled", True):
            found.append(source)
    if not tables:
        raise UsageError(f"{path}:1: no [[source]] in it")
    return found, told.get("settings", {})


class _Lines:
    """Finds the line on which a key of the n-th [[source]] stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._at: dict[tuple[int | None, str], int] = {}
        table: int | None = None
        seen = -1
        for number, line in enumerate(text.splitlines(), start=1):
            bare = line.strip()
            if bare.startswith("[["):
                seen += 1
                table = seen
                self._at.setdefault((table, ""), number)
                self._at.setdefault((None, bare.strip("[] ")), number)
            elif bare.startswith("["):
                table = None
                self._at.setdefault((None, bare.split("]")[0].strip("[ ")), number)
            elif found := re.match(r"[\"']?([\w-]{1,60})[\"']?\s{0,20}[=.]", bare):
                self._at.setdefault((table, found.group(1)), number)

    def error(self, table: int | None, key: str, told: str) -> UsageError:
        """Return the error to raise; the line is the key's, else the table's, else the first."""
        line = self._at.get((table, key)) or self._at.get((table, "")) or 1
        return UsageError(f"{self._path}:{line}: {told}")


def _source(lines: _Lines, number: int, table: Mapping[str, Any], folder: Path) -> Source:
    def wrong(key: str, told: str) -> UsageError:
        return lines.error(number, key, told)

    for key in table:
        if key not in _KEYS:
            raise wrong(key, f"unknown key {key!r}; it may be {', '.join(_KEYS)}")
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise wrong("name", "a source needs a name")
    url, path = table.get("url"), table.get("path")
    if (url is None) == (path is None):
        raise wrong("url", f"{name!r} needs either url or path")
    location = url if url is not None else path
    if not isinstance(location, str) or not location:
        raise wrong("url" if url is not None else "path", f"{name!r}: its place is not text")
    if url is not None:
        try:
            parse(location)
        except FetchError as err:
            raise wrong("url", f"{name!r}: {err}") from err
    else:
        location = str(folder / location)
    kind = table.get("kind", "auto")
    if kind not in KINDS:
        raise wrong("kind", f"{name!r}: kind is {kind!r}; it may be {', '.join(KINDS)}")
    every = _DURATION.match(table["every"]) if isinstance(table.get("every"), str) else None
    if "every" in table and (every is None or int(every[1]) == 0):
        raise wrong("every", f"{name!r}: every is {table['every']!r}; write 15m, 6h, 1d or 2w")
    limit = table.get("limit", DEFAULT_LIMIT)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise wrong("limit", f"{name!r}: limit is {limit!r}; it is a number of pages, 1 or more")
    lists = {}
    for key in ("include", "exclude", "cues", "languages"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise wrong(key, f'{name!r}: {key} is a list of texts, like ["a", "b"]')
        lists[key] = tuple(value)
    if any(not re.fullmatch(r"[a-z]{2}", language) for language in lists["languages"]):
        raise wrong("languages", f'{name!r}: languages are two small letters, like "en"')
    since = table.get("since")
    if since is not None and (not isinstance(since, dt.date) or isinstance(since, dt.datetime)):
        raise wrong("since", f"{name!r}: since is a date without quotes, like 2024-01-31")
    if not isinstance(table.get("enabled", True), bool):
        raise wrong("enabled", f"{name!r}: enabled is true or false")
    return Source(
        name=name.strip(), location=location, kind=kind,
        every=int(every[1]) * _SECONDS[every[2]] if every else DEFAULT_EVERY,
        limit=limit, include=lists["include"], exclude=lists["exclude"],
        cues=tuple(cue.casefold() for cue in lists["cues"]), languages=lists["languages"],
        since=since, is_local=url is None,
    )  # fmt: skip
