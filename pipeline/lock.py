"""One run at a time: an advisory lock beside the database that says who holds it.

The lock is the operating system's (flock on DATABASE.lock), so it ends with its process, killed or
not. Inside stands who took it last: pid, host, command, since. What a dead holder left there is
overwritten by the next.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.errors import LockHeldError, StoreError


def lock_path(db: Path) -> Path:
    """Return where the lock of a database lies."""
    return db.with_name(db.name + ".lock")


def holder(db: Path) -> dict[str, str] | None:
    """Return who holds the lock (pid, host, command, since), or None where nobody does."""
    try:
        with lock_path(db).open("rb") as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                told = json.loads(opened.read(4_000) or b"{}")
                return {key: str(value) for key, value in told.items()} if isinstance(told, dict) else {}
    except (OSError, ValueError):
        return None
    return None


@contextmanager
def held(db: Path, command: str) -> Iterator[None]:
    """Hold the database's lock for the length of a with block.

    Raises LockHeldError at once if another run holds it, StoreError if the folder can't be written.
    """
    path = lock_path(db)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise StoreError(f"{path}: {err.strerror or err}; the lock lies beside the database") from err
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            told = holder(db) or {}
            who = f"costline {told.get('command', 'run')} (process {told.get('pid', '?')} on {told.get('host', '?')}, since {told.get('since', '?')})"  # fmt: skip
            raise LockHeldError(f"{db} is in use by {who}; wait for it to end, or stop it") from err
        note = {
            "pid": os.getpid(), "host": socket.gethostname(), "command": command,
            "since": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        }  # fmt: skip
        with suppress(OSError):  # on a full disk the lock still holds, nameless
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(note).encode(), 0)
        yield
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
