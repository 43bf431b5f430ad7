"""How much a whole text is about each of its models: evidence that is the same for all its figures.

A text's own model is a subject, comes in many paragraphs and under its own name; a rival or a base model is compared with, or
stands behind "from", "over", "than". The words are data (rules/names/weighing.toml).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.story import Place

Evidence = dict[str, float]

#: So far before a name the word that leads to it is looked for, in code points.
LOOK: Final = 60


@cache
def _rules() -> Mapping[str, re.Pattern[str]]:
    found = rulebook.toml("names/weighing.toml")
    return {key: quick(found[key]) for key in ("oblique", "brings", "ours", "verb")}


def salience(text: str, places: Sequence[Place], paragraphs: Sequence[int]) -> dict[str, Evidence]:
    """Return model -> kinds of evidence. places: all names in text order; paragraphs: where each begins, ascending."""
    rules = _rules()
    named: dict[str, list[Place]] = {}
    for place in places:
        named.setdefault(place.model, []).append(place)
    most = max(map(len, named.values()), default=0)
    out: dict[str, Evidence] = {}
    for model, here in named.items():
        leads = [text[max(0, place.start - LOOK) : place.start] for place in here]
        verbs = sum(not p.compared and rules["verb"].match(text, p.end) is not None for p in here)
        blocks = {bisect_right(paragraphs, place.start) for place in here}
        own = any(rules["brings"].search(lead) for lead in leads) or any(
            rules["ours"].match(text, place.end) for place in here
        )
        told = {
            "all: share": len(here) / len(places),
            "all: compared": sum(place.compared for place in here) / len(here),
            "all: oblique": sum(rules["oblique"].search(lead) is not None for lead in leads) / len(here),
            "all: possessive": sum(text.startswith(("’s ", "'s "), place.end) for place in here) / len(here),
            "all: subject": math.log1p(verbs),
            "all: ever a subject": float(verbs > 0),
            "all: brought in": float(own),
            "all: paragraphs": len(blocks) / max(1, len(paragraphs)),
            "all: first named": float(model == places[0].model),
            "all: in the first paragraph": float(min(blocks) <= 1),
            "all: most named": float(len(here) == most),
        }
        out[model] = {kind: value for kind, value in told.items() if value}
    return out
