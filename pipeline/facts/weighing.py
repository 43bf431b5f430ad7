"""Which of the models in play a figure is about: the sieve's word, weighed against what speaks for each of them.

Each model in play, and "none of them", has evidence: the pass of the sieve that named it, its place in the sentence, how lately
and how the text spoke of it (memory), what the paragraph names (layout), how much the whole text is about it (salience), whether
its size fits, whether a figure of the kind is already known of it. Each kind of evidence has a weight (rules/names/linking.csv),
fitted on labelled texts by `python -m benchmarks.fit_links`; the sum decides.

Method: mention ranking (Denis and Baldridge 2008), log-linear, on the salience of centering (Grosz, Joshi and Weinstein 1995).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.layout import Layout
from pipeline.facts.memory import Memory, sort_of
from pipeline.facts.salience import salience
from pipeline.facts.story import Place, Story
from schemas.errors import RuleError
from schemas.records import Fact

#: Evidence of one candidate: kind -> how much of it (1 for yes).
Evidence = dict[str, float]

#: By so much "none" must lead the best model: a lost link costs as much as a wrong one would.
LEAN: Final = 0.5

#: Evidence of a name below which it may well be none.
BARE: Final = 3.0

#: So far from the figure the words of its noun phrase are looked for, in code points.
LOOK: Final = 60

#: Added to evidence of a model in a sentence that names none.
BARE_SENTENCE: Final = ", in a sentence without names"

_SIZE: Final = quick(r"(?<![\d.])(?:(\d{1,3})[x×])?(\d{1,4}(?:\.\d{1,3})?)\s?([bBmMtT])\b")
_WORTH: Final = {"b": 1e9, "m": 1e6, "t": 1e12}


@cache
def weights() -> Mapping[str, float]:
    """Return what each kind of evidence is worth, in log-odds. Raises RuleError naming a kind that is given twice."""
    out: dict[str, float] = {}
    for row in rulebook.table("names/linking.csv"):
        if row["evidence"] in out:
            raise RuleError(f"names/linking.csv: {row['evidence']} is given twice")
        out[row["evidence"]] = float(row["weight"])
    return out


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    return {key: quick(pattern) for key, pattern in rulebook.toml("names/weighing.toml").items()}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known where a figure stands.

    start, end: the figure's sentence in the text; first: it opens its paragraph. clause: where the figure's clause begins. named: the models' names of the sentence, in order. subjects: those that the sentence is about.
    said, by: what the sieve says, and by which pass; how: by what kind of words ("name", "pronoun"). described: the model that
    a description before the figure stands for ("the larger one"), and the kind of description.
    """

    start: int
    end: int
    first: bool
    clause: int
    named: tuple[Place, ...]
    subjects: tuple[str, ...]
    said: str | None
    by: str
    how: str
    described: tuple[str, str] | None
    focus: str | None
    heading: str | None
    recent: tuple[str, ...]


@lru_cache(maxsize=1024)  # asked of each model in play for each figure
def size_of(name: str) -> float | None:
    """Return the parameters that a model's name says ("Tarrow 70B"), or None."""
    found = _SIZE.search(name)
    if found is None:
        return None
    return float(found[2]) * _WORTH[found[3].lower()] * (float(found[1]) if found[1] else 1.0)


