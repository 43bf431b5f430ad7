"""Numbers whose unit is left out, read from what was said before: answers, lists, sums, sizes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pipeline.facts import judge
from pipeline.facts.carried import answer, carried, currency_of, sum_of
from pipeline.facts.common import Here, Page, amount, phrase
from pipeline.facts.money import money, price
from pipeline.facts.runs import mass
from pipeline.facts.unnamed import EARLIER, LEAST, SIZE_SAID, TOKENS_SAID, last_said, size_or_tokens
from pipeline.numbers import read_currencies, read_parts

_COST_BEFORE: Final = phrase("cost-before")
_RUN_WAS: Final = phrase("run-was")
_SPOKEN_MONEY: Final = phrase("spoken-money")


def _said_before(page: Page, here: Here, kind: str, **fields: str | None) -> None:
    """State the number as a fact of a kind whose unit was said before."""
    unit = {"device_hours": "hours"}.get(kind, kind)
    page.add(
        here.figure,
        kind,
        f"{unit}.unit-left-out",
        f"{unit}, said before",
        here.told(),
        **fields,
        **amount(here.quantity),
    )


def _hourly(page: Page, here: Here) -> bool:
    """Read "2.75 per card-hour", its currency left out, as the price of a device; return whether it was one."""
    text, end = here.text, here.end
    if here.top >= 500 or not re.match(
        r"\s?(?:/|an?|per|each|every)\s?(?:[\w]+[ -](?:(?:and|an|per|a)[ -])?)?(?:h(?:ou)?r|h)\b",
        text[end:],
        re.IGNORECASE,
    ):
        return False
    spoken = re.fullmatch(r"(\w+)[ -](\w+)", text[here.at : end])
    if (
        spoken
        and (whole := read_parts(spoken[1], 0))
        and (part := read_parts(spoken[2], 0))
        and 20 <= part[0] < 100
    ):
        here = here.of(
            quantity=replace(here.quantity, value=whole[0] + part[0] / 100)
        )  # "two thirty an hour"
    code = currency_of(page, here)
    if (
        code is None
        or re.search(r"\b(?:my|his|her) (?:own )?rate\b", text)
        or not phrase("rented").search(text + here.before[-300:])
    ):
        return False
    price(
        page,
        here.of(
            kind="price",
            rule="price.currency-left-out",
            per="hour",
            quantity=replace(here.quantity, unit=code),
        ),
    )
    return True


def _operations(page: Page, here: Here) -> bool:
    """Read a power of ten that counts nothing else as operations ("needed about 1.7 × 10^25"); return whether it was one."""
    text, at, end = here.text, here.at, here.end
    if here.figure.quantity is None or here.quantity.unit is not None or not 10**20 <= here.top <= 10**29:
        return False
    if not re.search(r"\d[eE]\d\d|10\s?\^|10[⁰¹²³⁴⁵⁶⁷⁸⁹]", text[at:end]) or re.match(
        r"\s*(?:[*×/=^]|[a-z]+s\b)", text[end:]
    ):
        return False
    if (
        (judge.law(text) and phrase("a-threshold").search(text[:at]))
        or re.search(r"[*×/=]\s*$", text[:at])
        or not phrase("speaks-of-operations").search(page.text)
    ):
        return False
    _said_before(page, here, "compute")
    return True


def bare(page: Page, here: Here) -> None:
    """A number whose unit is left out: the first of the readings that fits is taken."""
    if here.figure.quantity is None or _again(page, here):
        return
    for reading in _READINGS:
        if reading(page, here):
            return


def _unitless(here: Here) -> bool:
    return here.quantity.unit is None and not here.quantity.vague


def _big(here: Here) -> bool:
    """Whether it is a large number without a unit."""
    return here.figure.rule == "figure.big" and here.quantity.unit is None


def _again(page: Page, here: Here) -> bool:
    """Whether it is the number before in other words: "5.2 lakh crore (5.2 trillion)"."""
    return here.text[max(0, here.at - 1) : here.at] == "(" and any(
        other.end <= here.figure.at
        and here.figure.at - other.end <= 3
        and other.quantity is not None
        and other.quantity.value == here.quantity.value
        for other in here.figures
    )


def _mass(page: Page, here: Here) -> bool:
    if here.quantity.unit != "kg":
        return False
    mass(page, here)
    return True


def _asked_for(page: Page, here: Here) -> bool:
    return _unitless(here) and (_hourly(page, here) or answer(page, here))


def _currency_behind(page: Page, here: Here) -> bool:
    """Read "4 million, in euros" as money."""
    if not _big(here) or not phrase("in-a-currency").match(here.text[here.end :]):
        return False
    coded = read_currencies(here.text, here.end, min(len(here.text), here.end + 20))
    if coded:
        money(page, here.of(kind="money", quantity=replace(here.quantity, unit=coded[0][1])))
    return bool(coded)


def _cost_left_out(page: Page, here: Here) -> bool:
    """Read "it cost a billion", "we paid four hundred thousand" as money."""
    if here.quantity.unit is not None:
        return False
    spoken = here.text[here.at : here.end]
    if here.figure.rule == "figure.num" and phrase("thousands").search(spoken) is None:
        return False
    return here.figure.rule in ("figure.num", "figure.big") and money_left_out(page, here)


def _count_left_out(page: Page, here: Here) -> bool:
    return here.figure.rule == "figure.num" and here.quantity.unit is None and count_left_out(page, here)


def _hours_left_out(page: Page, here: Here) -> bool:
    """Read a large number behind device hours of the same sentence as device hours: "of which 2.6 million went on …"."""
    if not _big(here) or here.quantity.vague or not here.quantity.value:
        return False
    text, value = here.text, here.quantity.value
    spent = next(
        (
            fact
            for fact in reversed(page.facts[-4:])
            if fact.kind == "device_hours" and fact.start == here.figure.sentence.start and fact.value
        ),
        None,
    )
    if spent is None or not spent.value:
        return False
    took = (
        spent is page.facts[-1]
        and value >= 1000
        and phrase("took-so-many").search(text[: here.at])
        and phrase("ends-a-clause").match(text[here.end :])
    )
    part = spent.value / 2000 < value < spent.value * 2 and phrase("of-a-run").match(text[here.end :])
    if not took and not part:
        return False
    _said_before(page, here, "device_hours", device=spent.device)
    return True


def _spoken_money(page: Page, here: Here) -> bool:
    """Read millions as money where the text last spoke of money, not of sizes or tokens."""
    if not _big(here) or here.quantity.vague or not LEAST <= here.top < 10**9:
        return False
    text = here.text
    if re.search(r"\d ?[BMT]$", text[here.at : here.end]) or phrase("larger-by").search(text[: here.at]):
        return False
    behind = text[here.end : here.end + 50]
    if phrase("things-counted").match(behind) and not phrase("stands-free").match(behind):
        return False
    earlier = page.text[max(0, here.figure.sentence.start - EARLIER) : here.figure.at]
    money_at = last_said(_SPOKEN_MONEY, earlier)
    if (
        money_at <= max(last_said(TOKENS_SAID, earlier), last_said(SIZE_SAID, earlier))
        or len(earlier) - money_at >= 320
    ):
        return False
    return money_left_out(page, here, spoken=True)


def _size_or_tokens(page: Page, here: Here) -> bool:
    return _big(here) and size_or_tokens(page, here)


#: In this order: what says most of the unit comes first.
_READINGS: Final = (_mass, _asked_for, _currency_behind, _cost_left_out, _count_left_out, _operations, carried, _hours_left_out, _spoken_money, _size_or_tokens)  # fmt: skip


def count_left_out(page: Page, here: Here) -> bool:
    """Read "which used 1,024 A800s, Shale needed only 128" as a count of the devices before; return whether it was."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    last = page.facts[-1] if page.facts else None
    quantity = here.quantity
    if (
        last is None
        or last.kind != "hardware"
        or last.value is None
        or figure.at - last.at_end > 90
        or quantity.value is None
        or quantity.value < 2
    ):
        return False
    if not phrase("needed-only").search(text[:at]) or not re.match(
        r"\s*(?:$|[.,;)]|\b(?:for (?:the|its|both)|of them)\b)", text[end:]
    ):
        return False
    if quantity.value < 8 or re.match(r"(?:19|20)\d\d$", text[at:end]):
        return False
    page.add(
        figure,
        "hardware",
        "hardware.count-left-bare",
        "a count of the devices before",
        here.told(),
        device=last.device,
        use="training",
        **amount(quantity),
    )
    return True


def money_left_out(page: Page, here: Here, *, spoken: bool = False) -> bool:
    """Read "it cost a billion" as money, in the currency that the text uses; return whether it was."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    if (
        (
            not spoken
            and not _COST_BEFORE.search(text[max(0, at - 60) : at])
            and not re.search(r"\d ?mil$|\bhundred mil$", text[at:end])
            and not (
                page.facts
                and page.facts[-1].kind == "cost"
                and figure.at - page.facts[-1].at < 400
                and _RUN_WAS.search(text[max(0, at - 60) : at])
            )
        )
        or re.match(r"\s?(?:param|token|of (?:them|those)|[a-z]+ (?:param|token))", text[end:])
        or re.match(r"\s(?:GPU|H100|A100|chips?|hours?|[A-Z]\w+ hours?)", text[end:])
    ):
        return False
    return sum_of(page, here)
