"""Run sources on their own cadence until told to stop, and units for those who have a scheduler.

A source is due when its cadence has passed since its last run; what was missed while nothing ran is
made up for once. Each round is a run of its own, so the lock and the database are held no longer
than it takes.
"""

from __future__ import annotations

import datetime as dt
import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from pipeline.crawl import CrawlSummary
from pipeline.fetch.addresses import Resolver, resolve
from pipeline.fetch.sources import Source, read_sources
from pipeline.intake import RunLedger, take_in
from pipeline.lock import held
from pipeline.logs import log
from pipeline.settings import Settings
from schemas.crawl import SourceState
from schemas.errors import LockHeldError, UsageError

LONGEST_NAP = 60.0  # seconds; sources.toml is read again after each


def due(sources: Sequence[Source], states: dict[str, SourceState], now: dt.datetime) -> list[Source]:
    """Return the sources whose time has come, longest overdue first; new ones come last, in order."""
    found = []
    for source in sources:
        last = states[source.name].last_run if source.name in states else None
        if last is None or last + dt.timedelta(seconds=source.every) <= now:
            found.append((last or now, source))
    return [source for _, source in sorted(found, key=lambda pair: pair[0])]


def nap(sources: Sequence[Source], states: dict[str, SourceState], now: dt.datetime) -> float:
    """Return the seconds until the next source is due, LONGEST_NAP at most."""
    waits = [LONGEST_NAP]
    for source in sources:
        last = states[source.name].last_run if source.name in states else None
        wait = 0.0 if last is None else (last + dt.timedelta(seconds=source.every) - now).total_seconds()
        waits.append(max(0.0, wait))
    return min(waits)


def keep(
    path: Path,
    db: Path,
    open_store: Callable[[], AbstractContextManager[RunLedger]],
    settings: Settings,
    *,
    stop: threading.Event,
    once: bool = False,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    resolver: Resolver = resolve,
) -> CrawlSummary:
    """Run what is due, sleep, again, until stop is set (or once). Returns the last round's summary.

    path: the sources.toml, read again before each round.
    open_store: opens the ledger; it is closed between rounds.
    Raises LockHeldError at once if another schedule runs on this database, or (once) another run.
    """
    last = CrawlSummary()
    with held(db.with_name(db.name + ".schedule"), "schedule"):
        while True:
            try:
                sources, _ = read_sources(path)
                with held(db, "schedule"), open_store() as store:
                    ready = due(sources, store.sources(), now())
                    if ready:
                        last = take_in(
                            ready,
                            store,
                            settings,
                            command="schedule",
                            only_due=True,
                            stop=stop,
                            resolver=resolver,
                        )
                    elif once:
                        last.add("not due", len(sources))
                    wait = nap(sources, store.sources(), now())
            except (LockHeldError, UsageError) as err:
                if once:
                    raise
                log.warning("round put off", reason=str(err))
                wait = LONGEST_NAP
            if once or stop.wait(max(1.0, wait)):  # never less: a source whose run left no mark must not spin
                return last


def unit(kind: str, *, sources: Path, db: Path, folder: Path | None = None) -> str:
    """Return a ready systemd service or a crontab line that runs the schedule.

    kind: "systemd" or "cron".   Raises UsageError for any other.
    """
    if kind not in ("systemd", "cron"):
        raise UsageError(f"--print {kind!r}: it may be systemd or cron")
    folder = (folder or Path.cwd()).resolve()
    program = Path(sys.argv[0]).resolve()
    run = f"{sys.executable} {program}" if program.suffix == ".py" else str(program)
    command = f"{run} schedule {shlex.quote(str(sources.resolve()))} --db {shlex.quote(str(db.resolve()))}"
    if kind == "cron":
        escaped = command.replace("%", "\\%")  # cron reads % as a line's end
        return (
            "# Costline: every quarter of an hour, what is due. A run that still goes on is left alone (exit code 3).\n"
            f"*/15 * * * * cd {shlex.quote(str(folder))} && {escaped} --once --log-format json"
            " 2>&1 | logger -t costline\n"
        )
    return f"""# Costline: save as ~/.config/systemd/user/costline.service, then:
#   systemctl --user daemon-reload && systemctl --user enable --now costline.service
[Unit]
Description=Costline schedule
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
WorkingDirectory={folder}
ExecStart={command} --log-format json
Restart=on-failure
RestartSec=60
RestartPreventExitStatus=2
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=120
MemoryMax=3G
NoNewPrivileges=true
UMask=0077

[Install]
WantedBy=default.target
"""
