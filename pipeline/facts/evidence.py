"""What speaks for a figure being a fact: the classes of the words around it, and where they stand; a sum of fitted weights.

A sum of money, a stretch of time or a number of devices is a fact where its surroundings say so by and large, in whatever
words. The classes are data (rules/figures/roles.toml), and so is what each is worth in each place (rules/figures/weights.csv:
log-odds, fitted on labelled texts by python -m benchmarks.fit_figures).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.currencies import WORTH
from pipeline.expressions import quick
from pipeline.facts import judge
from pipeline.facts.common import HOURS, Here, Page
from schemas.errors import RuleError

#: How far back and forth the sentences around are read, in characters (60, 120 and 250 back were tried).
BEFORE: Final = 60
AFTER: Final = 160
#: What a sum's, a time's, a device's own purpose is told by stands this near behind it.
NEAR: Final = 60
#: A figure lends to the one behind it within this distance.
BESIDE: Final = 500

_WORD: Final = quick(r"[^\W\d_][^\W_]*(?:&[A-Z])?")
_BEHIND: Final = quick(
    r"\W{0,3}(for|on|in|to|of|from|into|at|by|per|an?|each|worth|with|and|or|or so|is|was|are|were|has|have|had|that|which|to be|went|used)\b",
    re.IGNORECASE,
)
_AHEAD: Final = quick(
    r"\b(for|on|in|to|of|from|at|by|with|is|was|were|be|and|another|further|over|within|after|than|its|the|these|has|have|about|only|up to|between|an?)\s+(?:(?:about|around|roughly|some|nearly|only|just|over|under|almost|another|the|a)\s+)?$",
    re.IGNORECASE,
)  # fmt: skip
#: The figure is what something is done on, with, across.
_USED: Final = quick(
    r"\b(?:on|with|using|across|over|(?<!\ba )(?<!\ban )(?<!\bof )used|uses|needed|needs|took|takes|required?|requires|kept|employ\w+|occup\w+|rented|borrowed)\s+(?:(?:a|an|the|its|their|our|all|of|about|around|some|roughly|up to|more than|over|nearly|just|only|cluster|total|at least|as many as|between|single|lone|pool|set|array|batch|fleet|rack)\s+|~){0,6}$",
    re.IGNORECASE,
)
_RATE: Final = quick(r"\s?(?:/|per\b|an?\b|each\b|every\b)", re.IGNORECASE)
_OPENING: Final = frozenset(
    [
        "it",
        "that",
        "this",
        "the",
        "we",
        "they",
        "he",
        "she",
        "a",
        "i",
        "its",
        "their",
        "who",
        "our",
        "these",
        "for",
        "at",
        "by",
        "in",
    ]
)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """roles.toml: classes by word, by beginning of a word (by its length), by two words."""

    words: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    lengths: tuple[int, ...]
    pairs: dict[str, tuple[tuple[str, int, str], ...]]


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    pairs: dict[str, list[tuple[str, int, str]]] = {}
    for name, entries in rulebook.toml("figures/roles.toml")["role"].items():
        for entry in entries.split():
            if "…" in entry or "-" in entry:
                first, _, second = entry.partition("…" if "…" in entry else "-")
                pairs.setdefault(first, []).append((second, 5 if "…" in entry else 1, name))
            elif entry.endswith("*"):
                stems.setdefault(entry[:-1], []).append(name)
            else:
                words.setdefault(entry, []).append(name)
    return _Lexicon(
        {word: tuple(held) for word, held in words.items()},
        {stem: tuple(held) for stem, held in stems.items()},
        tuple(sorted({len(stem) for stem in stems})),
        {first: tuple(held) for first, held in pairs.items()},
    )


@lru_cache(maxsize=20000)
def classes(word: str) -> tuple[str, ...]:
    """Return the classes of a word, in small letters."""
    told = _lexicon()
    out = list(told.words.get(word, ()))
    for length in told.lengths:
        if length > len(word):
            break
        out.extend(told.stems.get(word[:length], ()))
    return tuple(dict.fromkeys(out))


@lru_cache(
    maxsize=32
)  # a sentence is asked about for each of its figures, and as what stands before the next
def roles(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return [start, end) and class of the words of a text that have one, in order."""
    told = _lexicon()
    found = [(m.start(), m.end(), m[0].lower()) for m in _WORD.finditer(text)]
    out: list[tuple[int, int, str]] = []
    for place, (start, end, word) in enumerate(found):
        for second, reach, name in told.pairs.get(word, ()):
            for other in found[place + 1 : place + 1 + reach]:
                if other[2] == second or (second.endswith("*") and other[2].startswith(second[:-1])):
                    out.append((start, other[1], name))
                    break
        for name in classes(word):
            out.append((start, end, name))
    return tuple(out)


