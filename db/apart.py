"""Ask in a process of its own, which can be killed: for what the engine does not interrupt.

DuckDB ends most queries when it is told to, but not all: one function on one huge string is a single
step, and turning a cell of fifty million numbers into Python's holds every thread. Nobody can wait for
such a query within its process; from outside it is ended at once.

A process that has DuckDB open has threads of it, and must not fork. So a command forks before it opens
anything (`ask`), and a server, which has threads, keeps a small process that does so for it (`Helper`).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from db import query
from db.connect import first_line
from schemas.errors import CostlineError, LimitError, StoreError

if TYPE_CHECKING:
    import subprocess

GRACE = 0.1  # seconds for the query's own process to say that it was stopped, beyond query.PATIENCE
_OPEN, _DONE = b"o", b"d"


def possible() -> bool:
    """Say whether this system can fork."""
    return hasattr(os, "fork")


def ask(
    path: str | Path,
    sql: str,
    *,
    timeout: float = query.TIMEOUT,
    max_rows: int = query.MAX_ROWS,
    memory: str = query.MEMORY,
) -> query.Answer:
    """Answer as query.ask does, in a forked process that is killed 0.4 s after its limit if need be.

    Only for a process of one thread that has not opened DuckDB. Raises what query.ask raises.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(writing, path, sql, timeout, max_rows, memory)
    os.close(writing)
    try:
        if not _signalled(reading, None):
            raise LimitError("the query ended its process; it may need more memory than there is")
        if not _signalled(reading, timeout + query.PATIENCE + GRACE):
            raise LimitError(query.late(timeout))
        with os.fdopen(os.dup(reading), "rb") as told:
            found = pickle.load(told)  # noqa: S301  written by our own fork
    except EOFError:
        raise LimitError("the query ended its process; it may need more memory than there is") from None
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if isinstance(found, CostlineError):
        raise found
    if not isinstance(found, query.Answer):
        raise StoreError(f"the query ended with {found}")
    return found


def _signalled(reading: int, seconds: float | None) -> bool:
    """Wait for one byte; False when the time is up. Raises EOFError if the other side is gone."""
    if not select.select([reading], [], [], seconds)[0]:
        return False
    if not os.read(reading, 1):
        raise EOFError
    return True


def _answer(writing: int, path: str | Path, sql: str, timeout: float, max_rows: int, memory: str) -> NoReturn:
    """Be the forked process: answer into the pipe and end, without anything that the parent has begun."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    found: Any
    opened = False

    def begun() -> None:
        nonlocal opened
        opened = True
        os.write(writing, _OPEN)

    try:
        found = query.ask(path, sql, timeout=timeout, max_rows=max_rows, memory=memory, on_begin=begun)
    except CostlineError as err:
        found = err
    except BaseException as err:
        found = f"{type(err).__name__}: {first_line(err)}"
    try:
        os.write(writing, _DONE if opened else _OPEN + _DONE)
        with os.fdopen(writing, "wb") as out:
            pickle.dump(found, out, protocol=5)
    finally:
        os._exit(0)


# ---- for a process that has threads -----------------------------------------------------------------

_LENGTH = struct.Struct("<Q")
_START = "from db.apart import serve_requests; serve_requests()"
_ROOT = Path(__file__).resolve().parent.parent


class Helper:
    """A process that forks for every query that it is asked; one at a time. close() it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = self._start()

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        import subprocess

        found = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
        )

    def ask(
        self,
        path: str | Path,
        sql: str,
        *,
        timeout: float = query.TIMEOUT,
        max_rows: int = query.MAX_ROWS,
        memory: str = query.MEMORY,
    ) -> query.Answer:
        """Answer as query.ask does."""
        with self._turn:
            for again in (True, False):
                try:
                    _send(self._process.stdin, (str(path), sql, timeout, max_rows, memory))
                    found = _receive(self._process.stdout)
                    break
                except (OSError, EOFError):
                    self._end()
                    if not again:
                        raise StoreError("the process that answers queries has ended; ask again") from None
                    self._process = self._start()
        if isinstance(found, CostlineError):
            raise found
        answer: query.Answer = found
        return answer

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent goes nowhere
                    pipe.close()
        self._process.wait()


def _send(pipe: IO[bytes] | None, told: object) -> None:
    assert pipe is not None
    body = pickle.dumps(told, protocol=5)
    pipe.write(_LENGTH.pack(len(body)) + body)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    assert pipe is not None
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))  # noqa: S301  between our own processes


def serve_requests() -> None:
    """Be the helper: answer each request from standard input on standard output until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes the pipe
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    while True:
        try:
            path, sql, timeout, max_rows, memory = _receive(requests)
        except EOFError:
            return
        found: Any
        try:
            answer = ask if possible() else query.ask
            found = answer(path, sql, timeout=timeout, max_rows=max_rows, memory=memory)
        except CostlineError as err:
            found = err
        _send(answers, found)
