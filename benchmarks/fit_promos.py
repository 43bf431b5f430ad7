"""Fit the weights of an advertisement's signs (pipeline/rules/spam/promos.csv).

    python -m benchmarks.fit_promos [--honest FOLDER …]            count, leaving out one set of advertisements at a time
    python -m benchmarks.fit_promos [--honest FOLDER …] --write    fit on all, and write the weights

A row is a passage of one to five sentences side by side, with the signs that pipeline.spam.promos gives it on its page.
Advertisements: those of tests/promos/advertisements.tsv, each set into four pages of its language (as a paragraph and at the end of
one), those marked in tests/spam_pages, tests/spam_pages_b and the generator's half "tune". Honest: every passage of one sentence, and
a third of the longer ones, of the labelled pages, the extraction benchmark, honest pages of the spam sets, and any
folders of real pages (--honest: .html, .html.gz). Counted is what an unseen set and unseen halves of the honest pages give: the
share of advertisements above a threshold, and the honest passages above it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.score_clean_all import as_page
from benchmarks.spamgen import build
from pipeline import spam
from pipeline.clean import clean
from pipeline.spam import promos
from pipeline.spam.page import view
from schemas.errors import ReadError
from schemas.records import Block, Page

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "pipeline" / "rules" / "spam" / "promos.csv"
ADVERTISEMENTS = ROOT / "tests" / "promos" / "advertisements.tsv"
LONGEST = 5  # sentences of a passage
THRESHOLDS = (-1.0, 0.0, 1.0, 2.0)
L2 = 1.0  # how strongly a weight is drawn to nothing
GENERATED = 0.15  # what a generated advertisement counts beside one that somebody wrote


@dataclass(frozen=True)
class Given:
    """What clean_blocks is given of a page, and what is spam in it: (role, text) as in truth.jsonl; None on an honest page."""

    set: str
    name: str
    blocks: tuple[Block, ...]
    context: spam.SpamContext
    runs: list[tuple[str, str]] | None


@dataclass(frozen=True)
class Row:
    """A passage: where it is from, its signs, whether it is an advertisement."""

    set: str
    page: str
    text: str
    marks: dict[str, float]
    sells: bool
    weight: float


def given(set_name: str, page: Page, runs: list[tuple[str, str]] | None = None) -> Iterator[Given]:
    """Clean a page as far as its spam; yield what comes to clean_blocks, nothing where the page can't be read."""
    caught: list[tuple[tuple[Block, ...], spam.SpamContext]] = []

    def catch(blocks: Sequence[Block], context: spam.SpamContext) -> spam.SpamResult:
        caught.append((tuple(blocks), context))
        return spam.SpamResult(blocks=tuple(blocks))

    with patch.object(spam, "clean_blocks", catch):
        try:
            clean(page)
        except ReadError:
            return
    if caught:
        yield Given(set_name, page.id, *caught[-1], runs)


def truths(folder: Path) -> list[dict[str, Any]]:
    """Read a folder's truth.jsonl."""
    return [
        json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines() if line
    ]


def marked_pages(name: str, folder: Path) -> Iterator[Given]:
    """Yield the pages of a set with a truth.jsonl but those of nothing but spam."""
    for truth in truths(folder):
        if truth["kind"] == "whole":
            continue
        media = "text" if truth["file"].endswith(".txt") else "html"
        page = as_page(truth["id"], (folder / truth["file"]).read_bytes(), media)
        runs = [(run[0], run[1]) for run in truth["runs"]] if truth["kind"] == "spam" else None
        yield from given(name if runs is not None else "honest", page, runs)


def pages(shared: Path, more: Sequence[Path]) -> Iterator[Given]:
    """Yield all pages to fit on."""
    for name in ("spam_pages", "spam_pages_b"):
        yield from marked_pages(name, ROOT / "tests" / name)
    with tempfile.TemporaryDirectory() as folder:
        build.write(Path(folder), build.documents(seed=1, count=1440, half="tune"))
        yield from marked_pages("generated", Path(folder))
    folders = [shared / "benchmarks" / "article-extraction" / "html", ROOT / "tests" / "pages_layout", *more]
    for real in folders:
        for path in sorted([*real.rglob("*.html"), *real.rglob("*.html.gz")]):
            body = path.read_bytes()
            yield from given(
                "honest", as_page(str(path), gzip.decompress(body) if path.suffix == ".gz" else body)
            )


def spliced(hosts: Sequence[Given]) -> Iterator[tuple[Given, tuple[int, int]]]:
    """Yield pages with an advertisement of our own, and where it is: number of the block, offset in it."""
    by_language: dict[str, list[Given]] = defaultdict(list)
    for host in hosts:
        if sum(_is_prose(block) for block in host.blocks) >= 3:
            by_language[(host.context.language or "")[:2]].append(host)
    draw = random.Random(1)
    with ADVERTISEMENTS.open(encoding="utf-8") as lines:
        told = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in told:
        near = by_language[row["language"]] or by_language["en"]
        for host in draw.sample(near, min(4, len(near))):
            at = draw.choice([number for number, block in enumerate(host.blocks) if _is_prose(block)][1:])
            name = f"{host.name}+{row['text'][:12]}"
            alone = (*host.blocks[:at], Block("paragraph", row["text"]), *host.blocks[at:])
            yield Given(row["set"], name, alone, host.context, None), (at, 0)
            block = host.blocks[at]
            longer = replace(block, text=f"{block.text} {row['text']}")
            beside = (*host.blocks[:at], longer, *host.blocks[at + 1 :])
            yield Given(row["set"], name, beside, host.context, None), (at, len(block.text) + 1)


