"""Bare numbers that are models' names: "1848 has 3.8 billion parameters". The places that tell are rules/names/numbers.toml."""

from __future__ import annotations

from functools import cache
from re import Pattern
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.mentions.chains import UNIT_AFTER

#: Three to five digits, with no mark of a quantity, a date or a code around.
_NUMBER: Final = r"(?<![\w.,:/$€£¥₹#+-])(?P<n>\d{3,5})(?![\w%]|[.:/-]\w|,\d)"

#: What stands before a year or a count.
_COUNT_BEFORE: Final = quick(
    r"(?i)\b(?:in|since|by|until|before|after|from|of|the year|year|about|some|around|over|under|nearly|than|"
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\s$"
)


@cache
def slots() -> tuple[Pattern[str], ...]:
    """Return the expressions of numbers.toml, compiled."""
    return tuple(
        quick(rule["pattern"].replace("{n}", _NUMBER)) for rule in rulebook.toml("names/numbers.toml")["slot"]
    )


@cache
def _bare() -> Pattern[str]:
    return quick(_NUMBER)


def number_names(text: str) -> list[tuple[int, int]]:
    """Return where numbers stand that the text uses as names, half-open, in text order; most texts have none."""
    if _bare().search(text) is None:
        return []
    named: dict[str, set[int]] = {}
    for slot in slots():
        for match in slot.finditer(text):
            if UNIT_AFTER.match(text, match.end("n"), match.end("n") + 24) is None:
                named.setdefault(match["n"], set()).add(match.start("n"))
    if not named:
        return []
    return [
        match.span("n")
        for match in _bare().finditer(text)
        if match["n"] in named
        and (
            match.start("n") in named[match["n"]]
            or (
                UNIT_AFTER.match(text, match.end("n"), match.end("n") + 24) is None
                and (
                    match["n"][0] == "0"
                    or _COUNT_BEFORE.search(text, max(0, match.start("n") - 12), match.start("n")) is None
                )
            )
        )
    ]
