"""The analyst's questions of docs/questions.md, asked of two ledgers.

    python -m benchmarks.questions            how many rows agree, question by question
    python -m benchmarks.questions --write    bring the answers in docs/questions.md up to date

One ledger is what a user has after ingesting the seed and the labelled articles' pages; the other is made
from the labels, as a perfect reader would. The document shows the first one's answers and, where a row is
another one by the labels, both rows and, in words written by hand, why.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from db import analyst, checks
from db.store import Store
from pipeline import crosscheck
from pipeline import run as road
from pipeline.fetch.local import read_local
from schemas.records import Outcome
from tests.ledger_cases import FETCHED, GOLD, gold_outcomes

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "questions.md"
SHARED = GOLD.parent.parent
PAGES = (SHARED / "seed", SHARED / "gold" / "pages")
#: cells that hold a text's own words: a longer or shorter cut of the same sentence is alike
WORDING = {"quote", "title"}
#: spellings of one model in the labels, each article having its own: what the reader's lexicon knows
ONE_MODEL = {
    "MT-NLP": "MT-NLG",
    "Megatron-Turing NLG": "MT-NLG",
    "Megatron-Turing NLG 530B": "MT-NLG",
}
_BLOCK = re.compile(
    r"^## (?P<title>\d+\. [^\n]+)\n\n```sh\n(?P<command>[^\n]+)\n```\n\n```csv\n(?P<answer>.*?)\n```\n"
    r"(?:\nBy the labels:\n\n```diff\n(?P<diff>.*?)\n```\n(?:\n(?P<why>Why: .*?)\n(?=\n|\Z))?)?",
    re.M | re.S,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its one command, the answer from the pages, what the labels say otherwise, and why."""

    title: str
    command: str
    answer: str
    diff: str = ""
    why: str = ""

    def text(self) -> str:
        """Return the question as it stands in the document."""
        out = f"## {self.title}\n\n```sh\n{self.command}\n```\n\n```csv\n{self.answer}\n```\n"
        if self.diff:
            out += f"\nBy the labels:\n\n```diff\n{self.diff}\n```\n"
            out += f"\n{self.why}\n" if self.why else ""
        return out


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two answers agree: rows that are alike in every cell, and rows of either alone."""

    alike: int
    only_labels: tuple[str, ...]
    only_pages: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of the two together, a row that both have counted once."""
        return self.alike + max(len(self.only_labels), len(self.only_pages))

    @property
    def diff(self) -> str:
        """The rows that are not alike: "-" by the labels, "+" from the pages."""
        return "\n".join(
            [*(f"- {row}" for row in self.only_labels), *(f"+ {row}" for row in self.only_pages)]
        )


def questions(text: str | None = None) -> list[Question]:
    """Return the questions of the document (or of its text)."""
    told = DOCUMENT.read_text(encoding="utf-8") if text is None else text
    return [
        Question(**{key: value or "" for key, value in match.groupdict().items()})
        for match in _BLOCK.finditer(told)
    ]


def _checked(store: Store) -> None:
    """Do what `costline check` does."""
    sizes = {model: crosscheck.Sized(size) for model, size in checks.known_sizes(store).items()}
    found = crosscheck.check(checks.stated(store), texts=checks.comparing_texts(store), sizes=sizes)
    store.put_findings(found)


def _read() -> Iterator[Outcome]:
    for place in PAGES:
        yield from road.outcomes(read_local(place, now=FETCHED), workers=0)


def from_pages(path: Path) -> Path:
    """Ingest the seed and the labelled articles' pages, cross-check them, and return the ledger's path."""
    with Store.open(path) as store:
        store.put(_read())
        _checked(store)
    return path


def from_labels(path: Path) -> Path:
    """Build the ledger that a perfect reader of the same articles would, and return its path.

    An article names a model its own way; what the reader's lexicon knows to be one model is merged here.
    """
    with Store.open(path) as store:
        store.put(gold_outcomes())
        for name, into in ONE_MODEL.items():
            analyst.merge(store, name, into)
        _checked(store)
    return path


def ask(command: str, ledger: Path) -> str:
    """Run a question's command on a ledger and return what it prints."""
    from typer.testing import CliRunner

    from cli import app

    words = shlex.split(command)
    told = CliRunner().invoke(app, [*words[1:], "--db", str(ledger)], catch_exceptions=False)
    if words[0] != "costline" or told.exit_code:
        raise SystemExit(f"{command}: {told.output}")
    return told.stdout.rstrip("\n")


def agreement(labels: str, pages: str) -> Agreement:
    """Compare two answers row by row, in whatever order; a cut of the same sentence is alike."""
    rest = list(_rows(pages))
    missing, alike = [], 0
    for line, row in _rows(labels):
        at = next((i for i, (_, other) in enumerate(rest) if _alike(row, other)), None)
        if at is None:
            missing.append(line)
        else:
            del rest[at]
            alike += 1
    return Agreement(alike, tuple(missing), tuple(line for line, _ in rest))


def _rows(answer: str) -> Iterator[tuple[str, dict[str, str]]]:
    lines = list(csv.reader(io.StringIO(answer)))
    for cells in lines[1:]:
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(cells)
        yield out.getvalue(), dict(zip(lines[0], cells, strict=True))


def _alike(one: dict[str, str], two: dict[str, str]) -> bool:
    for name, cell in one.items():
        other = two.get(name, "")
        if cell != other and not (name in WORDING and cell and other and (cell in other or other in cell)):
            return False
    return True


def compare(asked: Iterable[Question], labels: Path, pages: Path) -> list[tuple[Question, Agreement]]:
    """Ask both ledgers and return each question as it should stand in the document, with its agreement."""
    out = []
    for question in asked:
        answer = ask(question.command, pages)
        told = agreement(ask(question.command, labels), answer)
        out.append((replace(question, answer=answer, diff=told.diff), told))
    return out


def _sum(found: list[tuple[Question, Agreement]]) -> str:
    alike, rows = sum(told.alike for _, told in found), sum(told.rows for _, told in found)
    whole = sum(not told.diff for _, told in found)
    return (
        f"**{alike} of {rows} rows ({alike / rows:.0%}) are alike in every cell, "
        f"{whole} of {len(found)} answers wholly.**"
    )


def main(arguments: list[str]) -> None:
    """Print the agreement; with --write, bring the document up to date."""
    text = DOCUMENT.read_text(encoding="utf-8")
    asked = questions(text)
    if len(asked) != len(re.findall(r"^## \d", text, re.M)):
        raise SystemExit(f"{DOCUMENT} has a question that is not written as the others")
    with tempfile.TemporaryDirectory() as folder:
        found = compare(
            asked, from_labels(Path(folder) / "labels.duckdb"), from_pages(Path(folder) / "pages.duckdb")
        )
    for question, told in found:
        print(f"{told.alike:4} of {told.rows:4}  {question.title}")
        if "--diff" in arguments and told.diff:
            print(told.diff)
    print(_sum(found))
    if "--write" in arguments:
        head = re.sub(
            r"\*\*\d+ of \d+ rows .*?\*\*", _sum(found), text[: text.index("\n## ") + 1], flags=re.S
        )
        DOCUMENT.write_text(head + "\n".join(question.text() for question, _ in found), encoding="utf-8")
        verdicts = Counter(bool(question.diff) and not question.why for question, _ in found)
        print(f"{DOCUMENT.name} written; {verdicts[True]} differences stand without a reason")


if __name__ == "__main__":
    main(sys.argv[1:])
