"""Sums of money, and prices of devices."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pipeline.currencies import WORTH
from pipeline.expressions import quick
from pipeline.facts import judge
from pipeline.facts.common import Here, Page, amount, phrase, provider
from pipeline.facts.evidence import roles, weighed
from pipeline.facts.senses import basis
from pipeline.mentions.devices import devices

_LISTING: Final = phrase("listing")
_WAGES: Final = phrase("wages")
_RENTED: Final = phrase("rented")
_BOUGHT: Final = quick(r"\b(?:paid|pays|pay|paying)\s+(?:\w+\s+){0,2}$")
_COMPANY: Final = quick(r"\s(?:in cash |in stock )?for [A-Z]")
_CARDS: Final = quick(r"\b(?:cards?|chips?|GPUs?|boards?|accelerators?|TPUs?|[HAVB]\d00s?)\b", re.IGNORECASE)


def price(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    device = figure.device
    top = here.top
    start, stop = judge.clause(text, at, end)
    inside = text[start:stop]
    near = any(f.device for f in here.figures)
    if device in (None, "GPU"):
        if not near and (_WAGES.search(inside) or not _RENTED.search(text + " " + here.before[-300:])):
            return page.note(figure, "no device in sight, or people's pay")
        device = page.type_near(figure.at, figure.end)
    if (
        figure.per == "unit"
        and top < 50
        and re.search(
            r"\brates?\b|\bhours?\b|/h(?:ou)?r\b|hourly|on-demand|rent",
            text + here.before[-150:],
            re.IGNORECASE,
        )
    ):
        figure = replace(figure, per="hour")
    if quantity.unit in ("USD", "EUR", "GBP") and (
        (figure.per == "hour" and top > 2000) or (figure.per == "unit" and not 50 <= top <= 5 * 10**6)
    ):
        return page.note(figure, "not in the range of a device's price")
    page.add(
        figure,
        "price",
        figure.rule,
        "a price of a device",
        {sense: rule for sense, rule in here.told().items() if rule != "sense.not-before"},
        device=device or "GPU",
        currency=quantity.unit,
        per=figure.per,
        provider=provider(text),
        **amount(quantity),
    )
    return None


def _as_price(page: Page, here: Here) -> Here | None:
    """Return a sum as the price of a device, where its surroundings say that it is one; None where they don't."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    low = here.quantity.value if here.quantity.value is not None else here.quantity.low
    assert low is not None
    near = any(f.device for f in here.figures)
    cards = near or _CARDS.search(text) is not None
    each = phrase("each-device").match(text[end : end + 40])
    if each and low < 50 and re.search(r"\bhours?\b", here.before[-200:] + text, re.IGNORECASE):
        return here.of(kind="price", rule="price.each-hour", per="hour", device=None)
    if each and (cards or (low >= 300 and _CARDS.search(here.before[-160:]))):
        return here.of(kind="price", rule="price.each", per="unit", device=None)
    hourly = next(
        (
            f
            for f in here.figures
            if f.kind == "price" and f.per == "hour" and f.at > figure.at and f.at - figure.end < 30
        ),
        None,
    )
    if (
        hourly is not None
        and low < 1000
        and re.fullmatch(
            r"[\w\s,.-]*?\b(?:to|and|or|from|now|then|today|by)\b[\w\s,.-]{0,18}",
            text[end : hourly.at - page.sentence.start],
        )
    ):
        return here.of(kind="price", rule="price.beside-an-hourly-one", per="hour", device=hourly.device)
    other = judge.is_rate(text, end) or (_WAGES.search(text) is not None and not near)
    if low < 500 and cards and not other:
        lead = text[max(0, at - 30) : at]
        if phrase("by-the-hour").search(text) and not re.search(
            r"\b(?:train\w*|run|total|bill)\b", lead, re.IGNORECASE
        ):
            return here.of(kind="price", rule="price.hourly-rate", per="hour", device=None)
        if low < 60 and phrase("rents-for").search(text[:at]):
            return here.of(kind="price", rule="price.rented", per="hour", device=None)
    if (
        300 <= low <= 5 * 10**5
        and not other
        and phrase("price-of-a-device").search(text[max(0, at - 120) : at])
    ):
        return here.of(kind="price", rule="price.of-a-device", per="unit", device=None)
    if 300 <= low <= 5 * 10**5 and not other and _sold_for(page, here):
        return here.of(kind="price", rule="price.sold-for", per="unit", device=None)
    if (
        0.2 <= low < 16
        and not other
        and not re.search(r"\b(?:train\w*|run|runs|total|bill)\b", text[max(0, at - 60) : at + 60])
        and (
            phrase("device-at").search(text[max(0, at - 60) : at])
            or phrase("for-a-device").match(text[end : end + 40])
        )
    ):
        return here.of(kind="price", rule="price.beside-a-device", per="hour", device=None)
    earlier = next(
        (
            f
            for f in reversed(page.facts[-4:])
            if f.kind == "price" and f.per == "hour" and f.part == page.part
        ),
        None,
    )
    if (
        earlier is not None
        and not judge.is_rate(text, end)
        and earlier.value
        and figure.at - earlier.at < 420
        and earlier.value / 20 < low < earlier.value * 20
        and (low < 100 or (earlier.currency == here.quantity.unit and low < 3 * earlier.value))
        and not phrase("people-or-plans").search(text[max(0, at - 60) : end + 40])
        and (cards or phrase("price-word").search(text))
    ):
        return here.of(kind="price", rule="price.after-an-hourly-one", per="hour", device=None)
    return None


