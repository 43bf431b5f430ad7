"""Hostile markup comes out small enough to parse, honest markup untouched."""

from __future__ import annotations

import datetime as dt
import time

from pipeline.clean import clean
from pipeline.clean.tame import LONGEST_TEXT, tame, tame_page
from schemas.records import Article, Page
from tests.faults import prose, story

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def read(body: bytes, media: str = "html") -> Article:
    got = clean(Page(id="p", source="p", body=body, media=media, fetched_at=NOW))
    assert isinstance(got, Article)
    return got


def test_honest_markup_is_left_alone() -> None:
    for size in (10, 50_000):
        body = (story("peace") + "<p>word</p>" * size).encode()
        page = Page(id="p", source="p", body=body, media="html", fetched_at=NOW)
        assert tame_page(page) == (page, []) and tame_page(page)[0] is page


def test_nested_tags_and_long_attributes_lose_nothing_of_the_text() -> None:
    page = story("a fault").encode()
    plain = read(page).text
    assert plain in read(b"<html><body>" + b"<div>" * 200_000 + page).text
    assert read(page.replace(b"<article>", b"<article data-x='" + b"a" * (10 << 20) + b"'>")).text == plain


def test_what_is_too_long_goes_into_the_audit_trail() -> None:
    size = 20 << 20
    for got in (read(prose(size), "text"), read(b"<html><title>Long</title><body><p>" + prose(size))):
        assert LONGEST_TEXT - 5_000 < len(got.text) <= LONGEST_TEXT
        beyond = [item for item in got.removed if item.rule == "beyond-limit"]
        assert (
            got.page_sha256 == got.page_sha256.lower()
            and len(beyond) == 1
            and size - LONGEST_TEXT - 1_000 < len(beyond[0].text)
        )


def test_taming_is_linear() -> None:
    for hostile in (
        "<div" * 300_000,
        "<div " * 300_000,
        "='" * 500_000,
        '="' + "a" * 1_000_000,
        "<p>" * 199 * 2_000,
        "<" * 1_000_000,
    ):
        begun = time.process_time()
        tame(hostile)
        assert time.process_time() - begun < 5
