"""Tell whom a sentence speaks of and to, and how far that is the way of the rest of its page.

The words of address are closed classes, so a short list covers a language. What counts is the surprise:
a "you" in a guide that says "you" throughout tells nothing, in a report that never does it tells much.
"""

from __future__ import annotations

import math
from functools import cache

from pipeline import rulebook
from pipeline.spam.page import Unit
from pipeline.spam.words import fold

PERSONS = ("you", "we", "i")
_UNSPACED = frozenset({"zh", "ja", "th"})
_MOST = 3.5  # surprise beyond which more of the same page adds nothing


@cache
def _words(person: str, language: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Return a language's words of a person: whole words, beginnings, endings."""
    told = rulebook.toml("spam/register.toml")[person].get(language, "").split()
    plain = [fold(word) for word in told]
    return (
        frozenset(word for word in plain if "*" not in word),
        tuple(word[:-1] for word in plain if word.endswith("*")),
        tuple(word[1:] for word in plain if word.startswith("*")),
    )


def persons(unit: Unit, language: str | None) -> set[str]:
    """Return which persons a unit has: "you" (the reader), "we" (the writer's people), "i"."""
    if not language:
        return set()
    found = set()
    plain = {token.plain for token in unit.tokens}
    for person in PERSONS:
        whole, heads, tails = _words(person, language)
        if language in _UNSPACED:
            if any(word in told for told in plain for word in whole):
                found.add(person)
        elif not whole.isdisjoint(plain) or (
            (heads or tails)
            and any(word.startswith(heads) or (len(word) > 5 and word.endswith(tails)) for word in plain)
        ):
            found.add(person)
    if "we" in found and language == "zh" and not any(_alone(token.plain) for token in unit.tokens):
        found.discard("i")
    return found


def _alone(plain: str) -> bool:
    """Whether Chinese "I" stands in a stretch without being part of "we"."""
    return "我" in plain.replace("我们", "").replace("我們", "")


def surprise(seen: int, of: int) -> float:
    """Return how surprising another sign is where `seen` of `of` other sentences have it: nats, 0 to 3.5."""
    return min(_MOST, max(0.0, -math.log((seen + 0.3) / (of + 1.0))))


def bids(unit: Unit, language: str | None) -> bool:
    """Whether a unit opens, or in some languages closes, with a verb that tells the reader to do something."""
    if not language or not unit.tokens:
        return False
    whole, _, _ = _words("bid", language)
    if unit.tokens[0].plain in whole:
        return True
    ends, _, _ = _words("asked", language)
    return bool(ends) and any(unit.tokens[-1].plain.endswith(end) for end in ends)
