"""Senses: denied, corrected, estimated, projected, hypothetical; and who says so."""

from __future__ import annotations

import pytest

from pipeline.facts.senses import attributed, basis, senses


def _read(text: str, figure: str, following: str = "") -> dict[str, str]:
    at = text.index(figure)
    return senses(text, at, at + len(figure), following)


@pytest.mark.parametrize(
    ("text", "figure", "following"),
    [
        ("The lab denied that training cost $80 million.", "$80 million", ""),
        ("Heron-2 was not trained on 4,096 H100s.", "4,096", ""),
        ("The bill was nowhere near $50 million.", "$50 million", ""),
        ("Reports of a $12 million bill are untrue.", "$12 million", ""),
        ("Does it have 3 trillion parameters?", "3 trillion", "No."),
        ("Rumour had it at $9 million.", "$9 million", "That figure is wrong."),
        ("A memo put it at 1.1 trillion; the memo turned out to be fake.", "1.1 trillion", ""),
    ],
)
def test_denied(text: str, figure: str, following: str) -> None:
    assert "negated" in _read(text, figure, following)


@pytest.mark.parametrize(
    ("text", "figure", "following"),
    [
        ("The lab did not say how, but training cost $5 million.", "$5 million", ""),
        ("It not only has 70 billion parameters, it is open.", "70 billion", ""),
        ("It cost $5 million.", "$5 million", "Nobody was surprised."),
        ("OpenAI's Wren, which it would not release, has 1.5 billion parameters.", "1.5 billion", ""),
        ("He dismissed the claim; the run took 40 days.", "40", ""),
    ],
)
def test_not_denied(text: str, figure: str, following: str) -> None:
    assert "negated" not in _read(text, figure, following)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("An earlier version of this article said it had 70 billion parameters.", "70 billion"),
        ("We previously reported that it cost $9 million.", "$9 million"),
        ("Last week I wrote that the run took 20 days.", "20"),
    ],
)
def test_superseded(text: str, figure: str) -> None:
    assert "superseded" in _read(text, figure)


@pytest.mark.parametrize(
    ("text", "figure", "wanted"),
    [
        ("The company paid $63 million.", "$63 million", "reported"),
        ("Analysts put the bill at $63 million.", "$63 million", "estimated"),
        ("Training it in the cloud would cost $4 million.", "$4 million", "hypothetical"),
        ("At list prices the run comes to $4 million.", "$4 million", "hypothetical"),
        ("The next model is expected to cost $1 billion.", "$1 billion", "projected"),
        ("By 2030 the largest run would cost $10 billion.", "$10 billion", "projected"),
    ],
)
def test_basis(text: str, figure: str, wanted: str) -> None:
    assert basis(_read(text, figure)) == wanted


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("According to Epoch AI, it cost $40 million.", "Epoch AI"),
        ("Lambda estimated the bill at $4.6 million.", "Lambda"),
        ("It cost $4.6 million.", None),
    ],
)
def test_attributed(text: str, who: str | None) -> None:
    assert attributed(text) == who


@pytest.mark.parametrize(
    ("text", "figure", "following", "sense"),
    [
        ("An article on page 4 said that Ibis had cost $900 million.", "$900 million", "The sentence should have read $9 million.", "negated"),
        ("Due to a translation error we put Ibis's training at 90 days.", "90", "", "negated"),
        ("You may have heard that Ibis was trained for $2 million.", "$2 million", "", "negated"),
        ("The caption mistakenly gave the number of chips as 25,600.", "25,600", "", "negated"),
        ("The lab called reports of a $70 million bill nonsense.", "$70 million", "", "negated"),
        ("He scoffed at the notion that Ibis cost $50 million.", "$50 million", "", "negated"),
        ("That Ibis cost $50 million is a fairy tale, its maker said.", "$50 million", "", "negated"),
        ("Did Ibis really cost $50 million?", "$50 million", "Absolutely not, says its maker.", "negated"),
        ("Nobody at the lab recognises the figure of $50 million.", "$50 million", "", "negated"),
        ("Corrected the size of Ibis, given as 30B in August.", "30B", "", "superseded"),
        ("We make it $3 million, give or take.", "$3 million", "", "estimated"),
        ("Judging by the hours, the run must have cost $3 million.", "$3 million", "", "estimated"),
        ("A consultancy puts the bill at $3 million.", "$3 million", "", "estimated"),
        ("Some $30 million has been set aside for Ibis 2.", "$30 million", "", "projected"),
        ("The council has approved $30 million for training Ibis 2.", "$30 million", "", "projected"),
        ("A cloud provider quoted us $30 million for the same job.", "$30 million", "", "hypothetical"),
    ],
)  # fmt: skip
def test_senses_in_other_words(text: str, figure: str, following: str, sense: str) -> None:
    assert sense in _read(text, figure, following)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("She put the bill at $30 million.", "$30 million"),
        ("The invoice for the run was $30 million.", "$30 million"),
        ("Ibis saw 11 trillion tokens, which is a ridiculous amount for its size.", "11 trillion"),
    ],
)
def test_plain_reports_have_no_sense(text: str, figure: str) -> None:
    assert _read(text, figure) == {}
