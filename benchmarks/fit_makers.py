"""Fit the weights of the evidence for who made a model on the labelled texts.

    python -m benchmarks.fit_makers            count with each set left out in turn; change nothing
    python -m benchmarks.fit_makers --write    fit on all, and write rules/names/maker_weights.csv

A pair of an organization and a model of one text is right if a labelled developer fact says so; pairs that are only tolerated, or
denied, are left out. A pair counts by the place that shows most for it, which the weights decide: so fit and choice take turns.
Logistic regression under a Gaussian prior (Newton steps, conjugate gradients): evidence that few texts hold is drawn
to what the file gives as prior, 0 where it gives none. Evidence of fewer than MINIMUM texts gets no weight.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_facts import article, documents, scorer
from pipeline import rulebook
from pipeline.facts.developers import LIKELY, SHARE, pairs
from pipeline.facts.maker_frames import frames
from pipeline.mentions.names import find_names

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "pipeline" / "rules" / "names" / "maker_weights.csv"
LOOKS = (*range(1, 16), 17, 19, 20)
SETS = (
    "gold",
    *(f"batch-{number}" for number in range(1, 7)),
    *(f"looks-{number}" for number in LOOKS),
    "cases",
)
#: Sets left out together: one hand wrote them, or they are small.
FOLDS = (
    ("gold",), ("batch-1", "batch-2"), ("batch-3", "batch-4"), ("batch-5", "batch-6"), ("looks-1", "looks-2", "looks-3"),
    ("looks-4", "looks-5", "looks-6"), ("looks-7", "looks-8"), ("looks-9", "looks-10"), ("looks-11", "looks-12"),
    ("looks-13", "looks-14", "looks-15"), ("looks-17", "looks-20"), ("looks-19",), ("cases",),
)  # fmt: skip
MINIMUM = 3
L2 = 1.5
#: Turns of fit and choice; the worst places of a wrong pair that count against it.
TURNS = 4
WORST = 3
TIERS = {"sure": 4.0, "usual": 3.0, "weak": 1.5}


def texts(name: str) -> dict[str, dict[str, Any]]:
    """Return the labelled documents of a set; "looks-1" is tests/looks/batch-1."""
    if name.startswith("looks-"):
        found: dict[str, dict[str, Any]] = scorer().load(
            str(ROOT / "tests" / "looks" / f"batch-{name.removeprefix('looks-')}")
        )
        return found
    return documents(name)


def prior() -> dict[str, float]:
    """Read what each kind of evidence is worth before any text is read: the file's column, and frames by their tier."""
    out = {row["evidence"]: float(row["prior"] or 0) for row in rulebook.table("names/maker_weights.csv")}
    for frame in frames():
        out.setdefault("frame " + frame.id, TIERS[frame.tier])
        out.setdefault("denied " + frame.id, -2.0)
    return out


def rows(sets: Sequence[str]) -> list[dict[str, Any]]:
    """One row a pair: its set, document, names, places, and whether it is right (None: either)."""
    score = scorer()
    out = []
    for name in sets:
        for key, doc in texts(name).items():
            given = article(doc)
            groups = doc.get("aliases") or {}
            groups = [[name, *more] for name, more in groups.items()] if isinstance(groups, dict) else groups
            labels = [
                (score.with_aliases(fact, groups), free or bool(fact.get("negated")))
                for free, facts in ((False, doc["facts"]), (True, doc.get("tolerated") or []))
                for fact in facts
                if fact["kind"] == "developer"
            ]
            for (model, firm), places in pairs(given, find_names(given)).items():
                said = [free for fact, free in labels if _same(score, fact, model, firm)]
                right = None if said and all(said) else bool(said)
                out.append(
                    {"set": name, "doc": key, "model": model, "firm": firm, "y": right, "places": places}
                )
    return out


def _same(score: Any, fact: Mapping[str, Any], model: str, firm: str) -> bool:
    return bool(
        score.same_model(fact, {"model": model}) is not False
        and any(
            score.same_organization(name, firm)
            for name in (
                fact["organization"] if isinstance(fact["organization"], list) else [fact["organization"]]
            )
        )
    )


def columns(data: Sequence[Mapping[str, Any]]) -> list[str]:
    """Evidence that enough texts hold."""
    seen: dict[str, set[str]] = defaultdict(set)
    for row in data:
        for place in row["places"]:
            for key in place:
                seen[key].add(row["set"] + row["doc"])
    return sorted(key for key, where in seen.items() if len(where) >= MINIMUM)


def matrices(data: Sequence[dict[str, Any]], names: Sequence[str]) -> None:
    """Give each row its places as a matrix, "x"."""
    index = {key: n for n, key in enumerate(names)}
    for row in data:
        row["x"] = np.zeros((len(row["places"]), len(names)))
        for number, place in enumerate(row["places"]):
            for key, amount in place.items():
                if key in index:
                    row["x"][number, index[key]] = amount


