"""The words and rules of names: vocabularies and roles, loaded and compiled once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from schemas.errors import RuleError


@lru_cache(maxsize=4096)  # a text's names are compared again and again
def squash(name: str) -> str:
    """Lower case, letters and digits only (any script): how spellings are compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).lower() if c.isalnum())


def bare_forms(word: str) -> set[str]:
    """A word in small letters and what it may be a form of: "subscriptions", "subscription"."""
    out = {word}
    for ending, instead in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            out.add(word[: -len(ending)] + instead)
    return out


#: Endings that make English words of English words.
_MADE_WITH: Final = (
    "er",
    "ers",
    "or",
    "ors",
    "able",
    "ness",
    "ish",
    "ist",
    "ists",
    "ise",
    "ize",
    "ised",
    "ized",
    "isation",
    "ization",
    "wise",
    "less",
    "ful",
)


@lru_cache(maxsize=16384)  # the same words stand in every text
def is_english(word: str) -> bool:
    """Whether a word in small letters, or each part between its hyphens, is an English word, a form of one, or made of one."""
    w = vocabulary()
    for part in word.split("-"):
        forms = bare_forms(part)
        for ending in _MADE_WITH:
            if part.endswith(ending) and len(part) > len(ending) + 3:
                stem = part.removesuffix(ending)
                forms |= {stem, stem + "e", stem + "y"}
        if part not in w.closed and w.english.isdisjoint(forms) and w.common_words.isdisjoint(forms):
            return False
    return True


def is_reporter(name: str) -> bool:
    """Whether an organization reports on models or rents machines, and rarely makes a model."""
    return squash(name) in vocabulary().reporters


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled rule of cues.toml."""

    id: str
    side: str
    pattern: re.Pattern[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabularies, compiled once."""

    left: tuple[Cue, ...]
    right: tuple[Cue, ...]
    closed: frozenset[str]
    tails: frozenset[str]
    grammar: frozenset[str]
    months: frozenset[str]
    persons: frozenset[str]
    numbered: frozenset[str]
    variants: frozenset[str]
    lower_variants: frozenset[str]
    lower_grades: frozenset[str]
    name_kinds: frozenset[str]
    subjects: frozenset[str]
    counts: frozenset[str]
    firm_families: frozenset[str]
    heads: frozenset[str]
    of_heads: frozenset[str]
    things: frozenset[str]
    thing_roots: frozenset[str]
    device: re.Pattern[str]
    known: Mapping[str, str]
    families: frozenset[str]
    common: frozenset[str]
    generic: frozenset[str]
    organizations: Mapping[str, str]
    places: frozenset[str]
    reporters: frozenset[str]
    aliases: Mapping[str, str]
    organization_noun: str
    common_words: frozenset[str]
    english: frozenset[str]
    given_names: frozenset[str]
    languages: frozenset[str]
    surnames: frozenset[str]
    firm_words: frozenset[str]
    firm_nouns: frozenset[str]
    traits: Mapping[str, float]
    slots: Mapping[str, float]


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    """Put the pieces that a pattern names, and those that they name, in their places."""
    for _ in range(3):
        for name, piece in pieces.items():
            pattern = pattern.replace(f"{{{name}}}", piece)
    return pattern


def cues() -> tuple[Cue, ...]:
    """Return the rules of cues.toml, compiled. Raises RuleError naming a bad one."""
    vocabulary = rulebook.toml("names/words.toml")
    noun = (
        "(?:"
        + "|".join(sorted((re.escape(w) for w in vocabulary["model_nouns"]), key=len, reverse=True))
        + ")"
    )
    rules = rulebook.toml("names/cues.toml")
    pieces = {"noun": noun, **rules["pieces"]}
    out = []
    for rule in rules["rule"]:
        unknown = set(rule) - {"id", "side", "pattern", "weight", "prior", "why", "fires_on", "quiet_on"}
        if unknown or rule["side"] not in ("left", "right") or not rule["fires_on"] or not rule["quiet_on"]:
            raise RuleError(
                f"names/cues.toml: rule {rule.get('id')!r} needs a side, examples, and no {sorted(unknown)}"
            )
        try:
            out.append(
                Cue(
                    rule["id"],
                    rule["side"],
                    quick(_filled(rule["pattern"], pieces)),
                    rule["weight"],
                )
            )
        except re.error as err:
            raise RuleError(f"names/cues.toml: rule {rule['id']}: {err}") from err
    if len({cue.id for cue in out}) != len(out):
        raise RuleError("names/cues.toml: an id is used twice")
    return tuple(out)


