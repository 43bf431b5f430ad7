"""Measure the ledger with synthetic facts: loading, every documented view, the timeline's export.

python -m benchmarks.bench_ledger [FACTS]        a million by default; prints a table

Seconds are wall, and CPU of all threads behind them: on a machine that others use too, only the second says
much. Facts are loaded twice: from Parquet parts, as many workers leave them (all), and put as outcomes, as a
run on one machine does (the first 100,000). Each time the claims and the models are made too.
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

from db import parts, query, timeline
from db.formats import Table, csv_text, table_text
from db.store import Store
from db.views import views
from pipeline import stories
from schemas.records import Article, Fact, Outcome, Page, Reading

FACTS_A_PAGE = 10
BATCH = 1000
PUT = 100_000  # facts that are put as outcomes
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


class _Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return round(time.perf_counter() - self.wall, 2), round(time.process_time() - self.cpu, 2)


def _batches(facts: int) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    for made in outcomes(facts):
        batch.append(made)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _loading(name: str, facts: int, *times: tuple[float, float]) -> list[tuple[Any, ...]]:
    wall, cpu = (sum(one[at] for one in times) for at in (0, 1))
    return [
        (f"{name}, facts a second", round(facts / wall), round(facts / cpu)),
        *(
            (f"  {part}", *one)
            for part, one in zip(("tables", "claims, models, checkpoint"), times, strict=True)
        ),
    ]


def main(facts: int = 1_000_000) -> None:
    """Print how long everything takes."""
    rows: list[tuple[Any, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        put_at, path, parts_at = (Path(folder) / name for name in ("put.duckdb", "bench.duckdb", "parts"))
        first = min(facts, PUT)
        wall = cpu = 0.0
        with Store.open(put_at, keep_pages=False) as store:
            for number, batch in enumerate(_batches(facts)):
                if number * BATCH * FACTS_A_PAGE < first:
                    clock = _Clock()
                    store.put(batch)
                    wall, cpu = wall + clock.read()[0], cpu + clock.read()[1]
                parts.write_part(batch, parts_at)
            clock = _Clock()
        rows += _loading(f"put {first:,}", first, (wall, cpu), clock.read())
        with Store.open(path) as store:
            clock = _Clock()
            parts.load(store, [parts_at])
            tables, clock = clock.read(), _Clock()
        rows += _loading(f"load {facts:,} from parts", facts, tables, clock.read())
        rows.append(("file, MB", round(path.stat().st_size / 1e6), ""))
        for view in views():
            clock = _Clock()
            query.ask(path, view.name)
            rows.append((f"query {view.name}", *clock.read()))
        with Store.open(path, read_only=True) as store:
            for format in ("csv", "json", "parquet", "svg", "png", "html"):
                clock = _Clock()
                made = timeline.timeline(store, timeline.Choice())
                size = len(timeline.render(made, format))
                rows.append(
                    (f"timeline as {format} ({len(made.dated)} claims, {size / 1e6:.1f} MB)", *clock.read())
                )
    table = Table((f"{facts:,} facts", "wall, s", "CPU, s"), tuple(rows))
    print(table_text(table, widest=80))
    print(csv_text(table), file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
