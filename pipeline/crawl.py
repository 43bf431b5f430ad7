"""Let loose on sources and come back with outcomes: fetch politely, read safely, store in batches.

Threads fetch (each host is asked by one at a time), worker processes read, and the calling thread
alone decides and stores: it takes answers in the order they came, follows what sources name, and
hands batches to the ledger. A page's outcome is put before anything is remembered of its address, and
the database is let go of after each batch, so readers wait for moments only and a run that is killed
loses nothing but work: the next one asks again for what was not stored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pipeline.fetch.addresses import Gate, Resolver, Target, parse, resolve
from pipeline.fetch.archive import ArchiveWriter, charset_of, media_of
from pipeline.fetch.discover import kind_of, read_source
from pipeline.fetch.fold import fold
from pipeline.fetch.local import page_id
from pipeline.fetch.manners import BACKOFF, LONGEST_WAIT, Manners, Stopped, host_key, jitter, retry_after
from pipeline.fetch.memory import Memory
from pipeline.fetch.sniff import not_a_page
from pipeline.fetch.sources import Source
from pipeline.fetch.transport import Answer, Limits, Transport
from pipeline.frontier import Frontier, Item, Room
from pipeline.logs import log
from pipeline.settings import Settings
from pipeline.workers import Stage, Workers
from schemas.crawl import Entry, Known, Memo, SourceOutcome, SourceState
from schemas.errors import FetchError, LockHeldError
from schemas.records import Failure, Outcome, Page

BATCH_OUTCOMES = 64
BATCH_SECONDS = 2.0
BATCH_BYTES = 32 << 20
BYTES_IN_HAND = 64 << 20  # of bodies between a server and the ledger
TRIES = 3  # of one address in one run, for faults that pass
LOCK_PATIENCE = 120.0  # seconds to wait for readers that hold the file
PRELOAD = ("pipeline.warm",)
DEEPEST_INDEX = 5  # sitemap indexes in sitemap indexes
MOST_DOCUMENTS = 1_000  # sitemaps of one source in a run
FIRST_INTERVAL = 24 * 3600
SHORTEST_INTERVAL = 15 * 60
LONGEST_INTERVAL = 30 * 24 * 3600

#: Faults that another try a moment later may not see.
PASSING = frozenset(("connection lost", "truncated"))
#: Faults that stay: there is no next try.
LASTING = frozenset(("forbidden address", "bad address", "forbidden redirect", "http 410"))
_STATUS_HINTS = {
    401: "the site wants a log-in", 403: "the site refuses us", 404: "the page is gone or never was",
    410: "the page is gone for good", 429: "the site asks us to slow down", 451: "withheld for legal reasons",
}  # fmt: skip

T = TypeVar("T")


def utc_now() -> dt.datetime:
    """Return the time, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class CrawlSummary:
    """What a crawl did. counts: as Store.put gives them, plus "not due", "filtered", "requests"."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    stopped: bool = False

    def add(self, word: str, number: int = 1) -> None:
        """Count."""
        self.counts[word] = self.counts.get(word, 0) + number

    def to_json(self) -> dict[str, object]:
        """Return counts and failures as plain values."""
        failures = [
            {"input": f.input, "stage": f.stage, "reason": f.reason, "hint": f.hint} for f in self.failures
        ]
        return {"counts": self.counts, "failures": failures, "stopped": self.stopped}

    def told(self) -> str:
        """Return the run in one line."""
        order = ("new", "revised", "unchanged", "rejected", "passed over", "filtered", "not due", "over the limit", "failed", "facts", "cuts")  # fmt: skip
        parts = [f"{self.counts[word]} {word}" for word in order if self.counts.get(word)]
        nothing_new = not any(self.counts.get(word) for word in ("new", "revised", "rejected", "passed over"))
        return (", ".join(parts) or "no pages") + ("; nothing new to store" if nothing_new else "")


@dataclass(slots=True)
class _Got:
    """What asking an item gave: an answer or an error."""

    item: Item
    answer: Answer | None
    error: FetchError | None
    at: dt.datetime


@dataclass(slots=True)
class _Waiting:
    """Something whose reading is under way, or that waits for its place in the order."""

    item: Item
    future: Future[Outcome] | None = None
    outcome: Outcome | None = None
    known: Known | None = None
    page: Page | None = None
    answer: Answer | None = None
    next_try: dt.datetime | None = None
    unchanged: bool = False
    settles: bool = True  # whether its item is done with when this is stored
    held: int = 0


class Crawler:
    """One run over some sources.

    memory:    the ledger with its memory; called from the running thread only.
    stage:     reads a page (pipeline.run.process, with the restored cuts).
    only_due:  leave alone what is known and not due yet (schedule); else look at everything (ingest).
    stop:      set from outside, ends the run in order: what is under way is finished and stored.
    progress:  called with (done, known so far).
    """

    def __init__(
        self,
        memory: Memory,
        settings: Settings,
        stage: Stage,
        *,
        only_due: bool = False,
        stop: threading.Event | None = None,
        archive: ArchiveWriter | None = None,
        warm_up: Page | None = None,
        now: Callable[[], dt.datetime] = utc_now,
        resolver: Resolver = resolve,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._memory = memory
        self._settings = settings
        self._stage = stage
        self._only_due = only_due
        self._stop = stop or threading.Event()
        self._archive = archive
        self._warm_up = warm_up
        self._now = now
        self._progress = progress
        limits = Limits(total_seconds=settings.timeout, idle_seconds=min(6.0, settings.timeout),
                        connect_seconds=min(5.0, settings.timeout), most_bytes=settings.most_bytes)  # fmt: skip
        gate = Gate(settings.allow_hosts, resolver)
        self._transport = Transport(gate, user_agent=settings.user_agent, limits=limits)
        self.summary = CrawlSummary()
        self._seen: set[str] = set()
        self._given: dict[str, int] = {}  # source -> pages asked for
        self._documents: dict[str, int] = {}
        self._results: queue.SimpleQueue[_Got | None] = queue.SimpleQueue()
        self._waiting: deque[_Waiting] = deque()
        self._batch: list[_Waiting] = []
        self._batch_since = 0.0
        self._bodies: dict[str, bytes] = {}
        self._states: list[SourceState] = []
        self._room = Room(BYTES_IN_HAND)
        self._readers: Workers | None = None
        self._discoverer: Workers | None = None

    # ---- the road ---------------------------------------------------------------------------------

    def run(self, sources: Iterable[Source]) -> CrawlSummary:
        """Look at sources that have an address and at all they name; return what came of it."""
        self._manners = Manners(
            self._transport,
            robots=self._patiently(self._memory.robots),
            hosts=self._patiently(self._memory.hosts),
            host_delay=self._settings.host_delay,
            stop=self._stop,
            now=self._now,
        )
        self._frontier = Frontier(self._manners.free_at)
        self._threads = [
            threading.Thread(target=self._fetch, name=f"fetch-{n}", daemon=True)
            for n in range(self._settings.connections)
        ]
        try:
            self._begin(list(sources))
            self._memory.release()
            for thread in self._threads:
                thread.start()
            self._work()
            self._stop_reading(at_once=False)
        finally:
            self._frontier.close()
            self._stop_reading(at_once=True)
            self._transport.close()
        self.summary.stopped = self._stop.is_set()
        return self.summary

    def _begin(self, sources: list[Source]) -> None:
        """Queue the sources' own addresses and, on a schedule, their pages that are due again."""
        self._add([(Entry(source.location), source, source.kind) for source in sources], root=True)
        if self._only_due:
            for source in sources:
                due = self._patiently(lambda s=source: self._memory.due(s.name, self._now(), s.limit))  # type: ignore[misc]
                self._add([(Entry(address), source, "page") for address in due])

    def _work(self) -> None:
        while self._frontier.open > 0:
            try:
                got = self._results.get(timeout=0.25)
            except queue.Empty:
                got = None
            while got is not None:
                self._handle(got)
                try:
                    got = self._results.get_nowait()
                except queue.Empty:
                    break
            self._settle()
            if self._stop.is_set() and self._nothing_under_way():
                break
        self._commit()

    def _nothing_under_way(self) -> bool:
        self._frontier.close()
        fetching = any(thread.is_alive() for thread in self._threads)
        return not fetching and self._results.empty() and not self._waiting

    def _fetch(self) -> None:
        """A fetching thread: take an item, ask for it, hand over the answer."""
        while not self._stop.is_set() and (item := self._frontier.take()) is not None:
            answer, error = None, None
            try:
                answer = self._ask(item)
            except FetchError as err:
                error = err
            except Stopped:
                self._frontier.asked(item)
                return
            except Exception as err:  # a fault of ours must not end the thread in silence
                error = FetchError(f"{item.address}: {err}", reason=f"internal error: {type(err).__name__}")
            key = host_key(item.target)  # noted before the host is given back: its next turn depends on it
            if answer is not None:
                self._manners.went_well(key)
                self._room.enter(len(answer.body), self._stop)
            elif error is not None:
                self._manners.went_wrong(key, error.reason)
            self._frontier.asked(item)
            self._results.put(_Got(item, answer, error, self._now()))

    def _ask(self, item: Item) -> Answer:
        resting = self._manners.resting(host_key(item.target))
        if resting is not None:
            raise _Resting(item, resting)
        headers: dict[str, str] = {}
        known = item.known
        if known is not None and known.body_sha256:
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
        return self._transport.get(
            item.target.url,
            headers=headers,
            headers_for=known.final_url if known is not None else None,
            check=self._manners.check,
            turn=self._manners.turn,
        )

    # ---- decisions, all in the running thread ------------------------------------------------------

    def _handle(self, got: _Got) -> None:
        self.summary.add("requests")
        item, answer = got.item, got.answer
        if answer is None:
            error = got.error or FetchError("no answer", reason="no answer")
            log.info("fetch failed", url=item.address, reason=error.reason, attempt=item.attempt)
            if error.reason in PASSING and item.attempt < TRIES:
                self._again(item, BACKOFF * 2 ** (item.attempt - 1) * jitter(item.address, item.attempt))
                return
            stage = "robots" if error.reason.startswith("robots") else "fetch"
            next_try = error.until if isinstance(error, _Resting) else None
            self._fail(item, stage, error.reason, error.hint or str(error), got.at, next_try=next_try)
            return
        size = len(answer.body)
        log.info(
            "fetched", url=item.address, status=answer.status, bytes=size, seconds=round(answer.seconds, 3)
        )
        if answer.status in (200, 203):
            self._have(item, answer, got.at)
            return
        self._room.leave(size)
        if answer.status == 304 and item.known is not None and item.known.body_sha256:
            self._unchanged(item, answer, got.at)
        elif answer.status in (429, 503) or answer.status >= 500:
            self._refused_for_now(item, answer, got.at)
        else:
            hint = _STATUS_HINTS.get(answer.status, "the server gives no page")
            self._fail(item, "fetch", f"http {answer.status}", hint, got.at, status=answer.status)

    def _refused_for_now(self, item: Item, answer: Answer, at: dt.datetime) -> None:
        asked = retry_after(answer.headers.get("retry-after"), at) if answer.status in (429, 503) else None
        backoff = BACKOFF * 2 ** (item.attempt - 1) * jitter(item.address, item.attempt)
        wait = backoff if asked is None else asked
        if asked is not None or answer.status == 429:
            self._manners.pause(host_key(item.target), wait)
        if item.attempt < TRIES and wait <= LONGEST_WAIT:
            self._again(item, wait)
            return
        later = at + dt.timedelta(seconds=asked) if asked is not None and asked > LONGEST_WAIT else None
        hint = _STATUS_HINTS.get(answer.status, "the server is unwell; it is tried again later")
        self._fail(item, "fetch", f"http {answer.status}", hint, at, next_try=later, status=answer.status)

    def _again(self, item: Item, delay: float) -> None:
        item.attempt += 1
        self._frontier.add(item, delay=delay)

    def _have(self, item: Item, answer: Answer, at: dt.datetime) -> None:
        """A full answer: a page to read, a source document to follow, or the same body as before."""
        body = answer.body
        sha256 = hashlib.sha256(body).hexdigest()
        known = item.known
        same = known is not None and known.body_sha256 == sha256
        update = self._remembered(item, answer, at, sha256, same=same)
        kind = answer.headers.get("content-type")
        page = Page(
            id=page_id(item.address), source=item.address, body=body, media="html", fetched_at=at,
            url=answer.url, charset=charset_of(kind), hints=item.hints,
        )  # fmt: skip
        document = item.role not in ("auto", "page") or (item.role == "auto" and _may_be_source(body))
        if document:
            self._bodies[item.address] = body
            self._follow(item, page, update, answer)
            return
        if same:
            self._archived(page, answer)
            self._room.leave(len(body))
            self._wait(_Waiting(item, known=update, unchanged=True))
            return
        media = media_of(kind, body)
        wrong = not_a_page(body)
        if not body.strip(b"\x00\t\n\r "):
            self._room.leave(len(body))
            self._fail(item, "fetch", "empty", "the server sends no bytes", at, status=answer.status)
        elif wrong or media is None:
            self._room.leave(len(body))
            told = wrong or (kind or "unknown").split(";")[0].strip()[:60]
            self._fail(
                item, "decode", f"not a page: {told}", "neither HTML nor text", at, status=answer.status
            )
        else:
            self._read(item, replace(page, media=media), update, answer)

    def _read(self, item: Item, page: Page, update: Known | None, answer: Answer | None) -> None:
        if self._readers is None:
            self._readers = Workers(
                self._stage, workers=self._settings.workers, deadline=self._settings.deadline,
                memory_mb=self._settings.memory_mb, warm_up=self._warm_up, preload=PRELOAD,
            )  # fmt: skip
        if answer is not None:
            self._archived(page, answer)
        future = self._readers.submit(page)
        future.add_done_callback(lambda done: self._results.put(None))
        self._wait(_Waiting(item, future=future, known=update, page=page, held=len(page.body)))

    def _follow(self, item: Item, page: Page, update: Known | None, answer: Answer | None) -> None:
        """Send a source document to be read; what it names comes back through _settle."""
        if self._discoverer is None:
            self._discoverer = Workers(
                read_source, workers=1, deadline=self._settings.deadline, memory_mb=self._settings.memory_mb,
                apart=True,
            )  # fmt: skip
        future = self._discoverer.submit(replace(page, hints={"kind": item.role}))
        future.add_done_callback(lambda done: self._results.put(None))
        held = 0 if answer is None else len(page.body)
        self._wait(_Waiting(item, future=future, known=update, page=page, answer=answer, held=held))

    def _unchanged(self, item: Item, answer: Answer, at: dt.datetime) -> None:
        update = self._remembered(item, answer, at, item.known.body_sha256 if item.known else None, same=True)
        if self._archive is not None:
            self._archive.not_modified(answer.url, dict(answer.headers), at)
        body = None
        if item.role != "page":
            body = self._patiently(lambda: self._memory.body(item.address))
            self._memory.release()
        if body is not None:
            page = Page(
                id=page_id(item.address),
                source=item.address,
                body=body,
                media="html",
                fetched_at=at,
                url=answer.url,
            )
            self._follow(item, page, update, None)
        elif item.role in ("page", "auto"):
            self._wait(_Waiting(item, known=update, unchanged=True))
        else:  # its entries are not remembered: ask for all of it
            item.known = None
            self._again(item, 0.0)

    def _wait(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)

    def _settle(self) -> None:
        """Take what is done off the head of the line, in order, and store when a batch is full."""
        while self._waiting and ((first := self._waiting[0].future) is None or first.done()):
            waiting = self._waiting.popleft()
            read = waiting.future is not None
            if waiting.future is not None:
                waiting.outcome = waiting.future.result()
                waiting.future = None
            if isinstance(waiting.outcome, SourceOutcome):
                if self._expand(waiting, waiting.outcome):
                    continue
            elif waiting.outcome is not None and read:
                self._judge(waiting)
            elif waiting.unchanged:
                self._note(waiting.item, "unchanged")
            self._batch.append(waiting)
            if not self._batch_since:
                self._batch_since = time.monotonic()
            if len(self._batch) >= BATCH_OUTCOMES or sum(w.held for w in self._batch) >= BATCH_BYTES:
                self._commit()
        late = self._batch_since and time.monotonic() - self._batch_since >= BATCH_SECONDS
        if late or (self._batch and self._frontier.open == sum(w.settles for w in self._batch)):
            self._commit()

    def _judge(self, waiting: _Waiting) -> None:
        """Filter a read page; a page that could not be read is not remembered as had."""
        outcome = waiting.outcome
        if outcome is None:
            return
        if outcome.failure is not None:
            waiting.known = self._failed(waiting.item, self._now(), None)
            self._bodies.pop(waiting.item.address, None)
            self.summary.failures.append(outcome.failure)
            self._note(waiting.item, outcome.failure.reason, failed=True)
            return
        self._note(waiting.item, "read")
        if not waiting.item.source.wants(outcome):
            self.summary.add("filtered")
            waiting.outcome = None

    def _expand(self, waiting: _Waiting, found: SourceOutcome) -> bool:
        """Queue what a source document names. Returns True if it was a page and is read as one."""
        item, page = waiting.item, waiting.page
        if found.kind == "page":
            self._bodies.pop(item.address, None)
            if page is None or not_a_page(page.body):
                self._room.leave(waiting.held)
                self._fail(item, "decode", "not a page", "neither HTML nor text nor a source", self._now())
            else:
                self._read(item, page, waiting.known, waiting.answer)
                self._waiting[-1].held = waiting.held
            return True
        entries = list(found.entries)
        if found.kind == "index":
            if item.depth >= DEEPEST_INDEX:
                self._room.leave(waiting.held)
                self._fail(
                    item, "source", "nested too deep", f"{DEEPEST_INDEX} indexes in one another", self._now()
                )
                return True
            had = self._documents.get(item.source.name, 0)
            del entries[max(0, MOST_DOCUMENTS - had) :]
            self._documents[item.source.name] = had + len(entries)
            self._add([(entry, item.source, "sitemap") for entry in entries], depth=item.depth + 1)
        else:
            wanted = [entry for entry in entries if item.source.wants_entry(entry)]
            self._add([(entry, item.source, "page") for entry in wanted])
        self._memory.release()
        for failure in found.refused:
            self.summary.failures.append(failure)
            refused = Outcome(failure.input, None, failure=failure)
            self._batch.append(_Waiting(item, outcome=refused, settles=False))
        self._note(item, f"{found.kind}: {len(entries)} entries", kind=found.kind)
        waiting.outcome = None
        return False

    def _note(self, item: Item, note: str, *, kind: str = "", failed: bool = False) -> None:
        """Remember how a source fared: one that names others, or that has a name of its own."""
        source = item.source
        if item.root and (kind or source.name != source.location):
            now = self._now()
            due = now + dt.timedelta(seconds=source.every)
            self._states.append(
                SourceState(source.name, kind or None, source.every, now, due, int(failed), note)
            )

    def _add(self, named: Sequence[tuple[Entry, Source, str]], *, depth: int = 0, root: bool = False) -> None:
        """Queue addresses that were not seen in this run, with what is remembered of them.

        named: entry, source, role.   root: they are the sources' own addresses, looked at in any case.
        """
        fresh: dict[str, tuple[Entry, Source, str]] = {}
        for entry, source, role in named:
            try:
                address = fold(entry.url)
            except FetchError as err:
                self._refuse(entry, source, err, root=root)
                continue
            if address not in self._seen:
                fresh.setdefault(address, (entry, source, role))
        if not fresh:
            return
        remembered = self._patiently(lambda: self._memory.known(list(fresh)))
        now = self._now()
        for address, (entry, source, role) in fresh.items():
            known = remembered.get(address)
            if role == "page" and not root:
                if self._only_due and not _is_due(known, entry, now):
                    self.summary.add("not due")
                    continue
                if self._given.get(source.name, 0) >= source.limit:
                    self.summary.add("over the limit")
                    continue
                self._given[source.name] = self._given.get(source.name, 0) + 1
            self._seen.add(address)
            hints = dict(entry.hints)
            if known is not None and self._to_be_archived(known, role):
                known = replace(known, etag=None, last_modified=None)
            self._frontier.add(
                Item(parse(address), address, source, role, hints, known, depth=depth, root=root)
            )

    def _refuse(self, entry: Entry, source: Source, err: FetchError, *, root: bool) -> None:
        shown = " ".join(entry.url.split())[:300]
        item = Item(Target(shown, "", "", 0, ""), shown, source, "page", {}, None, root=root)
        self._frontier.open += 1
        self._fail(item, "fetch", err.reason, err.hint or str(err), self._now())

    def _fail(
        self, item: Item, stage: str, reason: str, hint: str, at: dt.datetime, *,
        next_try: dt.datetime | None = None, status: int | None = None,
    ) -> None:  # fmt: skip
        failure = Failure(item.address, stage, reason, hint[:300])
        self.summary.failures.append(failure)
        outcome = Outcome(item.address, None, failure=failure)
        known = self._failed(item, at, status) if item.target.scheme else None
        if known is not None and reason in LASTING:
            known = replace(known, next_due=at + dt.timedelta(seconds=LONGEST_INTERVAL))
        self._note(item, reason, failed=True)
        self._wait(_Waiting(item, outcome=outcome, known=known, next_try=next_try))

    def _failed(self, item: Item, at: dt.datetime, status: int | None) -> Known:
        """What is remembered of an address that failed: what was known of it, without its validators
        where the failure came after the answer."""
        known = item.known or Known(item.address, found_in=item.source.name)
        return replace(
            known, status=status, fetched_at=at, fail_count=known.fail_count + 1, etag=None, last_modified=None,
            body_sha256=None, next_due=at + dt.timedelta(seconds=SHORTEST_INTERVAL * 2 ** min(known.fail_count, 10)),
        )  # fmt: skip

    def _remembered(
        self, item: Item, answer: Answer, at: dt.datetime, sha256: str | None, *, same: bool
    ) -> Known:
        known = item.known
        interval = (known.interval_seconds if known else None) or FIRST_INTERVAL
        if known is not None and known.body_sha256:
            interval = int(interval * 1.5) if same else interval // 2
        interval = min(max(interval, SHORTEST_INTERVAL), LONGEST_INTERVAL)
        kept_etag = known.etag if known and answer.status == 304 else None
        kept_modified = known.last_modified if known and answer.status == 304 else None
        return Known(
            address=item.address,
            final_url=answer.url,
            etag=_validator(answer.headers.get("etag")) or kept_etag,
            last_modified=_validator(answer.headers.get("last-modified")) or kept_modified,
            body_sha256=sha256,
            status=answer.status,
            fetched_at=at,
            changed_at=known.changed_at if same and known else at,
            next_due=at + dt.timedelta(seconds=interval),
            interval_seconds=interval,
            found_in=(known.found_in if known else None) or item.source.name,
        )

    # ---- storing ----------------------------------------------------------------------------------

    def _archived(self, page: Page, answer: Answer) -> None:
        if self._archive is not None:
            self._archive.response(page, dict(answer.headers))

    def _to_be_archived(self, known: Known, role: str) -> bool:
        """Whether the archive is younger than the memory: the page is asked for in full, once."""
        if self._archive is None or not known.body_sha256 or role not in ("page", "auto"):
            return False
        if self._archive.holds(known.final_url or known.address, known.body_sha256):
            return False
        return role == "page" or self._patiently(lambda: self._memory.body(known.address)) is None

    def _commit(self) -> None:
        """Store a batch: outcomes first, then what is remembered; then let go of the database."""
        batch, self._batch, self._batch_since = self._batch, [], 0.0
        robots, hosts = self._manners.news()
        outcomes = [w.outcome for w in batch if w.outcome is not None]
        next_try: dict[str, dt.datetime | None] = {}
        for waiting in batch:
            if waiting.outcome is not None and waiting.outcome.failure is not None:
                failure = waiting.outcome.failure
                if failure.reason in LASTING:
                    next_try[failure.input] = None
                elif waiting.next_try is not None:
                    next_try[failure.input] = waiting.next_try
        quiet = [w for w in batch if w.outcome is None]
        memo = Memo(
            known=tuple(w.known for w in batch if w.known is not None),
            robots=robots, hosts=hosts, sources=tuple(self._states), bodies=self._bodies,
            resolved=tuple(w.item.address for w in quiet), next_try=next_try,
        )  # fmt: skip
        if self._archive is not None:
            self._archive.flush()
        if outcomes:
            for word, number in self._patiently(lambda: self._memory.put(outcomes)).items():
                self.summary.add(word, number)
        self._patiently(lambda: self._memory.remember(memo))
        self._memory.release()
        if same := sum(w.unchanged for w in batch):
            self.summary.add("unchanged", same)
        self._bodies, self._states = {}, []
        for waiting in batch:
            self._room.leave(waiting.held)
            if waiting.settles:
                self._frontier.settled()
        if self._progress is not None and batch:
            self._progress(len(self._seen) - self._frontier.open, len(self._seen))

    def _patiently(self, call: Callable[[], T]) -> T:
        return patiently(self._memory, call)

    def _stop_reading(self, *, at_once: bool) -> None:
        for pool in (self._readers, self._discoverer):
            if pool is not None:
                pool.close(at_once=at_once)
        self._readers = self._discoverer = None


