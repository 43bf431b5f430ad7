"""Advertisements among an article's sentences, pages that are nothing else, and honest words that look like them."""

from __future__ import annotations

import pytest

from pipeline.spam import SpamContext, clean_blocks, promos, register
from pipeline.spam.page import view
from schemas.records import Block

ARTICLE = (
    "The ferry across the sound has carried people and cattle since 1871, and on Monday it will stop. The county says "
    "that the boat is too old, and a new one too dear.",
    "Ingrid Moe has sold the tickets for thirty years. She kept the timetable on the back of a chart, because the "
    "tide decides when the ferry can land.",
    "The farmers on the island drive their sheep to the market in September. Without the ferry they will have to hire "
    "a barge from the mainland, and the barge takes two days.",
    "A petition with four hundred names lies on the counter of the island's shop. The county will discuss the ferry "
    "again in March.",
)
PROMOS = [
    "Looking for a plumber who turns up on time? Brightpipe covers the whole region, and your first visit is free. "
    "Ring 020 7946 0112 before Friday!",
    "Book your driving lessons with Steerwell today and pass first time or get your money back!",
    "Download the Fitlio app now and get your first three months for half the price, our coaches are waiting for you!",
    "I lost two stone with the drops of slimora24, and my doctor could not believe it! Message slimora24 on WhatsApp "
    "today and get yours free.",
    "Haben Sie Rückenschmerzen? Rufen Sie uns noch heute an unter 0800 123 4567, die Beratung ist kostenlos.",
]
HONEST = [
    "Anyone with information is asked to call the coastguard on 01632 960 111.",
    "My grandmother crossed on it every week, and she never once paid.",
    "Would you have guessed? Neither would the county.",
    "If you want to see it once more, come on Sunday; the last boat leaves at four and costs nothing.",
    'One letter to the council begins: "Buy now, get your free bonus today!" It was not about the boat.',
]


def cleaned(
    texts: list[str], *, title: str = "The last ferry", language: str = "en"
) -> tuple[list[str], list[str]]:
    """Return the texts kept and the texts cut, without the white space at a seam."""
    made = clean_blocks(
        [Block("paragraph", text) for text in texts],
        SpamContext(language=language, host="ferry.example.com", title=title),
    )
    return [block.text for block in made.blocks], [cut.text.strip() for cut in made.removed]


@pytest.mark.parametrize("promo", PROMOS)
@pytest.mark.parametrize("place", ["own paragraph", "end", "start"])
def test_an_advertisement_goes_and_the_article_stays(promo: str, place: str) -> None:
    two = {
        "own paragraph": [promo, ARTICLE[2]],
        "end": [f"{ARTICLE[2]} {promo}"],
        "start": [f"{promo} {ARTICLE[2]}"],
    }
    kept, cut = cleaned([*ARTICLE[:2], *two[place], ARTICLE[3]])
    assert kept == list(ARTICLE)
    assert cut == [promo]


@pytest.mark.parametrize("line", HONEST)
@pytest.mark.parametrize("own", [True, False])
def test_words_to_the_reader_stay(line: str, own: bool) -> None:
    texts = [*ARTICLE, line] if own else [*ARTICLE[:3], f"{ARTICLE[3]} {line}"]
    assert cleaned(texts) == (texts, [])


def test_a_page_that_speaks_to_its_readers_may_do_so_again() -> None:
    guide = [
        "You need two pots, a sieve and an hour of your time. If you have no sieve, your tea towel will do.",
        "Wash your berries first, and throw out what you would not eat. You can buy frozen ones for $4 a bag.",
        "Do you like your jam firm? Then boil it five minutes longer, and test a drop on your coldest plate.",
        "Try it yourself this week: your first jar costs you less than $2, and you will never buy jam again!",
        "Label your jars today. You will have forgotten by tomorrow what is in them.",
    ]
    assert cleaned(guide, title="How to make your own jam") == (guide, [])


def test_the_honest_sentence_beside_an_advertisement_stays() -> None:
    report = "The repair alone would take the county more than it has for all of its roads this year."
    kept, cut = cleaned([*ARTICLE[:2], f"{report} {PROMOS[0]}", *ARTICLE[2:]])
    assert kept == [*ARTICLE[:2], report, *ARTICLE[2:]]
    assert cut == [PROMOS[0]]


def test_what_is_around_a_link_in_bare_markup_is_judged_without_it() -> None:
    link = "[url=http://tv-kingdom.example]best iptv subscription 4k[/url]"
    kept, cut = cleaned([*ARTICLE[:3], f"{ARTICLE[3]} {link} If yours gets wet, dry it slowly."])
    assert kept == [*ARTICLE[:3], f"{ARTICLE[3]} If yours gets wet, dry it slowly."]
    assert cut == [link]


def test_a_quotation_that_the_article_announces_stays() -> None:
    blocks = [
        *(Block("paragraph", text) for text in ARTICLE),
        Block("paragraph", "The county's page, hacked for a night, began like this:"),
        Block("quote", "slot gacor hari ini situs judi online terpercaya mega888 918kiss download apk"),
        Block("paragraph", "By the morning the timetable was back, and so was the ferry."),
    ]
    made = clean_blocks(blocks, SpamContext(language="en", host="ferry.example.com", title="The last ferry"))
    assert (list(made.blocks), made.removed) == (blocks, ())


