"""Rates and the price index: known figures, and nothing made up where there is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from db import money
from db.store import Store


@pytest.mark.parametrize(
    "currency, day, usd, rate_day",
    [
        # ECB reference rates: 1.1014 dollars a euro on 5 May 2023, a Friday; 1.1789 on the first day
        ("EUR", dt.date(2023, 5, 5), 1.1014, dt.date(2023, 5, 5)),
        ("EUR", dt.date(2023, 5, 7), 1.1014, dt.date(2023, 5, 5)),
        ("EUR", dt.date(1999, 1, 4), 1.1789, dt.date(1999, 1, 4)),
        ("GBP", dt.date(2023, 5, 5), 1.2572, dt.date(2023, 5, 5)),
        ("USD", dt.date(1980, 1, 1), 1.0, dt.date(1980, 1, 1)),
    ],
)
def test_reference_rates_of_the_day(currency: str, day: dt.date, usd: float, rate_day: dt.date) -> None:
    rate = money.usd_rate(currency, day)
    assert rate is not None
    assert rate.usd_per_unit == pytest.approx(usd, rel=0.006) and rate.day == rate_day


@pytest.mark.parametrize(
    "currency, day",
    [
        ("EUR", dt.date(1998, 12, 31)),  # before the euro
        ("CNY", dt.date(2001, 1, 1)),  # before the table has it
        ("RUB", dt.date(2025, 1, 1)),  # suspended in March 2022: no stale rate passes for today's
        ("AED", dt.date(2024, 1, 1)),  # never in the table
        ("XXX", dt.date(2024, 1, 1)),
    ],
)
def test_no_rate_is_made_up(currency: str, day: dt.date) -> None:
    assert money.usd_rate(currency, day) is None


def test_after_the_last_day_of_the_table_its_last_rate_stands_for_a_year() -> None:
    rate = money.usd_rate("EUR", dt.date(2026, 11, 20))
    assert rate is not None and rate.day <= dt.date(2026, 11, 20)
    assert money.usd_rate("EUR", dt.date(2040, 1, 1)) is None


def test_the_price_index_is_the_bureaus(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.duckdb") as store:
        index = {row["year"]: row["cpi_u"] for row in store.rows("SELECT year, cpi_u FROM price_index")}
        assert (index[1984], index[2020], index[2023]) == (103.9, 258.811, 304.702)
        # what others compute: 100 dollars of 2020 are 117.73 of 2023
        assert round(100 * index[2023] / index[2020], 2) == 117.73
        assert sorted(index) == list(range(min(index), max(index) + 1))
        assert all("CUUR0000SA0" in row["source"] for row in store.rows("SELECT source FROM price_index"))
