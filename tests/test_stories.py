"""Copies of one story are found whatever the order, and independent articles are kept apart."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.merge import similarity
from db.store import Store
from pipeline import stories
from schemas.records import Article, Outcome
from tests.ledger_cases import make_outcome

COST = "Training {model} cost ${sum} million, according to its makers."


def text_of(seed: int, model: str, total: int) -> str:
    """An article of its own: facts in words that other seeds do not use."""
    told = random.Random(seed)
    words = ["".join(told.choices("abdegiklmnoprstuvz", k=told.randint(3, 9))) for _ in range(260)]
    before = " ".join(words[:130]).capitalize() + "."
    after = " ".join(words[130:]).capitalize() + "."
    return f"{before}\n\n{COST.format(model=model, sum=total)}\n\n{after}"


def cost(model: str, total: int) -> dict[str, object]:
    return {
        "kind": "cost", "model": model, "op": "=", "value": total * 1_000_000, "currency": "USD",
        "scope": "training", "basis": "reported", "quote": COST.format(model=model, sum=total),
    }  # fmt: skip


def page(name: str, text: str, model: str, total: int, **about: object) -> Outcome:
    made = make_outcome(text, [cost(model, total)], name=name, **about)  # type: ignore[arg-type]
    assert made.article is not None
    return Outcome(made.input, made.page, made.article, made.reading, marks=stories.marks(made.article))


def reposts() -> list[Outcome]:
    """One article, five reposts of it (each changed a little), three independent ones on the same run."""
    text = text_of(1, "Zephyrine-9", 42)
    title = "Zephyrine-9 cost forty-two million dollars to train"
    out = [page("original", text, "Zephyrine-9", 42, url="https://first.example/a", site="First", title=title,
                published="2024-03-01")]  # fmt: skip
    for number in range(5):
        changed = (
            text.replace(".\n\n", f". Reposted by site {number}.\n\n", 1)
            + f"\n\nThis is repost number {number}."
        )
        out.append(
            page(f"repost{number}", changed, "Zephyrine-9", 42, url=f"https://copy{number}.example/x",
                 site=f"Copy {number}", title=f"Copy {number}: {title}", published=f"2024-03-{number + 2:02}",
                 original_source="First")
        )  # fmt: skip
    for number in range(3):
        out.append(
            page(f"other{number}", text_of(50 + number, "Zephyrine-9", 42), "Zephyrine-9", 42,
                 url=f"https://own{number}.example/y", site=f"Own {number}", title=f"What we learned in week {number}",
                 published=f"2024-04-{number + 1:02}")
        )  # fmt: skip
    return out


@pytest.mark.parametrize("seed", range(4))
def test_five_reposts_count_once_and_three_independent_articles_three_times(
    tmp_path: Path, seed: int
) -> None:
    pages = reposts()
    random.Random(seed).shuffle(pages)
    with Store.open(tmp_path / "a.duckdb") as store:
        for start in range(0, len(pages), 2):  # in several batches, in any order
            store.put(pages[start : start + 2])
        rows = store.rows("SELECT claim_date, copies, url FROM cost_timeline ORDER BY claim_date")
        assert [row["copies"] for row in rows] == [6, 1, 1, 1]
        assert rows[0]["url"] == "https://first.example/a"
        assert rows[0]["claim_date"] == dt.date(2024, 3, 1)
        assert store.rows("SELECT count(*) AS n FROM articles")[0]["n"] == 9
        stories_of = store.rows("SELECT story_id, min(article_id) AS first FROM articles GROUP BY story_id")
        assert all(row["story_id"] == row["first"] for row in stories_of)  # whatever the order


def test_a_repost_that_names_its_source_joins_the_original(tmp_path: Path) -> None:
    title = "How much did the Kestrel run cost"
    text = text_of(7, "Kestrel", 3)
    excerpt = text.split("\n\n")[1] + "\n\n" + text.split("\n\n")[2]
    pages = [
        page("a", text, "Kestrel", 3, url="https://venturebeat.com/kestrel", site="VentureBeat", title=title),
        page("b", excerpt, "Kestrel", 3, url="https://mirror.example/1", site="Mirror", title=title,
             original_source="Venture Beat"),
    ]  # fmt: skip
    with Store.open(tmp_path / "a.duckdb") as store:
        store.put(pages)
        assert [row["copies"] for row in store.rows("SELECT copies FROM cost_timeline")] == [2]


def test_a_column_under_one_title_is_not_one_story(tmp_path: Path) -> None:
    pages = [
        page(f"week{n}", text_of(20 + n, "Osprey", 5), "Osprey", 5, url=f"https://col.example/{n}", site="Col",
             title="The week in machine learning")
        for n in range(3)
    ]  # fmt: skip
    with Store.open(tmp_path / "a.duckdb") as store:
        store.put(pages)
        assert len(store.rows("SELECT DISTINCT story_id FROM articles")) == 3


@pytest.mark.parametrize(
    "one, two, same",
    [
        ("https://www.site.example/a/b/", "http://site.example/a/b", True),
        ("https://site.example/a?utm_source=x&fbclid=1", "https://site.example/a#top", True),
        ("https://amp.site.example/a/amp", "https://site.example/a", True),
        ("https://site.example/index.php?id=5", "https://site.example/index.php?id=6", False),
        ("https://site.example/a", "https://other.example/a", False),
    ],
)
def test_addresses_of_one_page(one: str, two: str, same: bool) -> None:
    assert (stories.address_key(one) == stories.address_key(two)) is same


@pytest.mark.parametrize("address", ["https://site.example/", "", "http://[broken", "not an address at all"])
def test_an_address_that_names_no_page_is_no_mark(address: str) -> None:
    key = stories.address_key(address)
    assert key is None or "site.example" not in key


def test_the_share_of_equal_minima_estimates_the_overlap() -> None:
    told = random.Random(3)
    base = [f"word{told.randint(0, 5000)}" for _ in range(1500)]

    def runs(text: str) -> set[tuple[str, ...]]:
        words = stories.words(text)
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    for share in (0.01, 0.05, 0.2):
        changed = [word if told.random() > share else "other" for word in base]
        one, two = " ".join(base), " ".join(changed)
        exact = len(runs(one) & runs(two)) / len(runs(one) | runs(two))
        marks = [stories.marks(_article(text)) for text in (one, two)]
        assert similarity(marks[0].signature, marks[1].signature) == pytest.approx(exact, abs=0.16)


def _article(text: str) -> Article:
    return Article("x", "x", "0" * 64, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), text)


def test_different_articles_look_different() -> None:
    marks = [stories.marks(_article(text_of(seed, "M", 1))) for seed in range(30)]
    assert max(similarity(a.signature, b.signature) for a, b in itertools.combinations(marks, 2)) < 0.3


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_has_marks_and_always_the_same(text: str) -> None:
    assert stories.marks(_article(text)) == stories.marks(_article(text))
