"""Tell whom a sentence speaks of and to, what it promises, and how far that is the way of the rest of its page.

Words of address are closed classes, and what advertisements of all trades say besides (what is not asked,
in what time, who does it, to whose cousin it happened) are small ones: a short list covers a language. What
counts is the surprise: a "you" in a guide that says "you" throughout tells nothing, in a report much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

from pipeline import rulebook
from pipeline.spam.page import Unit
from pipeline.spam.words import fold

#: The classes of register.toml: who is spoken of, and what is said in any trade.
PERSONS = ("you", "we", "i")
CLASSES = (*PERSONS, "lack", "span", "whoever", "kin", "sum", "provider", "reach")
_UNSPACED = frozenset({"zh", "ja", "th"})
MOST = 3.5  # surprise beyond which more of the same page adds nothing
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Index:
    """A language's words, each with the classes that it belongs to.

    whole:    whole words.   heads, tails: beginnings and endings of words, by length.
    phrases:  (words with a space around each, class), under their first word.
    inside:   (what stands anywhere in an unspaced stretch, class).
    """

    whole: dict[str, frozenset[str]]
    heads: dict[int, dict[str, frozenset[str]]]
    tails: dict[int, dict[str, frozenset[str]]]
    phrases: dict[str, list[tuple[str, str]]]
    inside: tuple[tuple[str, str], ...]


@cache
def _index(language: str) -> _Index:
    """Read a language's words from register.toml."""
    index = _Index({}, {}, {}, {}, ())
    inside: list[tuple[str, str]] = []
    for name in CLASSES:
        table = rulebook.toml("spam/register.toml")[name]
        for word in fold(f"{table.get('any', '')} {table.get(language, '')}").split():
            plain = word.strip("*").replace("_", " ")
            if language in _UNSPACED:
                inside.append((plain, name))
            elif " " in plain:
                index.phrases.setdefault(plain.split()[0], []).append(
                    (f" {plain}" + " " * (word[-1] != "*"), name)
                )
            else:
                kept = index.whole
                if "*" in word:
                    kept = (index.heads if word[-1] == "*" else index.tails).setdefault(len(plain), {})
                kept[plain] = kept.get(plain, _NONE) | {name}
    return replace(index, inside=tuple(inside))


def says(unit: Unit, language: str | None) -> set[str]:
    """Return the classes of words that a unit has: "you" (the reader), "lack" (what is not asked), …"""
    if not language:
        return set()
    index = _index(language)
    found: set[str] = set()
    whole = index.whole
    text = ""
    for token in unit.tokens:
        plain = token.plain
        if plain in whole:
            found |= whole[plain]
        if plain in index.phrases:
            text = text or f" {' '.join(token.plain for token in unit.tokens)} "
            found.update(name for phrase, name in index.phrases[plain] if phrase in text)
        for size, heads in index.heads.items():
            found |= heads.get(plain[:size], _NONE)
        if len(plain) > 5:
            for size, tails in index.tails.items():
                found |= tails.get(plain[-size:], _NONE)
        if index.inside:
            found.update(name for part, name in index.inside if part in plain)
    if language == "zh" and "we" in found and not any(_alone(token.plain) for token in unit.tokens):
        found.discard("i")
    return found


def _alone(plain: str) -> bool:
    """Whether Chinese "I" stands in a stretch without being part of "we"."""
    return "我" in plain.replace("我们", "").replace("我們", "")


def surprise(seen: int, of: int) -> float:
    """Return how surprising another sign is where `seen` of `of` other sentences have it: nats, 0 to 3.5."""
    return min(MOST, max(0.0, -math.log((seen + 0.3) / (of + 1.0))))


def bids(unit: Unit, language: str | None) -> bool:
    """Whether a unit opens, or in some languages closes, with a verb that tells the reader to do something."""
    if not language or not unit.tokens:
        return False
    if unit.tokens[0].plain in _opening(language):
        return True
    ends = _endings(language)
    return bool(ends) and unit.tokens[-1].plain.endswith(ends)


@cache
def _opening(language: str) -> frozenset[str]:
    return frozenset(fold(rulebook.toml("spam/register.toml")["bid"].get(language, "")).split())


@cache
def _endings(language: str) -> tuple[str, ...]:
    return tuple(fold(rulebook.toml("spam/register.toml")["asked"].get(language, "")).split())
