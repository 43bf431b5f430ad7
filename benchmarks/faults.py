"""Let the crawler loose on a server that does everything wrong, and write what happened.

    python -m benchmarks.faults            prints the table of docs/faults.md

Each fault is ingested alone by the command itself, with its default limits; time is of the whole
command (it starts the readers too), memory is the largest resident set of any of its processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.faults import faults, lay_out
from tests.webserver import Server, serving


def largest_rss(pid: int, stop: threading.Event, out: list[int]) -> None:
    """Sample the resident memory (bytes) of a process and its descendants; keep the largest."""
    page = os.sysconf("SC_PAGE_SIZE")
    while not stop.wait(0.02):
        parents: dict[int, int] = {}
        sizes: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    told = (entry / "stat").read_text().rpartition(")")[2].split()
                    parents[int(entry.name)] = int(told[1])
                    sizes[int(entry.name)] = int(told[21]) * page
                except (OSError, IndexError):
                    continue
        family = {pid}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        out.append(max((sizes.get(member, 0) for member in family), default=0))


def run(server: Server, *paths: str, db: Path, options: tuple[str, ...] = ()) -> tuple[int, float, int, str]:
    """Ingest addresses of the server; return exit code, seconds, bytes of memory, messages."""
    command = [sys.executable, "-m", "cli", "ingest", *(server.url(path) for path in paths), "--db", str(db),
               "--allow-host", server.authority, "--host-delay", "0", *options]  # fmt: skip
    begun = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    stop, sizes = threading.Event(), [0]
    watcher = threading.Thread(target=largest_rss, args=(child.pid, stop, sizes))
    watcher.start()
    _, err = child.communicate()
    stop.set()
    watcher.join()
    return child.returncode, time.monotonic() - begun, max(sizes), err


def main() -> None:
    """Print one row a fault: what the server does, what comes of it, seconds, MB."""
    print("| the server | what comes of it | seconds | MB |\n|---|---|---|---|")
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        lay_out(server)
        rows = [(f.name, f.about, f"/f/{f.name}") for f in faults()]
        rows += [("entities", "a feed with an entity bomb", "/entities.xml"), ("links", "a feed with javascript: and data: links", "/links.xml")]  # fmt: skip
        wanted = sys.argv[1:]
        for name, about, path in rows:
            if wanted and name not in wanted:
                continue
            code, seconds, size, err = run(server, path, db=Path(folder) / f"{name}.duckdb")
            lines = [
                line.partition(path)[2].lstrip(": ") or line for line in err.strip().splitlines()[1:]
            ] or [err.strip()]
            print(
                f"| {about} | {'; '.join(lines)[:150]} (exit {code}) | {seconds:.1f} | {size / 1e6:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
