"""Phrases that stand for a model already named: "it", "the former", "the larger one", "the 70B run", "its predecessor".

The phrases are data (rules/names/linking.toml); here is what they stand for at a place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from pipeline.expressions import quick
from pipeline.facts.story import SIZE_END, Place, Story, rules
from pipeline.mentions.sentences import Sentence
from pipeline.sieve import Sieve

#: Phrases that stand for a model already named.
_DESCRIBING: Final = ("size_short", "size_of", "plural", "former", "latter", "larger", "smaller", "older", "newer", "theirs", "pronoun")  # fmt: skip

_BITS: Final = {key: 1 << place for place, key in enumerate(_DESCRIBING)}
_TURNS: Final = _BITS["former"] | _BITS["latter"]

_COPULA: Final = quick(r"\b(?:is|was|are|were|be|remains|became)\s$")


@cache
def _descriptions() -> Sieve:
    """Return which of them can stand in a sentence, by their places."""
    known = rules()
    return Sieve([known[key] for key in _DESCRIBING])


def _size_value(size: str, unit: str) -> str:
    return f"{size}{ {'billion': 'B', 'million': 'M', 'trillion': 'T'}.get(unit, unit) }"


def described(
    story: Story, sentence: Sentence, here: list[Place], start: int, end: int, *, sure: bool = False
) -> tuple[int, str, str] | None:
    """The last definite description in [start, end) that can be resolved: (where, model, which kind).

    sure: leave out pronouns and plain "the model", and comparisons are not looked for.
    """
    text, best = story.text, None
    may = _descriptions().of(text[sentence.start : max(sentence.end, end)])
    if not may and story.nickname is None:
        return None

    def said(key: str) -> Iterable[re.Match[str]]:
        """Where a phrase of linking.toml stands."""
        return story.rules[key].finditer(text, start, end) if may & _BITS[key] else ()

    options: list[tuple[int, int, str | None, str]] = []
    for match in said("size_short" if sure else "size_of"):
        size = _size_value(match["size"], match["unit"])
        family = focus_at(story, here, match.start()) or story.topic
        if family:
            options.append((match.start(), 4, story.member(family, size), "size"))
    for match in () if sure else said("plural"):
        options.append((match.start(), 2, _together(story, here, match.start()), "plural"))
    if story.nickname is not None:
        for match in story.nickname.finditer(text, start, end):
            options.append((match.start(), 5, story.called(match[1]), "nickname"))
    pair = _pair(story, here, start) if may & _TURNS else ()
    for key, position in (("former", 0), ("latter", 1)):
        for match in said(key):
            if len(pair) >= 2:
                options.append((match.start(), 3, pair[position], "turn"))
    for key in ("larger", "smaller"):
        for match in said(key):
            if _COPULA.search(text, max(start, match.start() - 12), match.start()):
                continue  # "X is the biggest" says it of X
            options.append(
                (match.start(), 2, _by_size(story, here, match.start(), largest=key == "larger"), key)
            )
    for key in ("older", "newer"):
        for match in said(key):
            options.append((match.start(), 2, _by_age(story, here, match.start(), older=key == "older"), key))
    for match in () if sure else said("theirs"):
        options.append((match.start(), 2, _by_age(story, here, match.start(), older=True), "theirs"))
    for match in () if sure else said("pronoun"):
        options.append((match.start(), 1, focus_at(story, here, match.start()), "pronoun"))
    for at, _, model, key in sorted(options, key=lambda option: (option[0], option[1])):
        if model is not None and (sure or not story.compared_to(sentence, at)):
            best = (at, model, key)
    return best


def _together(story: Story, here: list[Place], at: int) -> str | None:
    """What "all models", "they" mean: the family that the models in play share."""
    focus = focus_at(story, here, at)
    if focus is None:
        return None
    if story.topic and focus.lower().startswith(story.topic.lower()):
        return story.topic
    return SIZE_END.sub("", focus)


def focus_at(story: Story, here: list[Place], at: int) -> str | None:
    """What "it" means at a place: a name before it in the sentence, else the focus."""
    names = [s for s in here if s.end <= at and not s.compared]
    if names:
        return names[0].model
    if story.nickname is not None:
        low = max(0, story.text.rfind(". ", 0, at), story.text.rfind("\n", 0, at))
        for match in story.nickname.finditer(story.text, low, at):
            ends = story.called(match[1])
            if ends is not None:
                return ends
    return story.state.focus or story.topic


def _pair(story: Story, here: list[Place], at: int) -> list[str]:
    """The two models named last before a place, in their order."""
    models = list(dict.fromkeys(s.model for s in here if s.end <= at))
    if len(models) >= 2:
        return models[-2:]
    return (
        story.state.last_pair[-2:]
        if len(story.state.last_pair) == 2
        else story.state.last_pair[:1] + story.state.last_pair[-1:]
    )


def _by_size(story: Story, here: list[Place], at: int, *, largest: bool) -> str | None:
    """The larger or smaller of the models in play, where their names or order tell."""
    recent = list(dict.fromkeys([*story.state.recent[-4:], *(s.model for s in here if s.end <= at)]))
    sized = []
    for model in recent:
        size = re.search(r"(\d+(?:\.\d+)?)[Bb]\b", model)
        if model in story.total or size:
            sized.append(
                (story.total.get(model) or float(size[1]) * 1e9 if size else story.total[model], model)
            )
    focus = focus_at(story, here, at)
    if len(sized) >= 2:
        return (max if largest else min)(sized)[1]
    marked = [
        model for model in recent if re.search(r"(?i)\b(?:mini|nano|lite|small|tiny|flash|air)\b", model)
    ]
    if marked and len(recent) >= 2:
        plain = [model for model in recent if model not in marked]
        return (plain[-1] if plain else focus) if largest else marked[-1]
    return focus


def _by_age(story: Story, here: list[Place], at: int, *, older: bool) -> str | None:
    focus = story.topic or focus_at(story, here, at)
    recent = list(dict.fromkeys([*story.state.recent, *(s.model for s in here if s.end <= at)]))
    if not older:
        named = [s for s in here if s.end <= at and not s.compared]
        return named[-1].model if named else focus
    others = [model for model in recent if model != focus]
    return others[-1] if others else None
