"""Shards give the same parts for any number of workers, any backend and any number of interrupted runs."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from db.parts import load, write_part
from db.store import Store
from pipeline import run
from pipeline.shards import find_shards, read_shard, run_shards
from schemas.errors import UsageError
from schemas.records import Failure, Outcome, Page

EXAMPLES = Path(__file__).parent.parent / "examples"
STAGE = partial(run.process, triage=True)


def poisoned(page: Page) -> Outcome:
    """The whole road, and a page that ends the process that reads it."""
    if b"poison" in page.body:
        os._exit(9)
    return run.process(page)


def pages() -> list[tuple[str, bytes]]:
    """Example pages under many names, with general news between."""
    plain = (
        b"<html><title>A bridge</title><article>"
        + b"<p>The bridge is 230 metres long and opens in May.</p>" * 90
    )
    real = [(path.stem, path.read_bytes()) for path in sorted(EXAMPLES.glob("*.html"))]
    out = []
    for turn in range(3):
        for name, body in real:
            out += [(f"{name}-{turn}", body), (f"news-{name}-{turn}", plain + name.encode())]
    return out


def warc(path: Path, inside: list[tuple[str, bytes]]) -> None:
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for name, body in inside:
            headers = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
            )
            writer.write_record(
                writer.create_warc_record(
                    f"https://example.org/{name}", "response", payload=io.BytesIO(body), http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2026-01-02T03:04:05Z"},
                )
            )  # fmt: skip


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("shards")
    made = pages()
    for number in range(4):
        warc(folder / f"crawl-{number}.warc.gz", made[number::4])
    moment = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    rows = [
        {"id": f"p-{name}", "url": f"https://example.net/{name}", "html": body, "date": moment}
        for name, body in made[:6]
    ]
    parquet.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")
    return find_shards([folder])


def facts(out: Path, ledger: Path) -> list[str]:
    """Load the parts of a folder and return all facts of the ledger, sorted."""
    with Store.open(ledger) as store:
        store.start_run("load")
        load(store, [out])
        store.finish_run({})
        rows = store.rows("SELECT * FROM facts")
    return sorted(repr({key: row[key] for key in sorted(row)}) for row in rows)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("part-*.parquet"))}


@pytest.fixture(scope="module")
def alone(shards: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of one worker that nobody disturbed."""
    out = tmp_path_factory.mktemp("alone")
    summary = run_shards(STAGE, shards, out, write=write_part, workers=1)
    assert sum(one.pages for one in summary.read) == len(pages()) + 6
    assert sum(one.facts for one in summary.read) > 20
    assert sum(one.passed_over for one in summary.read) > 10
    assert not summary.failures
    return out


@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_gives_the_same_parts(
    workers: int, shards: list[Path], alone: Path, tmp_path: Path
) -> None:
    run_shards(STAGE, shards, tmp_path / "out", write=write_part, workers=workers)
    assert contents(tmp_path / "out") == contents(alone)


def test_parts_make_one_ledger_each_once(shards: list[Path], alone: Path, tmp_path: Path) -> None:
    once = facts(alone, tmp_path / "a.duckdb")
    assert len(once) > 10
    assert facts(alone, tmp_path / "a.duckdb") == once  # loaded again: nothing comes twice
    with Store.open(tmp_path / "b.duckdb") as store:
        for shard in shards:
            store.put([run.process(page) for page in read_shard(shard) if isinstance(page, Page)])
        stored = store.rows("SELECT fact_id FROM facts ORDER BY 1")
    with Store.open(tmp_path / "a.duckdb") as store:
        assert store.rows("SELECT fact_id FROM facts ORDER BY 1") == stored


def test_datatrove_gives_the_same_parts(shards: list[Path], alone: Path, tmp_path: Path) -> None:
    run_shards(STAGE, shards, tmp_path / "out", write=write_part, workers=2, backend="datatrove")
    assert contents(tmp_path / "out") == contents(alone)


def test_a_run_goes_on_where_the_last_one_stopped(shards: list[Path], alone: Path, tmp_path: Path) -> None:
    first = run_shards(STAGE, shards[:2], tmp_path, write=write_part, workers=1)
    then = run_shards(STAGE, shards, tmp_path, write=write_part, workers=1)
    assert (len(first.read), then.done_before, len(then.read)) == (2, 2, 3)
    again = run_shards(STAGE, shards, tmp_path, write=write_part, workers=1)
    assert (again.done_before, again.read) == (5, [])
    assert contents(tmp_path) == contents(alone)