def _size(value: float, kind: str) -> str:
    """Return the order of magnitude of a figure."""
    steps = {"money": (20, 500, 5000, 5e4, 5e5, 5e6, 5e7, 3e8, 2e9), "time": (0.9, 6, 30, 100, 400, 1000, 3000, 9000), "hardware": (2, 5, 9, 70, 600, 3000, 9000, 30000), "size": (1e7, 1e8, 5e8, 1e9, 4e9, 2e10, 1e11, 2.5e11, 1e12, 3e12, 2e13, 1e14)}[kind]  # fmt: skip
    return str(next((place for place, edge in enumerate(steps) if value < edge), len(steps)))


def evidence(page: Page, here: Here, kind: str, end: int) -> list[str]:
    """Return the evidence for and against a figure as a fact of its kind ("money", "time", "hardware", "size": sizes and tokens).

    end: where the figure with its unit ends in its sentence.
    """
    text, at = here.text, here.at
    start, stop = judge.clause(text, at, end)
    told = {"always", "clause-opens." + _opening(text, start)}
    told.update(_around(text, start, stop, at, end))
    told |= _said("sentence.", text)
    told |= _said("before.", here.before[-BEFORE:])
    told |= _said("after.", here.following[:AFTER])
    if found := _BEHIND.match(text[end : end + 12]):
        told.add("behind-it." + found[1].lower())
    if found := _AHEAD.search(text[max(0, at - 32) : at]):
        told.add("ahead-of-it." + found[1].lower())
    if _USED.search(text[max(0, at - 60) : at]):
        told.add("means")
    if len(text[start:at].split()) < 2:
        told.add("opens")
    if _RATE.match(text[end : end + 8]):
        told.add("a-rate")
    quantity = here.figure.quantity
    if quantity is None:
        told.add("uncounted")
    else:
        value = quantity.value if quantity.value is not None else quantity.low
        assert value is not None
        if kind == "time":
            value *= HOURS[quantity.unit or "hour"]
            told.add("unit." + (quantity.unit or "hour"))
        elif kind == "money":
            value *= WORTH.get(quantity.unit or "USD", Decimal(1))
        told.add("size." + _size(float(value), kind))
    if here.figure.device not in (None, "GPU", "TPU", "NPU", "CPU"):
        told.add("typed")
    if page.named:
        told.add("named")
    told.add("topical" if page.topical else "not-topical")
    base = page.sentence.start
    names = page.names_in(page.sentence)
    if any(base + start <= until <= base + at for _, until in names):
        told.add("name-ahead")
    if any(0 <= first - base - end <= 12 for first, _ in names):
        told.add("name-behind")
    if len(text) < 60:
        told.add("short")
    if page.sentence.kind != "paragraph":
        told.add("in." + page.sentence.kind)
    told.update(_neighbours(page, here, kind))
    if kind == "money":
        scope, period = judge.money_scope(text, at, end, here.before)
        told.add("scope." + scope)
        if period:
            told.update(("paid-each." + period, f"scope.{scope}-each-{period}"))
    asked = here.before.rstrip()
    if asked.endswith("?"):
        told.add("asked")
        question = asked[-160:-1].rpartition(".")[2]
        told |= _said("question.", question)
    return sorted(told)


