"""Our best figure of each model, each with the claim it rests on: what Epoch's table has one row for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from db.store import Store

#: field -> (column of the view models, kind of claim)
FIELDS = {
    "parameters": ("parameters", "parameters"),
    "compute": ("compute_flop", "compute"),
    "tokens": ("tokens", "tokens"),
    "hours": ("training_hours", "duration"),
    "devices": ("device_count", "hardware"),
    "cost": ("training_usd", "cost"),
}
DOLLARS = 2023  # the year of Epoch's cost column


@dataclass(frozen=True, slots=True)
class Figure:
    """A best figure and the claim behind it. For cost, value is in dollars of 2023."""

    value: float
    quote: str
    url: str
    fact_id: str
    basis: str | None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """A model with its best figures by field."""

    model_key: str
    model: str
    organization: str | None
    aliases: tuple[str, ...]
    published: str | None
    figures: dict[str, Figure]
    energy_kwh: float | None
    emissions_kg: float | None


def best(store: Store) -> list[Best]:
    """Return every model in order of its key, with its best figures and their claims."""
    claims: dict[tuple[str, str, float], dict[str, Any]] = {}
    for row in store.rows(
        "SELECT c.model_key, c.kind, c.value, c.first_copy.q AS quote, c.first_copy.f AS fact_id,"
        " c.first_copy.b AS basis, c.device, coalesce(a.url, a.canonical_url, a.source) AS url"
        " FROM claim_rows AS c JOIN articles AS a ON a.article_id = c.first_copy.i"
        " WHERE c.model_key IS NOT NULL AND c.value IS NOT NULL AND c.kind NOT IN ('price', 'cost')"
        " ORDER BY c.copies DESC, c.claim_date, fact_id"
    ):
        claims.setdefault((row["model_key"], row["kind"], row["value"]), row)
    costs: dict[tuple[str, float], dict[str, Any]] = {}
    for row in store.rows(
        "SELECT m.model_key, t.usd, t.quote, t.fact_id, t.basis, t.url, t.date_basis, year(t.claim_date) AS year"
        " FROM cost_timeline AS t JOIN model_rows AS m ON m.model = t.model"
        " WHERE t.scope = 'training' AND t.usd IS NOT NULL AND t.period IS NULL"
        " ORDER BY t.copies DESC, t.claim_date, t.fact_id"
    ):
        costs.setdefault((row["model_key"], float(row["usd"])), row)
    index = {row["year"]: row["cpi_u"] for row in store.rows("SELECT year, cpi_u FROM price_index")}
    out = []
    for row in store.rows("SELECT * FROM model_rows ORDER BY model_key, model"):
        figures: dict[str, Figure] = {}
        for field, (column, kind) in FIELDS.items():
            if row[column] is None:
                continue
            value = float(row[column])
            if kind == "cost":
                claim = costs.get((row["model_key"], value))
                if claim and claim["date_basis"] != "fetched":
                    value *= index[DOLLARS] / index[min(max(claim["year"], min(index)), max(index))]
            else:
                claim = claims.get((row["model_key"], kind, value))
            if claim is not None:
                figures[field] = Figure(
                    value, claim["quote"], claim["url"], claim["fact_id"], claim["basis"], claim.get("device")
                )
        dated = store_day(row)
        out.append(
            Best(row["model_key"], row["model"], row["organization"], tuple(row["aliases"] or ()), dated, figures,
                 row["energy_kwh"], row["emissions_kg"])
        )  # fmt: skip
    return out


def store_day(row: dict[str, Any]) -> str | None:
    """Return the day of the first claim about a model, as ISO 8601."""
    return row["first_seen"].isoformat() if row["first_seen"] else None
