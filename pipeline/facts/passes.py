"""The passes that name a figure's model, from certain to uncertain.

  noun-phrase    "540B PaLM", "Name (175B)", "Name, a 34B model", "$5 million for Name"
  unnamed        "training a system to play Go": a description, and no model
  object         "spent $5 million training Name"
  clause         the last name, pronoun or description before the figure in its clause
  sentence       the same, earlier in the sentence
  maker          a firm that acts in the sentence stands for its model
  after          a name later in the clause or sentence
  focus          the model that the sentences before are about
  compared       the sentence's names are only compared with: the nearest
  topic          the title's or the text's only model, or the one given from outside

Method: the multi-pass sieve of Raghunathan et al. (2010), on offsets, without a parser.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.expressions import quick
from pipeline.facts.descriptions import described
from pipeline.facts.story import SIZE_END, Place, Story, without_possessor
from pipeline.mentions.sentences import Sentence
from schemas.records import Fact


@dataclass(frozen=True, slots=True)
class Said:
    """What a pass says: the model (None: a system without a name), by what kind of words it found it, a description."""

    model: str | None
    how: str = ""
    description: str | None = None


#: Where the description of an unnamed system ends.
_CUT: Final = quick(
    r"\s(?:would|will|could|can|may|might|cost|costs|took|takes|for (?:less|more|about|under|over)|at (?:a|the))\b.*$"
)


def noun_phrase(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """The name in the figure's own noun phrase: around it, right before or behind it, or described right behind it."""
    before = [s for s in here if s.end <= fact.at]
    after = [s for s in here if s.start >= fact.at_end]
    inside = [s for s in here if s.start <= fact.at and s.end >= fact.at_end]
    if inside:
        return Said(inside[0].model, "around it")
    if before:
        gap_start = before[-1].end
        if (
            fact.kind == "parameters"
            and SIZE_END.search(before[-1].model)
            and story.rules["size_list"].fullmatch(story.text, gap_start, fact.at)
        ):
            size = re.match(r"\d[\d.]*(?:x\d+)?\s?[BMT]", story.text[fact.at : fact.at + 12])
            if size:
                return Said(story.member(before[-1].model, size[0].replace(" ", "")), "a list of sizes")
        rule = "compared_then_figure" if before[-1].compared else "name_then_figure"
        if fact.at - gap_start <= 60 and story.rules[rule].fullmatch(story.text, gap_start, fact.at):
            return Said(before[-1].model, "compared, before" if before[-1].compared else "before")
    if after and after[0].start - fact.at_end <= 70:
        gap = story.text[fact.at_end : after[0].start]
        gap = without_possessor(gap)
        if story.rules["figure_then_name"].fullmatch(gap):
            return Said(after[0].model, "compared, after" if after[0].compared else "after")
    if (
        before
        and before[-1].compared
        and story.rules["relative"].fullmatch(story.text, before[-1].end, fact.at)
    ):
        return Said(before[-1].model, "a relative clause")
    follows = story.rules["figure_then_description"].match(
        story.text, fact.at_end, min(sentence.end, fact.at_end + 60)
    )
    if follows:
        told = described(
            story, sentence, here, follows.end("lead"), min(sentence.end, follows.end("lead") + 30), sure=True
        )
        if told and told[0] <= follows.end("lead") + 1:
            return Said(told[1], told[2])
    return None


