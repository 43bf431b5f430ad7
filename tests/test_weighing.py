"""pipeline.facts.weighing and its evidence: memory, layout, salience. Invented names throughout."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.facts import weighing
from pipeline.facts.layout import Layout
from pipeline.facts.memory import Memory
from pipeline.facts.salience import salience
from pipeline.facts.story import Place
from pipeline.mentions.sentences import sentences
from schemas.errors import RuleError
from tests.test_linking import article, linked

T, P, Q = "Tarrow-7", "Petrel 2", "Salterio"


def places(text: str, *models: str) -> list[Place]:
    """All mentions of the models, in text order."""
    found = []
    for model in models:
        at = text.find(model)
        while at >= 0:
            found.append(Place(model, at, at + len(model), False))
            at = text.find(model, at + 1)
    return sorted(found, key=lambda place: place.start)


# --- weights -------------------------------------------------------------------------------------


def test_weights_are_finite_and_each_kind_has_one() -> None:
    known = weighing.weights()
    assert len(known) == len(list(rulebook.table("names/linking.csv")))
    assert all(math.isfinite(weight) and abs(weight) < 10 for weight in known.values())


def test_a_kind_given_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [{"evidence": "topic", "weight": "1"}, {"evidence": "topic", "weight": "2"}]
    monkeypatch.setattr(rulebook, "table", lambda name: twice)
    with pytest.raises(RuleError, match="topic is given twice"):
        weighing.weights.__wrapped__()


_KINDS = st.dictionaries(st.sampled_from(sorted(weighing.weights())), st.floats(0, 2), max_size=6)
_EVIDENCE = st.dictionaries(st.sampled_from([T, P, Q]), _KINDS, max_size=3)


@given(_EVIDENCE)
def test_the_choice_is_one_of_the_candidates_in_any_order(evidence: dict[str, dict[str, float]]) -> None:
    first: dict[str | None, dict[str, float]] = {None: {"none": 1.0}, **evidence}
    last = dict(reversed(first.items()))
    chosen = weighing.best(first)
    assert chosen in first
    weight = {model: _sum(told) - weighing.LEAN * (model is None) for model, told in first.items()}
    assert weight[chosen] == pytest.approx(weight[weighing.best(last)])


def _sum(told: dict[str, float]) -> float:
    return sum(weighing.weights()[kind] * value for kind, value in told.items())


def test_a_sole_candidate_needs_no_evidence() -> None:
    """None must lead by LEAN."""
    assert weighing.best({None: {}, T: {}}) == T
    against = {
        kind: 2.0 for kind, weight in weighing.weights().items() if kind.startswith("none, ") and weight > 0
    }
    assert weighing.best({None: against, T: {}}) is None


@given(_EVIDENCE, _KINDS)
def test_what_is_worth_more_than_nought_never_turns_a_model_away(
    evidence: dict[str, dict[str, float]], more: dict[str, float]
) -> None:
    known = weighing.weights()
    told: dict[str | None, dict[str, float]] = {None: {}, T: {}, **evidence}
    chosen = weighing.best(told)
    told[chosen] = told[chosen] | {
        kind: value for kind, value in more.items() if known[kind] > 0 and kind not in told[chosen]
    }
    assert weighing.best(told) == chosen


# --- memory --------------------------------------------------------------------------------------


def test_memory_keeps_who_was_named_and_as_what() -> None:
    memory = Memory()
    memory.enter(first=True)
    memory.leave(
        [Place(T, 0, 8, False), Place(P, 20, 28, True)], [T], first=True, heading=False, stranger=False
    )
    memory.enter(first=False)
    memory.leave([], [], first=False, heading=False, stranger=False)
    assert (memory.subjects, memory.named) == ((T,), (T, P))  # a sentence without names changes neither
    assert memory.proper == {T}
    assert memory.seen[P].compared
    memory.enter(first=True)
    memory.leave([], [], first=True, heading=True, stranger=True)
    assert (memory.subjects, memory.section, memory.unknown_heading) == ((), 1, True)


# --- layout --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence", "model", "kinds"),
    [
        (f"{T}: 34 billion weights. It took a week.", "It took", T, {"labels the paragraph", "opens the paragraph", "earlier in the paragraph"}),
        (f"2. {T} (a week)\n\nIt took long, they say.", "It took", T, {"in the line above"}),
        (f"It took long. Then came {T}, they say.", "It took", T, {"later in the paragraph", "the paragraph's only one"}),
        (f"It took long, they say.\n\n{T} is out, they say.", "It took", T, {"first of the next paragraph"}),
        ("A new entry\n\nIt took long, they say.", "It took", None, {"none, none in the line above"}),
    ],
)  # fmt: skip
def test_layout(text: str, sentence: str, model: str | None, kinds: set[str]) -> None:
    cut = sentences(article(text))
    here = next(s for s in cut if text.startswith(sentence, s.start))
    told = Layout(text, cut, places(text, T, P)).evidence(here.start, here.end)
    assert kinds <= set(told[model])


def test_a_full_sentence_heads_nothing() -> None:
    text = f"They wrote {T}.\n\nIt took long, they say."
    cut = sentences(article(text))
    assert Layout(text, cut, places(text, T)).evidence(cut[-1].start, cut[-1].end) == {}


# --- salience ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{T} is out. {T} was tuned from {P}.", "all: subject"),
        (f"We call it {T}. It beats {P}.", "all: brought in"),
        (f"{T} (ours) is trained from {P}.", "all: brought in"),
        (f"{T} came first, then {P}; {T} again.", "all: most named"),
    ],
)
def test_the_texts_own_model_stands_out(text: str, kind: str) -> None:
    told = salience(text, places(text, T, P), [0])
    assert told[T].get(kind, 0.0) > told[P].get(kind, 0.0)


@pytest.mark.parametrize(
    "words", ["was tuned from", "beats", "builds on", "is smaller than", "is compared with"]
)
def test_what_is_built_on_or_beaten_stands_behind_a_word(words: str) -> None:
    text = f"{T} {words} {P} again."
    told = salience(text, places(text, T, P), [0])
    assert told[P]["all: oblique"] == 1.0
    assert "all: oblique" not in told[T]


def test_salience_of_no_names() -> None:
    assert salience("Nothing is named.", [], [0]) == {}


# --- all together --------------------------------------------------------------------------------

_OWN = f"Heliora Labs has released {T}, a language model for lawyers."


@pytest.mark.parametrize(
    "text",
    [
        f"{_OWN} It was tuned from {P}. The work took [12] days on rented chips.",
        f"{_OWN} It beats {P} on every test.\n\nThe training run took [12] days, the firm says.",
        f"{_OWN} {T} is cheaper than {P} to run.\n\nAll in all, training took [12] days.",
        f"{_OWN} The team knows {P} well. {T} was built in Ghent. Training went on for [12] days.",
    ],
)
def test_a_base_or_a_rival_takes_no_figure(text: str) -> None:
    assert [fact.model for fact in linked(text, "duration")] == [T]


@pytest.mark.parametrize("kind", ["cost", "duration", "hardware", "tokens", "parameters"])
def test_a_texts_only_model_takes_its_figures(kind: str) -> None:
    text = f"{_OWN} It took [100] of them, then [200] more."
    assert {fact.model for fact in linked(text, kind)} == {T}