@cache
def vocabulary() -> Words:
    v = rulebook.toml("names/words.toml")
    rules = cues()
    known: dict[str, str] = {}
    families: set[str] = set()
    common: set[str] = set()
    for line in rulebook.lines("names/families.txt"):
        name = line.removesuffix(" ?")
        if name != line:
            common.add(squash(name))
        known.setdefault(squash(name), name)
        families.add(squash(name))
    for row in rulebook.table("names/models.csv"):
        if len(row["model"]) > 2 and "(" not in row["model"]:
            known.setdefault(squash(row["model"]), row["model"])
    organizations = {squash(name): name for name in rulebook.lines("names/organizations.txt")}
    things = frozenset(squash(x) for x in v["things"])
    return Words(
        left=tuple(c for c in rules if c.side == "left"),
        right=tuple(c for c in rules if c.side == "right"),
        closed=frozenset(v["closed"]),
        tails=frozenset(v["name_tails"]),
        grammar=frozenset(
            word for words in rulebook.toml("names/neighbours.toml")["classes"].values() for word in words
        ),
        months=frozenset(v["months"]),
        persons=frozenset(v["person_titles"]),
        numbered=frozenset(v["numbered"]),
        variants=frozenset(v["variants"]) | {"open"},
        lower_variants=frozenset(v["lower_variants"]),
        lower_grades=frozenset(v["lower_variants"]) | frozenset(v["lower_grades"]),
        name_kinds=frozenset(v["name_kinds"]),
        subjects=frozenset(v["subjects"]),
        counts=frozenset(v["counts"]),
        firm_families=frozenset(v["firm_families"]),
        heads=frozenset(w.lower() for w in v["organization_heads"]),
        of_heads=frozenset(w.lower() for w in v["organization_of"]),
        things=things,
        thing_roots=frozenset(
            squash(x) for x in v["things"] if " " not in x and not any(c.isdigit() for c in x)
        ),
        device=quick("(?:" + "|".join(v["device_shapes"]) + ")"),
        known=known,
        families=frozenset(families),
        common=frozenset(common),
        generic=frozenset(squash(x) for x in v["generic"]),
        organizations=organizations,
        places=frozenset(squash(x) for x in rulebook.lines("names/places.txt")),
        reporters=frozenset(squash(x) for x in v["reporters"]),
        aliases={squash(row["alias"]): row["name"] for row in rulebook.table("names/aliases.csv")},
        organization_noun="(?:" + "|".join(re.escape(w) for w in v["organization_nouns"]) + ")",
        common_words=frozenset(rulebook.lines("names/common_words.txt")),
        english=frozenset(rulebook.lines("names/english.txt")),
        given_names=frozenset(rulebook.lines("names/given_names.txt")),
        languages=frozenset(rulebook.lines("names/languages.txt")),
        surnames=frozenset(rulebook.lines("names/surnames.txt")),
        firm_nouns=frozenset(v["organization_nouns"]),
        firm_words=frozenset(name.split()[0] for name in rulebook.lines("names/organizations.txt")),
        traits={row["trait"]: float(row["weight"]) for row in rulebook.table("names/traits.csv")},
        slots={row["slot"]: float(row["weight"]) for row in rulebook.table("names/slots.csv")},
    )
