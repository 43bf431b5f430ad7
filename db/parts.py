"""Parquet parts: outcomes that workers wrote anywhere, brought into one ledger, each once.

A part holds one row an outcome: what decides whether it is stored, and its rows for each table as lists
of structs. It is named by the hash of its bytes and never changed. Loading is SQL over the files, many at
a time: no row passes through Python, and what the ledger has already is left alone, so a part may come twice.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
GROUP_BYTES = 128 << 20  # of Parquet merged in one transaction
GROUP_PARTS = 500
ROWS_A_PART = 1 << 32  # more than a part can hold


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
    table = table.append_column("rejected", pa.array([h.rejected for h in heads], type=pa.string()))
    table = table.append_column(
        "fetched_at", pa.array([h.fetched_at for h in heads], type=pa.timestamp("us"))
    )
    table = table.append_column(
        "facts", pa.array([len(one.tables["fact_rows"]) for one in made], type=pa.int64())
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

    "parts" counts those loaded now, "loaded before" those that were there. Parts are taken together, up to
    some size, in one transaction: a run that ends early keeps whole groups and finds the rest missing.
    Raises UsageError for a file that is no part of ours.
    """
    counts: Counter[str] = Counter()
    there = {row["part"] for row in store.rows("SELECT part FROM loaded_parts")}
    new: list[tuple[str, Path]] = []
    for path in _files(parts):
        name = _content_name(path)
        if name in there:
            counts["loaded before"] += 1
        else:
            there.add(name)
            new.append((name, path))
    for group in _groups(new):
        with store.transaction() as con:
            source = _FromParts(con, [path for _, path in group])
            Merge(con, store.run_id, counts).store(source)
            con.execute(
                "INSERT INTO loaded_parts SELECT unnest(?::VARCHAR[]), ?, unnest(?::BIGINT[])",
                [[name for name, _ in group], utc_now(), source.facts()],
            )
            source.close()
        counts["parts"] += len(group)
        store.stale()
    return dict(counts)


def _content_name(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]


def _groups(parts: Sequence[tuple[str, Path]]) -> Iterator[list[tuple[str, Path]]]:
    """Cut parts into groups of at most GROUP_BYTES and GROUP_PARTS, at least one a group."""
    group: list[tuple[str, Path]] = []
    held = 0
    for name, path in parts:
        size = path.stat().st_size
        if group and (held + size > GROUP_BYTES or len(group) == GROUP_PARTS):
            yield group
            group, held = [], 0
        group.append((name, path))
        held += size
    if group:
        yield group


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


class _FromParts:
    """Rows that lie in Parquet parts; the view "part" reads of them what each step needs.

    An outcome's place is the number of its file times ROWS_A_PART, and its row in the file.
    """

    def __init__(self, con: Any, paths: Sequence[Path]) -> None:
        self.con = con
        needed = ", ".join((*_HEAD, "local", "rejected", "fetched_at", "facts", *TABLES))
        for path in paths:
            try:
                con.execute(f"SELECT {needed} FROM read_parquet({_quoted(path)}) LIMIT 0")
            except duckdb.Error as err:
                raise UsageError(f"{path} is no part of ours: {first_line(err)}") from err
        numbers = ", ".join(f"{_quoted(path)}: {at * ROWS_A_PART}" for at, path in enumerate(paths))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW part AS SELECT MAP {{{numbers}}}[filename] + file_row_number AS place, {needed}"
            f" FROM read_parquet([{', '.join(map(_quoted, paths))}], file_row_number = true, filename = true)"
        )
        told = con.execute(
            "SELECT place, input, document_id, head_reading_id, head_article_id, local, rejected, fetched_at,"
            " page_sha256, rules_digest, stage, reason, hint FROM part ORDER BY place"
        ).fetchall()
        self.heads: Sequence[Head] = [
            Head(
                place, name, document or "", reading or "", article, local, rejected, fetched, page or "", rules or "",
                Failure(name, stage, reason, hint or "") if stage else None,
            )
            for place, name, document, reading, article, local, rejected, fetched, page, rules, stage, reason, hint in told
        ]  # fmt: skip
        self._files = len(paths)
        self._whole = sum(head.failure is None for head in self.heads)

    def facts(self) -> list[int]:
        """Return how many facts each part holds, in order."""
        found = dict(
            self.con.execute(
                f"SELECT place // {ROWS_A_PART}, sum(facts)::BIGINT FROM part GROUP BY ALL"
            ).fetchall()
        )
        return [found.get(at, 0) for at in range(self._files)]

    def insert(self, con: Any, table: str, places: Sequence[int]) -> int:
        """Insert the rows that these outcomes have in a table; return how many."""
        if not places:
            return 0
        where = "stage IS NULL"
        if len(places) != self._whole:
            con.execute(
                "CREATE OR REPLACE TEMP TABLE chosen AS SELECT unnest(?::BIGINT[]) AS place", [list(places)]
            )
            where = "place IN (SELECT place FROM chosen)"
        told = con.execute(
            f"INSERT INTO {table} BY NAME SELECT {picked(table)} FROM"
            f" (SELECT one.* FROM (SELECT unnest({table}) AS one FROM part WHERE {where}))"
        ).fetchall()
        return int(told[0][0])

    def close(self) -> None:
        """Forget the files."""
        self.con.execute("DROP VIEW part")
        self.con.execute("DROP TABLE IF EXISTS chosen")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
