"""The ledger's commands from the front door: results on stdout, one clear line for what is wrong, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from db import parts
from db.store import Store
from schemas.records import Removed
from tests.ledger_cases import make_outcome
from tests.test_store import COST, SIZE, TEXT, one

ROOT = Path(__file__).parent.parent


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.duckdb"
    cut = Removed("An honest sentence.", "spam_sentence", "test", cut_id="abcdef0123456789")
    with Store.open(path) as store:
        store.put(
            [one(removed=(cut,)), make_outcome(TEXT, [COST, SIZE], name="y", url="https://b.example/y")]
        )
    return path


def costline(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows(*words: object) -> list[dict[str, Any]]:
    told = costline(*words, "--format", "json")
    assert told.returncode == 0, told.stderr
    return list(json.loads(told.stdout))


def test_an_analysts_words(ledger: Path) -> None:
    (fact, *_) = rows("facts", "--kind", "cost", "--db", ledger)
    short = fact["fact_id"][:8]
    told = costline("correct", short, "--set", "basis=estimated", "--note", "a guess", "--db", ledger)
    assert told.returncode == 0 and "basis is estimated" in told.stdout
    told = costline("merge", "zephyrine 9", "Zeph-IX", "--db", ledger)
    assert told.returncode == 0 and "is now Zeph-IX" in told.stdout
    assert {row["model"] for row in rows("query", "SELECT model FROM cost_timeline", "--db", ledger)} == {
        "Zeph-IX"
    }
    told = costline("restore", "abcdef", "--note", "honest", "--db", ledger)
    assert told.returncode == 0 and "taken back" in told.stdout
    shown = costline("show", short, "--db", ledger)
    assert "a guess" in shown.stdout and "»" in shown.stdout


def test_check_compare_and_export(ledger: Path, tmp_path: Path) -> None:
    assert costline("check", "--db", ledger).returncode == 0
    table = tmp_path / "epoch.csv"
    table.write_text("Model,Parameters\nZephyrine-9,9e9\nOther,5\n")
    told = costline("compare", table, "--db", ledger, "--format", "csv")
    assert told.returncode == 0 and "Zephyrine-9,parameters,agree" in told.stdout
    assert "1 missing here" in told.stderr
    told = costline("export", tmp_path / "out", "--flavour", "epoch", "--db", ledger)
    assert told.returncode == 0 and Path(told.stdout.strip()).exists()


def test_backup_and_load(ledger: Path, tmp_path: Path) -> None:
    told = costline("backup", tmp_path / "copy.duckdb", "--db", ledger)
    assert told.returncode == 0 and "wrote" in told.stderr
    parts.write_part(
        [one(), make_outcome("A third page of words.", [], name="t", url="https://t.example/")],
        tmp_path / "parts",
    )
    told = costline("load", tmp_path / "parts", "--db", ledger)
    assert told.returncode == 0 and "1 new" in told.stderr, told.stderr
    assert "1 loaded before" in costline("load", tmp_path / "parts", "--db", ledger).stderr


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["correct", "zzzz", "--reject"], 2, "no fact"),
        (["correct", "zzzz"], 2, "no fact"),
        (["merge", "Nobody", "Else"], 2, "no model called"),
        (["restore", "zzzz"], 2, "no cut"),
        (["compare", "none.csv"], 2, "none.csv"),
        (["export", "/dev/null/x"], 2, "can't be written"),
        (["export", "out", "--flavour", "vanilla"], 2, "--flavour"),
        (["load", "none"], 2, "no file"),
        (["query", "DROP TABLE facts"], 2, "only SELECT"),
        (
            ["query", "SELECT count(*) FROM range(100000000000) t WHERE sqrt(range) < 0", "--timeout", "0.3"],
            2,
            "--timeout",
        ),
        (["timeline", "--metric", "love"], 2, "--metric"),
        (["timeline", "--format", "docx"], 2, "format"),
        (["show", "zzzz"], 2, "no fact"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(ledger: Path, words: list[str], code: int, said: str) -> None:
    told = costline(*words, "--db", ledger)
    assert told.returncode == code, told.stderr
    assert said in told.stderr and told.stderr.strip().count("\n") == 0 and "Traceback" not in told.stderr


@pytest.mark.parametrize(
    "command", ["timeline", "facts", "status", "check", "backup copy.duckdb", "query models"]
)
def test_a_database_that_cannot_be_used_is_exit_four(tmp_path: Path, command: str) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"no database" * 1000)
    told = costline(*command.split(), "--db", broken)
    assert told.returncode == 4 and "broken.duckdb" in told.stderr and "Traceback" not in told.stderr


def test_rows_beyond_the_limit_are_said_to_be_missing(ledger: Path) -> None:
    told = costline("query", "SELECT * FROM range(9)", "--max-rows", "3", "--db", ledger)
    assert told.returncode == 0 and "first 3 rows" in told.stderr
