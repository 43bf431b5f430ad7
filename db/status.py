"""How the ledger is doing: sources, runs, counts, failures, and how its file grows."""

from __future__ import annotations

import json
from typing import Any

from db.store import Store

_SHOWN_RUNS = 10
_SHOWN_FAILURES = 20


def _told(moment: Any) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"


def status(store: Store) -> dict[str, Any]:
    """Return the ledger's state as plain values (for --json); times are UTC."""
    one = store.rows(
        "SELECT (SELECT count(*) FROM revisions WHERE is_current AND article_id IS NOT NULL) AS articles,"
        " (SELECT count(*) FROM revisions WHERE is_current AND article_id IS NULL) AS rejected,"
        " (SELECT count(*) FROM revisions) AS revisions, (SELECT count(*) FROM facts) AS facts,"
        " (SELECT count(*) FROM addresses) AS addresses, (SELECT coalesce(sum(octet_length(body)), 0) FROM pages) AS page_bytes"
    )[0]
    sources = store.rows(
        "SELECT s.source, s.kind, s.cadence_seconds, s.last_run, s.next_due, s.fail_count, s.note,"
        " (SELECT count(*) FROM addresses a WHERE a.found_in = s.source) AS addresses FROM sources s ORDER BY s.source"
    )
    runs = store.rows(
        f"SELECT run_id, command, started_at, ended_at, counts FROM runs ORDER BY started_at DESC LIMIT {_SHOWN_RUNS}"
    )
    reasons = store.rows(
        "SELECT stage, reason, count(*) AS inputs, min(next_try) AS next_try FROM failure_rows"
        " WHERE resolved_at IS NULL GROUP BY ALL ORDER BY inputs DESC, stage, reason"
    )
    failures = store.rows(
        "SELECT input, stage, reason, attempts, last_tried, next_try FROM failure_rows WHERE resolved_at IS NULL"
        f" ORDER BY last_tried DESC, input LIMIT {_SHOWN_FAILURES}"
    )
    for rows in (sources, runs, reasons, failures):
        for row in rows:
            for key in ("last_run", "next_due", "started_at", "ended_at", "next_try", "last_tried"):
                if key in row:
                    row[key] = _told(row[key])
    for row in runs:
        row["counts"] = json.loads(row["counts"] or "{}")
    return {
        "database": str(store.path),
        "bytes": store.path.stat().st_size,
        "bytes_by_run": {row["started_at"]: row["counts"]["bytes"] for row in reversed(runs) if "bytes" in row["counts"]},
        **one,
        "sources": sources,
        "runs": runs,
        "failures_by_reason": reasons,
        "failures": failures,
    }  # fmt: skip


def told(state: dict[str, Any]) -> str:
    """Return the state as text for a terminal; "running" in it is who holds the lock, if anybody does."""
    grown = list(state["bytes_by_run"].items())
    growth = ""
    if len(grown) > 1:
        growth = f", {_size(grown[-1][1] - grown[0][1], signed=True)} since {grown[0][0]}"
    lines = [
        f"{state['database']}: {_size(state['bytes'])} ({_size(state['page_bytes'])} of it raw pages){growth}",
        f"{state['articles']} articles, {state['facts']} facts, {state['rejected']} pages set aside,"
        f" {state['revisions']} revisions, {state['addresses']} addresses remembered",
    ]
    if run := state.get("running"):
        lines.append(
            f"running: {run.get('command', 'run')}, process {run.get('pid', '?')} on {run.get('host', '?')},"
            f" since {run.get('since', '?')}"
        )
    if state["sources"]:
        lines += ["", "Sources (kind, last run, next due, addresses, note)"]
        lines += [
            f"  {s['source']}: {s['kind'] or 'page'}, {s['last_run']}, {s['next_due'] or 'not scheduled'},"
            f" {s['addresses']}, {'FAILED: ' if s['fail_count'] else ''}{s['note'] or ''}"
            for s in state["sources"]
        ]
    if state["runs"]:
        lines += ["", "Runs, last first"]
        for r in state["runs"]:
            counts = ", ".join(f"{n} {word}" for word, n in r["counts"].items() if n and word != "bytes")
            lines.append(f"  {r['started_at']} {r['command']}: {counts if r['ended_at'] else 'not ended'}")
    if state["failures_by_reason"]:
        lines += ["", "Open failures (costline retry tries them again)"]
        lines += [
            f"  {f['inputs']} × {f['stage']}: {f['reason']}, next try {f['next_try'] or 'given up'}"
            for f in state["failures_by_reason"]
        ]
    return "\n".join(lines)


def _size(number: int, *, signed: bool = False) -> str:
    sign = "+" if signed and number >= 0 else ""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(number) >= size:
            return f"{sign}{number / size:.1f} {unit}"
    return f"{sign}{number} bytes"
