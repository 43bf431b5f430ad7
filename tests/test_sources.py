"""sources.toml with the line of a mistake, settings in their order, cadence, units, the lock."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from db.crawl import CrawlStore
from pipeline.fetch.manners import jitter, read_robots, retry_after
from pipeline.fetch.sources import Source, read_sources
from pipeline.lock import held, holder, lock_path
from pipeline.schedule import due, keep, nap, unit
from pipeline.settings import load
from schemas.crawl import Entry, SourceState
from schemas.errors import LockHeldError, StoreError, UsageError

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
GOOD = """
[settings]
contact = "mailto:a@example.org"
host_delay = 3

[[source]]
name = "News"
url = "https://news.example/feed"
kind = "feed"
every = "6h"
limit = 20
include = ["*/ai/*"]
exclude = ["*/ai/sport*"]
cues = ["Training cost"]
languages = ["en"]
since = 2024-01-01

[[source]]
name = "Saved"
path = "saved"
every = "1d"

[[source]]
name = "Off"
url = "https://off.example/"
enabled = false
"""


def test_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD)
    sources, settings = read_sources(path)
    assert [(s.name, s.every, s.is_local) for s in sources] == [
        ("News", 21_600, False),
        ("Saved", 86_400, True),
    ]
    assert sources[1].location == str(tmp_path / "saved") and sources[0].cues == ("training cost",)
    chosen = load(settings, environ={"COSTLINE_HOST_DELAY": "4"})
    assert chosen.host_delay == 4 and "mailto:a@example.org" in chosen.user_agent
    assert load(settings, environ={"COSTLINE_HOST_DELAY": "4"}, host_delay=5).host_delay == 5
    wanted = [sources[0].wants_entry(Entry(url, hints)) for url, hints in [
        ("https://news.example/ai/a", {}), ("https://news.example/x", {}), ("https://news.example/ai/sport", {}),
        ("https://news.example/ai/b", {"language": "de-DE"}), ("https://news.example/ai/c", {"published": "2023-12-31"}),
    ]]  # fmt: skip
    assert wanted == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('every = "6h"', 'every = "6 parsecs"', 10, "write 15m"),
        ('every = "6h"', "every = 6", 10, "write 15m"),
        ('kind = "feed"', 'kind = "fed"', 9, "auto, page, feed"),
        ("limit = 20", "limit = 0", 11, "limit is 0"),
        ("limit = 20", "limits = 20", 11, "unknown key 'limits'"),
        ("limit = 20", "limit = 20\nlimit = 21", 12, "not TOML"),
        ('cues = ["Training cost"]', 'cues = "x"', 14, "list of texts"),
        ('languages = ["en"]', 'languages = ["English"]', 15, "two small letters"),
        ("since = 2024-01-01", 'since = "2024-01-01"', 16, "a date without quotes"),
        ('url = "https://news.example/feed"', 'url = "ftp://news.example/"', 8, "only http and https"),
        ('url = "https://news.example/feed"', "", 6, "either url or path"),
        ('name = "Saved"', 'name = "News"', 19, "a second source"),
        ('name = "Saved"', "", 18, "needs a name"),
        ("[settings]", "[setings]", 2, "unknown table"),
        ('name = "News"', 'name = "News', 7, "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(UsageError) as wrong:
        read_sources(path)
    assert str(wrong.value).startswith(f"{path}:{line}: ") and told in str(wrong.value)


@pytest.mark.parametrize(
    ("options", "table", "environ"),
    [
        ({"host_delay": -1}, {}, {}), ({}, {"host_dely": 1}, {}), ({}, {}, {"COSTLINE_WORKERS": "many"}),
        ({"allow_hosts": ["localhost"]}, {}, {}), ({"log_format": "xml"}, {}, {}), ({}, {"keep_pages": "archive"}, {}),
        ({}, {"contact": "a\r\nb: c"}, {}),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(
    options: dict[str, object], table: dict[str, object], environ: dict[str, str]
) -> None:
    with pytest.raises(UsageError):
        load(table, environ=environ, **options)


def test_what_is_due_and_how_long_to_sleep() -> None:
    def source(name: str, hours: int) -> Source:
        return Source(name, f"https://{name}.example/", every=hours * 3600)

    def ran(name: str, hours: float) -> SourceState:
        return SourceState(name, last_run=NOW - dt.timedelta(hours=hours))

    sources = [source("a", 1), source("b", 6), source("c", 6), source("d", 6)]
    states = {"b": ran("b", 7), "c": ran("c", 5.99), "d": ran("d", 30)}
    assert [s.name for s in due(sources, states, NOW)] == ["d", "b", "a"]
    assert nap(sources[2:3], states, NOW) == pytest.approx(36) and nap(sources, states, NOW) == 0
    assert nap([], {}, NOW) == 60


def test_the_schedule_runs_what_is_due_and_stops(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "a.txt").write_text(
        "A title\n\nA text about nothing in particular, long enough to keep.\n"
    )
    path, db = tmp_path / "sources.toml", tmp_path / "l.duckdb"
    path.write_text('[[source]]\nname = "Saved"\npath = "saved"\nevery = "1h"\n')
    settings = load(environ={}, workers=1)

    def run(**options: object) -> dict[str, int]:
        stop = threading.Event()
        return keep(path, db, lambda: CrawlStore.open(db), settings, stop=stop, **options).counts  # type: ignore[arg-type]

    assert run(once=True)["new"] == 1
    assert run(once=True) == {"not due": 1}
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    assert run(once=True, now=lambda: later)["unchanged"] == 1
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    keep(path, db, lambda: CrawlStore.open(db), settings, stop=stop)
    with held(db, "ingest"), pytest.raises(LockHeldError):
        run(once=True)


def test_units_are_ready(tmp_path: Path) -> None:
    text = unit("systemd", sources=Path("s.toml"), db=Path("l.duckdb"))
    assert "KillMode=mixed" in text  # else the readers end first, and their pages as failures
    assert "[Service]" in text and "schedule" in text and str(Path("s.toml").resolve()) in text
    line = unit("cron", sources=Path("50%.toml"), db=Path("l.duckdb")).splitlines()[1]
    assert line.startswith("*/15 * * * * cd ") and "--once" in line and "50\\%" in line
    with pytest.raises(UsageError):
        unit("launchd", sources=Path("s"), db=Path("d"))


HOLD = """
import sys, time
from pathlib import Path
from pipeline.lock import held
with held(Path(sys.argv[1]), "ingest"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    db = tmp_path / "l.duckdb"
    assert holder(db) is None
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(db)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with pytest.raises(LockHeldError) as refused, held(db, "ingest"):
        pass
    assert f"process {other.pid}" in str(refused.value) and "\n" not in str(refused.value)
    told = holder(db)
    assert (
        told is not None and told["pid"] == str(other.pid) and json.loads(lock_path(db).read_text())["host"]
    )
    second = subprocess.run(
        [sys.executable, "-m", "cli", "ingest", "examples", "--db", str(db)], capture_output=True, text=True
    )
    assert second.returncode == 3 and len(second.stderr.splitlines()) == 1 and not second.stdout
    other.kill()
    other.wait()
    other.stdout.close()
    with held(db, "ingest"):
        assert holder(db) is not None
        CrawlStore.open(db).close()
        command = [sys.executable, "-m", "cli", "status", "--db", str(db)]
        assert (
            f"running: ingest, process {os.getpid()}"
            in subprocess.run(command, capture_output=True, text=True).stdout
        )
    assert holder(db) is None
    with pytest.raises(StoreError), held(tmp_path / "none" / "l.duckdb", "ingest"):
        pass


def test_retry_after_and_jitter() -> None:
    assert retry_after("7", NOW) == 7 and retry_after("99999999", NOW) == 86_400
    assert (
        retry_after("Sun, 01 Mar 2026 12:00:30 GMT", NOW) == 30
        and retry_after("Sun, 01 Mar 2020 12:00:30 GMT", NOW) == 0
    )
    assert retry_after("soon", NOW) is None and retry_after(None, NOW) is None
    assert jitter("a", 1) == jitter("a", 1) != jitter("a", 2) and all(
        0.5 <= jitter("x", n) < 1 for n in range(99)
    )


ROBOTS = textwrap.dedent("""
    user-agent: Costline
    user-agent: otherbot
    disallow: /private
    allow: /private/open
    disallow: /*.pdf$
    crawl-delay: 7

    User-Agent: *
    Disallow: /
""").encode()


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/open/y", True),
        ("/a.pdf", False),
        ("/a.pdf?x", True),
    ],
)
@pytest.mark.parametrize("dress", [lambda b: b, lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n"),
                                   lambda b: b + b"# " + b"x" * 600_000, lambda b: b"<html>\xff\x00</html>\n" + b])  # fmt: skip
def test_robots_by_the_book(path: str, allowed: bool, dress) -> None:  # type: ignore[no-untyped-def]
    rules = read_robots(dress(ROBOTS))
    assert rules.can_fetch(f"https://e.example{path}", "costline") is allowed
    assert rules.crawl_delay("costline") == 7


def test_state_files_are_private(tmp_path: Path) -> None:
    with held(tmp_path / "l.duckdb", "ingest"):
        assert lock_path(tmp_path / "l.duckdb").stat().st_mode & 0o077 == 0
