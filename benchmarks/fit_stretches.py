"""Fit what the signs of search terms are worth (pipeline/spam/stretches.py).

    python -m benchmarks.fit_stretches            count by leaving half of the pages out; change nothing
    python -m benchmarks.fit_stretches --write    fit on all, and write rules/spam/stretches.csv

Learnt on: the generator's tune half, two sets of pages by other hands, and terms of these set into honest
pages (the extraction benchmark, the layouts of tests/, labelled texts) in a dozen ways; a third of the
lexicon's terms is forgotten meanwhile, as another campaign's words would not be in it. Not learnt on: the
generator's other half. Logistic regression (Newton, L2).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import pipeline.clean.page as cleaner
from benchmarks.score_clean_all import as_page, benchmark_pages
from benchmarks.spamgen import build, score
from pipeline import rulebook, spam
from pipeline.spam import blocks, stretches, words
from pipeline.spam.page import view
from pipeline.spam.records import SpamContext, SpamResult
from schemas.errors import ReadError
from schemas.records import Block, Link, Page

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "pipeline" / "rules" / "spam" / "stretches.csv"
L2 = 3.0
FORGOTTEN = 0.3  # share of the terms of trades and of buying that the lexicon doesn't know while it is learnt
PART = 0.2  # weight of a stretch that is part of a run only: no harm is done, and not all good
WAYS = (
    "amid",
    "amid",
    "amid",
    "brackets",
    "comma",
    "commas",
    "link",
    "start",
    "end",
    "capitals",
    "dashes",
    "tight",
    "end",
    "end tight",
)

_EDGES = " ,()[]（）"
_STYLES = ("", "", "color:inherit;text-decoration:none")

Given = tuple[str, tuple[Block, ...], SpamContext, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch and what it is: 1 a run, 0 honest, -1 part of a run, -2 a run and more."""

    source: str
    page: str
    place: tuple[int, int]
    label: int
    marks: dict[str, float]
    text: str


def given(name: str, page: Page) -> tuple[tuple[Block, ...], SpamContext] | None:
    """Return what the spam room is given for a page, or None for a page without an article."""
    seen: list[tuple[tuple[Block, ...], SpamContext]] = []

    def keep(told: Sequence[Block], context: SpamContext) -> SpamResult:
        seen.append((tuple(told), context))
        return SpamResult(tuple(told))

    with mock.patch.object(spam, "clean_blocks", keep):
        try:
            cleaner.clean(page)
        except ReadError as error:
            print(f"{name}: {error}", file=sys.stderr)
    return seen[-1] if seen else None


def honest(shared: Path) -> Iterator[Given]:
    """Yield honest pages and texts."""
    truth, pages = benchmark_pages(shared, "both")
    told = [(name, as_page(name, raw, url="https://" + truth[name]["url"])) for name, raw in pages.items()]
    told += [
        (path.stem, as_page(path.stem, path.read_bytes()))
        for path in sorted((ROOT / "tests/pages_layout").glob("*.html"))
    ]
    for folder in (
        *sorted((shared / "gold2").glob("batch-*")),
        *sorted((ROOT / "tests/looks").glob("batch-*")),
    ):
        for path in sorted(folder.glob("*.json")):
            made = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(made, dict) and isinstance(text := made.get("clean_text", made.get("text")), str):
                told.append((folder.name + path.stem, as_page(path.stem, text.encode(), "text")))
    for name, page in told:
        if (found := given(name, page)) is not None:
            yield name, *found, []


def labelled(folder: Path, half: str | None = None) -> Iterator[Given]:
    """Yield the pages of a folder with a truth.jsonl that hold an article."""
    for truth in score.read_lines(folder / "truth.jsonl"):
        if truth["kind"] == "whole" or (half and truth["half"] != half):
            continue
        media = "text" if truth["file"].endswith(".txt") else "html"
        found = given(truth["id"], as_page(truth["id"], (folder / truth["file"]).read_bytes(), media))
        if found is not None:
            yield truth["id"], *found, truth["runs"]


def forgetful(seed: int) -> Any:
    """Return a stand-in for the rulebook that has forgotten some of the lexicon."""

    def known(entry: str) -> bool:
        return zlib.crc32(f"{seed}{entry.strip()}".encode()) % 1000 >= FORGOTTEN * 1000

    def less(told: str) -> str:
        return ",".join(entry for entry in told.split(",") if known(entry))

    def toml(name: str) -> dict[str, Any]:
        told = dict(rulebook.toml(name))
        if name == "spam/terms.toml":
            told["subject"] = {
                kind: {language: less(terms) for language, terms in of.items()}
                for kind, of in told["subject"].items()
            }
            for family in ("intent", "praise"):
                told[family] = {language: less(terms) for language, terms in told[family].items()}
        return told

    made = mock.Mock()
    made.toml, made.lines = toml, lambda name: ()
    return made


