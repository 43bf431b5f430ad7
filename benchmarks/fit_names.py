"""Fit the weights of names' evidence on the labelled texts.

    python -m benchmarks.fit_names            count by cross-validation over documents; change nothing
    python -m benchmarks.fit_names --write    fit on all, and write the weights into rules/names

A candidate is a spelling in a document; it is right if it is (or ends with) a model of that document's labelled facts.
Well-known models that no label names, and families of labelled ones, are left out. Logistic regression (Newton, L2); weights are
drawn to PRIOR where the texts hold few cases. Only texts whose errors were read are fitted on.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_facts import article, documents, scorer
from pipeline.mentions.evidence import head_of
from pipeline.mentions.names import candidates
from pipeline.mentions.vocabulary import squash, vocabulary

SETS = (
    "gold",
    "batch-1",
    "batch-2",
    "batch-3",
    "batch-4",
    "batch-5",
    "batch-6",
    "looks-1",
    "looks-4",
    "looks-2",
    "looks-3",
    "looks-5",
    "cases-even",
)
RULES = Path(__file__).resolve().parents[1] / "pipeline" / "rules" / "names"
LOOKS = Path(__file__).resolve().parents[1] / "tests" / "looks"
L2 = 1.5


def prior() -> dict[str, float]:
    """Read the weight that each kind of evidence has before any text is read: traits.csv's column "prior", cues.toml's `prior`."""
    from pipeline import rulebook

    out = {row["trait"]: float(row["prior"] or 0) for row in rulebook.table("names/traits.csv")}
    out.update(
        {rule["id"]: float(rule.get("prior", 0.0)) for rule in rulebook.toml("names/cues.toml")["rule"]}
    )
    return out


def texts(name: str) -> dict[str, dict[str, Any]]:
    """Return the labelled documents of a set; "looks-1" is tests/looks/batch-1."""
    if name.startswith("looks-"):
        found: dict[str, dict[str, Any]] = scorer().load(str(LOOKS / f"batch-{name.removeprefix('looks-')}"))
        return found
    return documents(name)


def gold_names(doc: dict[str, Any]) -> set[str]:
    """All spellings of models in a document's labels."""
    out: set[str] = set()
    for fact in [*doc["facts"], *doc.get("tolerated", [])]:
        model = fact.get("model")
        out.update(m for m in (model if isinstance(model, list) else [model]) if m)
    for name, others in doc.get("aliases", {}).items():
        out.update([name, *others])
    return out


def rows(sets: Sequence[str]) -> list[dict[str, Any]]:
    """One row a candidate: its set, document, spelling, evidence and whether it is a model."""
    w = vocabulary()
    out = []
    for name in sets:
        for key, doc in texts(name).items():
            given = article(doc)
            labels = gold_names(doc)
            right = {squash(x) for x in labels}
            heads = {squash(head_of(x, w)) for x in labels}
            for candidate in candidates(
                given.text, given.title or "", default_model=given.default_model
            ).values():
                spelling = candidate.spellings.most_common(1)[0][0]
                is_model = candidate.key in right or any(spelling.endswith(" " + x) for x in labels)
                if not is_model and (candidate.key in w.known or candidate.key in heads):
                    continue
                evidence = {**candidate.traits, **dict.fromkeys(candidate.evidence, 1.0)}
                out.append({"set": name, "doc": key, "name": spelling, "y": is_model, "x": evidence})
    return out


def matrix(data: Sequence[dict[str, Any]], columns: Sequence[str]) -> tuple[Any, Any]:
    """Evidence as numbers, and what is right."""
    x = np.array([[row["x"].get(c, 0.0) for c in columns] for row in data])
    return x, np.array([row["y"] for row in data], float)


def fit(x: Any, y: Any, start: Any, free: Any) -> Any:
    """Maximise the likelihood under a Gaussian prior around `start`; `free` columns have none."""
    w = start.copy()
    pull = L2 * (1.0 - free) + 1e-6
    for _ in range(60):
        p = 1 / (1 + np.exp(-(x @ w)))
        step = np.linalg.solve(
            (x * (p * (1 - p))[:, None]).T @ x + np.diag(pull), x.T @ (p - y) + pull * (w - start)
        )
        w -= step
        if abs(step).max() < 1e-6:
            break
    return w


def main() -> int:
    """Count by cross-validation, and write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--without", default="", help="a set to leave out of the fit")
    args = parser.parse_args()
    data = [row for row in rows(SETS) if row["set"] != args.without]
    before = prior()
    columns = sorted(before)
    unknown = {c for row in data for c in row["x"]} - set(columns)
    if unknown:
        print("evidence without a weight:", sorted(unknown))
    start = np.array([before[c] for c in columns])
    free = np.array([float(c == "always") for c in columns])
    x, y = matrix(data, columns)
    docs = sorted({row["doc"] for row in data})
    guess = np.zeros(len(data))
    random.Random(1).shuffle(docs)
    for fold in range(8):
        held = set(docs[fold::8])
        mask = np.array([row["doc"] in held for row in data])
        guess[mask] = 1 / (1 + np.exp(-(x[mask] @ fit(x[~mask], y[~mask], start, free))))
    for edge in (0.3, 0.4, 0.5, 0.6):
        taken = guess >= edge
        hit = (taken & (y > 0)).sum()
        print(
            f"{edge}: precision {hit / taken.sum():.3f} recall {hit / y.sum():.3f} F1 {2 * hit / (taken.sum() + y.sum()):.3f}"
        )
    print(
        "log loss", round(float(-(y * np.log(guess + 1e-9) + (1 - y) * np.log(1 - guess + 1e-9)).mean()), 4)
    )
    if args.write:
        write(dict(zip(columns, fit(x, y, start, free), strict=True)))
    return 0


def write(weights: dict[str, float]) -> None:
    """Put weights into traits.csv and cues.toml."""
    path = RULES / "cues.toml"
    lines, current = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r'id = "([^"]+)"', line):
            current = found[1]
        if line.startswith("weight = "):
            line = f"weight = {weights[current]:.2f}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = RULES / "traits.csv"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = re.match(r'("?)(.+?)\1,(-?[\d.]+),(-?[\d.]+),(.*)', line)
        if cells and cells[2] in weights:
            line = f"{cells[1]}{cells[2]}{cells[1]},{weights[cells[2]]:.2f},{cells[4]},{cells[5]}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
