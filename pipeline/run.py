"""Compose the stages: pages in, outcomes out, a ledger behind them.

`process` is the whole road for one page and is pure: the order of pages, the number of workers and
the pages before never change what one page yields. What remembers is behind the crawl's ledger
(pipeline.crawl).

The rooms that read are imported when the first page is: the process that fetches and stores hands
pages to others and never needs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from pipeline import rulebook
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


def process(page: Page, *, restored: frozenset[str] = frozenset(), triage: bool = True) -> Outcome:
    """Take one page to its facts.

    restored: ids of cuts that stay in.
    triage:   pass over, unread, a page on which nothing can be a fact with a figure (pipeline.triage).
    Returns an Outcome with an article and its reading, a rejection ("passed_over" by triage), or a failure.
    """
    from pipeline import facts as reading
    from pipeline import stories
    from pipeline.triage import judge

    verdict = judge(page)
    if triage and not verdict.may:
        passed = Rejected(
            page.id,
            page.source,
            page.sha256,
            page.fetched_at,
            "passed_over",
            verdict.why,
            page.url,
            verdict.title,
        )
        return Outcome(input=page.source, page=page, rejected=passed, rules=rulebook.digest())
    outcome = clean_only(page, restored=restored)
    if outcome.article is None:
        return outcome
    read = reading.read(outcome.article, anyway=verdict.by_size)
    return replace(outcome, reading=read, marks=stories.marks(outcome.article))


def clean_only(page: Page, *, restored: frozenset[str] = frozenset()) -> Outcome:
    """Take one page to its article, reading no facts; otherwise as process."""
    from pipeline import clean as cleaning

    try:
        cleaned = cleaning.clean(page, restored=restored)
    except ReadError as err:
        failure = Failure(input=page.source, stage=err.stage, reason=err.reason, hint=err.hint or str(err))
        return Outcome(input=page.source, page=page, failure=failure)
    if isinstance(cleaned, Rejected):
        return Outcome(input=page.source, page=page, rejected=cleaned, rules=rulebook.digest())
    return Outcome(input=page.source, page=page, article=cleaned, rules=rulebook.digest())


def outcomes(
    pages: Iterable[Page | Failure],
    *,
    restored: frozenset[str] = frozenset(),
    workers: int | None = None,
    only_clean: bool = False,
    triage: bool = True,
) -> Iterator[Outcome]:
    """Process pages where a stall or an explosion costs only that page; in order.

    workers: processes; None for one a core, 0 for this process alone (nothing is killable then).
    only_clean: read no facts. triage: see process. A failure to read an input passes through.
    """
    stage = (
        partial(clean_only, restored=restored)
        if only_clean
        else partial(process, restored=restored, triage=triage)
    )
    return map_pages(
        stage,
        pages,
        workers=default_workers() if workers is None else workers,
        warm_up=WARM_UP,
        preload=("pipeline.warm",),
    )
