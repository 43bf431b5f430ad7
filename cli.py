"""The front door: read options, call one function, print.

Results go to stdout; messages, warnings and progress to stderr. Exit codes: 0 done, 1 some inputs
failed, 2 wrong usage, 3 another run holds the lock, 4 the database can't be used. Heavy imports
wait inside the commands that need them, so that --help and query stay quick.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import CostlineError, LockHeldError, StoreError, UsageError
from schemas.terminal import safe_line

if TYPE_CHECKING:
    from schemas.records import Failure, Page

app = typer.Typer(
    name="costline",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Read the news about AI models into a ledger of what they are and what they cost.",
)

Db = Annotated[Path, typer.Option("--db", envvar="COSTLINE_DB", help="The database file.")]
Inputs = Annotated[
    list[Path], typer.Argument(help="Pages (.html, .txt), .jsonl, .warc(.gz), or folders of them.")
]
Format = Annotated[str, typer.Option("--format", help="table, csv, json, parquet, md, html, svg or png.")]
Output = Annotated[Path | None, typer.Option("--output", help="The file to write instead of stdout.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes that read pages; one a core if not given.")
]
DEFAULT_DB = Path("costline.duckdb")


def say(text: str) -> None:
    """Print a message (not a result) to stderr."""
    typer.echo(text, err=True)


def write(result: str | bytes, output: Path | None) -> None:
    """Write a result to a file or to stdout; bytes are not shown on a terminal."""
    data = result.encode("utf-8", "replace") if isinstance(result, str) else result
    if output is not None:
        try:
            output.write_bytes(data)
        except OSError as err:
            raise UsageError(f"{output} can't be written: {err.strerror}") from err
        say(f"wrote {output}")
    elif isinstance(result, bytes) and sys.stdout.isatty():
        raise UsageError("this format is no text: name a file with --output")
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def report(failures: Iterable[Failure]) -> bool:
    """Print each failure as one line; return whether there was any."""
    any_failed = False
    for failure in failures:
        any_failed = True
        hint = f" ({failure.hint})" if failure.hint else ""
        say(safe_line(f"{failure.input}: {failure.stage} failed: {failure.reason}{hint}"))
    return any_failed


def main() -> None:
    """Run the command line; every error of ours becomes one line and its exit code."""
    try:
        app()
    except CostlineError as err:
        say(safe_line(f"costline: {err}"))
        codes: list[tuple[type[CostlineError], int]] = [
            (LockHeldError, 3),
            (StoreError, 4),
            (CostlineError, 2),
        ]
        sys.exit(next(code for kind, code in codes if isinstance(err, kind)))


def _pages(inputs: list[Path]) -> Iterable[Page | Failure]:
    from pipeline.fetch.local import read_local

    for path in inputs:
        yield from read_local(path)


def _line(record: dict[str, Any]) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False, separators=(",", ":")))


@app.command()
def clean(
    inputs: Inputs,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON line an input.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each page with its cuts, coloured.")
    ] = False,
) -> None:
    """Clean pages: main text, metadata, and what was cut with its reason. Touches no database.

    Example: costline clean examples/what-gpt-4-cost.html --explain
    """
    from pipeline import clean as cleaning
    from pipeline import explain as explaining
    from schemas.errors import ReadError
    from schemas.records import Failure

    failures = []
    for page in _pages(inputs):
        if isinstance(page, Failure):
            failures.append(page)
            continue
        try:
            cleaned = cleaning.clean(page)
        except ReadError as err:
            failures.append(Failure(page.source, err.stage, err.reason, err.hint or str(err)))
            continue
        if explain and not jsonl:
            typer.echo(explaining.cleaned(cleaned, colour=sys.stdout.isatty()))
        else:
            _line(cleaned.to_json())
    if report(failures):
        raise typer.Exit(1)


@app.command()
def extract(
    inputs: Inputs,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON line a document.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every mention, its rule, and what became of it.")
    ] = False,
) -> None:
    """Extract facts from pages (cleaned first) or clean texts. Touches no database.

    Example: costline extract examples/tarn-2-bill.html --explain
    """
    from pipeline import explain as explaining
    from pipeline import run

    failures = []
    for outcome in run.outcomes(_pages(inputs)):
        if outcome.failure is not None:
            failures.append(outcome.failure)
        elif outcome.rejected is not None:
            _line({"id": outcome.rejected.id, "facts": [], "rejected": outcome.rejected.reason})
        elif outcome.article is not None and explain and not jsonl:
            typer.echo(explaining.read(outcome.article, outcome.reading, colour=sys.stdout.isatty()))
        elif outcome.article is not None:
            told: dict[str, Any] = {"id": outcome.article.id}
            if outcome.reading.skipped:
                told["skipped"] = outcome.reading.skipped
            _line({**told, "facts": [fact.to_json() for fact in outcome.reading.facts]})
    if report(failures):
        raise typer.Exit(1)


@app.command()
def ingest(
    sources: Annotated[list[str], typer.Argument(help="Pages, folders, texts or archives.")],
    db: Db = DEFAULT_DB,
    workers: Workers = None,
) -> None:
    """Read sources into the ledger: fetch, clean, extract, store. Run it again at will.

    Example: costline ingest examples --db ledger.duckdb
    """
    from db.store import Store
    from pipeline import rulebook, run

    with Store.open(db) as store:
        store.start_run("ingest", rules=rulebook.digest())
        made = run.outcomes(
            _pages([Path(source) for source in sources]), restored=store.restored_cuts(), workers=workers
        )
        summary = run.ingest(made, store)
        store.finish_run(summary.counts)
    say(summary.told())
    if report(summary.failures):
        raise typer.Exit(1)


@app.command()
def timeline(
    db: Db = DEFAULT_DB,
    metric: Annotated[
        str, typer.Option(help="cost, parameters, hardware, compute, duration, tokens, price, ...")
    ] = "cost",
    format: Format = "table",
    output: Output = None,
    since: Annotated[str | None, typer.Option(help="A day, month or year.")] = None,
    until: Annotated[str | None, typer.Option(help="A day, month or year, itself included.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only this model; repeatable.")] = None,
    organization: Annotated[
        list[str] | None, typer.Option(help="Only this organization; repeatable.")
    ] = None,
    scope: Annotated[str, typer.Option(help="What the money paid for, or all.")] = "training",
    basis: Annotated[str, typer.Option(help="Comma-separated, or all.")] = "reported,estimated",
    dollars: Annotated[str, typer.Option(help="nominal, or the year whose dollars to show.")] = "nominal",
) -> None:
    """Show how a figure moved over time: as a table, a file or a picture.

    Example: costline timeline --basis all --format svg --output timeline.svg
    """
    from db.store import Store
    from db.timeline import Choice, render
    from db.timeline import timeline as read

    choice = Choice.of(
        metric=metric, since=since, until=until, models=tuple(model or ()), organizations=tuple(organization or ()),
        scope=scope, basis=basis, dollars=dollars,
    )  # fmt: skip
    with Store.open(db, read_only=True) as store:
        write(render(read(store, choice), format), output)


if __name__ == "__main__":
    main()
