"""Score cleaned pages against truth.jsonl.

Text is compared by words (single characters where a script writes no spaces) after folding width,
look-alike-free compatibility forms, invisible characters and case; what the words leave open is
compared by characters, so a half-cut word counts half.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TOKEN = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
)
_PROMO_GONE = 0.8  # of a sentence's characters
_LONGEST_GAP = 2000  # characters a side, beyond which a gap isn't compared by characters


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fold(text: str | None) -> str:
    """Return text with white space folded and the bars between table cells dropped."""
    return " ".join(word for word in (text or "").split() if word != "|")


def tokens(text: str) -> list[str]:
    """Return the words of a text, normalised."""
    told = unicodedata.normalize("NFKC", text)
    told = "".join(mark for mark in told if unicodedata.category(mark) != "Cf").casefold()
    return _TOKEN.findall(told)


@dataclass(slots=True)
class Left:
    """Per run of a page: characters in all, and characters that the output still has."""

    total: list[int]
    kept: list[float]


def align(runs: list[list[str]], output: str) -> Left:
    """Tell how much of each (role, text) run is in the output, in order."""
    gold: list[str] = []
    owner: list[int] = []
    for number, (_, text) in enumerate(runs):
        made = tokens(text)
        gold += made
        owner += [number] * len(made)
    found = tokens(output)
    left = Left([0] * len(runs), [0.0] * len(runs))
    for number, token in zip(owner, gold, strict=True):
        left.total[number] += len(token)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, gold, found, autojunk=False).get_opcodes():
        if tag == "equal":
            for at in range(a, b):
                left.kept[owner[at]] += len(gold[at])
        elif tag == "replace":
            _align_characters(gold[a:b], owner[a:b], "".join(found[c:d]), left)
    return left


def _align_characters(gold: list[str], owner: list[int], found: str, left: Left) -> None:
    letters = "".join(gold)
    whose = [number for number, token in zip(owner, gold, strict=True) for _ in token]
    if len(letters) > _LONGEST_GAP or len(found) > _LONGEST_GAP:
        return
    for block in difflib.SequenceMatcher(None, letters, found, autojunk=False).get_matching_blocks():
        if block.size >= 4 or (block.size >= 2 and not letters[block.a].isascii()):
            for at in range(block.a, block.a + block.size):
                left.kept[whose[at]] += 1


@dataclass(slots=True)
class Result:
    """What became of one page. `counts` holds numerators and denominators by name."""

    truth: dict[str, Any]
    output: dict[str, Any]
    counts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    badness: float = 0.0
    notes: list[str] = field(default_factory=list)


def judge(truth: dict[str, Any], output: dict[str, Any] | None) -> Result:
    """Compare one page's output with its truth; a page without output counts as empty."""
    output = output or {"id": truth["id"], "title": None, "text": "", "missing": True}
    result = Result(truth, output)
    counts = result.counts
    text = output.get("text") or ""
    rejected = bool(output.get("rejected")) or not text.strip()
    kind = truth["kind"]
    if kind == "whole":
        counts["whole"], counts["whole.rejected"] = 1, float(rejected)
        if not rejected:
            result.badness, result.notes = 1, ["spam page stored"]
        return result
    counts["pages"], counts["false rejections"] = 1, float(rejected)
    same = fold(text) == fold(truth["text"])
    titled = fold(output.get("title")) == fold(truth["title"])
    counts["titles"], counts["titles.exact"] = 1, float(titled)
    counts["exact"] = float(same and titled)
    if kind in ("negative", "control"):
        counts[kind], counts[kind + ".untouched"] = 1, float(same)
    left = align(truth["runs"], text)
    h1 = [run for place, runs in truth["titles"].items() if place == "h1" or rejected for run in runs]
    spam_title = max(
        truth["titles"].values(), key=lambda runs: sum(len(t) for r, t in runs if r != "genuine"), default=h1
    )
    titles = align(spam_title, output.get("title") or "")
    runs = [
        *zip(truth["runs"], left.total, left.kept, strict=True),
        *(
            (run, total, kept)
            for run, total, kept in zip(spam_title, titles.total, titles.kept, strict=True)
            if run[0] != "genuine"
        ),
    ]
    if rejected:  # an empty page has not been cleaned: its spam counts as left
        runs = [(run, total, kept if run[0] == "genuine" else total) for run, total, kept in runs]
    for (role, run), total, kept in runs:
        if not total:
            continue
        counts[role] += total
        counts[role + ".kept"] += kept
        if role == "genuine":
            if kept < total:
                result.badness += total - kept
                result.notes.append(f"LOST  {run[:160]!r}")
        elif kept > 0.2 * total and not rejected:
            result.badness += kept
            result.notes.append(f"STAYED ({role}) {run[:160]!r}")
    _count_sentences(runs, counts)
    if not titled:
        result.badness += 1
        result.notes.append(f"TITLE {output.get('title')!r} instead of {truth['title']!r}")
    if kind in ("negative", "control") and not same:
        result.badness += 20
        result.notes.append("TOUCHED " + _difference(fold(truth["text"]), fold(text)))
    if rejected:
        result.notes.insert(0, f"REJECTED {output.get('rejected')!r}")
    return result


