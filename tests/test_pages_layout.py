"""Pages as common systems build them: what they are called, who wrote them and when, where the text begins and ends."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean import clean
from schemas.records import Article, Page

FOLDER = Path(__file__).parent / "pages_layout"
CASES: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "cases.toml").read_text(encoding="utf-8"))
FETCHED = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


@cache
def read(slug: str) -> Article:
    path = FOLDER / f"{slug}.html"
    found = clean(Page(slug, path.name, path.read_bytes(), "html", FETCHED))
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize("slug", CASES)
def test_who_when_and_what_it_is_called(slug: str) -> None:
    told, found = CASES[slug], read(slug)
    published = found.published.isoformat() if found.published else None
    seen = {
        "title": found.title,
        "author": found.author,
        "published": published,
        "source": found.original_source,
    }
    assert {name: seen[name] for name in seen if name in told} == {
        name: told[name] for name in seen if name in told
    }


@pytest.mark.parametrize("slug", CASES)
def test_the_text_begins_and_ends_where_it_should(slug: str) -> None:
    told, blocks = CASES[slug], read(slug).text.split("\n\n")
    assert blocks[0] == told.get("first", blocks[0])
    assert blocks[-1] == told.get("last", blocks[-1])


@pytest.mark.parametrize("slug", CASES)
def test_what_belongs_stays_and_what_does_not_goes(slug: str) -> None:
    told, text = CASES[slug], read(slug).text
    assert [part for part in told.get("keep", []) if part not in text] == []
    assert [part for part in told["gone"] if part in text] == []