SPAM_PAGES = [
    (
        "en",
        "Emergency Plumber Near Me 24/7 | Cheap Drain Cleaning",
        [
            "Do you need an emergency plumber near you? Our licensed experts arrive within 30 minutes, 24/7, and the "
            "call-out is free.",
            "We offer the best prices in town on drain cleaning and leak detection, with a 100% satisfaction guarantee.",
            "Fast and reliable emergency plumber",
            "drain cleaning near me, cheap plumber open now, water heater repair cost, leak detection service",
            "Call now on (555) 010-2233 and get $50 off your first service. Our friendly team is waiting for your call!",
        ],
    ),
    (
        "de",
        "Sofortkredit ohne Schufa in 10 Minuten",
        [
            "Sie brauchen dringend Geld und Ihre Bank sagt Nein? Bei uns bekommen Sie Ihren Kredit in zehn Minuten, "
            "garantiert und diskret.",
            "Unsere Experten prüfen Ihre Anfrage sofort. Schon ab 3,9 Prozent im Monat zahlen wir bis zu 50.000 Euro aus.",
            "kredit ohne schufa sofort, eilkredit heute noch, kleinkredit für arbeitslose, ratenkredit trotz schufa",
            "Stellen Sie Ihren Antrag noch heute und sichern Sie sich 50 Euro Bonus. Rufen Sie uns an, wir sind rund um "
            "die Uhr für Sie da.",
            "Tausende zufriedene Kunden vertrauen uns seit Jahren. Warten Sie nicht länger!",
        ],
    ),
    (
        "tr",
        "En Ucuz Takipçi Satın Al",
        [
            "Hesabınızı büyütmek mi istiyorsunuz? Gerçek ve garantili takipçileri en ucuz fiyatlarla hemen satın alın.",
            "Siparişiniz dakikalar içinde başlar, şifre istemiyoruz, düşüş olursa ücretsiz telafi ediyoruz.",
            "ucuz takipçi satın al, türk takipçi, beğeni satın al, izlenme hilesi, smm panel",
            "Bugün kayıt olun ve yüzde 20 indirim kazanın. WhatsApp destek hattımız 7/24 hizmetinizde.",
            "Binlerce mutlu müşterimiz bize güveniyor, siz de beklemeyin!",
        ],
    ),
]
HONEST_PAGES = [
    (
        "Open day at the observatory",
        [
            "Join us on Saturday for our free open day! Doors open at ten, and you can look through the telescope.",
            "Tickets for the show cost $5, or $3 if you book online today. Call 555 010 7788 to reserve your seat.",
            "Our volunteers will help you to build your own sundial, and there is coffee and cake for everybody.",
            "Bring your children, your friends and a warm coat. We are looking forward to seeing you!",
            "tags: astronomy, open day, family weekend, free events",
        ],
    ),
    (
        "Kettle offers this week",
        [
            "Our editors look for honest discounts every day. We may earn a commission if you buy through our links.",
            "The Dornfeld 2 is down to $59 from $89 today, the lowest price we have seen. Buy it now if you need one.",
            "The Hallam is $19 with free shipping. It is the best cheap kettle that we know.",
            "Skip the Glimm, even at 50% off: ours leaked. Prices change quickly, so check before you order.",
        ],
    ),
    (
        "Loan or lease? A calculator for small firms",
        [
            "Your firm needs a van. The bank offers you a loan at 9 percent, the dealer a lease. Which is cheaper?",
            "Take the price, say $30,000. Over five years the loan costs you $37,400, and you own the van at the end.",
            "The lease costs $560 a month, $33,600 in all, and you own nothing. Don't forget the mileage limit.",
            "Lenders will tell you that approval is instant and that there are no fees. There are always fees.",
            "If your credit is bad, ask a credit union first. Payday loans are never the answer.",
        ],
    ),
]


@pytest.mark.parametrize(("language", "title", "texts"), SPAM_PAGES)
def test_a_page_that_only_sells_what_is_searched_for_is_rejected(
    language: str, title: str, texts: list[str]
) -> None:
    blocks = [Block("paragraph", text) for text in texts]
    made = clean_blocks(blocks, SpamContext(language=language, host="school.example.com", title=title))
    assert made.rejected == "spam"
    assert made.removed[0].text == "\n\n".join(texts)


@pytest.mark.parametrize(("title", "texts"), HONEST_PAGES)
def test_a_page_that_sells_honestly_stays_whole(title: str, texts: list[str]) -> None:
    assert cleaned(texts, title=title) == (texts, [])


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Your bank called us.", "en", {"you", "we"}),
        ("Ich habe Ihren Brief.", "de", {"i", "you"}),
        ("我们在家。", "zh", {"we"}),
        ("我和您。", "zh", {"i", "you"}),
        ("Evinizde yeriniz var.", "tr", {"you"}),
        ("The ferry left.", "en", set()),
    ],
)
def test_persons_by_language(text: str, language: str, found: set[str]) -> None:
    page = view([Block("paragraph", text)], SpamContext(language=language))
    assert register.says(page.units[0][0], language) & set(register.PERSONS) == found


def test_a_sign_tells_the_more_the_fewer_have_it() -> None:
    told = [register.surprise(seen, 20) for seen in range(21)]
    assert told == sorted(told, reverse=True)
    assert told[0] > 3.0 and told[-1] < 0.1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring 020 7946 0112 now", True),
        ("(555) 010-2233", True),
        ("tel. 13855501234", True),
        ("from 1871 to 1987", False),
        ("it cost 37,400 dollars", False),
        ("version 3.10.2", False),
    ],
)
def test_a_telephone_number_is_told_from_other_figures(text: str, found: bool) -> None:
    assert promos.numbered(text) is found
