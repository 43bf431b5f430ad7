"""In what sense a figure is said: denied, corrected, estimated, projected, supposed, said by whom.

A ConText-style layer (Chapman et al. 2007; Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002): triggers with a direction, a
scope and terminators, all data in pipeline/rules/senses.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.sieve import Sieve, sought
from schemas.errors import RuleError

_DIRECTIONS: Final = ("forward", "backward", "both")
_SCOPES: Final = ("clause", "part", "sentence", "previous")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A compiled trigger of senses.toml; near is the farthest it reaches, in characters."""

    id: str
    sense: str
    direction: str
    scope: str
    pattern: re.Pattern[str]
    near: int
    comma: bool
    across: bool


def words(patterns: list[str], name: str) -> re.Pattern[str]:
    """Compile alternatives that match whole words, any case. Raises RuleError naming the rule."""
    ended = [p if p.endswith(("]", " ")) else rf"{p}(?![\w])" for p in patterns]
    special = [p for p in ended if p.startswith(("^", r"\s", "["))]
    plain = [p for p in ended if not p.startswith(("^", r"\s", "["))]
    # the look-behind stands in front of all alternatives once: most places fail there
    parts = [*special, *([rf"(?<![\w’'-])(?=\w)(?:{'|'.join(f'(?:{p})' for p in plain)})"] if plain else [])]
    try:
        return quick("|".join(f"(?:{p})" for p in parts), re.IGNORECASE)
    except re.error as err:
        raise RuleError(f"rule {name}: {err}") from err


@cache
def triggers() -> tuple[tuple[Trigger, ...], re.Pattern[str]]:
    """Return the compiled triggers and the pattern of the terminators."""
    told = rulebook.toml("senses.toml")
    out = []
    for entry in told["trigger"]:
        if entry["direction"] not in _DIRECTIONS or entry["scope"] not in _SCOPES:
            raise RuleError(
                f"rule {entry['id']}: direction {entry['direction']!r} or scope {entry['scope']!r} is unknown"
            )
        out.append(
            Trigger(
                entry["id"],
                entry["sense"],
                entry["direction"],
                entry["scope"],
                words(entry["pattern"], entry["id"]),
                entry.get("near", 200),
                entry.get("comma", False),
                entry.get("across", False),
            )
        )
    stops = quick(
        r"[;:]|[.!?] |\s[–—]\s|—|,\s(?:and|or|which|who|has|have|had|is|was|were|are|cost|costs|took|used)\b|(?<!\w)(?:"
        + "|".join(told["terminators"])
        + r")(?!\w)",
        re.IGNORECASE,
    )
    return tuple(out), stops


@cache
def _sieve() -> tuple[Sieve, int]:
    """Return the sieve of all triggers, and the bits of those that look at the sentence that follows."""
    rules = triggers()[0]
    following = sum(1 << place for place, rule in enumerate(rules) if rule.scope == "previous")
    return Sieve([rule.pattern for rule in rules]), following


def senses(sentence: str, at: int, end: int, following: str = "") -> dict[str, str]:
    """Find the senses of the figure at sentence[at:end].

    following: the sentence after it, "" at the end of a block.
    Returns sense -> id of the trigger that gave it; empty for a plain statement.
    """
    rules, stops = triggers()
    sieve, after = _sieve()
    may = sieve.of(sentence) & ~after | (sieve.of(following) & after if following else 0)
    out: dict[str, str] = {}
    for place, rule in enumerate(rules):
        if not may >> place & 1 or rule.sense in out:
            continue
        if rule.scope == "previous":
            if rule.pattern.search(following):
                out[rule.sense] = rule.id
            continue
        for match in rule.pattern.finditer(sentence):
            if match.start() < end and match.end() > at:
                continue
            before = match.end() <= at
            if (before and rule.direction == "backward") or (not before and rule.direction == "forward"):
                continue
            gap = sentence[match.end() : at] if before else sentence[end : match.start()]
            if len(gap) > rule.near:
                continue
            if rule.scope == "clause" and stops.search(gap):
                continue
            if rule.scope == "part" and ";" in gap:
                continue
            if not before and ";" in gap and not rule.across and len(gap.rpartition(";")[2]) > 24:
                continue
            if rule.comma and re.search(r",\s", gap):
                continue
            out[rule.sense] = rule.id
            break
    return out


_SAID: Final = quick(
    r"\b(?:[Aa]ccording to|[Bb]y the (?:reckoning|count|estimate) of|in the words of) (?P<a>(?:the |an? )?[A-Z][\w&’'.-]*(?: (?:of |the |and )?[A-Z][\w&’'.-]*){0,4})"
    r"|(?P<b>(?:[A-Z][\w&’'.-]*)(?: (?:of |the )?[A-Z][\w&’'.-]*){0,4}),? (?:has |have |had |also |later )?(?:estimate[ds]?|said|says|told|claim(?:s|ed)|report(?:s|ed)|put(?:s)?|reckon(?:s|ed)|calculate[ds]?|wrote|writes|announced|suggest(?:s|ed)?|believes?|guess(?:es|ed))\b"
)
(_SAYING,) = sought([_SAID])
_NOBODY: Final = frozenset(
    [
        "It",
        "He",
        "She",
        "They",
        "We",
        "This",
        "That",
        "These",
        "Those",
        "The",
        "A",
        "An",
        "But",
        "And",
        "So",
        "In",
        "Training",
        "Pre-training",
        "One",
        "Some",
        "Both",
        "Each",
    ]
)


def basis(told: dict[str, str]) -> str:
    """Return the basis of a cost from its senses, the stronger first."""
    if "ahead" in told and ("projected" in told or "hypothetical" in told):
        return "projected"
    for sense, name in (
        ("hypothetical", "hypothetical"),
        ("estimated", "estimated"),
        ("supposed", "hypothetical"),
        ("projected", "projected"),
    ):
        if sense in told:
            return name
    return "reported"


@lru_cache(maxsize=16)  # asked for each fact of a sentence
def attributed(sentence: str) -> str | None:
    """Return who is named as the source of the sentence's figures, or None."""
    match = _SAYING.search(sentence)
    if match is None:
        return None
    name = (match["a"] or match["b"]).strip(" .,’'")
    name = re.sub(r"[’']s$", "", name)
    return None if name in _NOBODY or not name else name
