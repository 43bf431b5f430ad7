"""Spam that no list of terms names: what goes for how it stands on its page, and what stays all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.spamgen import run, score
from pipeline.spam import SpamContext, clean_blocks, clean_title
from pipeline.spam.odds import rates
from pipeline.spam.page import view
from schemas.records import Block, Link

ARTICLE = (
    "The village mill turned again on Sunday, for the first time since a flood broke its wheel in 1987. About two "
    "hundred people stood in the yard when the miller, Asta Holm, let the water in.",
    "The wheel was rebuilt by three carpenters who had never made one before. They measured the old wheel, drew it, "
    "and cut the oak in the winter, because winter oak does not warp.",
    "The mill will grind rye for the bakery in the village. The miller hopes that visitors will come too, and the "
    "council has paid for a path along the water.",
    "The flood of 1987 is still marked on the wall of the mill. The carpenters left the mark where it was.",
)
RUNS = [
    "wedding marquee hire quotes outdoor heater rental chair covers wholesale",
    "septic tank emptying rates drain unblocking callout septic tank emptying firm",
    "vinyl fence installers near you | deck staining estimate | pergola kits delivered",
    "hundefutter abo vergleich katzenstreu großpackung aquarium komplettset",
]
PITCHES = [
    "Tired of cold feet? Order a pair from Velmora tonight and our tailors send you the second one for half.",
    "My aunt swore by the cushions of sorela88, and her neighbours order theirs at sorela-cushions.shop as well.",
]


def cleaned(texts: list[str], language: str = "en") -> tuple[list[str], list[str]]:
    """Return the texts kept and the texts cut."""
    made = clean_blocks(
        [Block("paragraph", text) for text in texts], SpamContext(language=language, host="mill.example.com")
    )
    return [block.text for block in made.blocks], [cut.text for cut in made.removed]


@pytest.mark.parametrize("spam", RUNS + PITCHES)
def test_a_paragraph_that_shares_nothing_with_the_page_goes(spam: str) -> None:
    kept, cut = cleaned([*ARTICLE[:2], spam, *ARTICLE[2:]])
    assert kept == list(ARTICLE)
    assert cut == [spam]


@pytest.mark.parametrize("spam", RUNS)
def test_a_run_in_front_of_a_paragraph_goes_to_the_letter(spam: str) -> None:
    kept, _ = cleaned([ARTICLE[0], f"{spam} {ARTICLE[1]}", *ARTICLE[2:]])
    assert kept == list(ARTICLE)


@pytest.mark.parametrize(
    ("words", "href", "goes"),
    [
        ("garden shed erection quotes", "https://www.velmora.shop/", True),
        ("cheap patio heaters", "http://m.sorela.example", True),
        ("steel gate fabrication", "https://tusando.top/go/velmora", True),
        (
            "garden shed erection quotes",
            "https://paper.example.org/2024/05/the-shed-question",
            False,
        ),  # a source
        ("Velmora Garden Sheds", "https://www.velmora.shop/", False),  # a name
        ("velmora.shop", "https://www.velmora.shop/", False),  # the address itself
        ("oak in the winter", "https://www.velmora.shop/", False),  # the page's own words
        ("garden shed erection quotes", "https://mill.example.com/", False),  # at home
    ],
)
def test_words_sold_to_a_strangers_front_door_go(words: str, href: str, goes: bool) -> None:
    before, after = "The wheel was rebuilt by three carpenters", " who had never made one before."
    text = f"{before} {words}{after}"
    start = len(before) + 1
    blocks = [Block("paragraph", told) for told in ARTICLE]
    blocks[1] = Block("paragraph", text, (Link(start, start + len(words), href),))
    made = clean_blocks(blocks, SpamContext(language="en", host="mill.example.com"))
    assert made.blocks[1].text == (before + after if goes else text)


@pytest.mark.parametrize(
    ("aside", "goes"),
    [
        ("(garden shed quotes, outdoor heater rental, fence painters near me)", True),
        ("[septic tank emptying, drain unblocking callout]", True),
        ("(buy cheap patio heaters online)", True),
        ("(play the old organ loudly)", False),
        ("– pergola kits delivered, deck staining estimate –", True),
        ("(so they say, and he agrees)", False),
        ("(oak, ash and elm)", False),
        ("(built in 1987, lost in the flood)", False),
    ],
)
def test_terms_set_in_where_nothing_can_stand_go(aside: str, goes: bool) -> None:
    text = f"The mill will grind rye for the {aside} bakery in the village."
    kept, _ = cleaned([ARTICLE[0], ARTICLE[1], text, ARTICLE[3]])
    assert kept[2] == ("The mill will grind rye for the bakery in the village." if goes else text)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("#gardenshedquotes #outdoorheaterrental #septictankemptying", True),
        ("#watermillrestoration #villagecarpenters #oakwheelbuilding", False),  # the page's own words
        ("#oak #rye #bread #wood", False),
        ("#SundayInTheYard #AnotherHolidayPost #OutAndAbout", False),
    ],
)
def test_tags_of_words_run_together_go(line: str, goes: bool) -> None:
    kept, _ = cleaned([*ARTICLE[:2], line, *ARTICLE[2:]])
    assert (line not in kept) == goes


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("WhatsApp: +47 555 1234567 / Telegram: @velmora / garden shed quotes", True),
        ("outdoor heater rental ☎ +61 402 7654321 (sorela88)", True),
        ("Telegram @tusando | fence painters | septic tank emptying | tusando.top", True),
        ("Press office: Ola Dahl, +47 555 12 345, ola.dahl@mill.example.com", False),
        ("Tips reach the paper on WhatsApp: +47 555 1234567.", False),
    ],
)
def test_a_hawkers_line_goes_and_a_contact_line_stays(line: str, goes: bool) -> None:
    kept, _ = cleaned([*ARTICLE[:2], line, *ARTICLE[2:]])
    assert (line not in kept) == goes
    assert set(ARTICLE) <= set(kept)


def test_words_written_letter_by_letter_go() -> None:
    spread = "s h e d q u o t e s o u t d o o r h e a t e r"
    kept, _ = cleaned([ARTICLE[0], f"{ARTICLE[1]} {spread}", *ARTICLE[2:]])
    assert kept == list(ARTICLE)


def test_a_run_glued_tight_parts_at_the_capital() -> None:
    kept, _ = cleaned([ARTICLE[0], RUNS[0] + ARTICLE[1], *ARTICLE[2:]])
    assert kept == list(ARTICLE)


def test_what_is_pasted_into_each_paragraph_does_not_vouch_for_itself() -> None:
    pasted = "garden marquee hire outdoor heater rental"
    kept, _ = cleaned([f"{pasted} {text}" for text in ARTICLE])
    assert kept == list(ARTICLE)


def test_an_advertisement_goes_and_its_honest_neighbour_stays() -> None:
    joint = f"{PITCHES[0]} {ARTICLE[2]}"
    kept, _ = cleaned([*ARTICLE[:2], joint, ARTICLE[3]])
    assert kept == list(ARTICLE)


@pytest.mark.parametrize(
    "honest",
    [
        "Bring your own sacks, please, and ring the miller on 0511 123456 before you come.",
        "“Tired of cold feet? Order a pair from Velmora tonight!” said a sign on the wall.",
        "The team trained it on RefinedWeb with machines of SageMaker, and wrote its logs to DataVault.",
        "rye, oats, barley, wheat, spelt, buckwheat",
        "Tickets for the tour cost 40 kronor and can be had at the bakery or at millvillage.example.com.",
        "Grain, Flour And Bread Fair, Saturday At Noon",
        "step 1000 loss 3.214 lr 3.0e-4 tok/s 41213 mem 71.2G",
        "Sponsored by the Holm Foundation and the Eastern Savings Bank",
    ],
)
def test_honest_lines_stay(honest: str) -> None:
    given = [*ARTICLE[:2], honest, *ARTICLE[2:]]
    assert cleaned(given) == (given, [])


TITLE = "The village mill turns again after the flood of 1987"


@pytest.mark.parametrize(
    "told",
    [
        f"marquee hire quotes, outdoor heater rental – {TITLE}",
        f"marquee hire quotes outdoor heater rental {TITLE}",
        f"{TITLE} | свадебные шатры аренда обогревателей",
    ],
)
def test_a_title_loses_what_the_article_never_comes_back_to(told: str) -> None:
    context = SpamContext(language="en", blocks=tuple(Block("paragraph", text) for text in ARTICLE))
    assert clean_title([("h1", told), ("title", told)], context=context)[0] == TITLE


@pytest.mark.parametrize(
    "title", [TITLE, "World Community Lashes Out", "e-bikes, scooters and the mill: what visitors ride"]
)
def test_honest_titles_stay(title: str) -> None:
    context = SpamContext(language="en", blocks=tuple(Block("paragraph", text) for text in ARTICLE))
    assert clean_title([("h1", title), ("title", title)], context=context) == (title, [])


def test_a_page_that_only_sends_its_readers_away_is_rejected() -> None:
    texts = [
        f"If you look for a marquee hire quote, see {name}.club. Order outdoor heater rental at {other} today."
        for name, other in (("velmora", "sorela88"), ("tusando", "kilema303"), ("norvita", "basolo77"))
    ]
    made = clean_blocks([Block("paragraph", text) for text in texts], SpamContext(language="en"))
    assert made.rejected == "spam"


def test_the_page_itself_is_the_measure() -> None:
    """An article in lower case throughout gives its lower case no weight."""
    small = [Block("paragraph", text.lower()) for text in ARTICLE]
    large = [Block("paragraph", text) for text in ARTICLE]
    context = SpamContext(language="en")
    assert rates(view(small, context)).lower_start > 5 * rates(view(large, context)).lower_start


def test_pages_by_another_hand() -> None:
    """Hand-written pages with trades that no list names: honest ones to the word, spoiled ones freed of most."""
    folder = Path(__file__).parent / "spam_pages"
    truths = score.read_lines(folder / "truth.jsonl")
    told = score.figures(score.score(truths, run.predictions(folder, truths)))
    assert told["hard negatives untouched"] == [12, 12]
    assert told["genuine pages rejected"][0] == 0
    assert told["genuine characters kept %"] == 100.0
    assert told["visible spam removed %"] >= 85.0
