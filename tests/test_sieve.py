"""The sieve never holds back an expression that matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.senses import triggers
from pipeline.sieve import Sieve, needles


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("den(?:y|ied) (?:that|it)", {"deny that", "deny it", "denied that", "denied it"}),
        ("GPUs?", {"gpu", "gpus"}),
        (r"\bforeseen\b(?= cost)", {"foreseen"}),
        (r"no\s+truth", {"truth"}),
        (r"(?:never){2,3}", {"never"}),
        ("colou?r", {"color", "colour"}),
        ("[Tt]rain", {"train"}),
        ("near|far", {"near", "far"}),
        (r"near|\d", None),
        (r"\d+", None),
        ("(?:cost)?", None),
        ("(?!)", None),
    ],
)
def test_needles_are_read_off_the_expression(pattern: str, wanted: set[str] | None) -> None:
    assert needles(pattern) == (None if wanted is None else frozenset(wanted))


_LETTERS = st.sampled_from(["a", "b", "s", "i", "k", "S", "I", "K", "ſ", "ı", "İ", "K", " ", "é", "É", "1"])
_PARTS = st.recursive(
    st.sampled_from(
        ["a", "b", "s", "i", "k", "é", " ", "[ab]", "[sS]", ".", r"\b", r"\w", "(?=a)", "(?<!b)"]
    ),
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=3).map("".join),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        part.map(lambda one: f"(?:{one})?"),
        part.map(lambda one: f"(?:{one}){{1,2}}"),
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(_PARTS, st.booleans()), min_size=1, max_size=4), st.text(_LETTERS, max_size=12))
def test_what_matches_passes(parts: list[tuple[str, bool]], text: str) -> None:
    patterns = [re.compile(part, re.IGNORECASE if any_case else 0) for part, any_case in parts]
    may = Sieve(patterns).of(text)
    for place, pattern in enumerate(patterns):
        assert may >> place & 1 or pattern.search(text) is None, pattern.pattern


def test_few_triggers_pass_in_a_plain_sentence() -> None:
    rules = [rule.pattern for rule in triggers()[0]]
    sieve = Sieve(rules)
    assert sieve.of("Tern was trained on 512 GPUs in May.").bit_count() < len(rules) / 2
    assert sieve.of("Tern was trained on 512 GPUs in May.") == Sieve(rules).of(
        "Tern was trained on 512 GPUs in May."
    )
