"""Everything in the ledger as files that other tools read; the same ledger gives the same bytes.

plain and spreadsheet: all tables as CSV and Parquet with a Data Package description (v2), and the facts
as Web Annotations. epoch: one row a model in Epoch's columns. owid: chart tables with metadata.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.best import best
from db.store import Store
from db.views import views
from schemas.errors import UsageError

FLAVOURS = ("plain", "spreadsheet", "epoch", "owid")

#: table -> its order, which makes the bytes the same each time
TABLES = {
    "articles": "article_id, document_id", "texts": "article_id, part", "facts": "article_id, start_char, fact_id",
    "claims": "kind, claim_date, story_id, fact_id", "cost_timeline": "claim_date, fact_id", "models": "model",
    "cuts": "cut_id, url", "failures": "input, stage", "findings": "finding_id, formula", "conflicts": "model, kind, fact_ids",
    "fact_history": "fact_id, document_id, fetched_at, rules_digest, revision", "exchange_rates": "currency, day",
    "price_index": "year", "devices": "device, name", "organizations": "organization_key, alias",
    "corrections": "claim_key, field, made_at", "merges": "model_key, made_at", "restored_cuts": "cut_id",
}  # fmt: skip
#: columns that differ from machine to machine or run to run though the content does not
_LEFT_OUT = {"fact_history": ("stored_at", "run_id", "revision"), "findings": ("found_at",)}
_TEXTS = (
    "SELECT a.article_id, p.part, p.body AS text FROM articles AS a JOIN readings AS r ON r.reading_id = a.reading_id,"
    " LATERAL (VALUES ('title', r.title), ('text', r.text)) AS p(part, body) WHERE p.body IS NOT NULL"
)
_TYPES = {
    "VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer", "HUGEINT": "integer", "INTEGER": "integer",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime",
}  # fmt: skip
_KEYS = {
    "articles": ["article_id"],
    "texts": ["article_id", "part"],
    "models": ["model"],
    "price_index": ["year"],
}
_LINKS = {"texts": "articles", "facts": "articles", "claims": "articles", "cost_timeline": "articles"}
CONTEXT = 32  # characters before and after a quote

EPOCH_COLUMNS = (
    "Model", "Organization", "Publication date", "Domain", "Task", "Parameters", "Parameters notes",
    "Training compute (FLOP)", "Training compute notes", "Training dataset", "Training dataset size (total)",
    "Dataset size notes", "Confidence", "Link", "Reference", "Citations", "Authors", "Abstract",
    "Organization categorization", "Country (of organization)", "Notability criteria",
    "Notability criteria notes", "Epochs", "Training time (hours)", "Training time notes", "Training hardware",
    "Hardware quantity", "Hardware utilization (MFU)", "Training compute cost (2023 USD)", "Compute cost notes",
    "Training power draw (W)", "Base model", "Finetune compute (FLOP)", "Finetune compute notes", "Batch size",
    "Batch size notes", "Model accessibility", "Training code accessibility", "Inference code accessibility",
    "Accessibility notes", "Numerical format", "Frontier model", "Hardware acquisition cost",
    "Hardware utilization (HFU)", "Training compute cost (cloud)", "Training compute cost (upfront)",
    "Open model weights?",
)  # fmt: skip
_ADDED = ("Training energy (kWh)", "Training emissions (kg CO2e)", "Fact ids")

#: file -> (title, unit, short unit, SELECT of Entity, Day, values)
_OWID = {
    "training_cost": (
        "Training cost of AI models", "US dollars", "$",
        "SELECT coalesce(model, description, 'Unnamed system') AS Entity, '' AS Code, claim_date AS Day,"
        " coalesce(usd, usd_low) AS training_cost_usd, usd_low AS training_cost_usd_low, usd_high AS training_cost_usd_high, basis"
        " FROM cost_timeline WHERE scope = 'training' AND period IS NULL AND basis IN ('reported', 'estimated')"
        " AND date_basis <> 'fetched' AND coalesce(usd, usd_low) IS NOT NULL"
        " ORDER BY Entity, Day, training_cost_usd, fact_id",
    ),
    "model_size": (
        "Parameters of AI models", "parameters", "",
        "SELECT model AS Entity, '' AS Code, claim_date AS Day, value AS parameters FROM claims"
        " WHERE kind = 'parameters' AND role = 'total' AND model IS NOT NULL AND value IS NOT NULL"
        " AND date_basis <> 'fetched' ORDER BY Entity, Day, value, fact_id",
    ),
    "training_compute": (
        "Training compute of AI models", "FLOP", "FLOP",
        "SELECT model AS Entity, '' AS Code, claim_date AS Day, value AS training_compute_flop FROM claims"
        " WHERE kind = 'compute' AND model IS NOT NULL AND value IS NOT NULL AND date_basis <> 'fetched'"
        " ORDER BY Entity, Day, value, fact_id",
    ),
    "device_hour_price": (
        "Rent of a device hour", "US dollars an hour", "$/h",
        "SELECT device AS Entity, '' AS Code, claim_date AS Day, usd AS price_usd FROM device_prices"
        " WHERE per = 'hour' AND device IS NOT NULL AND usd IS NOT NULL AND date_basis <> 'fetched'"
        " ORDER BY Entity, Day, usd, fact_id",
    ),
}  # fmt: skip


def export(store: Store, folder: str | Path, *, flavour: str = "plain") -> list[Path]:
    """Write the ledger's content into a folder and return the files, in order of name.

    Raises UsageError for an unknown flavour, or a folder that can't be written.
    """
    if flavour not in FLAVOURS:
        raise UsageError(f"--flavour is {flavour!r}; it may be {', '.join(FLAVOURS)}")
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if flavour == "epoch":
            made = [_epoch(store, folder)]
        elif flavour == "owid":
            made = list(_owid(store, folder))
        else:
            made = list(_package(store, folder, spreadsheet=flavour == "spreadsheet"))
    except OSError as err:
        raise UsageError(f"{folder} can't be written: {err.strerror or err}") from err
    return sorted(made)


def _select(name: str) -> str:
    left = _LEFT_OUT.get(name)
    source = f"({_TEXTS})" if name == "texts" else name
    return f"SELECT * EXCLUDE ({', '.join(left)}) FROM {source}" if left else f"SELECT * FROM {source}"


def _columns(store: Store, name: str) -> list[tuple[str, str]]:
    return [(row["column_name"], row["column_type"]) for row in store.rows(f"DESCRIBE {_select(name)}")]


def _csv_cell(column: str, kind: str, *, spreadsheet: bool) -> str:
    if kind.endswith("[]"):
        return f'to_json("{column}")::VARCHAR AS "{column}"'
    if kind == "TIMESTAMP":
        return f'strftime("{column}", \'%Y-%m-%dT%H:%M:%SZ\') AS "{column}"'
    if kind != "VARCHAR":
        return f'"{column}"'
    text = f"replace(\"{column}\", chr(0), '')"
    if spreadsheet:  # a formula begins so (OWASP, "CSV injection"), also behind blanks and in full width
        text = (
            f"CASE WHEN regexp_matches(\"{column}\", '^[ ]*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]')"
            f" THEN '''' || {text} ELSE {text} END"
        )
    return f'{text} AS "{column}"'


def _package(store: Store, folder: Path, *, spreadsheet: bool) -> Iterator[Path]:
    con = store.connection
    comments = _comments(store)
    resources = []
    for name, order in TABLES.items():
        kept = [part.strip() for part in order.split(",")]
        columns = _columns(store, name)
        order = ", ".join(part for part in kept if part in {column for column, _ in columns})
        cells = ", ".join(_csv_cell(column, kind, spreadsheet=spreadsheet) for column, kind in columns)
        rows = f"{_select(name)} ORDER BY {order}"
        csv_path, parquet_path = folder / f"{name}.csv", folder / f"{name}.parquet"
        con.execute(f"COPY (SELECT {cells} FROM ({rows})) TO '{_path(csv_path)}' (FORMAT csv, HEADER)")
        con.execute(f"COPY ({rows}) TO '{_path(parquet_path)}' (FORMAT parquet, COMPRESSION zstd)")
        resources.append({
            "name": name, "path": csv_path.name, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "description": comments.get((name, ""), "The words that facts point into." if name == "texts" else name),
            "alternatives": [{"path": parquet_path.name, "mediatype": "application/vnd.apache.parquet"}],
            "schema": _schema(name, columns, comments),
        })  # fmt: skip
        yield from (csv_path, parquet_path)
    annotations = folder / "annotations.jsonl"
    with annotations.open("w", encoding="utf-8", newline="\n") as out:
        for one in annotate(store):
            out.write(json.dumps(one, ensure_ascii=False) + "\n")
    yield annotations
    package = folder / "datapackage.json"
    _write_json(package, {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "costline-ledger",
        "title": "Costline: what AI models are and what they cost, each figure with its sentence",
        "sources": [
            {"title": "Epoch AI, Data on AI Models and Data on Machine Learning Hardware (CC BY 4.0)",
             "path": "https://epoch.ai/data"},
            {"title": "U.S. Bureau of Labor Statistics, CPI-U, series CUUR0000SA0", "path": "https://www.bls.gov/cpi/"},
            {"title": "European Central Bank, euro foreign exchange reference rates",
             "path": "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"},
        ],
        "resources": resources,
    })  # fmt: skip
    yield package


def _path(path: Path) -> str:
    return str(path).replace("'", "''")


def _comments(store: Store) -> dict[tuple[str, str], str]:
    """Return what the database says of its tables ("" as column) and columns."""
    out = {(view.name, ""): view.about for view in views()}
    out |= {(view.name, column): said for view in views() for column, said in view.columns.items()}
    for row in store.rows("SELECT table_name, comment FROM duckdb_tables() WHERE comment IS NOT NULL"):
        out.setdefault((row["table_name"], ""), row["comment"])
    for row in store.rows(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL"
    ):
        out.setdefault((row["table_name"], row["column_name"]), row["comment"])
    return out | {
        ("texts", "article_id"): "The article.", ("texts", "part"): "text or title.",
        ("texts", "text"): "The words that start_char and end_char count in.",
    }  # fmt: skip


def _schema(
    name: str, columns: list[tuple[str, str]], comments: dict[tuple[str, str], str]
) -> dict[str, Any]:
    fields = []
    for column, kind in columns:
        type_ = (
            "array"
            if kind.endswith("[]")
            else "number"
            if kind.startswith("DECIMAL")
            else _TYPES.get(kind, "string")
        )
        one: dict[str, Any] = {"name": column, "type": type_}
        if said := comments.get((name, column)):
            one["description"] = said
        fields.append(one)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if name in _KEYS:
        schema["primaryKey"] = _KEYS[name]
    if name in _LINKS:
        schema["foreignKeys"] = [
            {"fields": ["article_id"], "reference": {"resource": _LINKS[name], "fields": ["article_id"]}}
        ]
    return schema


def annotate(store: Store) -> Iterator[dict[str, Any]]:
    """Yield each current fact as a W3C Web Annotation, its place by quote and by position.

    The position counts in the clean text (or title) that the table "texts" holds.
    """
    for row in store.rows(
        "SELECT f.fact_id, f.kind, f.model, f.op, f.value, f.low, f.high, f.unit, f.scope, f.basis, f.quote, f.part,"
        " f.start_char, f.end_char, f.article_id, f.rule, f.negated, coalesce(r.url, r.canonical_url) AS url,"
        " CASE f.part WHEN 'title' THEN r.title ELSE r.text END AS text"
        " FROM facts AS f JOIN readings AS r ON r.reading_id = f.reading_id"
        " ORDER BY f.article_id, f.start_char, f.fact_id"
    ):
        start, end, text = row["start_char"], row["end_char"], row["text"] or ""
        body = {
            key: row[key]
            for key in ("kind", "model", "op", "value", "low", "high", "unit", "scope", "basis", "rule")
        }
        yield {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": f"urn:costline:fact:{row['fact_id']}",
            "type": "Annotation",
            "motivation": "identifying",
            "body": {"type": "Dataset", **{k: v for k, v in body.items() if v is not None}, "negated": row["negated"]},
            "target": {
                "source": row["url"] or f"urn:costline:article:{row['article_id']}",
                "scope": f"urn:costline:article:{row['article_id']}#{row['part']}",
                "selector": [
                    {"type": "TextQuoteSelector", "exact": row["quote"], "prefix": text[max(start - CONTEXT, 0) : start],
                     "suffix": text[end : end + CONTEXT]},
                    {"type": "TextPositionSelector", "start": start, "end": end},
                ],
            },
        }  # fmt: skip


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _epoch(store: Store, folder: Path) -> Path:
    """One row a model in Epoch's columns, our additions at the end. Costs are in dollars of 2023."""
    names = {
        row["device"]: row["name"]
        for row in store.rows(
            "SELECT device, min(name ORDER BY length(name), name) AS name FROM devices GROUP BY device"
        )
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, (*EPOCH_COLUMNS, *_ADDED), restval="", lineterminator="\n")
    writer.writeheader()
    for one in best(store):
        figure = one.figures
        if not figure:
            continue
        row = {
            "Model": one.model,
            "Organization": (one.organization or "").replace(", ", ","),
            "Publication date": one.published or "",
        }
        for field, column, notes in (
            ("parameters", "Parameters", "Parameters notes"),
            ("compute", "Training compute (FLOP)", "Training compute notes"),
            ("tokens", "Training dataset size (total)", "Dataset size notes"),
            ("hours", "Training time (hours)", "Training time notes"),
            ("cost", "Training compute cost (2023 USD)", "Compute cost notes"),
            ("devices", "Hardware quantity", ""),
        ):
            if field in figure:
                row[column] = _cell(round(figure[field].value, 2) if field == "cost" else figure[field].value)
                if notes:
                    basis = f"{figure[field].basis}: " if figure[field].basis else ""
                    row[notes] = f"{basis}“{figure[field].quote}” {figure[field].url}".replace("\0", "")
        if "devices" in figure and figure["devices"].device:
            row["Training hardware"] = names.get(figure["devices"].device, figure["devices"].device)
        row["Link"] = next(iter(figure.values())).url
        row["Training energy (kWh)"] = _cell(one.energy_kwh)
        row["Training emissions (kg CO2e)"] = _cell(one.emissions_kg)
        row["Fact ids"] = " ".join(figure[field].fact_id for field in sorted(figure))
        writer.writerow(row)
    path = folder / "epoch_models.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
    return path


