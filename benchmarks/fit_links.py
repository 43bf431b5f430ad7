"""Fit the weights of what speaks for a figure's model, on the labelled texts.

    python -m benchmarks.fit_links            leave one author's texts out at a time; change nothing
    python -m benchmarks.fit_links --write    fit on all, and write the weights into rules/names/linking.csv

A row is a figure that matches a labelled one: the candidates that the reader weighed, each with its evidence, and which of them
are right (none of them, where the label's model is not among them). A conditional logit (Newton's method) with weights drawn
to nought, those of a pass's word to BELIEVED. Memory of the text depends on earlier links, so it is fitted twice: with the weights as they were, and with the new.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fit_names import texts
from benchmarks.score_facts import article, scorer
from pipeline.facts import figure_facts, language, linking, weighing
from pipeline.mentions.names import find_names, squash
from pipeline.mentions.sentences import sentences
from schemas.records import Article, Fact

#: Whose texts a set holds: an author is left out as a whole. Epoch's halves come from different papers.
AUTHORS = {
    "gold": "gold", "epoch": "epoch", "cases": "cases",
    **{f"batch-{n}": "gold2" for n in range(1, 7)},
    **{f"looks-{n}": "aaabbbccddeefffg"[n - 1] for n in range(1, 17) if n != 16}, "looks-17": "g", "looks-19": "h", "looks-20": "g",
}  # fmt: skip
RULES = Path(__file__).resolve().parents[1] / "pipeline" / "rules" / "names" / "linking.csv"
L2 = 2.0

#: What a pass's word is worth where the texts do not tell, for each way that it finds a model.
BELIEVED = 1.5


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled text, read as far as its figures: all that the linking needs."""

    doc: dict[str, Any]
    article: Article
    names: Any
    sentences: Any
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure's candidates, and which of them are right."""

    candidates: tuple[tuple[str | None, Mapping[str, float]], ...]
    right: tuple[bool, ...]


def read(name: str) -> list[Read]:
    """Read the figures of a set."""
    out = []
    for doc in texts(name).values():
        given = article(doc)
        whole = sentences(given)
        cut, _ = language.english(given, whole)
        names = find_names(given)
        out.append(Read(doc, given, names, whole, list(figure_facts(given, cut, names.models).facts)))
    return out


def _contains(name: str, given: str | None) -> bool:
    """Whether one name holds the other: what the scorer accepts for "our model"."""
    one, other = squash(name), squash(given or "")
    return bool(one and other) and (one in other or other in one)


def labels(
    doc: dict[str, Any], facts: Sequence[Fact], known: Iterable[str] = ()
) -> dict[int, set[str | None]]:
    """Return index of a fact -> the names that its label accepts (None: no model); facts that match no label are left out.

    known: the models found in the text.
    """
    score = scorer()
    groups = doc.get("aliases") or []
    groups = [[k, *v] for k, v in groups.items()] if isinstance(groups, dict) else groups
    golds = [
        score.with_aliases(fact, groups)
        for fact in [*(doc.get("facts") or []), *(doc.get("tolerated") or [])]
        if fact["kind"] != "developer"
    ]
    text = doc.get("clean_text", doc.get("text", ""))

    def beside(gold: dict[str, Any], fact: Fact) -> bool:
        if gold.get("quote"):
            return any(m.start() <= fact.at < m.end() for m in re.finditer(re.escape(gold["quote"]), text))
        at = score.number(gold.get("at"))
        return at is not None and fact.start <= at < fact.end

    out: dict[int, set[str | None]] = {}
    for index, fact in enumerate(facts):
        said = score.plain(fact.to_json())
        hits = [gold for gold in golds if score.matches(gold, said)]
        near = [gold for gold in hits if beside(gold, fact)] or hits
        if near:
            out[index] = {name for gold in near for name in (score.names(gold) or [None])}
            if any(gold.get("implicit") for gold in near):
                out[index] |= {name for name in known if any(_contains(name, given) for given in out[index])}
    return out


def authors() -> dict[str, list[Read]]:
    """Read all sets. Epoch makes two authors, every other text of it."""
    out: dict[str, list[Read]] = {}
    for name, author in AUTHORS.items():
        for number, one in enumerate(read(name)):
            out.setdefault(f"{author}-{number % 2}" if author == "epoch" else author, []).append(one)
    return out


