"""How currencies are written: rules/figures/currencies.csv as parts of regular expressions, and a written sign or name -> its ISO code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pipeline import rulebook

_SPACE: Final = "[ \u00a0]"
#: Short signs in letters are words or initials too: they need a sum behind them ("R12 million", "N450,000").
_SUM_FOLLOWS: Final = rf"(?={_SPACE}?(?:\d{{1,3}}(?:[.,]\d{{1,3}}){{0,3}}{_SPACE}?(?:thousand|million|billion|trillion|bn|mn|m)\b|\d{{1,3}}(?:,\d{{3}})+))"
_GUARDED: Final = 2  # letters of a sign that needs a sum behind it
#: "pounds" of something are a weight.
_NO_WEIGHT: Final = rf"(?!{_SPACE}of{_SPACE}(?:CO|carbon|greenhouse|e-?waste|material))"
#: Names that are words of another meaning, and say nothing about money where they stand without a sum.
_OTHER_WORDS: Final = frozenset(
    [
        "won",
        "rand",
        "rands",
        "cents",
        "pence",
        "crowns",
        "soles",
        "lei",
        "dong",
        "p",
        "kr",
        "kr.",
        "real",
        "$",
        "đ",
    ]
)
#: How far around a sum the places are sought that tell whose dollars or crowns are meant, in characters.
_REACH: Final = 3000


@dataclass(frozen=True, slots=True)
class _Currency:
    """A row of currencies.csv. worth: of one unit, in dollars, to one digit."""

    code: str
    worth: Decimal
    signs: tuple[str, ...]
    names: tuple[str, ...]
    hundredths: tuple[str, ...]
    places: re.Pattern[str] | None


def _rows() -> tuple[_Currency, ...]:
    def cell(row: dict[str, str], key: str) -> tuple[str, ...]:
        return tuple(part for part in row[key].split(";") if part)

    return tuple(
        _Currency(
            row["currency"], Decimal(row["usd"]), cell(row, "signs"), cell(row, "names"), cell(row, "hundredths"),
            re.compile(rf"\b(?:{'|'.join(map(re.escape, cell(row, 'places')))})") if row["places"] else None,
        )
        for row in rulebook.table("figures/currencies.csv")
    )  # fmt: skip


_ROWS: Final = _rows()
#: ISO codes of the currencies that are known.
CODES: Final = frozenset(row.code for row in _ROWS)
#: What one unit is worth in dollars, to one digit, by ISO code.
WORTH: Final = {row.code: row.worth for row in _ROWS}


def _written(text: str) -> str:
    return re.escape(text).replace("\\ ", _SPACE)


def _sign(sign: str) -> str:
    """Return the expression of a sign; in letters it stands as it is written, but for a code."""
    told = _written(sign)
    if not sign.rstrip(".").isalpha() or sign in CODES or sign == "RMB":
        return told
    guarded = len(sign) <= _GUARDED and sign.isupper()
    return f"(?-i:{told}{_SUM_FOLLOWS if guarded else ''})"


def _longest_first(parts: set[str]) -> list[str]:
    return sorted(parts, key=lambda part: (-len(part), part))


_SIGNS: Final = _longest_first({sign for row in _ROWS for sign in row.signs})
_NAMES: Final = _longest_first({name for row in _ROWS for name in (*row.names, *row.hundredths)})
#: Codes stand in capitals on both sides of a number; those that are listed as signs or names may be in small letters.
_CODE: Final = f"(?-i:{'|'.join(sorted(CODES))})"
#: An expression (any case) for what stands in front of a number, and one for what stands behind it.
BEFORE: Final = "|".join([*(_sign(sign) for sign in _SIGNS), _CODE])
AFTER: Final = "|".join(
    [
        *(_written(name) + (_NO_WEIGHT if name == "pounds" else "") for name in _NAMES),
        _CODE,
        r"(?<=\d)p",
    ]
)
#: The first letters of signs, small; the characters that signs begin with, or go on with behind letters.
FIRST_LETTERS: Final = frozenset(
    match[0].lower() for sign in (*_SIGNS, *CODES) if (match := re.match("[A-Za-z]+", sign))
)
#: What stands first in what stands behind a number: words, small, and signs.
FIRST_WORDS: Final = frozenset(
    ["p", *(match[0].lower() for name in (*_NAMES, *CODES) if (match := re.match(r"[^\W\d_]+|.", name)))]
)
FIRST_CHARACTERS: Final = "".join(
    sorted({sign[0] for sign in _SIGNS if not sign[0].isascii() or sign[0] == "$"})
)
INNER_CHARACTERS: Final = "".join(
    sorted({c for sign in _SIGNS for c in sign[1:] if not (c.isascii() and c.isalpha()) and c != " "})
)
#: Names and signs of currencies that stand alone.
ALONE: Final = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_written(name) for name in _NAMES if name not in _OTHER_WORDS)})"
    rf"(?!\w)(?!(?<=pounds){_SPACE}of\b)|(?<![\w$])(?:{'|'.join(_written(sign) for sign in _SIGNS if not sign.rstrip('.').isalpha())})|\b{_CODE}\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def _candidates(symbol: str) -> tuple[tuple[_Currency, ...], bool]:
    """Return the currencies that a sign or a name may stand for, the usual one first; and whether it names hundredths."""
    key = re.sub(r"\s+", " ", symbol.strip().lower().strip("-").strip()).removeprefix("of ")
    if key == "p":
        key = "pence"
    for part, hundredth in (("signs", False), ("names", False), ("hundredths", True)):
        held = tuple(row for row in _ROWS if key in (told.lower() for told in getattr(row, part)))
        if held:
            return held, hundredth
    return tuple(row for row in _ROWS if row.code == key.upper()), False


def code_of(symbol: str, text: str, at: int) -> tuple[str, bool] | None:
    """Return the ISO code that a sign or a name at text[at] stands for, and whether it names hundredths; None for none.

    Where several currencies share it, it is the one whose places are named nearest, or else the usual one.
    """
    held, hundredth = _candidates(symbol)
    if not held:
        return None
    best, nearest = held[0], 1 << 30
    if len(held) > 1:
        for row in held:
            if row.places is None:
                continue
            for match in row.places.finditer(text, max(0, at - _REACH), at + _REACH):
                if abs(match.start() - at) < nearest:
                    best, nearest = row, abs(match.start() - at)
    return best.code, hundredth