def unnamed(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """A system without a name, or nobody's run in particular."""
    if any(not s.compared and s.end <= fact.at for s in here):
        return None
    if not here and story.rules["generic"].search(story.text, sentence.start, fact.at):
        return Said(None)
    for match in story.rules["unnamed"].finditer(story.text, sentence.start, sentence.end):
        named = [
            s for s in here if 0 <= s.start - match.end() <= 12 or match.start() <= s.start < match.end()
        ]
        if named:
            continue
        low, high = match.span()
        if (
            low <= fact.at < high
            or (0 < low - fact.at_end <= 25)
            or (0 <= fact.at - high <= 40 and not _between(here, high, fact.at))
        ):
            if _pronoun_start(story, sentence, low):
                continue
            return Said(None, description=_CUT.sub("", match["what"] or match["some"]).strip() or None)
    return None


def _pronoun_start(story: Story, sentence: Sentence, at: int) -> bool:
    """Whether "we" or "it" does the training: then the system is the text's own."""
    return (
        re.search(r"\b(?:[Ww]e|I|[Oo]ur|[Tt]his (?:paper|work))\b", story.text[sentence.start : at])
        is not None
    )


def _between(here: list[Place], start: int, end: int) -> bool:
    return any(start <= s.start < end for s in here)


def trained(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """ "spent $5 million and two months training X"; "30 million hours on X"."""
    after = [s for s in here if s.start >= fact.at_end]
    if not after or after[0].compared or after[0].start - fact.at_end > 90:
        return None
    first = after[0]
    gap = story.text[fact.at_end : first.start]
    if story.rules["clause"].search(gap) or re.search(r"(?<![\w.])\d", gap):
        return None
    tail = without_possessor(gap)
    found = None
    for match in re.finditer(r"\s", tail):
        if story.rules["training_of"].fullmatch(tail, match.end()):
            found = match
            break
    if found is None:
        return None
    clause = story.clause_start(sentence, fact.at)
    if any(not s.compared and clause <= s.start < fact.at for s in here):
        return None
    return Said(first.model)


def clause(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """The last name, pronoun or description before the figure in its clause."""
    start = story.clause_start(sentence, fact.at)
    return _best_before(story, sentence, here, start, fact.at)


def _best_before(story: Story, sentence: Sentence, here: list[Place], start: int, end: int) -> Said | None:
    """The last name, pronoun or description in [start, end)."""
    names = [s for s in here if start <= s.start and s.end <= end and not s.compared]
    told = described(story, sentence, here, start, end)
    if told and (not names or told[0] > names[-1].end):
        return Said(told[1], told[2])
    return Said(names[-1].model, "name") if names else None


def earlier(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """The same in the whole sentence, but not a model named in passing, where the clause has a subject of its own."""
    found = _best_before(story, sentence, here, sentence.start, fact.at)
    about = story.state.focus
    if found is None or about is None or found.model == about:
        return found
    own = [s for s in here if not s.compared and s.end <= fact.at]
    named = own and own[-1].model == found.model and found.model not in story.subjects(sentence, own)
    if named and story.rules["own_subject"].search(
        story.text, story.clause_start(sentence, fact.at) - 1, fact.at
    ):
        return Said(about, found.how)  # "they could have taken X; instead they trained from scratch on ..."
    return found


def of_maker(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """A firm that acts in the sentence stands for its model: "Heliora spent 2.9 million pounds"."""
    low = bisect_left(story.firm_starts, sentence.start)
    for firm in story.names.organizations[low:]:
        if firm.start >= fact.at:
            break
        made = story.made.get(firm.canonical)
        if not made or story.compared_to(sentence, firm.start):
            continue
        if not story.rules["acts"].match(story.text, firm.end, fact.at):
            continue
        if story.state.focus in made:
            return Said(story.state.focus)
        recent = [model for model in story.state.recent if model in made]
        return Said(recent[-1] if recent else made[0])
    return None


def later(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    after = [s for s in here if s.start >= fact.at_end and not s.compared]
    if not after or story.state.focus == after[0].model:
        return Said(after[0].model) if after else None
    gap = story.text[fact.at_end : after[0].start]
    if story.rules["clause"].search(gap) or story.rules["pronoun_next"].search(gap):
        return None
    return Said(after[0].model)


def focus(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """The model in focus; at a new paragraph that refers to nothing, the family it belongs to."""
    about, topic = story.state.focus, story.topic
    given = story.given
    if (
        given is None
        and about is not None
        and story.main in story.introduced
        and story.main in story.state.recent
        and about not in story.introduced
        and story.rules["own"].search(story.text, sentence.start, sentence.end)
    ):
        return Said(story.main)
    if (
        given
        and all(s.compared for s in here)
        and story.rules["own"].search(story.text, sentence.start, sentence.end)
    ):
        return Said(story.given)
    if (
        about
        and topic
        and sentence.first
        and story.topic_rule == "title"
        and about.lower().startswith(topic.lower())
    ):
        return Said(topic)
    return Said(about) if about else None


def compared(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said | None:
    """Where the sentence only compares and the text has no topic: the nearest name, before or after."""
    if not here or story.topic is not None:
        return None
    before = [s for s in here if s.end <= fact.at]
    return Said((before[-1] if before else here[0]).model)


def topic(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> Said:
    """What the text is about, if that is known."""
    return Said(story.topic)


#: The passes by name, from certain to uncertain.
PASSES: Final[tuple[tuple[str, Callable[[Story, Sentence, list[Place], Fact], Said | None]], ...]] = (
    ("noun-phrase", noun_phrase),
    ("unnamed", unnamed),
    ("object", trained),
    ("clause", clause),
    ("sentence", earlier),
    ("maker", of_maker),
    ("after", later),
    ("focus", focus),
    ("compared", compared),
    ("topic", topic),
)


def sieve(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> tuple[Said, str]:
    """Return what the first pass that says anything says, and the pass's name."""
    for name, find in PASSES:
        found = find(story, sentence, here, fact)
        if found is not None:
            return found, name
    return Said(None), ""
