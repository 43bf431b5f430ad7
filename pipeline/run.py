"""Compose the stages: pages in, outcomes out, a ledger behind them.

`process` is the whole road for one page and is pure: the order of pages, the number of workers and
the pages before never change what one page yields. Everything that remembers is behind Ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from pipeline import clean as cleaning
from pipeline import facts as reading
from pipeline import rulebook, stories
from pipeline.workers import default_workers, map_pages
from schemas.errors import ReadError
from schemas.records import Failure, Outcome, Page, Rejected

WARM_UP = Page(
    id="warm-up",
    source="warm-up",
    body=b"<html><title>A model</title><p>Lab A trained Model-1, with 7 billion parameters, on 64 H100 GPUs for $2 million.</p>",
    media="html",
    fetched_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
)  # a worker reads it first, to load rules and libraries
BATCH = 64  # outcomes handed to the ledger at a time: one short transaction each


class Ledger(Protocol):
    """What a run needs of a store; db.store.Store satisfies it."""

    def put(self, outcomes: list[Outcome]) -> dict[str, int]:
        """Store a batch in one transaction and count what came of it ("new", "unchanged", ...)."""
        ...

    def restored_cuts(self) -> frozenset[str]:
        """Ids of cuts that an analyst took back."""
        ...


@dataclass(slots=True)
class Summary:
    """What a run did: counts by word ("new", "unchanged", "rejected", ...) and the failures."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    facts: int = 0

    def told(self) -> str:
        """Return the run in one line."""
        order = ("new", "revised", "unchanged", "rejected", "failed", "facts", "cuts")
        parts = [f"{self.counts[word]} {word}" for word in order if self.counts.get(word)]
        nothing_new = not any(self.counts.get(word) for word in ("new", "revised", "rejected"))
        return (", ".join(parts) or "no pages") + ("; nothing new to store" if nothing_new else "")

    def add(self, counts: dict[str, int]) -> None:
        """Add the counts of one batch."""
        for word, number in counts.items():
            self.counts[word] = self.counts.get(word, 0) + number


def process(page: Page, *, restored: frozenset[str] = frozenset()) -> Outcome:
    """Take one page to its facts.

    restored: ids of cuts that stay in.
    Returns an Outcome with an article and its reading, a rejection, or a failure.
    """
    try:
        cleaned = cleaning.clean(page, restored=restored)
    except ReadError as err:
        failure = Failure(input=page.source, stage=err.stage, reason=err.reason, hint=err.hint or str(err))
        return Outcome(input=page.source, page=page, failure=failure)
    if isinstance(cleaned, Rejected):
        return Outcome(input=page.source, page=page, rejected=cleaned, rules=rulebook.digest())
    return Outcome(
        input=page.source,
        page=page,
        article=cleaned,
        reading=reading.read(cleaned),
        marks=stories.marks(cleaned),
        rules=rulebook.digest(),
    )


def outcomes(
    pages: Iterable[Page | Failure], *, restored: frozenset[str] = frozenset(), workers: int | None = None
) -> Iterator[Outcome]:
    """Process pages where a stall or an explosion costs only that page; in order.

    workers: processes; None for one a core, 0 for this process alone (nothing is killable then).
    A failure to read an input passes through.
    """
    stage = partial(process, restored=restored)
    return map_pages(stage, pages, workers=default_workers() if workers is None else workers, warm_up=WARM_UP)


def ingest(made: Iterable[Outcome], ledger: Ledger) -> Summary:
    """Hand outcomes to a ledger in batches and say what came of them."""
    summary = Summary()
    batch: list[Outcome] = []
    for outcome in made:
        batch.append(outcome)
        if outcome.failure is not None:
            summary.failures.append(outcome.failure)
        summary.facts += len(outcome.reading.facts)
        if len(batch) >= BATCH:
            summary.add(ledger.put(batch))
            batch = []
    if batch:
        summary.add(ledger.put(batch))
    return summary
