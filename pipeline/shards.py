"""Many machines: the stage "pages in, facts out" over shards of an archive, behind one small interface.

    run_shards(stage, shards, out, write=write_part, workers=4, backend="pool")

A shard is a WARC or Parquet file (any file that pipeline.fetch.local reads will do). Its pages are read in
order by killable workers, its outcomes written as immutable parts named by their content, and a marker
says that it is done and counts what was passed over: whoever starts again goes on where the last one
stopped, and nothing is counted twice. A page that ends its worker is tried again alone and then set
aside in the part; the rest goes on. What a shard yields depends on the shard and the rules alone, so any
number of workers, any backend and any number of interrupted runs give the same parts, byte for byte.

Two backends: "pool", the processes of this machine, and "datatrove", whose executors run the same
step here, under Slurm or on Ray (the extra "scale"; docs/scale.md).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline import rulebook
from pipeline.fetch.local import WARC_SUFFIXES, is_readable_name, read_local
from pipeline.run import WARM_UP
from pipeline.workers import DEADLINE, MEMORY_MB, Stage, Workers, in_order
from schemas.errors import UsageError
from schemas.records import Failure, Outcome, Page, content_id

Write = Callable[[list[Outcome], Path], Path | None]
Tell = Callable[[int, int], None]

BACKENDS: Final = ("pool", "datatrove")
PART_OUTCOMES: Final = 1_000  # outcomes of a part, at most
PART_BYTES: Final = 32 << 20  # of raw pages behind a part, at most
TRIES: Final = 3  # of a page whose worker was killed
_LOST: Final = ("worker crashed", "worker did not start")
_BODIES: Final = {"html": "html", "content": "html", "body": "html", "warc_content": "html", "text": "clean"}
_HINTS: Final = ("title", "published", "author", "model", "language", "site")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one shard came to; its marker holds the same.

    parts: names of the files written.   failures: (input, stage, reason) of each page set aside.
    """

    shard: str
    pages: int = 0
    facts: int = 0
    passed_over: int = 0
    parts: tuple[str, ...] = ()
    failures: tuple[tuple[str, str, str], ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the fields by name, as the marker holds them."""
        return {name: getattr(self, name) for name in Reading.__slots__}


@dataclass(slots=True)
class ShardSummary:
    """What a run over shards did; shards done before are counted and not read again."""

    read: list[Reading] = field(default_factory=list)
    done_before: int = 0

    @property
    def failures(self) -> list[Failure]:
        """Every page set aside in this run."""
        return [Failure(name, stage, reason) for one in self.read for name, stage, reason in one.failures]

    def told(self) -> str:
        """Return the run in one line."""
        pages, facts = sum(one.pages for one in self.read), sum(one.facts for one in self.read)
        over, parts = sum(one.passed_over for one in self.read), sum(len(one.parts) for one in self.read)
        before = f", {self.done_before} done before" if self.done_before else ""
        return (
            f"{len(self.read)} shards read{before}: {pages} pages, {over} passed over, "
            f"{facts} facts, {len(self.failures)} failed, {parts} parts"
        )


def find_shards(places: Sequence[str | Path]) -> list[Path]:
    """Return the shards that files and folders name, sorted, each once. Raises UsageError for none."""
    found: set[Path] = set()
    for place in map(Path, places):
        if place.is_dir():
            inside = [path for path in place.rglob("*") if path.is_file() and not path.name.startswith(".")]
            found.update(path for path in inside if path.name.endswith((".parquet", *WARC_SUFFIXES)))
        elif not place.is_file():
            raise UsageError(f"{place} is no file and no folder")
        elif place.suffix == ".parquet" or is_readable_name(place):
            found.add(place)
        else:
            raise UsageError(f"{place} is no shard: give WARC (.warc, .warc.gz) or Parquet files")
    if not found:
        raise UsageError("no shard there: give WARC (.warc, .warc.gz) or Parquet files, or folders of them")
    return sorted(found)


def read_shard(path: Path) -> Iterator[Page | Failure]:
    """Yield the pages of a shard, in order; the same every time.

    A Parquet shard has a column "html" (or "content", "body": bytes or text of a page with markup) or "text"
    (taken as clean), and may have "id", "url", "fetched_at" or "date", "charset", "title", "published" and
    the other hints of a .jsonl line. A page without a time of its own gets the file's.
    """
    now = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    if path.suffix == ".parquet":
        yield from _parquet(path, now)
    else:
        yield from read_local(path, now=now)


def _parquet(path: Path, now: dt.datetime) -> Iterator[Page | Failure]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as err:
        yield Failure(str(path), "source", "unreadable", " ".join(str(err).split())[:160])
        return
    names = opened.schema_arrow.names
    body = next((name for name in _BODIES if name in names), None)
    if body is None:
        yield Failure(
            str(path),
            "source",
            "no pages",
            f"a column may be {', '.join(_BODIES)}; it has {', '.join(names)[:120]}",
        )
        return
    wanted = [
        body,
        *(n for n in ("id", "url", "fetched_at", "date", "charset", *_HINTS) if n in names and n != body),
    ]
    row = 0
    for batch in opened.iter_batches(batch_size=32, columns=wanted):
        for told in batch.to_pylist():
            row += 1
            yield _row(f"{path}:{row}", body, told, now)
    if not row:
        yield Failure(str(path), "source", "empty", "the file holds no row")


def _row(where: str, body: str, told: dict[str, Any], now: dt.datetime) -> Page | Failure:
    raw = told[body]
    if not isinstance(raw, str | bytes) or not raw:
        return Failure(where, "source", "empty", f"no {body} in this row")
    url = told.get("url") if isinstance(told.get("url"), str) else None
    name = told.get("id")
    return Page(
        id=str(name) if name not in (None, "") else content_id("page", url or where),
        source=url or where,
        body=raw.encode("utf-8", "replace") if isinstance(raw, str) else raw,
        media=_BODIES[body],
        fetched_at=_moment(told.get("fetched_at") or told.get("date")) or now,
        url=url or None,
        charset="utf-8" if isinstance(raw, str) else told.get("charset") or None,
        hints={key: told[key] for key in _HINTS if isinstance(told.get(key), str) and told[key]},
    )


def _moment(told: object) -> dt.datetime | None:
    if isinstance(told, str):
        with contextlib.suppress(ValueError):
            told = dt.datetime.fromisoformat(told)
    if not isinstance(told, dt.datetime):
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=dt.UTC)


# ---------------------------------------------------------------- one shard


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker anywhere needs to read shards; picklable.

    write: turns outcomes into one part in a folder, named by its content (db.parts.write_part).
    """

    stage: Stage
    write: Write
    out: Path
    workers: int = 1
    deadline: float = DEADLINE
    memory_mb: int = MEMORY_MB

    def marker(self, shard: Path) -> Path:
        """Return the file that says that the shard was read, with today's rules and this stage."""
        with shard.open("rb") as opened:
            head = hashlib.sha256(opened.read(1 << 16)).hexdigest()
        size = shard.stat().st_size
        key = content_id("shard", shard.name, size, head, rulebook.digest(), _named(self.stage))
        return self.out / "done" / f"{key}.json"

    def is_done(self, shard: Path) -> bool:
        """Whether the shard was read before."""
        return self.marker(shard).exists()

    def read(self, shards: Iterable[Path]) -> Iterator[Reading]:
        """Read the shards that are not done, one after the other; of each, write its parts, then its marker."""
        with self._workers(self.workers) as pool:
            for shard in shards:
                if not self.is_done(shard):
                    yield self._read(shard, pool)

    def _workers(self, number: int) -> Workers:
        return Workers(
            self.stage,
            workers=number,
            deadline=self.deadline,
            memory_mb=self.memory_mb,
            warm_up=WARM_UP,
            preload=("pipeline.warm",),
        )

    def _read(self, shard: Path, pool: Workers) -> Reading:
        counts = {"pages": 0, "facts": 0, "passed_over": 0}
        parts: list[str] = []
        failures: list[tuple[str, str, str]] = []
        for chunk in _chunks(in_order(pool, read_shard(shard))):
            outcomes = [self._again(outcome) for outcome in chunk]
            for outcome in outcomes:
                counts["pages"] += outcome.page is not None
                counts["facts"] += len(outcome.reading.facts)
                counts["passed_over"] += (
                    outcome.rejected is not None and outcome.rejected.reason == "passed_over"
                )
                if outcome.failure is not None:
                    failures.append((outcome.failure.input, outcome.failure.stage, outcome.failure.reason))
            # the marker counts what was passed over, the archive keeps it; nine rows in ten would be such
            kept = [one for one in outcomes if one.rejected is None or one.rejected.reason != "passed_over"]
            part = self.write(kept, self.out)
            if part is not None:
                parts.append(part.name)
        told = Reading(shard.name, **counts, parts=tuple(parts), failures=tuple(failures))
        self._mark(shard, told)
        return told

    def _again(self, outcome: Outcome) -> Outcome:
        """Try a page again whose worker was killed: by the page, or by somebody else."""
        for _ in range(TRIES - 1):
            if outcome.failure is None or outcome.failure.reason not in _LOST or outcome.page is None:
                break
            with self._workers(1) as alone:
                outcome = alone.submit(outcome.page).result()
        return outcome

    def _mark(self, shard: Path, told: Reading) -> None:
        marker = self.marker(shard)
        marker.parent.mkdir(parents=True, exist_ok=True)
        half = marker.with_suffix(f".{os.getpid()}.half")
        half.write_text(json.dumps(told.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        half.replace(marker)


def _named(stage: Stage) -> str:
    """Return a stage's name and settings: another stage reads the shards anew."""
    function = getattr(stage, "func", stage)
    settings = sorted(
        (key, repr(sorted(value) if isinstance(value, frozenset) else value))
        for key, value in getattr(stage, "keywords", {}).items()
    )
    return f"{function.__module__}.{function.__qualname__}{settings}"


def _chunks(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Cut outcomes into parts, by numbers that depend on the pages alone."""
    chunk: list[Outcome] = []
    held = 0
    for outcome in outcomes:
        chunk.append(outcome)
        held += len(outcome.page.body) if outcome.page is not None else 0
        if len(chunk) >= PART_OUTCOMES or held >= PART_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


# ---------------------------------------------------------------- many shards


def run_shards(
    stage: Stage,
    shards: Sequence[Path],
    out: Path,
    *,
    write: Write,
    workers: int = 1,
    backend: str = "pool",
    deadline: float = DEADLINE,
    memory_mb: int = MEMORY_MB,
    tell: Tell | None = None,
) -> ShardSummary:
    """Read shards into parts in a folder; what was done before is left alone.

    stage:    pure and picklable, a page to its outcome (pipeline.run.process, or functools.partial of it).
    workers:  reading processes here ("pool"), or shards read at a time ("datatrove").
    tell:     called with how many shards are done, of how many.
    Raises UsageError for an unknown backend or one that is not installed.
    """
    if backend not in BACKENDS:
        raise UsageError(f"no backend {backend!r}: it may be {', '.join(BACKENDS)}")
    out.mkdir(parents=True, exist_ok=True)
    job = Job(stage, write, out, workers if backend == "pool" else 1, deadline, memory_mb)
    todo = [shard for shard in shards if not job.is_done(shard)]
    summary = ShardSummary(done_before=len(shards) - len(todo))
    if backend == "datatrove" and todo:
        from pipeline.trove import run_local

        run_local(job, todo, workers=workers)
        summary.read = [_told(job.marker(shard)) for shard in todo if job.is_done(shard)]
        if tell is not None:
            tell(len(shards), len(shards))
        return summary
    if todo and tell is not None:
        tell(summary.done_before, len(shards))
    for reading in job.read(todo):
        summary.read.append(reading)
        if tell is not None:
            tell(summary.done_before + len(summary.read), len(shards))
    return summary


def _told(marker: Path) -> Reading:
    told = json.loads(marker.read_text(encoding="utf-8"))
    told["failures"] = tuple(tuple(item) for item in told["failures"])
    told["parts"] = tuple(told["parts"])
    return Reading(**told)
