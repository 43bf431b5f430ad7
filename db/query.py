"""Read-only questions in SQL: no change, no file, no network, no settings, and limits on everything.

Four walls, each enough for most of what a hostile statement tries: only one statement of a kind that
reads is let through; the file is open for reading only; external access, extensions and Python
variables are off; and the configuration is locked before the statement is seen.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from db.connect import connect, first_line
from db.formats import Table, human, numeric, shortened
from db.formats import render as plain_render
from db.views import View, views, views_digest
from schemas.errors import LimitError, StoreError, UsageError

TIMEOUT = 30.0  # seconds
MEMORY = "1GB"
MAX_ROWS = 10_000
PATIENCE = 0.3  # seconds after an interrupt in which the engine should have let go

_LOCKED: dict[str, Any] = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "temp_directory": "",  # nothing is spilled to disk: a query that needs more memory ends
}
_READING = ("SELECT", "EXPLAIN")
#: Table functions that write or switch something though they stand in a SELECT.
_FORBIDDEN = re.compile(
    r"\b(enable_logging|disable_logging|truncate_duckdb_logs|enable_profiling|disable_profiling|"
    r"checkpoint|force_checkpoint|load_aws_credentials|write_log|set_log_level)\s*\(",
    re.IGNORECASE,
)


_PRAGMA = re.compile(r"\s*pragma\b", re.IGNORECASE)


class Answer(NamedTuple):
    """Rows, and whether there were more than the limit let through."""

    table: Table
    truncated: bool


def named(sql: str) -> View | None:
    """Return the documented view that a bare word names, if it does."""
    word = sql.strip().rstrip(";").strip()
    return next((view for view in views() if view.name == word.lower()), None)


def catalogue() -> Table:
    """Return the documented views: name, what a row is, and example questions."""
    rows = tuple((view.name, view.about, " / ".join(view.questions)) for view in views())
    return Table(("view", "a row is", "it answers"), rows)


def render(table: Table, format: str, *, title: str = "Answer") -> str | bytes:
    """Return an answer in any format of a timeline; a picture is a chart where there is one to draw.

    A chart needs a column of days and one of numbers above zero: the first of each (a name, where
    there is a column for it, labels the mark). Anything else is drawn as a table.
    """
    if format not in ("svg", "png"):
        return plain_render(table, format)
    from db import chart

    document = _chart(table, title) or chart.drawn_table(
        title, table.columns, [[human(cell) for cell in row] for row in table.rows],
        [numeric(table, i) for i in range(len(table.columns))],
    )  # fmt: skip
    return chart.png(document) if format == "png" else document


def _chart(table: Table, title: str) -> str | None:
    from db import chart

    def is_day(i: int) -> bool:
        told = [row[i] for row in table.rows if row[i] is not None]
        return bool(told) and all(isinstance(cell, dt.date) for cell in told)

    days = next((i for i in range(len(table.columns)) if is_day(i)), None)
    numbers = [i for i in range(len(table.columns)) if numeric(table, i)]
    first = next((i for i in numbers if any((row[i] or 0) > 0 for row in table.rows)), None)
    if days is None or first is None or len(table.rows) < 2:
        return None
    names = next(
        (i for i, name in enumerate(table.columns) if name in ("model", "device", "organization")), None
    )
    basis = table.columns.index("basis") if "basis" in table.columns else None
    unit = "$" if "usd" in table.columns[first] else ""
    marks = []
    for row in table.rows:
        if row[days] is None or row[first] is None or row[first] <= 0:
            continue
        day = row[days].date() if isinstance(row[days], dt.datetime) else row[days]
        name = "" if names is None or row[names] is None else shortened(str(row[names]), 30)
        figure = unit + human(row[first])
        marks.append(
            chart.Mark(
                day, float(row[first]), None, None, "=", str(row[basis]) if basis is not None else "reported",
                name, figure, f"{name} {figure}",
            )
        )  # fmt: skip
    subtitle = f"{table.columns[first]} by {table.columns[days]}; logarithmic scale"
    source = f"Source: Costline, {len(marks)} of {len(table.rows)} rows drawn."
    return chart.svg(chart.Picture(title, subtitle, tuple(marks), unit=unit, source=source))


def ask(
    path: str | Path,
    sql: str,
    *,
    timeout: float = TIMEOUT,
    max_rows: int = MAX_ROWS,
    memory: str = MEMORY,
    on_stuck: Callable[[str], None] | None = None,
    on_begin: Callable[[], None] | None = None,
) -> Answer:
    """Answer one SELECT, or the name of a documented view.

    timeout:  seconds, for running and fetching together. max_rows: 0 for no limit.
    on_stuck: called from another thread with one line when the engine does not let go in time
              (a command ends its process there; without it the caller waits). db.apart.ask needs no such help.
    on_begin: called when the database is open and the time begins to run.
    Raises UsageError for a statement that is refused or wrong, LimitError at a limit, StoreError
    if the database can't be used.
    """
    con = _open(Path(path), memory)
    try:
        if on_begin is not None:
            on_begin()
        view = named(sql)
        return _run(con, f"SELECT * FROM {view.name}" if view else sql, timeout, max_rows, memory, on_stuck)
    finally:
        con.close()


def late(timeout: float) -> str:
    """Return what to say of a query that was stopped."""
    return f"the query took longer than {timeout:g} s and was stopped; allow more with --timeout"


def _open(path: Path, memory: str) -> Any:
    if not path.exists():
        raise StoreError(f"there is no database at {path}; make one with: costline ingest SOURCE")
    con = connect(path, read_only=True, more=_LOCKED)
    try:
        if not _as_today(con):  # made by another version, or no ledger: the store knows what to do
            from db.store import Store

            con.close()
            Store.open(path, read_only=True).close()
            con = connect(path, read_only=True, more=_LOCKED)
        try:
            con.execute("SET memory_limit = ?", [memory])
        except duckdb.Error as err:
            raise UsageError(f"--memory is {memory!r}; give a size such as 500MB or 2GB") from err
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con


def _as_today(con: Any) -> bool:
    """Say whether the file's views are this program's."""
    try:
        found = con.execute("SELECT value FROM ledger_info WHERE key = 'views'").fetchall()
    except duckdb.CatalogException:
        return False
    return bool(found == [(views_digest(),)])


def _run(
    con: Any,
    sql: str,
    timeout: float,
    max_rows: int,
    memory: str,
    on_stuck: Callable[[str], None] | None,
) -> Answer:
    too_late = late(timeout)
    done = threading.Event()
    stopped = threading.Event()

    def watch() -> None:
        if done.wait(timeout):
            return
        stopped.set()
        con.interrupt()
        while not done.wait(PATIENCE):
            if on_stuck is not None:
                on_stuck(too_late)
            con.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        _admit(con, sql)
        cursor = con.execute(sql)
        columns = tuple(column[0] for column in cursor.description or ())
        types = tuple(str(column[1]) for column in cursor.description or ())
        rows: list[tuple[Any, ...]] = []
        while not max_rows or len(rows) <= max_rows:
            part = cursor.fetchmany(2048 if not max_rows else min(2048, max_rows + 1 - len(rows)))
            if not part:
                break
            rows.extend(part)
            if stopped.is_set():
                raise LimitError(too_late)
    except duckdb.InterruptException as err:
        raise LimitError(too_late) from err
    except (duckdb.OutOfMemoryException, MemoryError) as err:
        raise LimitError(f"the query needs more than {memory} of memory; allow more with --memory") from err
    except duckdb.Error as err:
        if stopped.is_set():
            raise LimitError(too_late) from err
        raise UsageError(f"the query can't be answered: {_said(err)}") from err
    finally:
        done.set()
        watcher.join()
    truncated = bool(max_rows) and len(rows) > max_rows
    return Answer(Table(columns, tuple(rows[:max_rows] if truncated else rows), types), truncated)


def _admit(con: Any, sql: str) -> None:
    """Let through one statement that reads; UsageError for anything else."""
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise UsageError(f"one SELECT at a time, please; this is {len(statements)} statements")
    kind = statements[0].type.name
    if kind not in _READING or _PRAGMA.match(sql):  # DuckDB 1.5 makes a SELECT of some pragmas
        raise UsageError(
            f"only SELECT is answered here, and this is {'PRAGMA' if _PRAGMA.match(sql) else kind}; the database stays as it is"
        )
    if found := _FORBIDDEN.search(_without_strings(sql)):
        raise UsageError(f"{found[1]} is not answered here; the database stays as it is")
    if kind == "EXPLAIN":
        inner = re.sub(r"^\s*explain(\s+analyze)?(\s*\([^()]*\))?\s*", "", sql, flags=re.IGNORECASE)
        if [statement.type.name for statement in con.extract_statements(inner)] != ["SELECT"]:
            raise UsageError("only a SELECT is explained here; the database stays as it is")


def _without_strings(sql: str) -> str:
    return re.sub(r"'[^']*'", "''", sql)


def _said(error: BaseException) -> str:
    """DuckDB's own words on one line, with its suggestion."""
    lines = [line.strip() for line in str(error).split("\n\n")[0].splitlines() if line.strip()]
    return first_line(error) if not lines else " ".join(lines)[:400]
