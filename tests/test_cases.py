"""Our own sentences: their labels are well formed, and the reader stays above its floors on them."""

from __future__ import annotations

import collections
import itertools

import pytest

from benchmarks import score_cases
from pipeline import facts as reading
from schemas import words

CASES = score_cases.load()
LOOKALIKES = [case for case in CASES if case["lookalike"]]

#: Lowest shares the reader may fall to; raised when it improves, never lowered to pass.
FLOORS = {"f1": 0.77, "strict_f1": 0.375, "quiet": 0.785, "negated": 0.64, "passed_over": 0.87}


def test_there_are_enough_of_each_sort() -> None:
    assert len(CASES) >= 300
    assert len(LOOKALIKES) >= 100 and 3 * len(LOOKALIKES) >= len(CASES)
    assert sum(any(fact.get("negated") for fact in case["facts"]) for case in CASES) >= 20
    kinds = {fact["kind"] for case in CASES for fact in case["facts"]}
    assert kinds == set(words.KINDS)


def test_ids_and_texts_are_unique() -> None:
    for key in ("id", "text"):
        counts = collections.Counter(case[key] for case in CASES)
        assert [item for item, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_labels_are_well_formed(case: dict) -> None:
    for fact in itertools.chain(case["facts"], case.get("tolerated", ()), case["decoys"]):
        assert fact["quote"] and fact["quote"] in case["text"]
    for fact in itertools.chain(case["facts"], case.get("tolerated", ())):
        assert fact["kind"] in words.KINDS
        assert fact["op"] in words.OPS
        assert fact.get("scope") in (None, *words.SCOPES) and fact.get("basis") in (None, *words.BASES)
        assert fact.get("role") in (None, *words.ROLES)
        assert (fact["op"] == "range") <= (fact.get("low") is not None and fact["low"] < fact["high"])
    if case["lookalike"]:
        assert case["facts"] == [] and case["decoys"]


def passed_over() -> float:
    """Share of the texts in other languages that are set aside with a reason."""
    foreign = [case for case in CASES if case["theme"] == "language"]
    return sum(bool(reading.read(score_cases.article(case)).skipped) for case in foreign) / len(foreign)


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    overall = score_cases.score_all(CASES)["overall"]
    shares = {name: getattr(overall, name) for name in ("f1", "strict_f1", "quiet", "negated")}
    return {**shares, "passed_over": passed_over()}


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_reader_stays_above_its_floor(name: str, measured: dict[str, float]) -> None:
    assert measured[name] >= FLOORS[name]


def test_same_text_same_facts_in_any_order() -> None:
    forwards = {case["id"]: score_cases.read(case) for case in CASES}
    backwards = {case["id"]: score_cases.read(case) for case in reversed(CASES)}
    assert forwards == backwards


def test_every_fact_quotes_its_text() -> None:
    for case in CASES:
        for fact in reading.read(score_cases.article(case)).facts:
            assert fact.part == "text" and case["text"][fact.start : fact.end] == fact.quote


def test_texts_in_other_languages_yield_nothing() -> None:
    foreign = [case for case in CASES if case["theme"] == "language"]
    assert foreign
    assert {case["id"]: score_cases.read(case) for case in foreign} == {case["id"]: [] for case in foreign}


@pytest.mark.parametrize(
    ("want", "got", "agree"),
    [
        ({"kind": "duration", "hours": 730.5}, {"kind": "duration", "hours": 720}, True),
        ({"kind": "duration", "hours": 730.5}, {"kind": "duration", "hours": 700}, False),
        ({"kind": "hardware", "device": "A100", "count": [8, 1]}, {"kind": "hardware", "device": "Nvidia A100", "count": 8}, True),
        ({"kind": "hardware", "device": "A100", "count": None}, {"kind": "hardware", "device": "A100", "count": 8}, False),
        ({"kind": "cost", "value": 5, "currency": "USD", "scope": "training"}, {"kind": "cost", "value": 5, "currency": "EUR", "scope": "training"}, False),
        ({"kind": "cost", "value": 5, "currency": "USD", "scope": "training", "scope_or": ["other"]}, {"kind": "cost", "value": 5, "currency": "USD", "scope": "other"}, True),
        ({"kind": "parameters", "low": 1, "high": 2}, {"kind": "parameters", "value": 1}, False),
        ({"kind": "cost", "value": 1e6, "low": 1e6, "high": 1e8, "vague": True, "currency": "USD", "scope": "training"}, {"kind": "cost", "value": 2e6, "currency": "USD", "scope": "training"}, True),
        ({"kind": "trend", "factor": 2, "direction": "up"}, {"kind": "trend", "factor": 2, "direction": "down"}, False),
    ],
)  # fmt: skip
def test_facts_are_compared_like_the_shared_scorer(want: dict, got: dict, agree: bool) -> None:
    assert score_cases.same(want, got, {}) is agree


@pytest.mark.parametrize(
    ("want", "got", "agree"),
    [
        ("Chert 7B", "Chert", True),
        ("Chert 7B", "Chert 33B", False),
        ("Dovetail 8×7B", "Dovetail 8x7B", True),
        ("Jasper-S", "Jasper-L", False),
        (None, "Jasper-L", None),
        ("Jasper-L", None, False),
    ],
)
def test_a_family_and_its_size_agree(want: str | None, got: str | None, agree: bool | None) -> None:
    assert score_cases.same_model({"model": want}, {"model": got}, {}) is agree
