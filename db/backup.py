"""A consistent copy of the database: a file that opens like the one it was copied from."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from db.store import Store
from schemas.errors import StoreError, UsageError


def backup(path: str | Path, target: str | Path) -> int:
    """Copy a ledger to a file and return its size in bytes.

    Nothing can be written while the copy is made. The copy appears under its name only when it is
    whole; an older backup of that name is replaced, any other file is not.
    Raises LockHeldError if a run holds the ledger, UsageError if the target is not a place for it.
    """
    path, target = Path(path), Path(target)
    if not path.exists():
        raise StoreError(f"there is no database at {path}")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{target} is no file name in a folder that exists")
    if target.exists():
        if target.samefile(path):
            raise UsageError(f"{target} is the database itself; name another file")
        try:
            Store.open(target, read_only=True).close()
        except StoreError as err:
            raise UsageError(f"{target} exists and is no backup; name another file") from err
    part = target.with_name(target.name + ".part")
    store = Store.open(path)
    try:
        store.connection.execute("CHECKPOINT")  # everything is in the one file, and we hold it
        with path.open("rb") as source, part.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
    except OSError as err:
        part.unlink(missing_ok=True)
        raise UsageError(f"{target} can't be written: {err.strerror or err}") from err
    finally:
        store.close()
    part.replace(target)
    return target.stat().st_size
