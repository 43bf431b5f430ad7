"""Does a text speak of models at all? One scan for words of the trade, and a figure in reach of one.

The words are gathered from the rules that read the figures (rules/triage.toml names the lists), the figures
are read by the reader of numbers itself. pipeline.triage asks it of a page, pipeline.facts of a cleaned text.
"""

from __future__ import annotations

import re
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple

import ahocorasick_rs

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.numbers import read_quantities
from schemas.errors import RuleError
from schemas.records import Quantity

REACH: Final = 150  # characters between a word and its figure in a clean text
SHORT_TEXT: Final = 1_500  # characters of a clean text below which it is read in any case
TIERS: Final = ("strong", "training", "topic")
_TRAINING_UNITS: Final = frozenset(
    ["kWh", "J", "kg", "kgCO2e", "FLOP", "hour", "day", "week", "fortnight", "month", "fold"]
)
_TOPIC_UNITS: Final = frozenset(["kWh", "kgCO2e", "FLOP"])
_MONEY: Final = quick(r"[A-Z]{3}\Z")
_INVISIBLE_MARKS: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_LOWERED: Final = "\u212a\u0130"  # signs beyond ASCII that str.lower makes plain letters of
_HIDING: Final = "-"
_INVISIBLE: Final = quick(f"[{_INVISIBLE_MARKS}]+")
_WORTH_READING: Final = quick(
    r"\d|ill?ion|hundred|thousand|dozen|fold|lakh|crore|tens of|week|month|hour|day|Wh\b|[$€£¥₹]"
)
_NUMBER: Final = quick(
    r"(?<![\w/#@])\d[\d.,:]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|couple|few|several|"
    r"single|twice|thrice|[a-z]{2,8}fold|doubl[a-z]{1,3}|tripl[a-z]{1,3}|quadrupl[a-z]{1,3}|halv[a-z]{1,3})\b"
    r"|\b(?:one|an?)\s(?:[\w-]{1,20}\s){0,2}(?:[\w-]{0,20}(?:illion|hundred|thousand|dozen|fold|half|quarter|third|fifth|tenth|hour|"
    r"day|week|month|year|decade|fortnight|chip|card|server|machine|node|processor|board|box|cluster|laptop|computer|core)|[A-Z]*[GT]PU)",
    re.IGNORECASE,
)
_MONTHS: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_BEFORE_DAY: Final = quick(rf"(?:\b{_MONTHS}\s(?:\d{{1,2}},\s)?|\bdoi:?\s)$", re.IGNORECASE)
#: What follows the numbers of bylines, lists and counters: when, how often read, what edition.
_AFTER_IDLE: Final = quick(
    rf"(?:st|nd|rd|th)?\s(?:{_MONTHS})(?![a-z])|\s(?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?|years?)\sago\b"
    r"|\s(?:comments?|shares?|views?|likes?|replies|min(?:ute)?s?\sread)\b",
    re.IGNORECASE,
)
_YEAR: Final = quick(r"(?:19[5-9]\d|20[0-3]\d)[.,:]*$")
_AFTER_YEAR: Final = quick(
    r"\s?(?:$|[^\w\s$€£¥%×-])|\s(?:and|or|to|by|in|the|with|when|as|for|from|a|an|was|were|is|are|has|had|have|at|of|on|after|"
    r"before|it|its|his|her|their|that|which|where|but|we|he|she|they|this|\d{1,2})\b",
    re.IGNORECASE,
)
_VERSION: Final = quick(r"\d{1,3}(?:\.\d{1,3}){2,4}[.,:]*$|\d{1,2}:\d\d(?::\d\d)?[.,:]*$")


# ---------------------------------------------------------------- words, gathered from the rules


