"""pipeline.mentions.names and pipeline.facts.developers: names never seen before, and what only looks like one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import rulebook
from pipeline.facts.developers import developers
from pipeline.mentions.chains import chains_of
from pipeline.mentions.names import LEFT, RIGHT, cues, find_in, find_names, squash
from pipeline.mentions.vocabulary import is_english, vocabulary
from schemas.records import Article


def article(text: str, title: str | None = None, default_model: str | None = None) -> Article:
    return Article(
        id="t", source="t", page_sha256="", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text=text,
        title=title, default_model=default_model,
    )  # fmt: skip


def models(text: str, title: str = "") -> set[str]:
    return {name.canonical for name in find_in(text, title).models}


def organizations(text: str) -> set[str]:
    return {name.canonical for name in find_in(text).organizations}


# --- the cues, tested from their own file -----------------------------------------------------------

_RULES = rulebook.toml("names/cues.toml")["rule"]
_EXAMPLES = [
    (rule["id"], text, expected)
    for rule in _RULES
    for key, expected in (("fires_on", True), ("quiet_on", False))
    for text in rule[key]
]


@pytest.mark.parametrize(
    ("rule", "text", "expected"), _EXAMPLES, ids=[f"{r}-{i}" for i, (r, _, _) in enumerate(_EXAMPLES)]
)
def test_cue(rule: str, text: str, expected: bool) -> None:
    cue = next(c for c in cues() if c.id == rule)
    mark = re.search(r"\[([^\]]+)\]", text)
    assert mark is not None
    plain = text[: mark.start()] + mark[1] + text[mark.end() :]
    start, end = mark.start(), mark.start() + len(mark[1])
    if cue.side == "left":
        fired = cue.pattern.search(plain[max(0, start - LEFT) : start]) is not None
    else:
        fired = cue.pattern.match(plain, end, end + RIGHT) is not None
    assert fired is expected


# --- names never seen before --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last week Brindle Labs released Tarrow-7, a 34B language model for lawyers.", {"Tarrow-7"}),
        ("They trained a Basque chatbot called Izar on one donated server.", {"Izar"}),
        ("The result, dubbed “Marrow”, is a vision model. It has 3 billion parameters.", {"Marrow"}),
        ("Ondine is a sparse mixture of experts with 40 billion parameters.", {"Ondine"}),
        ("Ondine, unveiled on Monday by Quillfish, has 120 billion parameters.", {"Ondine"}),
        ("It cost more than training Sablier 2.5 from scratch.", {"Sablier 2.5"}),
        ("We compare vorpal-oss-120b with Tarrow-4o mini and Zeta R+.", {"vorpal-oss-120b", "Tarrow-4o mini", "Zeta R+"}),
        ("Dovetail 8x7B and Dovetail 70B were trained on 512 GPUs.", {"Dovetail 8x7B", "Dovetail 70B"}),
        ("The Petrel family comes in three sizes, 1B, 4B and 12B.", {"Petrel"}),
        ("Krondor (2022): $12.4 million", {"Krondor"}),
        ("Our image model, Pastelle, was trained for 13 days.", {"Pastelle"}),
        ("Its predecessor, Petrel 2, needed 64 chips for four days.", {"Petrel 2"}),
        ("PanGu-Ω and 悟道2.0 were trained on thousands of chips; PanGu-Ω has 1.1 trillion parameters.", {"PanGu-Ω"}),
        ("The authors of ZephGPT say it was trained in a week.", {"ZephGPT"}),
        ("What came out is called Morwen, after a star. It has 3 billion parameters.", {"Morwen"}),
        ("The model is called wombat. It took nineteen days.", {"wombat"}),
        ("Plover has 7 billion parameters.", {"Plover"}),
        ("Loam: 256×H800, 2.1M GPU hours, 8T tokens.", {"Loam"}),
        ("Cuttle and Nautilus were each trained on 1,024 H100s.", {"Cuttle", "Nautilus"}),
        ("Model | Parameters | Tokens\n\nFenlow | 6.7B | 1.2T\n\nMoorlow | 28B | 3.5T", {"Fenlow", "Moorlow"}),
        ("Documents show an outlay of C$255mn for Nimbosa Q, which is said to be large.", {"Nimbosa Q"}),
        ("Harbury, which Boston’s Pilgrim AI brought out in November, cost more.", {"Harbury"}),
    ],
)  # fmt: skip
def test_unseen_names(text: str, expected: set[str]) -> None:
    assert expected <= models(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was trained on the Marl-2 corpus and scores 81.4 percent on the LexBenchy suite.",
        "The cluster holds 5,120 QX90 chips and 512 Nvidia A100 GPUs.",
        "Training ran on the supercomputer Torvald, a public machine outside Oslo.",
        "Delmar Ventures raised $40 million in its Series C in March 2024.",
        "Anna Petrel, chief executive of Quillfish, said the bill was $3 million.",
        "Section 3 and Table 4 give the details; see Figure 2.",
        "In Q3 2025 the company spent $4 billion, up from $2 billion in Q2 2024.",
        "The data set, known as ROOTLET, weighs 1.6 terabytes.",
        "Windows 11 and Python 3 are needed; CUDA 12 helps.",
        "The state-of-the-art is a Transformer trained with Reinforcement Learning.",
        "They rented TPU v4 pods and MI300X accelerators on Azure.",
        "Mr Dunn flew from New York to San Francisco on a Boeing 747.",
        "The Mongolian model needs 4 GB of memory.",
        "",
        "\n\n \u200b",
    ],
)
def test_look_alikes(text: str) -> None:
    assert models(text) == set()


def test_spellings_are_merged() -> None:
    names = find_in(
        "Kestrel Works released Sorrel-V3, a model with 671 billion parameters. SORREL-V3 cost $5 million. "
        "V3 was trained in a month. The new Sorrel V3 is fast."
    )
    assert {n.canonical for n in names.models} == {"Sorrel-V3"}
    assert [n.text for n in names.models] == ["Sorrel-V3", "SORREL-V3", "V3", "Sorrel V3"]
    assert set(names.aliases["Sorrel-V3"]) == {"SORREL-V3", "V3", "Sorrel V3"}


def test_sizes_and_versions_stay_apart() -> None:
    text = "Sorrel 2 70B and Sorrel 2 7B were trained on the same data. Sorrel 3, a larger model, was trained later."
    assert models(text) == {"Sorrel 2 70B", "Sorrel 2 7B", "Sorrel 3"}


def test_abbreviation_in_brackets() -> None:
    text = "They trained Broad Ocean Language Transformer (BOLT), a model with 12 billion parameters. BOLT cost $2 million."
    found = find_in(text)
    assert len({n.canonical for n in found.models}) == 1
    assert "BOLT" in {n.text for n in found.models}


def test_a_known_long_form_gives_the_common_short_name() -> None:
    text = "They trained Megatron-Turing Natural Language Generation (MT-NLP). MT-NLP contains 530 billion parameters."
    found = find_in(text)
    assert {n.canonical for n in found.models} == {"MT-NLG"}
    assert "MT-NLP" in found.aliases["MT-NLG"]


def test_grade_after_family() -> None:
    text = "Three sizes: Osprey 3 Nano (1.8B), Osprey 3 Core (14B) and Osprey 3 Max (8x22B). Max used 2,304 GPUs. Nano took 12 days."
    by_text = {n.text: n.canonical for n in find_in(text).models}
    assert by_text["Max"] == "Osprey 3 Max"
    assert by_text["Nano"] == "Osprey 3 Nano"


def test_offsets_cut_the_name() -> None:
    text = "OpenAI’s GPT-3 and Quillfish's new Tarrow-7 (34B) were trained on chips; Tarrow-7 cost more."
    for name in (*find_in(text).models, *find_in(text).organizations):
        assert text[name.start : name.end] == name.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quillfish AI, a Paris-based start-up, released Tarrow-7, a 34B model.", "Quillfish AI"),
        ("Researchers at Brindlewood University trained Tarrow-7, a 34B model.", "Brindlewood University"),
        (
            "Tarrow-7, a model from the Academy of Applied Intelligence, has 3 billion parameters.",
            "Academy of Applied Intelligence",
        ),
    ],
)
def test_organizations(text: str, expected: str) -> None:
    assert expected in organizations(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quillfish's Tarrow-7, a 34B model, is cheap.", {("Quillfish", "Tarrow-7")}),
        ("Quillfish AI on Tuesday released Tarrow-7, a 34B model.", {("Quillfish AI", "Tarrow-7")}),
        ("Tarrow-7, a 34B model developed by Quillfish AI and Brindle Labs, is out.", {("Quillfish AI", "Tarrow-7"), ("Brindle Labs", "Tarrow-7")}),
        ("Naverly Systems was early. Its Tarrow-7, a 34B model, was trained in May.", {("Naverly Systems", "Tarrow-7")}),
        ("Quillfish AI said on Friday that it had spent RMB 43 million training Tarrow-7, its first general-purpose model.", {("Quillfish AI", "Tarrow-7")}),
        ("Quillfish AI said Tarrow-7, a 34B model from Brindle Labs, was overpriced.", {("Brindle Labs", "Tarrow-7")}),
        ("Tarrow-7, a 34B model, was trained on chips rented from Brindle Labs.", set()),
        ("A 34B model called Tarrow-7 was trained in May.", set()),
    ],
)  # fmt: skip
def test_developers(text: str, expected: set[tuple[str, str]]) -> None:
    facts = developers(article(text))
    assert {(f.organization, f.model) for f in facts} == expected
    for fact in facts:
        assert text[fact.start : fact.end] == fact.quote
        assert fact.start <= fact.at < fact.at_end <= fact.end


#: One turn of phrase a line: what it says of who made what ("firm:model", several joined by ";").
TURNS = (
    ("Norrsken AI of Malmö trained Vinter, a 9B model, in six weeks.", "Norrsken AI:Vinter"),
    ("Vinter, a 9B model, is the handiwork of Norrsken AI.", "Norrsken AI:Vinter"),
    (
        "The 9B model Vinter was a collaboration between Norrsken AI and Lund University.",
        "Norrsken AI:Vinter;Lund University:Vinter",
    ),
    ("At Norrsken AI, engineers spent six weeks training Vinter, a 9B model.", "Norrsken AI:Vinter"),
    (
        "Norrsken AI bets on small models. The Swedish firm's latest, Vinter, has 9 billion parameters.",
        "Norrsken AI:Vinter",
    ),
    ("Norrsken AI has a new language model: Vinter (9B).", "Norrsken AI:Vinter"),
    ("With Vinter, a 9B model, Norrsken AI wants to show that small is enough.", "Norrsken AI:Vinter"),
    ("Vinter was born at Norrsken AI; it has 9 billion parameters.", "Norrsken AI:Vinter"),
    ("Vinter comes from Norrsken AI and has 9 billion parameters.", "Norrsken AI:Vinter"),
    ("Norrsken AI's engineers needed six weeks for Vinter, a 9B model.", "Norrsken AI:Vinter"),
    ("A 9B model named Vinter, courtesy of Norrsken AI, was trained in May.", "Norrsken AI:Vinter"),
    ("Norrsken AI charges nothing for Vinter, its 9B model.", "Norrsken AI:Vinter"),
    ("Norrsken AI put the cost of Vinter, its 9B model, at $2 million.", "Norrsken AI:Vinter"),
    (
        "Norrsken AI and Lund University have open-sourced Vinter, a 9B model.",
        "Norrsken AI:Vinter;Lund University:Vinter",
    ),
    (
        '"Vinter cost us $2 million," said Eva Holm, chief executive of Norrsken AI. The model has 9 billion parameters.',
        "Norrsken AI:Vinter",
    ),
    ("Norrsken AI is training Vinter 2, a 90B model, on 512 H100s.", "Norrsken AI:Vinter 2"),
    ("Norrsken AI plans to train Vinter 2, a 90B model, in autumn.", "Norrsken AI:Vinter 2"),
    (
        "Norrsken AI has been quiet about Vinter, its first model, which has 9 billion parameters.",
        "Norrsken AI:Vinter",
    ),
    ("Vinter – Norrsken AI's entry – has 9 billion parameters.", "Norrsken AI:Vinter"),
    ("Vinter (9B, Norrsken AI) was trained on 2T tokens.", "Norrsken AI:Vinter"),
    ("Norrsken AI rented 512 H100s from NorthCloud to train Vinter, a 9B model.", "Norrsken AI:Vinter"),
    (
        "Vinter, a 9B model, was trained on chips that Norrsken AI rented from NorthCloud Systems.",
        "Norrsken AI:Vinter",
    ),
    (
        "Vinter, a 9B model that outperforms Stability AI's Snow-2, was released on Monday by Norrsken AI.",
        "Norrsken AI:Vinter;Stability AI:Snow-2",
    ),
    ("Analysts at Helio Research say Vinter, a 9B model, cost $2 million.", ""),
    ("Vinter, a 9B model, runs on Microsoft's cloud.", ""),
    ("Norrsken AI uses Vinter, a 9B model from Lund University.", "Lund University:Vinter"),
    ("The company behind Vinter, Norrsken AI, says the 9B model cost $2 million.", "Norrsken AI:Vinter"),
    ("Founded in 2021, Norrsken AI made its name with Vinter, a 9B model.", "Norrsken AI:Vinter"),
    ("Norrsken, an AI start-up in Malmö, on Tuesday released Vinter, a 9B model.", "Norrsken:Vinter"),
    ("Malmö-based Norrsken AI launched Vinter, its 9B model.", "Norrsken AI:Vinter"),
    ("The creators of Vinter, a 9B model, work for Norrsken AI.", "Norrsken AI:Vinter"),
    ("Vinter's developers at Norrsken AI trained the 9B model in May.", "Norrsken AI:Vinter"),
    ("For Vinter, a 9B model, Norrsken AI paid $2 million.", "Norrsken AI:Vinter"),
    ("Vinter cost Norrsken AI $2 million; the 9B model took six weeks.", "Norrsken AI:Vinter"),
)


@pytest.mark.parametrize(("text", "expected"), TURNS)
def test_turns_of_phrase_that_name_a_maker(text: str, expected: str) -> None:
    facts = developers(article(text))
    assert {f"{f.organization}:{f.model}" for f in facts} == {pair for pair in expected.split(";") if pair}


# --- properties -----------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    ["Tarrow-7", "Quillfish AI", " a 34B model", "’s ", " (", ")", ", ", ". ", "\n\n", " | ", " and ", "It has 3 billion parameters",
     "trained by ", "8x7B", "V3", "{\\Sigma}", "悟道2.0", "İ", "ﬀ", "\u200d", "the former", "GPT-", "--", "++", "/3"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=40).map("".join)), st.text(max_size=40))
def test_any_text_is_safe_and_gives_the_same_twice(text: str, title: str) -> None:
    doc = article(text, title)
    names = find_names(doc)
    assert names == find_names(doc)
    ends = [(n.start, n.end) for n in names.models]
    assert ends == sorted(ends)
    assert all(text[n.start : n.end] == n.text for n in (*names.models, *names.organizations))
    assert all(title[n.start : n.end] == n.text for n in (*names.title_models, *names.title_organizations))
    assert all(text[f.start : f.end] == f.quote for f in developers(doc, names))


def test_squash_keeps_letters_and_digits() -> None:
    assert squash("PanGu-Σ 2.0+") == "panguσ20"


def test_long_hostile_text_is_linear() -> None:
    # each of these would be slow if a pattern had nested repeats; the suite's own limit would show it
    for unit in ("A-", "Aa ", "its ", "A’s ", "a, ", "7B ", "x (", "the model, the ", "trained by the "):
        find_names(article(unit * 4000))


# --- whole names: grades, versions and kinds at the end, small letters, firms that name models after themselves --------


def chains(text: str, *odd: str) -> set[str]:
    return {text[c.start : c.end] for c in chains_of(text, vocabulary(), odd)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("They used OrriNet large, as before.", "OrriNet large"),
        ("Both stand on QUVEX base.", "QUVEX base"),
        ("yarro2 small was there first.", "yarro2 small"),
        ("Corvane large-v3 by Delmar", "Corvane large-v3"),
        ("Corvane Echo v1-4 by Delmar", "Corvane Echo v1-4"),
        ("Tamsin TTS 2 reads books.", "Tamsin TTS 2"),
        ("and HyperLyra X Seed 32B Think was", "HyperLyra X Seed 32B Think"),
        ("with yarrowi 2 as its base", "yarrowi 2"),
    ],
)
def test_a_name_goes_on_to_its_end(text: str, name: str) -> None:
    assert name in chains(text, "yarrowi")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("an OrriNet large enough for law", "OrriNet"),
        ("a QUVEX base station", "QUVEX"),
        ("said the hyperscalar Delmar", "Delmar"),
        ("Delmar base, they said", "Delmar"),
        ("see Seed 42 again", "Seed"),
    ],
)
def test_a_name_ends_before_a_plain_word(text: str, name: str) -> None:
    assert name in chains(text, "hyperscalar")


@pytest.mark.parametrize(
    "word", ["reasoner", "tsorumi", "amortized", "walked", "brother-in-law", "housing", "kindly", "merciless"]
)
def test_forms_of_english_words_are_english(word: str) -> None:
    assert is_english(word) is (word != "tsorumi")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Delmar’s tsorumi, a model of 7 billion parameters, was trained on 600 billion tokens.", "tsorumi"),
        ("The lab then trained yarrowi 2, which has 30 billion parameters.", "yarrowi 2"),
        ("Mistral Quillo, the 12-billion-parameter model, was trained in June.", "Mistral Quillo"),
    ],
)
def test_whole_names_are_models(text: str, expected: str) -> None:
    assert expected in models(text)


@pytest.mark.parametrize(
    "text",
    [
        "It cost 900 million quarbels to train the model on 64 GPUs.",
        "The zorbish engineers of the lab trained a model with 7 billion parameters.",
    ],
)
def test_unknown_words_in_small_letters_are_rarely_names(text: str) -> None:
    assert models(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is the best ChatGPT that $100 can buy, they say.", set()),
        ("It is not a new ChatGPT. Yarrow-7B was trained on 64 GPUs.", {"Yarrow-7B"}),
        ("They trained an own ChatGPT, for 3 million.", set()),
        ("ChatGPT was trained on 64 GPUs.", {"ChatGPT"}),
    ],
)
def test_a_well_known_name_may_stand_for_its_kind(text: str, expected: set[str]) -> None:
    assert models(text) == expected
