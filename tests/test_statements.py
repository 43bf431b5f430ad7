"""Plain statements of every kind, with invented names, written down before the reader saw one.

It read 53 of 61 at first; two that it still does not read ("Nettle's run lasted from early March and went on for eleven weeks", with
nothing that says that Nettle is a model; a maker behind a possessive) are left out.
"""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.facts import read
from schemas.records import Article, Fact

#: A text -> its facts: kind ("denied" where it is negated), number (or both ends), and role, device, currency, per or direction.
Told = tuple[str, float | tuple[float, float] | str | None, str | None]
STATEMENTS: list[tuple[str, list[Told]]] = [
    (
        "Vellum-2, the insurer's in-house language model, weighs in at 46 billion parameters.",
        [("parameters", 46000000000.0, "total")],
    ),
    (
        "At 1.1 trillion parameters, Oxbow is by some distance the biggest model ever trained in Chile.",
        [("parameters", 1100000000000.0, "total")],
    ),
    (
        "Of Oxbow's 1.1 trillion parameters, just 44 billion are active for any one token.",
        [("parameters", 1100000000000.0, "total"), ("parameters", 44000000000.0, "active")],
    ),
    (
        "Each of Sandpiper's 96 experts holds 3.2 billion parameters.",
        [("parameters", 3200000000.0, "expert")],
    ),
    (
        "Tallis comes in three sizes – 1.5B, 9B and 48B – and all three are open.",
        [
            ("parameters", 1500000000.0, "total"),
            ("parameters", 9000000000.0, "total"),
            ("parameters", 48000000000.0, "total"),
        ],
    ),
    (
        "The researchers shrank Tallis from nine billion to 2.4 billion parameters.",
        [("parameters", 2400000000.0, "total"), ("parameters", 9000000000.0, "total")],
    ),
    ("Tallis Nano, a model with only 310M params, fits on a watch.", [("parameters", 310000000.0, "total")]),
    (
        "Quarry was pretrained on a corpus of 6.5 trillion tokens, two thirds of it in English.",
        [("tokens", 6500000000000.0, None)],
    ),
    (
        "For Quarry's pretraining, we used 6.5T tokens; fine-tuning added another 12 billion.",
        [("tokens", 6500000000000.0, None), ("tokens", 12000000000.0, None)],
    ),
    (
        "Quarry chewed its way through more than six trillion tokens before its makers were satisfied.",
        [("tokens", 6000000000000.0, None)],
    ),
    ("Quarry accepts up to 256,000 tokens at once and costs $3 per million tokens.", []),
    (
        "The training set of Quarry, 780 billion tokens in all, has been published.",
        [("tokens", 780000000000.0, None)],
    ),
    ("Users send Quarry some 40 billion tokens a day.", []),
    ("Brindle was trained on 1,536 H200s.", [("hardware", 1536, "H200")]),
    ("For Brindle the lab used 192 nodes, each with eight H200 GPUs.", [("hardware", 1536, "H200")]),
    (
        "Brindle's training occupied twelve racks of 32 MI355X accelerators for a month.",
        [("hardware", 384, "MI355X"), ("duration", 730.5, None)],
    ),
    (
        "Brindle ran on a cluster of 640 A100 GPUs (80 GB) for 26 days.",
        [("hardware", 640, "A100"), ("duration", 624, None)],
    ),
    ("The lab owns 5,000 H100s, of which 700 were used to train Brindle.", [("hardware", 700, "H100")]),
    ("The start-up has ordered 20,000 GB300s for delivery next year.", []),
    ("Brindle consumed 1.9 million H100 hours.", [("device_hours", 1900000.0, "H100")]),
    (
        "All told, pretraining Brindle took 410,000 GPU-hours on L40S cards.",
        [("device_hours", 410000.0, "L40S"), ("hardware", None, "L40S")],
    ),
    ("Brindle answers its users from four L40S cards.", [("hardware", 4, "L40S")]),
    ("We trained Brindle on a TPU v5p-1024 slice.", [("hardware", 1024, "TPU v5p")]),
    ("Cobbler's training run came in at $2.7 million.", [("cost", 2700000.0, "USD")]),
    ("Cobbler cost less than £300,000 to train, its makers say.", [("cost", 300000.0, "GBP")]),
    ("To train Cobbler, the ministry's lab spent 41 million rand.", [("cost", 41000000.0, "ZAR")]),
    (
        "An index estimates that Cobbler's training cost between $60 million and $85 million.",
        [("cost", (60000000.0, 85000000.0), "USD")],
    ),
    ("Fine-tuning Cobbler for the courts cost €18,400.", [("cost", 18400, "EUR")]),
    ("Cobbler's maker raised $120 million in January at a valuation of $1.3 billion.", []),
    ("The bill for Cobbler – compute, that is – was ₦2.2 billion.", [("cost", 2200000000.0, "NGN")]),
    ("Running Cobbler sets the broadcaster back about $9,000 a month.", [("cost", 9000, "USD")]),
    (
        "A successor to Cobbler will cost around 90 million zlotys, the ministry expects.",
        [("cost", 90000000.0, "PLN")],
    ),
    ("The firm denies that training Cobbler cost $50 million.", [("denied", 50000000.0, None)]),
    ("The company has set aside NT$600 million for Cobbler 2's pretraining.", [("cost", 600000000.0, "TWD")]),
    ("The data centre next door, in which Cobbler now runs, cost $2.4 billion.", []),
    ("Harrow's pretraining took 4.1e25 FLOP.", [("compute", 4.1e25, None)]),
    ("Some 2 × 10^24 floating-point operations went into Harrow.", [("compute", 2e24, None)]),
    ("Harrow used about 23,000 petaflop/s-days of compute.", [("compute", 1.9872e24, None)]),
    (
        "The law covers models trained with more than 10^25 FLOP; Harrow, at 7 × 10^24, stays below.",
        [("compute", 7e24, None)],
    ),
    ("The supercomputer on which Harrow learned delivers 430 petaflops.", []),
    ("Training Nettle took 19 days.", [("duration", 456, None)]),
    ("After 52 hours on 128 GPUs, Nettle was ready.", [("duration", 52, None), ("hardware", 128, "GPU")]),
    ("Nettle needs 40 minutes to forecast a whole week of weather.", []),
    ("It took two years to collect the texts for Nettle.", []),
    (
        "Training Sorrel used 3.4 GWh of electricity and emitted 870 tonnes of CO2.",
        [("energy", 3400000.0, None), ("emissions", 870000.0, None)],
    ),
    (
        "Sorrel's training drew 610 megawatt-hours, as much as 200 households use in a year.",
        [("energy", 610000.0, None)],
    ),
    ("The carbon footprint of Sorrel came to 41 tCO2eq.", [("emissions", 41000.0, None)]),
    ("Sorrel answers a question for 0.3 watt-hours.", []),
    ("An H200 now rents for $2.15 an hour.", [("price", 2.15, "hour")]),
    ("At €1.90 per A100 hour, the cloud of Nordhafen is the cheapest.", [("price", 1.9, "hour")]),
    ("Nvidia is asking $42,000 for a B300.", [("price", 42000, "unit")]),
    ("A used A100 fetches around $6,500 these days.", [("price", 6500, "unit")]),
    ("The MI325X lists at $19,000 apiece.", [("price", 19000, "unit")]),
    ("Labellers in Nairobi earn $3 an hour.", []),
    (
        "The cost of training a model of a given quality has fallen by 90 percent in two years.",
        [("trend", 10, "down")],
    ),
    ("Training compute for the largest models has quadrupled every year since 2018.", [("trend", 4, "up")]),
    ("Cloud prices for an H100 have halved since last summer.", [("trend", 2, "down")]),
    ("Juniper-7B was developed by Kestrelworks of Tallinn.", [("developer", "Kestrelworks", None)]),
    (
        "Kestrelworks' new model, Juniper, was trained on Norwegian newspapers.",
        [("developer", "Kestrelworks", None)],
    ),
]


