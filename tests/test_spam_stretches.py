"""Stretches weighed by all that is seen of them: what goes, what stays, and what it leaves behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spam import SpamContext, clean_blocks, free_again, stretches
from schemas.records import Block

ARTICLE = (
    "The harbour board has voted to rebuild the eastern pier, which storms broke in two places last winter.",
    "Work on the pier is to begin in April, when the ferries move to the western berth for a year.",
    "The chairwoman of the board, Ingrid Aasen, said that the money had come from the county and from the "
    "insurance of the harbour.",
    "Fishermen who berth at the pier had asked for a higher wall, since waves have come over it every winter "
    "for ten years.",
    "The board refused the wall for now. It would have doubled the price of the pier, Aasen said.",
)
#: A run in plain sight that the page is caught with before the doubtful one is judged.
CAUGHT = (
    "best payday loans online bad credit loans guaranteed approval instant cash advance payday loans online"
)


def cleaned(*texts: str, language: str = "en") -> list[str]:
    """Return the paragraphs left of a page."""
    result = clean_blocks([Block("paragraph", text) for text in texts], SpamContext(language=language))
    return [block.text for block in result.blocks]


@pytest.mark.parametrize(
    ("spoilt", "left"),
    [
        (
            "Fishermen who berth at the pier had asked (quick payday loans apply today) for a higher wall.",
            "Fishermen who berth at the pier had asked for a higher wall.",
        ),
        (
            "The western berth is narrow, instant cash advance bad credit, and the ferries are wide.",
            "The western berth is narrow and the ferries are wide.",
        ),
    ],
)
def test_what_a_page_was_caught_with_speaks_against_its_like(spoilt: str, left: str) -> None:
    """The same trade in brackets or between commas goes once a run of it was cut for sure."""
    kept = cleaned(*ARTICLE, CAUGHT, spoilt)
    assert CAUGHT not in kept
    assert kept[-1].replace(" ,", ",").replace(",", "") == left.replace(",", "")
    assert kept[:-1] == list(ARTICLE)


@pytest.mark.parametrize(
    "honest",
    [
        "The wall (reinforced concrete, six metres high) was never built.",
        "Aasen named three lenders, pier insurance and county bonds, as the source of the money.",
        "She spoke of la plus belle jetée du monde when the pier was opened.",
        "Searches for “quick payday loans” rose that winter, the library said: slot gacor (1,204), judi online (988).",
        "Ferries, berths, walls and waves: the board has all of them to look after.",
    ],
)
def test_honest_stretches_stay(honest: str) -> None:
    """An aside, a list, a foreign phrase and terms that are reported stay."""
    assert cleaned(*ARTICLE, honest) == [*ARTICLE, honest]


def test_a_list_in_a_text_without_markup_stays() -> None:
    """Terms that are counted, each on its line, are what the article reports."""
    counted = [
        "slot gacor hari ini (1,204 comments)",
        "best online casino (988)",
        "payday loans no credit check (540)",
    ]
    blocks = [Block("paragraph", text) for text in [*ARTICLE, "What the comments named most:", *counted]]
    result = clean_blocks(blocks, SpamContext(language="en", plain=True))
    assert [block.text for block in result.blocks] == [block.text for block in blocks]


@pytest.mark.parametrize("joint", [" ", ", ", " / ", " | "])
def test_a_name_said_again_and_again_goes(joint: str) -> None:
    """Nobody writes a name six times on end."""
    assert cleaned(*ARTICLE, joint.join(["Vermalo"] * 6)) == list(ARTICLE)


def test_twice_or_thrice_is_said_for_effect() -> None:
    """Writers do repeat a word."""
    said = "“Never, never, never will they build it,” one fisherman said of the wall."
    assert cleaned(*ARTICLE, said) == [*ARTICLE, said]


def test_two_kinds_are_needed() -> None:
    """What a stretch is like and how it stands doesn't do alone."""
    form = {"bare": 1.0, "stranger": 1.0, "aside": 1.0, "unlike": 6.0, "rest holds": 1.0}
    assert stretches.evidence(form) is None
    told = stretches.evidence({**form, "traded": 1.0, "traded much": 0.5})
    assert told is not None and told["words"] > 0 and told["borders"] > 0


def test_every_sign_has_a_kind_and_a_worth() -> None:
    """The weights and the kinds of evidence name the same signs."""
    kinds = {name for names in stretches.EVIDENCE.values() for name in names}
    assert kinds <= stretches.worths().keys()


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("The eastern pier will be rebuilt payday loans online", "The eastern pier will be rebuilt"),
        ("bad credit loans: Eastern pier will be rebuilt", "Eastern pier will be rebuilt"),
        ("The board votes to rebuild the pierpayday loans", "The board votes to rebuild the pier"),
        ("The board votes to rebuild the piervermalo88", "The board votes to rebuild the pier"),
        ("Loans for the pier, and no wall", "Loans for the pier, and no wall"),
        ("Guaranteed approval for the pier", "Guaranteed approval for the pier"),
    ],
)
def test_a_title_gives_up_what_its_page_was_caught_with(title: str, left: str) -> None:
    """Words at an end of a title go if the same were cut from the article; single ones that it uses stay."""
    context = SpamContext(language="en", blocks=tuple(Block("paragraph", text) for text in ARTICLE))
    kept, cut = free_again(title, [CAUGHT, "vermalo88"], context=context)
    assert kept == left
    assert bool(cut) == (title != left)


def test_a_page_without_cuts_keeps_its_title() -> None:
    """Nothing proves anything there."""
    context = SpamContext(language="en", blocks=tuple(Block("paragraph", text) for text in ARTICLE))
    assert free_again("payday loans online", [], context=context) == ("payday loans online", [])


@given(
    st.lists(
        st.sampled_from([*ARTICLE, CAUGHT, "quick payday loans", "(a b c) [d] – e –", "，。（）"]), max_size=6
    )
)
def test_any_page_can_be_looked_at(texts: list[str]) -> None:
    """Nothing that stays was altered, whatever stands beside it, and a second look finds nothing more."""
    result = clean_blocks([Block("paragraph", text) for text in texts], SpamContext(language="en"))
    again = clean_blocks(result.blocks, SpamContext(language="en"))
    if result.rejected is None:
        assert again.blocks == result.blocks or again.rejected
