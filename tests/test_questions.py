"""docs/questions.md: every command gives the answer that stands below it."""

from __future__ import annotations

import csv
import io
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db import checks
from db.store import Store
from pipeline import crosscheck
from tests.ledger_cases import GOLD, gold_outcomes

ROOT = Path(__file__).parent.parent
PAGES = GOLD.parent / "pages"
BLOCK = re.compile(
    r"^## (?P<title>\d+\. .+?)\n\n```sh\n(?P<command>.+?)\n```\n\n```csv\n(?P<answer>.*?)\n```", re.M | re.S
)
QUESTIONS = [
    match.groupdict()
    for match in BLOCK.finditer((ROOT / "docs" / "questions.md").read_text(encoding="utf-8"))
]
#: Share of the answers' rows that the ledger read from the pages gives alike: 0.38 on 23 November 2026. One
#: figure read otherwise changes a year's median, so this floor is far below the reader's own scores.
SAME_FROM_PAGES = 0.3
#: words that another cut of the same sentence changes
WORDING = {"quote", "title", "formula", "subject", "period"}

needs_gold = pytest.mark.skipif(not GOLD.exists(), reason="needs the labelled articles beside the project")


def check(store: Store) -> None:
    sizes = {model: crosscheck.Sized(size) for model, size in checks.known_sizes(store).items()}
    store.put_findings(
        crosscheck.check(checks.stated(store), texts=checks.comparing_texts(store), sizes=sizes)
    )


def run(command: str, path: Path) -> str:
    from cli import app

    words = shlex.split(command)
    assert words[0] == "costline"
    told = CliRunner().invoke(app, [*words[1:], "--db", str(path)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.stdout


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "labels.duckdb"
    with Store.open(path) as store:
        store.put(gold_outcomes())
        check(store)
    return path


def test_there_are_enough_and_most_look_at_time() -> None:
    assert len(QUESTIONS) >= 25
    assert sum(question["title"].endswith("⏱") for question in QUESTIONS) >= 15


@needs_gold
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["title"][:40])
def test_the_answer_is_the_one_below_the_question(labelled: Path, question: dict[str, str]) -> None:
    assert run(question["command"], labelled).rstrip("\n") == question["answer"]


def cells(answer: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(answer))
    return [{name: cell for name, cell in row.items() if name not in WORDING} for row in rows]


@needs_gold
def test_the_ledger_read_from_the_pages_answers_alike(tmp_path: Path) -> None:
    from pipeline import run as road
    from pipeline.fetch.local import read_local

    path = tmp_path / "pages.duckdb"
    with Store.open(path) as store:
        store.put(road.outcomes(read_local(PAGES), workers=0))
        check(store)
    shared = [_overlap(cells(q["answer"]), cells(run(q["command"], path))) for q in QUESTIONS]
    assert sum(shared) / len(shared) >= SAME_FROM_PAGES


def _overlap(expected: list[dict[str, str]], found: list[dict[str, str]]) -> float:
    """Share of rows that are in both, of all rows of the two."""
    one, two = ({tuple(row.items()) for row in rows} for rows in (expected, found))
    return len(one & two) / len(one | two) if one | two else 1.0
