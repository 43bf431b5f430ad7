"""The crawler's memory in the ledger file: validators, hosts, robots files, sources, failures.

Rows are replaced by delete and insert inside one transaction; no table has a key or an index (see
0001_ledger.sql). Times go in and out as aware UTC and are kept without a zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from db.store import Store
from schemas.crawl import FailedItem, HostState, Known, Memo, RobotsState, SourceState

_ADDRESS_COLUMNS = (
    "address", "final_url", "etag", "last_modified", "body_sha256", "status", "fetched_at", "changed_at",
    "next_due", "interval_seconds", "fail_count", "found_in",
)  # fmt: skip
_SOURCE_COLUMNS = ("source", "kind", "cadence_seconds", "last_run", "next_due", "fail_count", "note")


def _kept(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment.replace(tzinfo=dt.UTC)


def _must(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC)


class CrawlStore(Store):
    """A Store that also remembers what a crawler needs from run to run."""

    def remember(self, memo: Memo) -> None:
        """Write a batch of memories in one transaction; an entry replaces the one with its key."""
        if memo.empty:
            return
        import zstandard

        known = {item.address: item for item in memo.known}
        with self.transaction() as con:
            _replace(con, "addresses", _ADDRESS_COLUMNS, [
                (k.address, k.final_url, k.etag, k.last_modified, k.body_sha256, k.status, _kept(k.fetched_at),
                 _kept(k.changed_at), _kept(k.next_due), k.interval_seconds, k.fail_count, k.found_in)
                for k in known.values()
            ])  # fmt: skip
            _replace(con, "robots_files", ("origin", "status", "body", "fetched_at"), [
                (r.origin, r.status, r.body, _kept(r.fetched_at)) for r in {r.origin: r for r in memo.robots}.values()
            ])  # fmt: skip
            _replace(con, "hosts", ("host", "fail_count", "rest_until"), [
                (h.host, h.fail_count, _kept(h.rest_until)) for h in {h.host: h for h in memo.hosts}.values()
            ])  # fmt: skip
            _replace(con, "sources", _SOURCE_COLUMNS, [
                (s.source, s.kind, s.cadence_seconds, _kept(s.last_run), _kept(s.next_due), s.fail_count, s.note)
                for s in {s.source: s for s in memo.sources}.values()
            ])  # fmt: skip
            _replace(con, "source_documents", ("address", "body"), [
                (address, zstandard.compress(body, 6)) for address, body in memo.bodies.items()
            ])  # fmt: skip
            if memo.resolved:
                con.execute(
                    "UPDATE failure_rows SET resolved_at = ? WHERE resolved_at IS NULL"
                    " AND list_contains(?::VARCHAR[], input)",
                    [_kept(dt.datetime.now(dt.UTC)), list(memo.resolved)],
                )
            for name, moment in memo.next_try.items():
                con.execute(
                    "UPDATE failure_rows SET next_try = ? WHERE input = ? AND resolved_at IS NULL",
                    [_kept(moment), name],
                )

    def known(self, addresses: Sequence[str]) -> dict[str, Known]:
        """Return what is remembered of these addresses."""
        found: dict[str, Known] = {}
        for start in range(0, len(addresses), 5_000):
            part = list(addresses[start : start + 5_000])
            for row in self.rows(
                f"SELECT {', '.join(_ADDRESS_COLUMNS)} FROM addresses"
                " WHERE address IN (SELECT unnest(?::VARCHAR[]))",
                [part],
            ):
                for name in ("fetched_at", "changed_at", "next_due"):
                    row[name] = _aware(row[name])
                row["fail_count"] = row["fail_count"] or 0
                found[row["address"]] = Known(**row)
        return found

    def due(self, source: str, now: dt.datetime, limit: int) -> list[str]:
        """Return addresses found in a source whose time to be looked at again has come, oldest first."""
        rows = self.rows(
            "SELECT address FROM addresses WHERE found_in = ? AND next_due <= ? ORDER BY next_due, address LIMIT ?",
            [source, _kept(now), limit],
        )
        return [row["address"] for row in rows]

    def body(self, address: str) -> bytes | None:
        """Return the last body of a source document."""
        import zstandard

        rows = self.rows("SELECT body FROM source_documents WHERE address = ?", [address])
        return zstandard.decompress(rows[0]["body"]) if rows else None

    def robots(self) -> dict[str, RobotsState]:
        """Return every remembered robots.txt by origin."""
        rows = self.rows("SELECT origin, status, body, fetched_at FROM robots_files")
        return {
            row["origin"]: RobotsState(
                row["origin"], row["status"], bytes(row["body"]), _must(row["fetched_at"])
            )
            for row in rows
        }

    def hosts(self) -> dict[str, HostState]:
        """Return every remembered host by name."""
        rows = self.rows("SELECT host, fail_count, rest_until FROM hosts")
        return {
            row["host"]: HostState(row["host"], row["fail_count"], _aware(row["rest_until"])) for row in rows
        }

    def sources(self) -> dict[str, SourceState]:
        """Return every remembered source by name."""
        found = {}
        for row in self.rows(f"SELECT {', '.join(_SOURCE_COLUMNS)} FROM sources ORDER BY source"):
            row["last_run"], row["next_due"] = _aware(row["last_run"]), _aware(row["next_due"])
            row["fail_count"], row["note"] = row["fail_count"] or 0, row["note"] or ""
            found[row["source"]] = SourceState(**row)
        return found

    def failed(self, *, now: dt.datetime | None = None) -> list[FailedItem]:
        """Return open failures, oldest first; with now, only those whose next try has come."""
        rows = self.rows(
            "SELECT input, stage, reason, attempts, last_tried, next_try, hint FROM failure_rows"
            " WHERE resolved_at IS NULL AND (?::TIMESTAMP IS NULL OR next_try <= ?::TIMESTAMP)"
            " ORDER BY first_tried, input",
            [_kept(now), _kept(now)],
        )
        return [
            FailedItem(row["input"], row["stage"], row["reason"], row["attempts"], _must(row["last_tried"]),
                       _aware(row["next_try"]), row["hint"] or "")
            for row in rows
        ]  # fmt: skip

    def drop_bodies(self, before: dt.datetime) -> int:
        """Drop the raw bodies of superseded versions fetched before a moment; return how many.

        The current version of every page keeps its body, so that it can be read again.
        """
        with self.transaction() as con:
            done = con.execute(
                "UPDATE pages SET body = NULL WHERE body IS NOT NULL AND fetched_at < ? AND page_sha256 NOT IN"
                " (SELECT page_sha256 FROM revisions WHERE is_current)",
                [_kept(before)],
            ).fetchall()
        return int(done[0][0]) if done else 0

    def size(self) -> int:
        """Return the size of the database file in bytes, what is not yet written into it included."""
        log = self.path.with_name(self.path.name + ".wal")
        return sum(path.stat().st_size for path in (self.path, log) if path.exists())


def _replace(con: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Put rows in the place of those with the same key (the first column)."""
    for start in range(0, len(rows), 1_000):
        part = rows[start : start + 1_000]
        con.execute(
            f"DELETE FROM {table} WHERE {columns[0]} IN (SELECT unnest(?::VARCHAR[]))",
            [[row[0] for row in part]],
        )
        marks = ", ".join(["(" + ", ".join("?" * len(columns)) + ")"] * len(part))
        con.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}",
            [cell for row in part for cell in row],
        )