class Weigher:
    """One article's figures, weighed one by one. Not for keeping: made, used once, dropped."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.text = story.text
        self.memory = Memory()
        names = story.names
        self.models = set(story.models)
        self.titled = {name.canonical for name in names.title_models}
        self.sure: dict[str, float] = {}  # how sure the names' finder is of a model
        for name in names.models:
            self.sure[name.canonical] = max(self.sure.get(name.canonical, 0.0), name.confidence)
        self.surest = max(self.sure.values(), default=0.0)
        self.doubtful = [name.start for name in names.doubtful]
        places = [place for number in sorted(story.places) for place in story.places[number]]
        self.layout = Layout(story.text, story.sentences, places)
        self.salience = salience(story.text, places, self.layout.starts)
        self.maker = {model: firm for firm, models in story.made.items() for model in models}

    # --- names that are none of the models ----------------------------------------------------------

    def stranger(self, start: int, end: int) -> bool:
        """Whether text[start:end] begins with a doubtful name as its subject or label."""
        if not self._doubtful_in(start, end):
            return False
        found = _rules()["subject"].match(self.text, start, end)
        return found is not None and self._doubtful_in(*found.span("name"))

    def strange_heading(self, start: int, end: int) -> bool:
        """Whether a heading is a doubtful name: "2. Kvikk"."""
        return self._doubtful_in(start, end) and _rules()["heading"].match(self.text, start, end) is not None

    def _doubtful_in(self, start: int, end: int) -> bool:
        at = bisect_left(self.doubtful, start)
        return at < len(self.doubtful) and self.doubtful[at] < end

    # --- evidence -------------------------------------------------------------------------------------

    def evidence(self, scene: Scene, fact: Fact) -> dict[str | None, Evidence]:
        """Return what speaks for each model in play, and (None) for none of them."""
        out: dict[str | None, Evidence] = {None: {}}
        in_play = (
            scene.said,
            self.story.topic,
            self.story.main,
            scene.focus,
            scene.heading,
            *scene.recent[-6:],
        )
        described = scene.described[0] if scene.described else None
        for model in (*in_play, self.story.given, described, *(place.model for place in scene.named)):
            if model is not None:
                out.setdefault(model, {})
        said = out[scene.said]
        said[f"sieve: {scene.by}"] = 1.0
        if scene.how:
            said[f"sieve: {scene.by}, {scene.how}"] = 1.0
        if self.story.topic:
            out[self.story.topic]["topic"] = 1.0
        self._placed(scene, fact, out)
        self._around(scene, fact, out)
        for model, told in out.items():
            if model is not None:
                self._remembered(scene, model, told)
                self._fits(fact, model, told)
        self._none(scene, fact, out[None])
        return out

    def _around(self, scene: Scene, fact: Fact, out: dict[str | None, Evidence]) -> None:
        """What the paragraph names, how much the whole text is about each model, whose maker stands before the figure."""
        bare = "" if scene.named else BARE_SENTENCE
        for model, told in self.layout.evidence(scene.start, scene.end).items():
            if model in out:
                out[model].update((kind + (bare if model else ""), value) for kind, value in told.items())
        firm = self._firm_before(scene, fact)
        for model, told in out.items():
            if model is not None and model in self.salience:
                told.update((kind + bare, value) for kind, value in self.salience[model].items())
            if firm is not None and model is not None and model in self.maker:
                same = self.maker[model] == firm
                told["its maker is named before" if same else "another firm is named before"] = 1.0

    def _firm_before(self, scene: Scene, fact: Fact) -> str | None:
        """The firm named last before the figure in its sentence."""
        at = bisect_left(self.story.firm_starts, fact.at) - 1
        return (
            self.story.names.organizations[at].canonical
            if at >= 0 and self.story.firm_starts[at] >= scene.start
            else None
        )

    def _placed(self, scene: Scene, fact: Fact, out: dict[str | None, Evidence]) -> None:
        """Where the models stand in the sentence."""
        before = [place for place in scene.named if place.end <= fact.at]
        after = [place for place in scene.named if place.start >= fact.at_end]
        for place in before:
            told, as_what = out[place.model], "named"
            if place.compared:
                as_what = "compared, the sieve's" if place.model == scene.said else "compared"
            told[
                f"{as_what} in the clause"
                if place.start >= scene.clause
                else f"{as_what} earlier in the sentence"
            ] = 1.0
            if place is before[-1]:
                told[f"{as_what} nearest before"] = 1.0
            if place is before[0]:
                told[f"{as_what} first"] = 1.0
            if self.text.startswith(("’s ", "'s "), place.end):
                told["possessive"] = 1.0
            if not place.compared:
                self._role(scene, place, told)
        if scene.described:
            model, kind = scene.described
            out[model]["described before"] = out[model][f"described before, {kind}"] = 1.0
        for place in after:
            told, as_what = out[place.model], "named"
            if place.compared:
                as_what = "compared, the sieve's" if place.model == scene.said else "compared"
            told[f"{as_what} behind"] = 1.0
            if place is after[0]:
                told[f"{as_what} next"] = 1.0
        for model in scene.subjects:
            out[model]["subject of the sentence"] = 1.0

    def _role(self, scene: Scene, place: Place, told: Evidence) -> None:
        """What a name is in its clause, by the word before it and the words behind it."""
        rules = _rules()
        lead = self.text[max(scene.start, place.start - 40) : place.start]
        if (word := rules["lead"].search(lead)) is not None:
            told[f"named after {word[1].lower()}"] = 1.0
        if rules["agent"].match(self.text, place.end, scene.end):
            told["acts as a firm or a person does"] = 1.0
        elif rules["verb"].match(self.text, place.end, scene.end):
            told["named, and its verb follows"] = 1.0

    def _remembered(self, scene: Scene, model: str, told: Evidence) -> None:
        """How the text has spoken of a model so far."""
        memory = self.memory
        bare = "" if scene.named else BARE_SENTENCE
        here = any(place.model == model for place in scene.named)
        if model == scene.focus:
            told[f"in focus{bare}"] = 1.0
        if model in memory.subjects:
            told[f"subject before{bare}"] = 1.0
        elif model in memory.named:
            told[f"named in passing before{bare}"] = 1.0
        if model == scene.heading:
            told[f"heads the section{bare}"] = 1.0
        if model == self.story.main:
            told["main"] = 1.0
        if model in self.story.introduced:
            told["introduced"] = 1.0
        if model in self.titled:
            told["in the title"] = 1.0
        if len(self.models) == 1:
            told["the only one"] = 1.0
        if model == self.story.given:
            told[f"given from outside{bare}"] = 1.0
        if memory.last == model:
            near = {0: "in this sentence", 1: "in the one before"}.get(
                memory.number - memory.last_at, "earlier"
            )
            told[f"had the last figure, {near}"] = 1.0
        seen = memory.seen.get(model)
        if seen is not None:
            told["sentences ago"] = math.log1p(memory.number - seen.sentence)
            if seen.compared:
                told["compared with last time"] = 1.0
            if not here and seen.sentence < memory.paragraph:
                told["in another paragraph" + (", the main one" if model == self.story.main else "")] = 1.0
            if not here and seen.section < memory.section:
                told["in another section"] = 1.0
                if memory.unknown_heading:
                    told["before a heading with a name unknown"] = 1.0
        elif not here:
            told["not yet named"] = 1.0
        if model not in memory.proper and not any(p.model == model and not p.compared for p in scene.named):
            told["only ever compared with"] = 1.0
        if model in self.story.counts:
            told["times named"] = math.log1p(self.story.counts[model])
        if model in self.models:
            sure = self.sure.get(model, 4.0)
            told["sure of the name"] = min(sure, 8.0) / 4
            if sure < BARE:
                told["barely a name"] = 1.0
                if self.surest > BARE + 2:
                    told["barely a name, beside surer ones"] = 1.0
        else:
            told["not named so"] = 1.0

    def _fits(self, fact: Fact, model: str, told: Evidence) -> None:
        """Whether the figure fits what is known of a model."""
        stated = self.memory.stated.get((model, *sort_of(fact)))
        if stated is not None:
            told["has this figure" if fact.value in stated else "has another of the kind"] = 1.0
            if fact.value not in stated and fact.kind == "parameters":
                told["has another size"] = 1.0
        size = size_of(model)
        if size and fact.kind == "parameters" and fact.value and fact.role in (None, "total"):
            told["size fits" if 0.93 < float(fact.value) / size < 1.08 else "size differs"] = 1.0

    def _none(self, scene: Scene, fact: Fact, told: Evidence) -> None:
        """What speaks for a figure that is about none of the models."""
        rules, memory = _rules(), self.memory
        told["none"] = 1.0
        lead = self.text[scene.start : max(scene.start, fact.at)]
        if rules["plural"].search(lead):
            told["none, after a plural"] = 1.0
        if scene.named:
            told["none, though one is named"] = 1.0
        pronoun = rules["pronoun"].match(lead) is not None
        if any(place.end <= fact.at for place in scene.named):
            told["none, though one is named before"] = 1.0
        elif self.stranger(scene.start, fact.at) or (
            scene.clause > scene.start and self.stranger(scene.clause, fact.at)
        ):
            told["none, a name unknown is the subject"] = 1.0
        elif memory.stranger and not scene.named and not scene.first:
            told["none, a name unknown was the subject"] = 1.0
        if memory.unknown_heading and not scene.named:
            told["none, under a name unknown"] = 1.0
        if not scene.named:
            if pronoun:
                told["none, after a pronoun"] = 1.0
            elif scene.first:
                told["none, at a paragraph's start"] = 1.0
            if not memory.seen:
                told["none, before any name"] = 1.0
                if self.titled or len(self.models) == 1:
                    told["none, before the only name"] = 1.0
        if len(self.models) == 1:
            told["none, but one model"] = 1.0
        if self.story.given:
            told["none, though one is given"] = 1.0
        if scene.said is not None and (scene.said, *sort_of(fact)) in memory.stated:
            told["none, the sieve's has one of the kind"] = 1.0
        if scene.said is None:
            told["none, the sieve's too"] = 1.0
        told["none, of so many models"] = math.log1p(len(self.models))
        self._unnamed(scene, fact, told)

    def _unnamed(self, scene: Scene, fact: Fact, told: Evidence) -> None:
        """Whether the figure is of a system without a name ("a 7B model", "1B models"), or of no run that was."""
        rules = _rules()
        tail = self.text[fact.at_end : min(scene.end, fact.at_end + LOOK)]
        article = rules["article"].search(self.text[max(scene.start, fact.at - LOOK) : fact.at])
        if article is not None:
            word = article[1].lower()
            told[f"none, after {word}"] = 1.0
            if rules["system_behind"].match(tail):
                told[f"none, after {word}, a model behind"] = 1.0
        if rules["systems_behind"].match(tail):
            told["none, models behind"] = 1.0
        if self.text[max(scene.start, scene.end - 3) : scene.end].rstrip("”\"’'").endswith("?"):
            told["none, in a question"] = 1.0
        if rules["modal"].search(self.text, scene.start, fact.at):
            told["none, after a modal verb"] = 1.0
        if rules["if"].search(self.text, scene.start, scene.end):
            told["none, with an if"] = 1.0
        told[f"none, {fact.kind}"] = 1.0
        for kind, holds in (
            (f"none, a cost of {fact.scope}", fact.kind == "cost"), (f"none, {fact.basis}", fact.basis is not None), ("none, denied", fact.negated),
            ("none, in use", fact.use == "inference"), ("none, a bound", fact.op in ("<", ">")), ("none, vague", fact.vague),
        ):  # fmt: skip
            if holds:
                told[kind] = 1.0


def best(evidence: Mapping[str | None, Evidence]) -> str | None:
    """Return the candidate with the most weight, the first of equals; None for none of them, which must lead by LEAN."""
    worth = weights()
    scores = {
        model: sum(worth.get(kind, 0.0) * value for kind, value in told.items())
        for model, told in evidence.items()
    }
    scores[None] -= LEAN
    return max(scores, key=lambda model: scores[model])
