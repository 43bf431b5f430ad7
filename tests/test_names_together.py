"""What stands beside a name, and what the names of a text say of each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.mentions.names import candidates, find_in
from pipeline.mentions.neighbours import EDGE, around, beside, class_of
from pipeline.mentions.together import TRAITS, together


def models(text: str) -> set[str]:
    return {name.canonical for name in find_in(text).models}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("was", "be"),
        ("its", "possessive"),
        ("trained", "-ed"),
        ("Tokyo", "Capital"),
        ("NASA", "CAPITALS"),
        ("7", "number"),
        ("$3", "money"),
        ("7B", "figure"),
        ("’s", "’s"),
        ("(", "("),
        ("\n", "line"),
        ("horse", "word"),
        (EDGE, EDGE),
    ],
)
def test_class_of_a_neighbour(word: str, expected: str) -> None:
    assert class_of(word) == expected


def test_a_capital_does_not_hide_a_closed_word_before_a_name() -> None:
    assert class_of("The", before=True) == "the"
    assert class_of("The") == "Capital"


def test_neighbours_count_over_all_mentions() -> None:
    text = "Yarrow was big. The Yarrow was small. Yarrow ends"
    spans = [(0, 6), (20, 26), (38, 44)]
    assert [text[a:b] for a, b in spans] == ["Yarrow"] * 3
    assert around(text, *spans[0]) == (EDGE, "was", "big")
    slots = beside(text, spans)
    assert slots["after=be"] == 1.0
    assert slots["before:the"] == pytest.approx(3**-0.5)


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_neighbours_of_any_text(text: str, first: int, second: int) -> None:
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    assert all(0 < value <= 1 for value in beside(text, [(start, end)]).values())


def test_slots_are_written_once_and_as_numbers() -> None:
    slots = [row["slot"] for row in rulebook.table("names/slots.csv")]
    assert len(slots) == len(set(slots)) > 50
    assert all(abs(float(row["weight"])) < 3 for row in rulebook.table("names/slots.csv"))


def test_lists_and_places_are_compared() -> None:
    text = "Yarrow and Delmar. Candle: 7B.\nMarrow: 7B."
    spans = {"yarrow": [(0, 6)], "delmar": [(11, 17)], "candle": [(19, 25)], "marrow": [(31, 37)]}
    odds = {"yarrow": 4.0, "delmar": -1.0, "candle": 3.0, "marrow": -0.5}
    told = together(text, spans, odds)
    assert told["delmar"]["together.listed"] > 0.9
    assert told["yarrow"]["together.listed-wrong"] < 0
    assert told["yarrow"]["together.best"] > 0.9 > told["delmar"]["together.best"]
    assert told["candle"]["together.figures"] > 0.4
    assert together("", {}, {}) == {}
    known = {row["trait"] for row in rulebook.table("names/traits.csv")}
    assert set(TRAITS) <= known


@given(st.text(alphabet="XYab ,.:\n7B$and", max_size=120))
def test_comparison_of_any_text(text: str) -> None:
    for candidate in candidates(text).values():
        assert all(-1 <= value <= 10 for value in candidate.together.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("And it has a name: Paper Lantern. Paper Lantern has 9 billion parameters.", "Paper Lantern"),
        ("1. Two Rivers Mini\n\nThe model Two Rivers Mini has 800M parameters.", "Two Rivers Mini"),
        ("The Swiss Apertine, a language model, was trained for 40 days on 512 GPUs.", "Apertine"),
        ("They trained the model Glass Paper for nine days. Glass Paper has 3B parameters.", "Glass Paper"),
        (
            "Model\tMaker\tParameters\tTokens\n\nMarram\tDelmar\t14B\t9.8T\n\nTeasel 2\tOrrin\t13B\t5T",
            "Marram",
        ),
        ("The original Transformer of 2017 cost $930 to train.", "Transformer"),
    ],
)
def test_names_that_are_cut_right(text: str, expected: str) -> None:
    assert expected in models(text)


def test_a_kind_is_no_name_by_itself() -> None:
    assert "Transformer" not in models(
        "We scale the Transformer to 269B parameters and train a Transformer for 3 days."
    )
