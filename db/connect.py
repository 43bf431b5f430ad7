"""Open a ledger's file: the settings that every connection has, and patience with whoever holds it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import LockHeldError, StoreError

CONFIG: dict[str, Any] = {
    "storage_compatibility_version": "v1.5.0",  # DuckDB 1.5 and 2.0 both read the file
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "checkpoint_threshold": "256MB",  # of write-ahead log; closing the file checkpoints too
}
LOCK_PATIENCE = 3.0  # seconds to wait for another process to let go of the file


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return str(error).strip().split("\n", 1)[0]


def connect(path: Path, *, read_only: bool, more: dict[str, Any] | None = None) -> Any:
    """Open the file, waiting a little for another process to let go of it.

    more: settings of DuckDB beside ours.
    Raises LockHeldError, or StoreError saying what is wrong with the file.
    """
    deadline = time.monotonic() + LOCK_PATIENCE
    if not read_only and not path.parent.exists():
        raise StoreError(f"the folder of {path} does not exist; make it, or name another place with --db")
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config={**CONFIG, **(more or {})})
        except duckdb.IOException as err:
            if "lock" not in str(err).lower():
                raise StoreError(f"{path} can't be opened: {first_line(err)}") from err
            if time.monotonic() > deadline:
                holder = re.search(r"PID (\d+)", str(err))
                who = f" by process {holder[1]}" if holder else ""
                raise LockHeldError(f"{path} is held{who}; try again when that run has ended") from err
            time.sleep(0.05)
        except duckdb.Error as err:
            raise StoreError(f"{path} can't be opened: {first_line(err)}") from err