def spellings(pattern: str, *, most: int = 60) -> frozenset[str]:
    """Return the words, in lower case, that a simple regular expression can match.

    A word that may go on in any way ("pretrain\\w*") ends in "*". What is no list of words (classes,
    look-arounds, long repeats) is left out. Used for lists of cues, which are plain words with endings.
    """
    try:
        parsed = sre_parser.parse(pattern, re.IGNORECASE)
    except re.error as err:
        raise RuleError(f"triage: {pattern!r} is no regular expression: {err}") from err

    def walk(items: Any) -> list[str] | None:
        out = [""]
        for op, value in items:
            if op is sre.LITERAL:
                more: list[str] | None = [chr(value).lower()]
            elif op is sre.SUBPATTERN:
                more = walk(value[3])
            elif op is sre.BRANCH:
                branches = [walk(branch) for branch in value[1]]
                more = [word for branch in branches if branch is not None for word in branch]
            elif op is sre.IN and all(kind is sre.LITERAL for kind, _ in value):
                more = [chr(code).lower() for _, code in value]
            elif op is sre.MAX_REPEAT or op is sre.MIN_REPEAT:
                low, high, inner = value
                if low == 0 and high == 1:
                    inside = walk(inner)
                    more = ["", *inside] if inside is not None else [""]
                elif low == 0:
                    return [word if word.endswith("*") else word + "*" for word in out]
                else:
                    return None
            elif op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
                more = [""]
            else:
                return None
            if more is None:
                return None
            out = [left + right for left in out for right in more][:most]
        return out

    return frozenset(word.strip() for word in walk(parsed) or [] if len(word.strip(" *")) > 1)


def _listed(source: str, shortest: int) -> set[str]:
    """Return the words of one list: "file.txt", "file.csv:column" or "file.toml:table.key"."""
    name, _, place = source.partition(":")
    if name.endswith(".txt"):
        words = [line for line in rulebook.lines(name) if not line.endswith("?")]
        return {word for word in words if len(word) >= shortest}
    if name.endswith(".csv"):
        words = [row[place] for row in rulebook.table(name)]
        return {word for word in words if len(word) >= shortest and any(c.isdigit() for c in word)}
    table: Any = rulebook.toml(name)
    for key in place.split("."):
        table = table[key]
    return {word for pattern in table for word in spellings(pattern)}


class _Word(NamedTuple):
    """A word of the trade: its tier, whether any ending may follow, its spelling if that matters, and whether it says
    on its own that something learns."""

    tier: str
    is_open: bool
    spelled: str
    learns: bool

    def ends(self, low: str, end: int) -> bool:
        """Whether it may end here: before no letter, but for a plural s."""
        behind = low[end : end + 2]
        return self.is_open or not behind[:1].isalnum() or (behind[0] == "s" and not behind[1:].isalnum())


@cache
def _words() -> dict[str, _Word]:
    """Return the words of rules/triage.toml and of the lists it names, in lower case."""
    told = rulebook.toml("triage.toml")
    elsewhere, learns = frozenset(told["elsewhere"]["words"]), frozenset(told["learns"]["words"])
    found: dict[str, _Word] = {}
    for tier in TIERS:
        entry = told[tier]
        words = {
            word for source in entry.get("from", []) for word in _listed(source, entry.get("shortest", 2))
        }
        if "only" in entry:
            words = {word for word in words if word.startswith(tuple(entry["only"]))}
        for word in sorted((words | set(entry["words"])) - set(entry.get("without", []))):
            bare = word.rstrip("*")
            low = bare.lower()
            if low and low not in found:
                sure = word in learns or (tier != "topic" and word not in elsewhere)
                found[low] = _Word(tier, word.endswith("*"), bare if bare != low else "", sure)
    return dict(sorted(found.items()))


@cache
def _vocabulary() -> tuple[ahocorasick_rs.AhoCorasick, tuple[_Word, ...]]:
    """Return an automaton of all words, and the words."""
    return _automaton(list(_words())), tuple(_words().values())


@cache
def _beginnings() -> tuple[ahocorasick_rs.BytesAhoCorasick, tuple[frozenset[tuple[str, bytes]], ...]]:
    """Return an automaton of the beginnings of the words without which a text speaks of nothing, and for each what must
    follow: no letter (""), anything ("*"), or the word's second part; with the beginning's spelling if it matters (b"").
    Characters beyond ASCII that a word may hide behind are among the beginnings: those that flat takes out, with
    nothing to follow (_HIDING), and those that str.lower makes plain letters of."""
    begun: dict[str, set[tuple[str, bytes]]] = {mark: {(_HIDING, b"")} for mark in _INVISIBLE_MARKS}
    begun |= {mark: {("*", b"")} for mark in _LOWERED}
    for low, word in _words().items():
        if word.learns or word.tier == "training":
            first, *more = low.split()
            rest = more[0] if more else "*" if word.is_open else ""
            begun.setdefault(first, set()).add((rest, word.spelled.partition(" ")[0].encode()))
    automaton = ahocorasick_rs.BytesAhoCorasick(
        [first.encode() for first in begun], implementation=ahocorasick_rs.Implementation.DFA
    )
    return automaton, tuple(map(frozenset, begun.values()))


