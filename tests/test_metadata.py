"""What a page says of itself: title, author, dates, language, site, address, original source."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from pipeline import rulebook
from pipeline.clean import clean
from pipeline.clean.authors import author_names
from pipeline.clean.byline import is_byline
from pipeline.clean.dates import find_days, read_stamp
from pipeline.clean.metadata import detect_language, language_code, slug_of, without_site
from pipeline.clean.source import read_line
from schemas.records import Article, Page

FETCHED = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LATEST = dt.date(2026, 11, 24)
TEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "The lab said on Monday that it had trained the model for eleven days on a cluster of its own.",
        "Nobody outside the company has seen the invoice, and the figure rests on what two people told us.",
        "A smaller version, which runs on one card, came out in spring and was praised for its manners.",
    )
)


def article(body: str, head: str = "", *, url: str | None = None, lang: str = "en", **hints: str) -> Article:
    markup = f"<!doctype html><html lang={lang}><head>{head}</head><body>{body}</body></html>"
    found = clean(Page("p", "p.html", markup.encode(), "html", FETCHED, url, hints=hints))
    assert isinstance(found, Article), found
    return found


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


# --- title -----------------------------------------------------------------------------------

HEADLINE = "A model and its bill"


@pytest.mark.parametrize(
    ("head", "body", "basis"),
    [
        (f"<title>{HEADLINE} - Example Daily</title>", f"<h1>{HEADLINE}</h1>", "h1"),
        (f"<title>{HEADLINE} | Example Daily</title><meta property=og:site_name content='Example Daily'>", "", "title"),
        (f"<title>Example Daily :: {HEADLINE}</title>", f"<font size=5><b>{HEADLINE}</b></font><br>By Ann Lee<br><br>", "h1"),
        (f"<meta property=og:title content='{HEADLINE}'><title>Example</title>", "", "og"),
        (ld(headline=HEADLINE) + "<title>Example Daily</title>", "<h1>Example Daily</h1>", "json-ld"),
        (f"<title>{HEADLINE} — Example Daily</title><meta property=og:title content='Wrong and old headline'>",
         f"<h1>{HEADLINE}</h1>", "h1"),
        (f"<title>{HEADLINE} – Example</title>", f"<header><h1>Example</h1></header><h2 class=entry-title>{HEADLINE}</h2>", "h1"),
        (ld(headline="A <em>model</em> &amp;amp; its bill".replace("&amp;amp;", "and")), "", "json-ld"),
    ],
)  # fmt: skip
def test_titles_agree(head: str, body: str, basis: str) -> None:
    found = article(f"<article>{body}{TEXT}</article>", head)
    assert found.title == HEADLINE
    assert found.bases["title"] == basis
    assert HEADLINE not in found.text


@pytest.mark.parametrize(
    ("title", "site", "others", "left"),
    [
        ("Notes on PaLM | Halvorsen", "Halvorsen", [], "Notes on PaLM"),
        ("Halvorsen: Notes on PaLM", None, ["Notes on PaLM"], "Halvorsen: Notes on PaLM"),
        ("Notes on PaLM - part two - Halvorsen", "Halvorsen", [], "Notes on PaLM - part two"),
        ("Notes on PaLM - part two", None, [], "Notes on PaLM - part two"),
        ("GPT-3 – what it cost", None, [], "GPT-3 – what it cost"),
    ],
)
def test_site_names_leave_titles(title: str, site: str | None, others: list[str], left: str) -> None:
    assert without_site(title, site, others) == left


def test_slugs() -> None:
    assert slug_of("https://example.com/2026/05/a-model-and-its-bill.html?x=1") == "a model and its bill"
    assert slug_of("https://example.com/12345") == ""


# --- authors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By Jane Doe and John Roe | May 4, 2020", "Jane Doe, John Roe"),
        ("Words: Priyanka Lowe", "Priyanka Lowe"),
        ("Text: Jan Kees", "Jan Kees"),
        ("Story by Ann Example, Staff Writer", "Ann Example"),
        ("Reporting by Anna Lee; Editing by Bob Ray", "Anna Lee"),
        ("Von Anna Müller", "Anna Müller"),
        ("Par Luc Martin, publié le 3 mai 2021", "Luc Martin"),
        ("Por María Pérez", "María Pérez"),
        ("Di Luca Bianchi", "Luca Bianchi"),
        ("Door Jan de Vries", "Jan de Vries"),
        ("Автор: Иван Петров", "Иван Петров"),
        ("文／王小明", "王小明"),
        ("作者：张三 编辑：李四", "张三"),
        ("記者 王小明／台北報導", "王小明"),
        ("JANE DOE", "JANE DOE"),
        ("Posted by admin on May 3", None),
        ("Super User", None),
        ("By https://example.com/jane", None),
        ("jane@example.com", None),
    ],
)
def test_bylines_name_their_authors(text: str, names: str | None) -> None:
    assert author_names(text) == names


@pytest.mark.parametrize("name", ["Von Neumann", "Di Marco", "Text Author", "Par Lindqvist"])
def test_a_head_may_name_people_whose_names_begin_like_a_byline(name: str) -> None:
    assert author_names(name, in_head=True) == name


@pytest.mark.parametrize(
    ("line", "is_one"),
    [("By Jane Doe", True), ("May 4, 2020", True), ("Updated: 4 May 2020, 10:31", True), ("4 min read·May 9, 2023", True),
     ("By the numbers, it is a small model.", False), ("By 2030 it will cost more.", False), ("In May 2020 the model was trained.", False),
     ("A heading like any other", False)],
)  # fmt: skip
def test_lines_that_are_bylines(line: str, is_one: bool) -> None:
    assert is_byline(line) is is_one


@pytest.mark.parametrize(
    ("head", "body", "author", "basis"),
    [
        (ld(author={"name": "Jane Doe"}), "", "Jane Doe", "json-ld"),
        (ld(author=[{"name": "Jane Doe"}, {"name": "John Roe"}]), "", "Jane Doe, John Roe", "json-ld"),
        ("<meta name=author content='Jane Doe'>", "", "Jane Doe", "meta"),
        ("<meta name=author content='Super User'>", "", None, None),
        ("<meta name=author content=admin>", "<p class=byline>By Jane Doe</p>", "Jane Doe", "byline"),
        (ld(author={"name": "Wrong Person"}), "<p class=byline>By Jane Doe</p>", "Jane Doe", "byline"),
        (ld(author={"name": "Wrong Person"}), "<span itemprop=author>Jane Doe</span>", "Jane Doe", "byline"),
        ("", "<a rel=author href=/j>Jane Doe</a>", "Jane Doe", "byline"),
        ("", "<div class=meta>Words: Jane Doe</div>", "Jane Doe", "byline"),
        ("", "", None, None),
        ("<meta property=og:site_name content='Example Daily'><meta name=author content='Example Daily'>", "", None, None),
    ],
)  # fmt: skip
def test_authors(head: str, body: str, author: str | None, basis: str | None) -> None:
    found = article(f"<article><h1>{HEADLINE}</h1>{body}{TEXT}</article>", f"<title>{HEADLINE}</title>{head}")
    assert found.author == author
    assert found.bases.get("author") == basis
    assert found.text.startswith("The lab said")


def test_a_commenter_is_no_author() -> None:
    comments = "<section class=comments><div class=comment><p class=author>By Troll King</p><p>First and last of all.</p></div></section>"
    assert article(f"<article><h1>{HEADLINE}</h1>{TEXT}</article>{comments}").author is None


# --- dates -----------------------------------------------------------------------------------

DAY = dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    ["2024-03-05", "2024-03-05T10:00:00+02:00", "20240305", "March 5, 2024", "5 March 2024", "5th of March 2024", "5. März 2024",
     "5 mars 2024", "5 de marzo de 2024", "5 marzo 2024", "5 марта 2024", "2024年3月5日", "2024년 3월 5일", "05.03.2024", "5 maart 2024",
     "5 marca 2024", "5 Mart 2024", "2024/03/05", "Tue, 05 Mar 2024 08:00:00 GMT"],
)  # fmt: skip
def test_dates_of_many_languages(text: str) -> None:
    assert read_stamp(text, LATEST) == DAY


def test_dates_by_country_and_no_future() -> None:
    assert [day for *_, day in find_days("03/05/2024", LATEST, day_first=False)] == [DAY]
    assert [day for *_, day in find_days("05/03/2024", LATEST)] == [DAY]
    assert read_stamp("2031-01-01", LATEST) is None
    assert read_stamp("1889-04-20", LATEST) is None
    assert read_stamp("2024-02-30", LATEST) is None


@pytest.mark.parametrize(
    ("head", "body", "url", "basis"),
    [
        (ld(datePublished="2024-03-05T08:00:00Z", dateModified="2025-01-01"), "", None, "json-ld"),
        ("<meta property=article:published_time content=2024-03-05T08:00:00Z>", "", None, "meta"),
        ("", "<time datetime=2024-03-05 itemprop=datePublished>March 5</time>", None, "byline"),
        ("", "<p class=byline>By Jane Doe, March 5, 2024</p>", None, "byline"),
        ("", "<p>Published 5 March 2024, updated 1 April 2024</p>", None, "byline"),
        ("", "", "https://example.com/2024/03/05/bill", "url"),
        (ld(datePublished="2021-01-09"), "<p class=byline>By Jane Doe, March 5, 2024</p>", None, "byline"),
        (ld(datePublished="2024-03-05", dateModified="2024-06-01"), "<p class=byline>June 1, 2024</p>", None, "json-ld"),
        (ld(datePublished="2099-01-01"), "<p class=byline>March 5, 2024</p>", None, "byline"),
    ],
)  # fmt: skip
def test_publication_dates(head: str, body: str, url: str | None, basis: str) -> None:
    found = article(
        f"<article><h1>{HEADLINE}</h1>{body}{TEXT}</article>", f"<title>{HEADLINE}</title>{head}", url=url
    )
    assert found.published == DAY
    assert found.bases["published"] == basis
    assert found.text.startswith("The lab said")


def test_a_future_date_counts_where_two_carriers_agree() -> None:
    head = ld(datePublished="2027-06-18T09:00:00Z")
    alone = article(f"<article><h1>{HEADLINE}</h1>{TEXT}</article>", head)
    assert alone.published is None
    both = article(
        f"<article><h1>{HEADLINE}</h1><p class=byline>By Jane Doe, June 18, 2027</p>{TEXT}</article>", head
    )
    assert both.published == dt.date(2027, 6, 18)


def test_modification_dates() -> None:
    found = article(
        f"<article><h1>{HEADLINE}</h1><p>Published 5 March 2024, updated 1 April 2024</p>{TEXT}</article>"
    )
    assert found.modified == dt.date(2024, 4, 1)


def test_a_date_in_the_text_is_none_of_the_page() -> None:
    found = article(
        f"<article><h1>{HEADLINE}</h1>{TEXT}<p>It will be switched off on 1 September 2026.</p></article>"
    )
    assert found.published != dt.date(2026, 9, 1) or found.bases["published"] == "text"


def test_hints_fill_what_is_empty() -> None:
    found = article(
        f"<article>{TEXT}</article>", title="From the feed", published="2024-03-05", author="Jane Doe"
    )
    assert (found.title, found.author, found.published) == ("From the feed", "Jane Doe", DAY)
    assert found.bases["published"] == "feed"


# --- language, site, address -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "text", "code", "basis"),
    [
        (
            "en-GB",
            "The lab said on Monday that it had trained the model for eleven days on a cluster.",
            "en",
            "lang",
        ),
        (
            "zh-tw",
            "The lab said on Monday that it had trained the model for eleven days on a cluster.",
            "en",
            "text",
        ),
        (
            "",
            "Das Labor teilte am Montag mit, dass es das Modell elf Tage lang trainiert habe.",
            "de",
            "text",
        ),
        (
            "en",
            "Лаборатория сообщила в понедельник, что обучала модель одиннадцать дней подряд.",
            "ru",
            "text",
        ),
        ("fr", "Oui.", "fr", "lang"),
    ],
)
def test_languages(declared: str, text: str, code: str, basis: str) -> None:
    assert detect_language(text, declared) == (code, basis)


def test_language_codes() -> None:
    assert [language_code(told) for told in ("en-US", "pt_BR", "und", "", "x")] == [
        "en",
        "pt",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("head", "url", "site"),
    [
        ("<meta property=og:site_name content='Example Daily'>", None, "Example Daily"),
        (ld(publisher={"name": "Example Daily"}), None, "Example Daily"),
        ("", "https://www.example.com/a", "Example Daily"),
    ],
)
def test_sites(head: str, url: str | None, site: str) -> None:
    found = article(
        f"<article><h1>{HEADLINE}</h1>{TEXT}</article>",
        f"<title>{HEADLINE} | Example Daily</title>{head}",
        url=url,
    )
    assert found.site == site


@pytest.mark.parametrize(
    ("head", "url", "canonical"),
    [
        ("<link rel=canonical href=https://example.com/a>", None, "https://example.com/a"),
        ("<link rel=canonical href=/a#top>", "https://example.com/b?utm=1", "https://example.com/a"),
        ("<link rel=canonical href=https://example.com/>", "https://example.com/b", None),
        ("<meta property=og:url content=https://example.com/a>", None, "https://example.com/a"),
        ("<link rel=canonical href='javascript:1'>", "https://example.com/b", None),
    ],
)
def test_canonical_addresses(head: str, url: str | None, canonical: str | None) -> None:
    assert article(f"<article>{TEXT}</article>", head, url=url).canonical_url == canonical


# --- original source -------------------------------------------------------------------------

_RULES = rulebook.toml("clean/source.toml")
_SOURCES = [
    (line, name)
    for kind in ("label", "sentence")
    for rule in _RULES[kind]
    for line, name in rule["fires_on"].items()
]
_QUIET = [line for kind in ("label", "sentence") for rule in _RULES[kind] for line in rule["quiet_on"]]


@pytest.mark.parametrize(("line", "name"), _SOURCES)
def test_phrasings_of_a_source(line: str, name: str) -> None:
    found = read_line(line)
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize("line", _QUIET)
def test_lines_that_name_no_source(line: str) -> None:
    assert read_line(line) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("This story originally appeared on <a href=https://bund.example>Bund Review</a>.", "Bund Review"),
        (
            "This article was first published by the Harbour Tribune and is republished with permission.",
            "the Harbour Tribune",
        ),
        (
            "Republished from <a href=https://bund.example>Bund Review</a> under a Creative Commons licence",
            "Bund Review",
        ),
        ("<em>Source: <a href=https://bund.example>Bund Review</a></em>", "Bund Review"),
        ("<strong>Via:</strong> <a href=https://bund.example>Bund Review</a>", "Bund Review"),
        ("轉貼自: <a href=https://bund.example>東方評論</a>", "東方評論"),
        ("本文转载自：东方评论", "东方评论"),
        ("（来源：东方评论）", "东方评论"),
        ("転載元：東都テック新聞", "東都テック新聞"),
        ("출처: 한빛경제", "한빛경제"),
        ("Источник: <a href=https://bund.example>Северный вестник</a>", "Северный вестник"),
        ("Quelle: Elbkurier", "Elbkurier"),
        ("Dieser Artikel erschien zuerst bei <a href=https://elb.example>Elbkurier</a>.", "Elbkurier"),
        ("Source : Le Courrier du Rhône", "Le Courrier du Rhône"),
        ("Cet article est paru initialement dans Le Courrier du Rhône.", "Le Courrier du Rhône"),
        ("Fuente: El Faro Técnico", "El Faro Técnico"),
        ("Publicado originalmente en <a href=https://faro.example>El Faro Técnico</a>", "El Faro Técnico"),
        ("Fonte: Corriere del Calcolo", "Corriere del Calcolo"),
        ("Bron: De Rekenkamer", "De Rekenkamer"),
        ("Źródło: Kurier Obliczeń", "Kurier Obliczeń"),
        ("Kaynak: Hesap Gazetesi", "Hesap Gazetesi"),
        ("Sumber: Kabar Komputasi", "Kabar Komputasi"),
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_reposts_name_their_source(line: str, name: str, place: str) -> None:
    body = f"<p>{line}</p>{TEXT}" if place == "first" else f"{TEXT}<p>{line}</p>"
    found = article(f"<article><h1>{HEADLINE}</h1>{body}</article>", f"<title>{HEADLINE}</title>")
    assert found.original_source == name
    assert found.bases["original_source"] == "text"
    assert found.text.startswith("The lab said")
    assert found.text.endswith("its manners.")
    assert "source" in {cut.reason for cut in found.removed}


@pytest.mark.parametrize(
    "line",
    [
        "The figure was first published by the Harbour Tribune on Monday, and nobody has denied it since then.",
        "Source: company filings",
        "Source: the author's own sums",
        "Sources close to the company put it at twice as much.",
        "According to Bund Review, the run took eleven days.",
        "The firm told Bund Review that it would not say.",
        "Photo: Bund Review",
        "The code was originally published on paper.",
        "Quelle: eigene Berechnungen",
        "Fuente: elaboración propia",
        "This article was published in March.",
    ],
)
def test_ordinary_attributions_name_no_source(line: str) -> None:
    found = article(
        f"<article><h1>{HEADLINE}</h1>{TEXT}<p>{line}</p></article>", f"<title>{HEADLINE}</title>"
    )
    assert found.original_source is None


def test_a_site_is_not_its_own_source() -> None:
    head = f"<title>{HEADLINE}</title><meta property=og:site_name content='Bund Review'>"
    assert article(f"<article>{TEXT}<p>Source: Bund Review</p></article>", head).original_source is None
