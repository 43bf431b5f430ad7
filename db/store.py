"""The ledger: one DuckDB file that takes outcomes in batches and never overwrites a claim.

A document (one address, or one local input) has revisions; a revision points to a reading; facts and
cuts belong to a reading and are written once. What is current is a mark on the revision: a page that
changed, or that other rules read differently, gets a new revision, and the older one stays.
What an analyst says (corrections, merges, restored cuts) is kept in tables of its own and applied by
the views, so that it outlives every rereading.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from db.connect import connect, first_line
from db.merge import FromRows, Merge, note_rates, refresh
from db.migrate import check, migrate, program_version
from db.rows import outcome_rows, utc_now
from schemas.errors import StoreError
from schemas.records import Finding, Outcome, Page, content_id


class Store:
    """A ledger file, open for reading or for writing. Use it with `with`, or close() it."""

    def __init__(self, path: Path, connection: Any, *, read_only: bool, keep_pages: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.keep_pages = keep_pages
        self.run_id: str | None = None
        self._con: Any = connection
        self._stale = False

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False, keep_pages: bool = True) -> Self:
        """Open a ledger, making or migrating it where needed.

        path:       the DuckDB file. It is created for writing, never for reading.
        keep_pages: whether raw pages are kept in the file (for reread).
        Raises LockHeldError if another process holds it, StoreError if it can't be used.
        """
        path = Path(path)
        if read_only:
            if not path.exists():
                raise StoreError(f"there is no database at {path}; make one with: costline ingest SOURCE")
            con = connect(path, read_only=True)
            try:
                current = check(con, path)
            except BaseException:
                con.close()
                raise
            if not current:  # an older shape: bring it up to date once, then read
                con.close()
                cls.open(path).close()
                con = connect(path, read_only=True)
        else:
            con = connect(path, read_only=False)
            try:
                migrate(con, path)
                if con.execute("SELECT count(*) FROM pending").fetchall()[0][0]:  # a run was killed
                    refresh(con)
            except duckdb.Error as err:
                con.close()
                raise StoreError(f"{path} can't be brought up to date: {first_line(err)}") from err
            except BaseException:
                con.close()
                raise
        return cls(path, con, read_only=read_only, keep_pages=keep_pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> Any:
        """The DuckDB connection, with the views up to date; opened again if release() let it go."""
        self.refresh()
        return self._connected()

    def _connected(self) -> Any:
        if self._con is None:
            self._con = connect(self.path, read_only=self.read_only)
        return self._con

    def stale(self) -> None:
        """Note that something was stored that claims and models do not show yet."""
        self._stale = True

    def refresh(self) -> None:
        """Bring claims and models up to date with what was stored since the last time."""
        if self._stale:
            self._stale = False
            with self.transaction() as con:
                refresh(con)

    def release(self) -> None:
        """Let go of the file until the next use, so that readers can open it meanwhile."""
        self.refresh()
        if self._con is not None:
            self._con.close()
            self._con = None

    def close(self) -> None:
        """Write everything to the file and close it."""
        self.release()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """One transaction: all of it is stored or nothing."""
        con = self._connected()
        con.execute("BEGIN")
        try:
            yield con
        except duckdb.Error as err:
            self._rollback()
            raise StoreError(f"{self.path}: {first_line(err)}") from err
        except BaseException:
            self._rollback()
            raise
        try:
            con.execute("COMMIT")
        except duckdb.Error as err:
            self._rollback()
            raise StoreError(f"{self.path}: {first_line(err)}") from err

    def _rollback(self) -> None:
        try:
            self._connected().execute("ROLLBACK")
        except duckdb.Error:  # the engine has ended the transaction itself
            self._con = None

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Run our own SELECT and return its rows as dictionaries."""
        try:
            cursor = self.connection.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.Error as err:
            raise StoreError(f"{self.path}: {first_line(err)}") from err

    # ---- runs -------------------------------------------------------------------------------------

    def start_run(self, command: str, *, rules: str = "") -> str:
        """Note that a run begins and return its id; rows stored from now on carry it."""
        begun = utc_now()
        self.run_id = content_id("run", command, begun.isoformat(), id(self))[:12]
        with self.transaction() as con:
            con.execute(
                "INSERT INTO runs VALUES (?, ?, ?, NULL, ?, ?, NULL)",
                [self.run_id, command, begun, rules or None, program_version()],
            )
        return self.run_id

    def finish_run(self, counts: dict[str, int]) -> None:
        """Note that the run ended, with its counts."""
        with self.transaction() as con:
            refresh(con)
            con.execute(
                "UPDATE runs SET ended_at = ?, counts = ? WHERE run_id = ?",
                [utc_now(), json.dumps(counts, sort_keys=True), self.run_id],
            )
        self._stale = False
        self.run_id = None

    # ---- outcomes ---------------------------------------------------------------------------------

    def put(self, outcomes: Iterable[Outcome]) -> dict[str, int]:
        """Store outcomes in one transaction; what is stored already is left alone.

        Returns counts: new (documents), revised, unchanged, rejected (new ones set aside), failed,
        and facts and cuts newly stored.
        """
        batch = list(outcomes)
        counts: Counter[str] = Counter()
        if not batch:
            return {}
        with self.transaction() as con:
            made = [outcome_rows(at, one, keep_pages=self.keep_pages) for at, one in enumerate(batch)]
            Merge(con, self.run_id, counts).store(FromRows(made))
        self._stale = True
        return dict(counts)

    def touch(self, con: Any, what: str, ids: Iterable[str]) -> None:
        """Note, inside a transaction, that claims of stories (or models) are to be made again."""
        con.executemany("INSERT INTO pending VALUES (?, ?)", [(what, one) for one in ids])
        self._stale = True

    def put_findings(self, findings: Iterable[Finding], *, replace: bool = True) -> int:
        """Store cross-checks, in place of the earlier ones; return how many."""
        now = utc_now()
        rows = [
            (content_id("finding", f.check_name, f.model, *f.fact_ids), f.check_name, f.model, f.verdict,
             f.formula, list(f.fact_ids), f.expected, f.stated, f.tolerance, now)
            for f in findings
        ]  # fmt: skip
        with self.transaction() as con:
            if replace:
                con.execute("DELETE FROM finding_rows")
            for start in range(0, len(rows), 1000):
                part = rows[start : start + 1000]
                marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(part))
                con.execute(
                    f"INSERT INTO finding_rows VALUES {marks}", [cell for row in part for cell in row]
                )
        return len(rows)

    def note_rates(self, needed: Iterable[tuple[str, dt.date]]) -> None:
        """Keep the exchange rates of these currencies on these days, if they are not kept yet."""
        pairs = {(code, date) for code, date in needed if code != "USD"}
        if pairs:
            with self.transaction() as con:
                note_rates(con, pairs)

    def stored_pages(self, documents: Iterable[str] | None = None) -> Iterator[Page]:
        """Yield the raw page of each document's current revision (of these documents, or of all).

        Pages whose bytes are only in an archive are left out.
        """
        import zstandard

        unpack = zstandard.ZstdDecompressor()
        wanted = None if documents is None else set(documents)
        chosen = (
            self._connected()
            .execute("SELECT document_id, page_sha256 FROM revisions WHERE is_current ORDER BY revision")
            .fetchall()
        )
        for document, sha256 in chosen:
            if wanted is not None and document not in wanted:
                continue
            found = (
                self._connected()
                .execute(
                    "SELECT input_id, source, body, bytes, media, fetched_at, url, charset, hints FROM pages"
                    " WHERE document_id = ? AND page_sha256 = ? AND body IS NOT NULL LIMIT 1",
                    [document, sha256],
                )
                .fetchall()
            )
            for name, source, body, size, media, fetched_at, url, charset, hints in found:
                yield Page(
                    id=name, source=source, body=unpack.decompress(body, max_output_size=size or 1), media=media,
                    fetched_at=fetched_at.replace(tzinfo=dt.UTC), url=url, charset=charset,
                    hints=json.loads(hints) if hints else {},
                )  # fmt: skip

    def restored_cuts(self) -> frozenset[str]:
        """Return the ids of cuts that an analyst took back."""
        return frozenset(row["cut_id"] for row in self.rows("SELECT DISTINCT cut_id FROM restored_cuts"))
