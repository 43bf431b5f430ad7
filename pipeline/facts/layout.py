"""Which models the paragraph of a figure names, and the lines above and below it: evidence of who it is about.

A short line without a full stop (a heading, an entry's head) that stands above the figure's paragraph counts for the model it
names, and where it names none, for none. The words are data (rules/names/weighing.toml).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.story import Place
from pipeline.mentions.sentences import Sentence

Evidence = dict[str, float]

#: A line of no more code points may head what stands below it.
SHORT_LINE: Final = 100


@cache
def _rules() -> Mapping[str, re.Pattern[str]]:
    found = rulebook.toml("names/weighing.toml")
    return {key: quick(found[key]) for key in ("label_lead", "label_end")}


class Layout:
    """An article's paragraphs, with the models named in each."""

    def __init__(self, text: str, sentences: Sequence[Sentence], places: Sequence[Place]) -> None:
        self.text = text
        spans: dict[int, tuple[int, int]] = {}
        for sentence in sentences:
            start, _ = spans.get(sentence.block, (sentence.start, 0))
            spans[sentence.block] = (start, sentence.end)
        self.spans = sorted(spans.values())
        self.starts = [start for start, _ in self.spans]
        at = [place.start for place in places]
        self.named = [tuple(places[bisect_left(at, a) : bisect_left(at, b)]) for a, b in self.spans]

        heads = [n for n in range(len(self.spans)) if self._heads(n)]
        #: Whether the text is one of entries: a third of its short lines, and no fewer than two, name a model.
        self.entries = 2 <= sum(bool(self.named[n]) for n in heads) >= len(heads) / 3

    def evidence(self, start: int, end: int) -> dict[str | None, Evidence]:
        """Return model -> what the paragraph of the sentence [start, end) says of it, apart from the sentence itself."""
        number = bisect_right(self.starts, start) - 1
        if number < 0:
            return {}
        out: dict[str | None, Evidence] = {}
        for place in self.named[number]:
            told = out.setdefault(place.model, {})
            told["times in the paragraph"] = told.get("times in the paragraph", 0.0) + 1
            if place.start >= end:
                told["later in the paragraph"] = 1.0
            elif place.start < start:
                told["earlier in the paragraph"] = 1.0
        for told in out.values():
            told["times in the paragraph"] = math.log1p(told["times in the paragraph"])
            if len(out) == 1:
                told["the paragraph's only one"] = 1.0
        if self.named[number]:
            out[self.named[number][0].model].update(self._opening(number, self.named[number][0]))
        if number and self._heads(number - 1):
            for place in self.named[number - 1]:
                out.setdefault(place.model, {})["in the line above"] = 1.0
            if not self.named[number - 1]:
                told = out.setdefault(None, {})
                told["none, none in the line above"] = 1.0
                if self.entries:
                    told["none, none in the line above, as in others"] = 1.0
        if number + 1 < len(self.spans) and self.named[number + 1]:
            out.setdefault(self.named[number + 1][0].model, {})["first of the next paragraph"] = 1.0
        return out

    def _opening(self, number: int, place: Place) -> Evidence:
        """What the paragraph's first name is in it: "Tarrow-7: ", "2. Tarrow-7 (34B). "."""
        told = {"first of the paragraph": 1.0}
        if _rules()["label_lead"].fullmatch(self.text, self.starts[number], place.start):
            told["opens the paragraph"] = 1.0
            if _rules()["label_end"].match(self.text, place.end):
                told["labels the paragraph"] = 1.0
        return told

    def _heads(self, number: int) -> bool:
        start, end = self.spans[number]
        return end - start <= SHORT_LINE and self.text[end - 1] not in ".!?;,"
