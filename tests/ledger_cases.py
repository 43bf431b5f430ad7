"""Outcomes made by hand from the labelled articles: what the ledger's tests store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.records import Article, Fact, Outcome, Page, Reading, StoryMarks
from schemas.words import NUMBER_FIELD

GOLD = Path(__file__).parent.parent.parent / "shared" / "gold" / "articles"
FETCHED = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def number(value: Any) -> Decimal | None:
    """Return the exact number of a JSON one."""
    return None if value is None else Decimal(str(value))


def make_fact(text: str, label: dict[str, Any]) -> Fact:
    """Build a Fact from a label in the fact format; its quote is found in the text."""
    quote = label["quote"][:600]
    start = text.index(quote)
    names = ("model", "op", "role", "device", "use", "currency", "scope", "basis", "per", "provider", "period",
             "organization", "subject", "direction", "as_of", "description")  # fmt: skip
    given = {name: label[name] for name in names if label.get(name) is not None}
    return Fact(
        kind=label["kind"], start=start, end=start + len(quote), quote=quote, rule=label.get("rule", "label"),
        at=start, at_end=start + 1,
        value=number(label.get(NUMBER_FIELD.get(label["kind"], "value"))),
        low=number(label.get("low")), high=number(label.get("high")),
        derived=bool(label.get("derived")), negated=bool(label.get("negated")), vague=bool(label.get("vague")),
        **given,
    )  # fmt: skip


def _months_and_years(label: dict[str, Any]) -> dict[str, Any]:
    """Return a label whose months have 730.5 hours and years 8,766: the labels count 730 and 8,760, and allow both."""
    field = {"duration": "hours", "device_hours": "value"}.get(label["kind"], "")
    hours = label.get(field)
    if not hours or hours % 365:
        return label
    return {**label, field: hours / 730 * 730.5}


def make_outcome(
    text: str,
    labels: Iterable[dict[str, Any]] = (),
    *,
    name: str = "page",
    url: str | None = None,
    fetched_at: dt.datetime = FETCHED,
    marks: StoryMarks | None = None,
    models: dict[str, tuple[str, ...]] | None = None,
    rules: str = "",
    **about: Any,
) -> Outcome:
    """Build the outcome of one page from its clean text and labels."""
    page = Page(name, f"{name}.html", text.encode("utf-8", "replace"), "clean", fetched_at, url=url)
    published = about.pop("published", None)
    article = Article(
        id=name, source=page.source, page_sha256=page.sha256, fetched_at=fetched_at, text=text, url=url,
        published=dt.date.fromisoformat(published) if isinstance(published, str) else published,
        bases={"published": "meta"} if published else {},
        **about,
    )  # fmt: skip
    facts = tuple(make_fact(text, label) for label in labels)
    reading = Reading(facts=facts, models=models or {})
    return Outcome(page.source, page, article, reading, marks=marks or StoryMarks(), rules=rules)


def gold_outcome(path: Path) -> Outcome:
    """Build the outcome that a perfect reader would give for a labelled article."""
    told = json.loads(path.read_text(encoding="utf-8"))
    keep = [_months_and_years(label) for label in told["facts"] if label["quote"] in told["clean_text"]]
    return make_outcome(
        told["clean_text"], keep, name=told["id"], url=told["url"], title=told["title"], site=told["site"],
        author=told["author"], published=told["published"], language=told["language"],
        original_source=told["original_source"],
        models={key: tuple(names) for key, names in told.get("aliases", {}).items()},
    )  # fmt: skip


def gold_outcomes() -> list[Outcome]:
    """Return the outcomes of all labelled articles, in order."""
    return [gold_outcome(path) for path in sorted(GOLD.glob("*.json"))]
