"""Bring a database file to today's shape: numbered .sql files, then views, then reference tables.

A migration runs in one transaction, is checked by hash for as long as the file lives, and is followed
by a CHECKPOINT, because replaying schema changes from the write-ahead log is where DuckDB has had
its faults. Before an older file is changed it is copied to NAME.before-NNNN beside it.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import io
import re
import shutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from db.keys import name_key
from db.views import folder_digest, views, views_digest
from schemas.errors import StoreError

_TABLE = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+) \( -- (.+)$")
_COLUMN = re.compile(r"^    (\w+) [^-]*? ?-- (.+)$")
_TRACKING = """
CREATE TABLE IF NOT EXISTS migrations ( -- Which migrations made this file.
    version BIGINT NOT NULL, -- Number of the migration.
    name VARCHAR NOT NULL, -- Name of its file.
    sha256 VARCHAR NOT NULL, -- Hash of its file.
    applied_at TIMESTAMP NOT NULL, -- When it ran, UTC.
    program VARCHAR NOT NULL -- Version of the program that ran it.
);
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered file of statements; sha256 is of its bytes."""

    number: int
    name: str
    sql: str
    sha256: str


def program_version() -> str:
    """Return the installed version of the program, or "source" where it is not installed."""
    try:
        return version("costline")
    except PackageNotFoundError:
        return "source"


@cache
def migrations() -> tuple[Migration, ...]:
    """Return every migration in order of its number."""
    found = []
    for item in (files("db") / "migrations").iterdir():
        match = re.match(r"(\d{4})_\w+\.sql$", item.name)
        if match:
            body = item.read_bytes()
            found.append(
                Migration(int(match[1]), item.name, body.decode("utf-8"), hashlib.sha256(body).hexdigest())
            )
    return tuple(sorted(found, key=lambda migration: migration.number))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _comments(sql: str) -> list[str]:
    """Turn the comments behind tables and columns into COMMENT statements."""
    out = []
    table = ""
    for line in sql.splitlines():
        if match := _TABLE.match(line):
            table = match[1]
            out.append(f"COMMENT ON TABLE {table} IS {_quoted(match[2].strip())}")
        elif table and (match := _COLUMN.match(line)):
            out.append(f"COMMENT ON COLUMN {table}.{match[1]} IS {_quoted(match[2].strip())}")
        elif line.startswith(")"):
            table = ""
    return out


def _data(name: str) -> list[dict[str, str]]:
    lines = (files("db") / "data" / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("#")))))


@cache
def _data_digest() -> str:
    return folder_digest(Path(__file__).parent / "data")


def _applied(con: Any) -> dict[int, str]:
    there = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'migrations' AND NOT internal"
    ).fetchall()[0][0]
    if not there:
        return {}
    return dict(con.execute("SELECT version, sha256 FROM migrations").fetchall())


def _info(con: Any) -> dict[str, str]:
    return dict(con.execute("SELECT key, value FROM ledger_info").fetchall())


def check(con: Any, path: Path) -> bool:
    """Say whether a database is in today's shape.

    Raises StoreError if it was made by a newer program, by changed migrations, or is not a ledger.
    """
    known = {migration.number: migration for migration in migrations()}
    applied = _applied(con)
    if not applied:
        tables = con.execute("SELECT count(*) FROM duckdb_tables() WHERE NOT internal").fetchall()[0][0]
        if tables:
            raise StoreError(f"{path} is a DuckDB file, but not a Costline database; name another with --db")
        return False
    for number, sha256 in sorted(applied.items()):
        if number not in known:
            raise StoreError(
                f"{path} was made by a newer Costline (migration {number:04d}); update the program"
            )
        if known[number].sha256 != sha256:
            raise StoreError(f"{path}: migration {known[number].name} is not the one that made this file")
    if len(applied) < len(known):
        return False
    info = _info(con)
    return info.get("views") == views_digest() and info.get("data") == _data_digest()


def migrate(con: Any, path: Path) -> None:
    """Apply what is missing. The connection must be writable and outside a transaction."""
    if check(con, path):
        return
    applied = _applied(con)
    missing = [migration for migration in migrations() if migration.number not in applied]
    if applied and missing:
        con.execute("CHECKPOINT")
        _copied(path, path.with_name(f"{path.name}.before-{missing[0].number:04d}"))
    for migration in missing:
        con.execute("BEGIN")
        try:
            for part in (_TRACKING, migration.sql):
                con.execute(part)
                for comment in _comments(part):
                    con.execute(comment)
            con.execute(
                "INSERT INTO migrations VALUES (?, ?, ?, ?, ?)",
                [migration.number, migration.name, migration.sha256, _now(), program_version()],
            )
            con.execute("COMMIT")
        except BaseException:
            _rollback(con)
            raise
        con.execute("CHECKPOINT")
    con.execute("BEGIN")
    try:
        _load_data(con)
        _make_views(con)
        if applied:  # views or names have changed under what is stored
            con.execute("INSERT INTO pending VALUES ('everything', '')")
        con.execute("COMMIT")
    except BaseException:
        _rollback(con)
        raise
    con.execute("CHECKPOINT")


def _rollback(con: Any) -> None:
    """Undo, unless the engine has done so itself: on a full disk it ends the transaction."""
    with contextlib.suppress(duckdb.Error):
        con.execute("ROLLBACK")


def _copied(path: Path, copy: Path) -> None:
    """Copy the file as it was; the copy has its name only when it is whole. Raises StoreError."""
    part = copy.with_name(copy.name + ".part")
    try:
        shutil.copy2(path, part)
        part.replace(copy)
    except OSError as err:
        part.unlink(missing_ok=True)
        raise StoreError(f"{copy} can't be written ({err.strerror or err}): it is a copy of the database"
                         " before its shape changes, and needs as much room") from err  # fmt: skip


def _make_views(con: Any) -> None:
    for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        con.execute(f'DROP VIEW "{name}"')
    for view in views():
        con.execute(f"CREATE VIEW {view.name} AS\n{view.sql}")
        con.execute(f"COMMENT ON VIEW {view.name} IS {_quoted(view.about)}")
        for column, comment in view.columns.items():
            con.execute(f"COMMENT ON COLUMN {view.name}.{column} IS {_quoted(comment)}")
    _note(con, "views", views_digest())


def _note(con: Any, key: str, value: str) -> None:
    con.execute("DELETE FROM ledger_info WHERE key = ?", [key])
    con.execute("INSERT INTO ledger_info VALUES (?, ?)", [key, value])


def _load_data(con: Any) -> None:
    """Put the reference tables of db/data into the file, if they are not the ones that are there."""
    if _info(con).get("data") == _data_digest():
        return
    index = _data("cpi_u.csv")
    source = "U.S. Bureau of Labor Statistics, CUUR0000SA0, as published by September 2026"
    tables: dict[str, list[tuple[object, ...]]] = {
        "price_index": [(int(row["year"]), float(row["cpi_u"]), source) for row in index],
        "reference_models": [
            (name_key(row["model"]), row["model"], row["organization"] or None, row["published"] or None,
             float(row["parameters"]) if row["parameters"] else None)
            for row in _data("models.csv")
        ],
        "organizations": [
            (name_key(alias.strip()), row["organization"], alias.strip())
            for row in _data("organizations.csv")
            for alias in [row["organization"], *row["aliases"].split(";")]
            if alias.strip()
        ],
        "devices": [
            (row["family"], row["name"], [alias.strip() for alias in row["aliases"].split(";") if alias.strip()],
             row["vendor"] or None, row["type"] or None, row["release_date"] or None,
             *(float(row[key]) if row[key] else None for key in ("tdp_w", "memory_gb", "peak_fp16_flops")))
            for row in _data("devices.csv")
        ],
    }  # fmt: skip
    for table, rows in tables.items():
        con.execute(f"DELETE FROM {table}")
        types = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
        lists = [list(column) for column in zip(*rows, strict=True)]
        picks = ", ".join(f"unnest(?)::{types[name]} AS {name}" for name in types)
        con.execute(f"INSERT INTO {table} SELECT {picks}", lists)
    _note(con, "data", _data_digest())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
