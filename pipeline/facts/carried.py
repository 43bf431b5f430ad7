"""Numbers that take their unit, scale and currency from what was said before: answers, and the second of two of a kind.

"How much did it cost? - About forty million." "A took forty million dollars; its successor took sixty-five."
The words are data: rules/figures/carried.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.common import Here, Page, active_near, amount, phrase
from pipeline.facts.money import money
from pipeline.facts.senses import words
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import MONEY
from pipeline.numbers import read_currencies, read_parts, read_quantities
from schemas.records import Fact, Quantity

#: How far back the figure may stand that lends its unit, in characters.
REACH: Final = 280
#: Two of a kind differ by no more than this factor.
APART: Final = {"parameters": Decimal(2000), "hardware": Decimal(100), "duration": Decimal(60)}
#: The smallest numbers that answer a question for a kind.
LEAST: Final = {
    "cost": 1000,
    "hardware": 2,
    "device_hours": 10,
    "tokens": 10**8,
    "parameters": 10**6,
    "duration": 0,
}
_LABEL: Final = quick(r"(?:[\d.)\s]{0,5})?([A-Za-z][^.?!:]{2,70})[?:]\s")
_QUESTION: Final = quick(r"([^.?!\n]{3,160})\?[\"”’]?\s*(?:\S[^?]{0,60})?$")
_SPEAKER: Final = quick(
    r"^[\"“‘]?(?:(?:[A-Z][\w.’-]{0,15}(?: [A-Z][\w.’-]{1,15})?(?: \([^()]{1,30}\))?|[\w/.@-]{2,24}):\s*)?[\"“‘]?"
)
_YEAR: Final = quick(r"(?:19|20)\d\d$")
_FREE: Final = quick(
    r"\s*(?:$|[.,;:!?)”\"’](?!\d)|(?:of (?:them|those|these)|in (?:all|total)|altogether|all told|for (?:the|its|that|this)"
    r"|for (?-i:[A-Z])|on (?:the|its) |went (?:on|to|into)|in the (?:spring|summer|autumn|fall|winter)|apiece|each|overall"
    r"|(?:and|but|while|whereas)\b(?! (?:about |some )?[\d$€£]))\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Words:
    """carried.toml, compiled."""

    asked: tuple[tuple[str, re.Pattern[str]], ...]
    verbs: tuple[tuple[frozenset[str], re.Pattern[str]], ...]
    filler: re.Pattern[str]
    other: re.Pattern[str]
    onward: re.Pattern[str]


@cache
def _told() -> _Words:
    told = rulebook.toml("figures/carried.toml")
    filler = rf"(?:(?:{'|'.join(told['words']['filler'])})[\s,]+|[~≈]\s?)"
    return _Words(
        tuple(
            (entry["kind"], words(entry["pattern"], f"carried.{entry['kind']}")) for entry in told["asked"]
        ),
        tuple(
            (
                frozenset(entry["kinds"]),
                quick(rf"\b(?:{'|'.join(entry['words'])})\s+{filler}{{0,4}}$", re.IGNORECASE),
            )
            for entry in told["verb"]
        ),
        quick(
            rf"[\"“‘]?(?:\w+, )?(?:(?:{'|'.join(told['words']['filler'])})[\s,]{{1,2}}|[~≈])*", re.IGNORECASE
        ),
        words(told["words"]["other"], "carried.other"),
        quick(rf"\W*(?:{'|'.join(told['words']['onward'])})\b", re.IGNORECASE),
    )


def asked(question: str) -> str | None:
    """Return the kind of fact that a question or a label asks for, or None."""
    return next((kind for kind, pattern in _told().asked if pattern.search(question)), None)


def currency_of(page: Page, here: Here) -> str | None:
    """Return the currency of a sum that leaves it out: named beside it, right behind it, or last before it; the text's usual one."""
    end = here.figure.end
    for at, code in read_currencies(page.text, end, min(len(page.text), end + 60)):
        if not re.search(r"\d", page.text[end:at]):
            return code
    before = [f.currency for f in page.facts[-8:] if f.currency and here.figure.at - f.at < 700]
    if before:
        return before[-1]
    named = read_currencies(page.text, max(0, here.figure.at - 600), here.figure.at)
    if named:
        return named[-1][1]
    codes = [f.currency for f in page.facts if f.currency] or [
        q.unit for q in read_quantities(page.text, 0, min(len(page.text), 8000)) if q.unit in MONEY
    ]
    return max(sorted(set(codes)), key=codes.count) if codes else None


def sum_of(page: Page, here: Here) -> bool:
    """Read a bare number as money in the currency of its surroundings; return whether one is known."""
    code = currency_of(page, here)
    if code is None:
        return False
    quantity = replace(here.quantity, unit=code)
    money(page, here.of(kind="money", rule="figure.money-currency-left-out", quantity=quantity))
    return True