def _is_prose(block: Block) -> bool:
    return block.kind == "paragraph" and len(block.text) > 60


def rows(page: Given, only: tuple[int, int] | None, draw: random.Random) -> Iterator[Row]:
    """Yield the passages of a page.   only: (block, offset) from which on an advertisement of ours stands; nothing else counts."""
    seen = view(page.blocks, page.context)
    if not seen.prose:
        return
    told = promos.habits(seen)
    for number, (block, units) in enumerate(zip(page.blocks, seen.units, strict=True)):
        if block.kind not in ("paragraph", "list_item") or (only and only[0] != number):
            continue
        sells: list[bool | None] = []
        marks = []
        for unit in units:
            text = " ".join(block.text[unit.start : unit.end].split())
            sells.append(unit.start >= only[1] if only else _sells(text, page.runs))
            marks.append(promos.signs(seen, told, block, unit))
        for first in range(len(units)):
            for last in range(first + 1, min(first + LONGEST, len(units)) + 1):
                role = set(sells[first:last])
                if role == {True}:
                    if (first and sells[first - 1]) or (last < len(units) and sells[last]):
                        continue  # part of an advertisement
                elif role != {False} or only or (last - first > 1 and draw.random() > 0.34):
                    continue
                joined = promos.together(marks[first:last], [unit.size for unit in units[first:last]])
                text = block.text[units[first].start : units[last - 1].end]
                weight = 1.0 if role == {True} or last - first == 1 else 1.5
                yield Row(page.set, page.name, text, joined, role == {True}, weight)


def _sells(text: str, runs: list[tuple[str, str]] | None) -> bool | None:
    """Whether a sentence is an advertisement by its page's truth; None where the truth doesn't tell."""
    for role, run in runs or ():
        whole = " ".join(run.split())
        if role == "promo" and (text in whole or (whole in text and len(whole) > 0.7 * len(text))):
            return True
        if role == "genuine" and text in whole:
            return False
    return None if runs is not None else False


def fit(signs: Any, sells: Any, weight: Any) -> Any:
    """Return the weights of a logistic regression (Newton, L2), the last one of a passage without signs."""
    found = np.zeros(signs.shape[1])
    drawn = np.full(len(found), L2)
    drawn[-1] = 1e-3
    for _ in range(20):
        chance = 1 / (1 + np.exp(-np.clip(signs @ found, -30, 30)))
        slope = signs.T @ (weight * (sells - chance)) - drawn * found
        bend = (signs * (weight * chance * (1 - chance))[:, None]).T @ signs + np.diag(drawn)
        step = np.linalg.solve(bend, slope)
        found = found + step
        if abs(step).max() < 1e-4:
            break
    return found


def main(arguments: list[str] | None = None) -> int:
    """Count, or fit and write; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--honest", type=Path, nargs="*", default=[], help="folders of real pages")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    draw = random.Random(3)
    all_pages = list(pages(asked.shared, asked.honest))
    told = [row for page in all_pages for row in rows(page, None, draw)]
    hosts = [page for page in all_pages if page.runs is None and not page.context.plain]
    told += [row for page, only in spliced(hosts) for row in rows(page, only, draw)]
    names = [line["sign"] for line in _table() if line["sign"]]
    signs = np.array([[row.marks.get(name, 0.0) for name in names] + [1.0] for row in told])
    sells = np.array([float(row.sells) for row in told])
    times = Counter((row.set, row.text) for row in told if row.sells)
    weight = np.array(
        [
            row.weight / (times[row.set, row.text] if row.sells else 1)
            * (GENERATED if row.sells and row.set == "generated" else 1.0)
            for row in told
        ]
    )  # fmt: skip
    if asked.write:
        found = dict(zip([*names, ""], fit(signs, sells, weight), strict=True))
        _write({name: round(float(value), 2) for name, value in found.items()})
        return 0
    half = np.array([zlib.crc32(row.page.split("+")[0].encode()) % 2 for row in told])
    sets = np.array([row.set for row in told])
    print("set left out    thresholds", *THRESHOLDS)
    for name in sorted({row.set for row in told if row.sells}):
        caught, false = np.zeros(len(THRESHOLDS)), np.zeros(len(THRESHOLDS), int)
        for part in (0, 1):
            used = (sets != name) & ~((half == part) & (sells == 0))
            odds = signs @ fit(signs[used], sells[used], weight[used])
            left, honest = (sets == name) & (sells == 1), (half == part) & (sells == 0)
            for at, least in enumerate(THRESHOLDS):
                caught[at] += 0.5 * weight[left & (odds > least)].sum() / weight[left].sum()
                false[at] += len(
                    {(told[n].page, told[n].text[:40]) for n in np.where(honest & (odds > least))[0]}
                )
        print(f"{name:15} removed", np.round(caught, 2), "honest", false, f"of {int((sells == 0).sum())}")
    return 0


def _table() -> list[dict[str, str]]:
    lines = [line for line in WEIGHTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def _write(found: dict[str, float]) -> None:
    """Write the weights into the table, its comments and kinds as before."""
    comments = [line for line in WEIGHTS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = [f"{row['sign']},{row['kind']},{found[row['sign']]}" for row in _table()]
    WEIGHTS.write_text("\n".join([*comments, "sign,kind,weight", *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