@lru_cache(maxsize=32)  # as roles()
def _said(where: str, text: str) -> frozenset[str]:
    """Return the classes of a text's words as evidence."""
    return frozenset(where + name for _, _, name in roles(text))


def _around(text: str, start: int, stop: int, at: int, end: int) -> Iterator[str]:
    """Yield the classes of the words of the clause text[start:stop] by where they stand to the figure at [at, end)."""
    ahead = []
    behind = []
    for held in roles(text):
        if held[1] <= at and held[0] >= start:
            ahead.append(held)
        elif held[0] >= end and held[1] <= stop:
            behind.append(held)
    if ahead:
        opens, (begins, last, _) = ahead[0][0], ahead[-1]
        second = max((first for first, until, _ in ahead if until < begins), default=last)
        for first, until, name in ahead:
            yield "clause." + name
            if until == last or first <= begins < until:
                yield "last." + name
            if at - until <= 14:
                yield "beside." + name
            if first == opens:
                yield "first." + name
            if until < last and first >= second:
                yield "second." + name
    if behind:
        next_at = behind[0][0]
        for first, _, name in behind:
            yield "clause." + name
            if first == next_at and next_at - end <= NEAR:
                yield "next." + name


def _opening(text: str, start: int) -> str:
    found = _WORD.search(text, start, min(len(text), start + 30))
    word = found[0].lower() if found else ""
    return word if word in _OPENING else "other"


def _neighbours(page: Page, here: Here, kind: str) -> set[str]:
    """Return what the figures around say: facts read so far, and figures of the same sentence."""
    out = set()
    base = page.sentence.start
    for fact in page.facts[-12:]:
        gap = here.figure.at - fact.at
        if 0 < gap <= BESIDE:
            what = "served" if fact.kind == "hardware" and fact.use == "inference" else fact.kind
            out.add(("same." if fact.at >= base else "near.") + what)
    for other in here.figures:
        if other.at != here.figure.at and other.kind != "none":
            out.add("figure." + other.kind)
    return out


@cache
def weights(kind: str) -> dict[str, float]:
    """Return what each piece of evidence is worth for a kind of figure (rules/figures/weights.csv). Raises RuleError."""
    try:
        return {
            row["evidence"]: float(row[kind]) for row in rulebook.table("figures/weights.csv") if row[kind]
        }
    except (KeyError, ValueError) as err:
        raise RuleError(f"weights.csv: {err}") from err


def weighed(page: Page, here: Here, kind: str, end: int, rule: str) -> tuple[bool, str]:
    """Return whether the evidence is for a figure, and the evidence in words, the weightiest first.

    rule: the id of a rule that speaks for or against it, or "". The page keeps the figure with its evidence.
    """
    told = evidence(page, here, kind, end)
    if rule:
        told.append(f"rule.{rule.partition('.')[2]}")
    page.weighed.append((kind, here.figure, tuple(told)))
    return score(kind, told) > 0, f"{rule or kind} ({shown(kind, told)})"


def score(kind: str, told: Iterable[str]) -> float:
    """Return what evidence is worth together for a kind of figure, as log-odds."""
    worth = weights(kind)
    return math.fsum([worth[name] for name in told if name in worth])


def shown(kind: str, told: Iterable[str]) -> str:
    """Return evidence in words: the sum, and the weightiest pieces."""
    worth = weights(kind)
    held = [(worth[name], name) for name in told if worth.get(name)]
    best = sorted(held, key=lambda pair: (-abs(pair[0]), pair[1]))[:4]
    return f"evidence {score(kind, told):+.1f}: {', '.join(f'{name} {weight:+.1f}' for weight, name in best)}"
