"""What the text has said of each model so far, sentence by sentence: evidence of who a figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.facts.story import Place
from schemas.records import Fact


def sort_of(fact: Fact) -> tuple[str, str | None]:
    """What a model has one of: its total size, its training's cost."""
    if fact.kind == "parameters":
        return fact.kind, fact.role or "total"
    return fact.kind, fact.scope if fact.kind == "cost" else None


@dataclass(slots=True)
class _Seen:
    """How a model was spoken of last: in which sentence and section, and whether it was only compared with."""

    sentence: int
    section: int
    compared: bool


@dataclass(slots=True)
class Memory:
    """What the text has said so far, sentence by sentence."""

    number: int = -1  # the sentence at hand
    paragraph: int = 0  # the sentence that opened its paragraph
    section: int = 0  # how many headings have been passed
    unknown_heading: bool = False  # the section's heading names something, and no known model
    seen: dict[str, _Seen] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    stranger: bool = False  # the sentence before was about a name that is none of the models
    last: str | None = None  # the model of the last figure
    last_at: int = -9
    stated: dict[tuple[str, str, str | None], set[Decimal | None]] = field(default_factory=dict)
    proper: set[str] = field(default_factory=set)  # named otherwise than to compare

    def enter(self, *, first: bool) -> None:
        """Go on to the next sentence; first: it opens a paragraph."""
        self.number += 1
        if first:
            self.paragraph = self.number

    def leave(
        self, places: Sequence[Place], subjects: Sequence[str], *, first: bool, heading: bool, stranger: bool
    ) -> None:
        """Keep whom the sentence named, and as what. stranger: its subject is a name that is none of the models."""
        if heading:
            self.section += 1
            self.unknown_heading = stranger
        for place in places:
            self.seen[place.model] = _Seen(self.number, self.section, place.compared)
            if not place.compared:
                self.proper.add(place.model)
        for model in subjects:  # described, not named: "the larger one"
            self.seen[model] = _Seen(self.number, self.section, False)
        if places or subjects or first or stranger:
            self.subjects = tuple(subjects)
            self.named = tuple(place.model for place in places)
            self.stranger = stranger

    def tell(self, fact: Fact) -> None:
        """Keep that a figure was said of a model."""
        if fact.model is None:
            return
        self.last, self.last_at = fact.model, self.number
        self.stated.setdefault((fact.model, *sort_of(fact)), set()).add(fact.value)
