"""Take sources in: local files through the reading workers, addresses through the crawler, one ledger.

`take_in` is the main job (ingest); `retry` tries failed inputs again; `check` says what sources would
give and stores nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from pipeline import rulebook, run
from pipeline.crawl import PRELOAD, Crawler, CrawlSummary, patiently
from pipeline.fetch.addresses import Gate, Resolver, resolve
from pipeline.fetch.archive import ArchiveWriter, charset_of
from pipeline.fetch.discover import read_source
from pipeline.fetch.fold import fold
from pipeline.fetch.local import read_local
from pipeline.fetch.manners import Manners, Stopped
from pipeline.fetch.memory import Memory
from pipeline.fetch.sources import Source, is_address, read_sources, source_of
from pipeline.fetch.transport import Limits, Transport
from pipeline.logs import configure, log
from pipeline.settings import Settings
from pipeline.workers import map_pages
from schemas.crawl import FailedItem, Memo, SourceOutcome, SourceState
from schemas.errors import FetchError
from schemas.records import Failure, Outcome, Page

Progress = Callable[[int, int], None]


class RunLedger(Memory, Protocol):
    """A ledger that keeps a list of its runs."""

    def start_run(self, command: str, *, rules: str = "") -> str:
        """Note that a run begins and return its id."""
        ...

    def finish_run(self, counts: dict[str, int]) -> None:
        """Note that the run ended, with its counts."""
        ...

    def drop_bodies(self, before: dt.datetime) -> int:
        """Drop the raw bodies of superseded versions fetched before a moment; return how many."""
        ...

    def stored_pages(self) -> Iterator[Page]:
        """Yield the raw page of each document's current version, where its bytes are kept."""
        ...

    def size(self) -> int:
        """Return the size of the database file in bytes."""
        ...


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set; a second SIGINT interrupts as usual."""
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def named(told: Sequence[str], *, kind: str = "auto") -> tuple[list[Source], dict[str, Any]]:
    """Return the sources that arguments name (paths, addresses, .toml files) and their [settings].

    Raises UsageError for a bad sources.toml.
    """
    sources: list[Source] = []
    table: dict[str, Any] = {}
    for item in told:
        if item.lower().endswith(".toml") and not is_address(item):
            more, settings = read_sources(Path(item))
            sources.extend(more)
            table = {**settings, **table}
        else:
            sources.append(source_of(item, kind=kind))
    return sources, table


def take_in(
    sources: Sequence[Source],
    ledger: RunLedger,
    settings: Settings,
    *,
    command: str = "ingest",
    only_due: bool = False,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
    resolver: Resolver = resolve,
) -> CrawlSummary:
    """Look at sources and store what they give; return counts and failures."""
    stop = stop or threading.Event()
    run_id = patiently(ledger, lambda: ledger.start_run(command, rules=rulebook.digest()))
    configure(settings.log_format, run_id=run_id)
    stage = partial(run.process, restored=patiently(ledger, ledger.restored_cuts), triage=settings.triage)
    ledger.release()
    summary = CrawlSummary()
    local = [source for source in sources if source.is_local]
    away = [source for source in sources if not source.is_local]
    archive = None
    if settings.archive is not None:
        archive = ArchiveWriter(settings.archive, run_id=run_id, software=settings.user_agent)
    try:
        for source in local:
            if stop.is_set():
                break
            _local(source, ledger, settings, stage, summary, stop, progress, archive)
        if away and not stop.is_set():
            crawler = Crawler(
                ledger, settings, stage, only_due=only_due, stop=stop, archive=archive,
                warm_up=run.WARM_UP, resolver=resolver, progress=progress,
            )  # fmt: skip
            found = crawler.run(away)
            summary.failures.extend(found.failures)
            for word, number in found.counts.items():
                summary.add(word, number)
    finally:
        if archive is not None:
            archive.close()
    summary.stopped = stop.is_set()
    if settings.retention_days:
        oldest = dt.datetime.now(dt.UTC) - dt.timedelta(days=settings.retention_days)
        patiently(ledger, lambda: ledger.drop_bodies(oldest))
    patiently(ledger, lambda: ledger.finish_run({**summary.counts, "bytes": ledger.size()}))
    ledger.release()
    log.info("run ended", command=command, stopped=summary.stopped, **summary.counts)
    return summary


def _local(
    source: Source, ledger: RunLedger, settings: Settings, stage: Callable[[Page], Outcome],
    summary: CrawlSummary, stop: threading.Event, progress: Progress | None, archive: ArchiveWriter | None,
) -> None:  # fmt: skip
    """Read one local source, storing batch by batch."""
    pages = _until(read_local(source.location), stop)
    done = _read(pages, ledger, settings, stage, summary, progress, wants=source.wants, archive=archive)
    if source.name != source.location:
        now = dt.datetime.now(dt.UTC)
        due = now + dt.timedelta(seconds=source.every)
        state = SourceState(source.name, "local", source.every, now, due, 0, f"{done} pages")
        patiently(ledger, lambda: ledger.remember(Memo(sources=(state,))))
        ledger.release()


def _read(
    pages: Iterator[Page | Failure], ledger: RunLedger, settings: Settings, stage: Callable[[Page], Outcome],
    summary: CrawlSummary, progress: Progress | None, *, wants: Callable[[Outcome], bool] = lambda outcome: True,
    archive: ArchiveWriter | None = None,
) -> int:  # fmt: skip
    """Read pages in the workers and store them in batches; return how many there were."""
    made = map_pages(
        stage, pages, workers=settings.workers, deadline=settings.deadline,
        memory_mb=settings.memory_mb, warm_up=run.WARM_UP, preload=PRELOAD,
    )  # fmt: skip
    batch: list[Outcome] = []
    done = 0

    def store() -> None:
        nonlocal batch
        full, batch = batch, []
        if archive is not None:
            archive.flush()
        for word, number in patiently(ledger, lambda: ledger.put(full)).items():
            summary.add(word, number)
        ledger.release()
        if progress is not None:
            progress(done, done)

    for outcome in made:
        done += 1
        if archive is not None and outcome.page is not None:
            archive.local(outcome.page)
        if outcome.failure is not None:
            summary.failures.append(outcome.failure)
            log.info(
                "failed", input=outcome.input, stage=outcome.failure.stage, reason=outcome.failure.reason
            )
        if not wants(outcome):
            summary.add("filtered")
            continue
        batch.append(outcome)
        if len(batch) >= BATCH:
            store()
    if batch:
        store()
    return done


def reread(
    ledger: RunLedger, settings: Settings, *, stop: threading.Event | None = None, progress: Progress | None = None
) -> CrawlSummary:  # fmt: skip
    """Clean and extract the stored pages again with today's rules; older readings stay, superseded.

    Pages whose bytes are only in an archive are not among them: ingest the archive for those.
    """
    stop = stop or threading.Event()
    run_id = patiently(ledger, lambda: ledger.start_run("reread", rules=rulebook.digest()))
    configure(settings.log_format, run_id=run_id)
    stage = partial(run.process, restored=patiently(ledger, ledger.restored_cuts), triage=settings.triage)
    summary = CrawlSummary()
    _read(_until(ledger.stored_pages(), stop), ledger, settings, stage, summary, progress)
    summary.stopped = stop.is_set()
    patiently(ledger, lambda: ledger.finish_run({**summary.counts, "bytes": ledger.size()}))
    ledger.release()
    return summary


def _until(pages: Iterator[Page | Failure], stop: threading.Event) -> Iterator[Page | Failure]:
    for page in pages:
        if stop.is_set():
            return
        yield page


def failed(ledger: Memory, *, due: bool = False, reason: str | None = None) -> list[FailedItem]:
    """Return the open failures to try again: all of them, or those due, or those with a reason."""
    items = ledger.failed(now=dt.datetime.now(dt.UTC) if due else None)
    return [item for item in items if reason is None or item.reason == reason]


BATCH = 64  # outcomes stored at a time: one short transaction each
_LINE = re.compile(r"(.+\.jsonl):\d+\Z")


def retry(
    items: Sequence[FailedItem], ledger: RunLedger, settings: Settings, *,
    stop: threading.Event | None = None, resolver: Resolver = resolve,
) -> CrawlSummary:  # fmt: skip
    """Try failed inputs again: addresses as they were asked for, files (and the files of lines)."""
    sources: dict[str, Source] = {}
    for item in items:
        path = _LINE.match(item.input)
        place = (
            path.group(1)
            if path
            else item.input.partition("#http")[0]
            if ".warc" in item.input
            else item.input
        )
        sources.setdefault(place, source_of(place, kind="auto"))
    return take_in(list(sources.values()), ledger, settings, command="retry", stop=stop, resolver=resolver)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a source would give.

    kind: feed, sitemap, index, listing, page, local.   entries: named in all; wanted: past its filters.
    """

    name: str
    location: str
    kind: str
    entries: int = 0
    wanted: int = 0
    examples: tuple[str, ...] = ()
    failure: Failure | None = None
    refused: tuple[Failure, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain values."""
        out = {
            "name": self.name, "location": self.location, "kind": self.kind, "entries": self.entries,
            "wanted": self.wanted, "examples": list(self.examples), "refused": [f.input for f in self.refused],
        }  # fmt: skip
        return {**out, "failure": self.failure.reason if self.failure else None}

    def told(self) -> str:
        """Return the check as text, an example a line."""
        if self.failure is not None:
            return f"{self.name}: {self.failure.reason}"
        lines = [f"{self.name}: {self.kind}, {self.entries} entries, {self.wanted} wanted"]
        lines += [f"  {example}" for example in self.examples]
        lines += [f"  refused: {failure.input} ({failure.reason})" for failure in self.refused[:3]]
        return "\n".join(lines)


def check(
    sources: Sequence[Source], settings: Settings, *, resolver: Resolver = resolve
) -> Iterator[Checked]:
    """Ask each source once and say what it would give; nothing is stored, no page is fetched."""
    limits = Limits(total_seconds=settings.timeout, most_bytes=settings.most_bytes)
    transport = Transport(Gate(settings.allow_hosts, resolver), user_agent=settings.user_agent, limits=limits)
    manners = Manners(
        transport, robots={}, hosts={}, host_delay=settings.host_delay, stop=threading.Event(),
        now=lambda: dt.datetime.now(dt.UTC),
    )  # fmt: skip
    try:
        for source in sources:
            yield _check_local(source) if source.is_local else _check(source, transport, manners, settings)
    finally:
        transport.close()


def _check_local(source: Source) -> Checked:
    examples: list[str] = []
    pages = 0
    refused: list[Failure] = []
    for item in read_local(source.location):
        if isinstance(item, Failure):
            refused.append(item)
        else:
            pages += 1
            if len(examples) < 3:
                examples.append(item.source)
    failure = refused[0] if refused and not pages else None
    return Checked(
        source.name, source.location, "local", pages, pages, tuple(examples), failure, tuple(refused[:20])
    )


def _check(source: Source, transport: Transport, manners: Manners, settings: Settings) -> Checked:
    failed = partial(Checked, source.name, source.location, source.kind)
    try:
        address = fold(source.location)
        answer = transport.get(address, check=manners.check, turn=manners.turn)
    except (FetchError, Stopped) as err:
        stage = "robots" if getattr(err, "reason", "").startswith("robots") else "fetch"
        return failed(failure=Failure(source.location, stage, getattr(err, "reason", "stopped"), getattr(err, "hint", "")))  # fmt: skip
    if answer.status not in (200, 203):
        return failed(failure=Failure(source.location, "fetch", f"http {answer.status}"))
    page = Page(
        id="source", source=address, body=answer.body, media="html", fetched_at=dt.datetime.now(dt.UTC),
        url=answer.url, charset=charset_of(answer.headers.get("content-type")), hints={"kind": source.kind},
    )  # fmt: skip
    [outcome] = map_pages(
        read_source, [page], workers=1, deadline=settings.deadline, memory_mb=settings.memory_mb
    )
    if not isinstance(outcome, SourceOutcome):
        return failed(failure=outcome.failure)
    if outcome.kind == "page":
        return replace(failed(), kind="page", entries=1, wanted=1, examples=(address,))
    wanted = [entry.url for entry in outcome.entries if outcome.kind == "index" or source.wants_entry(entry)]
    return Checked(
        source.name, source.location, outcome.kind, len(outcome.entries), min(len(wanted), source.limit),
        tuple(wanted[: min(3, source.limit)]), None, outcome.refused,
    )  # fmt: skip
