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
from schemas.terminal import safe, safe_line

if TYPE_CHECKING:
    from db.crawl import CrawlStore
    from pipeline.crawl import CrawlSummary
    from pipeline.settings import Settings
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
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", help="HOST:PORT that may be private (tests, intranets); repeatable."),
]
HostDelay = Annotated[
    float | None,
    typer.Option("--host-delay", min=0, help="Seconds between two requests to a host, at least."),
]
LogFormat = Annotated[
    str | None, typer.Option("--log-format", help="Log every step to stderr: text or json.")
]
NoTriage = Annotated[
    bool, typer.Option("--no-triage", help="Read every page in full, also one that can hold no figure.")
]
Note = Annotated[str, typer.Option(help="Why; it is kept with the word.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back.")]
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


def leave(line: str) -> None:
    """End the process at once, with one line: an engine that does not let go in time holds nothing."""
    import os

    say(line)
    os._exit(2)


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
    # Typer builds every command before it runs one (0.1 s for all): build the one that is asked for
    asked = [
        c for c in app.registered_commands if (c.name or getattr(c.callback, "__name__", "")) in sys.argv[1:2]
    ]
    app.registered_commands = asked or app.registered_commands
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
    from pipeline import explain as explaining
    from pipeline import run

    failures = []
    for outcome in run.outcomes(_pages(inputs), only_clean=True):
        cleaned = outcome.article or outcome.rejected
        if outcome.failure is not None:
            failures.append(outcome.failure)
        elif cleaned is not None and explain and not jsonl:
            typer.echo(explaining.cleaned(cleaned, colour=sys.stdout.isatty()))
        elif cleaned is not None:
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
    no_triage: NoTriage = False,
) -> None:
    """Extract facts from pages (cleaned first) or clean texts. Touches no database.

    Example: costline extract examples/tarn-2-bill.html --explain
    """
    from pipeline import explain as explaining
    from pipeline import run

    failures = []
    for outcome in run.outcomes(_pages(inputs), triage=not no_triage):
        if outcome.failure is not None:
            failures.append(outcome.failure)
        elif outcome.rejected is not None and outcome.rejected.reason == "passed_over":
            _line({"id": outcome.rejected.id, "facts": [], "skipped": outcome.rejected.detail})
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


def _store(db: Path, settings: Settings) -> CrawlStore:
    from db.crawl import CrawlStore

    return CrawlStore.open(db, keep_pages=settings.keep_pages == "database")


def _ended(summary: CrawlSummary, *, as_json: bool = False) -> None:
    """Say what a run did, list its failures, and leave with the exit code that fits."""
    if as_json:
        _line(summary.to_json())
    say(summary.told() + ("; stopped before the end, run it again to go on" if summary.stopped else ""))
    if report(summary.failures) or summary.stopped:
        raise typer.Exit(1)


@app.command()
def ingest(
    sources: Annotated[
        list[str], typer.Argument(help="Addresses, pages, folders, .jsonl, archives, sources.toml.")
    ],
    db: Db = DEFAULT_DB,
    workers: Workers = None,
    kind: Annotated[
        str, typer.Option(help="What the addresses are: auto, page, feed, sitemap, listing.")
    ] = "auto",
    triage: Annotated[
        bool,
        typer.Option(
            "--triage/--no-triage",
            help="Pass over pages that can hold no figure: not read, not kept as articles.",
        ),
    ] = False,
    archive: Annotated[
        Path | None, typer.Option(help="Keep raw pages, local ones too, as WARC in this folder.")
    ] = None,
    allow_host: AllowHost = None,
    host_delay: HostDelay = None,
    log_format: LogFormat = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts and failures as JSON.")] = False,
) -> None:
    """Read sources into the ledger: fetch, clean, extract, store. Run it again at will.

    Example: costline ingest examples --db ledger.duckdb
    """
    from pipeline import intake, settings
    from pipeline.lock import held
    from pipeline.progress import progress

    found, table = intake.named(sources, kind=kind)
    chosen = settings.load(
        table,
        workers=workers,
        archive=archive,
        allow_hosts=allow_host,
        host_delay=host_delay,
        log_format=log_format,
        triage=triage or None,
    )
    with (
        held(db, "ingest"),
        _store(db, chosen) as store,
        intake.stopping() as stop,
        progress("ingest") as show,
    ):
        summary = intake.take_in(found, store, chosen, stop=stop, progress=show)
    _ended(summary, as_json=as_json)


