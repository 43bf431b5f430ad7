"""Kill an ingest at random moments, run it again, and compare the ledger with an undisturbed one.

    python -m benchmarks.trials_kill [TRIALS] [--seed N] [--full-disk] [--migration]

The server gives honest pages, a feed, pages that fail, and pages that fail twice and then come right. A
trial kills the ingest (SIGKILL, the whole process group) at a random moment of its length, then runs it
to its end. What may differ between two runs (times, run ids, numbers of attempts) is left out of the
comparison; every fact, revision, address and failure is in it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import first, story
from tests.webserver import Server, serving

PAGES = 24
#: What is compared: order-free, without times, run ids and counts of attempts.
QUERIES = (
    "SELECT document_id, article_id, page_sha256, is_current FROM revisions ORDER BY ALL",
    "SELECT reading_id, fact_id, quote FROM fact_rows ORDER BY ALL",
    "SELECT reading_id, cut_id, text FROM cut_rows ORDER BY ALL",
    "SELECT page_sha256, bytes, octet_length(body) FROM pages ORDER BY ALL",
    "SELECT address, etag, body_sha256, if(status = 304, 200, status), found_in FROM addresses ORDER BY ALL",
    "SELECT input, stage, reason FROM failure_rows WHERE resolved_at IS NULL ORDER BY ALL",
    "SELECT source, kind FROM sources ORDER BY ALL",
)


def lay_out(server: Server) -> None:
    """Serve the site that every trial reads."""
    names = [f"/2026/story-{n}" for n in range(PAGES)]
    for n, path in enumerate(names):
        server.page(path, story(f"trial {n}").encode())
    server.routes["/2026/gone"] = lambda h: h.answer(b"", status=404)
    server.routes["/2026/pdf"] = lambda h: h.answer(b"%PDF-1.7")
    urls = [*names, "/2026/gone", "/2026/pdf"]
    listed = "".join(f"<url><loc>{server.url(path)}</loc></url>" for path in urls)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    server.page("/sitemap.xml", body.encode(), kind="application/xml")


def ingest(server: Server, db: Path, *, kill_after: float | None = None) -> tuple[int, float, str]:
    """Run the command; return exit code, seconds and messages. kill_after: seconds until SIGKILL."""
    server.routes["/2026/flaky"] = first(1, 500, story("flaky").encode())
    command = [sys.executable, "-m", "cli", "ingest", server.url("/sitemap.xml"), server.url("/2026/flaky"), "--db", str(db),
               "--allow-host", server.authority, "--host-delay", "0"]  # fmt: skip
    begun = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        _, err = child.communicate(timeout=kill_after if kill_after is not None else 300)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        _, err = child.communicate()
    return child.returncode, time.monotonic() - begun, err


def content(db: Path) -> list[list[tuple[object, ...]]]:
    """Return what the ledger says, free of times and run ids. Raises duckdb.Error if it can't be read."""
    import duckdb

    with duckdb.connect(str(db), read_only=True) as con:
        return [con.execute(sql).fetchall() for sql in QUERIES]


def trial(server: Server, wanted: list[list[tuple[object, ...]]], after: float) -> str:
    """Kill one ingest and finish it; return what is wrong, or ""."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "ledger.duckdb"
        ingest(server, db, kill_after=after)
        code, _, err = ingest(server, db)
        if code != 1:  # two addresses of the site fail, always
            return f"exit code {code}: {err.strip()[-300:]}"
        got = content(db)
        for sql, one, other in zip(QUERIES, wanted, got, strict=True):
            if one != other:
                return f"{sql[:60]}: {len(set(one) - set(other))} missing, {len(set(other) - set(one))} more, {len(other)} rows"
        return ""


def full_disk(server: Server) -> str:
    """Ingest where files may not grow beyond 1 MB, as on a full disk; then with room. Say what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "ledger.duckdb"
        command = f"ulimit -f 1024; exec {sys.executable} -m cli ingest examples --db {db}"
        code = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
        again = subprocess.run([sys.executable, "-m", "cli", "ingest", "examples", "--db", str(db)], capture_output=True, text=True)  # fmt: skip
        lines = code.stderr.strip().splitlines()
        print(f"full disk: exit {code.returncode}: {lines[-1:]}; with room again: exit {again.returncode}: {again.stderr.strip()[-80:]}")  # fmt: skip
        return "" if code.returncode == 4 and len(lines) == 1 and again.returncode == 0 else "full disk"


def main() -> None:
    """Run the trials and say how many went wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("trials", nargs="?", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--full-disk", action="store_true")
    told = options.parse_args()
    chance = random.Random(told.seed)
    wrong = 0
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        lay_out(server)
        if told.full_disk:
            sys.exit(bool(full_disk(server)))
        db = Path(folder) / "undisturbed.duckdb"
        code, seconds, _ = ingest(server, db)
        wanted = content(db)
        print(f"undisturbed: exit {code}, {seconds:.1f} s, {[len(rows) for rows in wanted]} rows", flush=True)
        for number in range(told.trials):
            after = chance.uniform(0.2, seconds * 1.05)
            said = trial(server, wanted, after)
            wrong += bool(said)
            print(f"{number + 1}: killed after {after:.2f} s: {said or 'the same'}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{told.trials} trials, {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
