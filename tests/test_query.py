"""Questions in SQL are answered and nothing else: no change, no file, no network, no setting, no end of time."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import apart, query
from db.formats import render
from db.store import Store
from db.views import views
from schemas.errors import LimitError, StoreError, UsageError
from tests.test_store import one


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
    return path


HOSTILE = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "FROM '/etc/passwd'",
    "SELECT * FROM 'data.csv'",
    "SELECT * FROM 'https://evil.example/data.parquet'",
    "SELECT * FROM read_csv('https://evil.example/data.csv')",
    "COPY (SELECT 1) TO '/tmp/out.csv'",
    "COPY facts TO 's3://bucket/facts.parquet'",
    "COPY corrections FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/export'",
    "IMPORT DATABASE '/tmp/export'",
    "ATTACH '/tmp/other.duckdb'",
    "ATTACH ':memory:' AS scratch",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "PRAGMA enable_profiling = 'json'",
    "SET profiling_output = '/tmp/profile.json'",
    "PRAGMA database_list",
    "CALL enable_logging(storage_path := '/tmp/log')",
    "SELECT * FROM enable_logging()",
    "SELECT * FROM enable_profiling(save_location := '/tmp/p.json')",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE TEMP TABLE mine AS SELECT 1",
    "CREATE OR REPLACE VIEW facts AS SELECT 1",
    "CREATE MACRO f() AS 1",
    "CREATE SECRET s (TYPE s3)",
    "INSERT INTO corrections SELECT * FROM corrections",
    "UPDATE revisions SET is_current = false",
    "DELETE FROM fact_rows",
    "TRUNCATE fact_rows",
    "DROP TABLE fact_rows",
    "ALTER TABLE fact_rows ADD COLUMN x BIGINT",
    "MERGE INTO merges USING merges AS m ON false WHEN NOT MATCHED THEN INSERT VALUES (1, 1, 1, 1, 1, now())",
    "VACUUM",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "USE memory",
    "COMMENT ON TABLE fact_rows IS 'mine'",
    "SELECT 1; DROP TABLE fact_rows",
    "SELECT 1; SELECT 2",
    "EXPLAIN ANALYZE DELETE FROM fact_rows",
    "EXPLAIN ANALYZE CREATE TEMP TABLE mine AS SELECT 1",
    "WITH gone AS (DELETE FROM fact_rows RETURNING *) SELECT * FROM gone",
    "SELECT * FROM secret_frame",
    "SELECT * FROM query('COPY (SELECT 1) TO ''/tmp/out.csv''')",
    "SELECT getenv('HOME')",
    "",
    ";",
    "nonsense",
    "SELECT * FROM no_such_table",
    "SELECT \x00",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_hostile_statements_are_refused_in_one_line(ledger: Path, sql: str) -> None:
    secret_frame = [{"password": 1}]  # a Python variable that a replacement scan would find
    before = hashlib.sha256(ledger.read_bytes()).hexdigest()
    files = sorted(ledger.parent.iterdir())
    with pytest.raises(UsageError) as refused:
        query.ask(ledger, sql, timeout=5)
    assert str(refused.value) and "\n" not in str(refused.value)
    assert hashlib.sha256(ledger.read_bytes()).hexdigest() == before
    assert sorted(ledger.parent.iterdir()) == files and secret_frame


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM facts",
        "WITH x AS (SELECT * FROM facts) SELECT kind, count(*) FROM x GROUP BY kind;",
        "FROM models",
        "DESCRIBE facts",
        "SHOW TABLES",
        "SUMMARIZE models",
        "EXPLAIN SELECT * FROM facts",
        "VALUES (1), (2)",
        "SELECT 'enable_logging(' AS words, '; DROP TABLE facts' AS more",
        "cost_timeline",
        "  MODELS ; ",
    ],
)
def test_questions_are_answered(ledger: Path, sql: str) -> None:
    assert query.ask(ledger, sql).table.rows


@pytest.mark.parametrize("name", [view.name for view in views()])
def test_every_documented_view_runs_by_name_in_every_format(ledger: Path, name: str) -> None:
    answer = query.ask(ledger, name)
    assert set(answer.table.columns) == set(next(view for view in views() if view.name == name).columns)
    for format in ("table", "csv", "json", "md", "html", "parquet"):
        assert render(answer.table, format)


def test_the_catalogue_lists_them_with_their_questions() -> None:
    table = query.catalogue()
    assert len(table.rows) == len(views()) and all(row[1] and row[2] for row in table.rows)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(10000000000) AS a, range(10000000000) AS b WHERE (a.range * b.range) % 7 = 3",
        "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x",
        "SELECT * FROM range(100000000000) AS r WHERE range % 99999999977 = 5",
        "SELECT sum(sqrt(a.range)) FROM range(100000) AS a, range(100000) AS b, range(100000) AS c",
    ],
)
def test_a_runaway_query_is_stopped_within_half_a_second_of_its_limit(ledger: Path, sql: str) -> None:
    begun = time.monotonic()
    with pytest.raises(LimitError, match="--timeout"):
        query.ask(ledger, sql, timeout=0.5)
    assert time.monotonic() - begun < 0.5 + 0.5 + 2.0  # and two seconds for a busy machine to notice


RUNAWAYS = (
    "SELECT count(*) FROM range(10000000000) AS a, range(10000000000) AS b WHERE (a.range * b.range) % 7 = 3",
    "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x",
    "SELECT sum(a) FROM (SELECT range AS a FROM range(100000000000))",
    "SELECT * FROM range(100000000) ORDER BY hash(range)",
    "SELECT string_agg(range::VARCHAR, ',') FROM range(1000000000)",
    # one step each, which the engine does not interrupt
    "SELECT length(replace(repeat('ab', 300000000), 'a', 'cde'))",
    "SELECT regexp_matches(repeat('a', 100000000), '(a?){500}b')",
    "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))",
    "SELECT list_sort(list_transform(range(20000000), lambda i: hash(i)))",
    # done at once, but fifty million Python numbers take long to make
    "SELECT range(50000000) FROM range(2)",
)


@pytest.fixture(scope="module")
def helper() -> Iterator[apart.Helper]:
    helper = apart.Helper()
    yield helper
    helper.close()


@pytest.mark.parametrize("sql", RUNAWAYS)
def test_a_process_of_its_own_is_stopped_whatever_it_does(
    ledger: Path, helper: apart.Helper, sql: str
) -> None:
    begun = time.monotonic()
    with pytest.raises(LimitError, match=r"--timeout|memory"):
        helper.ask(ledger, sql, timeout=0.3)
    assert time.monotonic() - begun < 0.3 + 0.5 + 2.0  # and two seconds for a busy machine to notice


def test_a_process_of_its_own_answers_and_refuses_as_ever(
    ledger: Path, helper: apart.Helper, tmp_path: Path
) -> None:
    sql = "SELECT * EXCLUDE (quote) FROM facts ORDER BY ALL"
    assert helper.ask(ledger, sql) == query.ask(ledger, sql)
    assert helper.ask(ledger, "SELECT * FROM range(100)", max_rows=10).truncated
    with pytest.raises(UsageError, match="only SELECT"):
        helper.ask(ledger, "DROP TABLE fact_rows")
    with pytest.raises(StoreError, match="no database"):
        helper.ask(tmp_path / "none.duckdb", "SELECT 1")
    with pytest.raises(LimitError, match="memory"):
        helper.ask(ledger, "SELECT list(range) FROM range(1000000000)", memory="200MB", timeout=60)


def test_a_helper_that_was_killed_is_started_again(ledger: Path) -> None:
    helper = apart.Helper()
    try:
        assert helper.ask(ledger, "SELECT 1").table.rows == ((1,),)
        os.kill(helper.pid, signal.SIGKILL)
        assert helper.ask(ledger, "SELECT 2").table.rows == ((2,),)
    finally:
        helper.close()


def test_the_command_stops_what_the_engine_does_not(ledger: Path) -> None:
    command = [sys.executable, "-m", "cli", "query", RUNAWAYS[-1], "--db", str(ledger), "--timeout", "0.3"]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--timeout" in done.stderr and done.stderr.count("\n") == 1


def test_a_query_that_needs_too_much_memory_is_stopped(ledger: Path) -> None:
    with pytest.raises(LimitError, match="memory"):
        query.ask(ledger, "SELECT list(range) FROM range(1000000000)", memory="200MB", timeout=60)
    with pytest.raises(UsageError, match="--memory"):
        query.ask(ledger, "SELECT 1", memory="plenty")


def test_rows_beyond_the_limit_are_cut_and_said_so(ledger: Path) -> None:
    answer = query.ask(ledger, "SELECT * FROM range(100)", max_rows=10)
    assert len(answer.table.rows) == 10 and answer.truncated
    assert not query.ask(ledger, "SELECT * FROM range(10)", max_rows=10).truncated
    assert len(query.ask(ledger, "SELECT * FROM range(20000)", max_rows=0).table.rows) == 20_000


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="none"):
        query.ask(tmp_path / "none.duckdb", "SELECT 1")


def test_asking_loads_no_language_library(ledger: Path) -> None:
    code = (
        "import sys; from db import query; from db.formats import render\n"
        "render(query.ask(sys.argv[1], 'SELECT * FROM facts').table, 'table')\n"
        "print([m for m in ('spacy', 'trafilatura', 'pyarrow', 'numpy', 'pandas', 'lxml', 'currency_converter') if m in sys.modules])"
    )
    root = Path(__file__).parent.parent
    told = subprocess.run(
        [sys.executable, "-c", code, str(ledger)], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_answers_as_pictures(ledger: Path) -> None:
    many = query.ask(
        ledger, "SELECT DATE '2020-01-01' + range::INT AS day, range + 1 AS usd, 'a<b' AS model FROM range(9)"
    )
    chart = query.render(many.table, "svg", title="<script>")
    assert isinstance(chart, str) and "logarithmic" in chart and "<script>" not in chart
    drawn = query.render(query.ask(ledger, "SELECT 'a & b' AS x, 5 AS n").table, "svg")
    assert isinstance(drawn, str) and "a &amp; b" in drawn
    png = query.render(many.table, "png")
    assert isinstance(png, bytes) and png.startswith(b"\x89PNG")


def test_odd_values_have_a_place_in_every_format(ledger: Path) -> None:
    sql = (
        "SELECT 'nan'::DOUBLE AS a, [1, 2] AS b, {'x': 1} AS c, TIMESTAMP '2024-01-02 03:04:05' AS d, NULL AS e,"
        " 170141183460469231731687303715884105727::HUGEINT AS f, '\\x00'::BLOB AS g, INTERVAL 1 DAY AS h, 1.50::DECIMAL(9, 2) AS i,"
        " 1 AS j, 2 AS j, TIME '10:00:00' AS k"
    )
    table = query.ask(ledger, sql).table
    told = json.loads(str(render(table, "json")))[0]
    assert (told["a"], told["b"], told["d"], told["i"]) == (None, [1, 2], "2024-01-02T03:04:05Z", 1.5)
    for format in ("table", "csv", "md", "html", "parquet"):
        assert render(table, format)
    with pytest.raises(UsageError, match="format"):
        render(table, "docx")