@app.command("read-shards")
def read_shards(
    shards: Annotated[list[Path], typer.Argument(help="WARC or Parquet files of pages, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the parts; run again to go on.")],
    workers: Workers = None,
    backend: Annotated[str, typer.Option(help="pool (this machine) or datatrove.")] = "pool",
    no_triage: NoTriage = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a shard that was read.")] = False,
) -> None:
    """Read shards of an archive into Parquet parts, on as many machines as there are; load brings them together.

    Example: costline read-shards archive/ --out parts --workers 2
    """
    from functools import partial

    from db.parts import write_part
    from pipeline import run
    from pipeline import shards as sharding
    from pipeline.progress import progress
    from pipeline.workers import default_workers

    with progress("shards") as show:
        summary = sharding.run_shards(
            partial(run.process, triage=not no_triage),
            sharding.find_shards(shards),
            out,
            write=write_part,
            workers=workers or default_workers(),
            backend=backend,
            tell=show,
        )
    if as_json:
        for one in summary.read:
            _line(one.to_json())
    say(f"{summary.told()}; bring them into a ledger with: costline load {out}")
    if report(summary.failures):
        raise typer.Exit(1)


@app.command()
def retry(
    db: Db = DEFAULT_DB,
    due: Annotated[bool, typer.Option("--due", help="Only those whose next try has come.")] = False,
    reason: Annotated[str | None, typer.Option(help="Only failures with this reason.")] = None,
    workers: Workers = None,
    allow_host: AllowHost = None,
    host_delay: HostDelay = None,
    log_format: LogFormat = None,
) -> None:
    """Try failed items again.

    Example: costline retry --db ledger.duckdb --reason timeout
    """
    from pipeline import intake, settings
    from pipeline.lock import held

    chosen = settings.load(
        workers=workers, allow_hosts=allow_host, host_delay=host_delay, log_format=log_format
    )
    with held(db, "retry"), _store(db, chosen) as store, intake.stopping() as stop:
        summary = intake.retry(intake.failed(store, due=due, reason=reason), store, chosen, stop=stop)
    _ended(summary)


@app.command()
def reread(db: Db = DEFAULT_DB, workers: Workers = None, log_format: LogFormat = None) -> None:
    """Clean and extract the stored pages again with today's rules; older readings stay, superseded.

    Example: costline reread --db ledger.duckdb
    """
    from pipeline import intake, settings
    from pipeline.lock import held
    from pipeline.progress import progress

    chosen = settings.load(workers=workers, log_format=log_format)
    with (
        held(db, "reread"),
        _store(db, chosen) as store,
        intake.stopping() as stop,
        progress("reread") as show,
    ):
        summary = intake.reread(store, chosen, stop=stop, progress=show)
    _ended(summary)


@app.command()
def schedule(
    sources: Annotated[Path, typer.Argument(help="A sources.toml.")] = Path("sources.toml"),
    db: Db = DEFAULT_DB,
    once: Annotated[bool, typer.Option("--once", help="Run what is due, then end (for cron).")] = False,
    unit: Annotated[str | None, typer.Option("--print", help="Print a ready unit: systemd or cron.")] = None,
    workers: Workers = None,
    archive: Annotated[
        Path | None, typer.Option(help="Keep raw pages, local ones too, as WARC in this folder.")
    ] = None,
    allow_host: AllowHost = None,
    host_delay: HostDelay = None,
    log_format: LogFormat = None,
) -> None:
    """Run the sources of a sources.toml, each on its own cadence, until stopped.

    Example: costline schedule sources.toml --print systemd
    """
    from pipeline import intake, settings
    from pipeline import schedule as scheduling

    if unit is not None:
        typer.echo(scheduling.unit(unit, sources=sources, db=db), nl=False)
        return
    _, table = intake.named([str(sources)])
    chosen = settings.load(
        table,
        workers=workers,
        archive=archive,
        allow_hosts=allow_host,
        host_delay=host_delay,
        log_format=log_format,
    )
    with intake.stopping() as stop:
        summary = scheduling.keep(sources, db, lambda: _store(db, chosen), chosen, once=once, stop=stop)
    say(summary.told())
    if report(summary.failures) and once:
        raise typer.Exit(1)


@app.command()
def status(
    db: Db = DEFAULT_DB, as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False
) -> None:
    """Show sources, last and next runs, counts, failures and disk growth.

    Example: costline status --db ledger.duckdb
    """
    from db import status as state
    from db.store import Store
    from pipeline.lock import holder

    with Store.open(db, read_only=True) as store:
        told = {**state.status(store), "running": holder(db)}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else safe(state.told(told)))


sources_app = typer.Typer(no_args_is_help=True, help="Look at a sources.toml.")
app.add_typer(sources_app, name="sources")


