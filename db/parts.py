"""Parquet parts: outcomes that workers wrote anywhere, brought into one ledger, each once.

A part holds one row an outcome: what decides whether it is stored, and its rows for each table as lists
of structs. It is named by the hash of its bytes and never changed. Loading is SQL over the file: no row
passes through Python, and what the ledger has already is left alone, so a part may come twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from db.connect import first_line
from db.merge import Merge, picked
from db.rows import TABLES, Head, arrow, outcome_rows, utc_now
from db.store import Store
from schemas.errors import UsageError
from schemas.records import Failure, Outcome

_HEAD = ("input", "document_id", "head_reading_id", "head_article_id", "page_sha256", "rules_digest",
         "stage", "reason", "hint")  # fmt: skip


def write_part(outcomes: Iterable[Outcome], folder: str | Path, *, keep_pages: bool = False) -> Path | None:
    """Write outcomes as one Parquet part into a folder and return it; None for no outcomes.

    The part appears under its name only when it is whole. Equal outcomes give equal bytes and name.
    """
    import pyarrow as pa
    from pyarrow import parquet

    made = [outcome_rows(at, one, keep_pages=keep_pages) for at, one in enumerate(outcomes)]
    if not made:
        return None
    heads = [one.head for one in made]
    table = arrow(
        _HEAD,
        [
            (h.input, h.document, h.reading_id, h.article_id, h.page_sha256, h.rules,
             h.failure.stage if h.failure else None, h.failure.reason if h.failure else None,
             h.failure.hint if h.failure else None)
            for h in heads
        ],
    )  # fmt: skip
    # a failed input is named by its failure
    table = table.set_column(
        0, "input", pa.array([h.failure.input if h.failure else h.input for h in heads], type=pa.string())
    )
    table = table.append_column("local", pa.array([h.local for h in heads], type=pa.bool_()))
    table = table.append_column("rejected", pa.array([h.rejected for h in heads], type=pa.bool_()))
    table = table.append_column(
        "fetched_at", pa.array([h.fetched_at for h in heads], type=pa.timestamp("us"))
    )
    for name, columns in TABLES.items():
        flat = arrow(columns, [row for one in made for row in one.tables[name]]).combine_chunks()
        struct = pa.StructArray.from_arrays(
            [flat.column(c).combine_chunks() if flat.num_rows else pa.array([], flat.schema.field(c).type) for c in columns],
            names=list(columns),
        )  # fmt: skip
        ends = [0]
        for one in made:
            ends.append(ends[-1] + len(one.tables[name]))
        table = table.append_column(name, pa.ListArray.from_arrays(pa.array(ends, pa.int32()), struct))
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    body = out.getvalue()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{hashlib.sha256(body).hexdigest()[:16]}.parquet"
    if not path.exists():
        half = path.with_suffix(f".{hashlib.sha256(str(id(made)).encode()).hexdigest()[:8]}.half")
        half.write_bytes(body)
        half.replace(path)
    return path


def load(store: Store, parts: Iterable[str | Path]) -> dict[str, int]:
    """Bring parts (files, or folders of them) into the ledger and return counts, as Store.put does.

    "parts" counts those loaded now, "loaded before" those that were there. Each part is one transaction.
    Raises UsageError for a file that is no part of ours.
    """
    counts: Counter[str] = Counter()
    there = {row["part"] for row in store.rows("SELECT part FROM loaded_parts")}
    for path in _files(parts):
        name = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        if name in there:
            counts["loaded before"] += 1
            continue
        there.add(name)
        with store.transaction() as con:
            source = _FromPart(con, path)
            facts = counts["facts"]
            Merge(con, store.run_id, counts).store(source)
            con.execute("DROP VIEW part")
            con.execute(
                "INSERT INTO loaded_parts VALUES (?, ?, ?)", [name, utc_now(), counts["facts"] - facts]
            )
        counts["parts"] += 1
        store.stale()
    return dict(counts)


def _files(parts: Iterable[str | Path]) -> list[Path]:
    out: list[Path] = []
    for one in parts:
        path = Path(one)
        if path.is_dir():
            out += sorted(path.rglob("part-*.parquet"))
        elif path.is_file():
            out.append(path)
        else:
            raise UsageError(f"{path} is no file and no folder")
    return out


class _FromPart:
    """Rows that lie in a Parquet part; the view "part" reads of it what each step needs."""

    def __init__(self, con: Any, path: Path) -> None:
        quoted = str(path).replace("'", "''")
        needed = (*_HEAD, "local", "rejected", "fetched_at", *TABLES)
        try:
            con.execute(
                "CREATE OR REPLACE TEMP VIEW part AS SELECT file_row_number AS place, "
                + ", ".join(needed)
                + f" FROM read_parquet('{quoted}', file_row_number = true)"
            )
        except duckdb.Error as err:
            raise UsageError(f"{path} is no part of ours: {first_line(err)}") from err
        self.heads: Sequence[Head] = [
            Head(
                place, name, document or "", reading or "", article, local, rejected, fetched, page or "", rules or "",
                Failure(name, stage, reason, hint or "") if stage else None,
            )
            for place, name, document, reading, article, local, rejected, fetched, page, rules, stage, reason, hint in con.execute(
                "SELECT place, input, document_id, head_reading_id, head_article_id, local, rejected, fetched_at,"
                " page_sha256, rules_digest, stage, reason, hint FROM part ORDER BY place"
            ).fetchall()
        ]  # fmt: skip

    def _choose(self, con: Any, places: Sequence[int]) -> str:
        """Return a condition that holds for these outcomes."""
        if len(places) == sum(head.failure is None for head in self.heads):
            return "stage IS NULL"
        con.execute(
            "CREATE OR REPLACE TEMP TABLE chosen AS SELECT unnest(?::BIGINT[]) AS place", [list(places)]
        )
        return "place IN (SELECT place FROM chosen)"

    def insert(self, con: Any, table: str, places: Sequence[int]) -> None:
        """Insert the rows that these outcomes have in a table."""
        if places:
            con.execute(
                f"INSERT INTO {table} BY NAME SELECT {picked(table)} FROM (SELECT one.* FROM"
                f" (SELECT unnest({table}) AS one FROM part WHERE {self._choose(con, places)}))"
            )

    def signatures(self, con: Any, places: Sequence[int]) -> dict[str, Any]:
        """Return the fingerprints of these outcomes' articles, by article id."""
        if not places:
            return {}
        return dict(
            con.execute(
                "SELECT one.article_id, any_value(one.signature) FROM (SELECT unnest(readings) AS one FROM part"
                f" WHERE {self._choose(con, places)}) WHERE one.article_id IS NOT NULL GROUP BY ALL"
            ).fetchall()
        )

    def currency_days(self, con: Any, places: Sequence[int]) -> set[tuple[str, dt.date]]:
        """Return the currencies other than the dollar in these outcomes' facts, with their days."""
        if not places:
            return set()
        return set(
            con.execute(
                "SELECT DISTINCT one.currency, one.claim_date FROM (SELECT unnest(fact_rows) AS one FROM part"
                f" WHERE {self._choose(con, places)}) WHERE one.currency <> 'USD'"
            ).fetchall()
        )
