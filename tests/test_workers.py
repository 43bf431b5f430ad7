"""Pages that stall, explode or crash are set aside; the others come back, in order, the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import resource
import signal
import time
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from pipeline.workers import Workers, map_pages
from schemas.errors import ReadError
from schemas.records import Failure, Outcome, Page, Rejected

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
KEPT: list[bytes] = []


def page(key: str, body: bytes = b"x") -> Page:
    return Page(id=key, source=f"{key}.html", body=body, media="html", fetched_at=NOW)


def stage(item: Page, *, mark: Path | None = None) -> Outcome:
    """A stage that does what the page's id says."""
    what = item.id.split("-")[0]
    if what == "sleep":
        time.sleep(60)
    elif what == "spin":
        re.match(r"(a+)+$", "a" * 40 + "b")
    elif what == "deaf":  # C code that no signal handler interrupts
        hashlib.pbkdf2_hmac("sha256", b"a", b"b", 2**31 - 1)
    elif what == "swallow":
        while True:
            try:
                time.sleep(60)
            except Exception:
                continue
    elif what == "bomb":
        KEPT.append(bytes(3 << 30))
    elif what == "slowbomb":
        while True:
            KEPT.append(bytes(1 << 20))
    elif what == "leak":
        KEPT.append(b"\1" * (60 << 20))
    elif what == "exit":
        os._exit(7)
    elif what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "raise":
        raise KeyError("no such thing\nin two lines")
    elif what == "read":
        raise ReadError("bad page", stage="decode", reason="bad charset")
    if mark is not None:
        with mark.open("a") as out:
            out.write(f"{item.id}\n")
    rejected = Rejected(item.id, item.source, item.sha256, item.fetched_at, "empty", detail=item.id)
    return Outcome(input=item.source, page=item, rejected=rejected)


def told(outcome: Outcome) -> str:
    if outcome.failure:
        return f"{outcome.failure.stage}: {outcome.failure.reason}"
    return outcome.rejected.detail if outcome.rejected else "?"


POISON = {
    "sleep": "clean: deadline", "swallow": "clean: deadline", "spin": "clean: deadline",
    "deaf": "extract: deadline",
    "bomb": "clean: memory", "slowbomb": "clean: memory",
    "exit": "extract: worker crashed", "kill": "extract: worker crashed",
    "raise": "clean: internal error: KeyError", "read": "decode: bad charset",
}  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_poison_is_set_aside_and_the_rest_goes_on(workers: int) -> None:
    pages: list[Page | Failure] = []
    for number, poison in enumerate(POISON):
        pages += [page(f"fine-{number}-{n}") for n in range(7)] + [page(poison)]
    pages.append(Failure("gone.html", "source", "no such file"))
    begun = time.monotonic()
    got = list(map_pages(stage, pages, workers=workers, deadline=1.0, memory_mb=256))
    assert time.monotonic() - begun < 30
    assert [told(outcome) for outcome in got] == [
        POISON.get(item.id, item.id) if isinstance(item, Page) else "source: no such file" for item in pages
    ]
    assert [outcome.input for outcome in got] == [p.source if isinstance(p, Page) else p.input for p in pages]
    assert all(
        outcome.page is item for outcome, item in zip(got, pages, strict=True) if isinstance(item, Page)
    )
    assert all("\n" not in outcome.failure.hint for outcome in got if outcome.failure)


def test_earlier_pages_do_not_decide_what_a_page_yields() -> None:
    got = list(map_pages(stage, [page(f"leak-{n}") for n in range(12)], workers=1, memory_mb=450))
    assert [told(outcome) for outcome in got] == [f"leak-{n}" for n in range(12)]


def test_order_and_content_are_the_same_for_any_number_of_workers() -> None:
    pages = [page(f"p-{n}", os.urandom(n * 97)) for n in range(300)]
    runs = [[told(o) for o in map_pages(stage, pages, workers=n)] for n in (0, 1, 3)]
    assert runs[0] == runs[1] == runs[2] == [item.id for item in pages]


def test_a_generator_is_read_no_further_than_needed() -> None:
    pulled = []

    def pages():  # type: ignore[no-untyped-def]
        for n in range(10_000):
            pulled.append(n)
            yield page(f"p-{n}")

    outcomes = map_pages(stage, pages(), workers=1)
    assert [told(o) for o in islice(outcomes, 3)] == ["p-0", "p-1", "p-2"]
    outcomes.close()  # type: ignore[attr-defined]
    assert len(pulled) < 300


def test_large_pages_pass_both_ways(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    pages = [page(f"big-{n}", b"z" * (5 << 20)) for n in range(6)]
    got = list(map_pages(partial(stage, mark=mark), pages, workers=2))
    assert [told(o) for o in got] == [item.id for item in pages]
    assert sorted(mark.read_text().split()) == sorted(item.id for item in pages)


def test_a_pool_can_be_left_in_the_middle() -> None:
    begun = time.monotonic()
    with pytest.raises(RuntimeError), Workers(stage, workers=2, deadline=30) as pool:
        waiting = [pool.submit(page("sleep")) for _ in range(4)]
        time.sleep(0.5)
        raise RuntimeError("the caller stops")
    assert time.monotonic() - begun < 10
    assert all(future.cancelled() or not future.done() for future in waiting)


def test_without_a_pool_errors_are_failures_too() -> None:
    got = list(map_pages(stage, [page("raise"), page("read"), page("fine")]))
    assert [told(o) for o in got] == ["clean: internal error: KeyError", "decode: bad charset", "fine"]


def test_where_no_process_can_start_every_page_says_so() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Workers(stage, workers=1) as pool:
        assert told(pool.submit(page("fine")).result()) == "fine"
        resource.setrlimit(resource.RLIMIT_NOFILE, (5, hard))  # no room for a pipe
        try:
            got = [told(pool.submit(page(key)).result()) for key in ("exit", "p-1", "p-2")]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert set(got) <= {"extract: worker crashed", "extract: worker did not start"}, got
        assert told(pool.submit(page("p-3")).result()) == "p-3"