def _owid(store: Store, folder: Path) -> Iterator[Path]:
    """Chart tables in Our World in Data's column order, each with a metadata file."""
    con = store.connection
    for name, (title, unit, short, select) in _OWID.items():
        path, about = folder / f"{name}.csv", folder / f"{name}.metadata.json"
        con.execute(f"COPY ({select}) TO '{_path(path)}' (FORMAT csv, HEADER)")
        span = store.rows(f"SELECT min(Day) AS first, max(Day) AS last FROM ({select})")[0]
        columns = [row["column_name"] for row in store.rows(f"DESCRIBE {select}")][3:]
        _write_json(about, {
            "chart": {"title": title, "subtitle": "Claims in news and papers, once a story, at the day of the page."},
            "columns": {
                column: {
                    "titlePublic": title, "unit": "" if column == "basis" else unit,
                    "shortUnit": "" if column == "basis" else short,
                    "descriptionShort": "reported or estimated" if column == "basis" else title,
                    "descriptionKey": ["Each value rests on a sentence that the ledger keeps.",
                                       "A claim counts once a story, however many copies it has."],
                    "descriptionFromProducer": "", "processingLevel": "minor",
                    "timespan": f"{span['first']}/{span['last']}" if span["first"] else "",
                    "origins": [{"producer": "Costline", "title": "Costline ledger"}],
                }
                for column in columns
            },
        })  # fmt: skip
        yield from (path, about)