def _automaton(names: list[str]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(names, implementation=ahocorasick_rs.Implementation.DFA)


# ---------------------------------------------------------------- the question


def _counts(tier: str, quantity: Quantity) -> bool:
    """Whether a figure in reach of a word of this tier may be a fact."""
    unit = quantity.unit
    value = quantity.high if quantity.value is None else quantity.value
    if unit is not None and (unit.startswith("petaflop") or unit in _TOPIC_UNITS):
        return True
    if tier == "training":
        if unit is not None and (unit in _TRAINING_UNITS or _MONEY.match(unit)):
            return True
        return value is not None and value >= 10_000
    return value is not None and value >= 1_000_000


def flat(text: str) -> str:
    """Return a text with every run of white space as one blank, and without invisible characters."""
    if not text.isascii() and any(mark in text for mark in _INVISIBLE_MARKS):
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def may_learn(text: str) -> bool:
    """Whether flat(text) may hold a word without which it speaks of nothing (see speaks). A cheap gate: it reads bytes,
    and of a word in several parts the first; four pages of general news in five end here."""
    automaton, begun = _beginnings()
    raw = text.encode("utf-8", "replace")
    low = raw.lower()
    for index, start, end in automaton.find_matches_as_indexes(low, overlapping=True):
        if start and low[start - 1 : start].isalnum() and low[start] < 128:
            continue
        for rest, spelled in begun[index]:
            if spelled and raw[start:end] != spelled:
                continue
            if rest == _HIDING:
                return may_learn(_INVISIBLE.sub("", text))
            behind = low[end : end + 2]
            if rest == "*" or (
                not rest and (not behind[:1].isalnum() or (behind[:1] == b"s" and not behind[1:].isalnum()))
            ):
                return True
            told = low[end : end + 500].decode("utf-8", "ignore").lstrip() if rest else "-"
            if not told or (rest and told.startswith(rest)):
                return True
    return False


def speaks(text: str, *, reach: int = REACH) -> str:
    """Return the word of the trade that has a figure in reach, or "" where none has.

    A text in which no word says that something learns has none: a "model" on a "supercomputer" is then a
    simulation, and what is "fine-tuned" in a week a knob. A sum of money for fine-tuning says it too.
    text: flat (see flat).   reach: characters on either side of the word.
    """
    automaton, words = _vocabulary()
    low = text.lower()
    length = len(text)
    same = len(low) == length
    found: list[tuple[str, int, int]] = []
    learns = False
    for index, start, end in automaton.find_matches_as_indexes(low, overlapping=True):
        if start and low[start - 1].isalnum():
            continue
        word = words[index]
        if (word.spelled and same and text[start:end] != word.spelled) or not word.ends(low, end):
            continue
        found.append((word.tier, start, end))
        learns = learns or word.learns
    if not learns:
        found = [item for item in found if item[0] == "training"]
    read_to = {"training": 0, "topic": 0}
    for tier, start, end in found:
        first, last = max(0, start - reach), min(length, end + reach)
        if tier == "strong":
            # the word's own digits ("GPT-4") are no figure
            if _has_figure(text, first, start) or _has_figure(text, _word_end(low, end), last):
                return low[start:end]
            continue
        first = max(first, read_to[tier])
        if first >= last:
            continue
        read_to[tier] = max(first, last - 40)
        if _WORTH_READING.search(text, first, last) is None:
            continue
        for quantity in read_quantities(text, first, last):
            if _counts(tier, quantity) and (learns or _MONEY.match(quantity.unit or "")):
                return low[start:end]
    return ""


def _has_figure(text: str, first: int, last: int) -> bool:
    """Whether a number stands in text[first:last] that is no date, hour, edition or count of readers."""
    for found in _NUMBER.finditer(text, first, last):
        told = found[0]
        if not told[0].isdigit():
            return True
        end = found.end()
        if (
            _VERSION.match(told)
            or _AFTER_IDLE.match(text, end)
            or _BEFORE_DAY.search(text, max(0, found.start() - 20), found.start())
        ):
            continue
        if _YEAR.match(told) and (not told[-1].isdigit() or _AFTER_YEAR.match(text, end)):
            continue
        return True
    return False


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace():
        at += 1
    return at
