"""pipeline.facts.makers: who made a model, in frames of words; and who only has to do with it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score_cases import article
from pipeline import facts, rulebook
from pipeline.facts.maker_frames import frames
from pipeline.facts.makers import Paragraphs
from pipeline.mentions.names import Name
from pipeline.mentions.sentences import sentences

_EXAMPLES = [
    (rule["id"], text, expected)
    for rule in rulebook.toml("names/makers.toml")["frame"]
    for key, expected in (("fires_on", True), ("quiet_on", False))
    for text in rule[key]
]


def claims(marked: str) -> list[tuple[str, str, str]]:
    """Frame, organization, model of each claim of a text whose [organizations] and {models} are marked."""
    text, models, firms = "", [], []
    at = 0
    for mark in re.finditer(r"\[([^\]]+)\]|\{([^}]+)\}", marked):
        text += marked[at : mark.start()]
        name = mark[1] or mark[2]
        (firms if mark[1] else models).append(
            Name(len(text), len(text) + len(name), name, name, "given", 3.0)
        )
        text += name
        at = mark.end()
    text += marked[at:]
    lines = sentences(article({"id": "m", "text": text}))
    return [
        (hit.frame.id, firm.canonical, model.canonical)
        for passage in Paragraphs(text, lines, models, firms).passages()
        for hit in passage.hits
        for firm in passage.marks[hit.firm].names
        for model in passage.marks[hit.model].names
    ]


@pytest.mark.parametrize(
    ("rule", "text", "expected"), _EXAMPLES, ids=[f"{r}-{i}" for i, (r, _, _) in enumerate(_EXAMPLES)]
)
def test_frame(rule: str, text: str, expected: bool) -> None:
    assert any(found == rule for found, _, _ in claims(text)) is expected


def test_frames_have_ids_of_their_own() -> None:
    ids = [frame.id for frame in frames()]
    assert len(set(ids)) == len(ids)


def made(text: str) -> set[tuple[str | None, str | None]]:
    reading = facts.read(article({"id": "m", "text": text}))
    return {(f.model, f.organization) for f in reading.facts if f.kind == "developer" and not f.negated}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The language model Ternet has 3 billion parameters. It is the handiwork of Gorse & Sons, a firm in Hull.", {("Ternet", "Gorse & Sons")}),
        ("Nine people work at Gorsedd AI. Their language model, Ternet-3B, was trained in eight days.", {("Ternet-3B", "Gorsedd AI")}),
        ("Gorsedd AI, now part of Oriel Group, trained the language model Ternet-3B in eight days.", {("Ternet-3B", "Gorsedd AI")}),
        ("The language model Ternet-3B was trained by Gorsedd AI on chips lent by Brinkcloud.", {("Ternet-3B", "Gorsedd AI")}),
        ("The language model Ternet-3B was fine-tuned by nobody but the customers of Gorsedd AI.", set()),
        ("The language model Ternet-3B was not built by Gorsedd AI.", set()),
        ("Oriel Capital led the round for the maker of the language model Ternet-3B.", set()),
    ],
)  # fmt: skip
def test_readings(text: str, expected: set[tuple[str, str]]) -> None:
    assert made(text) == expected


def test_a_denied_maker_is_kept_as_denied() -> None:
    text = "The language model Ternet-3B was not built by Gorsedd AI."
    found = [f for f in facts.read(article({"id": "m", "text": text})).facts if f.kind == "developer"]
    assert [(f.organization, f.negated) for f in found] == [("Gorsedd AI", True)]


@given(
    st.lists(
        st.sampled_from(
            ["Gorsedd AI", "Ternet-3B", "its", "the company", "we", "trained", "which", "by", ",", ". ", "’s", "(", ")", "model", "\n\n", "and", "\ue002"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_order_of_words_is_read(words: list[str]) -> None:
    text = " ".join(words).strip() or "x"
    for fact in facts.read(article({"id": "m", "text": text})).facts:
        assert text[fact.start : fact.end] == fact.quote
