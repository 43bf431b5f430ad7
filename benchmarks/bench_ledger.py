"""Measure the ledger with synthetic facts: loading, every documented view, the timeline's export.

python -m benchmarks.bench_ledger [FACTS]        a million by default; prints a table
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from db import query, timeline
from db.formats import Table, csv_text, table_text
from db.store import Store
from db.views import views
from pipeline import stories
from schemas.records import Article, Fact, Outcome, Page, Reading

FACTS_A_PAGE = 10
BATCH = 1000
KINDS = (
    "parameters",
    "cost",
    "hardware",
    "tokens",
    "compute",
    "duration",
    "price",
    "developer",
    "device_hours",
    "energy",
)
DEVICES = ("A100", "H100", "TPU v4", "V100", "H800")
FETCHED = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def _fact(told: random.Random, kind: str, model: str, maker: str, at: int) -> Fact:
    given: dict[str, Any] = {}
    value: Decimal | None = Decimal(told.randint(1, 10**6)) * 10 ** told.randint(0, 6)
    if kind == "cost":
        given = {"currency": told.choice(("USD",) * 8 + ("EUR", "CNY")), "scope": told.choice(("training",) * 3 + ("inference",)),
                 "basis": told.choice(("reported", "estimated", "hypothetical"))}  # fmt: skip
    elif kind == "price":
        given = {"currency": "USD", "per": "hour", "device": told.choice(DEVICES)}
        value = Decimal(told.randint(50, 900)) / 100
    elif kind in ("hardware", "device_hours"):
        given = {"device": told.choice(DEVICES)}
    elif kind == "developer":
        given, value = {"organization": maker}, None
    quote = f"a synthetic sentence with a figure of {value} in it, number {at:>6}"
    return Fact(kind=kind, start=at, end=at + len(quote), quote=quote, rule="bench", at=at, at_end=at + 1,
                model=None if kind == "price" else model, value=value, **given)  # fmt: skip


def outcomes(facts: int, *, seed: int = 7) -> Iterator[Outcome]:
    """Yield pages of ten facts each about 5,000 models of 400 makers over ten years."""
    told = random.Random(seed)
    for number in range(facts // FACTS_A_PAGE):
        index = min(int(told.paretovariate(0.6)), 5000)
        model, maker = f"Model-{index}", f"Maker {index % 400}"
        url = f"https://site{number % 997}.example/{number}"
        text = " ".join(told.choices("abcdefghijklmnopqrstuvwxyz", k=60)) + f" page {number} " * 20
        article = Article(
            id=str(number), source=url, page_sha256=f"{number:064d}", fetched_at=FETCHED, text=text, url=url,
            title=f"Page {number} of the synthetic web about {model}", site=f"Site {number % 997}",
            published=dt.date(2016, 1, 1) + dt.timedelta(days=told.randint(0, 3900)), language="en",
        )  # fmt: skip
        found = tuple(_fact(told, kind, model, maker, 100 * at) for at, kind in enumerate(KINDS))
        page = Page(str(number), url, b"", "html", FETCHED, url=url)
        yield Outcome(url, page, article, Reading(facts=found), marks=stories.marks(article))


def main(facts: int = 1_000_000) -> None:
    """Print how long everything takes."""
    rows: list[tuple[Any, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        loading = 0.0
        with Store.open(path, keep_pages=False) as store:
            batch: list[Outcome] = []
            for made in outcomes(facts):
                batch.append(made)
                if len(batch) == BATCH:
                    begun = time.perf_counter()
                    store.put(batch)
                    loading += time.perf_counter() - begun
                    batch = []
            begun = time.perf_counter()
            store.put(batch)
            loading += time.perf_counter() - begun
        rows.append(("put: facts a second", round(facts / loading)))
        rows.append(("file, MB", round(path.stat().st_size / 1e6)))
        for view in views():
            begun = time.perf_counter()
            query.ask(path, view.name)
            rows.append((f"query {view.name}, s", round(time.perf_counter() - begun, 3)))
        with Store.open(path, read_only=True) as store:
            for format in ("csv", "parquet", "svg", "png", "html"):
                begun = time.perf_counter()
                made = timeline.timeline(store, timeline.Choice())
                size = len(timeline.render(made, format))
                rows.append(
                    (
                        f"timeline as {format} ({len(made.dated)} claims, {size / 1e6:.1f} MB), s",
                        round(time.perf_counter() - begun, 3),
                    )
                )
    print(table_text(Table(("measured", f"{facts:,} facts"), tuple(rows)), widest=80))
    print(csv_text(Table(("measured", "value"), tuple(rows))), file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
