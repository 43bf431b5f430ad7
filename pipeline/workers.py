"""Run a stage over pages where it can be killed: in worker processes with a deadline and a memory cap.

A page that stalls, explodes or takes its worker down with it is set aside as a Failure with its
reason; its worker is replaced and the rest goes on. Outcomes come back in the order of the pages
and are the same for any number of workers: a page that failed for memory or by a crash in a worker
that had read other pages before gets one more try alone in a fresh one.

Workers come from a fork server that has imported the stage already (unless the pool is kept apart
from it), so a replacement costs milliseconds. The parent talks to each worker from one thread: it sends a batch, then takes one
answer a page, so that neither side ever waits for the other with full pipes.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import queue
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from schemas.errors import ReadError
from schemas.records import Failure, Outcome, Page

Stage = Callable[[Page], Outcome]

DEADLINE = 8.0  # seconds of a processor that a page may take: the same on a busy machine as on a quiet one
PATIENCE = 2.0  # times the deadline that it may take on the clock
MEMORY_MB = 512  # of private memory that a worker may hold while it reads a page
BATCH_PAGES = 16
BATCH_BYTES = 2 << 20
PAGES_IN_A_LIFE = 5_000  # then a worker is replaced, so that leaks in C libraries stay small
START_SECONDS = 120.0  # for imports and warm-up on a busy machine
START_PAUSES = (0.2, 0.5, 0.0)  # seconds after a failure to start one
GRACE = 1.0  # seconds between the worker's own alarms and the kill


_HINTS = {
    "deadline": "set aside: the page took too long to read",
    "memory": "set aside: the page took too much memory to read",
    "worker crashed": "set aside: the page ended the process that read it",
    "worker did not start": "the machine is short of memory or processes",
}


class _Late(BaseException):
    """The alarm rang; no library's `except Exception` swallows it."""


@dataclass(slots=True)
class _Task:
    page: Page
    future: Future[Outcome]
    alone: bool = False  # the second try, in a fresh worker


# --------------------------------------------------------------------------- inside the worker


def _private_memory() -> tuple[int, int]:
    """Return (data, resident private) bytes of this process; (0, 0) where the system does not tell."""
    told = {}
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as status:
        for line in status:
            key, _, rest = line.partition(":")
            if key in ("VmData", "RssAnon"):
                told[key] = int(rest.split()[0]) * 1024
    return told.get("VmData", 0), told.get("RssAnon", 0)


def _cap_memory(memory_mb: int) -> None:
    """Cap private memory. What is reserved but not resident now (stacks, arenas) comes on top."""
    data, resident = _private_memory()
    limit = (memory_mb << 20) + max(0, data - resident)
    if data:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _stage_of(trace: TracebackType | None) -> str:
    """Name the stage that was at work from the frames of a traceback: the innermost room wins."""
    stage = "clean"
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
        if "/pipeline/facts" in path or "/pipeline/mentions" in path or "/pipeline/numbers" in path:
            stage = "extract"
        elif "/pipeline/clean" in path or "/pipeline/spam" in path:
            stage = "clean"
    return stage


def failed(page: Page, err: BaseException) -> Outcome:
    """Return the Outcome of a page whose stage raised: expected errors keep their own reason."""
    if isinstance(err, ReadError):
        failure = Failure(page.source, err.stage, err.reason, err.hint or str(err))
    else:
        told = " ".join(str(err).split())[:160]
        failure = Failure(
            page.source, _stage_of(err.__traceback__), f"internal error: {type(err).__name__}", told
        )
    return Outcome(input=page.source, page=page, failure=failure)


def _set_aside(page: Page, stage: str, reason: str, hint: str = "") -> Outcome:
    return Outcome(page.source, None, failure=Failure(page.source, stage, reason, hint or _HINTS[reason]))


def _on_alarm(number: int, frame: FrameType | None) -> None:
    raise _Late


def _one(stage: Stage, page: Page, deadline: float) -> tuple[Outcome, bool]:
    """Return the page's outcome (without the page) and whether the worker is spent."""
    spent_at = int(time.process_time() + deadline + GRACE) + 1  # then the kernel ends what hears no alarm
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent_at, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_PROF, deadline)
    signal.setitimer(signal.ITIMER_REAL, deadline * PATIENCE)
    try:
        outcome, spent = stage(page), False
    except _Late as err:
        outcome, spent = _set_aside(page, _stage_of(err.__traceback__), "deadline"), True
    except MemoryError as err:
        outcome, spent = _set_aside(page, _stage_of(err.__traceback__), "memory"), True
    except Exception as err:
        outcome, spent = failed(page, err), False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return replace(outcome, page=None), spent


