"""Which of the spellings that are no models are organizations."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.evidence import LOOKS, RIGHT, Candidate
from pipeline.mentions.vocabulary import Words, vocabulary


@cache
def _organization_cues() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    noun = vocabulary().organization_noun
    right = quick(
        rf"(?:,\s(?:founded|backed|led|based|headquartered|owned|started)\b)|(?:(?:’s|'s)?\s?,\s(?:an?|the|its|one of)\s(?:[\w’.-]+\s){{0,6}}?{noun}s?\b)|\s(?:is|was)\san?\s(?:[\w’.-]+\s){{0,5}}?{noun}\b"
        r"|(?:’s|'s)\s(?:parent|listing|chief|CEO|founders?|engineers|researchers|spokes\w+|own count|valuation|headquarters|revenue|latest|new|first|open|flagship|models?)\b"
        r"|\s(?:said|says|announced|raised|declined|employs|released|unveiled|introduced|launched|published|trained|developed|built|hopes|plans|spent|paid|estimates|claims|has (?:raised|not|never|trained|released|published|rejected|denied)|reported|open-sourced|puts|bought|rents|designs|makes|sells|develops|builds|operates|provides|chose|denies|denied|rejected|denies)\b"
        r"|\sresearchers\b|\sengineers\b"
    )
    left = quick(
        rf"(?:(?:{noun}|[Rr]esearchers? (?:at|from|of)|[Ss]cientists (?:at|from)|[Ee]ngineers (?:at|from)|team (?:at|from)|head of|founder of|co-?founder of|chief executive of|CEO of|officer of|runs|leads|behind it,|by|[Aa]bout|(?:company|firm|lab|maker|developer) is(?: called)?|(?:trained|built|developed|made) (?:it|this|them|the model) (?:at|in))"
        r"|(?:developed|built|trained|made|created|released|published|funded|coordinated) by|from),?\s(?:the\s)?(?:[\w-]+\sstart-?up\s)?$"
    )
    return ((left, right),)


def organization_score(text: str, candidate: Candidate, w: Words) -> float:
    name = candidate.usual
    parts = name.split()
    score = 0.0
    if candidate.key in w.organizations:
        score += 2.5
    if (len(parts) > 1 and parts[-1].lower().rstrip(".") in w.heads) or any(
        p.lower() in w.of_heads for p in parts
    ):
        score += 2.5
    if candidate.key in w.places or candidate.key in w.things:
        return -3.0
    if " & " in name:
        score += 1.5
    ((left, right),) = _organization_cues()
    told = set()
    place = 0
    for start, end in candidate.spans[:LOOKS]:
        stop = text.find("\n", end, end + RIGHT)
        stop = min(len(text), end + RIGHT) if stop < 0 else stop
        if right.match(text, end, stop):
            told.add("right")
        if _ROLE.search(text, max(0, start - 30), start):
            place += 1
        if _PLACE_AFTER.match(text, end, end + 40) or _PLACE_BEFORE.search(text, max(0, start - 30), start):
            place += 1
        window = text[max(0, start - 60) : start]
        if left.search(window[window.rfind("\n") + 1 :]):
            told.add("left")
    return score + 1.5 * len(told) - (3.0 if 2 * place >= len(candidate.spans[:LOOKS]) else 0.0)


def organizations_of(
    text: str, models: dict[str, Candidate], others: dict[str, Candidate], accepted: set[str], w: Words
) -> dict[str, Candidate]:
    """Choose the organizations among the spellings that are no models."""
    pool: dict[str, Candidate] = {}
    for key, candidate in [*others.items(), *((k, c) for k, c in models.items() if k not in accepted)]:
        if key in pool:
            pool[key].spans.extend(candidate.spans)
            pool[key].spellings.update(candidate.spellings)
        else:
            pool[key] = replace(
                candidate, spans=list(candidate.spans), spellings=Counter(candidate.spellings)
            )
    out: dict[str, Candidate] = {}
    model_starts = sorted(start for key in accepted for start, _ in models[key].spans)
    for key, candidate in pool.items():
        if candidate.usual.islower() and candidate.usual.isalpha():
            continue
        candidate.spans.sort()
        candidate.shape = organization_score(text, candidate, w)
        if any(_owns(text, end, model_starts) for _, end in candidate.spans[:LOOKS]):
            candidate.shape += 1.5
        if candidate.shape >= 1.5:
            out[key] = candidate
    firsts = {candidate.usual.split()[0] for candidate in out.values() if " " in candidate.usual}
    for key, candidate in pool.items():  # "Meridian" beside "Meridian Cognition"
        name = candidate.usual
        if (
            key not in out
            and name in firsts
            and len(name) > 3
            and key not in w.places
            and candidate.shape > -1
        ):
            out[key] = candidate
    return out


#: "the Basel firm Quillon", "Sarimanok Labs of Manila": places beside a firm.
_PLACE_AFTER: Final = quick(
    r"(?:-based)?\s(?:firm|company|start-?up|lab|laboratory|institute|university)\s[A-Z]"
)

_ROLE: Final = quick(
    r"(?i)\b(?:speaker|manager|professor|analyst|spokes\w+|director|officer|researcher|scientist|founder|chief|mayor|minister|executive|engineer|lawyer|economist|judge|senator|mr|ms|mrs|dr)\s$"
)

_PLACE_BEFORE: Final = quick(r"[A-Z][\w.]+\s(?:of|in)\s$")

_OWNS: Final = quick(r"(?:’s|'s|(?<=s)[’'])\s(?:[a-z][\w-]*,?\s){0,4}[“\"]?")


def _owns(text: str, end: int, model_starts: list[int]) -> bool:
    """Whether a possessive leads from a name that ends here to a model: "Kakapo's new X"."""
    match = _OWNS.match(text, end)
    if match is None:
        return False
    low = bisect_left(model_starts, end)
    return low < len(model_starts) and end < model_starts[low] <= match.end()
