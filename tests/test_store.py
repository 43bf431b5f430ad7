"""What the ledger keeps: nothing twice, nothing overwritten, an analyst's word through every reread."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from db import analyst, listing, parts
from db.backup import backup
from db.rows import stated_day
from db.store import Store
from schemas.errors import LockHeldError, StoreError, UsageError
from schemas.records import Failure, Finding, Outcome, Page, Rejected, Removed
from tests.ledger_cases import make_outcome

TEXT = "Training Zephyrine-9 cost $42 million, the firm says.\n\nZephyrine-9 has 9 billion parameters."
COST = {"kind": "cost", "model": "Zephyrine-9", "op": "=", "value": 42_000_000, "currency": "USD",
        "scope": "training", "basis": "reported", "quote": "Training Zephyrine-9 cost $42 million"}  # fmt: skip
SIZE = {"kind": "parameters", "model": "Zephyrine-9", "op": "=", "value": 9_000_000_000,
        "quote": "Zephyrine-9 has 9 billion parameters"}  # fmt: skip
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def one(**about: Any) -> Outcome:
    given: dict[str, Any] = {
        "name": "z",
        "url": "https://a.example/z",
        "title": "Zephyrine",
        "published": "2024-05-06",
    }
    return make_outcome(TEXT, [COST, SIZE], **{**given, **about})


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "ledger.duckdb") as opened:
        yield opened


def test_storing_the_same_again_stores_nothing_and_says_so(store: Store) -> None:
    assert store.put([one()]) == {"new": 1, "facts": 2, "cuts": 0, "failed": 0}
    assert store.put([one()]) == {"unchanged": 1, "facts": 0, "cuts": 0, "failed": 0}
    assert store.put([one(fetched_at=LATER)])["unchanged"] == 1
    assert store.put([]) == {}
    assert store.rows("SELECT count(*) AS n FROM pages")[0]["n"] == 1


def test_a_batch_that_holds_a_page_twice_stores_it_once(store: Store) -> None:
    assert store.put([one(), one()])["unchanged"] == 1
    assert len(store.rows("SELECT * FROM articles")) == 1


def test_a_local_page_is_one_document_under_any_path(store: Store, tmp_path: Path) -> None:
    store.put([make_outcome(TEXT, [COST], name="z")])
    counts = store.put([make_outcome(TEXT, [COST], name="elsewhere")])
    assert counts["unchanged"] == 1 and len(store.rows("SELECT * FROM articles")) == 1
    # and read otherwise from that other path, it is a revision, not a second page
    counts = store.put([make_outcome(TEXT, [COST, SIZE], name="elsewhere")])
    assert counts["revised"] == 1 and len(store.rows("SELECT * FROM articles")) == 1
    assert store.put([make_outcome(TEXT, [COST, SIZE], name="z")])["unchanged"] == 1
    assert len(store.rows("SELECT * FROM cost_timeline")) == 1


def test_a_copy_that_calls_another_sites_address_its_own_is_a_copy(store: Store) -> None:
    copy = one(name="c", url="https://copy.example/z", canonical_url="https://a.example/z")
    store.put([one(), copy])
    assert len(store.rows("SELECT * FROM articles")) == 2
    assert (
        len(store.rows("SELECT * FROM facts"))
        == len({row["fact_id"] for row in store.rows("SELECT * FROM facts")})
        == 4
    )
    assert (
        len(store.rows("SELECT * FROM cost_timeline")) == 2
    )  # its marks, made elsewhere, would join the two


def test_a_page_whose_figure_changes_keeps_both_claims_and_the_newer_is_current(store: Store) -> None:
    store.put([one()])
    changed = TEXT.replace("$42 million", "$50 million")
    cost = {**COST, "value": 50_000_000, "quote": "Training Zephyrine-9 cost $50 million"}
    page = make_outcome(changed, [cost, SIZE], name="z", url="https://a.example/z", title="Zephyrine",
                        published="2024-05-06", fetched_at=LATER)  # fmt: skip
    assert store.put([page])["revised"] == 1
    assert [row["usd"] for row in store.rows("SELECT usd FROM cost_timeline")] == [Decimal(50_000_000)]
    history = store.rows("SELECT value, status FROM fact_history WHERE kind = 'cost' ORDER BY value")
    assert [(row["value"], row["status"]) for row in history] == [(42e6, "superseded"), (50e6, "current")]
    # and back again: the first reading is current once more, and stored only once
    assert store.put([one(fetched_at=LATER + dt.timedelta(days=1))])["revised"] == 1
    assert [row["usd"] for row in store.rows("SELECT usd FROM cost_timeline")] == [Decimal(42_000_000)]
    assert store.rows("SELECT count(*) AS n FROM readings")[0]["n"] == 2
    assert store.rows("SELECT count(*) AS n FROM facts")[0]["n"] == 2


def test_an_older_version_that_comes_later_does_not_become_current(store: Store) -> None:
    store.put([one(fetched_at=LATER)])
    older = make_outcome("Nothing yet.", [], name="z", url="https://a.example/z", title="Zephyrine")
    store.put([older])
    assert len(store.rows("SELECT * FROM cost_timeline")) == 1
    assert len(store.rows("SELECT * FROM revisions")) == 2


def test_a_page_may_not_pass_for_a_version_of_another_sites(store: Store) -> None:
    store.put([one()])
    thief = make_outcome("Buy now.", [], name="t", url="https://thief.example/t", canonical_url="https://a.example/z",
                         fetched_at=LATER)  # fmt: skip
    assert store.put([thief])["new"] == 1
    assert len(store.rows("SELECT * FROM cost_timeline")) == 1


def test_a_rejected_page_and_its_cuts_are_kept(store: Store) -> None:
    page = Page("s", "s.html", b"spam", "html", LATER, url="https://s.example/")
    cut = Removed("buy pills", "spam_paragraph", "test", evidence=("repeats", "off-site link"))
    rejected = Rejected("s", "s.html", page.sha256, LATER, "spam", url=page.url, removed=(cut,))
    outcome = Outcome("s.html", page, rejected=rejected)
    assert store.put([outcome])["rejected"] == 1
    assert store.put([outcome])["unchanged"] == 1
    row = store.rows("SELECT text, reason, rejected, evidence FROM cuts")[0]
    assert (row["text"], row["reason"], row["rejected"]) == ("buy pills", "spam_paragraph", "spam")
    assert row["evidence"] == ["repeats", "off-site link"]
    assert store.rows("SELECT * FROM articles") == []


def test_failures_count_their_attempts_and_resolve(store: Store) -> None:
    failed = Outcome(
        "https://a.example/z", None, failure=Failure("https://a.example/z", "fetch", "timeout", "try again")
    )
    store.put([failed])
    store.put([failed])
    row = store.rows("SELECT * FROM failures")[0]
    assert (row["stage"], row["reason"], row["attempts"]) == ("fetch", "timeout", 2)
    assert row["next_try"] > row["last_tried"]
    good = one()
    store.put([Outcome("https://a.example/z", good.page, good.article, good.reading)])
    assert store.rows("SELECT * FROM failures") == []


def test_a_denied_figure_is_in_no_view_but_facts(store: Store) -> None:
    store.put([make_outcome(TEXT, [{**COST, "negated": True}, SIZE], name="z")])
    assert [row["negated"] for row in store.rows("SELECT negated FROM facts WHERE kind = 'cost'")] == [True]
    for view in ("cost_timeline", "claims", "cost_per_parameter", "yearly_costs", "by_basis"):
        assert not [
            row for row in store.rows(f"SELECT * FROM {view}") if row.get("kind", "cost") == "cost"
        ], view
    assert store.rows("SELECT training_usd FROM models")[0]["training_usd"] is None


def test_a_claim_without_a_model_keeps_its_description(store: Store) -> None:
    text = "DeepMind spent $35 million training a system to learn Go."
    fact = {
        **COST,
        "model": None,
        "value": 35_000_000,
        "quote": text[:-1],
        "description": "a system to learn Go",
    }
    store.put([make_outcome(text, [fact], name="go")])
    row = store.rows("SELECT model, description, date_basis FROM cost_timeline")[0]
    assert (row["model"], row["description"], row["date_basis"]) == (None, "a system to learn Go", "fetched")


@pytest.mark.parametrize(
    "published, as_of, day, basis",
    [
        ("2024-05-06", "2020", dt.date(2024, 5, 6), "page"),
        (None, "2020", dt.date(2020, 7, 2), "text"),
        (None, "May 2021", dt.date(2021, 5, 1), "text"),
        (None, "last spring", dt.date(2026, 11, 20), "fetched"),
        (None, None, dt.date(2026, 11, 20), "fetched"),
    ],
)
def test_the_day_of_a_claim_and_how_it_is_known(
    store: Store, published: str | None, as_of: str | None, day: dt.date, basis: str
) -> None:
    fact = {**COST, "as_of": as_of} if as_of else COST
    store.put([make_outcome(TEXT, [fact], name="z", published=published)])
    row = store.rows("SELECT claim_date, date_basis FROM facts")[0]
    assert (row["claim_date"], row["date_basis"]) == (day, basis)


@pytest.mark.parametrize(
    "text, day",
    [("2023", dt.date(2023, 7, 2)), ("2023-05", dt.date(2023, 5, 1)), ("4 May 2023", dt.date(2023, 5, 4)),
     ("2023-02-31", None), ("Smarch 2023", None), ("in 2023 or so", None), ("", None), (None, None)],
)  # fmt: skip
def test_days_stated_in_words(text: str | None, day: dt.date | None) -> None:
    assert stated_day(text) == day


def test_other_currencies_have_their_dollars_and_the_rate_beside_them(store: Store) -> None:
    fact = {**COST, "value": 3_000_000, "currency": "EUR"}
    unknown = {**COST, "value": 1_000_000, "currency": "AED", "model": "Dune"}
    store.put([make_outcome(TEXT, [fact, unknown], name="z", published="2023-05-06")])  # a Saturday
    rows = {row["currency"]: row for row in store.rows("SELECT * FROM cost_timeline")}
    assert rows["EUR"]["usd"] == Decimal("3304200.00") and rows["EUR"]["rate"] == pytest.approx(1.1014)
    assert rows["EUR"]["rate_day"] == dt.date(2023, 5, 5) and "ECB" in rows["EUR"]["rate_source"]
    assert rows["AED"]["usd"] is None and rows["AED"]["value"] == 1_000_000


def test_money_is_exact(store: Store) -> None:
    fact = {**COST, "value": "12345678901234567.89"}
    store.put([make_outcome(TEXT, [fact], name="z")])
    assert store.rows("SELECT amount FROM facts")[0]["amount"] == Decimal("12345678901234567.89")
    assert store.rows("SELECT usd FROM cost_timeline")[0]["usd"] == Decimal("12345678901234567.89")


def test_an_analysts_rejection_and_amendment_outlive_a_reread(store: Store) -> None:
    store.put([one()])
    ids = {row["kind"]: row["fact_id"] for row in store.rows("SELECT kind, fact_id FROM facts")}
    analyst.correct(store, ids["cost"][:6], reject=True, note="a typing error")
    analyst.correct(store, ids["parameters"], changes=("value=8e9", "op=~"), note="the paper says 8")
    for rules in ("", "other rules"):
        if rules:  # read again: the sentence got shorter, so offsets and ids are others
            shorter = [{**COST, "quote": "cost $42 million"}, {**SIZE, "quote": "9 billion parameters"}]
            again = make_outcome(TEXT, shorter, name="z", url="https://a.example/z", title="Zephyrine",
                                 published="2024-05-06", rules=rules)  # fmt: skip
            assert store.put([again])["revised"] == 1
        assert store.rows("SELECT * FROM cost_timeline") == []
        row = store.rows("SELECT value, op, corrected, note FROM facts")[0]
        assert (row["value"], row["op"], row["corrected"], row["note"]) == (
            8e9,
            "~",
            True,
            "the paper says 8",
        )
        assert store.rows("SELECT parameters FROM models")[0]["parameters"] == 8e9
        assert {row["status"] for row in store.rows("SELECT * FROM fact_history WHERE kind = 'cost'")} >= {
            "rejected"
        }
    # what was read is still there, and the word can be taken back
    assert store.rows("SELECT DISTINCT value FROM fact_rows WHERE kind = 'parameters'") == [{"value": 9e9}]
    assert "rejected" in listing.show(store, ids["cost"], colour=False)
    analyst.correct(store, ids["cost"], undo=True)
    assert len(store.rows("SELECT * FROM cost_timeline")) == 1


@pytest.mark.parametrize(
    "reject, changes, message",
    [(False, (), "--reject"), (True, ("op=~",), "--reject"), (False, ("colour=red",), "field"),
     (False, ("basis=guess",), "basis"), (False, ("value=many",), "number"), (False, ("value=1e99",), "range"),
     (False, ("currency=dollars",), "currency")],
)  # fmt: skip
def test_a_wrong_correction_is_refused(
    store: Store, reject: bool, changes: tuple[str, ...], message: str
) -> None:
    store.put([one()])
    fact_id = store.rows("SELECT fact_id FROM facts")[0]["fact_id"]
    with pytest.raises(UsageError, match=message):
        analyst.correct(store, fact_id, reject=reject, changes=changes)


def test_ids_may_be_shortened_but_not_be_ambiguous(store: Store) -> None:
    store.put([one()])
    with pytest.raises(UsageError, match="no fact"):
        listing.find_one(store, "fact_rows", "fact_id", "zz", "fact")
    with pytest.raises(UsageError, match="no fact"):
        listing.find_one(store, "fact_rows", "fact_id", "", "fact")


def test_two_names_of_one_model_are_merged_for_good(store: Store) -> None:
    other = make_outcome("Zeph Nine cost $44 million.", [
        {**COST, "model": "Zeph Nine", "value": 44_000_000, "quote": "Zeph Nine cost $44 million"}],
        name="o", url="https://b.example/o", published="2024-06-01")  # fmt: skip
    store.put([one(), other])
    assert {row["model"] for row in store.rows("SELECT model FROM models")} == {"Zephyrine-9", "Zeph Nine"}
    analyst.merge(store, "zeph nine", "Zephyrine-9", note="the nickname")
    row = store.rows("SELECT model, aliases, stories FROM models")
    assert row == [{"model": "Zephyrine-9", "aliases": ["Zeph Nine"], "stories": 2}]
    assert {row["model"] for row in store.rows("SELECT model FROM cost_timeline")} == {"Zephyrine-9"}
    assert store.rows("SELECT spread FROM conflicts") == []  # 44 and 42 lie within a quarter
    # a chain ends at its root; undoing brings the name back
    analyst.merge(store, "Zephyrine-9", "Zephyrine 9B")
    assert {row["model"] for row in store.rows("SELECT model FROM cost_timeline")} == {"Zephyrine 9B"}
    with pytest.raises(UsageError, match="one model already"):
        analyst.merge(store, "Zephyrine 9B", "zephyrine-9b")
    analyst.merge(store, "Zeph Nine", "", undo=True)
    assert {row["model"] for row in store.rows("SELECT model FROM models")} == {"Zephyrine 9B", "Zeph Nine"}
    with pytest.raises(UsageError, match="no model called"):
        analyst.merge(store, "Nobody", "Zeph Nine")


def test_spellings_of_one_name_are_one_model(store: Store) -> None:
    pages = [
        make_outcome(f"{name} has {n} billion parameters.", [{**SIZE, "model": name, "value": n * 10**9,
                     "quote": f"{name} has {n} billion parameters"}], name=name, url=f"https://x.example/{n}")
        for n, name in enumerate(("GPT 77", "GPT-77", "gpt-77", "GPT-77"), start=3)
    ]  # fmt: skip
    store.put(pages)
    assert store.rows("SELECT model, aliases FROM models") == [
        {"model": "GPT-77", "aliases": ["GPT 77", "gpt-77"]}
    ]


def test_a_restored_cut_is_remembered(store: Store) -> None:
    made = one()
    assert made.article is not None
    cut = Removed("An honest sentence.", "spam_sentence", "test", cut_id="abcdef0123456789")
    article = make_outcome(TEXT, [COST], name="z", url="https://a.example/z", removed=(cut,))
    store.put([article])
    assert store.restored_cuts() == frozenset()
    cut_id, document = analyst.restore(store, "abcdef", note="honest")
    assert store.restored_cuts() == {cut_id} == {"abcdef0123456789"}
    pages = list(store.stored_pages([document]))
    assert [page.body.decode() for page in pages] == [TEXT] and pages[0].url == "https://a.example/z"
    assert list(store.stored_pages(["another"])) == []


def test_the_order_of_pages_changes_nothing(tmp_path: Path) -> None:
    pages = [one()] + [
        make_outcome(f"Model-{n} cost ${n} million and more words {n}.", [
            {**COST, "model": f"Model-{n % 7}", "value": n * 10**6, "quote": f"Model-{n} cost ${n} million"}],
            name=str(n), url=f"https://s{n}.example/", published=f"2024-01-{n % 28 + 1:02}")
        for n in range(1, 40)
    ]  # fmt: skip
    told = []
    for seed in range(3):
        random.Random(seed).shuffle(pages)
        with Store.open(tmp_path / f"{seed}.duckdb") as store:
            for start in range(0, len(pages), 7):
                store.put(pages[start : start + 7])
                store.rows("SELECT count(*) FROM claims")  # brought up to date in between
            told.append(
                [store.rows(f"SELECT * EXCLUDE (reading_id) FROM {name} ORDER BY ALL") if name == "facts"
                 else store.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in ("facts", "claims", "models", "conflicts")]
            )  # fmt: skip
    assert told[0] == told[1] == told[2]


def test_claims_are_whole_after_a_run_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    code = (
        "import os, sys; from db.store import Store; from tests.test_store import one; "
        "store = Store.open(sys.argv[1]); store.put([one()]); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=Path(__file__).parent.parent, check=False
    )
    assert done.returncode == 9
    with Store.open(path, read_only=True) as store:
        assert len(store.rows("SELECT * FROM facts")) == 2


def test_another_process_that_writes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.duckdb"
    Store.open(path).close()
    code = (
        f"import duckdb, time; con = duckdb.connect({str(path)!r}); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        monkeypatch.setattr("db.connect.LOCK_PATIENCE", 0.2)
        try:
            for read_only in (True, False):
                with pytest.raises(LockHeldError, match=f"held by process {holder.pid}"):
                    Store.open(path, read_only=read_only)
        finally:
            holder.kill()


def test_a_store_lets_go_of_the_file_and_takes_it_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    with Store.open(path) as store:
        store.put([one()])
        store.release()
        code = f"import duckdb; print(duckdb.connect({str(path)!r}, read_only=True).sql('FROM claims').fetchall()[0][0])"
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert told.stdout.strip() in ("cost", "parameters")
        assert store.put([one()])["unchanged"] == 1


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look like a file" * 100, b"x"]
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.duckdb"
    path.write_bytes(content)
    for read_only in (True, False):
        with pytest.raises(StoreError, match="ledger"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == content


def test_a_missing_file_is_made_for_writing_only(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        Store.open(tmp_path / "none.duckdb", read_only=True)
    with pytest.raises(StoreError, match="folder"):
        Store.open(tmp_path / "no" / "folder.duckdb")


def test_nothing_of_a_batch_is_stored_if_one_of_it_cannot_be(store: Store) -> None:
    bad = Outcome("x", None)
    with pytest.raises(StoreError):
        store.put([one(), bad])
    assert store.rows("SELECT * FROM articles") == []
    assert store.put([one()])["new"] == 1


def test_text_that_no_database_takes_is_mended(store: Store) -> None:
    text = "Zephyrine-9 has 9 billion parameters. \udce4 \x00 \U0001f600"
    store.put([make_outcome(text, [{**SIZE, "quote": "Zephyrine-9 has 9 billion parameters"}], name="z")])
    assert "😀" in store.rows("SELECT text FROM readings")[0]["text"]


def test_runs_are_noted(store: Store) -> None:
    run = store.start_run("ingest", rules="abc")
    counts = store.put([one()])
    store.finish_run(counts)
    row = store.rows("SELECT * FROM runs")[0]
    assert row["run_id"] == run and row["ended_at"] >= row["started_at"] and '"new": 1' in row["counts"]
    assert store.rows("SELECT run_id FROM revisions")[0]["run_id"] == run


def test_findings_replace_the_earlier_ones(store: Store) -> None:
    finding = Finding("sum", "M", "agrees", "1 + 1 = 2", ("a", "b"), expected=2.0, stated=2.0, tolerance=0.1)
    assert store.put_findings([finding] * 3) == 3
    assert store.put_findings([finding]) == 1
    row = store.rows("SELECT * FROM findings")[0]
    assert (row["model"], row["verdict"], row["fact_ids"]) == ("M", "agrees", ["a", "b"])


def test_a_backup_opens_like_the_ledger(store: Store, tmp_path: Path) -> None:
    store.put([one()])
    store.close()
    target = tmp_path / "copy.duckdb"
    assert backup(store.path, target) > 0
    assert backup(store.path, target) > 0  # an older backup is replaced
    with Store.open(target, read_only=True) as copy:
        assert len(copy.rows("SELECT * FROM facts")) == 2
    other = tmp_path / "letter.txt"
    other.write_text("dear")
    for wrong in (other, store.path, tmp_path, tmp_path / "no" / "where"):
        with pytest.raises(UsageError):
            backup(store.path, wrong)
    assert other.read_text() == "dear"


def test_parts_give_what_a_run_gives_and_each_is_loaded_once(tmp_path: Path) -> None:
    pages = [one()] + [
        make_outcome(f"Model-{n} cost €{n} million.", [
            {**COST, "model": f"Model-{n}", "currency": "EUR", "value": n * 10**6, "quote": f"Model-{n} cost €{n} million"}],
            name=str(n), url=f"https://s.example/{n}", published="2024-01-02")
        for n in range(1, 9)
    ]  # fmt: skip
    failed = Outcome("https://f.example/", None, failure=Failure("https://f.example/", "fetch", "timeout"))
    with Store.open(tmp_path / "run.duckdb") as store:
        store.put([*pages, failed])
        expected = {
            name: store.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in ("facts", "claims", "models")
        }
        rates = store.rows("SELECT * FROM exchange_rates")
    folder = tmp_path / "parts"
    first = parts.write_part([*pages[:6], failed], folder)
    assert first == parts.write_part([*pages[:6], failed], folder)  # named by content
    parts.write_part(pages[3:], folder)
    assert parts.write_part([], folder) is None
    with Store.open(tmp_path / "loaded.duckdb") as store:
        counts = parts.load(store, [folder])
        assert (counts["parts"], counts["new"], counts["unchanged"], counts["failed"]) == (2, 9, 3, 1)
        assert parts.load(store, [folder]) == {"loaded before": 2}
        assert {name: store.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in expected} == expected
        assert store.rows("SELECT * FROM exchange_rates") == rates
        assert [row["input"] for row in store.rows("SELECT input FROM failures")] == ["https://f.example/"]
        with pytest.raises(UsageError, match="no file"):
            parts.load(store, [tmp_path / "none"])
        alien = tmp_path / "alien.parquet"
        duckdb.sql("SELECT 1 AS x").write_parquet(str(alien))
        with pytest.raises(UsageError, match="no part of ours"):
            parts.load(store, [alien])
        assert len(store.rows("SELECT * FROM articles")) == 9