@sources_app.command("check")
def sources_check(
    sources: Annotated[list[str], typer.Argument(help="A sources.toml, or addresses and paths.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a source.")] = False,
    allow_host: AllowHost = None,
    host_delay: HostDelay = None,
) -> None:
    """Show what each source would give, without storing.

    Example: costline sources check examples
    """
    from pipeline import intake, settings

    found, table = intake.named(sources)
    chosen = settings.load(table, allow_hosts=allow_host, host_delay=host_delay)
    failures = []
    for checked in intake.check(found, chosen):
        typer.echo(json.dumps(checked.to_json(), ensure_ascii=False) if as_json else safe(checked.told()))
        failures += [checked.failure] if checked.failure else []
    if report(failures):
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


@app.command()
def query(
    sql: Annotated[str | None, typer.Argument(help="One SELECT, or the name of a documented view.")] = None,
    db: Db = DEFAULT_DB,
    list_views: Annotated[bool, typer.Option("--list", help="List the documented views.")] = False,
    format: Format = "table",
    output: Output = None,
    timeout: Annotated[float, typer.Option(help="Seconds that it may take.")] = 30.0,
    max_rows: Annotated[
        int, typer.Option("--max-rows", min=0, help="Rows to give at most; 0 for all.")
    ] = 10_000,
) -> None:
    """Ask in SQL, read-only: it changes nothing, reads no file and reaches no network.

    Example: costline query "select model, usd, quote from cost_timeline order by usd desc limit 5"
    """
    alone = "duckdb" not in sys.modules
    from db import apart
    from db import query as asking

    if list_views or sql is None:
        write(asking.render(asking.catalogue(), format), output)
        return
    if alone and apart.possible():  # nothing of DuckDB is open yet: a process of its own can be killed
        answer = apart.ask(db, sql, timeout=timeout, max_rows=max_rows)
    else:
        answer = asking.ask(db, sql, timeout=timeout, max_rows=max_rows, on_stuck=leave)
    write(asking.render(answer.table, format, title=sql), output)
    if answer.truncated:
        say(f"only the first {max_rows} rows are shown; --max-rows 0 shows all")


@app.command()
def facts(
    db: Db = DEFAULT_DB,
    kind: Annotated[str | None, typer.Option(help="parameters, cost, hardware, ...")] = None,
    model: Annotated[str | None, typer.Option(help="Only this model.")] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organization.")] = None,
    basis: Annotated[str | None, typer.Option(help="reported, estimated, projected or hypothetical.")] = None,
    scope: Annotated[str | None, typer.Option(help="What the money paid for.")] = None,
    since: Annotated[str | None, typer.Option(help="A day, month or year.")] = None,
    until: Annotated[str | None, typer.Option(help="A day, month or year, itself included.")] = None,
    text: Annotated[str | None, typer.Option(help="Words that the sentence holds.")] = None,
    format: Format = "table",
    output: Output = None,
) -> None:
    """List facts, each with its sentence.

    Example: costline facts --kind cost --basis reported
    """
    from db import listing
    from db.formats import render
    from db.store import Store

    with Store.open(db, read_only=True) as store:
        found = listing.facts(
            store, kind=kind, model=model, organization=organization, basis=basis, scope=scope, since=since,
            until=until, text=text, brief=format == "table",
        )  # fmt: skip
    write(render(found, format), output)


@app.command()
def show(
    fact_id: Annotated[str, typer.Argument(help="A fact's id, or a unique beginning of one.")],
    db: Db = DEFAULT_DB,
    as_json: Annotated[
        bool, typer.Option("--json", help="As one JSON object, with its article's text.")
    ] = False,
) -> None:
    """Show one fact with its sentence marked in its paragraph, its source, and the rule that found it.

    Example: costline show FACT_ID
    """
    from db import listing
    from db.store import Store

    with Store.open(db, read_only=True) as store:
        if as_json:
            typer.echo(json.dumps(listing.fact(store, fact_id), ensure_ascii=False, default=str))
        else:
            typer.echo(listing.show(store, fact_id, colour=sys.stdout.isatty()))


@app.command("report")
def make_report(
    file: Annotated[Path, typer.Argument(help="The page to write, such as ledger.html.")],
    db: Db = DEFAULT_DB,
) -> None:
    """Write the whole ledger as one page to look at: charts, tables, sentences; no network needed.

    Example: costline report ledger.html
    """
    from db.report import render
    from db.store import Store

    with Store.open(db, read_only=True) as store:
        write(render(store), file)


@app.command()
def serve(
    db: Db = DEFAULT_DB,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 picks a free one.")
    ] = 8000,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 10.0,
    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Rows that a query may give.")] = 1_000,
) -> None:
    """Show the report live from the database, read-only, on this machine only, with a box for SQL.

    Example: costline serve --port 8000
    """
    from db.serve import serve as serving

    serving(db, port=port, say=say, timeout=timeout, max_rows=max_rows)


