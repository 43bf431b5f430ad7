"""Expressions that skip to where a match can begin match what re's own match."""

from __future__ import annotations

import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.expressions import quick

_READERS = (
    "pipeline.numbers", "pipeline.facts.judge", "pipeline.facts.makers", "pipeline.facts.trends", "pipeline.facts.evidence",
    "pipeline.facts.carried", "pipeline.mentions.chains", "pipeline.mentions.evidence", "pipeline.mentions.names",
    "pipeline.mentions.spellings", "pipeline.mentions.sentences", "pipeline.mentions.organizations",
)  # fmt: skip
#: Every expression that these modules keep.
OURS = sorted(
    {
        (value.pattern, value.flags)
        for name in _READERS
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }
)

#: Expressions whose beginnings are of every kind: edges, look-arounds, any case, options, repeats, groups, nothing at all.
KINDS = [
    (r"\b(?:train|cost)s?\b", re.IGNORECASE), (r"(?<![\w-])(?:pre-?)?trained", re.IGNORECASE), (r"(?i:k|s|i)ilo", 0),
    (r"(?=[tT])\w+", 0), (r"(?!the)\w+", 0), (r"(?P<a>a|b)?(?P<b>c)", 0), (r"(?:a|)b", 0), (r"a*", 0), (r"(?:ab)*?c|\d+", 0),
    (r"[^a-z]x", re.IGNORECASE), (r".b", re.DOTALL), (r"(?:é|ß)t", re.IGNORECASE), (r"[a-zà-ÿ]+", re.IGNORECASE),
    (r"^(?:one|two)$", re.MULTILINE), (r"(?:(?i:usd)|\$)\s?\d", 0), (r"(?:x(?=y)|(?<=z)w)+", 0), (r"\Bat\b", re.ASCII),
    (r"(?i)\bmodel\b|\d{2,}", 0), (r"(?:\s|(?<=\d)k)m", re.IGNORECASE), (r"(?s:.)\Z", 0), (r"(a)?b(?(1)c|d)", 0), (r"(a|b)\1", 0),
]  # fmt: skip

_TEXTS = st.lists(
    st.sampled_from(
        [
            *"abcdikstuwxyzABIKST019 $€.,;:-’'\n|()\u0130\u0131\u017f\u212aéÉßàÿ", " the ", "train", "Trained", "COST", " $5 million",
            "GPU", " 3.5 billion ", "model", " was trained on ", "by Oriel Labs", "pre-", " its ", " fold", " in the ", "\ue000", "¤",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


def found(pattern: re.Pattern[str], text: str) -> list[object]:
    return [(match.regs, match.lastgroup) for match in pattern.finditer(text)]


@given(st.sampled_from([*OURS, *KINDS]), _TEXTS)
def test_matches_are_those_of_re(expression: tuple[str, int], text: str) -> None:
    theirs, ours = re.compile(*expression), quick(*expression)
    assert found(ours, text) == found(theirs, text)
    assert (ours.pattern, ours.flags, ours.groupindex) == (theirs.pattern, theirs.flags, theirs.groupindex)


@pytest.mark.parametrize("letter", ["\u0130", "\u0131", "\u017f", "\u212a", "I", "K", "S", "i", "k", "s"])
def test_odd_letters_begin_a_match_where_case_is_ignored(letter: str) -> None:
    for expression in (r"\b(?:is|kg|so)\b", r"\b[a-z][sgo]\b"):
        assert found(quick(expression, re.IGNORECASE), f"a {letter}s {letter}g") == found(
            re.compile(expression, re.IGNORECASE), f"a {letter}s {letter}g"
        )


def test_every_letter_that_re_takes_for_a_plain_one_is_known() -> None:
    plain = re.compile("[a-z]", re.IGNORECASE)
    beyond = [chr(code) for code in range(128, 0x110000) if plain.match(chr(code))]
    assert beyond == ["\u0130", "\u0131", "\u017f", "\u212a"]


def test_no_expression_raises_as_re_does() -> None:
    with pytest.raises(re.error):
        quick("(")
