"""pipeline.facts.linking: which model a figure is about, pass by pass, on invented names."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts.linking import link
from schemas.records import Article, Fact


def article(text: str, title: str | None = None, default_model: str | None = None) -> Article:
    return Article(
        id="t", source="t", page_sha256="", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text=text,
        title=title, default_model=default_model,
    )  # fmt: skip


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Take the [figures] out of their brackets: the plain text and the figures' spans."""
    spans, plain = [], ""
    for piece in re.split(r"(\[[^\]]*\])", text):
        if piece.startswith("["):
            spans.append((len(plain), len(plain) + len(piece) - 2))
            piece = piece[1:-1]
        plain += piece
    return plain, spans


def linked(
    text: str, kind: str = "parameters", title: str | None = None, default_model: str | None = None
) -> list[Fact]:
    plain, spans = marked(text)
    facts = [
        Fact(kind=kind, start=a, end=b, quote=plain[a:b], rule="t", at=a, at_end=b) for a, b in spans
    ]  # fmt: skip
    return link(article(plain, title, default_model), facts)


T, P = "Tarrow-7", "Petrel 2"
_OPEN = "Quillfish released Tarrow-7, a language model for lawyers. "


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        # the same noun phrase
        ("They compared a [540B] Tarrow-7 with Petrel 2 70B.", "parameters", [T]),
        ("Tarrow-7 ([34 billion] parameters) beats Petrel 2.", "parameters", [T]),
        ("Tarrow-7, a [34B] language model, rivals Petrel 2.", "parameters", [T]),
        ("Tarrow-7 is larger than the [175 billion] parameters of Petrel 2.", "parameters", [P]),
        ("It has more parameters than Petrel 2's [13 billion]; Tarrow-7 was trained later.", "parameters", [P]),
        # the object of the training
        ("Quillfish spent [$10 million] and two months training Tarrow-7.", "cost", [T]),
        ("Quillfish burned [30.84 million] hours on Tarrow-7, far more than on Petrel 2.", "device_hours", [T]),
        # the subject of the clause; comparisons left out
        ("Tarrow-7, unlike Petrel 2, was trained on [512] chips.", "hardware", [T]),
        (_OPEN + "Roughly ten times the size of Petrel 2, Tarrow-7 was trained on [512] chips.", "hardware", [T]),
        (_OPEN + "It is larger than Petrel 2 and was trained on [512] chips.", "hardware", [T]),
        ("Tarrow-7 took more than ten times the power of Petrel 2, about [200 million] GPU hours.", "device_hours", [T]),
        ("Tarrow-7 cost [$3 million], while Petrel 2 cost [$2 million].", "cost", [T, P]),
        # a name earlier, a pronoun, the model in focus
        (_OPEN + "It was trained on [1,024] chips.", "hardware", [T]),
        (_OPEN + "The run took [41 days].", "duration", [T]),
        (_OPEN + "Quillfish trained it for [41 days]. The bill came to [$2 million].", "cost", [T, T]),
        # parallel lists
        ("Tarrow-7 and Petrel 2 were trained on [256] and [768] chips respectively.", "hardware", [T, P]),
        ("Tarrow-7 and Petrel 2 ran on [16] cards, then on [32], and on [64] cards, respectively.", "hardware", [T, T, P]),
        ("Tarrow-7 and Petrel 2 have [1.1] and [3.4 billion] parameters.", "parameters", [T, P]),
        # descriptions
        ("Tarrow-7 and Petrel 2 are both models from Quillfish. The former was trained on [64] chips, the latter on [128].", "hardware", [T, P]),
        ("Quillfish trained Tarrow 7B and Tarrow 70B. The larger took [22 days], the smaller model [3 days].", "duration", ["Tarrow 70B", "Tarrow 7B"]),
        ("Tarrow 7B and Tarrow 70B were trained in May. The 70B run cost [$2.6 million].", "cost", ["Tarrow 70B"]),
        (_OPEN + "Its predecessor, Petrel 2, was lighter: [384] chips and [two months].", "duration", [P, P]),
        # a later name
        ("At a cost of [$3 million], Tarrow-7 was trained in May.", "cost", [T]),
    ],
)  # fmt: skip
def test_passes(text: str, kind: str, expected: list[str]) -> None:
    facts = linked(text, kind)
    assert [fact.model for fact in facts] == expected
    assert all(fact.linked_by for fact in facts)


def test_groups_end_at_respectively() -> None:
    """What stands behind the word was not shared out by it."""
    facts = linked("Tarrow-7 and Petrel 2 won 70 and 80 prizes, respectively, on [16] cards, [32] cards, and on [64] more.", "hardware")  # fmt: skip
    assert len({fact.model for fact in facts}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tarrow-7 is for lawyers. Models that cost about [$100 million] were normal then, she said.",
        "Tarrow-7 is for lawyers. Some then in training were closer to [a billion dollars].",
        "Tarrow-7 is for lawyers. Others now in development will need [$400 million], she added.",
        "Tarrow-7 is for lawyers. The next crop of training runs could come to [$3 billion] apiece.",
        "Tarrow-7 is for lawyers. Runs that would cost [$2 billion] are being drawn up.",
    ],
)
def test_what_is_said_of_nobodys_run_is_of_no_model(text: str) -> None:
    assert [fact.model for fact in linked(text, "cost")] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Tarrow-7 is for lawyers. Some of the training was done at night, and it cost [$4 million].",
        "Tarrow-7 is for lawyers. Unlike future models, it cost only [$4 million].",
        "Tarrow-7 is for lawyers. Many were surprised that training it cost only [$4 million].",
    ],
)
def test_what_only_begins_like_it_is_of_the_model(text: str) -> None:
    assert [fact.model for fact in linked(text, "cost")] == [T]