def runs_of(pages: Sequence[Given]) -> list[tuple[str, str]]:
    """Return the runs of terms on labelled pages, as (page, run)."""
    return [
        (name, text.strip(" ,;"))
        for name, _, _, truth in pages
        for role, text in truth
        if role == "visible" and 8 < len(text) < 200 and not re.search(r"[<\[\n]|http", text)
    ]


def shortened(chance: random.Random, run: str) -> str:
    """Return a few neighbouring terms of a run, or all of it."""
    run = run.strip(_EDGES)
    parted = re.search(r"[,|•/]", run)
    pieces = re.split(r"\s*[,|•/]\s*", run) if parted else run.split()
    if chance.random() < 0.5 or len(pieces) <= 3:
        return run
    size = chance.randint(2, min(6, len(pieces)))
    at = chance.randrange(len(pieces) - size + 1)
    return (", " if parted else " ").join(pieces[at : at + size]).strip(_EDGES)


def spliced(
    chance: random.Random, page: Given, runs: Sequence[tuple[str, str]], *, twice: bool
) -> Given | None:
    """Return a page with some terms set into a paragraph, and if asked a second run of the same campaign elsewhere."""
    name, told, context, _ = page
    places = [
        at
        for at, block in enumerate(told)
        if block.kind == "paragraph" and len(block.text) > 80 and not block.links
    ]
    if not places or len(told) < 4:
        return None
    source, run = chance.choice(runs)
    run = shortened(chance, run)
    if len(run) < 6:
        return None
    number, way = chance.choice(places), chance.choice(WAYS)
    text = told[number].text
    at = chance.choice([match.start() for match in re.finditer(" ", text)] or [len(text) // 2])
    run = run.title() if way == "capitals" else run
    before, after = text[:at], text[at:]
    made = {
        "amid": f"{before} {run}{after}", "capitals": f"{before} {run}{after}", "link": f"{before} {run}{after}",
        "brackets": f"{before} ({run}){after}", "dashes": f"{before} – {run} –{after}",
        "comma": f"{before}, {run}{after}", "commas": f"{before}, {run},{after}",
        "start": f"{run} {text}", "end": f"{text} {run}", "tight": f"{before}{run}{after}", "end tight": f"{text}{run}",
    }[way]  # fmt: skip
    out = list(told)
    out[number] = replace(told[number], text=made)
    if way == "link":
        host = chance.choice(("zorvani", "bestdeal24", "quli", run.split()[0].lower())) + chance.choice(
            (".com", ".xyz")
        )
        out[number] = replace(
            out[number],
            links=(Link(at + 1, at + 1 + len(run), f"https://{host}/", style=chance.choice(_STYLES)),),
        )
    truth = [["visible", run]]
    for _ in range(chance.randint(1, 3) if twice else 0):
        more = chance.choice([other for page_name, other in runs if page_name == source])
        more = shortened(chance, more)
        truth.append(["visible", more])
        place = chance.randrange(len(out))
        if chance.random() < 0.4 or out[place].kind != "paragraph" or place == number:
            out.insert(place, Block("paragraph", more))
            number += place <= number
        else:
            out[place] = replace(out[place], text=f"{out[place].text} {more}")
    return f"{name}#{chance.random()}", tuple(out), context, truth


def rows(source: str, page: Given) -> Iterator[Row]:
    """Yield every stretch that the second look weighs on a page, with what it is."""
    name, told, context, truth = page
    result = spam.clean_blocks(told, context)
    if result.rejected:
        return
    seen = view(result.blocks, context)
    proven = stretches.Proven.of(seen, [cut.text for cut in result.removed])
    for number, (block, units) in enumerate(zip(result.blocks, seen.units, strict=True)):
        if block.kind not in stretches.KINDS:
            continue
        marked = mask(block.text, truth)
        for unit in units:
            plain = blocks.is_plain(seen, block, unit) and proven.words.isdisjoint(
                token.plain for token in unit.tokens
            )
            if plain or not stretches.worth_a_look(seen, block, unit):
                continue
            read = stretches.read(seen, unit)
            for first, last in stretches.candidates(seen, block, unit, read, proven):
                marks = stretches.signs(seen, block, unit, read, first, last, proven)
                start, end = unit.tokens[first].start, unit.tokens[last - 1].end
                label = labelled_as(marked, start, end)
                if marks and label is not None:
                    yield Row(source, name, (number, unit.start), label, marks, block.text[start:end])


def mask(text: str, truth: Sequence[Sequence[str]]) -> bytes:
    """Return for each character of a text 0 for honest, 1 for a run, 2 for an advertisement's sentence."""
    out = bytearray(len(text))
    for role, run in sorted(truth, key=lambda item: -len(item[1])):
        for line in run.split("\n") if role != "genuine" else ():
            line = " ".join(line.split()).strip(" ,;|")
            at = text.find(line) if len(line) >= 3 else -1
            while at != -1:
                out[at : at + len(line)] = (b"\x02" if role == "promo" else b"\x01") * len(line)
                at = text.find(line, at + len(line))
    return bytes(out)


def labelled_as(marked: bytes, start: int, end: int) -> int | None:
    """Return what a stretch is, or None for a part of an advertisement."""
    inside = marked[start:end]
    runs = inside.count(1)
    if inside.count(2) * 2 > end - start:
        return None
    if runs < 0.9 * (end - start):
        return -2 if runs else 0
    while start > 0 and marked[start - 1] == 1:
        start -= 1
    while end < len(marked) and marked[end] == 1:
        end += 1
    return 1 if runs >= 0.85 * (end - start) else -1


def gather(shared: Path, seed: int) -> list[Row]:
    """Return the rows of all pages that are learnt from."""
    chance = random.Random(seed)
    good = list(honest(shared))
    with tempfile.TemporaryDirectory() as folder:
        build.write(Path(folder), build.documents(seed=seed, count=720, half="tune"))
        bad = {"generator": list(labelled(Path(folder), "tune"))}
    for name in ("spam_pages", "spam_pages_b"):
        bad[name] = list(labelled(ROOT / "tests" / name))
    terms = runs_of([page for pages in bad.values() for page in pages])
    found: list[Row] = []
    with (
        mock.patch.object(words, "rulebook", forgetful(seed)),
        mock.patch.object(blocks, "_look_again", lambda page, made: [[] for _ in made.blocks]),
    ):
        _forget()
        for page in good:
            found += rows("honest", page)
        for source, pages in bad.items():
            for page in pages:
                found += rows(source, page)
        for page in good * 2:
            for twice in (False, True):
                made = spliced(chance, page, terms, twice=twice)
                if made is not None:
                    told = list(rows("spliced", made))
                    touched = {row.place for row in told if row.label}
                    found += [row for row in told if row.place in touched]
    _forget()
    return found


def _forget() -> None:
    """Let the lexicon be read anew."""
    words._lexicon.cache_clear()
    words._hits.cache_clear()


def matrix(found: Sequence[Row], names: Sequence[str]) -> Any:
    """Return the signs as numbers, a row a stretch, the last column 1."""
    index = {name: at for at, name in enumerate(names)}
    made = np.zeros((len(found), len(names) + 1))
    made[:, -1] = 1.0
    for at, row in enumerate(found):
        for name, value in row.marks.items():
            made[at, index[name]] = value
    return made


def fit(signs: Any, right: Any, weights: Any) -> Any:
    """Return the worth of each sign: logistic regression by Newton's steps, the last column unpunished."""
    worth = np.zeros(signs.shape[1])
    punished = np.full(len(worth), L2)
    punished[-1] = 1e-3
    for _ in range(14):
        chance = 1 / (1 + np.exp(-np.clip(signs @ worth, -30, 30)))
        slope = signs.T @ (weights * (right - chance)) - punished * worth
        bend = (signs * (weights * chance * (1 - chance))[:, None]).T @ signs + np.diag(punished)
        worth = worth + np.linalg.solve(bend, slope)
    return worth


def main(arguments: list[str] | None = None) -> int:
    """Count by leaving pages out, or write the weights."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_stretches", description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--seed", type=int, default=2)
    asked = parser.parse_args(arguments)
    found = gather(asked.shared, asked.seed)
    names = sorted({name for row in found for name in row.marks})
    signs = matrix(found, names)
    right = np.array([float(row.label == 1) for row in found])
    weights = np.array([PART if row.label == -1 else 1.0 for row in found])
    if asked.write:
        worth = fit(signs, right, weights)
        with WEIGHTS.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("sign", "worth"))
            out.writerow(("any", f"{worth[-1]:.2f}"))
            out.writerows((name, f"{value:.2f}") for name, value in zip(names, worth, strict=False))
        return 0
    parts = np.array([zlib.crc32(row.page.split("#")[0].encode()) % 2 for row in found])
    scores = np.zeros(len(found))
    for part in (0, 1):
        learnt = parts != part
        scores[parts == part] = signs[parts == part] @ fit(signs[learnt], right[learnt], weights[learnt])
    for least in (0.0, 0.5, 1.0, 1.5, 2.0):
        best: dict[tuple[str, str, tuple[int, int]], tuple[float, int]] = defaultdict(lambda: (-99.0, 0))
        for row, told in zip(found, scores, strict=True):
            key = (row.source, row.page, row.place)
            best[key] = max(best[key], (float(told), row.label))
        counted = {
            source: {
                label: sum(
                    score >= least and made == label
                    for (of, *_), (score, made) in best.items()
                    if of == source
                )
                for label in (1, -1, -2, 0)
            }
            for source in dict.fromkeys(row.source for row in found)
        }
        print(f"cut from {least:+.1f} on, by set (run, part of one, too much, honest):", counted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
