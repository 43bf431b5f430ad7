"""Fit the weights of names' evidence on the labelled texts.

    python -m benchmarks.fit_names            count by cross-validation over sets of texts; change nothing
    python -m benchmarks.fit_names --write    fit on all, and write the weights into rules/names

A candidate is a spelling in a document; it is right if it is (or ends with) a model of that document's labelled facts, or of the
names marked in tests/names. Well-known models that no label names, and families of labelled ones, are left out. Two logistic
regressions (Newton, L2): each spelling's own evidence, then how the spellings of a text stand to each other, given the log-odds
that the first one has for texts it has not seen. Weights are drawn to their prior (traits.csv, cues.toml) where the texts hold few
cases, those of neighbouring words (slots.csv) to nothing. Only texts whose errors were read are fitted on.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_facts import article, documents, scorer
from pipeline.mentions.evidence import LOOKS, head_of
from pipeline.mentions.names import candidates
from pipeline.mentions.together import TRAITS, together
from pipeline.mentions.vocabulary import squash, vocabulary

SETS = (
    "gold", "batch-1", "batch-2", "batch-3", "batch-4", "batch-5", "batch-6", "looks-1", "looks-2", "looks-3",
    "looks-4", "looks-5", "looks-6", "looks-7", "looks-8", "looks-9", "looks-10", "looks-11", "looks-12", "looks-13",
    "looks-14", "looks-15", "looks-17", "looks-19", "looks-20", "cases-even", "names-one",
)  # fmt: skip
RULES = Path(__file__).resolve().parents[1] / "pipeline" / "rules" / "names"
TESTS = Path(__file__).resolve().parents[1] / "tests"

#: How strongly weights are drawn to their prior: evidence, neighbours, comparisons.
L2, L2_SLOTS, L2_TOGETHER = 1.5, 4.0, 0.5

#: A neighbour is weighed if it stands beside candidates of so many documents.
DOCUMENTS = 6

#: Neighbours that tell less than this (log-odds) are left out.
LEAST = 0.1

#: Evidence that others explain: the sums of neighbours and comparisons.
_SUMS = ("beside", "together")


@dataclass(frozen=True)
class Row:
    """A spelling in a document: what speaks for it, where it stands, whether it is a model's name."""

    set: str
    document: str
    text: str
    name: str
    key: str
    evidence: dict[str, float]
    spans: tuple[tuple[int, int], ...]
    right: bool
    counts: bool  # whether the labels tell


def prior() -> dict[str, float]:
    """Read the weight that each kind of evidence has before any text is read: traits.csv's column "prior", cues.toml's `prior`."""
    from pipeline import rulebook

    out = {row["trait"]: float(row["prior"] or 0) for row in rulebook.table("names/traits.csv")}
    out.update(
        {rule["id"]: float(rule.get("prior", 0.0)) for rule in rulebook.toml("names/cues.toml")["rule"]}
    )
    return {name: weight for name, weight in out.items() if not name.startswith("together")}


def texts(name: str) -> dict[str, dict[str, Any]]:
    """Return the labelled documents of a set; "looks-1" is tests/looks/batch-1."""
    if name.startswith("looks-"):
        found: dict[str, dict[str, Any]] = scorer().load(
            str(TESTS / "looks" / f"batch-{name.removeprefix('looks-')}")
        )
        return found
    return documents(name)


def marked(name: str) -> dict[str, tuple[str, set[str]]]:
    """Return the texts of tests/names/NAME.txt, each with the models' names that are marked in it: [[X]]."""
    whole = (TESTS / "names" / f"{name}.txt").read_text(encoding="utf-8")
    out = {}
    for number, part in enumerate(re.split(r"\n---\n", whole.strip())):
        out[f"{name}-{number}"] = (
            re.sub(r"\[\[|\]\]", "", part),
            set(re.findall(r"\[\[([^\[\]]+)\]\]", part)),
        )
    return out


def gold_names(doc: dict[str, Any]) -> set[str]:
    """All spellings of models in a document's labels."""
    out: set[str] = set()
    for fact in [*doc["facts"], *doc.get("tolerated", [])]:
        model = fact.get("model")
        out.update(m for m in (model if isinstance(model, list) else [model]) if m)
    for name, others in doc.get("aliases", {}).items():
        out.update([name, *others])
    return out


def _documents(name: str) -> Iterable[tuple[str, str, str, str | None, set[str], bool]]:
    """Yield each document of a set: id, text, title, given model, models' names, whether all names are labelled."""
    if name.startswith("names-"):
        for key, (text, names) in marked(name.removeprefix("names-")).items():
            yield key, text, "", None, names, True
        return
    for key, doc in texts(name).items():
        given = article(doc)
        yield key, given.text, given.title or "", given.default_model, gold_names(doc), False


def rows(sets: Sequence[str]) -> list[Row]:
    """Return the spellings of all documents of some sets."""
    w = vocabulary()
    out = []
    for name in sets:
        for key, text, title, given, labels, whole in _documents(name):
            right = {squash(x) for x in labels}
            heads = {squash(head_of(x, w)) for x in labels}
            for candidate in candidates(text, title, default_model=given).values():
                spelling = candidate.usual
                is_model = candidate.key in right or any(spelling.endswith(" " + x) for x in labels)
                told = {rule: 1.0 for rule in candidate.evidence if rule not in _SUMS}
                out.append(
                    Row(
                        name, f"{name} {key}", text, spelling, candidate.key,
                        {**candidate.traits, **told, **candidate.slots}, tuple(candidate.spans[:LOOKS]), is_model,
                        is_model or whole or not (candidate.key in w.known or candidate.key in heads),
                    )
                )  # fmt: skip
    return out


