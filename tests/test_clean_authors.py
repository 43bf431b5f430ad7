"""Who is told as a page's author: bylines of many sorts and languages, bare names, heads that name no person."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.clean import clean
from pipeline.clean.authors import is_person, is_weak
from pipeline.clean.signatures import signed_by
from schemas.records import Article, Page

_PARAGRAPHS = [
    "The orchard co-operative said on Thursday that its new press had cost 410,000 euros, a fifth more than planned.",
    "Its members had voted for the purchase in March, after the old machine broke down for the third time in a year.",
    "Most of the money came from a loan that runs for twelve years; the rest was saved from two good harvests.",
]


def _read(byline: str, head: str = "", end: str = "") -> Article:
    body = "".join(f"<p>{text}</p>" for text in _PARAGRAPHS)
    page = f"""<html lang="en"><head><title>A press for the orchard | Valley News</title>{head}</head><body>
<div><a href="/">Home</a> <a href="/n">News</a> <a href="/s">Sport</a></div>
<div><h1>A press for the orchard</h1><div>{byline}</div><div>October 17, 2024</div><div>{body}{end}</div></div>
<div><a href="/about">About</a></div></body></html>"""
    found = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(found, Article), found
    return found


_BYLINES: list[tuple[str, str | None]] = [
    ("<span>Ines Valderrama</span>, Staff Writer | October 17, 2024", "Ines Valderrama"),
    ("<div>Ines Valderrama</div><div>October 17, 2024 · 4 min read</div>", "Ines Valderrama"),
    ('<img src="iv.png"><div><b>Ines Valderrama</b></div>', "Ines Valderrama"),
    ("<div>Ines Valderrama</div><div>Farm correspondent</div>", "Ines Valderrama"),
    ("Ines Valderrama, Orrinton", "Ines Valderrama"),
    ("<p>Ines Valderrama - 17 October 2024</p>", "Ines Valderrama"),
    ("<p>17 October 2024 | Ines Valderrama</p>", "Ines Valderrama"),
    ('<a href="/author/ines-valderrama">Ines Valderrama</a>', "Ines Valderrama"),
    ('<a href="/profile/ines">Ines Valderrama</a> <span>4 min</span>', "Ines Valderrama"),
    ('<a href="/@ines">Ines Valderrama</a>', "Ines Valderrama"),
    ('<a href="/autor/ines-valderrama/">Ines Valderrama</a>', "Ines Valderrama"),
    ('<a href="/redaktion/ines-valderrama">Ines Valderrama</a>', "Ines Valderrama"),
    ('<a href="/u/hollow_tree">hollow_tree</a> Oct 17', "hollow_tree"),
    ("By Ines Valderrama, Orrinton", "Ines Valderrama"),
    ("BY INES VALDERRAMA", "INES VALDERRAMA"),
    ("By <a>Ines Valderrama</a> and <a>Tom Reyl</a>", "Ines Valderrama, Tom Reyl"),
    ("By Ines Valderrama, Tom Reyl and Ann Dale", "Ines Valderrama, Tom Reyl, Ann Dale"),
    ("Words: Ines Valderrama | Photographs: Tom Reyl", "Ines Valderrama"),
    ("Text: Ines Valderrama, Fotos: Tom Reyl", "Ines Valderrama"),
    ("Text by Ines Valderrama. Photos by Tom Reyl.", "Ines Valderrama"),
    ("Von Ines Valderrama", "Ines Valderrama"),
    ("Von Ines Valderrama, Hamburg", "Ines Valderrama"),
    ("Ein Artikel von Ines Valderrama", "Ines Valderrama"),
    ("Gastbeitrag von Ines Valderrama", "Ines Valderrama"),
    ("Ein Kommentar von Ines Valderrama", "Ines Valderrama"),
    ("Par Ines Valderrama", "Ines Valderrama"),
    ("Publié le 17 octobre 2024 par Ines Valderrama", "Ines Valderrama"),
    ("Propos recueillis par Ines Valderrama", "Ines Valderrama"),
    ("Por Ines Valderrama", "Ines Valderrama"),
    ("di Ines Valderrama", "Ines Valderrama"),
    ("Por Ines Valderrama - 17/10/2024 09h30", "Ines Valderrama"),
    ("Door Ines Valderrama", "Ines Valderrama"),
    ("Door: Ines Valderrama", "Ines Valderrama"),
    ("Av Ines Valderrama", "Ines Valderrama"),
    ("TEXT: INES VALDERRAMA", "INES VALDERRAMA"),
    ("Af Ines Valderrama", "Ines Valderrama"),
    ("Tekst: Ines Valderrama Foto: Tom Reyl", "Ines Valderrama"),
    ("Teksti: Ines Valderrama", "Ines Valderrama"),
    ("Toimittaja Ines Valderrama", "Ines Valderrama"),
    ("Autor: Ines Valderrama", "Ines Valderrama"),
    ("Opracował: Ines Valderrama", "Ines Valderrama"),
    ("Autor: Ines Valderrama", "Ines Valderrama"),
    ("Szerző: Ines Valderrama", "Ines Valderrama"),
    ("Írta: Ines Valderrama", "Ines Valderrama"),
    ("Scris de Ines Valderrama", "Ines Valderrama"),
    ("Yazar: Ines Valderrama", "Ines Valderrama"),
    ("Haber: Ines Valderrama", "Ines Valderrama"),
    ("Του Ines Valderrama", "Ines Valderrama"),
    ("Συντάκτης: Ines Valderrama", "Ines Valderrama"),
    ("Автор: Анна Петрова", "Анна Петрова"),
    ("Текст: Анна Петрова", "Анна Петрова"),
    ("Автор: Анна Петренко", "Анна Петренко"),
    ("Автор: Анна Петрова", "Анна Петрова"),
    ("Piše: Ines Valderrama", "Ines Valderrama"),
    ("Penulis: Ines Valderrama | Editor: Tom Reyl", "Ines Valderrama"),
    ("Oleh Ines Valderrama", "Ines Valderrama"),
    ("Oleh: Ines Valderrama", "Ines Valderrama"),
    ("김민수 기자", "김민수"),
    ("기자 = 김민수", "김민수"),
    ("[한빛경제 김민수 기자]", "김민수"),
    ("입력 2024.10.17 09:21 | 김민수 기자", "김민수"),
    ("文・佐藤健", "佐藤健"),
    ("佐藤健 記者", "佐藤健"),
    ("執筆：佐藤健", "佐藤健"),
    ("记者 李明", "李明"),
    ("文/李明", "李明"),
    ("作者：李明 来源：江岸晚报", "李明"),
    ("2024-10-17 09:21 来源:江岸晚报 作者:李明 浏览:1893次", "李明"),
    ("时间:2024-10-17 09:21 作者:李明 点击:22", "李明"),
    ("本报记者 李明", "李明"),
    ("撰文 | 李明", "李明"),
    ("بقلم: سلمى الحداد", "سلمى الحداد"),
    ("كتبت سلمى الحداد", "سلمى الحداد"),
    ("نویسنده: سلمى الحداد", "سلمى الحداد"),
    ("מאת דנה כהן", "דנה כהן"),
    ("लेखक: अनिल शर्मा", "अनिल शर्मा"),
    ("โดย สมชาย ใจดี", "สมชาย ใจดี"),
    ("<div>Farm News</div><div>October 17, 2024</div>", None),
    ("<div>Orrinton</div>", None),
    ("By Ines Valderrama, Image: Getty Images", "Ines Valderrama"),
    ("Ines Valderrama / Reuters", "Ines Valderrama"),
    ("By Ines Valderrama ines@valley.example", "Ines Valderrama"),
    ("By Ines Valderrama (@ines)", "Ines Valderrama"),
    ("By Ines Valderrama for Valley News", "Ines Valderrama"),
    ("Ines Valderrama, Special to Valley News", "Ines Valderrama"),
    ("Posted by Ines Valderrama at 9:14 PM", "Ines Valderrama"),
    ("Posted on October 17, 2024 by Ines Valderrama", "Ines Valderrama"),
    ("October 17, 2024 by Ines Valderrama in Farms", "Ines Valderrama"),
    ("Last updated October 17, 2024 by Ines Valderrama", "Ines Valderrama"),
    ("<div>Written by Ines Valderrama</div><div>Reviewed by Tom Reyl</div>", "Ines Valderrama"),
    ("<div>Ines Valderrama</div><div>Edited by Tom Reyl</div>", "Ines Valderrama"),
    ("By Dr Anjali Rao-Whitcombe", "Dr Anjali Rao-Whitcombe"),
    ("By J. R. Whitcombe", "J. R. Whitcombe"),
    ("By Bram de Kuyper", "Bram de Kuyper"),
    ("By Sean O’Hara", "Sean O’Hara"),
    ("<address>Ines Valderrama</address>", "Ines Valderrama"),
]


@pytest.mark.parametrize(("byline", "author"), _BYLINES)
def test_the_line_under_the_headline_says_who_wrote_it_and_leaves_the_text(
    byline: str, author: str | None
) -> None:
    found = _read(byline)
    assert found.author == author
    assert found.text == "\n\n".join(_PARAGRAPHS)


def _linked(author: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "A press for the orchard", {author}}}</script>'


_STATE = (
    '{"props": {"story": {"headline": "A press for the orchard", "writer": {"name": "Ines Valderrama"}},'
    ' "related": [{"headline": "Frost", "author": "Nobody Else"}]}}'
)


@pytest.mark.parametrize(
    ("head", "byline", "author"),
    [
        ('<meta name="author" content="valley_editor">', "By Ines Valderrama", "Ines Valderrama"),
        (
            '<meta name="author" content="Valley News">',
            "Ines Valderrama<br>October 17, 2024",
            "Ines Valderrama",
        ),
        (
            '<meta name="dcterms.creator" content="valley_editor">',
            "<div>Submitted by <a>valley_editor</a> on Thu, 10/17/2024</div><div>By Ines Valderrama</div>",
            "Ines Valderrama",
        ),
        (
            _linked('"author": {"@type": "Organization", "name": "News Desk"}'),
            "By Ines Valderrama",
            "Ines Valderrama",
        ),
        (
            _linked('"author": {"name": "Ines Valderrama"}, "contributor": [{"name": "Tom Reyl"}]'),
            "By <a>Ines Valderrama</a>, <a>Tom Reyl</a>",
            "Ines Valderrama, Tom Reyl",
        ),
        (_linked('"author": {"name": "Ines Valderrama"}'), "Photo desk", "Ines Valderrama"),
        (
            f'<script id="__NEXT_DATA__" type="application/json">{_STATE}</script>',
            "Orchards",
            "Ines Valderrama",
        ),
    ],
)
def test_a_person_on_the_page_beats_an_office_in_the_head(head: str, byline: str, author: str) -> None:
    assert _read(byline, head).author == author


def test_a_signature_ends_the_text_of_a_page_that_names_nobody_else() -> None:
    assert _read("Orchards", end="<p><b>— Ines Valderrama</b></p>").author == "Ines Valderrama"


@pytest.mark.parametrize(
    "line",
    ["Share this Story", "Source: Valley News", "Updated at 9:14 PM", "Orrinton, Ohio", "Photo: Tom Reyl"],
)
def test_lines_that_nobody_signs(line: str) -> None:
    assert signed_by(line) is None


def test_what_looks_like_a_person() -> None:
    assert all(
        map(is_person, ["Ines Valderrama", "Bram de Kuyper", "J. R. Whitcombe", "Seán O’Hara", "Lê Phương"])
    )
    assert not any(
        map(
            is_person,
            ["Farm News", "New York", "Über dieses Thema", "Ines", "Join the conversation", "4 May"],
        )
    )
    assert all(
        is_weak(name, "Valley News") for name in ["Valley News", "news desk", "ivalder", "Orrin Press Ltd"]
    )
    assert not is_weak("Ines Valderrama", "Valley News")


def test_comments_in_microdata_have_other_authors() -> None:
    page = (
        '<span itemprop="author">hollow_tree</span>'
        '<div itemprop="comment"><span itemprop="author">bakelite</span> I knew that one.</div>'
    )
    assert _read(page).author == "hollow_tree"


@pytest.mark.parametrize("href", ["user?id=quillon64", "/member.php?u=771", "/u/quillon64", "/@quillon64"])
def test_a_handle_counts_where_its_link_leads_to_an_account(href: str) -> None:
    assert _read(f'318 points by <a href="{href}">quillon64</a> | 142 comments').author == "quillon64"


@pytest.mark.parametrize(
    ("end", "source"),
    [
        (
            '<p>Published by Valley News. First published in <a href="https://x.example">Orrin Post</a></p>',
            None,
        ),
        (
            '<p>Originally published on <a href="https://x.example/1">Orrin Post</a>. <a href="https://x.example/1">Read on</a></p>',
            "Orrin Post",
        ),
        ("</div><div><h2>P.-S.</h2><p>Article paru initialement dans <a>Orrin Post</a>.</p>", "Orrin Post"),
        ('</div><p>المصدر: <a href="https://x.example">Orrin Post</a></p><div>', "Orrin Post"),
        ("<p>The post A press for the orchard appeared first on <a>Orrin Post</a>.</p>", "Orrin Post"),
        ("<p>出典：<a>Orrin Post</a>（原文のまま許可を得て転載）</p>", "Orrin Post"),
        ("<p>来源:海外媒体</p>", None),
        ("<details>First published on Thu 17 Oct 2024 06.58 GMT</details>", None),
    ],
)
def test_where_a_repost_came_from(end: str, source: str | None) -> None:
    assert _read("By Ines Valderrama", end=end).original_source == source


def test_a_source_among_other_fields_of_a_line() -> None:
    line = (
        "<small>时间:</small>2024-10-17 09:21<small>来源:</small>Orrin Post <small>作者:</small>Tan Huiling"
    )
    found = _read(line)
    assert (found.author, found.original_source) == ("Tan Huiling", "Orrin Post")


def test_the_issuer_of_a_release_is_its_author_only_where_the_head_says_author() -> None:
    end = "<p>SOURCE Orrin Press Ltd</p>"
    assert _read("", '<meta name="author" content="Orrin Press Ltd">', end).author == "Orrin Press Ltd"
    assert _read("", '<meta name="dcterms.creator" content="Orrin Press Ltd">', end).author is None


def test_a_repost_is_signed_by_its_own_author_at_the_head_of_its_text() -> None:
    poster = _linked('"author": {"name": "Mas Gadget"}')
    found = _read("Posted by Mas Gadget", poster, end="")
    assert found.author == "Mas Gadget"
    page = (
        "<html><head><title>A press for the orchard</title>"
        + poster
        + "</head><body><h1>A press for the orchard</h1>"
        "<div class='meta'>Mas Gadget</div><div class='entry-content'><p><i>Oleh: Ines Valderrama (Orrin Post)</i></p>"
        + "".join(f"<p>{text}</p>" for text in _PARAGRAPHS)
        + "</div></body></html>"
    )
    told = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(told, Article)
    assert told.author == "Ines Valderrama"


def test_a_heading_that_leads_to_the_front_page_is_no_headline() -> None:
    page = (
        '<html><head><title>cold hall diaries — the dog and the press</title><meta property="og:title" content="cold hall'
        ' diaries"><script type="application/ld+json">{"@type": "BlogPosting", "headline": "the dog and the press"}</script>'
        '</head><body><h1><a href="/">cold hall diaries</a></h1><div>'
        + "".join(f"<p>{text}</p>" for text in _PARAGRAPHS)
        + "</div></body></html>"
    )
    told = clean(Page("x", "x.html", page.encode(), "html", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)))
    assert isinstance(told, Article)
    assert told.title == "the dog and the press"