def answer(page: Page, here: Here) -> bool:
    """Read a bare number that answers a question or a label ("GPU hours? Around 400k."); return whether it was one."""
    text, at, end = here.text, here.at, here.end
    label = _LABEL.match(text)
    if label and label.end() <= at and asked(label[1]):
        question, lead = label[1], text[label.end() : at]
    elif "?" in here.before[-70:] and (found := _QUESTION.search(here.before)):
        question, lead = _SPEAKER.sub("", found[1].lstrip()), _SPEAKER.sub("", text[:at])
    else:
        return False
    if len(lead) > 40 or len(text) > 140 or not _told().filler.fullmatch(lead):
        return False
    if not phrase("answer-tail").match(text[end:]):
        return False
    kind = asked(question)
    if kind is None:
        return (
            len(question) < 60
            and _told().onward.match(question) is not None
            and carried(page, _for(here, question), told=True)
        )
    quantity = here.quantity
    factor = Decimal(1)
    value = here.top
    scale = re.search(
        r"\b(?:in |many )?(hundred|thousand|million|billion|trillion)s?\b", question, re.IGNORECASE
    )
    if (value < LEAST[kind] and not re.search(r"[A-Za-z]$", text[at:end])) or value < 1000:
        if scale and value < 1000 and read_parts(f"1 {scale[1].lower()}", 0):
            factor = Decimal(
                {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}[
                    scale[1].lower()
                ]
            )
        elif kind not in ("hardware",) and value < LEAST[kind]:
            return carried(page, here, told=True, kinds=frozenset([kind]))
    if kind == "duration" or value * factor < LEAST[kind]:
        return False
    if factor != 1:
        here = here.of(quantity=_times(here, factor))
        quantity = here.quantity
    if kind == "cost":
        return sum_of(page, here)
    if kind == "hardware" and value >= 10**7:
        return False
    fields: dict[str, str | None] = {}
    if kind == "hardware":
        fields = {"device": _device_said(page, here), "use": "training"}
    elif kind == "device_hours":
        fields = {"device": page.type_near(here.figure.at, here.figure.end)}
    elif kind == "parameters":
        fields = {"role": here.figure.role or "total"}
    rule = {"device_hours": "hours"}.get(kind, kind)
    page.add(
        here.figure,
        kind,
        f"{rule}.answer",
        "the answer to a question",
        here.told(),
        **fields,
        **amount(quantity),
    )
    return True


def _device_said(page: Page, here: Here) -> str:
    """Return the type of the accelerators that an answer counts: named right behind it ("All H100s"), or last before it."""
    if re.match(r"(?:All|They|Mostly|These|Those|Every|Nothing but)\b", here.following):
        for device in devices(here.following, 0, min(len(here.following), 60)):
            if device.name not in ("GPU", "CPU", "NPU"):
                return device.name
    start = max(0, here.figure.at - 500)
    for device in reversed(devices(page.text, start, here.figure.at)):
        lead = page.text[max(0, device.start - 25) : device.start]
        if device.name not in ("GPU", "CPU", "NPU") and not re.search(
            r"\b(?:no|not|never|afford)\b|n[’']t\b", lead
        ):
            return device.name
    return "GPU"


def _for(here: Here, question: str) -> Here:
    """Return the figure with the role that a question asks for."""
    return here.of(role="active") if _ACTIVE.search(question) else here


def _times(here: Here, factor: Decimal) -> Quantity:
    quantity = here.quantity
    return replace(
        quantity,
        value=None if quantity.value is None else quantity.value * factor,
        low=None if quantity.low is None else quantity.low * factor,
        high=None if quantity.high is None else quantity.high * factor,
    )


def _allowed(lead: str, tail: str) -> tuple[frozenset[str], bool] | None:
    """Return the kinds that the words in front of a bare number allow, and whether they say so by themselves; None for none.

    A verb of its own ("cost", "saw", "needed") says what is counted; "was", "at", "and", or a name and a comma say nothing.
    """
    found = [(match.start(), held) for held, pattern in _told().verbs if (match := pattern.search(lead))]
    if found:
        first = min(start for start, _ in found)
        kinds = frozenset(kind for start, held in found if start == first for kind in held)
        return kinds, "parameters" not in kinds or _ACTIVE.search(lead) is not None
    if re.search(r"\band\s$", lead) and re.match(r"\s+for (?:the|its|[A-Z])", tail):
        return frozenset(["duration", "hardware", "cost", "device_hours", "tokens"]), True
    if re.search(r"(?:^|[,:;?(–—-]\s?|\b(?:and|another)\s)\W*$", lead):
        return frozenset(
            ["cost", "tokens", "parameters", "energy", "emissions", "compute", "device_hours"]
        ), False
    return None