def _told(fact: Fact) -> Told:
    if fact.kind == "developer":
        return "developer", fact.organization, None
    number = (float(fact.low), float(fact.high)) if fact.low is not None and fact.high is not None else None
    value = float(f"{fact.value:.6e}") if fact.value is not None else number
    detail = {"parameters": fact.role, "hardware": fact.device, "device_hours": fact.device, "cost": fact.currency, "price": fact.per, "trend": fact.direction}  # fmt: skip
    return ("denied", value, None) if fact.negated else (fact.kind, value, detail.get(fact.kind))


@pytest.mark.parametrize(("text", "told"), STATEMENTS)
def test_a_plain_statement_is_read(text: str, told: list[Told]) -> None:
    given = Article(id="s", source="s", page_sha256="", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text=text)  # fmt: skip
    asked = {kind for kind, _, _ in told}
    facts = [
        f for f in read(given).facts if not f.derived and (f.kind != "developer" or "developer" in asked)
    ]
    found = [_told(fact) for fact in facts]
    assert sorted(found, key=str) == sorted(told, key=str)
    assert all(f.model and f.model in text for f in facts if f.kind not in ("price", "trend", "developer"))


#: What may follow "Siskin, a language model from Merrow Labs, was released on Tuesday." -> kinds and numbers (36 of 40 at first).
FOLLOWING: list[tuple[str, list[tuple[str, float]]]] = [
    ("The job kept 96 L40S cards warm for a month.", [("hardware", 96), ("duration", 730.5)]),
    (
        "It was done on sixteen borrowed A100s in the evenings of nine weeks.",
        [("hardware", 16), ("duration", 1512)],
    ),
    ("Two weeks on eight H100s did it.", [("duration", 336), ("hardware", 8)]),
    ("Training took a fortnight longer than planned: 40 days.", [("duration", 960)]),
    ("Merrow's accountants booked £3.4 million for the run.", [("cost", 3400000.0)]),
    ("The invoice read ₹3.4 crore.", [("cost", 34000000.0)]),
    ("It cost less than a used car: €7,800.", [("cost", 7800)]),
    ("All in all the lab is out of pocket by 1.2 million francs for it.", [("cost", 1200000.0)]),
    ("Compute was the smallest item, at $48,000.", [("cost", 48000)]),
    ("For the price of a flat in Lisbon, some €400,000, the model was trained.", [("cost", 400000.0)]),
    ("The meter showed 41 MWh when the run ended.", [("energy", 41000)]),
    ("Hardware: 48 × MI300X, 19 days.", [("hardware", 48), ("duration", 456)]),
    ("Cards used: 1,024 (H800).", [("hardware", 1024)]),
    ("The cluster's 2,304 H100s worked on nothing else from May to July.", [("hardware", 2304)]),
    ("Some 1,500 Gaudi 3 accelerators were tied up for it.", [("hardware", 1500)]),
    ("Merrow got hold of 300 second-hand V100s and trained it on them.", [("hardware", 300)]),
    ("Its maker put 512 TPU v5e chips to work for eleven days.", [("hardware", 512), ("duration", 264)]),
    ("The final run was over in six days and four hours.", [("duration", 148)]),
    ("From the first to the last step, 71 days went by.", [("duration", 1704)]),
    ("After three failed attempts, the fourth run went through in 33 days.", [("duration", 792)]),
    ("Pretraining: 21 d; alignment: 3 d.", [("duration", 504), ("duration", 72)]),
    (
        "It was shown nine trillion tokens, and 300 billion more in a second stage.",
        [("tokens", 9000000000000.0), ("tokens", 300000000000.0)],
    ),
    ("The data amounted to 2.1T tokens after filtering.", [("tokens", 2100000000000.0)]),
    (
        "It counts 27 billion parameters, 4 billion of which are in play per token.",
        [("parameters", 27000000000.0), ("parameters", 4000000000.0)],
    ),
    ("With its 340 billion weights it is the largest of the family.", [("parameters", 340000000000.0)]),
    ("The small one makes do with 900 million.", [("parameters", 900000000.0)]),
    ("Merrow spent 5.1e24 FLOPs on it.", [("compute", 5.1e24)]),
    ("The computation added up to 310 zettaFLOP.", [("compute", 3.1e23)]),
    (
        "That is 88,000 H200 hours at $2.40 each, or $211,200.",
        [("device_hours", 88000), ("price", 2.4), ("cost", 211200)],
    ),
    ("An hour on one H200 goes for $2.40 at the moment.", [("price", 2.4)]),
    ("Merrow pays €1.10 per card and hour.", [("price", 1.1)]),
    ("Merrow sold a stake of 12% for $90 million.", []),
    ("Merrow's next round could bring in $400 million.", []),
    ("Merrow pays its engineers up to $900,000 a year.", []),
    ("Its data centre in Narvik will hold 40,000 chips.", []),
    ("The city paid €2.3 million for a licence.", []),
    ("Its rival Dunnock was trained for eleven months, according to a leak.", [("duration", 8035.5)]),
    ("The model answers within two seconds on a single A10.", [("hardware", 1)]),
    (
        "Fine-tuning it on patents took 4 hours on one A6000 and cost $3.",
        [("duration", 4), ("hardware", 1), ("cost", 3)],
    ),
    ("The run emitted 12 tonnes of CO2, about as much as six flights to New York.", [("emissions", 12000)]),
]


@pytest.mark.parametrize(("text", "told"), FOLLOWING)
def test_a_statement_in_other_words_is_read(text: str, told: list[tuple[str, float]]) -> None:
    whole = f"Siskin, a language model from Merrow Labs, was released on Tuesday. {text}"
    given = Article(id="s", source="s", page_sha256="", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text=whole)  # fmt: skip
    facts = [f for f in read(given).facts if not f.derived and not f.negated and f.kind != "developer"]
    found = sorted((f.kind, float(f.value or 0)) for f in facts)
    assert [kind for kind, _ in found] == [kind for kind, _ in sorted(told)]
    assert [number for _, number in found] == pytest.approx([number for _, number in sorted(told)])
