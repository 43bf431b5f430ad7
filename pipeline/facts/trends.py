"""How the cost of AI changes over time: "training costs dropped 100-fold between 2017 and 2019".

A trend has a subject, a direction, a factor (the ratio; of a fall of 30 percent, 1.43) and a period or pace. Patterns are data:
rules/trends.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.judge import clause
from pipeline.sieve import Sieve
from schemas.records import Quantity

#: A sentence without any of these states no factor.
GATE: Final = quick(
    r"fold\b|(?:third|quarter|fifth) (?:cheaper|less)|half (?:as|the)|\btimes\b|factor of|%|per ?cent|\bdoubl|\bhalv|\bmultipl|\ba (?:third|quarter|fifth|tenth|hundredth|half) of (?:what|the)|\bhalf (?:of )?what|\btripl|\btrebl|\bquadrupl|\bquintupl|orders? of magnitude|\bby (?:about |almost |nearly |more than |over )?(?:a )?(?:half|third|quarter|two[- ]thirds|three[- ]quarters)|\d ?[x×]\b|\bto (?:a|one)[ -](?:third|quarter|tenth|fifth|hundredth)|(?:third|quarter|fifth|tenth)s? (?:as much|of (?:the|its|their))|\bhalf (?:as much|of (?:the|its|their))"
)
_FOLD: Final = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twenty": 20,
    "hundred": 100,
    "thousand": 1000,
}
_WORDS: Final = (
    *((quick(rf"\b{word}[ -]?fold\b", re.IGNORECASE), Decimal(number)) for word, number in _FOLD.items()),
    (quick(r"\bquintupl(?:e|es|ed|ing)\b", re.IGNORECASE), Decimal(5)),
    (quick(r"\b(?:a|one) third (?:cheaper|less)\b", re.IGNORECASE), Decimal("1.5")),
    (quick(r"\b(?:a|one) quarter (?:cheaper|less)\b", re.IGNORECASE), Decimal(4) / 3),
    (quick(r"\bhalf (?:as expensive|the price|as dear|the cost)\b", re.IGNORECASE), Decimal(2)),
    (quick(r"\b(?:doubl(?:e|es|ed|ing))\b", re.IGNORECASE), Decimal(2)),
    (quick(r"\b(?:tripl(?:e|es|ed|ing)|trebl(?:e|es|ed|ing))\b", re.IGNORECASE), Decimal(3)),
    (quick(r"\b(?:quadrupl(?:e|es|ed|ing))\b", re.IGNORECASE), Decimal(4)),
    (quick(r"\b(?:halv(?:e|es|ed|ing)|by (?:about |almost |nearly |more than |over |roughly )?(?:a )?half|to half)\b", re.IGNORECASE), Decimal(2)),
    (quick(r"\bby (?:about |almost |nearly |more than |over |roughly )?two[- ]thirds\b|\bto (?:a|one)[ -]third\b", re.IGNORECASE), Decimal(3)),
    (quick(r"\bby (?:about |almost |nearly |more than |over |roughly )?three[- ]quarters\b|\bto (?:a|one)[ -]quarter\b", re.IGNORECASE), Decimal(4)),
    (quick(r"\bby (?:about |almost |nearly |more than |over |roughly )?(?:a|one)[ -]third\b", re.IGNORECASE), Decimal("1.5")),
    (quick(r"\bby (?:about |almost |nearly |more than |over |roughly )?(?:a|one)[ -]quarter\b", re.IGNORECASE), Decimal(4) / 3),
    (quick(r"\bto (?:a|one)[ -]tenth\b|\bby an order of magnitude\b", re.IGNORECASE), Decimal(10)),
    (quick(r"\bto (?:a|one)[ -]hundredth\b|\bby two orders of magnitude\b", re.IGNORECASE), Decimal(100)),
    (quick(r"\bto (?:a|one)[ -]fifth\b", re.IGNORECASE), Decimal(5)),
    *(
        (quick(rf"\b(?:a|one)[ -]{share} (?:of what (?=(?:it|they)\b)|as much\b|of the (?:price|cost|sum|bill)\b)", re.IGNORECASE), Decimal(ratio))
        for share, ratio in (("third", 3), ("quarter", 4), ("fifth", 5), ("sixth", 6), ("eighth", 8), ("tenth", 10), ("twentieth", 20), ("hundredth", 100))
    ),
    (quick(r"\bhalf (?:of )?what (?:it|they)\b", re.IGNORECASE), Decimal(2)),
    *(
        (quick(rf"\b(?:lost|shed|cut|dropped|fell|fallen|down) (?:about |almost |nearly |some |roughly |more than )?{share}s? (?=of (?:its|their|the)\b)", re.IGNORECASE), ratio)
        for share, ratio in (("half", Decimal(2)), ("two[ -]third", Decimal(3)), ("three[ -]quarter", Decimal(4)), ("(?:a|one)[ -]third", Decimal("1.5")), ("(?:a|one)[ -]quarter", Decimal(4) / 3), ("four[ -]fifth", Decimal(5)), ("nine[ -]tenth", Decimal(10)))
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trend:
    """A change over time in one sentence: where its factor stands, and what changed by how much in what time."""

    at: int
    end: int
    factor: Decimal | None
    op: str
    direction: str
    subject: str
    period: str
    rule: str
    low: Decimal | None = None
    high: Decimal | None = None


_FACTOR_BEFORE: Final = quick(
    r"(?:\bfactor of|\bmultipl(?:y|ies|ied|ying) by|\bgrow(?:s|n|ing)? by|\bat a rate of) (?:about |roughly |almost |nearly |more than |over |some |around )?$",
    re.IGNORECASE,
)


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    return {key: quick(text, re.IGNORECASE) for key, text in rulebook.toml("trends.toml").items()}


@cache
def _sieve() -> Sieve:
    """Return whether a factor, a cost and what it is about can stand in a sentence: bits 1, 2 and 4."""
    return Sieve([GATE, _rules()["money_subject"], _rules()["about"]])


def _factor(
    text: str, quantities: list[tuple[int, int, Quantity]]
) -> list[tuple[int, int, Decimal, str, bool]]:
    """Return (at, end, ratio, op, is a percentage) of each number or word of change in a sentence."""
    out = []
    for at, end, quantity in quantities:
        value = quantity.value
        if value is None and quantity.low is not None and quantity.high is not None:
            if quantity.unit == "fold" or re.search(
                r"factor of (?:about |roughly |some |around |between )?$", text[:at]
            ):
                out.append((at, end, (quantity.low + quantity.high) / 2, "range", False))
            continue
        if value is None or value <= 0:
            continue
        if quantity.unit == "%":
            out.append((at, end, value, quantity.op, True))
        elif (quantity.unit == "fold" and value > 1) or (
            1 < value < 10**7 and quantity.unit is None and _FACTOR_BEFORE.search(text[max(0, at - 60) : at])
        ):
            out.append((at, end, value, quantity.op, False))
    for pattern, ratio in _WORDS:
        for m in pattern.finditer(text):
            said = text[max(0, m.start() - 14) : m.end()]
            op = (
                "~"
                if re.search(r"\b(?:about|almost|nearly|roughly|some|around)\b", said)
                else ">"
                if re.search(r"\b(?:more than|over)\b", said)
                else "="
            )
            out.append((m.start(), m.end(), ratio, op, False))
    return sorted(out)


def trends(text: str, quantities: list[tuple[int, int, Quantity]]) -> list[Trend]:
    """Find the trends of a sentence. quantities: [at, end) in the sentence, and the number."""
    rules = _rules()
    if _sieve().of(text) != 7 or GATE.search(text) is None:  # all three can stand in it
        return []
    subject = rules["money_subject"]
    if subject.search(text) is None or rules["about"].search(text) is None:
        return []
    out: list[Trend] = []
    for at, end, number, op, percent in _factor(text, quantities):
        first, last = clause(text, at, end)
        window = text[first:last]
        earlier = list(subject.finditer(text, max(0, at - 260), at))
        named = earlier[-1] if earlier else subject.search(text, end, end + 60)
        if named is None:
            continue
        period = None
        best = 1 << 20
        for match in rules["period"].finditer(text):
            gap = at - match.end() if match.end() <= at else match.start() - end
            if gap + 3 >= 0 and gap < best and gap < 130:
                period, best = match, gap
        if period is None or rules["not"].search(window):
            continue
        between = text[min(named.start(), at, max(first, at - 90)) : end + 40]
        down, up = rules["down"].search(between), rules["up"].search(between)
        if not down and not up:
            continue
        direction = (
            "down"
            if down
            and (
                not up
                or (
                    re.search(
                        r"halv|down|fell|fall|drop|declin|decreas|cheap|reduc|cut", between, re.IGNORECASE
                    )
                    and not re.search(
                        r"\b(?:doubl|tripl|quadrupl|rose|rising|grew|grown|growing|increas)",
                        between,
                        re.IGNORECASE,
                    )
                )
            )
            else "up"
        )
        ratio = number
        if percent:
            if direction == "down":
                if number >= 100:
                    continue
                ratio = 1 / (1 - number / 100)
            else:
                ratio = 1 + number / 100
        told = text[max(0, named.start() - 40) : named.end() + 60]
        cut = re.split(
            r"[,;:.]|\b(?:has|have|had|fell|dropped|rose|is|are|was|were|grew|declined|doubled|halved|tripled)\b",
            told[min(40, named.start()) :],
        )[0]
        if any(held.at >= first and held.end <= last for held in out):
            continue
        if op == "range":
            ends = next(q for a, _, q in quantities if a == at)
            out.append(
                Trend(
                    at,
                    end,
                    None,
                    op,
                    direction,
                    named[0].strip(),
                    period[0].strip(),
                    "trend.change-over-time",
                    ends.low,
                    ends.high,
                )
            )
            continue
        out.append(
            Trend(
                at,
                end,
                ratio,
                op,
                direction,
                cut.strip()[:80] or named[0],
                period[0].strip(),
                "trend.change-over-time",
            )
        )
    return out
