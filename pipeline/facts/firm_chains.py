"""Organizations that only the words around them tell: "the insurer Concordia", "who leads research at Nordkredit".

A capitalised chain that no rule takes for a name may be one; persons, places, devices and codes are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.maker_frames import vocabularies
from pipeline.mentions.names import Name, squash

_CHAIN: Final = quick(
    r"(?<![\w@#/.-])(?:(?:University|Institute|Academy|Polytechnic|College|Observatory|Ministry) (?:in|at) [A-ZÀ-ÖØ-Þ]\w+|[A-ZÀ-ÖØ-Þ][\w&-]*(?:[’'][A-Z]\w+)?(?:\s(?:&\s)?(?:[A-ZÀ-ÖØ-Þ][\w&-]*|\d{1,3}\.(?:ai|AI))){0,4})"
)


@cache
def _roles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before and behind a chain that makes it an organization."""
    words = vocabularies()
    before = quick(
        rf"(?:\b{words['firm']}s?(?:,? (?:called|named|known as|by the name of))? |\b{words['firm']} (?:in|from|of) [A-Z]\w+, |"
        rf"\b(?:{words['post']}|who (?:leads?|runs?|heads?|works?|founded|directs?|manages?|chairs?|is)|work(?:s|ed)?)\b[^.;:!?\n]{{0,45}}\b(?:of|at|for) (?:the )?|\b(?:[Ww]e|[Uu]s|[Hh]ere|[Bb]ack|[Pp]eople|[Ee]ngineers|[Rr]esearchers|[Tt]eam) at |"
        rf"\b(?:house|workshop|stable|people|folks) (?:of|at) (?:the )?|\b(?:founded|founding|found|co-founded) |\b(?:brainchild|joint project|handiwork) (?:of|by) (?:the )?|\b(?:developed|built|trained|created) (?:in-house )?(?:at|by) (?:the )?)$"
    )
    behind = quick(
        rf"(?:['’]s?|(?<=s)['’]) (?:[a-z]+ ){{0,2}}?(?:{words['people']}|language models?|chatbot|models?|(?:first|second|third|latest|new|own|answer)\b)|"
        rf",? (?:an?|the|another|one of the) (?:[\w’'-]+ ){{0,5}}?{words['firm']}\b|,? which (?:{words['make']})\b|,? (?:based|headquartered) in|"
        rf" (?:has |have |had |quietly |also |now )?(?:trained|released|unveiled|open-?sourced|gives away|gave away|launched|makes no secret|disclosed|declined|employs|spent|trains)\b"
    )
    return before, behind


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name.lower() for name in rulebook.lines("names/given_names.txt"))


_CODE: Final = quick(r"[A-Z]{1,3}\d*s?|[A-Z]+\d+[A-Za-z]{0,3}|\d+")


@cache
def _device() -> re.Pattern[str]:
    return quick("(?:" + "|".join(rulebook.toml("names/words.toml")["device_shapes"]) + ")$")


@cache
def _firm_noun() -> re.Pattern[str]:
    return quick(rf"(?:-based|-born|-listed)? (?:[a-z-]+ )?{vocabularies()['firm']}\b")


@cache
def _no_firms() -> tuple[frozenset[str], frozenset[str]]:
    """Words that open no organization's name, and places and things that are none."""
    v = rulebook.toml("names/words.toml")
    return (
        frozenset((*v["closed"], *v["months"], *v["person_titles"])),
        frozenset(squash(x) for x in (*rulebook.lines("names/places.txt"), *v["things"], *v["generic"])),
    )


_PERSON_AFTER: Final = quick(
    r",? (?:who|whose|(?:said|says|told|tells|added|recalls|laughs?|laughed|wrote to|thinks|explains)\b)|, (?:\d\d,|(?:an?|the|its|their|chief|co-?founder|head|professor)\b)"
)


_PERSON_BEFORE: Final = quick(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Dame|named|founders?|chief executive|CEO|engineer|researcher|scientist|director|professor|minister|president)\.?,? $"
)


_PLACE_BEFORE: Final = quick(
    r"\b(?:in|near|outside|across|around|to|towards|north of|south of|east of|west of|city of|town of|state of|university of) $",
    re.IGNORECASE,
)


def overlap(spans: Sequence[tuple[int, int]], starts: Sequence[int], start: int, end: int) -> bool:
    index = bisect_right(starts, start) - 1
    return (index >= 0 and spans[index][1] > start) or (index + 1 < len(spans) and spans[index + 1][0] < end)


def chains(text: str, taken: Sequence[tuple[int, int]]) -> tuple[list[Name], list[Name]]:
    """Return (organizations told by their surroundings, chains that may be one), both in text order.

    taken: spans of other names, sorted.
    """
    starts = [start for start, _ in taken]
    before, behind = _roles()
    closed, things = _no_firms()
    found: dict[str, list[Name]] = {}
    sure: set[str] = set()
    persons: set[str] = set()
    for match in _CHAIN.finditer(text):
        start, end = match.span()
        if squash(match[0]) in things:
            continue
        if overlap(taken, starts, start, end):
            continue
        low = max(0, start - 75)
        left = text[max(low, text.rfind("\n", low, start) + 1) : start]
        opens = not left or re.search(r"[.!?:;|(“\"•–—-] ?[“\"(]?$", left) is not None
        words = match[0].split()
        while words and (
            words[0].lower() in closed
            or (opens and len(words) > 1 and words[0].endswith(("ing", "ed", "ly")))
        ):
            start += len(words[0]) + 1
            words = words[1:]
            opens = False
            left = text[max(low, text.rfind("\n", low, start) + 1) : start]
        if not words or end - start < 3 or squash(text[start:end]) in things:
            continue
        name = text[start:end]
        key = squash(name)
        if (
            _CODE.fullmatch(name)
            or any(_device().match(word) for word in words)
            or _firm_noun().match(text, end)
        ):
            continue
        if (
            len(words) == 1
            and opens
            and re.search(
                r"(?:ing|ed|ly|ers|ors|ists|ians|ments?|tions?|ity|ness|ance|ence|sion|ship)$", name
            )
        ):
            continue
        right = text[end : end + 90]
        role = before.search(left) is not None
        if len(words) in (2, 3) and (
            words[0].lower() in _given_names()
            or _PERSON_BEFORE.search(left)
            or (not role and _PERSON_AFTER.match(right))
        ):
            persons.update(squash(word) for word in words)
            persons.add(key)
            continue
        if _PERSON_BEFORE.search(left) and len(words) == 1:
            persons.add(key)
            continue
        if role or (
            behind.match(right) and not (opens and len(words) == 1 and words[0].lower() in _given_names())
        ):
            sure.add(key)
        elif _PLACE_BEFORE.search(left):
            continue
        found.setdefault(key, []).append(Name(start, end, name, name, "chain", 1.0))
    told: list[Name] = []
    maybe: list[Name] = []
    for key, names in found.items():
        if key in persons:
            continue
        (told if key in sure else maybe).extend(names)
    return sorted(told, key=lambda n: n.start), sorted(maybe, key=lambda n: n.start)
