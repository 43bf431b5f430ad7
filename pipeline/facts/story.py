"""An article as the linking sees it: which models stand where, which are only compared with, what it is about so far.

The words that tell are data: rules/names/linking.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.developers import developers
from pipeline.mentions.names import Name, Names, squash
from pipeline.mentions.sentences import Sentence
from schemas.records import Article, Fact

_POSSESSOR: Final = quick(r"(?:[^\W\d_a-z][\w.&-]*\s){0,3}[^\W\d_a-z][\w.&-]*(?:’s|'s|s’)\s$")

SIZE_END: Final = quick(r"[\s-]\d[\d.]*(?:x\d+)?[BbMTt]$")

_LOOK_BACK: Final = 90  # code points before a name that may hold a comparison


@cache
def rules() -> dict[str, re.Pattern[str]]:
    return {key: quick(pattern) for key, pattern in rulebook.toml("names/linking.toml").items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A model's name in a sentence: where, and whether it is only compared with."""

    model: str
    start: int
    end: int
    compared: bool


@dataclass(slots=True)
class State:
    """What the text has been about so far.

    focus:  the model that a pronoun means now; recent: models in order of their last mention.
    """

    focus: str | None = None
    recent: list[str] = field(default_factory=list)
    last_pair: list[str] = field(default_factory=list)
    pair: list[str] = field(default_factory=list)  # two models that the last sentence took in turn
    block: int = -1
    heading: str | None = None
    unnamed: str | None = None  # "a second version": what "it" means in the next sentence

    def see(self, model: str) -> None:
        if model in self.recent:
            self.recent.remove(model)
        self.recent.append(model)


