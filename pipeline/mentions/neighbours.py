"""The words right beside a name's mentions, as classes: what slots.csv weighs.

beside(text, spans) -> slot -> 0..1. A slot is a place and a class or a word: "after=be" (a form of "to be" follows),
"before:the". The neighbours count over all mentions, so a name said in many roles is told by most of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook

_TOKEN: Final = re.compile(
    r"[’'](?:s|d|ll|re|ve|t)\b|[$€£¥~]?\d(?:[\w.,]*\w)?|[^\W\d_]+(?:[’'-][^\W\d_]+)*|\n|[^\w\s]"
)

_NUMBER: Final = re.compile(r"[$€£¥~]?\d[\d.,]*")

_ENDINGS: Final = ("ed", "ing", "ly", "s")

#: Nothing stands there: the text begins or ends.
EDGE: Final = "edge"

#: So far to each side (code points).
_NEAR: Final = 24


@cache
def _classes() -> Mapping[str, str]:
    """Word in small letters -> its closed class."""
    classes: Mapping[str, Sequence[str]] = rulebook.toml("names/neighbours.toml")["classes"]
    return {word: name for name, words in classes.items() for word in words}


@lru_cache(maxsize=4096)  # the same few words stand beside names
def class_of(word: str, *, before: bool = False) -> str:
    """Return a neighbour's class; a capital does not hide a closed word that stands before a name."""
    if word == EDGE:
        return EDGE
    if word == "\n":
        return "line"
    if _NUMBER.fullmatch(word):
        return "money" if word[0] in "$€£¥" else "number"
    first = word[0]
    if first.isdigit():
        return "figure"
    if not first.isalpha():
        return "’s" if word in ("'s", "’s") else word
    low = word.lower()
    if first.isupper() and not (before and low in _classes()):
        return "CAPITALS" if len(word) > 1 and word.isupper() else "Capital"
    known = _classes().get(low)
    if known is not None:
        return known
    if len(low) > 3:
        for ending in _ENDINGS:
            if low.endswith(ending):
                return f"-{ending}"
    return "word"


@lru_cache(maxsize=2)
def _told(text: str) -> dict[tuple[int, int], tuple[str, str, str]]:
    """What around() has found in a text: it is asked for each name by itself, and again for all of them together."""
    return {}


def around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return the token before a mention and the two behind it; EDGE where there is none."""
    told = _told(text)
    found = told.get((start, end))
    if found is None:
        left = _TOKEN.findall(text, max(0, start - _NEAR), start)
        first = _TOKEN.search(text, end, end + _NEAR)
        second = _TOKEN.search(text, first.end(), end + _NEAR) if first else None
        found = told[start, end] = (
            left[-1] if left else EDGE, first[0] if first else EDGE, second[0] if second else EDGE
        )  # fmt: skip
    return found


def beside(text: str, spans: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Return the slots that a spelling's mentions fill: in how many of n mentions, over the root of n, at most 1."""
    counts: Counter[str] = Counter()
    for start, end in spans:
        before, after, behind = around(text, start, end)
        counts[f"before={class_of(before, before=True)}"] += 1
        counts[f"after={class_of(after)}"] += 1
        for place, token in (("before", before), ("after", after), ("behind", behind)):
            if token[0].isalpha() and token != EDGE:
                counts[f"{place}:{token.lower()}"] += 1
    root = len(spans) ** 0.5
    return {slot: min(1.0, count / root) for slot, count in counts.items()}
