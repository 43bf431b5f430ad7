"""Figures shared out among several models: "A and B took 3 and 5 days, respectively", "A and B took 8 chips each"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.expressions import quick
from pipeline.facts.descriptions import described
from pipeline.facts.story import Place, Story
from pipeline.mentions.sentences import Sentence
from schemas.records import Fact

#: Between two groups of figures: "for 3 days on 8 cards, and for 5 days on 16".
_GROUP_SEAM: Final = quick(r"[,;]\s{1,2}and\s(?:for|on|in|with|at|to|by|using)\b")


def respectively(
    story: Story, sentence: Sentence, here: list[Place], facts: Sequence[Fact]
) -> dict[int, str]:
    """Pair names with figures of one kind, in order: "A and B took 3 and 5 days, respectively"."""
    out: dict[int, str] = {}
    lists = _lists(story, here)
    if not lists:
        return out
    word = story.text[sentence.start : sentence.end].lower().rfind("respectively")
    said = word >= 0
    for kind in {f.kind for f in facts}:
        indexes = [i for i, f in enumerate(facts) if f.kind == kind and f.role in (None, "total")]
        for names in lists:
            if len(names) != len(indexes) or len(names) < 2:
                continue
            first, last = facts[indexes[0]].at, facts[indexes[-1]].at_end
            if any(first < s.start < last for s in here):
                continue
            close = all(
                re.fullmatch(
                    r"[^.;:]{0,40}?(?:,|\band\b|\bor\b)[^.;:]{0,25}",
                    story.text[facts[a].at_end : facts[b].at],
                )
                is not None
                for a, b in itertools.pairwise(indexes)
            )
            if said or (close and names[-1].end <= first):
                out.update({i: s.model for i, s in zip(indexes, names, strict=True)})
                break
    if said:
        for names in lists:
            out = _by_group(story, names, facts, sentence.start + word) | out
    return out


def _by_group(story: Story, names: list[Place], facts: Sequence[Fact], word: int) -> dict[int, str]:
    """Two names and two groups of figures in front of the word: "A and B took 3 days on 8 cards, and for 5 days on
    16, respectively". Figures behind it are no part of the groups."""
    behind = [i for i, f in enumerate(facts) if names[-1].end <= f.at < word]
    if len(names) != 2 or len(behind) < 3:
        return {}
    first, last = facts[behind[0]].at_end, facts[behind[-1]].at
    seams = list(_GROUP_SEAM.finditer(story.text, first, last)) if first < last else []
    if len(seams) != 1:
        return {}
    return {i: names[facts[i].at > seams[0].start()].model for i in behind}


def _lists(story: Story, here: list[Place]) -> list[list[Place]]:
    lists: list[list[Place]] = []
    for spot in here:
        if lists and story.rules["list_gap"].fullmatch(story.text, lists[-1][-1].end, spot.start):
            lists[-1].append(spot)
        else:
            lists.append([spot])
    return [names for names in lists if len(names) > 1]


def each(story: Story, here: list[Place], fact: Fact) -> list[Fact]:
    """Copies of a fact that is said of each of several models: "A and B were each trained on 8 GPUs"."""
    if fact.linked_by not in ("clause", "sentence"):
        return []
    for names in _lists(story, here):
        last = names[-1]
        if (
            last.model != fact.model
            or not last.end <= fact.at <= last.end + 90
            or any(s.compared for s in names)
        ):
            continue
        if story.rules["each"].match(story.text, last.end, fact.at):
            return [
                replace(fact, model=s.model, linked_by="each") for s in names[:-1] if s.model != fact.model
            ]
    return []


def shared(story: Story, sentence: Sentence, here: list[Place], facts: list[Fact]) -> list[Fact]:
    """Two figures of one kind joined by "and", after two models in turn: one each, in order."""
    pair = story.state.pair
    if here or len(pair) != 2:
        return facts
    for kind in sorted({f.kind for f in facts}):
        indexes = [i for i, f in enumerate(facts) if f.kind == kind]
        if len(indexes) != 2 or any(
            facts[i].linked_by in ("noun-phrase", "clause") and _sure(story, sentence, facts[i])
            for i in indexes
        ):
            continue
        first, second = indexes
        if re.fullmatch(
            r"[\s\w.]{0,14}\sand\s(?:about |roughly )?[$€£¥]?",
            story.text[facts[first].at_end : facts[second].at],
        ):
            facts[first] = replace(facts[first], model=pair[0], linked_by="respectively")
            facts[second] = replace(facts[second], model=pair[1], linked_by="respectively")
    return facts


def _sure(story: Story, sentence: Sentence, fact: Fact) -> bool:
    """Whether a description, not a mere pronoun, names the figure's model in its clause."""
    return (
        described(story, sentence, [], story.clause_start(sentence, fact.at), fact.at, sure=True) is not None
    )