def fit(x: Any, y: Any, start: Any, pull: Any, given: Any = 0.0, begin: Any = None) -> Any:
    """Maximise the likelihood of y, given log-odds to begin with, under a Gaussian prior: mean `start`, precision `pull`.

    begin: where the search begins, weights of a like fit; without it, at the prior.
    """
    w = (start if begin is None else begin).copy()
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(given + x @ w, -30, 30)))
        step = np.linalg.solve(
            (x * (p * (1 - p))[:, None]).T @ x + np.diag(pull), x.T @ (p - y) + pull * (w - start)
        )
        w -= step
        if abs(step).max() < 1e-3:
            break
    return w


class Fit:
    """Weights fitted on some rows; odds() are the log-odds of any rows of whole documents."""

    def __init__(self, data: Sequence[Row], use: Any) -> None:
        """data: rows of whole documents; use: which of them may be learnt from."""
        before = prior()
        seen: dict[str, set[str]] = defaultdict(set)
        for row, used in zip(data, use, strict=True):
            for slot in row.evidence if used else ():
                if slot not in before:
                    seen[slot].add(row.document)
        self.slots = sorted(slot for slot, found in seen.items() if len(found) >= DOCUMENTS)
        self.columns = [*sorted(before), *self.slots]
        start = np.array([before.get(c, 0.0) for c in self.columns])
        pull = np.array([1e-6 if c == "always" else L2 if c in before else L2_SLOTS for c in self.columns])
        x = self._matrix(data)
        y = np.array([row.right for row in data], float)
        counts = use & np.array([row.counts for row in data])
        self.own = fit(x[counts], y[counts], start, pull)
        odds = np.clip(x @ self.own, -12, 12)
        names = sorted({row.document for row, used in zip(data, use, strict=True) if used})
        for part in range(5):
            held = np.isin([row.document for row in data], names[part::5])
            learnt = counts & ~held
            odds[held] = np.clip(x[held] @ fit(x[learnt], y[learnt], start, pull, begin=self.own), -12, 12)
        z = self._together(data, odds)
        firm = np.array([1e-6, *[L2_TOGETHER] * len(TRAITS)])
        self.other = fit(z[counts], y[counts], np.zeros(len(firm)), firm, odds[counts])

    def _matrix(self, data: Sequence[Row]) -> Any:
        """Evidence as numbers."""
        place = {column: n for n, column in enumerate(self.columns)}
        x = np.zeros((len(data), len(place)))
        for n, row in enumerate(data):
            for name, size in row.evidence.items():
                if name in place:
                    x[n, place[name]] = size
        return x

    @staticmethod
    def _together(data: Sequence[Row], odds: Any) -> Any:
        """Comparisons as numbers, a constant first."""
        groups: dict[str, list[int]] = defaultdict(list)
        for n, row in enumerate(data):
            groups[row.document].append(n)
        z = np.ones((len(data), 1 + len(TRAITS)))
        for group in groups.values():
            told = together(
                data[group[0]].text,
                {data[n].key: data[n].spans for n in group},
                {data[n].key: float(odds[n]) for n in group},
            )
            for n in group:
                z[n, 1:] = [told[data[n].key].get(trait, 0.0) for trait in TRAITS]
        return z

    def odds(self, data: Sequence[Row]) -> Any:
        """Return the log-odds of rows of whole documents."""
        own = self._matrix(data) @ self.own
        return own + self._together(data, own) @ self.other

    def weights(self) -> dict[str, float]:
        """Return the weight of every kind of evidence, of slots, and of comparisons."""
        out = dict(zip(self.columns, map(float, self.own), strict=True))
        out.update(zip(("together", *TRAITS), map(float, self.other), strict=True))
        return out


def main() -> int:
    """Count by cross-validation, and write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--without", default="", help="a set to leave out of the fit")
    args = parser.parse_args()
    data = [row for row in rows(SETS) if row.set != args.without]
    sets = np.array([row.set for row in data])
    if not args.write:
        guess = np.zeros(len(data))
        for name in sorted(set(sets)):
            held = sets == name
            guess[held] = Fit(data, ~held).odds([row for row in data if row.set == name])
            count(name, [(row, z) for row, z in zip(data, guess, strict=True) if row.set == name])
        count("all", list(zip(data, guess, strict=True)))
        return 0
    found = Fit(data, np.ones(len(data), bool))
    write(found.weights(), found.slots)
    return 0


def count(name: str, told: Sequence[tuple[Row, float]]) -> None:
    """Print how well log-odds tell models' names."""
    kept = [(row.right, z) for row, z in told if row.counts]
    y = np.array([right for right, _ in kept])
    p = np.clip(1 / (1 + np.exp(-np.array([z for _, z in kept]))), 1e-9, 1 - 1e-9)
    taken = p >= 0.43
    loss = -np.where(y, np.log(p), np.log(1 - p)).sum()
    print(
        f"{name:12} names {y.sum():5} precision {y[taken].mean():.3f} recall {taken[y].mean():.3f} log loss {loss:.1f}"
    )


def write(weights: dict[str, float], slots: Sequence[str]) -> None:
    """Put weights into traits.csv, cues.toml and slots.csv."""
    path = RULES / "slots.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = [*kept, "slot,weight"]
    for slot in slots:
        if abs(weights[slot]) >= LEAST:
            lines.append(f"{_cell(slot)},{weights[slot]:.2f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
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


def _cell(value: str) -> str:
    """Write a cell of a table."""
    return '"' + value.replace('"', '""') + '"' if set(value) & set('",') or value != value.strip() else value


if __name__ == "__main__":
    sys.exit(main())