def test_a_poison_page_is_set_aside_and_the_rest_finishes(tmp_path: Path) -> None:
    inside = pages()[:6]
    inside.insert(3, ("bad", b"<p>poison</p>"))
    warc(tmp_path / "one.warc.gz", inside)
    summary = run_shards(poisoned, [tmp_path / "one.warc.gz"], tmp_path / "out", write=write_part, workers=2)
    [failure] = summary.failures
    assert "bad" in failure.input and failure.reason == "worker crashed"
    assert summary.read[0].pages == 7
    warc(tmp_path / "two.warc.gz", pages()[:6])
    run_shards(STAGE, [tmp_path / "two.warc.gz"], tmp_path / "clean", write=write_part, workers=1)
    assert facts(tmp_path / "out", tmp_path / "a.duckdb") == facts(tmp_path / "clean", tmp_path / "b.duckdb")


def _children(parent: int) -> list[int]:
    told = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in told.stdout.splitlines()]


def test_workers_killed_at_random_moments_lose_nothing(
    shards: list[Path], alone: Path, tmp_path: Path
) -> None:
    """Kill -9 a reading worker again and again while the shards are read."""
    over = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        chance = random.Random(7)
        while not over.is_set() and len(killed) < 3:
            time.sleep(chance.uniform(0.3, 1.2))
            workers = [pid for server in _children(os.getpid()) for pid in _children(server)]
            if workers:
                victim = chance.choice(workers)
                with contextlib.suppress(ProcessLookupError):  # it ended by itself in between
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        summary = run_shards(STAGE, shards, tmp_path / "out", write=write_part, workers=2)
    finally:
        over.set()
        killer.join()
    assert not summary.failures
    assert contents(tmp_path / "out") == contents(alone)


def test_a_run_killed_as_a_whole_goes_on_with_the_same_facts(
    shards: list[Path], alone: Path, tmp_path: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "cli",
        "read-shards",
        str(shards[0].parent),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    ]
    root = Path(__file__).parent.parent
    for wait in (2.5, 4.0):
        begun = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(wait)
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    assert contents(tmp_path / "out") == contents(alone)


# ---------------------------------------------------------------- shards as they come


def test_rows_of_a_parquet_shard_are_pages(tmp_path: Path) -> None:
    rows = [
        {"text": "Training Halcyon cost $5 million.", "id": 7, "url": None, "date": "2026-01-02T00:00:00Z", "title": "A run"},
        {"text": None, "id": 8, "url": "https://example.org/8", "date": "soon", "title": None},
        {"text": "A bridge.", "id": None, "url": "https://example.org/9", "date": None, "title": None},
    ]  # fmt: skip
    path = tmp_path / "t.parquet"
    parquet.write_table(
        pa.Table.from_pylist([{**row, "id": row["id"] and str(row["id"])} for row in rows]), path
    )
    first, second, third = read_shard(path)
    assert isinstance(first, Page) and isinstance(second, Failure) and isinstance(third, Page)
    assert (first.id, first.media, first.fetched_at.isoformat(), dict(first.hints)) == ("7", "clean", "2026-01-02T00:00:00+00:00", {"title": "A run"})  # fmt: skip
    assert (second.input, second.reason) == (f"{path}:2", "empty")
    assert third.url == "https://example.org/9" and third.fetched_at.timestamp() == pytest.approx(
        path.stat().st_mtime, abs=1
    )


@pytest.mark.parametrize(
    "name, body, reason",
    [
        ("a.parquet", b"no parquet", "unreadable"),
        ("a.warc.gz", b"", "empty"),
        ("a.warc", b"nonsense\r\n", None),
    ],
)
def test_what_is_no_shard_is_a_failure_of_its_own(
    name: str, body: bytes, reason: str | None, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    summary = run_shards(STAGE, [path], tmp_path / "out", write=write_part)
    assert [failure.reason for failure in summary.failures] == [reason] if reason else summary.failures


def test_a_parquet_file_without_pages_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"number": [1]}), path)
    [failure] = read_shard(path)
    assert isinstance(failure, Failure) and "number" in failure.hint


def test_wrong_use_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no backend"):
        run_shards(STAGE, [], tmp_path, write=write_part, backend="spark")
    with pytest.raises(UsageError, match="no shard there"):
        find_shards([tmp_path])
    with pytest.raises(UsageError, match="no file and no folder"):
        find_shards([tmp_path / "none"])
