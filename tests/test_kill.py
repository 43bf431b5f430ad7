"""A few of the kill trials (all hundred: make trials), a kill during migration, a full disk, a read-only folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.trials_kill import content, full_disk, ingest, lay_out, trial
from db.store import Store
from tests.webserver import serving


def test_a_killed_ingest_leaves_nothing_behind_but_work(tmp_path: Path) -> None:
    with serving() as server:
        lay_out(server)
        db = tmp_path / "undisturbed.duckdb"
        code, seconds, err = ingest(server, db)
        assert code == 1, err
        wanted = content(db)
        assert len(wanted[0]) == 25 and len(wanted[5]) == 2
        for share in (0.55, 0.8):
            assert trial(server, wanted, seconds * share) == ""


MIGRATE = "import sys; from db.store import Store; print('go', flush=True); Store.open(sys.argv[1]).close()"


def test_a_killed_migration_is_made_up_for(tmp_path: Path) -> None:
    for number in range(3):
        db = tmp_path / f"{number}.duckdb"
        child = subprocess.Popen([sys.executable, "-c", MIGRATE, str(db)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None and child.stdout.readline() == "go\n"
        time.sleep(0.02 + 0.1 * number)
        child.kill()
        child.communicate()
        with Store.open(db) as store:
            assert store.rows("SELECT count(*) AS n FROM facts") == [{"n": 0}]


def test_a_full_disk_is_one_line_and_the_next_run_goes_on() -> None:
    with serving() as server:
        assert full_disk(server) == ""


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
