"""What a run took: time, device hours, operations, energy, carbon."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from pipeline.facts import judge, trends
from pipeline.facts.common import HOURS, PETAFLOP_DAY, Here, Page, amount, phrase
from pipeline.facts.evidence import weighed

_LIST: Final = phrase("list-of-times")
_SPEED: Final = phrase("speed")
_RENTED: Final = phrase("rented")


def time(page: Page, here: Here) -> None:
    figure, text, at = here.figure, here.text, here.at
    quantity = here.quantity
    unit = quantity.unit or "hour"
    unit_end = (quantity.unit_end or figure.end) - figure.sentence.start
    top = here.top
    if trends.GATE.search(text) and phrase("changed-in").search(text[max(0, at - 70) : at]):
        return page.note(figure, "the period of a trend")
    if phrase("a-difference").match(text[unit_end:]):
        return page.note(figure, "a difference, not a stretch of time")
    if phrase("likened-time").search(text[:at]):
        return page.note(figure, "the time of what a run is likened to")
    if (
        top <= 1
        and unit == "hour"
        and re.match(r"an?\b", text[at:], re.IGNORECASE)
        and re.search(r"[$€£¥]|\b(?:price|cost|pay|rate)\b", text)
    ):
        return page.note(figure, "the unit of a price")
    if (
        ((unit == "hour" and top >= 20000) or (unit == "year" and top >= 50))
        and not judge.cues("time", "not_after").match(text[unit_end : unit_end + 70])
        and not judge.recorded(text, unit_end)
        and (any(f.device for f in here.figures) or (unit == "hour" and _RENTED.search(here.before[-300:])))
    ):
        device = page.type_near(figure.at, figure.end)
        page.add(
            figure,
            "device_hours",
            "hours.too-many-for-a-clock",
            "hours of devices, summed",
            here.told(unit_end),
            device=device,
            **amount(quantity, HOURS[unit]),
        )
        return None
    verdict = judge.time(text, at, unit_end, here.before, unit, float(top), named=page.named, topical=page.topical, paid=any(fact.kind == "cost" and fact.scope == "training" and 0 < figure.at - fact.at_end < 22 for fact in page.facts[-8:]),
                         devices=any(fact.kind in ("hardware", "device_hours", "tokens", "compute") and fact.use != "inference" and fact.start == figure.sentence.start for fact in page.facts[-8:]))  # fmt: skip
    is_fact, why = weighed(page, here, "time", unit_end, verdict.why)
    if not is_fact:
        last = page.facts[-1] if page.facts else None  # durations come last, so it is the one before
        if (
            last is None
            or last.kind != "duration"
            or not _LIST.fullmatch(page.text, last.at_end, figure.at)
            or verdict.why.startswith("time.of")
        ):
            return page.note(figure, why)
        verdict = judge.Verdict(True, "time.in-a-list")
    page.add(
        figure,
        "duration",
        verdict.why if verdict.is_fact else "time.by-its-surroundings",
        why,
        here.told(unit_end),
        **amount(quantity, HOURS[unit]),
    )
    return None


def device_hours(page: Page, here: Here) -> None:
    figure, text, at = here.figure, here.text, here.at
    quantity = here.quantity
    shown = page.text[figure.end : figure.span[1]]
    unit = next(
        (
            u
            for u in ("hour", "hr", "day", "week", "month", "year")
            if re.search(rf"(?<![a-z]){u}", shown, re.IGNORECASE)
        ),
        "hour",
    )
    device = figure.device or "GPU"
    if figure.device == "CPU" or (figure.device is None and re.search(r"\bcores?[ -]", shown, re.IGNORECASE)):
        device = "CPU core"
    if device == "GPU":
        device = page.type_near(figure.at, figure.span[1])
    if phrase("given-or-sold").search(text[max(0, at - 50) : at]) and not re.search(
        r"train|run\b", text, re.IGNORECASE
    ):
        return page.note(figure, "given or sold, not spent on a run")
    if here.top <= 1 and re.match(r"an?\b|one\b", text[at:], re.IGNORECASE):
        return page.note(figure, "the unit of a price")
    if quantity.vague:
        return page.note(figure, "only an order of magnitude")
    page.add(
        figure,
        "device_hours",
        figure.rule,
        "hours of a device",
        here.told(),
        device=device,
        **amount(quantity, HOURS[{"hr": "hour"}.get(unit, unit)]),
    )
    return None


def compute(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    factor = PETAFLOP_DAY if quantity.unit and quantity.unit.startswith("petaflop") else Decimal(1)
    if quantity.unit == "petaflop/s-year":
        factor *= Decimal("365.25")
    if quantity.unit == "petaflop/s-hour":
        factor /= 24
    top = here.top
    if top * factor < 10**15:
        return page.note(figure, "too few operations for a training run")
    if judge.law(text[slice(*judge.clause(text, at, end))]) and phrase("a-threshold").search(text[:at]):
        return page.note(figure, "a legal threshold")
    if (
        quantity.unit == "FLOP"
        and re.search(r"[a-z]flops$|[PETZ]FLOPS$", page.text[figure.end : quantity.unit_end or figure.end])
        and _SPEED.search(text[max(0, at - 70) : end + 70])
    ):
        return page.note(figure, "a machine's speed")
    if phrase("per-something").match(page.text[quantity.unit_end or figure.end :][:30]):
        return page.note(figure, "a rate")
    page.add(
        figure,
        "compute",
        figure.rule,
        "operations in all",
        here.told(),
        **amount(quantity, factor),
    )
    return None


def footprint(page: Page, here: Here) -> None:
    """Energy and emissions: facts where a run used or caused them."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    if re.match(r"\s?(?:CO[2₂]\w* ?)?(?:/|per) ?[kM]Wh", page.text[quantity.unit_end or figure.end :][:20]):
        return page.note(figure, "a rate")
    start, stop = judge.clause(text, at, end)
    inside = phrase("likened").split(text[at:stop])[0]
    inside = text[start:at] + inside
    other = judge.cues("mass", "not_run").search(inside)
    if other and not re.search(r"\btrain", inside, re.IGNORECASE):
        return page.note(figure, f"of something else ({other[0].lower()})")
    if not page.topical and not re.search(
        r"train|\brun|model|pre-?train|comput|footprint", text + here.before[-300:], re.IGNORECASE
    ):
        return page.note(figure, "no training in sight")
    factor = Decimal(1) / 3600000 if quantity.unit == "J" else Decimal(1)
    page.add(
        figure,
        figure.kind,
        figure.rule,
        "of a run",
        here.told(),
        **amount(quantity, factor),
    )
    return None


def mass(page: Page, here: Here) -> None:
    """Read a mass as an emission where carbon is spoken of."""
    text, at, end = here.text, here.at, here.end
    carbon = judge.cues("mass", "carbon")
    if (
        not carbon.search(text)
        and not carbon.search(here.before[-250:])
        and not any(f.kind in ("emissions", "energy") for f in page.facts[-6:])
    ) or judge.cues("mass", "not_carbon").search(text[max(0, at - 40) : end + 40]):
        return
    footprint(page, here.of(kind="emissions", rule="emissions.mass-left-bare"))