def test_table_rows_name_their_model() -> None:
    text = "Model | GPU hours | Cost\n\nTarrow 7B | [184,320] | [$300,000]\n\nTarrow 70B | [1,720,320] | [$2 million]"
    facts = linked(text, "device_hours")
    assert [fact.model for fact in facts] == ["Tarrow 7B", "Tarrow 7B", "Tarrow 70B", "Tarrow 70B"]
    assert {fact.linked_by for fact in facts} == {"table"}


def test_table_columns_name_their_model() -> None:
    text = (
        "Sheet | Tarrow-7 | Petrel 2 70B\n\nParameters | [34B] | [70B]\n\nGPU hours | [184,320] | [1,720,320]"
    )
    assert [f.model for f in linked(text)] == [T, "Petrel 2 70B", T, "Petrel 2 70B"]


def test_heading_opens_its_section() -> None:
    text = "Tarrow-7\n\nTraining took [41 days] on rented machines, the team said.\n\nPetrel 2\n\nTraining took [11 days] there, the team said."
    assert [f.model for f in linked(text, "duration")] == [T, P]


PASSING = (
    (
        "Polygloss, a language model with 26 billion parameters, went live on Thursday. They could have taken Llama 3; "
        "instead they trained from scratch, on [2.3 trillion] tokens.\n\n“ChatGPT is good at French,” said the director.\n\n"
        "The training used [1,500] chips.",
        ["Polygloss", "Polygloss"],
    ),
    (
        "Hippolo, a clinical language model, was finished in May.\n\nWhy not an existing model, like Meditron?\n\n"
        "Meditron isn't ours to tune.\n\nHow much text?\n\nOurs saw [380 billion] tokens.",
        ["Hippolo"],
    ),
    (
        "Quillfish unveiled Tarrow-7, its 34B model.\n\nRivals have spent more. xAI said Grok 4 used [200,000] chips.\n\n"
        "“We are not in a race with GPT-5,” Quillfish chief executive Ann Lee said. “The model will read [18 trillion] tokens.”",
        ["Grok 4", "Tarrow-7"],
    ),
    (
        "Pelo-2 comes in two sizes: Pelo-2-mini and Pelo-2-Base. Pelo-2-Base was trained in May.\n\n"
        "The mini is different: it was distilled from Base in [5 days].",
        ["Pelo-2-mini"],
    ),
)


@pytest.mark.parametrize(("text", "expected"), PASSING)
def test_a_model_named_in_passing_takes_no_figure(text: str, expected: list[str]) -> None:
    assert [fact.model for fact in linked(text, "tokens")] == expected


def test_a_second_version_without_a_name() -> None:
    text = "Tarrow-7, a language model, is out.\n\nA second version is planned for May. It will have [70 billion] parameters."
    (fact,) = linked(text)
    assert (fact.model, fact.description) == (None, "A second version")


def test_a_system_without_a_name_gets_a_description() -> None:
    text = "Google subsidiary DeepMind is estimated to have spent [$35 million] training a system to learn the board game Go."
    (fact,) = linked(text, "cost")
    assert fact.model is None
    assert fact.description is not None
    assert fact.description.startswith("a system to learn")


def test_nothing_to_link_to() -> None:
    (fact,) = linked("Training such things can cost [$3 million].", "cost")
    assert fact.model is None
    assert fact.linked_by is None


def test_model_given_from_outside() -> None:
    (fact,) = linked(
        "Our network has [3 billion] parameters and we trained it for a day.", default_model="Tarrow-7"
    )
    assert (fact.model, fact.linked_by) == (T, "focus")


def test_only_model_of_the_title() -> None:
    (fact,) = linked(
        "The whole run cost [$3 million], the company says.", "cost", title="How Tarrow-7 was trained"
    )
    assert fact.model == T


def test_prices_and_trends_are_about_no_model() -> None:
    text = _OPEN + "An hour costs [$2]."
    assert linked(text, "price")[0].model is None


def test_a_link_never_touches_the_rest_of_a_fact() -> None:
    plain, ((a, b),) = marked("Tarrow-7 has [34 billion] parameters.")
    fact = Fact(kind="parameters", start=0, end=len(plain), quote=plain, rule="t", at=a, at_end=b, op="~")
    (out,) = link(article(plain), [fact])
    assert (out.start, out.end, out.quote, out.op, out.rule) == (
        fact.start,
        fact.end,
        fact.quote,
        fact.op,
        fact.rule,
    )


_PIECES = st.sampled_from(
    ["Tarrow-7", "Petrel 2", " than ", " it ", "The former ", " and ", "respectively", ". ", "\n\n", " | ", "(", ")", "the 70B run ",
     "34B", "training a system to ", "Its predecessor, ", "’s ", ", ", "Quillfish", "é", "\u200d", "\x00"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(st.text(min_size=1, max_size=200), st.lists(_PIECES, min_size=1, max_size=40).map("".join)),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9)), max_size=8),
    st.sampled_from(["parameters", "cost", "hardware", "price"]),
)
def test_any_text_is_safe(text: str, places: list[tuple[int, int]], kind: str) -> None:
    facts = []
    for at, width in places:
        start = at % len(text)
        end = min(len(text), start + width)
        facts.append(
            Fact(kind=kind, start=start, end=end, quote=text[start:end], rule="t", at=start, at_end=end)
        )
    doc = article(text)
    out = link(doc, facts)
    assert out == link(doc, facts)
    assert [(f.at, f.kind) for f in out[: len(facts)]] == [(f.at, f.kind) for f in facts]