def patiently(memory: Memory, call: Callable[[], T]) -> T:
    """Call the ledger; where a reader holds the file, wait up to LOCK_PATIENCE for it to let go."""
    until = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            return call()
        except LockHeldError:
            if time.monotonic() > until:
                raise
            memory.release()
            time.sleep(0.25)


class _Resting(FetchError):
    """The host is left alone until a moment."""

    def __init__(self, item: Item, until: dt.datetime) -> None:
        host = host_key(item.target)
        super().__init__(f"{item.address}: {host} rests", reason="host rests", hint=f"{host} failed repeatedly or asked for rest, until {until:%Y-%m-%d %H:%M} UTC")  # fmt: skip
        self.until = until


def _validator(value: str | None) -> str | None:
    """Return a validator as sent, unless it is too long or not plain."""
    value = (value or "").strip()
    return value if value and len(value) <= 500 and value.isprintable() and value.isascii() else None


def _may_be_source(body: bytes) -> bool:
    return body.startswith(b"\x1f\x8b") or kind_of(body) != "page"


def _is_due(known: Known | None, entry: Entry, now: dt.datetime) -> bool:
    if known is None or known.next_due is None or known.next_due <= now:
        return True
    return entry.changed is not None and known.fetched_at is not None and entry.changed > known.fetched_at