@app.command()
def check(db: Db = DEFAULT_DB, format: Format = "table", output: Output = None) -> None:
    """Cross-check stated costs, hours, compute and sizes, and find claims that conflict.

    Example: costline check --db ledger.duckdb
    """
    from db import checks, query
    from db.store import Store
    from pipeline import crosscheck

    with Store.open(db) as store:
        sizes = {model: crosscheck.Sized(size) for model, size in checks.known_sizes(store).items()}
        texts = checks.comparing_texts(store)
        store.put_findings(crosscheck.check(checks.stated(store), texts=texts, sizes=sizes))
        found = checks.findings(store, brief=format == "table")
    write(query.render(found, format, title="Cross-checks"), output)


@app.command()
def compare(
    table: Annotated[Path, typer.Argument(help="A CSV file in Epoch's columns.")],
    db: Db = DEFAULT_DB,
    format: Format = "table",
    output: Output = None,
) -> None:
    """Hold our best figures against a table in Epoch's columns.

    Example: costline compare notable_ai_models.csv
    """
    from db import compare as comparing
    from db import query
    from db.store import Store

    with Store.open(db, read_only=True) as store:
        made = comparing.compare(store, table)
    write(query.render(made.table, format, title=f"Compared with {table.name}"), output)
    say(", ".join(f"{number} {verdict}" for verdict, number in sorted(made.counts.items())))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it is made.")],
    db: Db = DEFAULT_DB,
    flavour: Annotated[str, typer.Option(help="plain, spreadsheet, epoch or owid.")] = "plain",
) -> None:
    """Write everything as CSV and Parquet with a Data Package, or in Epoch's or OWID's columns.

    Example: costline export out/package --flavour plain
    """
    from db import export as exporting
    from db.store import Store

    with Store.open(db, read_only=True) as store:
        typer.echo("\n".join(str(path) for path in exporting.export(store, folder, flavour=flavour)))


@app.command()
def correct(
    fact_id: Annotated[str, typer.Argument(help="A fact's id, or a unique beginning of one.")],
    db: Db = DEFAULT_DB,
    reject: Annotated[bool, typer.Option("--reject", help="The fact is wrong.")] = False,
    changes: Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE; repeatable.")] = None,
    note: Note = "",
    undo: Undo = False,
) -> None:
    """Reject or amend a fact; it holds through every reread.

    Example: costline correct FACT_ID --set basis=estimated --note "an analyst's guess"
    """
    from db import analyst
    from db.store import Store

    with Store.open(db) as store:
        said = analyst.correct(
            store, fact_id, reject=reject, changes=tuple(changes or ()), note=note, undo=undo
        )
    typer.echo(said)


@app.command()
def merge(
    model: Annotated[str, typer.Argument(help="The name that goes.")],
    into: Annotated[str, typer.Argument(help="The name that stays.")] = "",
    db: Db = DEFAULT_DB,
    note: Note = "",
    undo: Undo = False,
) -> None:
    """Make two names one model; it holds through every reread.

    Example: costline merge "RoBERTa Large" "RoBERTa"
    """
    from db import analyst
    from db.store import Store

    with Store.open(db) as store:
        typer.echo(safe_line(analyst.merge(store, model, into, note=note, undo=undo)))


@app.command()
def restore(
    cut_id: Annotated[str, typer.Argument(help="A cut's id, or a unique beginning of one.")],
    db: Db = DEFAULT_DB,
    note: Note = "",
) -> None:
    """Take back a cut, remember that for the page, and read the page again.

    Example: costline restore CUT_ID --note "an honest sentence"
    """
    from db import analyst
    from db.store import Store
    from pipeline import run

    with Store.open(db) as store:
        cut, document = analyst.restore(store, cut_id, note=note)
        pages = list(store.stored_pages([document]))
        counts = store.put(run.outcomes(pages, restored=store.restored_cuts()))
    typer.echo(f"{cut}: taken back; {analyst.reread_told(counts)}")


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The file to write.")], db: Db = DEFAULT_DB) -> None:
    """Copy the database, consistent and whole; opening the copy restores it.

    Example: costline backup ledger-backup.duckdb
    """
    from db.backup import backup as copy

    say(f"wrote {target} ({copy(db, target) / 1e6:,.1f} MB)")


@app.command()
def load(
    parts: Annotated[
        list[Path], typer.Argument(help="Parquet parts that workers wrote, or folders of them.")
    ],
    db: Db = DEFAULT_DB,
) -> None:
    """Bring Parquet parts into one database, each once.

    Example: costline load parts --db ledger.duckdb
    """
    from db.parts import load as loading
    from db.store import Store

    with Store.open(db) as store:
        store.start_run("load")
        counts = loading(store, parts)
        store.finish_run(counts)
    say(", ".join(f"{number} {word}" for word, number in counts.items() if number) or "nothing to load")


if __name__ == "__main__":
    main()
