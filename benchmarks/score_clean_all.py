"""Score page cleaning: the labelled pages and the article-extraction benchmark in one run.

    python -m benchmarks.score_clean_all [--shared ../shared] [--pages] [--half first|second|both] [--peer]

Prints the table of score_clean.py over gold/pages, then F1, precision, recall, exact and empty pages
of the article-extraction benchmark (metric in its README), pages per second, and with --peer how
often a page is better or worse than trafilatura with favor_precision.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import importlib.util
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.clean import clean
from schemas.errors import ReadError
from schemas.records import Article, Page

FETCHED = dt.datetime(2027, 12, 31, tzinfo=dt.UTC)


def as_page(name: str, body: bytes, media: str = "html", url: str | None = None) -> Page:
    """Wrap bytes as a page that was fetched after all of the labelled ones were written."""
    return Page(name, name, body, media, FETCHED, url)


def row_of(page: Page) -> dict[str, Any]:
    """Return what `costline clean --jsonl` prints of a page, as far as the scorer reads it."""
    try:
        found = clean(page)
    except ReadError as err:
        return {"id": page.id, "text": "", "failed": str(err)}
    if not isinstance(found, Article):
        return {"id": page.id, "text": "", "rejected": found.reason}
    published = found.published.isoformat() if found.published else None
    return {"id": page.id, "text": found.text, "title": found.title, "author": found.author,
            "published": published, "original_source": found.original_source}  # fmt: skip


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return all runs of 4 tokens, as the benchmark counts them."""
    tokens = re.findall(r"\w+", text)
    size = 4
    return (
        Counter(tuple(tokens[at : at + size]) for at in range(max(1, len(tokens) - size + 1)))
        if tokens
        else Counter()
    )


def page_score(reference: str, found: str) -> tuple[float | None, float | None]:
    """Return (precision, recall) of a page; None where there is nothing to divide by."""
    want, got = shingles(reference), shingles(found)
    common = sum((want & got).values())
    return (
        common / sum(got.values()) if got else None,
        common / sum(want.values()) if want else None,
    )


def harmonic(first: float, second: float) -> float:
    """Return the harmonic mean of two shares, 0 where both are."""
    return 2 * first * second / (first + second) if first + second else 0.0


def extraction_table(
    truth: dict[str, dict[str, str]], texts: dict[str, str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the totals of the metric, and F1 of each page."""
    precisions, recalls, each, exact, empty = [], [], {}, 0, 0
    for name, wanted in truth.items():
        found = texts[name]
        precision, recall = page_score(wanted["articleBody"], found)
        if precision is not None:
            precisions.append(precision)
        if recall is not None:
            recalls.append(recall)
        each[name] = harmonic(precision or 0.0, recall or 0.0)
        exact += re.findall(r"\w+", wanted["articleBody"]) == re.findall(r"\w+", found)
        empty += not found
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    totals = {"F1": harmonic(precision, recall), "precision": precision, "recall": recall,
              "exact": exact / len(truth), "empty": empty}  # fmt: skip
    return totals, each


def score_module(shared: Path) -> ModuleType:
    """Load the scorer that comes with the labelled pages."""
    spec = importlib.util.spec_from_file_location("score_clean", shared / "benchmarks" / "score_clean.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold_figures(shared: Path, folder: str = "gold") -> tuple[dict[str, Any], list[Any]]:
    """Clean the labelled pages; return the scorer's figures and its list of errors."""
    scorer = score_module(shared)
    articles, spans = scorer.load_gold(shared / folder)
    rows = {
        name: row_of(as_page(name, (shared / folder / "pages" / f"{name}.html").read_bytes()))
        for name in articles
    }
    figures: dict[str, Any]
    figures, errors = scorer.evaluate(articles, spans, rows)
    for name, row in rows.items():
        if "failed" in row or "rejected" in row:
            errors.insert(0, (name, row.get("failed") or row.get("rejected"), None, None))
    return figures, errors


def benchmark_pages(shared: Path, half: str) -> tuple[dict[str, dict[str, str]], dict[str, bytes]]:
    """Return the reference texts and the pages; half: every second page by the order of their ids."""
    folder = shared / "benchmarks" / "article-extraction"
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    names = sorted(truth)
    names = {"first": names[0::2], "second": names[1::2], "both": names}[half]
    pages = {name: gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()) for name in names}
    return {name: truth[name] for name in names}, pages


def timed(function: Callable[[str], str], names: Iterable[str]) -> tuple[dict[str, str], float]:
    """Return each name's text and the CPU seconds that all of them took."""
    start = time.process_time()
    return {name: function(name) for name in names}, time.process_time() - start


def main(argv: list[str] | None = None) -> int:
    """Print the tables. Returns 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--half", choices=("first", "second", "both"), default="both")
    parser.add_argument("--pages", action="store_true", help="list each benchmark page with its F1")
    parser.add_argument(
        "--peer", action="store_true", help="compare page by page with trafilatura, favor_precision"
    )
    parser.add_argument("--errors", type=int, default=40)
    options = parser.parse_args(argv)
    figures, errors = gold_figures(options.shared)
    print("labelled pages")
    for name, value in figures.items():
        print(f"  {name:16} {value:.4f}" if isinstance(value, float) else f"  {name:16} {value}")
    for error in errors[: options.errors]:
        print("   ", *error, sep=" | ")
    truth, pages = benchmark_pages(options.shared, options.half)
    texts, seconds = timed(
        lambda name: str(row_of(as_page(name, pages[name], url="https://" + truth[name]["url"]))["text"]),
        pages,
    )
    totals, each = extraction_table(truth, texts)
    print(f"article extraction, {len(truth)} pages ({options.half})")
    print("  " + "  ".join(f"{name} {value:.4f}" for name, value in totals.items()))
    print(f"  {len(pages) / seconds:.0f} pages/s of CPU, metadata included")
    if options.peer:
        import trafilatura

        peer_texts, peer_seconds = timed(
            lambda name: trafilatura.extract(pages[name], favor_precision=True, include_comments=False) or "",
            pages,
        )
        peer_totals, peer_each = extraction_table(truth, peer_texts)
        print(
            "  trafilatura favor_precision: "
            + "  ".join(f"{name} {value:.4f}" for name, value in peer_totals.items())
        )
        print(f"  {len(pages) / peer_seconds:.0f} pages/s of CPU, no metadata")
        better = sum(each[name] > peer_each[name] + 1e-9 for name in each)
        worse = sum(each[name] < peer_each[name] - 1e-9 for name in each)
        print(f"  page by page: better {better}, worse {worse}, equal {len(each) - better - worse}")
    if options.pages:
        for name, value in sorted(each.items(), key=lambda item: item[1]):
            precision, recall = page_score(truth[name]["articleBody"], texts[name])
            print(
                f"  {value:.3f} P {precision or 0:.3f} R {recall or 0:.3f} {name[:12]} {truth[name]['url'][:80]}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
