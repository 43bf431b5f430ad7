"""docs/questions.md: every command gives the answer that stands below it, on a ledger read from real pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import questions
from tests.ledger_cases import GOLD

QUESTIONS = questions.questions()
#: Share of the answers' rows that the labels and the pages give alike: 0.72 on 23 November 2026.
ALIKE = 0.65

needs_gold = pytest.mark.skipif(not GOLD.exists(), reason="needs the labelled articles beside the project")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return questions.from_pages(tmp_path_factory.mktemp("ledger") / "pages.duckdb")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return questions.from_labels(tmp_path_factory.mktemp("ledger") / "labels.duckdb")


def test_there_are_enough_and_most_look_at_time() -> None:
    assert len(QUESTIONS) >= 25
    assert sum(question.title.endswith("⏱") for question in QUESTIONS) >= 15
    assert all(question.answer.count("\n") >= 2 for question in QUESTIONS)


@needs_gold
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title[:40])
def test_the_pages_give_the_answer_below_the_question(
    pages: Path, labels: Path, question: questions.Question
) -> None:
    """Or one as near to the labels', to a row: `python -m benchmarks.questions --write` then mends the page."""
    answer, expected = questions.ask(question.command, pages), questions.ask(question.command, labels)
    told = questions.agreement(expected, answer)
    if answer == question.answer:
        assert question.diff == told.diff
    else:
        assert told.alike >= questions.agreement(expected, question.answer).alike - 1, told.diff


@needs_gold
def test_most_rows_are_those_of_the_labels(pages: Path, labels: Path) -> None:
    found = [told for _, told in questions.compare(QUESTIONS, labels, pages)]
    assert sum(told.alike for told in found) / sum(told.rows for told in found) >= ALIKE


def test_a_document_is_read_and_written_alike() -> None:
    text = questions.DOCUMENT.read_text(encoding="utf-8")
    assert text.endswith("\n".join(question.text() for question in QUESTIONS))


def test_answers_are_compared_row_by_row() -> None:
    told = questions.agreement(
        'a,quote\n1,"was 5, they say"\n2,x\n3,y\n', 'a,quote\n3,y\n1,"It was 5, they say."\n2,z\n4,w\n'
    )
    assert (told.alike, told.only_labels, told.only_pages, told.rows) == (2, ("2,x",), ("2,z", "4,w"), 4)
    assert told.diff == "- 2,x\n+ 2,z\n+ 4,w"
