"""The file's shape: versioned, checked by hash, commented throughout, readable by other tools."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from db import migrate
from db.store import Store
from db.views import views
from schemas.errors import StoreError
from tests.test_store import one

SURFACE = {
    "articles": "article_id url canonical_url site title author published date_basis language original_source story_id fetched_at",
    "facts": "fact_id article_id kind model organization value low high op unit currency device device_count scope basis role "
             "negated derived claim_date date_basis quote start_char end_char rule",
    "cost_timeline": "claim_date date_basis model organization scope basis op usd usd_low usd_high value currency quote url "
                     "fact_id copies",
    "models": "model organization aliases first_seen",
    "cuts": "cut_id article_id text reason rule",
    "failures": "input stage reason attempts last_tried next_try",
    "findings": "model check_name verdict formula fact_ids",
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
    return path


def test_the_surface_has_the_columns_that_outsiders_rely_on(ledger: Path) -> None:
    with Store.open(ledger, read_only=True) as store:
        for name, columns in SURFACE.items():
            has = [row["column_name"] for row in store.rows(f"DESCRIBE {name}")]
            assert has[: len(columns.split())] == columns.split(), name


def test_every_table_view_and_column_has_a_comment(ledger: Path) -> None:
    with Store.open(ledger, read_only=True) as store:
        bare = store.rows(
            "SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal AND comment IS NULL UNION ALL"
            " SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = '' UNION ALL"
            " SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"
        )
        assert bare == []


def test_every_view_says_what_it_answers_and_describes_just_its_columns(ledger: Path) -> None:
    with Store.open(ledger, read_only=True) as store:
        for view in views():
            assert view.about and view.questions, view.name
            assert {row["column_name"] for row in store.rows(f"DESCRIBE {view.name}")} == set(view.columns), (
                view.name
            )


def test_opening_again_changes_nothing(ledger: Path) -> None:
    before = ledger.read_bytes()
    Store.open(ledger, read_only=True).close()
    assert ledger.read_bytes() == before
    with Store.open(ledger) as store:
        assert [row["version"] for row in store.rows("SELECT version FROM migrations ORDER BY version")] == [
            migration.number for migration in migrate.migrations()
        ]


def test_the_file_is_written_for_duckdb_1_5_too(ledger: Path) -> None:
    with duckdb.connect(str(ledger), read_only=True) as con:
        told = con.execute(
            "SELECT tags FROM duckdb_databases() WHERE database_name = current_database()"
        ).fetchall()
    assert "v1.5" in str(told)


def test_views_that_have_changed_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE ledger_info SET value = 'older' WHERE key = 'views'")
        con.execute("DROP VIEW cost_timeline")
    with Store.open(path, read_only=True) as store:  # reading is enough
        assert len(store.rows("SELECT * FROM cost_timeline")) == 1


def test_a_new_migration_runs_once_and_the_file_is_copied_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
    last = migrate.migrations()[-1].number
    added = migrate.Migration(
        last + 1, "next.sql", "CREATE TABLE added ( -- New.\n    x BIGINT -- A number.\n);", "0" * 64
    )
    known = (*migrate.migrations(), added)
    monkeypatch.setattr(migrate, "migrations", lambda: known)
    with Store.open(path) as store:
        assert len(store.rows("SELECT * FROM facts")) == 2
        comments = store.rows("SELECT comment FROM duckdb_columns() WHERE table_name = 'added'")
        assert comments == [{"comment": "A number."}]
    copy = tmp_path / f"ledger.duckdb.before-{last + 1:04d}"
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM facts").fetchall() == [(2,)]
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'added'").fetchall() == [
            (0,)
        ]
    Store.open(path).close()

    changed = (*known[:-1], replace(added, sha256="1" * 64))
    monkeypatch.setattr(migrate, "migrations", lambda: changed)
    with pytest.raises(StoreError, match=r"next\.sql is not the one that made this file"):
        Store.open(path)
    monkeypatch.setattr(migrate, "migrations", lambda: known[:-1])
    with pytest.raises(StoreError, match="newer Costline"):
        Store.open(path, read_only=True)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
    broken = migrate.Migration(9000, "broken.sql", "CREATE TABLE half (x BIGINT); SELECT nonsense;", "0" * 64)
    with monkeypatch.context() as patch:
        known = (*migrate.migrations(), broken)
        patch.setattr(migrate, "migrations", lambda: known)
        with pytest.raises(StoreError, match="can't be brought up to date"):
            Store.open(path)
    with Store.open(path) as store:
        assert len(store.rows("SELECT * FROM facts")) == 2
        assert store.rows("SELECT * FROM duckdb_tables() WHERE table_name = 'half'") == []


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE mine AS SELECT 1 AS x")
    for read_only in (True, False):
        with pytest.raises(StoreError, match="not a Costline database"):
            Store.open(path, read_only=read_only)


def test_a_kill_while_the_file_is_made_leaves_one_that_opens(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    code = "import sys; from db.store import Store; print('go', flush=True); Store.open(sys.argv[1]).close()"
    for number in range(6):
        path = tmp_path / f"{number}.duckdb"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(path)], cwd=root, stdout=subprocess.PIPE, text=True
        ) as made:
            assert made.stdout is not None and made.stdout.readline() == "go\n"
            time.sleep(0.04 * number)
            made.kill()
        with Store.open(path) as store:
            assert store.put([one()])["new"] == 1
            assert len(store.rows("SELECT * FROM cost_timeline")) == 1
