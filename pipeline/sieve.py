"""Which of many regular expressions can match a text at all? One scan for the letters that each can't do without.

Most cues stand in few sentences, and a search for each in every sentence is most of the reading's time. A match
of "den(?:y|ied) (?:that|it)" holds one of "deny that", "deny it", "denied that", "denied it"; where none of these
stands, the expression need not be tried. Such letters are read off the expression itself, and all of them are
looked for in one pass of an automaton (Aho and Corasick 1975).

What a sieve lets through may still fail to match; what it holds back can't match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

import ahocorasick_rs

_MOST: Final = 80  # spellings of one expression; beyond, it is tried everywhere
_CLASS: Final = 12  # letters of a class that are spelled out
_KEPT: Final = 32  # texts whose answer is remembered: a sentence is asked about for each of its figures


def needles(pattern: str) -> frozenset[str] | None:
    """Return strings, in lower case, of which every match of a regular expression holds at least one.

    None where there are none to be had ("\\d+"), or too many. Raises re.error on what is no expression.
    """
    _, found = _sequence(sre_parser.parse(pattern))
    return found


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The set that lets less through: longer strings, then fewer of them."""
    if one is None or other is None:
        return one or other
    worth = [(min(map(len, held)), -len(held)) for held in (one, other)]
    return one if worth[0] >= worth[1] else other


def _sequence(items: Any) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Return (all strings that a sequence matches, or None; strings of which each match holds one, or None)."""
    run: frozenset[str] = frozenset([""])  # what the elements since the last break spell
    best: frozenset[str] | None = None
    whole = True
    for op, value in items:
        exact, held = _element(op, value)
        best = _better(best, held)
        if exact is not None and len(run) * len(exact) <= _MOST:
            run = frozenset(map("".join, product(run, exact)))
            continue
        whole = False
        best = _better(best, None if "" in run else run)
        run = exact if exact is not None else frozenset([""])
    best = _better(best, None if "" in run else run)
    return (run if whole else None), best


def _element(op: Any, value: Any) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The same for one element of an expression."""
    if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return frozenset([""]), None
    if op is sre.LITERAL:
        return _letters([value]), None
    if op is sre.IN and all(kind in (sre.LITERAL, sre.RANGE) for kind, _ in value):
        spans = [(held, held) if kind is sre.LITERAL else held for kind, held in value]
        if sum(last - first + 1 for first, last in spans) > _CLASS:
            return None, None
        return _letters([code for first, last in spans for code in range(first, last + 1)]), None
    if op is sre.SUBPATTERN:
        return _sequence(value[3])
    if op is sre.BRANCH:
        parts = [_sequence(part) for part in value[1]]
        exact = [part[0] for part in parts]
        held = [part[1] for part in parts]
        union = None if any(part is None for part in held) else frozenset().union(*(p for p in held if p))
        if union is not None and len(union) > 4 * _MOST:
            union = None
        if any(part is None for part in exact):
            return None, union
        spelled = frozenset().union(*(p for p in exact if p))
        return (spelled if len(spelled) <= _MOST else None), union
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        low, high, inner = value
        once, held_once = _sequence(inner)
        if (low, high) == (0, 1) and once is not None:
            return once | {""}, None
        if low == 0:
            return None, None
        return (once, held_once) if (low, high) == (1, 1) else (None, _better(held_once, _filled(once)))
    return None, None


def _filled(spelled: frozenset[str] | None) -> frozenset[str] | None:
    return None if spelled is None or "" in spelled else spelled


def _letters(codes: list[int]) -> frozenset[str] | None:
    """The lower-case letters of a character class, or None where their case is a matter of its own."""
    out = set()
    for code in codes:
        letter = chr(code)
        if code > 127 and letter.lower() != letter.upper():
            return None
        out.add(letter.lower())
    return frozenset(out)


class Sieve:
    """The expressions of a set that can match a text, told by one scan."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        """patterns: compiled expressions; their places in the sequence are their bits."""
        self._all = (1 << len(patterns)) - 1
        self._always = 0
        bits: dict[str, int] = {}
        for place, pattern in enumerate(patterns):
            found = needles(pattern.pattern) if not pattern.flags & re.VERBOSE else None
            if found is None:
                self._always |= 1 << place
                continue
            for needle in found:
                bits[needle] = bits.get(needle, 0) | 1 << place
        names = sorted(bits)
        within = ahocorasick_rs.AhoCorasick(names)
        names = [  # not those that hold another of the same expressions: "reports" beside "report"
            name
            for place, name in enumerate(names)
            if all(
                index == place or bits[name] & ~bits[names[index]]
                for index, _, _ in within.find_matches_as_indexes(name, overlapping=True)
            )
        ]
        self._bits = [bits[name] for name in names]
        self._scan = ahocorasick_rs.AhoCorasick(names, implementation=ahocorasick_rs.Implementation.DFA)
        self._told: dict[str, int] = {}

    def of(self, text: str) -> int:
        """Return the bits of the expressions that may match somewhere in a text; all others can't."""
        told = self._told.get(text)
        if told is not None:
            return told
        told = self._always
        if not text.isascii() and ("ſ" in text or "ı" in text or "İ" in text):
            # ignores its case in another way than str.lower: long s, the dotless and the dotted i
            told = self._all
        else:
            bits = self._bits
            for index, _, _ in self._scan.find_matches_as_indexes(text.lower(), overlapping=True):
                told |= bits[index]
        if len(self._told) >= _KEPT:
            self._told.clear()
        self._told[text] = told
        return told

    def places(self, text: str) -> list[int]:
        """The same as places in the set, ascending."""
        told, out = self.of(text), []
        while told:
            lowest = told & -told
            out.append(lowest.bit_length() - 1)
            told ^= lowest
        return out


class Sought:
    """An expression of a set that is tried only in texts that its set's sieve lets through. Same matches as its pattern's."""

    __slots__ = ("_bit", "_sieve", "pattern")

    def __init__(self, pattern: re.Pattern[str], sieve: Sieve, place: int) -> None:
        """place: the pattern's place in the sieve."""
        self.pattern, self._sieve, self._bit = pattern, sieve, 1 << place

    def search(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text) if self._sieve.of(text) & self._bit else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text) if self._sieve.of(text) & self._bit else iter(())


def sought(patterns: Sequence[re.Pattern[str]]) -> list[Sought]:
    """Return expressions that share one scan of each text, in order."""
    sieve = Sieve(patterns)
    return [Sought(pattern, sieve, place) for place, pattern in enumerate(patterns)]
