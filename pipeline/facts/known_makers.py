"""What is known beforehand of who makes which family of models: evidence beside the text's own, never a decision.

The lexicon's models (rules/names/models.csv) are counted by family, the letters that open a name ("Llama" of "Llama
3.1 405B"), and a family's makers by how many of its models they made. A text that gives a family to another maker than
the lexicon does is believed if it says so plainly: that is for the weights to say.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.mentions.vocabulary import vocabulary

_FAMILY: Final = re.compile(r"[^\W\d_]{3,}")
_WORD: Final = re.compile(r"[^\W_]+")


def family(model: str) -> str:
    """Return the letters that open a model's name, small; "" for fewer than three."""
    match = _FAMILY.match(model)
    name = match[0].lower() if match is not None else ""
    return "" if name in vocabulary().common_words and name not in vocabulary().families else name


@cache
def _plain() -> frozenset[str]:
    return frozenset(rulebook.toml("names/makers.toml")["spellings"]["plain"])


@lru_cache(maxsize=4096)
def _telling(organization: str) -> frozenset[str]:
    """Return the words of an organization's name that tell it from others."""
    return frozenset(_WORD.findall(organization.lower())) - _plain()


@cache
def _families() -> Mapping[str, tuple[int, Counter[frozenset[str]]]]:
    """Return family -> how many models it has, and how many of them a maker made."""
    made: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)
    size: Counter[str] = Counter()
    for row in rulebook.table("names/models.csv"):
        name = family(row["model"])
        if not name or not row["organization"]:
            continue
        size[name] += 1
        for maker in {_telling(part) for part in row["organization"].split(",")}:
            if maker:
                made[name][maker] += 1
    return {name: (size[name], makers) for name, makers in made.items()}


@lru_cache(maxsize=4096)
def known(model: str, organization: str) -> float | None:
    """Return which share of a model's family the organization made, 0 to 1; None if the family is not known."""
    found = _families().get(family(model))
    own = _telling(organization)
    if found is None or not own:
        return None
    total, makers = found
    count = sum(number for maker, number in makers.items() if maker <= own or own <= maker)
    return min(1.0, count / total)