def newton(x: Any, y: Any, mean: Any, pull: Any, start: Any) -> Any:
    """Maximise the likelihood under the prior."""
    w = start.copy()
    for _ in range(20):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (p - y) + pull * (w - mean)
        if abs(slope).max() < 1e-3:
            break
        bend = p * (1 - p)
        scale = 1 / (pull + (x * x).T @ bend)
        step, rest = np.zeros_like(w), -slope
        ahead = scale * rest
        size = rest @ ahead
        for _ in range(40):
            moved = x.T @ (bend * (x @ ahead)) + pull * ahead
            length = size / (ahead @ moved)
            step, rest = step + length * ahead, rest - length * moved
            if abs(rest).max() < 1e-4:
                break
            size, before = rest @ (scale * rest), size
            ahead = scale * rest + size / before * ahead
        w = w + step * min(1.0, 1.0 / abs(step).max())  # no leaps: the curve may be flat there
    return w


def fit(data: Sequence[Mapping[str, Any]], mean: Any, pull: Any, start: Any, turns: int = TURNS) -> Any:
    """Fit weights, and choose each pair's place by them, in turn."""
    w = start
    for _ in range(turns):
        x, y = [], []
        for row in data:
            if row["y"] is None:
                continue
            order = np.argsort(-(row["x"] @ w))
            for place in order[: 1 if row["y"] else WORST]:
                x.append(row["x"][place])
                y.append(float(row["y"]))
        w = newton(np.array(x), np.array(y), mean, pull, w)
    return w


def count(data: Sequence[Mapping[str, Any]], chances: Sequence[float], group: Sequence[str]) -> str:
    """Score the developer facts that the chances give, over some sets, as the shared scorer does."""
    score = scorer()
    best: dict[tuple[str, str, str], float] = {}
    for row, chance in zip(data, chances, strict=True):
        key = (row["set"], row["doc"], row["model"])
        best[key] = max(best.get(key, 0.0), chance)
    matched = found = labelled = 0
    for name in group:
        docs = texts(name)
        said: dict[str, dict[str, Any]] = {key: {"id": key, "facts": []} for key in docs}
        for row, chance in zip(data, chances, strict=True):
            if row["set"] == name and chance >= max(LIKELY, SHARE * best[name, row["doc"], row["model"]]):
                said[row["doc"]]["facts"].append(
                    {"kind": "developer", "model": row["model"], "organization": row["firm"], "quote": ""}
                )
        result, _ = score.evaluate(docs, said, {"developer"})
        total = result["by_kind"]["developer"]
        matched, found, labelled = (
            matched + total["matched"],
            found + total["predicted"],
            labelled + total["gold"],
        )
    return f"precision {matched / max(1, found):.3f} recall {matched / labelled:.3f} F1 {2 * matched / (found + labelled):.3f} ({labelled} facts)"


def main() -> int:
    """Count with sets left out in turn, and write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    data = rows(SETS)
    names = columns(data)
    before = prior()
    mean = np.array([before.get(key, 0.0) for key in names])
    pull = np.array([0.01 if key == "always" else L2 for key in names])
    matrices(data, names)
    whole = fit(data, mean, pull, mean)
    if args.write:
        write(dict(zip(names, whole, strict=True)), before)
        return 0
    chances = np.zeros(len(data))
    for fold in FOLDS:
        w = fit([row for row in data if row["set"] not in fold], mean, pull, whole, 1)
        for number, row in enumerate(data):
            if row["set"] in fold:
                chances[number] = 1 / (1 + np.exp(-(row["x"] @ w).max()))
    for group in (SETS[:1], SETS[1:7], SETS[7:15], SETS[15:22], SETS[22:25], SETS[25:], SETS):
        print(f"{group[0]} to {group[-1]}: {count(data, list(chances), group)}")
    return 0


def write(weights: Mapping[str, float], before: Mapping[str, float]) -> None:
    """Put weights into the file; evidence worth next to nothing is left out."""
    stated = {row["evidence"]: row["prior"] for row in rulebook.table("names/maker_weights.csv")}
    with WEIGHTS.open("w", encoding="utf-8", newline="") as out:
        out.write(
            "# What shows who made a model is worth: log-odds, fitted by python -m benchmarks.fit_makers.\n"
        )
        out.write(
            "# prior: what it is worth where the labelled texts hold few cases (frames: by their tier).\n"
        )
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("evidence", "weight", "prior"))
        for key in sorted(
            {*weights, *(name for name, told in stated.items() if told)}
            | {k for k in before if k.startswith("frame ")}
        ):
            value = weights.get(key, before.get(key, 0.0))
            if abs(value) >= 0.05 or stated.get(key):
                table.writerow((key, f"{value:.2f}", stated.get(key, "")))


if __name__ == "__main__":
    sys.exit(main())