def rows(made: Sequence[Read]) -> list[Row]:
    """Link the figures of texts with the weights as they are."""
    same = scorer().same_name
    out = []
    for one in made:
        models = {name.canonical for name in one.names.models} | {one.article.default_model or ""}
        wanted = {id(one.facts[index]): names for index, names in labels(one.doc, one.facts, models).items()}
        trace: list[linking.Weighed] = []
        linking.link(one.article, one.facts, one.names, one.sentences, trace=trace)
        for fact, evidence in trace:
            names = wanted.get(id(fact))
            if names is None:
                continue
            right = [
                model is not None and any(name is not None and same(name, model) for name in names)
                for model in evidence
            ]
            if not any(right) or None in names:
                right = [hit or model is None for hit, model in zip(right, evidence, strict=True)]
            out.append(Row(tuple(evidence.items()), tuple(right)))
    return out


def fit(data: Sequence[Row], begin: Mapping[str, float] | None = None) -> dict[str, float]:
    """Maximise the likelihood that a right candidate is chosen, under a Gaussian prior. begin: weights to start from."""
    kinds = sorted({kind for row in data for _, told in row.candidates for kind in told})
    place = {kind: number for number, kind in enumerate(kinds)}
    size = sum(len(row.candidates) for row in data)
    x, right, first = np.zeros((size, len(kinds))), np.zeros(size), []
    at = 0
    for row in data:
        first.append(at)
        for (_, told), hit in zip(row.candidates, row.right, strict=True):
            for kind, value in told.items():
                x[at, place[kind]] = value
            right[at] = hit
            at += 1
    starts = np.array(first)
    group = np.repeat(np.arange(len(data)), np.diff([*first, size]))

    def loss(w: Any) -> tuple[float, Any, Any]:
        score = x @ w
        score = np.exp(score - np.maximum.reduceat(score, starts)[group])
        whole, hit = np.add.reduceat(score, starts), np.add.reduceat(score * right, starts)
        value = -(np.log(hit) - np.log(whole)).sum() + 0.5 * L2 * ((w - prior) @ (w - prior))
        return float(value), score / whole[group], score * right / hit[group]

    w = np.array([(begin or {}).get(kind, 0.0) for kind in kinds])
    prior = np.array([BELIEVED if kind.startswith("sieve: ") else 0.0 for kind in kinds])
    for _ in range(40):
        value, p, q = loss(w)
        mean = np.add.reduceat(x * p[:, None], starts)
        bend = (x * p[:, None]).T @ x - mean.T @ mean + L2 * np.eye(len(w))
        step = np.linalg.solve(bend, x.T @ (p - q) + L2 * (w - prior))
        part = 1.0
        while part > 1e-3 and loss(w - part * step)[0] > value:
            part /= 2
        w = w - part * step
        if abs(part * step).max() < 1e-2:
            break
    return {kind: float(weight) for kind, weight in zip(kinds, w, strict=True)}


def use(weights: Mapping[str, float]) -> None:
    """Let the reader weigh with these weights until the process ends."""
    weighing.weights = lambda: weights  # type: ignore[assignment]


def chosen(data: Sequence[Row], weights: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the shares of rows that get a right model, another one, and none though a model is right."""
    right = other = lost = 0
    use(weights)
    for row in data:
        model = weighing.best(dict(row.candidates))
        best = next(n for n, (name, _) in enumerate(row.candidates) if name == model)
        right += row.right[best]
        other += not row.right[best] and row.candidates[best][0] is not None
        lost += not row.right[best] and row.candidates[best][0] is None
    return right / len(data), other / len(data), lost / len(data)


def main() -> int:
    """Count by leaving one author out at a time, and write the weights if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    texts_of = authors()
    weights: dict[str, float] = {}
    for _ in range(2):
        data = {author: rows(made) for author, made in texts_of.items()}
        weights = fit([row for held in data.values() for row in held], weights)
        use(weights)
    if args.write:
        write(weights)
        return 0
    print("author        right  other   lost   of")
    whole = []
    for author, held in data.items():
        rest = [row for name, others in data.items() if name != author for row in others]
        whole.append((*chosen(held, fit(rest, weights)), len(held)))
        print(f"{author:12}", *(f"{share:6.3f}" for share in whole[-1][:-1]), f"{len(held):4}", flush=True)
    count = sum(row[-1] for row in whole)
    print(
        f"{'all':12}", *(f"{sum(r[n] * r[-1] for r in whole) / count:6.3f}" for n in range(3)), f"{count:4}"
    )
    return 0


def write(weights: Mapping[str, float]) -> None:
    """Put the weights into linking.csv; its comment lines stay."""
    lines = [line for line in RULES.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines += ["evidence,weight"]
    lines += [f'"{kind}",{weight:.2f}' for kind, weight in sorted(weights.items())]
    RULES.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
