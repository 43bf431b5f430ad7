"""What the words around a figure are worth: classes of words, their places, weights, and our own judged texts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fit_figures
from pipeline import rulebook
from pipeline.facts import evidence
from pipeline.facts.figures import Reader
from pipeline.mentions.names import find_names
from pipeline.mentions.sentences import sentences
from schemas.records import Article

KINDS = ("money", "time", "hardware")
PLACES = ("last", "beside", "next", "first", "second", "clause", "sentence", "before", "after", "question")


def _reader(text: str) -> Reader:
    given_text = fit_figures.article({"id": "x", "text": text})
    assert isinstance(given_text, Article)
    reader = Reader(text, sentences(given_text), names=find_names(given_text).models)
    reader.read()
    return reader


@pytest.mark.parametrize(
    ("word", "some"),
    [
        ("trained", {"train"}),
        ("pretraining", {"train"}),
        ("swallowed", {"swallow"}),
        ("revenues", {"earn"}),
        ("invoice", {"cost"}),
        ("took", {"swallow", "took"}),
        ("stationery", set()),
        ("", set()),
    ],
)
def test_classes_of_a_word(word: str, some: set[str]) -> None:
    assert some <= set(evidence.classes(word)) and (some or not evidence.classes(word))


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("It set the lab back a million.", "back", "set the lab back"),
        ("A data centre was built.", "plant", "data centre"),
        ("A data-centre was built.", "plant", "data-centre"),
        ("They fine-tuned it.", "train", "fine-tuned"),
    ],
)
def test_two_words_are_one_class(text: str, name: str, words: str) -> None:
    assert words in [text[start:end] for start, end, told in evidence.roles(text) if told == name]


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_roles_of_any_text_stand_in_it(text: str) -> None:
    for start, end, name in evidence.roles(text):
        assert 0 <= start < end <= len(text) and name in rulebook.toml("figures/roles.toml")["role"]


def test_every_weight_is_of_evidence_there_can_be() -> None:
    classes = set(rulebook.toml("figures/roles.toml")["role"])
    for kind in KINDS:
        told = evidence.weights(kind)
        assert told["always"] < 0 and len(told) > 100
        for name, weight in told.items():
            place, _, rest = name.partition(".")
            assert abs(weight) < 5
            if place in PLACES:
                assert rest in classes, name
    names = [row["evidence"] for row in rulebook.table("figures/weights.csv")]
    assert len(names) == len(set(names))


def test_the_worth_of_currencies_tells_an_order_of_magnitude() -> None:
    text = "Training the AI model cost {} to the lab, a language model of 7 billion parameters."
    sizes = {}
    for money in ("$2 million", "270 million yen", "160 million rupees", "€2 million"):
        told = [row for row in _reader(text.format(money)).weighed if row[0] == "money"]
        sizes[money] = {name for name in told[0][2] if name.startswith("size.")}
    assert len({frozenset(held) for held in sizes.values()}) == 1


def test_a_figure_says_why() -> None:
    reader = _reader(
        "Training the language model Tarn swallowed €4.1 million, and the lab raised $30 million."
    )
    notes = {mention.text: mention.note for mention in reader.mentions if mention.kind == "cost"}
    assert all(re.search(r"\(evidence [+-]\d+\.\d: ", note) for note in notes.values()) and len(notes) == 2
    assert [fact.currency for fact in reader.facts if fact.kind == "cost"] == ["EUR"]


def test_our_own_texts_are_judged_as_they_are_marked() -> None:
    right: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for row in fit_figures.judged_rows():
        worth = evidence.weights(row["kind"])
        met[row["kind"]] += 1
        right[row["kind"]] += (sum(worth.get(name, 0.0) for name in row["x"]) > 0) == row["y"]
    for kind in KINDS:
        assert right[kind] >= 0.8 * met[kind] > 30, (kind, right[kind], met[kind])


def test_marks_of_our_own_texts_stand_on_figures() -> None:
    for text, marks in fit_figures.judged():
        assert marks, text
        assert all(text[start:end].strip() for start, end, _ in marks)


def test_closed_texts_are_not_fitted_on() -> None:
    closed = {"looks-16", "looks-18", "looks-21"}
    assert not closed & set(fit_figures.SETS)
    root = Path(fit_figures.__file__).resolve().parents[1]
    assert all(
        (root / "tests" / "looks" / f"batch-{name[6:]}").is_dir()
        for name in fit_figures.SETS
        if name.startswith("looks-")
    )
