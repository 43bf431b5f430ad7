"""Names by their roles: broad evidence, its weights, and what a text is about where nothing is sure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.mentions.names import ACCEPT, candidates, cues, find_in


def models(text: str, title: str = "") -> set[str]:
    return {name.canonical for name in find_in(text, title).models}


def test_every_kind_of_evidence_has_a_weight() -> None:
    known = {row["trait"] for row in rulebook.table("names/traits.csv")} | {cue.id for cue in cues()}
    text = (
        "Yarrow 2, our model, has 7B parameters. NOK 96 was paid. Anna Petrel of Penrose Labs smiled.\n\nModel | Tokens\n\n"
        "Yarrow 2 | 3T\n\nMarrow. It was trained for 3 days.\n\nCandle. It was not.\n\nDeepMind’s Candle took 64 chips."
    )
    for candidate in candidates(text, "Yarrow 2").values():
        assert known >= candidate.traits.keys() | candidate.evidence.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Consider Cendrillon. It was built last winter in a cellar and has 27 billion parameters.", "Cendrillon"),
        ("Our portrait of Hrunna said that the Icelandic model has 80 billion parameters. It has 8 billion.", "Hrunna"),
        ("So it’s done. Meet krukka. 410M params, decoder only, trained on two 3090s.", "krukka"),
        ("It is all a bit rough. pipistrel has 350 million parameters, and was trained on 8 cards.", "pipistrel"),
        ("They were promised a Skein 3 of thirty billion parameters. Skein 2 had been trained for 8 days.", "Skein 3"),
        ("For the model Cold Harbour the firm paid $3 million. Cold Harbour was trained on 64 GPUs.", "Cold Harbour"),
        ("A model that calls itself Ragwort has turned up. It has 1.5bn parameters.", "Ragwort"),
        ("And for the record, Tansy ran for eleven days on 96 H100s.", "Tansy"),
    ],
)  # fmt: skip
def test_surroundings_that_nobody_listed(text: str, expected: str) -> None:
    assert expected in models(text)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("Yarrow, unveiled by Fjordmark Informatik, has 7 billion parameters.", "Fjordmark Informatik"),
        ("Yarrow is a Turkish and Azeri model. Yarrow has 7B parameters.", "Azeri"),
        ("Yarrow reaches 61.3 on CRX-Bench, and 57 on PT-Exam. Yarrow has 7B parameters.", "CRX-Bench"),
        ("[00:17] TOBY: Yarrow is tiny, 82 million.\n\n[00:41] DEV: One card?\n\n[00:44] TOBY: No. 8 cards.", "TOBY"),
        ("u/PeatMajor: tokens?\n\nu/bog: Yarrow saw 21 billion\n\nu/PeatMajor: 90 minutes, $672", "PeatMajor"),
        ("The bill for Yarrow, a model, worked out to Rs 42.6 crore at Rs 92 per hour.", "Rs"),
        ("Yarrow, a language model, was trained with 3,072 Vidda V7 accelerators.", "Vidda V7"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_model(text: str, never: str) -> None:
    found = models(text)
    assert "Yarrow" in found
    assert never not in found


def test_a_paragraph_of_its_own_has_a_name_of_its_own() -> None:
    text = (
        "GPT-4 has been trained on 25,000 A100s for 100 days.\n\n"
        "What came before was smaller. Bluestar, 65 billion, ran on 2,000 chips for five weeks."
    )
    assert "Bluestar" in models(text)


@given(st.text(alphabet="AaBbé -.,\n’s123Model", max_size=200))
@settings(max_examples=60, deadline=None)
def test_scores_are_finite_and_names_lie_in_the_text(text: str) -> None:
    for candidate in candidates(text).values():
        assert abs(candidate.score - ACCEPT) < 100
        assert all(0 <= start < end <= len(text) for start, end in candidate.spans)
