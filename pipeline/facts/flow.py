"""What a text is about from sentence to sentence: whom "it" means next."""

from __future__ import annotations

from bisect import bisect_left

from pipeline.facts.descriptions import described
from pipeline.facts.story import Place, Story
from pipeline.mentions.sentences import Sentence
from schemas.records import Fact


def settle(story: Story, sentence: Sentence, here: list[Place]) -> None:
    """At a new paragraph that names no model, leave one named in passing for the text's main one."""
    focus, main, state = story.state.focus, story.main, story.state
    if not sentence.first or focus is None or main is None or focus == main or state.heading == focus:
        return
    if story.text[max(0, sentence.start - 6) : sentence.start].rstrip().endswith(("?", ":")):
        return  # an answer is about what the question named
    own = [s for s in here if not s.compared]
    if own and story.subjects(sentence, own):
        return
    low = bisect_left(story.firm_starts, sentence.start)
    for firm in story.names.organizations[low:]:  # a firm that comes back brings its model
        if firm.start >= sentence.end:
            break
        made = [model for model in story.made.get(firm.canonical, ()) if model in state.recent]
        if made and focus not in story.made.get(firm.canonical, ()):
            state.focus = main if main in made else max(made, key=state.recent.index)
            return
    if main not in state.recent:
        return
    passing = focus not in story.told and focus not in story.introduced
    times = 3.0 if focus in story.told else 1.5
    if (passing and main in story.told) or story.counts[main] >= times * story.counts[focus]:
        state.focus = main


def leave(story: Story, sentence: Sentence, here: list[Place], linked: list[Fact]) -> None:
    """Take the sentence's models into the state: what the next one may mean by "it"."""
    state = story.state
    opened = story.rules["another"].match(story.text, sentence.start, sentence.end)
    if opened and not here:
        state.unnamed = opened["what"]
    elif (
        here or sentence.first or not story.rules["it_starts"].match(story.text, sentence.start, sentence.end)
    ):
        state.unnamed = None
    own = [s for s in here if not s.compared]
    for spot in here:
        state.see(spot.model)
    alone = (
        len(own) == 1
        and sentence.first
        and own[0].start - sentence.start <= 4
        and sentence.end - own[0].end <= 2
    )  # a line that is only a model's name heads its section
    if sentence.kind == "heading" or alone:
        if own:
            state.heading = own[0].model
            state.focus = own[0].model
        elif ":" not in story.text[sentence.start : sentence.end]:  # "Developer: Oriel" ends no section
            state.heading = None
            titled = {m.canonical for m in story.names.title_models}
            if state.focus is not None and story.main in titled:
                state.focus = story.main  # a new section of a text about one model
        return
    if sentence.kind == "table_row":
        return
    order = list(dict.fromkeys(s.model for s in here))
    turns = list(dict.fromkeys(f.model for f in linked if f.model))
    if len(turns) == 2:
        state.pair = turns
    elif here or (turns and (len(turns) != 2 or turns != state.pair)):
        state.pair = []
    if len(order) >= 2:
        state.last_pair = order[:2] if len(order) == 2 else order
    elif order and state.focus and order[0] != state.focus:
        state.last_pair = [state.focus, order[0]]
    told = [f.model for f in linked if f.model and f.linked_by not in ("topic", "after")]
    subjects = story.subjects(sentence, own)
    if subjects:
        state.focus = subjects[-1]
        return
    told_of = described(
        story, sentence, [], sentence.start, min(sentence.end, sentence.start + 60), sure=True
    )
    if told_of:
        state.focus = told_of[1]
    elif told:
        state.focus = told[-1]


def next_one(story: Story, sentence: Sentence, here: list[Place], fact: Fact) -> str | None:
    """A version without a name: "A second version is planned. It will have 70 billion parameters"."""
    if any(not s.compared and s.start < fact.at for s in here):
        return None
    opened = story.rules["another"].match(story.text, sentence.start, fact.at)
    if opened and not here:
        return opened["what"]
    if (
        story.state.unnamed
        and not sentence.first
        and story.rules["it_starts"].match(story.text, sentence.start, sentence.end)
    ):
        return story.state.unnamed
    return None
