"""Tables: the head of a column (or the first cell of a row) says what its numbers are.

columns(heads) and value(cell, column) turn a row's cells into numbers; pipeline.facts.figures makes the facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.mentions.devices import devices
from pipeline.numbers import read_currencies

_SCALE: Final = (
    (
        re.compile(
            r"\(\s*(?:in )?(?:[A-Z$€£¥]{1,4}\s?)?(?:M|mn|m|millions?)\b|\bmillions?\b|\(\$?M\)|US\$\s?m\b|[$€£¥]\s?[mM]\b"
        ),
        Decimal(10**6),
    ),
    (
        re.compile(
            r"\(\s*(?:in )?(?:[A-Z$€£¥]{1,4}\s?)?(?:B|bn|billions?)\b|\bbillions?\b|\(\$?B\)|[$€£¥]\s?(?:bn|B)\b"
        ),
        Decimal(10**9),
    ),
    (re.compile(r"\(\s*(?:in )?(?:T|tn|trillions?)\b(?!CO)|\btrillions?\b"), Decimal(10**12)),
    (
        re.compile(r"\(\s*(?:in )?(?:[A-Z$€£¥]{1,4}\s?)?(?:K|k|thousands?|000s?)\b|\bthousands?\b|[’']000"),
        Decimal(1000),
    ),
)
_TIMES: Final = tuple(
    (re.compile(rf"\b{word}\b|[(,/]\s?{letter}\s?\)?$", re.IGNORECASE), unit)
    for word, letter, unit in (("h(?:ou)?rs?", "h", "hour"), ("days?", "d", "day"), ("w(?:ee)?ks?", "w", "week"), ("months?", "mo", "month"), ("years?", "y", "year"))
)  # fmt: skip
_ENERGY: Final = (
    ("GWh", Decimal(10**6)),
    ("MWh", Decimal(1000)),
    ("kWh", Decimal(1)),
    ("TWh", Decimal(10**9)),
)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds; scale multiplies a number that brings none of its own."""

    kind: str
    role: str | None
    scale: Decimal
    currency: str | None
    unit: str | None
    device: str | None
    estimated: bool = False


@cache
def _kinds() -> tuple[tuple[str, str | None, re.Pattern[str], re.Pattern[str] | None], ...]:
    out = []
    for entry in rulebook.toml("figures/columns.toml")["column"]:
        pattern = re.compile("|".join(f"(?:{p})" for p in entry["pattern"]), re.IGNORECASE)
        unless = re.compile(entry["unless"], re.IGNORECASE) if "unless" in entry else None
        out.append((entry["kind"], entry.get("role"), pattern, unless))
    return tuple(out)


def column(head: str) -> Column | None:
    """Return what a head says of its column, or None where it says nothing about figures of ours."""
    if not head.strip() or len(head) > 80:
        return None
    for kind, role, pattern, unless in _kinds():
        if not pattern.search(head) or (unless is not None and unless.search(head)):
            continue
        scale = next((factor for scaled, factor in _SCALE if scaled.search(head)), Decimal(1))
        currency = next((code for _, code in read_currencies(head, 0, len(head))), None)
        unit = next((unit for told, unit in _TIMES if told.search(head)), None)
        if kind == "energy":
            factor = next((f for word, f in _ENERGY if word in head), None)
            scale, unit = (factor, "kWh") if factor is not None else (scale, None)
        elif kind == "emissions":
            tonnes = re.search(r"\bt(?:CO|\b)|tonn|\btons?\b", head)
            kilos = re.search(r"\bkg", head)
            scale, unit = (Decimal(1000), "kg") if tonnes else (Decimal(1), "kg") if kilos else (scale, None)
        elif kind == "compute":
            power = re.search(r"(?:10\s?\^?|1?e)\s?(\d{2})|10([⁰¹²³⁴⁵⁶⁷⁸⁹]{2})", head)
            if power:
                digits = power[1] or power[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
                scale = Decimal(10) ** int(digits)
            elif re.search(r"PF|petaflop", head) and "day" in head.lower():
                scale = Decimal("8.64e19")
            elif zetta := re.search(r"(zetta|exa|yotta|[ZEY](?=FLOP))", head):
                scale = {"z": Decimal(10**21), "e": Decimal(10**18), "y": Decimal(10**24)}[
                    zetta[1][0].lower()
                ]
        named = [d.name for d in devices(head, 0, len(head))]
        typed = [name for name in named if name not in ("GPU", "CPU", "NPU")]
        return Column(
            kind,
            role,
            scale,
            currency,
            unit,
            typed[0] if typed else named[0] if named else None,
            re.search(r"\best", head, re.IGNORECASE) is not None,
        )
    return None


def columns(heads: list[str]) -> list[Column | None]:
    """Return what each column of a table holds. "Total" beside a column of active parameters holds parameters."""
    found = [column(head) for head in heads]
    if any(held is not None and held.role == "active" for held in found):
        for index, head in enumerate(heads):
            if re.fullmatch(r"\s*(?:total|all|overall)\s*(?:\(.*\))?\s*", head, re.IGNORECASE):
                found[index] = column(f"{head} parameters")
    return found


def cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return [start, end) of a row's cells; " | " or a tab stands between them, and a "|" may open and close the row."""
    if text[start : start + 1] == "|":
        start += 2 if text[start + 1 : start + 2] == " " else 1
    if text[end - 1 : end] == "|" and end > start + 1:
        end -= 2 if text[end - 2] == " " else 1
    out, at = [], start
    for match in re.finditer(r"\t|[ \u00a0]?\|[ \u00a0]?", text[start:end]):
        out.append((at, start + match.start()))
        at = start + match.end()
    out.append((at, end))
    return out
