"""Hostile markup comes out small enough to parse, honest markup untouched."""

from __future__ import annotations

import datetime as dt
import time

from pipeline.clean import clean
from pipeline.clean.tame import LONGEST_TEXT, shorten, tame
from schemas.records import Article, Block, Page
from tests.faults import prose, story

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def read(body: bytes, media: str = "html") -> Article:
    got = clean(Page(id="p", source="p", body=body, media=media, fetched_at=NOW))
    assert isinstance(got, Article)
    return got


def test_honest_markup_is_left_alone() -> None:
    page = story("peace") + "<p>word</p>" * 12_000
    assert tame(page) == (page, [])


def test_nested_tags_and_long_attributes_lose_nothing_of_the_text() -> None:
    page = story("a fault").encode()
    plain = read(page).text
    assert plain in read(b"<html><body>" + b"<div>" * 200_000 + page).text
    assert read(page.replace(b"<article>", b"<article data-x='" + b"a" * (10 << 20) + b"'>")).text == plain


def test_what_is_too_long_goes_into_the_audit_trail() -> None:
    size = 2 << 20
    for got in (read(prose(size), "text"), read(b"<html><title>Long</title><body><p>" + prose(size))):
        assert LONGEST_TEXT - 5_000 < len(got.text) <= LONGEST_TEXT
        beyond = [item for item in got.removed if item.rule == "beyond-limit"]
        assert len(beyond) == 1 and size - LONGEST_TEXT - 1_000 < len(beyond[0].text)


def test_blocks_are_cut_behind_a_sentence() -> None:
    blocks, rest = shorten(
        [Block("paragraph", "First one. " * 20_000), Block("paragraph", "Second one. " * 20_000)]
    )
    assert blocks[1].text.endswith("Second one.") and sum(len(b.text) for b in blocks) <= LONGEST_TEXT
    assert len(rest) == 1 and rest[0].text.startswith("Second one.")
    assert shorten(blocks) == (blocks, [])


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
