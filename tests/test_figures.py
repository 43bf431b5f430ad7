"""Figures and facts without a model: kind, value, device, scope, what is none; and any text is safe."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import read
from pipeline.facts.figures import Reader
from pipeline.mentions.sentences import sentences
from schemas.records import LONGEST_EVIDENCE, Article, Fact


def _article(text: str, title: str | None = None) -> Article:
    return Article(
        id="t",
        source="t",
        page_sha256="",
        fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        text=text,
        title=title,
    )


def _facts(text: str) -> list[Fact]:
    article = _article(text)
    reader = Reader(article.text, sentences(article))
    reader.read()
    return reader.facts


def _told(text: str) -> list[tuple[object, ...]]:
    out: list[tuple[object, ...]] = []
    for fact in _facts(text):
        number = (
            (float(fact.low), float(fact.high)) if fact.low is not None and fact.high is not None else None
        )
        value = float(fact.value) if fact.value is not None else number
        detail = {
            "hardware": fact.device,
            "device_hours": fact.device,
            "cost": fact.scope,
            "parameters": fact.role,
        }
        detail |= {"price": fact.per, "trend": fact.direction}
        out.append((fact.kind, value, detail.get(fact.kind)))
    return sorted(out, key=str)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Osprey-2 is a 34B model.", [("parameters", 34e9, "total")]),
        ("It has 90 billion parameters, of which 9 billion are active.", [("parameters", 90e9, "total"), ("parameters", 9e9, "active")]),
        ("The family comes in sizes of 2, 9 and 27 billion parameters.", [("parameters", 2e9, "total"), ("parameters", 9e9, "total"), ("parameters", 27e9, "total")]),
        ("It was pretrained on 3.5 trillion tokens.", [("tokens", 3.5e12, None)]),
        ("We trained it on 768 H200 GPUs for 19 days.", [("hardware", 768, "H200"), ("duration", 456, None)]),
        ("It was trained on 20 nodes with eight A100 GPUs each.", [("hardware", 160, "A100")]),
        ("Training took place across 60 DGX A100 servers, each with 8 A100 GPUs.", [("hardware", 60, "DGX A100"), ("hardware", 480, "A100")]),
        ("The run consumed 1.4 million H100 hours.", [("device_hours", 1.4e6, "H100")]),
        ("Training used 355 GPU-years on V100 cards.", [("device_hours", 355 * 8766, "V100"), ("hardware", None, "V100")]),
        ("Training took 3.14e23 FLOPs.", [("compute", 3.14e23, None)]),
        ("Training cost $7.4 million.", [("cost", 7.4e6, "training")]),
        ("Fine-tuning the model cost 9,400 Swiss francs.", [("cost", 9400, "finetuning")]),
        ("Serving the model costs the lab $40,000 a day.", [("cost", 40000, "inference")]),
        ("They rent H100 GPUs at $2.10 an hour.", [("price", 2.1, "hour")]),
        ("An H100 card costs about $30,000.", [("price", 30000, "unit")]),
        ("Training emitted 25 tonnes of CO2 and used 433 MWh.", [("emissions", 25000, None), ("energy", 433000, None)]),
        ("The cost of training such models fell 20-fold between 2020 and 2023.", [("trend", 20, "down")]),
        ("Training costs at the frontier have tripled every year.", [("trend", 3, "up")]),
    ],
)  # fmt: skip
def test_facts(text: str, facts: list[tuple[object, ...]]) -> None:
    assert _told(text) == sorted(facts, key=str)


@pytest.mark.parametrize(
    "text",
    [
        "The start-up raised $90 million to train a model.",
        "It was valued at $2 billion.",
        "The model costs $3 per million input tokens.",
        "Its context window holds 128,000 tokens.",
        "The lab ordered 10,000 H100 GPUs.",
        "A new data centre will cost $4 billion.",
        "Subscribers to the chatbot pay $20 a month.",
        "Her training for the marathon took nine months.",
        "The army spent £3.1 million on training 400 drone pilots.",
        "The model runs at 150 tokens per second.",
        "Pruning 90% of parameters hardly hurts.",
        "A researcher waited three weeks for the analysis of the model.",
        "The chip delivers 312 teraflops.",
        "In 2024 the model had 10 million users.",
        "The model was released in 2023 and updated two months later.",
        "The act covers any model trained with more than 10^26 FLOP.",
        "The earbuds cost 180 euros.",
    ],
)
def test_no_facts(text: str) -> None:
    assert _told(text) == []


def test_a_table_is_read_by_its_heads() -> None:
    text = "Model | Parameters (B) | GPU hours (H100) | Training cost (USD, estimated)\n\nKestrel | 12 | 310,000 | 640,000\n\nMerlin | 70 | 1,900,000 | 3,900,000"
    facts = [(f.kind, float(f.value or 0), f.basis) for f in _facts(text)]
    assert ("parameters", 12e9, None) in facts
    assert ("device_hours", 1.9e6, None) in facts
    assert ("cost", 640000.0, "estimated") in facts


def test_a_title_gives_only_what_the_text_does_not_say() -> None:
    same = read(
        _article("Training the model Larch-2 cost $5.2 million.", "Larch-2 cost $5.2 million to train")
    )
    assert [f.part for f in same.facts if f.kind == "cost"] == ["text"]
    more = read(_article("The model Larch-2 is out.", "Training the model Larch-2 cost $5.2 million"))
    assert [f.part for f in more.facts if f.kind == "cost"] == ["title"]


def test_other_languages_yield_nothing_and_say_so() -> None:
    german = "Das Modell wurde mit 512 H100 für zehn Tage trainiert und hat 70 Milliarden Parameter, die nach Angaben der Firma nicht genug sind."
    reading = read(_article(german))
    assert reading.facts == ()
    assert reading.skipped == "language: de"
    mixed = read(
        _article(
            german
            + "\n\nThe model Larch-2 has 70 billion parameters and was trained for ten days on 512 H100 GPUs."
        )
    )
    assert {f.kind for f in mixed.facts} >= {"parameters", "hardware", "duration"}
    assert mixed.skipped == ""


PIECES = st.sampled_from(
    ["$5 million", "70B", "GPUs", "H100", "2,048", "trained", "for", "10 days", "tokens", "param", "|", "\n\n", ". ", "¥", "½", "，", "–", "é", "🙂", "\u202e", "cost",
     "per hour", "8x", "each", "%", "fell", "TPU v3-512", "?", "No.", "(", ")", "—", "10^25", "FLOP", "of", "a few", "MWh", "tonnes of CO2", ";", "\t", "Wren-2"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=250), st.lists(PIECES, max_size=30).map(" ".join)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_safe(text: str) -> None:
    reading = read(_article(text, text[:60]))
    for fact in reading.facts:
        source = text if fact.part == "text" else text[:60]
        assert fact.quote == source[fact.start : fact.end]
        assert len(fact.quote) <= LONGEST_EVIDENCE
        assert fact.start <= fact.at < fact.at_end <= fact.end
    assert reading == read(_article(text, text[:60]))


@pytest.mark.parametrize(
    "piece",
    [
        "trained for ",
        "$1 ",
        "8 x ",
        "GPU ",
        "cost ",
        "70B, ",
        "the model ",
        "not ",
        "1 node with 8 ",
        "a | ",
        "million ",
        "an hour ",
        "of the ",
        "A100",
        "and ",
        "fell by 5% a year ",
    ],
)
def test_time_grows_with_length(piece: str) -> None:
    """Safety net for a pattern that backtracks: generous, and only against runaway growth."""
    begin = time.perf_counter()
    _facts(piece * (6_000 // len(piece)))
    assert time.perf_counter() - begin < 30


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("This AI lab has a language model of its own, and GPUs. How much was spent on training it? About nine million, all in. Euros, that is.", [("cost", 9e6, "training")]),
        ("Training the model Ibex took twelve million dollars; its successor took thirty.", [("cost", 12e6, "training"), ("cost", 30e6, "training")]),
        ("The budget for training the model was £3m. They ended up spending 5.", [("cost", 3e6, "training"), ("cost", 5e6, "training")]),
        ("The first model saw 2 trillion tokens, the second saw five trillion.", [("tokens", 2e12, None), ("tokens", 5e12, None)]),
        ("The AI lab keeps its language model on GPUs. The bill for training the model? Six. Million. Dollars.", [("cost", 6e6, "training")]),
        ("H100s are rented by the hour for dollars. The list price is 2.40 an hour.", [("price", 2.4, "hour")]),
        ("A100 rental: $1.10. Both GPUs come by the hour.", [("price", 1.1, "hour")]),
        ("The price of an H200 board is put at $32,000 by dealers.", [("price", 32000, "unit")]),
        ("7. The model has 2 billion parameters. 8. The others don't.", [("parameters", 2e9, "total")]),
    ],
)  # fmt: skip
def test_what_is_left_out_is_taken_from_before(text: str, facts: list[tuple[object, ...]]) -> None:
    assert _told(text) == sorted(facts, key=str)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("The lab has ordered 16,000 GPUs for a data centre that opens next year.", []),
        ("The mission has empanelled over 38,000 GPUs for AI models so far.", []),
        ("One in four of those GPU nodes failed while the model was in training.", []),
        ("R&D expense of the AI model maker rose to $164 million.", []),
        ("The AI lab spent $14 million on lobbying for its models.", []),
        ("The grid emits 0.62 kg of CO2 per kWh, says the language model's card.", []),
        ("There was talk of a model with ten billion parameters.", []),
        ("The lab's model was trained on chips that it had bought for $160 million.", [("cost", 160e6, "hardware")]),
        ("The run of the AI model would have been invoiced at €571,000.", [("cost", 571000, "training")]),
        ("An article had wrongly put the AI model at 40 billion parameters.", [("parameters", 40e9, "total")]),
    ],
)  # fmt: skip
def test_what_is_near_a_fact_and_none(text: str, facts: list[tuple[object, ...]]) -> None:
    assert _told(text) == sorted(facts, key=str)
    if "wrongly" in text:
        assert all(fact.negated for fact in _facts(text))


TABLES = {
    "tabs": "Model\tTotal\tActive\tTokens\tB200 hours\nDune S\t1.6B\tdense\t9T\t41,000\nDune L\t46B\t5.1B\t14T\t188,000",
    "bars": "| Model | Parameters | Active params | Tokens | B200 hours |\n|---|---|---|---|---|\n| Dune S | 1.6B | – | 9T | 41,000 |\n| Dune L | 46B | 5.1B | 14T | 188,000 |",
    "lines": "Model | Size | Active | Training tokens | B200-hours\n\nDune S | 1.6B | dense | 9T | 41,000\n\nDune L | 46B | 5.1B | 14T | 188,000",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_a_table_is_one_however_its_cells_are_parted(table: str) -> None:
    found = read(_article(f"Dune comes in two sizes.\n\n{table}\n\nBoth are out today.")).facts
    rows = [(f.kind, f.model, f.role, f.value, f.device) for f in found if f.kind != "developer"]
    assert rows == [
        ("parameters", "Dune S", "total", Decimal("1.6e9"), None),
        ("tokens", "Dune S", None, Decimal("9e12"), None),
        ("device_hours", "Dune S", None, Decimal(41000), "B200"),
        ("parameters", "Dune L", "total", Decimal("46e9"), None),
        ("parameters", "Dune L", "active", Decimal("5.1e9"), None),
        ("tokens", "Dune L", None, Decimal("14e12"), None),
        ("device_hours", "Dune L", None, Decimal(188000), "B200"),
    ]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Dune is sparse, at 310B total with 28B active.", {310e9: "total", 28e9: "active"}),
        ("Dune has 118 billion parameters, of which 9 billion work at any moment.", {118e9: "total", 9e9: "active"}),
        ("Dune has 235 billion parameters in total, 22 billion doing the work.", {235e9: "total", 22e9: "active"}),
        ("Dune has 97 billion parameters, all of them active.", {97e9: "total"}),
        ("Dune is a mixture of experts of about 740 billion parameters.", {740e9: "total"}),
        ("Dune, a mixture of sixteen experts of 110 billion parameters each, is out.", {110e9: "expert"}),
        ("Dune activates 32 billion parameters and has 1 trillion total parameters.", {32e9: "active", 1e12: "total"}),
    ],
)  # fmt: skip
def test_the_whole_of_a_model_is_told_from_what_is_active(text: str, roles: dict[float, str]) -> None:
    assert {float(f.value or 0): f.role for f in _facts(text) if f.kind == "parameters"} == roles


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("Training Dune cost not quite $4 million.", "<"),
        ("Training Dune cost $4 million and change.", ">"),
        ("Training Dune cost a shade over $4 million.", ">"),
        ("The invoices for training Dune add up to $4 million.", "="),
        ("Training Dune cost, they say, $4 million.", "="),
        ("Training Dune cost $4 million, near enough.", "~"),
    ],
)
def test_how_exactly_a_sum_is_said(text: str, op: str) -> None:
    assert [f.op for f in _facts(text) if f.kind == "cost"] == [op]


@pytest.mark.parametrize(
    ("text", "factor", "direction"),
    [
        ("Training compute in notable models, if you believe the count, keeps growing by 4.4x a year.", 4.4, "up"),
        ("The cost of a given amount of pretraining halves about every 17 months.", 2, "down"),
        ("H100 prices have lost three quarters of their value in two years.", 4, "down"),
        ("Cost per FLOP fell by 45% over the same period.", 1.818, "down"),
        ("It costs a tenth as much to train such a model as it did three years ago.", 10, "down"),
        ("In seven years the cost of training GPT-2 has come down by a factor of about 1,100.", 1100, "down"),
        ("A doubling of hardware efficiency every two and a half years is the rule.", 2, "up"),
        ("Prices of V100s have risen, but those of rented H100s have halved in eighteen months.", 2, "down"),
        ("The new model needed sixty times as much compute as the one of 2024.", None, None),
        ("Chip sales doubled in 2024.", None, None),
    ],
)  # fmt: skip
def test_trends_in_many_words(text: str, factor: float | None, direction: str | None) -> None:
    found = [(round(float(f.value or 0), 3), f.direction) for f in _facts(text) if f.kind == "trend"]
    assert found == ([] if factor is None else [(factor, direction)])
