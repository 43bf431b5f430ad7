"""Kill an ingest at random moments, run it again, and compare the ledger with an undisturbed one.

    python -m benchmarks.trials_kill [TRIALS] [--seed N]       kills of an ingest, 100 by default
    python -m benchmarks.trials_kill 20 --migration            kills while an older ledger changes its shape
    python -m benchmarks.trials_kill --disk                    full disks, a read-only folder

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
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from db.migrate import migrations
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


# ------------------------------------------------------------------------------- a changed shape

OPEN = "import sys; from db.store import Store; print('go', flush=True); Store.open(sys.argv[1]).close()"


def before_last_migration(db: Path) -> str:
    """Take a ledger back to the shape before its last migration, as an older program left it; return its end."""
    import duckdb

    last = migrations()[-1]
    with duckdb.connect(str(db)) as con:
        for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            con.execute(f'DROP VIEW "{view}"')
        for table in re.findall(r"^CREATE TABLE (\w+)", last.sql, re.MULTILINE):
            con.execute(f"DROP TABLE {table}")
        con.execute("DELETE FROM migrations WHERE version = ?", [last.number])
        con.execute("DELETE FROM ledger_info WHERE key IN ('views', 'data')")
    return f"before-{last.number:04d}"


def migrated(db: Path, *, kill_after: float | None = None) -> float:
    """Open a ledger in a process of its own, which brings it up to date; return the seconds it took."""
    with subprocess.Popen([sys.executable, "-c", OPEN, str(db)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "go\n"
        begun = time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(kill_after)
        child.kill()
        child.wait()
    return time.monotonic() - begun


def migration_trials(ledger: Path, trials: int, chance: random.Random) -> list[str]:
    """Kill the migration of a ledger at random moments, open it again, compare; return what is wrong with each.

    The ledger itself is left alone.
    """
    wanted = content(ledger)
    said = []
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "old.duckdb"
        shutil.copy2(ledger, old)
        end = before_last_migration(old)
        seconds = None
        for number in range(trials + 1):
            db = Path(folder) / f"{number}.duckdb"
            shutil.copy2(old, db)
            if seconds is None:  # the first one is left undisturbed, to know how long it takes
                seconds = migrated(db)
            else:
                migrated(db, kill_after=chance.uniform(0, seconds))
                migrated(db)
            copy = db.with_name(f"{db.name}.{end}")
            if content(db) != wanted:
                said.append("another content")
            elif not copy.exists() or copy.read_bytes() != old.read_bytes():
                said.append("the copy from before is not what was there")
            else:
                said.append("")
    return said


# ----------------------------------------------------------------------------- no room, no permission


@contextlib.contextmanager
def small_disk(folder: Path, room: str) -> Iterator[bool]:
    """Mount a file system of so much room on a folder; gives False where we may not."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "none", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _examples(db: Path, *, limit: str = "") -> tuple[int, list[str]]:
    command = f"{limit} exec {sys.executable} -m cli ingest examples --db {db}"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    return told.returncode, told.stderr.strip().splitlines()


def full_disk(room_kb: int = 1024) -> str:
    """Ingest where there is not room enough: one line and exit code 4; then with room. Say what is wrong.

    The disk is a small file system if we may mount one, else files may not grow beyond the room.
    """
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name), f"{room_kb}k") as mounted:
        db = Path(name) / "ledger.duckdb"
        code, lines = _examples(db, limit="" if mounted else f"ulimit -f {room_kb};")
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=100m", name], check=True)
        again, after = _examples(db)
        if code != 4 or len(lines) != 1 or again != 0:
            return f"full disk ({room_kb} KB): exit {code}, {lines}; with room: exit {again}, {after}"
        return ""


def read_only_folder() -> str:
    """Ingest a second time where nothing may be written: one line, exit code 4, and queries go on working."""
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name), "100m") as mounted:
        db = Path(name) / "ledger.duckdb"
        _examples(db)
        before = content(db)
        if mounted:
            subprocess.run(["mount", "-o", "remount,ro", name], check=True)
        elif os.geteuid() == 0:
            return ""  # root may write anywhere, and may not mount here: nothing to try
        else:
            Path(name).chmod(0o500)
            db.chmod(0o400)
        code, lines = _examples(db)
        asked = subprocess.run(
            [sys.executable, "-m", "cli", "query", "SELECT count(*) FROM facts", "--db", str(db)],
            capture_output=True, text=True,
        )  # fmt: skip
        same = content(db) == before
        if not mounted:
            Path(name).chmod(0o700)
        if code != 4 or len(lines) != 1 or asked.returncode != 0 or not same:
            return f"read-only folder: exit {code}, {lines}; query: exit {asked.returncode}, {asked.stderr.strip()}"
        return ""


def main() -> None:
    """Run the trials and say how many went wrong."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("trials", nargs="?", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--migration", action="store_true", help="kill migrations, not ingests")
    options.add_argument("--disk", action="store_true", help="a full disk, a read-only folder")
    told = options.parse_args()
    chance = random.Random(told.seed)
    if told.disk:
        said: list[str] = [*(full_disk(room) for room in (256, 512, 1024, 1536, 2048)), read_only_folder()]
        print("\n".join(line or "as it should be" for line in said))
        sys.exit(int(any(said)))
    wrong = 0
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        lay_out(server)
        db = Path(folder) / "undisturbed.duckdb"
        code, seconds, _ = ingest(server, db)
        wanted = content(db)
        print(f"undisturbed: exit {code}, {seconds:.1f} s, {[len(rows) for rows in wanted]} rows", flush=True)
        if told.migration:
            each = migration_trials(db, told.trials, chance)[1:]
            print("\n".join(f"{number}: {what or 'the same'}" for number, what in enumerate(each, 1)))
            wrong = sum(map(bool, each))
        else:
            for number in range(told.trials):
                after = chance.uniform(0.2, seconds * 1.05)
                what = trial(server, wanted, after)
                wrong += bool(what)
                print(f"{number + 1}: killed after {after:.2f} s: {what or 'the same'}", flush=True)
    print(f"{told.trials} trials, {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