#: Between a device and its price: it is bought, sold, asked for, listed; and what a sum between them would be for otherwise.
_SOLD: Final = frozenset(["buy", "earn", "cost"])
_NO_PRICE: Final = frozenset(["train", "run", "compute", "raise", "people", "plant", "power", "whole"])
#: A device's name stands no farther in front of its price, in characters.
_NAME_TO_PRICE: Final = 75


def _sold_for(page: Page, here: Here) -> bool:
    """Whether a sum stands right behind a device of a type, not counted, with a word of selling between them."""
    found = [
        d
        for d in devices(here.text, max(0, here.at - 160), here.at)
        if d.name not in ("GPU", "CPU", "NPU", "TPU")
    ]
    if not found or here.at - found[-1].end > _NAME_TO_PRICE:
        return False
    last = found[-1]
    between = here.text[last.end : here.at]
    if re.search(r"[;:]|[.!?] |\d", between) or phrase("counted-or-used").search(here.text[: last.start]):
        return False
    said = {name for _, _, name in roles(between)} | ({"buy"} if phrase("sold-at").search(between) else set())
    return bool(said & _SOLD) and not said & _NO_PRICE


#: No run costs less, in dollars.
_LEAST_COST: Final = Decimal("0.5")


def money(page: Page, here: Here) -> None:
    """A sum: the price of a device, or what a model's training, making or use cost."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    low = quantity.value if quantity.value is not None else quantity.low
    assert low is not None
    if (rented := _as_price(page, here)) is not None:
        return price(page, rented)
    if low * WORTH.get(quantity.unit or "USD", Decimal(1)) < _LEAST_COST:
        return page.note(figure, "less than any run costs")
    own = any(
        first == figure.end + gap
        for first, _ in page.names_in(figure.sentence)
        for gap in gaps_to_name(page, figure.end)
    )
    rule = judge.money_rule(text, at, end, named=page.named, of_name=own, topical=page.topical)
    is_fact, why = weighed(page, here, "money", end, rule)
    if not is_fact:
        return page.note(figure, why)
    if low >= 3 * 10**8 and _BOUGHT.search(text[:at]) and _COMPANY.match(text[end:]) and "train" not in text:
        return page.note(figure, "the price of a company")
    if figure.sentence.kind == "heading" and quantity.value is None:
        return page.note(figure, "a heading's range over several models")
    if judge.law(text[slice(*judge.clause(text, at, end))]):
        return page.note(figure, "a legal threshold")
    told = here.told()
    scope, period = judge.money_scope(text, at, end, here.before, of_name=own)
    page.add(
        figure,
        "cost",
        rule or "money.by-its-surroundings",
        why,
        told,
        currency=quantity.unit,
        scope=scope,
        period=period,
        basis=basis_of(page, told, text, here.before),
        **amount(quantity),
    )
    return None


def gaps_to_name(page: Page, end: int) -> list[int]:
    """Return how far behind a sum a name begins that the sum is "for" or "on", if one does."""
    lead = re.match(r"\s(?:for|on) (?:the )?", page.text[end : end + 10])
    return [lead.end()] if lead else []


def basis_of(page: Page, told: dict[str, str], text: str, before: str) -> str:
    """Return a cost's basis; a line of a list takes its introduction's."""
    found = basis(told)
    if (
        found == "reported"
        and re.search(r"\b(?:list|table|ranking|chart|top)\b", text)
        and re.search(r"\bestimat", before[-320:])
    ):
        return "estimated"
    if (
        found == "reported"
        and _LISTING.match(text)
        and re.search(
            r"\bestimate|\bestimated\b|\breckon|at (?:\w+ )?cloud prices",
            page.text[max(0, page.sentence.start - 1500) : page.sentence.start],
            re.IGNORECASE,
        )
    ):
        return "estimated"
    return found
