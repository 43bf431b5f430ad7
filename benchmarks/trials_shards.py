"""Kill processes of read-shards at random moments, run it again until it is done, compare the parts.

    python -m benchmarks.trials_shards [KILLS] [--seed N]        20 kills by default

Half of the kills (SIGKILL) take one reading process, half the whole run. The parts must be those of an
undisturbed run, byte for byte, and loading them twice must store each fact once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bench import ROOT, gold_pages, mixed_crawl, write_shards
from db.parts import load
from db.store import Store


def start(crawl: Path, out: Path) -> subprocess.Popen[bytes]:
    """Begin a run over the shards, in a process group of its own."""
    command = [sys.executable, "-m", "cli", "read-shards", str(crawl), "--out", str(out), "--workers", "2"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)


def workers_of(run: int) -> list[int]:
    """Return the reading processes of a run: children of its fork server."""
    told = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    servers = {pid for pid, parent, *_ in rows if int(parent) == run}
    return [int(pid) for pid, parent, *_ in rows if parent in servers]


def contents(out: Path) -> dict[str, bytes]:
    """Return the parts by name."""
    return {path.name: path.read_bytes() for path in sorted(out.glob("part-*.parquet"))}


def facts(out: Path, ledger: Path) -> tuple[int, int]:
    """Load the parts twice; return the facts of the ledger and how many of them are distinct."""
    with Store.open(ledger) as store:
        load(store, [out])
        load(store, [out])
        [row] = store.rows("SELECT count(*) AS n, count(DISTINCT fact_id) AS d FROM facts")
    return row["n"], row["d"]


def main() -> int:
    """Run the trial; return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        crawl, alone, out = (Path(folder) / name for name in ("crawl", "alone", "out"))
        crawl.mkdir()
        write_shards(crawl, [*mixed_crawl()[:200], *gold_pages()], of=30)
        began = time.monotonic()
        if start(crawl, alone).wait() != 0:
            print("the undisturbed run failed")
            return 1
        length = time.monotonic() - began
        killed = {"worker": 0, "run": 0}
        launches = 0
        while True:
            run = start(crawl, out)
            launches += 1
            while run.poll() is None and sum(killed.values()) < asked.kills:
                time.sleep(chance.uniform(0.02, 0.25) * length)
                if run.poll() is not None:
                    break
                readers = workers_of(run.pid)
                if killed["worker"] <= killed["run"] and readers:
                    os.kill(chance.choice(readers), signal.SIGKILL)
                    killed["worker"] += 1
                elif killed["worker"] > killed["run"]:
                    os.killpg(run.pid, signal.SIGKILL)
                    killed["run"] += 1
            code = run.wait()
            if code == 0 and sum(killed.values()) < asked.kills and launches < 4 * asked.kills:
                for marker in sorted((out / "done").glob("*.json"))[::2]:
                    marker.unlink()  # more to kill: half of the shards are to be read again
            elif code in (0, 1):
                break
        same = contents(out) == contents(alone)
        counts = facts(out, Path(folder) / "a.duckdb"), facts(alone, Path(folder) / "b.duckdb")
        print(
            f"{killed['worker']} workers and {killed['run']} runs killed, {launches} launches; last exit code {code}"
        )
        print(f"parts {'the same, byte for byte' if same else 'DIFFER'}; facts (all, distinct) {counts[0]}, undisturbed {counts[1]}")  # fmt: skip
        return int(not same or code != 0 or counts[0] != counts[1] or counts[0][0] != counts[0][1])


if __name__ == "__main__":
    raise SystemExit(main())
