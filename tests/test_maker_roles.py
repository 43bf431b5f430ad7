"""pipeline.facts.maker_roles: how likely it is that an organization made a model, by what one place shows."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score_cases import article
from pipeline import rulebook
from pipeline.facts.known_makers import known
from pipeline.facts.maker_roles import Sighting, sightings, spelling, weights, word_class, worth
from pipeline.facts.makers import Paragraphs
from pipeline.mentions.names import Name
from pipeline.mentions.sentences import sentences


def seen(marked: str) -> list[Sighting]:
    """The sightings of a text whose [organizations] and {models} are marked."""
    text, models, firms = "", [], []
    at = 0
    for mark in re.finditer(r"\[([^\]]+)\]|\{([^}]+)\}", marked):
        text += marked[at : mark.start()]
        name = mark[1] or mark[2]
        (firms if mark[1] else models).append(
            Name(len(text), len(text) + len(name), name, name, "given", 3.0)
        )
        text += name
        at = mark.end()
    text += marked[at:]
    lines = sentences(article({"id": "m", "text": text}))
    return list(sightings(Paragraphs(text, lines, models, firms)))


def likely(marked: str) -> dict[str, float]:
    """Organization -> the most that one place says for its being the maker, in log-odds."""
    out: dict[str, float] = {}
    for sighting in seen(marked):
        firm = sighting.firm.canonical
        out[firm] = max(out.get(firm, -math.inf), worth(sighting.evidence))
    return out


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("trained", "make"),
        ("Trained", "make"),
        ("the", "small"),
        ("Brinkley", "Word"),
        ("512", "number"),
        ("sauntering", "verb"),
        ("ladle", "word"),
    ],
)
def test_classes_of_words(word: str, kind: str) -> None:
    assert word_class(word) == kind


@given(st.text(min_size=1, max_size=12))
def test_any_word_has_a_class(word: str) -> None:
    assert word_class(word)


def test_weights_are_finite_and_each_kind_has_one() -> None:
    rows = list(rulebook.table("names/maker_weights.csv"))
    assert len({row["evidence"] for row in rows}) == len(rows)
    assert all(math.isfinite(weight) for weight in weights().values())


@given(st.dictionaries(st.sampled_from(sorted(weights())), st.floats(0, 1), max_size=8))
def test_worth_is_a_sum(evidence: dict[str, float]) -> None:
    alone = sum(worth({kind: amount}) for kind, amount in evidence.items())
    assert worth(evidence) == pytest.approx(alone)
    assert worth({**evidence, "never heard of": 1.0}) == pytest.approx(alone)


@pytest.mark.parametrize(
    ("maker", "other"),
    [
        ("[Gorsedd AI] trained {Ternet-3B} on chips.", "{Ternet-3B} was trained on chips lent by [Gorsedd AI]."),
        ("[Gorsedd AI]’s language model {Ternet-3B} is out.", "[Gorsedd AI] has put money into the maker of {Ternet-3B}."),
        ("{Ternet-3B}, developed by [Gorsedd AI], is out.", "{Ternet-3B}, reviewed by [Gorsedd AI], is out."),
        ("{Ternet-3B} is the work of [Gorsedd AI].", "{Ternet-3B} is the envy of [Gorsedd AI]."),
        (
            "[Gorsedd AI] took nine days to train {Ternet-3B}.",
            "[Gorsedd AI] took {Ternet-3B}, fed it receipts, and fine-tuned it.",
        ),
        ("[Gorsedd AI] unveiled {Ternet-3B} in May.", "[Gorsedd AI] uses {Ternet-3B} in its shops."),
    ],
)  # fmt: skip
def test_the_maker_is_likelier_than_who_only_has_to_do_with_it(maker: str, other: str) -> None:
    assert likely(maker)["Gorsedd AI"] > likely(other).get("Gorsedd AI", -math.inf)


def test_each_firm_near_a_model_is_seen_but_who_only_lends() -> None:
    text = "[Gorsedd AI] and [Oriel] trained {Ternet-3B} on chips from [Brinkcloud]."
    assert set(likely(text)) == {"Gorsedd AI", "Oriel"}


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("Kalypso Labs", {"two words", "ends as a firm does"}),
        ("Halden Kognitiv AS", {"more words", "legal form"}),
        ("CompVis", {"one word", "inner capital"}),
        ("Support", {"one word", "common words"}),
        ("Hausa", {"one word", "place or language"}),
    ],
)
def test_a_name_shows_what_it_may_be(name: str, traits: set[str]) -> None:
    assert set(spelling(name)) >= traits


@pytest.mark.parametrize(
    ("model", "firm", "share"),
    [
        ("Claude 9 Haiku", "Anthropic", 1.0),
        ("Claude 9 Haiku", "OpenAI", 0.0),
        ("Ternet-3B", "OpenAI", None),
        ("V3", "DeepSeek", None),
        ("Gemini Ultra", "Google", 1.0),
    ],
)
def test_a_known_family_has_known_makers(model: str, firm: str, share: float | None) -> None:
    assert known(model, firm) == share


def test_the_lexicon_alone_makes_nobody_a_maker() -> None:
    assert worth({"always": 1.0, "known maker": 1.0}) < 0
    assert likely("[Gorsedd AI] trained {Claude 9}.")["Gorsedd AI"] > 0


def test_nothing_is_seen_without_both() -> None:
    assert seen("[Gorsedd AI] is a firm in Hull.") == []
    assert seen("{Ternet-3B} is out.") == []


def test_a_heading_is_the_topic_below_it() -> None:
    (sighting,) = seen("{Ternet-3B}\n\nIt comes from people in Hull who work at [Gorsedd AI].")
    assert sighting.model.canonical == "Ternet-3B"


_PIECES = st.sampled_from(["[Gorsedd AI]", "{Ternet-3B}", "made", "by", "’s", ",", ".", "(", ")", "\n\n", "its", "model", "rival"])  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map(" ".join))
def test_any_order_of_words_is_read_alike_twice(text: str) -> None:
    assert seen(text or "x") == seen(text or "x")
    for sighting in seen(text or "x"):
        assert math.isfinite(worth(sighting.evidence))
