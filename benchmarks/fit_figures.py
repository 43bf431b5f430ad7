"""Fit what the words around a figure are worth, on the labelled texts.

    python -m benchmarks.fit_figures            count by leaving one author out at a time; change nothing
    python -m benchmarks.fit_figures --write    fit on all, and write the weights into rules/figures/weights.csv

A figure is a sum, a stretch of time, a number of devices or a large number without a unit that the reader met; it is right if a labelled fact of its document
has its number (and currency) and stands near. Logistic regression (Newton, L2). The pattern rules were written with most of
these texts at hand, which flatters them: their weights are held near what they were worth on texts that nobody had read
(column "prior"). Only texts whose errors may be read are fitted on.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_facts import article, documents, scorer
from pipeline.facts import language
from pipeline.facts.common import HOURS
from pipeline.facts.figures import Reader
from pipeline.facts.senses import senses
from pipeline.mentions.figures import Figure
from pipeline.mentions.names import find_names
from pipeline.mentions.sentences import sentences

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "pipeline" / "rules" / "figures" / "weights.csv"
#: Who wrote the labelled texts: a set is counted with weights fitted on what others wrote.
AUTHORS = {
    "gold": ("gold",),
    "epoch": ("epoch",),
    "gold2": tuple(f"batch-{n}" for n in range(1, 7)),
    "a": ("looks-1", "looks-2", "looks-3"),
    "b": ("looks-4", "looks-5", "looks-6"),
    "c": ("looks-7", "looks-8"),
    "d": ("looks-9", "looks-10"),
    "e": ("looks-11", "looks-12"),
    "f": ("looks-13", "looks-14", "looks-15"),
    "g": ("looks-17", "looks-20"),
    "h": ("looks-19",),
    "cases": ("cases",),
    "judged": ("judged",),
}
SETS = tuple(name for sets in AUTHORS.values() for name in sets)
WRITTEN_BY = {name: author for author, sets in AUTHORS.items() for name in sets}
KINDS = {
    "money": "cost",
    "time": "duration",
    "hardware": "hardware",
    "parameters": "parameters",
    "tokens": "tokens",
}
L2 = {"money": 6.0, "time": 4.0, "hardware": 8.0, "parameters": 4.0, "tokens": 2.0}
L2_RULE = 20.0
#: Evidence that fewer figures have is left out.
LEAST = 5
#: A labelled fact that need not be found weighs less.
OPTIONAL = 0.4
#: A look-alike that a label warns of weighs more than another figure.
DECOY = 2.0
#: A short text of our own weighs less than a figure of a document.
OWN = 0.7
#: A labelled fact stands no farther from its figure, in characters.
NEAR = 400


def texts(name: str) -> dict[str, dict[str, Any]]:
    """Return the labelled documents of a set; "looks-1" is tests/looks/batch-1."""
    if name.startswith("looks-"):
        found: dict[str, dict[str, Any]] = scorer().load(
            str(ROOT / "tests" / "looks" / f"batch-{name.removeprefix('looks-')}")
        )
        return found
    return documents(name)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _near(fact: dict[str, Any], sentence: str, at: int) -> bool:
    """Whether a labelled fact stands where the figure stands."""
    if fact.get("quote"):
        told, said = _spaced(fact["quote"]), _spaced(sentence)
        a, b = (set(re.findall(r"\w+", x.lower())) for x in (told, said))
        return told in said or said in told or 2 * len(a & b) >= min(len(a), len(b))
    return fact.get("at") is not None and abs(fact["at"] - at) < NEAR


def _warned(doc: dict[str, Any], sentence: str) -> bool:
    said = _spaced(sentence)
    told = [_spaced(decoy["quote"]) for decoy in doc.get("decoys") or [] if decoy.get("quote")]
    return any(quote in said or said in quote for quote in told)


def _same(fact: dict[str, Any], kind: str, figure: Figure, score: Any) -> bool:
    """Whether a labelled fact has the figure's number."""
    quantity = figure.quantity
    low = high = None
    if quantity is not None:
        low = float(quantity.value if quantity.value is not None else quantity.low or 0)
        high = float(quantity.value if quantity.value is not None else quantity.high or 0)
    if kind == "hardware":
        counts = [score.number(count) for count in score.listed(fact.get("count"))]
        if low is None or high is None:
            return None in counts
        return any(c is not None and low <= c * 1.01 and c <= high * 1.01 for c in counts) or any(
            c is not None and low and c / low in (2, 4, 8, 16, 32, 64, 128, 256, 512) for c in counts
        )
    held = score.bounds(fact)
    if held is None or low is None or high is None or quantity is None:
        return False
    if kind == "money" and str(fact.get("currency") or "").upper() != (quantity.unit or ""):
        return False
    factor = float(HOURS[quantity.unit or "hour"]) if kind == "time" else 1.0
    if fact.get("vague"):
        return bool(held[0] * 0.9 <= low <= max(held[1], held[0] * 1000))
    return bool(score.close(low * factor, held[0], 0.02) and score.close(high * factor, held[1], 0.02))


