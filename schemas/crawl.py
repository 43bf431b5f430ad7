"""What a crawler remembers between runs, and what a source document names. Imports no other room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.records import Failure, Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """An address that a feed, sitemap or listing names, with what it says of it.

    hints:   as Page.hints ("title", "published", "author", "language").
    changed: when the place says it last changed (aware), or None.
    """

    url: str
    hints: Mapping[str, str] = field(default_factory=dict)
    changed: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceOutcome(Outcome):
    """What a source document came to: its kind ("feed", "sitemap", "index", "listing", "page"), its
    entries in document order, and links that were refused."""

    kind: str = "page"
    entries: tuple[Entry, ...] = ()
    refused: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an address.

    address:     folded (see pipeline.fetch.fold), the key.
    final_url:   the address that answered in the end: the validators belong to it.
    body_sha256: of the last full body, 64 hexadecimal digits.
    status:      of the last answer; None where there was none.
    fetched_at, changed_at, next_due: aware, UTC.
    found_in:    name of the source that named it, or None.
    """

    address: str
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    status: int | None = None
    fetched_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    next_due: dt.datetime | None = None
    interval_seconds: int | None = None
    fail_count: int = 0
    found_in: str | None = None


@dataclass(frozen=True, slots=True)
class RobotsState:
    """A host's robots.txt: origin ("https://example.org:8443"), the rules' bytes, when they came.

    status: "rules", "none" (no such file: all is allowed) or "unreachable" (nothing is allowed).
    """

    origin: str
    status: str
    body: bytes
    fetched_at: dt.datetime


@dataclass(frozen=True, slots=True)
class HostState:
    """How a host has behaved: failures in a row, and until when it is left alone (aware, UTC)."""

    host: str
    fail_count: int = 0
    rest_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """When a source was last looked at, when it is due, and what happened (aware, UTC)."""

    source: str
    kind: str | None = None
    cadence_seconds: int | None = None
    last_run: dt.datetime | None = None
    next_due: dt.datetime | None = None
    fail_count: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class FailedItem:
    """An input that failed and was not given up."""

    input: str
    stage: str
    reason: str
    attempts: int
    last_tried: dt.datetime
    next_try: dt.datetime | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Memo:
    """What one batch of fetching adds to the memory; written in one transaction.

    bodies:    source documents (feeds, sitemaps, listings) by address, so that "not modified" still
               leads to every entry.
    resolved:  inputs that came right without a new outcome (not modified).
    next_try:  input -> when a failure is worth another try; None: it is given up.
    """

    known: tuple[Known, ...] = ()
    robots: tuple[RobotsState, ...] = ()
    hosts: tuple[HostState, ...] = ()
    sources: tuple[SourceState, ...] = ()
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    resolved: tuple[str, ...] = ()
    next_try: Mapping[str, dt.datetime | None] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any((self.known, self.robots, self.hosts, self.sources, self.bodies, self.resolved, self.next_try))  # fmt: skip
