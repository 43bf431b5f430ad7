"""Sums that should add up, and claims that should agree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db import checks
from db.store import Store
from pipeline import crosscheck
from schemas.records import Fact, Finding, Stated
from tests.ledger_cases import GOLD, gold_outcome, make_outcome

DAY = dt.date(2024, 1, 1)


def said(kind: str, value: float | str | None, *, article: str = "a", day: int = 0, **about: Any) -> Stated:
    given = {"model": "Zephyrine-9", **about}
    number = None if value is None else Decimal(str(value))
    fact = Fact(kind=kind, start=0, end=1, quote="x", rule="r", at=0, at_end=1, value=number, **given)
    identity = f"{article}-{kind}-{value}-{sorted(about.items(), key=str)}"
    return Stated(identity, fact, article, article, DAY + dt.timedelta(days=day))


def cost(value: float, **about: Any) -> Stated:
    return said("cost", value, **{"currency": "USD", "scope": "training", "basis": "reported", **about})


def price(value: float, device: str = "V100", currency: str = "USD") -> Stated:
    return said("price", value, model=None, device=device, per="hour", currency=currency)


RUN = [said("hardware", 512, device="V100"), said("duration", 240)]


@pytest.mark.parametrize(
    "claim, verdict",
    [
        (cost(280_000), "agrees"),
        (cost(300_000, op=">"), "differs"),  # the seed's own: 280,166 is not over 300,000
        (cost(250_000, op=">"), "agrees"),
        (cost(300_000, op="<"), "agrees"),
        (cost(200_000, op="<"), "differs"),
        (cost(300_000, op="~"), "agrees"),  # "about" is allowed twice the tolerance
        (cost(350_000, op="~"), "differs"),
        (cost(1, low=Decimal(200_000), high=Decimal(300_000), vague=True), "agrees"),
    ],
)
def test_price_times_devices_times_hours(claim: Stated, verdict: str) -> None:
    (found,) = [
        f for f in crosscheck.check([*RUN, price(2.28), claim]) if f.check_name == crosscheck.PRICE_OF_RUN
    ]
    assert found.verdict == verdict
    assert "USD 2.28 x 512 V100 x 240 h = 280,166" in found.formula
    assert found.expected == pytest.approx(280_166.4) and found.tolerance == 0.05
    assert len(found.fact_ids) == 4


@pytest.mark.parametrize(
    "facts",
    [
        [*RUN, price(2.28, device="H100"), cost(1)],  # another device
        [*RUN, price(2.28, currency="EUR"), cost(1)],  # another currency
        [*RUN, price(2.28), cost(1, scope="hardware")],
        [*RUN, price(2.28), cost(1, period="day")],
        [*RUN, price(2.28), cost(1, model="Another")],
        [*RUN, price(2.28), cost(1, article="b")],  # another article
        [*RUN, price(2.28), cost(1, negated=True)],
        [*RUN, price(2.28), cost(1, derived=True)],
        [said("hardware", 512, device="V100", use="inference"), RUN[1], price(2.28), cost(1)],
        [*RUN, price(2.28)],
    ],
)
def test_what_does_not_belong_together_is_not_held_together(facts: list[Stated]) -> None:
    assert [f for f in crosscheck.check(facts) if f.check_name == crosscheck.PRICE_OF_RUN] == []


def test_where_one_sum_explains_a_cost_no_other_is_held_against_it() -> None:
    found = crosscheck.check([*RUN, price(2.28), price(3.06), cost(280_000), cost(376_000)])
    assert {f.verdict for f in found if f.check_name == crosscheck.PRICE_OF_RUN} == {"agrees"}


@pytest.mark.parametrize("stated, verdict", [(122_880, "agrees"), (125_000, "agrees"), (500_000, "differs")])
def test_device_hours_against_devices_and_time(stated: int, verdict: str) -> None:
    found = crosscheck.check([*RUN, said("device_hours", stated, device="V100")])
    assert [f.verdict for f in found if f.check_name == crosscheck.DEVICE_HOURS] == [verdict]


@pytest.mark.parametrize(
    "sizes, flop, verdict",
    [
        ([said("parameters", 70e9)], 8.4e23, "agrees"),
        ([said("parameters", 70e9)], 8.4e24, "differs"),
        ([said("parameters", 671e9), said("parameters", 37e9, role="active")], 4.44e23, "agrees"),
    ],
)
def test_six_times_parameters_times_tokens(sizes: list[Stated], flop: float, verdict: str) -> None:
    found = crosscheck.check([*sizes, said("tokens", 2e12), said("compute", flop)])
    assert [f.verdict for f in found if f.check_name == crosscheck.SIX_ND] == [verdict]


def test_six_nd_joins_articles_where_none_says_it_all() -> None:
    facts = [
        said("parameters", 70e9),
        said("tokens", 2e12, article="b"),
        said("compute", 8.4e23, article="c"),
    ]
    assert [f.verdict for f in crosscheck.check(facts) if f.check_name == crosscheck.SIX_ND] == ["agrees"]


@pytest.mark.parametrize(
    "words, verdict",
    [("roughly 57 times the size of OpenAI’s GPT-3", "agrees"), ("100 times larger than GPT-3", "differs"),
     ("57 times as large as the GPT-3", "agrees"), ("57-fold the size of GPT-3", "agrees"),
     ("57 times the size of a house", None), ("57 times the size of GPT-30", None), ("three times bigger than GPT-3", "differs")],
)  # fmt: skip
def test_times_the_size(words: str, verdict: str | None) -> None:
    text = f"M6-10T has 10 trillion parameters ({words})."
    fact = Fact(kind="parameters", start=0, end=33, quote=text[:33], rule="r", at=11, at_end=22, model="M6-10T",
                value=Decimal(10**13))  # fmt: skip
    stated = Stated("f", fact, "a", "a", DAY)
    found = crosscheck.check([stated], texts={"a": text}, sizes={"GPT-3": crosscheck.Sized(175e9)})
    assert [f.verdict for f in found] == ([verdict] if verdict else [])


def test_a_factor_of_a_thousand_is_a_unit_taken_for_another() -> None:
    found = crosscheck.check([said("parameters", 7e9), said("parameters", 7e12, article="b", day=3)])
    assert [(f.check_name, f.verdict) for f in found] == [(crosscheck.UNIT_SLIP, "differs")]


def test_claims_that_conflict_say_who_was_first() -> None:
    facts = [cost(40e6, article="b", day=5), cost(78e6), cost(79e6, article="c", day=9)]
    (found,) = crosscheck.check(facts)
    assert (found.check_name, found.verdict) == (crosscheck.CONFLICT, "conflicts")
    assert "3 stories say 40,000,000 to 79,000,000; first, on 2024-01-01, 78,000,000" in found.formula
    assert found.fact_ids[0] == facts[0].fact_id


@pytest.mark.parametrize(
    "facts",
    [
        [cost(78e6), cost(80e6, article="b")],  # close enough
        [cost(78e6), cost(900e6)],  # one story contradicts itself: no conflict between sources
        [cost(78e6), cost(100e6, basis="hypothetical", article="b")],
        [cost(78e6, op=">"), cost(100e6, article="b")],  # over 78 may well be 100
        [
            said("parameters", 8e9),
            said("parameters", 62e9),
            said("parameters", 62e9, article="b"),
        ],  # a list of sizes
    ],
)
def test_what_is_no_conflict(facts: list[Stated]) -> None:
    assert [f for f in crosscheck.check(facts) if f.check_name == crosscheck.CONFLICT] == []


def test_order_makes_no_difference() -> None:
    facts = [
        *RUN,
        price(2.28),
        cost(300_000, op=">"),
        cost(40e6, article="b"),
        said("device_hours", 5, device="V100"),
    ]
    assert crosscheck.check(facts) == crosscheck.check(reversed(facts))


def test_the_ledger_hands_over_facts_with_the_analysts_word(tmp_path: Path) -> None:
    text = "The run cost $300,000."
    label = {"kind": "cost", "model": "M", "op": "=", "value": 300_000, "currency": "USD", "scope": "training",
             "basis": "reported", "quote": "cost $300,000"}  # fmt: skip
    with Store.open(tmp_path / "a.duckdb") as store:
        store.put([make_outcome(text, [label], name="a")])
        (stated,) = checks.stated(store)
        assert (stated.fact.value, stated.fact.quote) == (Decimal("300000.000000"), "cost $300,000")
        sizes = checks.known_sizes(store)
        assert sizes["GPT-3"] == pytest.approx(175e9, rel=0.01)
        store.put_findings([Finding("sum", "M", "differs", "1 = 2", (stated.fact_id,))])
        table = checks.findings(store)
        assert table.dicts()[0]["quotes"] == ["cost $300,000"]


@pytest.mark.skipif(not GOLD.exists(), reason="needs the labelled articles beside the project")
def test_the_seeds_own_sums(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.duckdb") as store:
        store.put([gold_outcome(GOLD / "d000.json")])
        sizes = {model: crosscheck.Sized(size) for model, size in checks.known_sizes(store).items()}
        found = crosscheck.check(checks.stated(store), texts=checks.comparing_texts(store), sizes=sizes)
    told = {f.check_name: f for f in found}
    assert told[crosscheck.PRICE_OF_RUN].verdict == "differs"
    assert (
        told[crosscheck.PRICE_OF_RUN].formula == "USD 2.28 x 512 V100 x 240 h = 280,166; stated over 300,000"
    )
    assert told[crosscheck.SIZE_RATIO].verdict == "agrees" and "= 57.3" in told[crosscheck.SIZE_RATIO].formula