def _lends(page: Page, here: Here, lender: Fact, *, verb: bool, told: bool, bare: bool) -> bool:
    """Whether an earlier figure lends its unit to a bare number; verb: the number's own verb says of what kind it is."""
    between = page.text[lender.at_end : here.figure.at]
    named = page.names_between(lender.at_end, here.figure.at)
    if told:
        return True
    label = not bare and re.fullmatch(r"[A-Z\d][^\s:]*(?: [^\s:]+){0,3}:\s", here.text[: here.at]) is not None
    if not named and not label and not _told().other.search(between):
        return False
    if verb:
        return True
    lead = here.text[max(0, here.at - 40) : here.at]
    if re.search(r"(?:^|[,:;(–—-])\s*$", lead):  # a name and a mark: the lender stands so too
        mark = page.text[max(0, lender.at - 2) : lender.at].strip()
        return (lender.kind == "parameters" and not bare) or (
            bool(mark)
            and mark[-1] in ",:(–—-"
            and not re.search(r"\d", re.sub(r"\b\d+(?:\.\d+)?[BMT]\b", "", between))
        )
    return True


def carried(page: Page, here: Here, *, told: bool = False, kinds: frozenset[str] | None = None) -> bool:
    """Read a bare number as the second of two of a kind; return whether it was one.

    told: a question says so. kinds: the kinds that it may be; what its verb allows where None.
    """
    text, at, end = here.text, here.at, here.end
    quantity = here.quantity
    if quantity.unit is not None or quantity.vague or quantity.value is None or quantity.value <= 0:
        return False
    written = text[at:end]
    if (
        _YEAR.match(written)
        or re.match(r"0\d", written)
        or not _FREE.match(text[end:])
        or re.search(r"[\w$€£¥][.,-]?$", text[:at])
        or (written.lower() == "one" and not told)
        or re.search(r"\bgive or take $", text[:at])
        or (re.match(r"\d{1,2}[.)](?:\s|$)", text[at:]) and not text[:at].strip())
    ):
        return False
    if not told and phrase("other-counts").search(re.split(r"[,;:.]", text[max(0, at - 40) : at])[-1]):
        return False
    allowed = (
        (kinds, True) if kinds is not None else _allowed(text[max(0, at - 70) : at], text[end : end + 20])
    )
    if told and allowed is None:
        allowed = (frozenset(LEAST), True)
    if allowed is None:
        return False
    own = read_parts(page.text, here.figure.at)
    bare = own is None or own[1] == 1
    if bare and not (told or allowed[1]) and not (len(text) <= 30 or re.search(r"[,:]\s$", text[:at])):
        return False
    parallel = re.search(r"\band\s$", text[:at]) is not None and allowed[1] and not told
    lettered = re.search(r"\d[BMT]$", written) is not None and not allowed[1]
    beside = any(
        f.at < here.figure.at and f.quantity is not None and f.kind not in _NO_LENDERS for f in here.figures
    )
    for lender in reversed(page.facts[-6:]):
        if (
            lender.kind not in allowed[0]
            or lender.value is None
            or lender.part != page.part
            or not 0 <= here.figure.at - lender.at_end < REACH
            or lender.rule.startswith("table.")
            or (beside and not told and lender.at < here.figure.sentence.start)
            or (lettered and page.text[lender.at_end - 1 : lender.at_end] != written[-1])
            or not _lends(page, here, lender, verb=allowed[1], told=told, bare=bare)
        ):
            continue
        parts = read_parts(page.text, lender.at)
        if parts is None or not parts[0]:
            continue
        base, scale = parts
        unit = lender.value / (base * scale)  # what one of the lender's numbers is worth: its unit's factor
        if bare and scale > 1 and quantity.value >= 1000:
            continue
        factor = unit * (scale if bare else 1)
        value = quantity.value * factor
        apart = APART.get(lender.kind, Decimal(300))
        if not lender.value / apart <= value <= lender.value * apart:
            continue
        if lender.kind in ("hardware", "duration") and value == lender.value:
            continue
        if parallel and lender.at < here.figure.sentence.start:
            continue
        if parallel and not re.search(r"\bfor\b", page.text[lender.at_end : here.figure.at]):
            continue
        if lender.kind == "hardware" and quantity.value < 8:
            continue
        if lender.kind == "tokens" and not allowed[1] and value < 2 * 10**11:
            continue  # rather a size
        _lent(page, here, lender, factor)
        return True
    return False


#: Figures that may stand between a number and its lender.
_NO_LENDERS: Final = ("none", "time", "fold", "percent", "device")
_ACTIVE: Final = quick(r"\b(?:activ\w+|switch\w*|fir(?:es|ing)|wakes?|uses|at work)\b", re.IGNORECASE)


def _lent(page: Page, here: Here, lender: Fact, factor: Decimal) -> None:
    """State the number as a fact like the lender's."""
    role = here.figure.role
    if lender.kind == "parameters" and role is None:
        role = "active" if active_near(here.text, here.at, here.end) else "total"
    rule = {"device_hours": "hours", "duration": "time", "cost": "money"}.get(lender.kind, lender.kind)
    page.add(
        here.figure,
        lender.kind,
        f"{rule}.carried",
        "the second of two of a kind",
        here.told(),
        device=lender.device,
        use=lender.use,
        role=role,
        currency=lender.currency,
        scope=lender.scope,
        period=lender.period,
        basis=lender.basis,
        **amount(here.quantity, factor),
    )
