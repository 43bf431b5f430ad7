"""What cross-checks need of the ledger: current facts as records, texts that compare sizes, known sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from db.formats import Table
from db.store import Store
from schemas.records import Fact, Stated

_TAIL_SIZE = re.compile(r"^(?P<name>.+?)[\s-](?P<size>\d+(?:\.\d+)?)(?P<scale>[BT])$")
_SCALES = {"B": 1e9, "T": 1e12}


def stated(store: Store) -> Iterator[Stated]:
    """Yield the current facts with a figure, an analyst's word applied, in a fixed order."""
    for row in store.rows(
        "SELECT * FROM facts WHERE NOT negated AND NOT superseded AND NOT derived"
        " AND kind NOT IN ('developer', 'trend') ORDER BY article_id, start_char, fact_id"
    ):
        yield Stated(row["fact_id"], _fact(row), row["article_id"], row["story_id"], row["claim_date"])


def _number(exact: Decimal | None, value: float | None) -> Decimal | None:
    if exact is not None:
        return exact
    return None if value is None else Decimal(str(value))


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(
        kind=row["kind"], start=row["start_char"], end=row["end_char"], quote=row["quote"], rule=row["rule"],
        at=row["at_char"], at_end=row["at_end_char"], model=row["model"], op=row["op"],
        value=_number(row["amount"], row["value"]), low=_number(row["amount_low"], row["low"]),
        high=_number(row["amount_high"], row["high"]), role=row["role"], device=row["device"], use=row["use"],
        currency=row["currency"], scope=row["scope"], basis=row["basis"], period=row["period"],
        per=row["per"], provider=row["provider"], vague=row["vague"], part=row["part"],
    )  # fmt: skip


def comparing_texts(store: Store) -> dict[str, str]:
    """Return the texts of articles that compare one thing's size with another's."""
    rows = store.rows(
        "SELECT a.article_id, r.text FROM articles AS a JOIN readings AS r ON r.reading_id = a.reading_id"
        " WHERE regexp_matches(r.text, '(times|x|fold)\\s+(the (size|param)|larger|bigger|as (large|big)|more param)', 'i')"
    )
    return {row["article_id"]: row["text"] for row in rows}


def known_sizes(store: Store) -> dict[str, float]:
    """Return parameters by name, from the reference table; a family has the size of its largest member
    that bears its own size in its name ("GPT-3 175B (davinci)" also stands for "GPT-3")."""
    out: dict[str, float] = {}
    families: dict[str, float] = {}
    for row in store.rows(
        "SELECT model, parameters FROM reference_models WHERE parameters > 0 ORDER BY model"
    ):
        name, size = row["model"], row["parameters"]
        out[name] = size
        plain = re.sub(r"\s*\([^()]*\)$", "", name)
        match = _TAIL_SIZE.match(plain)
        if match and abs(float(match["size"]) * _SCALES[match["scale"]] / size - 1) < 0.03:
            families[match["name"]] = max(size, families.get(match["name"], 0.0))
        families.setdefault(plain, size)
    return {**families, **out}


def findings(store: Store, *, brief: bool = False) -> Table:
    """Return the stored findings, those that do not agree first. brief: the columns that fit a screen."""
    columns = ["verdict", "check_name", "model", "formula", "fact_ids"]
    if not brief:
        columns += ["expected", "stated", "tolerance", "finding_id", "quotes"]
    rows = store.rows(
        "SELECT f.*, (SELECT list(DISTINCT q.quote ORDER BY q.quote) FROM facts AS q"
        " WHERE list_contains(f.fact_ids, q.fact_id)) AS quotes FROM findings AS f"
        " ORDER BY CASE verdict WHEN 'differs' THEN 0 WHEN 'conflicts' THEN 1 ELSE 2 END, check_name, model, formula"
    )
    if brief:
        for row in rows:
            row["fact_ids"] = " ".join(one[:8] for one in row["fact_ids"])
    return Table(tuple(columns), tuple(tuple(row[c] for c in columns) for row in rows))
