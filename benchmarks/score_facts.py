"""Score the facts read from the labelled sets.

    python -m benchmarks.score_facts gold|gold-even|gold-odd|epoch|epoch-first|epoch-second|cases|… [--errors N] [--kinds A,B] [--json]

Reads ../shared/gold/articles (from text, with title and date) or ../shared/benchmarks/epoch/dev.jsonl, and hands our
facts to ../shared/benchmarks/score.py. Halves are for tuning on one and counting on the other.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.facts import read
from schemas.records import Article

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("gold", "gold-even", "gold-odd", "epoch", "epoch-first", "epoch-second", "seed", "cases", "cases-even", "cases-odd",
        *(f"batch-{number}" for number in range(1, 7)))  # fmt: skip


def scorer() -> Any:
    """Return ../shared/benchmarks/score.py as a module."""
    path = SHARED / "benchmarks" / "score.py"
    spec = importlib.util.spec_from_file_location("shared_score", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documents(name: str) -> dict[str, dict[str, Any]]:
    """Return id -> labelled document of one of SETS."""
    score = scorer()
    if name.startswith("epoch"):
        docs: dict[str, dict[str, Any]] = score.load(str(SHARED / "benchmarks" / "epoch" / "dev.jsonl"))
        keys = list(docs)
        half = len(keys) // 2
        chosen = {"epoch-first": keys[:half], "epoch-second": keys[half:]}.get(name, keys)
        return {key: docs[key] for key in chosen}
    if name.startswith("batch-"):
        found: dict[str, dict[str, Any]] = score.load(str(SHARED / "gold2" / name))
        return found
    if name.startswith("cases"):
        lines: dict[str, dict[str, Any]] = {}
        for path in sorted((Path(__file__).resolve().parents[1] / "tests" / "cases").glob("*.jsonl")):
            lines.update(score.load(str(path)))
        rest = {"cases-even": 0, "cases-odd": 1}.get(name)
        return {key: doc for key, doc in sorted(lines.items()) if rest is None or int(key[1:]) % 2 == rest}
    docs = score.load(str(SHARED / "gold" / "articles"))
    if name == "seed":
        return {"d000": docs["d000"]}
    if name in ("gold-even", "gold-odd"):
        rest = 0 if name == "gold-even" else 1
        return {key: doc for key, doc in docs.items() if int(key[1:]) % 2 == rest}
    return docs


def article(doc: dict[str, Any]) -> Article:
    """Make the article that a labelled document is."""
    published = doc.get("published")
    try:
        day = dt.date.fromisoformat(published) if published else None
    except ValueError:
        day = None
    return Article(
        id=str(doc["id"]), source=str(doc["id"]), page_sha256="", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        text=doc.get("clean_text", doc.get("text", "")), title=doc.get("title"), published=day, language=doc.get("language"),
        default_model=doc.get("model") if "clean_text" not in doc else None,
    )  # fmt: skip


def main() -> int:
    """Print the scorer's table for one set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    score = scorer()
    gold = documents(args.set)
    predictions = {
        key: {"id": key, "facts": [f.to_json() for f in read(article(doc)).facts]}
        for key, doc in gold.items()
    }
    kinds = set(args.kinds.split(",")) if args.kinds else None
    result, errors = score.evaluate(gold, predictions, kinds)
    if args.json:
        print(json.dumps(result, indent=2))
        return 0
    print(f"{args.set}: {len(gold)} documents")
    print(
        "{:<14} {:>6} {:>6} {:>6}   {:>5} {:>5} {:>5}   {:>5}   {}".format(
            "kind", "gold", "pred", "match", "P", "R", "F1", "link", "strictF1"
        )
    )
    for kind, row in result["by_kind"].items():
        score.show(kind, row)
    total = result["overall"]
    score.show("overall", total)
    print(
        f"linked to another model {total['wrong_link']}, decoys taken {total['decoys_taken']}, derived left out {total['derived_left_out']}"
    )
    shown = 0
    for what, key, fact, *_ in errors:
        if what == "link" or shown >= args.errors:
            continue
        shown += 1
        kept = {
            k: v
            for k, v in fact.items()
            if k
            in (
                "kind",
                "model",
                "op",
                "value",
                "hours",
                "flop",
                "count",
                "device",
                "low",
                "high",
                "currency",
                "scope",
                "basis",
                "role",
                "kwh",
                "kg_co2e",
                "factor",
                "direction",
                "per",
                "rule",
                "quote",
            )
        }
        text = gold[key].get("text")
        if text and "at" in fact:
            kept["quote"] = (
                text[max(0, fact["at"] - 90) : fact["at"]]
                + "⟦"
                + text[fact["at"] : fact["at"] + 25]
                + "⟧"
                + text[fact["at"] + 25 : fact["at"] + 90]
            )
        print(what, key, json.dumps(kept, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