def _work(
    connection: Connection, stage: Stage, warm_up: Page | None, deadline: float, memory_mb: int
) -> None:
    """The worker's life: warm up, say so, then read batches until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if warm_up is not None:
        with contextlib.suppress(Exception):
            stage(warm_up)
    signal.signal(signal.SIGALRM, _on_alarm)
    signal.signal(signal.SIGPROF, _on_alarm)
    _cap_memory(memory_mb)
    try:
        connection.send("ready")
        while True:
            for page in connection.recv():
                if _answered(connection, stage, page, deadline):
                    return
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is done, or gone


def _answered(connection: Connection, stage: Stage, page: Page, deadline: float) -> bool:
    """Read a page, send its outcome, and say whether this worker is spent."""
    try:
        outcome, spent = _one(stage, page, deadline)
    except _Late:  # the alarm rang between the stage's return and its being switched off
        outcome, spent = _set_aside(page, "extract", "deadline"), True
    try:
        connection.send((outcome, spent))
    except MemoryError:
        spent = True
        connection.send((_set_aside(page, "extract", "memory"), spent))
    return spent


# --------------------------------------------------------------------------- in the parent


class Workers:
    """A pool of killable workers. Use as a context manager; submit() from any thread.

    stage:      picklable: a function of a module, or functools.partial of one.
    workers:    how many processes, >= 1.
    deadline:   seconds of a processor a page, and PATIENCE times so many on the clock.   memory_mb: private memory a worker may hold.
    warm_up:    a page that each new worker reads first, uncounted, to load rules and libraries.
    preload:    modules for the fork server to import once; the stage's own by default.
    apart:      without the fork server, which is one for the whole program and imports all that any pool
                preloads: for a light stage that must not wait for a heavy one's libraries.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        workers: int = 1,
        deadline: float = DEADLINE,
        memory_mb: int = MEMORY_MB,
        warm_up: Page | None = None,
        preload: tuple[str, ...] = (),
        apart: bool = False,
    ) -> None:
        if workers < 1:
            raise ValueError("a pool needs a worker")
        self._context = mp.get_context("spawn" if apart else "forkserver")
        if not apart:
            module = getattr(getattr(stage, "func", stage), "__module__", "")
            mp.get_context("forkserver").set_forkserver_preload(
                ["__main__", *dict.fromkeys((*preload, module, "pipeline.workers"))]
            )
        self._arguments = (stage, warm_up, deadline, memory_mb)
        self._deadline = deadline
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, name=f"reader-{n}", daemon=True) for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._threads)

    def submit(self, page: Page) -> Future[Outcome]:
        """Queue a page. The future ends in an Outcome, never in an exception of the stage's."""
        future: Future[Outcome] = Future()
        self._tasks.put(_Task(page, future))
        return future

    def close(self, *, at_once: bool = False) -> None:
        """End the workers: after the queue is empty, or at once (open futures are cancelled)."""
        if at_once:
            self._stopping.set()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.close(at_once=kind is not None)

    def _take(self) -> list[_Task] | None:
        """Return the next batch: what is waiting, up to the limits of a batch; None at the end."""
        first = self._tasks.get()
        if first is None:
            return None
        batch, size = [first], len(first.page.body)
        share = max(1, min(BATCH_PAGES, self._tasks.qsize() // len(self._threads)))
        while len(batch) < share and size < BATCH_BYTES:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                break
            if task is None:
                self._tasks.put(None)
                break
            batch.append(task)
            size += len(task.page.body)
        return batch

    def _serve(self) -> None:
        """One worker's thread: keep a worker alive, feed it, and answer for what it can't."""
        worker: _Worker | None = None
        try:
            while (batch := self._take()) is not None:
                todo = deque(batch)
                while todo and not self._stopping.is_set():
                    if worker is None or (todo[0].alone and worker.read):
                        if worker is not None:
                            worker.end()
                        worker = self._started(todo[0])
                        if worker is None:
                            todo.popleft()
                            continue
                    alive = worker.run(todo, self._deadline, self._stopping)
                    if not alive or worker.read >= PAGES_IN_A_LIFE:
                        worker.end()
                        worker = None
                for task in todo:
                    task.future.cancel()
        finally:
            if worker is not None:
                worker.end()

    def _started(self, task: _Task) -> _Worker | None:
        """Start a worker; where that fails three times (no memory, no more processes), settle the task."""
        told = ""
        for pause in START_PAUSES:
            try:
                return _Worker(self._context, self._arguments)
            except (OSError, RuntimeError, EOFError) as err:
                told = " ".join(str(err).split())[:160]
                self._stopping.wait(pause)
        reason = "worker did not start"
        outcome = _set_aside(task.page, "extract", reason, f"{_HINTS[reason]} ({told})")
        task.future.set_result(replace(outcome, page=task.page))
        return None


class _Worker:
    """One process and our end of its pipe."""

    def __init__(self, context: Any, arguments: tuple[Stage, Page | None, float, int]) -> None:
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_work, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()
        self.read = 0  # pages so far
        self._ready = False

    def run(self, todo: deque[_Task], deadline: float, stopping: threading.Event) -> bool:
        """Send what is to do (one page, if it is to be alone) and settle the futures in order.

        Returns False if the worker is gone; the page it was at is settled or set up for a second
        try, and what it had not begun stays in todo.
        """
        batch = [todo[0]] if todo[0].alone else [task for task in todo if not task.alone]
        if not self._ready:
            if not self._answer(START_SECONDS, stopping):
                self._settle_lost(todo, "worker did not start", stopping)
                return False
            self._ready = True
        try:
            self._connection.send([task.page for task in batch])
        except (BrokenPipeError, ConnectionResetError):
            self._settle_lost(todo, "worker crashed", stopping)
            return False
        for task in batch:
            answer = self._answer(deadline * PATIENCE + GRACE, stopping)
            if answer is None:
                late = self._process.is_alive() or self._process.exitcode == -signal.SIGXCPU
                self._settle_lost(todo, "deadline" if late else "worker crashed", stopping)
                return False
            outcome, spent = answer
            if spent and outcome.failure.reason == "memory" and self.read and not task.alone:
                task.alone = True
                return False
            self.read += 1
            todo.popleft()
            task.future.set_result(replace(outcome, page=task.page))
            if spent:
                return False
        return True

    def _answer(self, seconds: float, stopping: threading.Event) -> Any:
        """Return the worker's next message, or None: too late, gone, or we are told to stop."""
        until = time.monotonic() + seconds
        while not stopping.is_set():
            left = until - time.monotonic()
            try:
                if self._connection.poll(min(max(left, 0.0), 0.25)):
                    return self._connection.recv()
            except (EOFError, ConnectionResetError, BrokenPipeError):
                self._process.join(5)
                return None
            if left <= 0:
                return None
        return None

    def _settle_lost(self, todo: deque[_Task], reason: str, stopping: threading.Event) -> None:
        if stopping.is_set():
            return
        task = todo[0]
        if reason == "worker crashed" and self.read and not task.alone:
            task.alone = True
            return
        hint = ""
        if reason == "worker crashed" and (code := self._process.exitcode) is not None:
            hint = f"{_HINTS[reason]} ({f'signal {-code}' if code < 0 else f'exit code {code}'})"
        todo.popleft()
        task.future.set_result(replace(_set_aside(task.page, "extract", reason, hint), page=task.page))

    def end(self) -> None:
        """Make sure that the process is gone."""
        self._connection.close()
        self._process.join(0.2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def map_pages(
    stage: Stage,
    pages: Iterable[Page | Failure],
    *,
    workers: int = 0,
    deadline: float = DEADLINE,
    memory_mb: int = MEMORY_MB,
    warm_up: Page | None = None,
    preload: tuple[str, ...] = (),
) -> Iterator[Outcome]:
    """Yield one Outcome for each item, in the order of the items.

    A Failure among the pages passes through as its Outcome. workers: 0 runs the stage in this
    process, without deadline or memory cap. At most some hundred pages are held at a time.
    """
    if workers == 0:
        for item in pages:
            yield _passed(item) if isinstance(item, Failure) else _here(stage, item)
        return
    pool = Workers(
        stage, workers=workers, deadline=deadline, memory_mb=memory_mb, warm_up=warm_up, preload=preload
    )
    with pool:
        yield from in_order(pool, pages)


def in_order(pool: Workers, pages: Iterable[Page | Failure]) -> Iterator[Outcome]:
    """Yield one Outcome for each item from a pool that goes on afterwards, in the order of the items."""
    waiting: deque[Future[Outcome] | Outcome] = deque()
    most = pool.size * BATCH_PAGES * 3
    held: deque[int] = deque()
    for item in pages:
        waiting.append(_passed(item) if isinstance(item, Failure) else pool.submit(item))
        held.append(0 if isinstance(item, Failure) else len(item.body))
        while waiting and (_is_done(waiting[0]) or len(waiting) >= most or sum(held) > 64 << 20):
            held.popleft()
            yield _outcome(waiting.popleft())
    while waiting:
        yield _outcome(waiting.popleft())


def _passed(failure: Failure) -> Outcome:
    return Outcome(failure.input, None, failure=failure)


def _here(stage: Stage, page: Page) -> Outcome:
    try:
        return stage(page)
    except Exception as err:
        return failed(page, err)


def _is_done(item: Future[Outcome] | Outcome) -> bool:
    return isinstance(item, Outcome) or item.done()


def _outcome(item: Future[Outcome] | Outcome) -> Outcome:
    return item if isinstance(item, Outcome) else item.result()


def default_workers() -> int:
    """Return how many workers fit this machine: the processors that this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return max(1, os.cpu_count() or 1)
