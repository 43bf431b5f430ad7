"""What the crawler needs of a store: db.crawl.CrawlStore satisfies it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from schemas.crawl import FailedItem, HostState, Known, Memo, RobotsState, SourceState
from schemas.records import Outcome


class Memory(Protocol):
    """Memory between runs, next to the ledger's own put.

    The crawler calls put, then remember, then release: what is remembered of an address is never
    ahead of what is stored of it, so a run that is killed in between only fetches again.
    """

    def put(self, outcomes: list[Outcome]) -> dict[str, int]:
        """Store a batch in one transaction and count what came of it."""
        ...

    def restored_cuts(self) -> frozenset[str]:
        """Ids of cuts that an analyst took back."""
        ...

    def remember(self, memo: Memo) -> None:
        """Write a batch of memories in one transaction; an entry replaces the one with its key."""
        ...

    def release(self) -> None:
        """Let go of the database file until the next call, so that readers can open it."""
        ...

    def known(self, addresses: Sequence[str]) -> dict[str, Known]:
        """Return what is remembered of these addresses."""
        ...

    def due(self, source: str, now: dt.datetime, limit: int) -> list[str]:
        """Return addresses found in a source whose time to be looked at again has come, oldest first."""
        ...

    def body(self, address: str) -> bytes | None:
        """Return the last body of a source document."""
        ...

    def robots(self) -> dict[str, RobotsState]:
        """Return every remembered robots.txt by origin."""
        ...

    def hosts(self) -> dict[str, HostState]:
        """Return every remembered host by name."""
        ...

    def sources(self) -> dict[str, SourceState]:
        """Return every remembered source by name."""
        ...

    def failed(self, *, now: dt.datetime | None = None) -> list[FailedItem]:
        """Return open failures, oldest first; with now, only those whose next try has come."""
        ...
