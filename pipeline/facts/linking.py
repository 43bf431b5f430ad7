"""Which model a figure is about: a sieve of passes, weighed against what speaks for each model in play.

link(article, facts) gives the same facts with `model` and `linked_by` (the pass that named it, or "weighing" where another
model outweighed the pass's), or with a `description` where the text speaks of a system without a name. Title, tables and lists in
parallel are linked by their form ("title", "table", "respectively", "each"); every other figure is named by the first pass that
says anything (pipeline.facts.passes), and its word is weighed (pipeline.facts.weighing).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.facts import flow, parallel, passes, tables
from pipeline.facts.descriptions import described
from pipeline.facts.story import Place, Story, last_not_after
from pipeline.facts.weighing import Evidence, Scene, Weigher, best
from pipeline.mentions.names import Names, find_names
from pipeline.mentions.sentences import Sentence, sentences
from schemas.records import Article, Fact

#: Kinds that are said of the market, not of a model.
UNLINKED: Final = ("price", "trend", "developer")


#: A figure, and what speaks for each model in play.
Weighed = tuple[Fact, dict[str | None, Evidence]]


def link(
    article: Article,
    facts: Sequence[Fact],
    names: Names | None = None,
    cut: Sequence[Sentence] | None = None,
    makers: Sequence[Fact] | None = None,
    trace: list[Weighed] | None = None,
) -> list[Fact]:
    """Return the facts, each with its model, in the order given; then copies of those said of each of several models.

    names, cut, makers: what find_names(article), sentences(article) and developers(article, names) gave, to save
    doing it twice. trace: is given each figure that was weighed, with the evidence for each candidate.
    """
    known = find_names(article) if names is None else names
    story = Story(article, known, sentences(article) if cut is None else cut, makers)
    return _Linker(story, trace).link(facts)


class _Linker:
    """One article's pass over its sentences. Not for keeping: made, used once, dropped."""

    def __init__(self, story: Story, trace: list[Weighed] | None) -> None:
        self.story = story
        self.weigher = Weigher(story)
        self.trace = trace

    def link(self, facts: Sequence[Fact]) -> list[Fact]:
        story = self.story
        out = [in_title(story, fact) for fact in facts]
        inside: dict[int, list[int]] = {}
        starts = [s.start for s in story.sentences]
        for index, fact in enumerate(facts):
            if fact.part != "title":
                inside.setdefault(last_not_after(starts, fact.at), []).append(index)
        for indexes in inside.values():
            indexes.sort(key=lambda i: (facts[i].at, facts[i].at_end))
        copies: list[Fact] = []
        for number, sentence in enumerate(story.sentences):
            here = story.places.get(number, [])
            flow.settle(story, sentence, here)
            self.weigher.memory.enter(first=sentence.first)
            indexes = inside.get(number, [])
            linked = self._sentence(sentence, here, [facts[i] for i in indexes])
            for index, fact in zip(indexes, linked, strict=True):
                out[index] = fact
            copies += [copy for fact in linked for copy in parallel.each(story, here, fact)]
            flow.leave(story, sentence, here, linked)
            self._remember(sentence, here)
        return out + copies

    def _remember(self, sentence: Sentence, here: list[Place]) -> None:
        """Take the sentence into the weigher's memory."""
        if sentence.kind == "table_row":
            return
        own = [s for s in here if not s.compared]
        heading = sentence.kind == "heading" or (sentence.first and sentence.end - sentence.start < 60)
        strange = not here and (
            self.weigher.strange_heading(sentence.start, sentence.end)
            if heading
            else self.weigher.stranger(sentence.start, sentence.end)
        )
        subjects = self.story.subjects(sentence, own) if own else []
        if not subjects and sentence.kind != "heading":
            opening = min(sentence.end, sentence.start + 60)
            told = described(self.story, sentence, [], sentence.start, opening, sure=True)
            subjects = [told[1]] if told else []
        self.weigher.memory.leave(
            here, subjects, first=sentence.first, heading=sentence.kind == "heading", stranger=strange
        )

    def _sentence(self, sentence: Sentence, here: list[Place], facts: Sequence[Fact]) -> list[Fact]:
        """Link the figures of one sentence, in text order."""
        if not facts:
            return []
        out: list[Fact] = []
        in_turn = parallel.respectively(self.story, sentence, here, facts)
        for place, fact in enumerate(facts):
            if fact.kind in UNLINKED or fact.model is not None:
                out.append(fact)
                continue
            if place in in_turn:
                out.append(replace(fact, model=in_turn[place], linked_by="respectively"))
                continue
            done = self._one(sentence, here, fact)
            out.append(done)
            self.weigher.memory.tell(done)
            if done.model:
                self.story.told.add(done.model)
            if done.kind == "parameters" and done.model and done.value and done.role in (None, "total"):
                self.story.total.setdefault(done.model, float(done.value))
        return parallel.shared(self.story, sentence, here, out)

    def _one(self, sentence: Sentence, here: list[Place], fact: Fact) -> Fact:
        """Link one figure by its form, or by the sieve's word as weighed."""
        story = self.story
        unnamed = flow.next_one(story, sentence, here, fact)
        if unnamed:
            return replace(fact, model=None, description=unnamed, linked_by=None)
        if sentence.kind == "table_row":
            return _with(fact, in_table(story, sentence, here, fact), "table")
        said, by = passes.sieve(story, sentence, here, fact)
        told = described(story, sentence, here, sentence.start, fact.at, sure=True)
        own = [s for s in here if not s.compared]
        state = story.state
        scene = Scene(
            sentence.start, sentence.end, sentence.first, story.clause_start(sentence, fact.at), tuple(here),
            tuple(story.subjects(sentence, own)) if own else (), said.model, by, said.how,
            (told[1], told[2]) if told else None, state.focus, state.heading, tuple(state.recent),
        )  # fmt: skip
        named = said.how == "turn" or (
            told is not None and told[1] == said.model and told[2] in ("size", "nickname")
        )  # "the latter", "the 70B run" name it as surely as its name
        nobodys = by == "unnamed" and not here  # "some now in training": as sure as a name
        evidence = self.weigher.evidence(scene, fact)
        if self.trace is not None:
            self.trace.append((fact, evidence))
        model = said.model if named or nobodys else best(evidence)
        if model is None:
            return replace(fact, model=None, description=said.description, linked_by=None)
        return replace(fact, model=model, linked_by=by if model == said.model else "weighing")


