"""Hold our best figures against a table in Epoch's columns: agree, differ, missing on either side."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.best import Best, best
from db.formats import Table
from db.keys import name_key
from db.store import Store
from schemas.errors import UsageError

#: our field -> names that Epoch's copies and our reference table have given the column
COLUMNS = {
    "model": ("Model", "System"),
    "organization": ("Organization",),
    "published": ("Publication date",),
    "parameters": ("Parameters",),
    "compute": ("Training compute (FLOP)", "training_compute_flop"),
    "tokens": ("Training dataset size (total)", "Training dataset size (gradients)", "Training dataset size (datapoints)"),
    "hours": ("Training time (hours)", "training_time_hours"),
    "device": ("Training hardware", "training_hardware"),
    "devices": ("Hardware quantity", "hardware_quantity"),
    "cost": ("Training compute cost (2023 USD)", "training_cost_2023_usd"),
}  # fmt: skip
#: relative differences that still agree; compute and cost are estimates by method, dataset sizes by count
TOLERANCE = {"parameters": 0.05, "compute": 0.35, "tokens": 0.15, "hours": 0.1, "devices": 0.05, "cost": 0.35}
_RESULT = (
    "model",
    "field",
    "verdict",
    "ours",
    "theirs",
    "ratio",
    "basis",
    "quote",
    "url",
    "fact_id",
    "their_model",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows for a reader, and counts of the verdicts."""

    table: Table
    counts: dict[str, int]


def compare(store: Store, path: str | Path) -> Comparison:
    """Compare the ledger with a CSV file.

    Raises UsageError if the file can't be read, or lacks a column of models and one of figures.
    """
    theirs = _read(Path(path))
    ours = best(store)
    families = {
        row["name"]: row["device"] for row in store.rows("SELECT name, device FROM devices")
    }  # Epoch's full name -> family
    by_key: dict[str, Best] = {}
    for one in ours:
        for name in (one.model, *one.aliases):
            by_key.setdefault(name_key(name), one)
        by_key[one.model_key] = one
    rows: list[tuple[Any, ...]] = []
    met: set[str] = set()
    for row in theirs:
        mine = _match(row, by_key)
        if mine is None or mine.model_key in met:
            if mine is None:
                rows.append(
                    (
                        row["model"],
                        "model",
                        "missing here",
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        row["model"],
                    )
                )
            continue
        met.add(mine.model_key)
        rows += _fields(mine, row, families)
    rows += [
        (one.model, "model", "missing there", None, None, None, None, None, None, None, None)
        for one in ours
        if one.model_key not in met
    ]
    order = {"differ": 0, "agree": 1, "missing there": 2, "missing here": 3}
    rows.sort(key=lambda r: (r[1] == "model", order[r[2]], r[0].casefold(), r[1]))
    return Comparison(Table(_RESULT, tuple(rows)), dict(Counter(row[2] for row in rows)))


def _match(row: dict[str, str], by_key: dict[str, Best]) -> Best | None:
    """Return our model for a row of theirs: by its name, or without a note in brackets if sizes allow."""
    name = row["model"]
    if (mine := by_key.get(name_key(name))) is not None:
        return mine
    plain = re.sub(r"\s*\([^()]*\)$", "", name)
    mine = by_key.get(name_key(plain)) if plain != name else None
    if mine is None:
        return None
    said, ours = _number(row.get("parameters", "")), mine.figures.get("parameters")
    return mine if said is None or ours is None or 0.5 < ours.value / said < 2 else None


def _fields(mine: Best, row: dict[str, str], families: dict[str, str]) -> list[tuple[Any, ...]]:
    out: list[tuple[Any, ...]] = []
    for field, tolerance in TOLERANCE.items():
        figure, said = mine.figures.get(field), _number(row.get(field, ""))
        if figure is None and said is None:
            continue
        if figure is None or said is None:
            verdict, ratio = ("missing here" if figure is None else "missing there"), None
        else:
            ratio = figure.value / said if said else None
            verdict = "agree" if abs(figure.value - said) <= tolerance * max(figure.value, said) else "differ"
        out.append(
            (mine.model, field, verdict, figure.value if figure else None, said, ratio,
             figure.basis if figure else None, figure.quote if figure else None, figure.url if figure else None,
             figure.fact_id if figure else None, row["model"])
        )  # fmt: skip
    devices = mine.figures.get("devices")
    theirs = [
        families.get(name.strip(), name.strip())
        for name in re.split(r"[;,]", row.get("device", ""))
        if name.strip()
    ]
    if devices is not None and devices.device and theirs:
        same = any(
            devices.device in (name, "GPU") or name_key(devices.device) in name_key(name) for name in theirs
        )
        out.append(
            (mine.model, "device", "agree" if same else "differ", devices.device, "; ".join(theirs), None,
             devices.basis, devices.quote, devices.url, devices.fact_id, row["model"])
        )  # fmt: skip
    return out


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if value > 0 and value < float("inf") else None


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            heads = {name_key(head): head for head in reader.fieldnames or ()}
            found = {
                field: heads[key]
                for field, names in COLUMNS.items()
                for key in [next((name_key(n) for n in names if name_key(n) in heads), None)]
                if key is not None
            }
            if "model" not in found or not set(found) & set(TOLERANCE):
                raise UsageError(
                    f"{path} has no column Model, or none of: "
                    + ", ".join(names[0] for field, names in COLUMNS.items() if field in TOLERANCE)
                )
            return [
                {field: " ".join((row[head] or "").split()) for field, head in found.items()}
                for row in reader
                if (row[found["model"]] or "").strip()
            ]
    except OSError as err:
        raise UsageError(f"{path} can't be read: {err.strerror or err}") from err
    except (csv.Error, UnicodeDecodeError) as err:
        raise UsageError(f"{path} is no CSV file in UTF-8: {err}") from err
