"""Compose the stages: pages in, outcomes out, a ledger behind them.

`process` is the whole road for one page and is pure: the order of pages, the number of workers and
the pages before never change what one page yields. Everything that remembers is behind Ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pipeline import clean as cleaning
from pipeline import facts as reading
from schemas.errors import FetchError, ReadError
from schemas.records import Article, Failure, Outcome, Page, Reading, Rejected

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
        return Outcome(input=page.source, page=page, rejected=cleaned)
    return Outcome(input=page.source, page=page, article=cleaned, reading=reading.read(cleaned))


def outcomes(pages: Iterable[Page | Failure], *, restored: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Process pages one after another, in order; a failure to read an input passes through."""
    for item in pages:
        if isinstance(item, Failure):
            yield Outcome(input=item.input, page=None, failure=item)
        else:
            yield process(item, restored=restored)


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


def read_article(cleaned: Article | Rejected) -> Reading:
    """Return the facts of a cleaned page; a rejected page has none."""
    return Reading() if isinstance(cleaned, Rejected) else reading.read(cleaned)


__all__ = ["FetchError", "Ledger", "Summary", "ingest", "outcomes", "process", "read_article"]