def in_title(story: Story, fact: Fact) -> Fact:
    """A figure of the title belongs to the name before it there, else to the one behind, else to the text's topic."""
    if fact.kind in UNLINKED or fact.part != "title":
        return fact
    names = story.names.title_models
    before = [m for m in names if m.end <= fact.at]
    after = [m for m in names if m.start >= fact.at]
    chosen = before[-1].canonical if before else after[0].canonical if after else story.topic
    return _with(fact, chosen, "title")


def in_table(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> str | None:
    """A figure of a table belongs to the model in the row's first cell, or in the column's head."""
    text = story.text
    cells = tables.cells(text, sentence.start, sentence.end)
    in_first = [s for s in here if s.start < cells[0][1]]
    if in_first:
        return in_first[0].model
    column = next((n for n, (start, end) in enumerate(cells) if start <= fact.at < end), None)
    rows = [s for s in story.sentences if s.kind == "table_row" and s.table == sentence.table]
    if rows and column is not None:
        heads = tables.cells(text, rows[0].start, rows[0].end)
        if len(heads) < len(cells):
            column -= len(cells) - len(heads)  # the corner is left out
        if 0 <= column < len(heads):
            low, high = heads[column]
            found = [m for m in story.names.models if low <= m.start < high]
            if found:
                return found[0].canonical
    label = text[slice(*cells[0])].strip()
    family = story.state.focus or story.topic
    if family and re.fullmatch(r"\d[\d.]*(?:x\d+)?\s?[BMT]", label):
        return story.member(family, label.replace(" ", ""))
    if here:
        return here[0].model
    return story.state.heading or story.state.focus or story.topic


def _with(fact: Fact, model: str | None, rule: str) -> Fact:
    return replace(fact, model=model, linked_by=rule) if model else fact