class Story:
    """An article as the linking sees it: its names and sentences, and where in it the reading stands.

    counts:  how often each model is named otherwise than to compare; introduced: models that a sentence brings in.
    topic:   what the article is about where nothing nearer tells, topic_rule: by what; main: what it is mostly about.
    told:    models of which some figure has been said; total: parameters said of each.
    Not for keeping: made, read through once, dropped.
    """

    def __init__(
        self, article: Article, names: Names, cut: Sequence[Sentence], makers: Sequence[Fact] | None
    ) -> None:
        self.article = article
        self.text = article.text
        self.names = names
        self.sentences = cut
        self.makers = makers
        self.rules = rules()
        self.state = State()
        self.told: set[str] = set()
        self.total: dict[str, float] = {}
        self.breaks: dict[int, list[int]] = {}  # a sentence's start -> where its clauses begin
        self.firm_starts = [firm.start for firm in names.organizations]
        self.models = sorted({m.canonical for m in (*names.models, *names.title_models)})
        self.introduced = {m.canonical for m in names.models if m.introduced}
        self.sizes = {m[0] for m in re.finditer(r"(?<![\w.])\d[\d.]*B\b", article.text)}
        self.given = self.as_written(article.default_model) if article.default_model else None
        self.places = self._places()
        own = [place.model for here in self.places.values() for place in here if not place.compared]
        self.counts = Counter(own)
        self.main = self._main(own)
        self.topic, self.topic_rule = self._topic(own)

    def _main(self, own: Sequence[str]) -> str | None:
        """The title's first model if the text names it, else the one named most, being introduced or first counting for more."""
        title = [m.canonical for m in self.names.title_models]
        if title and title[0] in self.counts:
            return title[0]
        weight = {m: n + 2.5 * (m in self.introduced) + (m == own[0]) for m, n in self.counts.items()}
        return max(dict.fromkeys(own), key=lambda model: weight[model], default=None)

    def _topic(self, own: Sequence[str]) -> tuple[str | None, str]:
        """What the article is about, where nothing nearer tells: title, only model, most named."""
        title = [m.canonical for m in self.names.title_models]
        if len(set(title)) == 1:
            return title[0], "title"
        if self.article.default_model and not title:
            return self.given, "given"
        if len(self.models) == 1:
            return self.models[0], "only-model"
        if title:
            return title[0], "title"
        if self.main is not None and (own[0] == self.main or self.main in self.introduced):
            return self.main, "main"  # for a figure before any name
        return None, ""

    @cached_property
    def nickname(self) -> re.Pattern[str] | None:
        """Models called by the last word of their names ("the Mini"), where the text does so."""
        tails = {
            m.group().lower() for model in self.models if (m := re.search(r"(?<=[\s-])[A-Za-z]+$", model))
        }
        flat = " ".join(self.text.lower().split()) if tails else ""
        tails = {tail for tail in tails if f"the {tail}" in flat}
        if not tails:
            return None
        return quick(
            rf"\b[Tt]he\s({'|'.join(sorted(map(re.escape, tails)))})\b(?!\s(?:amount|number|majority|part|sum|language|models|family|company|firm|team))",
            re.IGNORECASE,
        )

    def called(self, tail: str) -> str | None:
        """The one model whose name ends so."""
        ends = [m for m in self.models if re.search(rf"[\s-]{re.escape(tail)}$", m, re.IGNORECASE)]
        return ends[0] if len(ends) == 1 else None

    @cached_property
    def made(self) -> dict[str, list[str]]:
        """Organization -> the models that the text says it made, in text order."""
        out: dict[str, list[str]] = {}
        for fact in developers(self.article, self.names) if self.makers is None else self.makers:
            if fact.organization and fact.model:
                out.setdefault(fact.organization, []).append(fact.model)
        return out

    def _places(self) -> dict[int, list[Place]]:
        starts = [s.start for s in self.sentences]
        out: dict[int, list[Place]] = {}
        for name in self.names.models:
            number = last_not_after(starts, name.start)
            if number < 0 or name.end > self.sentences[number].end:
                continue
            here = out.setdefault(number, [])
            compared = self._compared(self.sentences[number], name, here)
            here.append(Place(name.canonical, name.start, name.end, compared))
        return out

    def _compared(self, sentence: Sentence, name: Name, before: list[Place]) -> bool:
        window = self.text[max(sentence.start, name.start - _LOOK_BACK) : name.start]
        # a firm in front belongs to the name: "than OpenAI's GPT-3"
        window = without_possessor(window)
        window = re.sub(r"(?<=\s)[“\"‘(]$", "", window)
        if self.rules["comparison"].search(window) or self.rules["comparison_far"].search(window):
            return True
        return bool(
            before
            and before[-1].compared
            and self.rules["list_gap"].fullmatch(without_possessor(self.text[before[-1].end : name.start]))
        )

    def compared_to(self, sentence: Sentence, at: int) -> bool:
        window = self.text[max(sentence.start, at - _LOOK_BACK) : at]
        return (
            self.rules["comparison"].search(window) is not None
            or self.rules["comparison_far"].search(window) is not None
        )

    def subjects(self, sentence: Sentence, own: list[Place]) -> list[str]:
        """The models that the sentence is about: its subject, what it introduces, those that open a clause.

        A model named in passing (an object, a possessor) is none, once the text has a focus.
        """
        out: list[str] = []
        for number, spot in enumerate(own):
            start, end = spot.start, spot.end
            lead = without_possessor(self.text[max(sentence.start, start - _LOOK_BACK) : start])
            if re.search(r"\bwhose\s$", lead):
                continue
            possessor = self.text.startswith(("’s ", "'s "), end)
            if possessor and any(other.start - end < 60 for other in own[number + 1 :]):
                continue
            verb = self.rules["verb_next"].match(self.text, end, sentence.end) is not None
            opens = self.rules["clause_opens"].search(lead) is not None
            first = number == 0 and self.rules["short_lead"].fullmatch(lead) is not None
            brought = self.rules["introduces"].search(lead) is not None
            if (
                (opens and verb)
                or (not out and (first or verb or brought or (number == 0 and not self._passing(lead))))
                or (brought and number == len(own) - 1)
            ):
                out.append(spot.model)
        if not out and own and self.state.focus is None:
            out.append(own[0].model)
        return out

    def _passing(self, lead: str) -> bool:
        """Whether words that lead to a name have a subject of their own: "they could have taken X"."""
        return self.rules["passing"].search(lead) is not None

    def clause_start(self, sentence: Sentence, at: int) -> int:
        breaks = self.breaks.get(sentence.start)
        if breaks is None:
            found = self.rules["clause"].finditer(self.text, sentence.start, sentence.end)
            breaks = self.breaks[sentence.start] = [sentence.start, *(match.end() for match in found)]
        return max(place for place in breaks if place <= at or place == sentence.start)

    def as_written(self, given: str) -> str:
        """The text's own name for the model that was given from outside, if it has one."""
        key = squash(given)
        for model in self.models:
            if squash(model) == key:
                return model
        near = [m for m in self.models if len(squash(m)) > 2 and (squash(m) in key or key in squash(m))]
        return max(near, key=len) if near else given

    def member(self, family: str, size: str) -> str:
        """The family's member of that size as the text writes it; family and size where sizes vary; else the family."""
        wanted = size.lower()
        stem = SIZE_END.sub("", family)
        fits = [m for m in self.models if re.search(rf"(?<![\d.]){re.escape(wanted)}(?![\w.])", m.lower())]
        same = [m for m in fits if m.lower().startswith(stem.lower())]
        if same or fits:
            return (same or fits)[0]
        if stem != family or len(self.sizes) > 1:
            return f"{stem} {size}"
        return family


def without_possessor(words: str) -> str:
    """Leave out a firm that ends the words: "the size of OpenAI's " -> "the size of "."""
    return _POSSESSOR.sub("", words)


def last_not_after(starts: Sequence[int], at: int) -> int:
    """Index of the last start that is <= at (0 where none is); starts ascend."""
    low, high = 0, len(starts)
    while low < high:
        mid = (low + high) // 2
        if starts[mid] <= at:
            low = mid + 1
        else:
            high = mid
    return max(0, low - 1)
