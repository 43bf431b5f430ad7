"""Bare numbers that are models' names, and those that are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.mentions.names import find_in
from pipeline.mentions.numbers import number_names, slots

_SLOTS = rulebook.toml("names/numbers.toml")["slot"]


@pytest.mark.parametrize("number", range(len(_SLOTS)))
def test_a_slot_tells_names_from_counts(number: int) -> None:
    rule, slot = _SLOTS[number], slots()[number]
    for text in rule["fires_on"]:
        mark = re.search(r"\[(\d+)\]", text)
        assert mark is not None
        found = slot.search(text.replace("[", "").replace("]", ""))
        assert found is not None and found["n"] == mark[1], text
    for text in rule["quiet_on"]:
        assert not number_names(text), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1911 has 3.8 billion parameters. The bank likes 1911. It was founded in 1911.", [0, 48]),
        ("Then came 2204, with 22 billion. For 2204 they paid 2204 euros, or 2,204 francs.", [10, 37]),
        ("7. 0305\nA model for law. The 0305 run took 3 days, 0305-b took 4.", [3, 29]),
        ("In 1911 they had 300 people; 400 are left.", []),
        ("1911 was a good year. 300 came.", []),
        ("", []),
    ],
)
def test_where_numbers_are_names(text: str, expected: list[int]) -> None:
    assert [start for start, _ in number_names(text)] == expected


def test_a_number_is_linked_as_a_model() -> None:
    text = (
        "The bank now runs 1911. 1911 has 3.8 billion parameters and was trained on 64 H100 GPUs for 16 days."
    )
    assert {name.canonical for name in find_in(text).models} == {"1911"}


@given(st.text(alphabet="0123456789 .,:\n“”came with has", max_size=120))
def test_any_text(text: str) -> None:
    assert all(text[start:end].isdigit() for start, end in number_names(text))
