"""Let the crawler loose on a server that does everything wrong, and write what happened.

    python -m benchmarks.faults [NAME...]      prints the table of docs/faults.md; all faults by default

Each fault is ingested alone by the command itself, with its default limits. Seconds are of the whole
command on the clock; CPU is what all its processes used, the start and the warming up of the readers
included; memory is the largest resident set of any of them. Exits with 1 if anything comes out
otherwise than tests.faults says, takes more than 15 s or more than 600 MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from db.store import Store
from tests.faults import ENTITIES, LINKS, Fault, faults, lay_out
from tests.webserver import Server, serving

MOST_SECONDS = 15.0
MOST_BYTES = 600_000_000


@dataclass(slots=True)
class Watch:
    """What a process and its descendants used: bytes of the largest one, seconds of CPU by process."""

    largest: int = 0
    cpu: dict[int, float] = field(default_factory=dict)

    def look(self, pid: int) -> None:
        """Take a sample."""
        page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        told: dict[int, list[str]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    told[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
        family = {pid}
        while more := {one for one, row in told.items() if int(row[1]) in family} - family:
            family |= more
        for member in family & told.keys():
            row = told[member]
            self.largest = max(self.largest, int(row[21]) * page)
            self.cpu[member] = (int(row[11]) + int(row[12])) / tick


@dataclass(frozen=True, slots=True)
class Run:
    """An ingest that ended: exit code, seconds on the clock and of CPU, bytes of memory, messages."""

    code: int
    seconds: float
    cpu: float
    memory: int
    messages: str


def run(server: Server, *paths: str, db: Path, options: tuple[str, ...] = ()) -> Run:
    """Ingest addresses of the server by the command itself."""
    command = [sys.executable, "-m", "cli", "ingest", *(server.url(path) for path in paths), "--db", str(db),
               "--allow-host", server.authority, "--host-delay", "0", *options]  # fmt: skip
    begun = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    stop, watch = threading.Event(), Watch()

    def watching() -> None:
        while not stop.wait(0.05):
            watch.look(child.pid)

    watcher = threading.Thread(target=watching)
    watcher.start()
    _, err = child.communicate()
    seconds = time.monotonic() - begun
    stop.set()
    watcher.join()
    return Run(child.returncode, seconds, sum(watch.cpu.values()), watch.largest, err.strip())


def outcome(db: Path, address: str) -> str:
    """Return what the ledger says of an address, in the words of Fault.expected."""
    with Store.open(db, read_only=True) as store:
        failed = store.rows("SELECT stage, reason FROM failures WHERE input = ?", [address])
        read = store.rows("SELECT rejected FROM readings WHERE source = ?", [address])
    if failed:
        return f"{failed[0]['stage']}: {failed[0]['reason']}"
    if not read:
        return "silence"
    return f"rejected: {read[0]['rejected']}" if read[0]["rejected"] else "stored"


def main() -> int:
    """Print one row a fault: what the server does, what comes of it, seconds, CPU, MB."""
    print("| the server | what comes of it | seconds | CPU | MB |\n|---|---|---|---|---|")
    wrong = []
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        lay_out(server)
        rows: list[tuple[Fault, str]] = [(fault, f"/f/{fault.name}") for fault in faults()]
        rows += [(ENTITIES, "/entities.xml"), (LINKS, "/links.xml")]
        for fault, path in rows:
            if sys.argv[1:] and fault.name not in sys.argv[1:]:
                continue
            db = Path(folder) / f"{fault.name}.duckdb"
            ended = run(server, path, db=db)
            lines = ended.messages.splitlines()
            told = "; ".join([line.partition(path)[2].lstrip(": ") or line for line in lines[1:]] or lines)
            told = told.replace(server.authority, "127.0.0.1:PORT")
            print(f"| {fault.about} | {told[:150]} (exit {ended.code}) | {ended.seconds:.1f} | {ended.cpu:.1f} | {ended.memory / 1e6:.0f} |", flush=True)  # fmt: skip
            got = outcome(db, "javascript:alert(1)" if fault is LINKS else server.url(path))
            if not fault.allows(got):
                wrong.append(f"{fault.name}: {got}, not {fault.expected}")
            if ended.seconds > MOST_SECONDS or ended.memory > MOST_BYTES:
                wrong.append(f"{fault.name}: {ended.seconds:.1f} s, {ended.memory / 1e6:.0f} MB")
    print("\n".join(wrong) or "all as expected, within 15 s and 600 MB", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
