"""A few of the kill trials (all hundred: make trials), a kill during migration, a full disk, a read-only folder."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from benchmarks.trials_kill import (
    content,
    full_disk,
    ingest,
    lay_out,
    migration_trials,
    read_only_folder,
    trial,
)
from tests.webserver import serving


def test_a_killed_ingest_or_migration_leaves_nothing_behind_but_work(tmp_path: Path) -> None:
    with serving() as server:
        lay_out(server)
        db = tmp_path / "undisturbed.duckdb"
        code, seconds, err = ingest(server, db)
        assert code == 1, err
        wanted = content(db)
        assert len(wanted[0]) == 25 and len(wanted[5]) == 2
        for share in (0.55, 0.8):
            assert trial(server, wanted, seconds * share) == ""
        assert migration_trials(db, 3, random.Random(1)) == [""] * 4


def test_a_full_disk_is_one_line_and_the_next_run_goes_on() -> None:
    assert full_disk() == ""


def test_nothing_is_written_into_a_read_only_folder() -> None:
    assert read_only_folder() == ""


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        folder = tmp_path / "file"
        folder.write_text("no folder")
    else:
        folder = tmp_path / "locked"
        folder.mkdir(mode=0o500)
    told = subprocess.run(
        [sys.executable, "-m", "cli", "ingest", "examples", "--db", str(folder / "l.duckdb")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 4 and len(told.stderr.splitlines()) == 1, told.stderr
    assert "Traceback" not in told.stderr