def _count_sentences(runs: list[Any], counts: dict[str, float]) -> None:
    """Count promotional passages gone; neighbouring promo runs are one passage."""
    total = kept = 0.0
    for (role, _), size, stayed in [*runs, (("genuine", ""), 1, 0)]:
        if role == "promo":
            total, kept = total + size, kept + stayed
        elif size and total:
            counts["sentences"] += 1
            counts["sentences.gone"] += float(kept <= (1 - _PROMO_GONE) * total)
            total = kept = 0.0


def _difference(wanted: str, got: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got))
    )
    return f"at {at}: {wanted[max(0, at - 30) : at + 60]!r} became {got[max(0, at - 30) : at + 60]!r}"


def score(truths: list[dict[str, Any]], outputs: list[dict[str, Any]]) -> list[Result]:
    """Judge every page that the truth names."""
    by_id = {output["id"]: output for output in outputs}
    return [judge(truth, by_id.get(truth["id"])) for truth in truths]


_FIGURES = (
    # name, numerator, denominator, share gone rather than kept
    ("visible spam removed %", "visible.kept", "visible", True),
    ("hidden spam removed %", "hidden.kept", "hidden", True),
    ("promotional characters removed %", "promo.kept", "promo", True),
    ("promotional sentences removed %", "sentences.gone", "sentences", False),
    ("genuine characters kept %", "genuine.kept", "genuine", False),
    ("titles exact", "titles.exact", "titles", None),
    ("pages exact", "exact", "pages", None),
    ("hard negatives untouched", "negative.untouched", "negative", None),
    ("clean controls untouched", "control.untouched", "control", None),
    ("spam pages rejected", "whole.rejected", "whole", None),
    ("genuine pages rejected", "false rejections", "pages", None),
)


def figures(results: list[Result]) -> dict[str, Any]:
    """Sum up: percentages to two decimals, counts as [n, of]; figures without a case are left out."""
    sums: dict[str, float] = defaultdict(float)
    for result in results:
        for name, value in result.counts.items():
            sums[name] += value
    told: dict[str, Any] = {}
    for name, above, below, gone in _FIGURES:
        if sums[below]:
            share = sums[above] / sums[below]
            told[name] = (
                [int(sums[above]), int(sums[below])]
                if gone is None
                else round(100 * (1 - share if gone else share), 2)
            )
    return told


def summary(results: list[Result]) -> dict[str, Any]:
    """Return the figures for each half and, within it, by placement, category, language, way and template."""
    out: dict[str, Any] = {}
    for half in ("tune", "report"):
        own = [result for result in results if result.truth["half"] == half]
        if not own:
            continue
        out[half] = {"all": figures(own)}
        for key in ("placement", "category", "language", "way", "template"):
            groups: dict[str, list[Result]] = defaultdict(list)
            for result in own:
                if result.truth[key]:
                    groups[result.truth[key]].append(result)
            out[half][key] = {name: figures(groups[name]) for name in sorted(groups)}
    return out


def _cell(value: Any) -> str:
    return "–" if value is None else f"{value[0]}/{value[1]}" if isinstance(value, list) else f"{value:.2f}"


def tables(results: list[Result]) -> str:
    """Return the figures as tables, both halves side by side."""
    told = summary(results)
    halves = list(told)
    lines = [f"{'':36}" + "".join(f"{half:>14}" for half in halves)]
    for name, *_ in _FIGURES:
        lines.append(f"{name:36}" + "".join(f"{_cell(told[half]['all'].get(name)):>14}" for half in halves))
    short = (
        ("visible spam removed %", "visible"),
        ("hidden spam removed %", "hidden"),
        ("promotional sentences removed %", "promo"),
        ("genuine characters kept %", "kept"),
        ("titles exact", "titles"),
    )
    for key in ("placement", "category", "language", "way", "template"):
        lines += [
            "",
            f"by {key:21}" + "".join(f"{half + ' ' + name:>16}" for half in halves for _, name in short),
        ]
        for group in sorted({name for half in halves for name in told[half][key]}):
            lines.append(
                f"{group:24}"
                + "".join(
                    f"{_cell(told[half][key].get(group, {}).get(name)):>16}"
                    for half in halves
                    for name, _ in short
                )
            )
    return "\n".join(lines)


def worst(results: list[Result], count: int) -> str:
    """Describe the pages with the largest errors; with both halves at hand, of "tune" only: nobody
    is to write rules while reading the other."""
    if len({result.truth["half"] for result in results}) > 1:
        results = [result for result in results if result.truth["half"] == "tune"]
    bad = sorted(
        (result for result in results if result.badness),
        key=lambda result: -result.badness,
    )
    lines = []
    for result in bad[:count]:
        truth = result.truth
        lines.append(
            f"\n{truth['id']} {truth['half']} {truth['kind']} {truth['template']} {truth['placement']} {truth['category']}/{truth['language']} {truth['way']} carrier {truth['carrier']}"
        )
        lines += [f"  {note}" for note in result.notes[:6]]
    return "\n".join(lines)