#: A marked figure: what it is marked as, and the figure.
_MARK = re.compile(r"\{([+-]|size:|tokens:)([^{}]*)\}")
#: The kinds of figure for which a mark says yes; "-" says no for all.
_YES = {"+": ("money", "time", "hardware"), "size:": ("parameters",), "tokens:": ("tokens",), "-": ()}


def judged() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Read tests/cases/judged.txt: texts, and [start, end) of the marked figures with their marks."""
    out = []
    for line in (ROOT / "tests" / "cases" / "judged.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, marks, at = "", [], 0
        for mark in _MARK.finditer(line):
            text += line[at : mark.start()]
            marks.append((len(text), len(text) + len(mark[2]), mark[1]))
            text, at = text + mark[2], mark.end()
        out.append((text + line[at:], marks))
    return out


def judged_rows() -> list[dict[str, Any]]:
    """One row a marked figure of our own texts that the reader meets."""
    out = []
    for number, (text, marks) in enumerate(judged()):
        given = article({"id": f"judged-{number}", "text": text})
        reader = Reader(text, sentences(given), names=find_names(given).models)
        reader.read()
        for kind, figure, told in reader.weighed:
            for start, end, mark in marks:
                if start <= figure.at < end and not (mark == "+" and kind not in _YES["+"]):
                    shown = f"{text[: figure.at]}⟦{text[figure.at : figure.end]}⟧{text[figure.end :]}"
                    out.append({"set": "judged", "doc": str(number), "kind": kind, "x": told, "y": kind in _YES[mark], "w": OWN, "text": shown})  # fmt: skip
    return out


def rows(sets: Sequence[str]) -> list[dict[str, Any]]:
    """One row a figure: its set, document, kind, evidence, whether it is a fact, and its worth in the fit."""
    score = scorer()
    out = []
    for name in sets:
        if name == "judged":
            out.extend(judged_rows())
            continue
        for key, doc in texts(name).items():
            given = article(doc)
            cut, _ = language.english(given, sentences(given))
            reader = Reader(given.text, cut, names=find_names(given).models)
            reader.read()
            labels = [(fact, bool(fact.get("optional") or fact.get("derived"))) for fact in doc["facts"]]
            labels += [(fact, True) for fact in doc.get("tolerated", [])]
            for kind, figure, told in reader.weighed:
                if score.in_ignored(doc, {"start": figure.at}):
                    continue
                same = [
                    (fact, optional)
                    for fact, optional in labels
                    if fact.get("kind") == KINDS[kind] and _same(fact, kind, figure, score)
                ]
                sentence = given.text[figure.sentence.start : figure.sentence.end]
                denied = senses(
                    sentence,
                    figure.at - figure.sentence.start,
                    figure.end - figure.sentence.start,
                    given.text[figure.sentence.end : figure.sentence.end + 120],
                )
                if "negated" in denied or "superseded" in denied:
                    continue  # kept as a denial, whatever it is
                near = [optional for fact, optional in same if _near(fact, sentence, figure.at)]
                if same and not near:
                    continue  # the same number in another place: who knows
                out.append(
                    {"set": name, "doc": key, "kind": kind, "x": told, "y": bool(near), "w": OPTIONAL if near and all(near) else DECOY if not near and _warned(doc, sentence) else 1.0,
                     "text": f"{given.text[max(0, figure.at - 120) : figure.at]}⟦{given.text[figure.at : figure.end]}⟧{given.text[figure.end : figure.end + 60]}"}
                )  # fmt: skip
    return out


def fit(x: Any, y: Any, worth: Any, start: Any, pull: Any) -> Any:
    """Maximise the likelihood under a Gaussian prior around `start`."""
    w = start.copy()
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve(
            (x * (worth * p * (1 - p))[:, None]).T @ x + np.diag(pull),
            x.T @ (worth * (p - y)) + pull * (w - start),
        )
        w -= step
        if abs(step).max() < 1e-6:
            break
    return w


def prior() -> dict[str, float]:
    """Read what each rule was worth on texts that nobody had read (weights.csv)."""
    with WEIGHTS.open(encoding="utf-8") as lines:
        held = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {row["evidence"]: float(row["prior"]) for row in held if row["prior"]}


def one_kind(
    data: list[dict[str, Any]], kind: str, before: dict[str, float], errors: bool
) -> dict[str, float]:
    """Print the counts of one kind, each author counted with weights fitted on the others; return the weights fitted on all."""
    counts = Counter(name for row in data for name in row["x"])
    columns = sorted(name for name, n in counts.items() if n >= LEAST or name in before)
    place = {name: at for at, name in enumerate(columns)}
    x = np.zeros((len(data), len(columns)))
    for at, row in enumerate(data):
        for name in row["x"]:
            if name in place:
                x[at, place[name]] = 1.0
    y = np.array([float(row["y"]) for row in data])
    worth = np.array([row["w"] for row in data])
    start = np.array([before.get(name, 0.0) for name in columns])
    pull = np.array(
        [L2_RULE if name.startswith("rule.") else 0.1 if name == "always" else L2[kind] for name in columns]
    )
    sets = np.array([row["set"] for row in data])
    authors = np.array([WRITTEN_BY[row["set"]] for row in data])
    left_out = np.zeros(len(data))
    for author in sorted(set(authors)):
        mask = authors == author
        left_out[mask] = x[mask] @ fit(x[~mask], y[~mask], worth[~mask], start, pull)
    weights = fit(x, y, worth, start, pull)

    def told(score: Any, mask: Any) -> str:
        hit = float(((score > 0) & (y > 0))[mask].sum())
        taken, right = float((score > 0)[mask].sum()), float(y[mask].sum())
        return f"P {hit / max(taken, 1):.3f} R {hit / max(right, 1):.3f} F1 {2 * hit / max(taken + right, 1):.3f}"

    print(f"{kind}: {len(data)} figures, {int(y.sum())} facts, {len(columns)} pieces of evidence")
    for group in ("", "gold", "epoch", "batch", "looks", "cases", "judged"):
        mask = np.array([name.startswith(group) for name in sets])
        print(f"   {group or 'all':<6} left out {told(left_out, mask)}   fitted on {told(x @ weights, mask)}")
    if errors:
        for row, score in sorted(zip(data, left_out, strict=True), key=lambda pair: -abs(pair[1])):
            if (score > 0) != row["y"]:
                print(
                    f"{'miss ' if row['y'] else 'extra'} {score:+.1f} {row['set']} {row['doc']} {row['text']!r}"
                )
    return dict(zip(columns, weights, strict=True))


def main() -> int:
    """Count each author with weights fitted on the others, and write the weights fitted on all if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true")
    parser.add_argument(
        "--errors",
        action="store_true",
        help="list what is judged wrongly by the weights of the other authors",
    )
    parser.add_argument("--without", default="", help="sets to leave out altogether, comma-separated")
    args = parser.parse_args()
    without = args.without.split(",")
    before = prior()
    data = rows([name for name in SETS if name not in without])
    found = {
        kind: one_kind([row for row in data if row["kind"] == kind], kind, before, args.errors)
        for kind in KINDS
    }
    if args.write:
        write(found, before)
    return 0


def write(found: dict[str, dict[str, float]], before: dict[str, float]) -> None:
    """Write the weights that are worth keeping, to two places."""
    head = [line for line in WEIGHTS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    names = sorted({name for held in found.values() for name in held} | set(before))
    lines = [*head, f"evidence,{','.join(found)},prior"]
    for name in names:
        cells = [f"{held[name]:.2f}" if abs(held.get(name, 0.0)) >= 0.05 else "" for held in found.values()]
        if any(cells) or name in before:
            lines.append(",".join([name, *cells, f"{before[name]:g}" if name in before else ""]))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
