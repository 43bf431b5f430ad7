"""Exports that other tools read, the same bytes each time; comparison with Epoch's table."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import validate

from db import compare, export
from db.store import Store
from pipeline import stories
from schemas.errors import UsageError
from schemas.records import Outcome
from tests.ledger_cases import make_outcome

TEXT = (
    "=cmd|' /C calc'!A0 is how this paragraph begins, \"quoted\", with a comma; and a tab\there.\n\n"
    "Training Zephyrine-9 cost €42 million. Zephyrine-9 has 9 billion parameters and took 20 days on 512 A100s."
)
LABELS: list[dict[str, Any]] = [
    {"kind": "cost", "model": "Zephyrine-9", "op": "=", "value": 42_000_000, "currency": "EUR", "scope": "training",
     "basis": "reported", "quote": "Training Zephyrine-9 cost €42 million"},
    {"kind": "parameters", "model": "Zephyrine-9", "op": "=", "value": 9_000_000_000, "quote": "Zephyrine-9 has 9 billion parameters"},
    {"kind": "duration", "model": "Zephyrine-9", "op": "=", "hours": 480, "quote": "took 20 days"},
    {"kind": "hardware", "model": "Zephyrine-9", "op": "=", "device": "A100", "count": 512, "quote": "on 512 A100s"},
    {"kind": "developer", "model": "Zephyrine-9", "op": "=", "organization": "=Zephyr, Inc.", "quote": "Zephyrine-9"},
    {"kind": "parameters", "model": "+Evil", "op": "=", "value": 1, "negated": True, "quote": "=cmd|' /C calc'!A0 is how this"},
]  # fmt: skip


def pages() -> list[Outcome]:
    out = [make_outcome(TEXT, LABELS, name="z", url="https://a.example/z?x=1,2", title='=HYPERLINK("http://evil.example")',
                        published="2024-05-06", site="A")]  # fmt: skip
    for n in range(12):
        text = f"Model-{n} cost ${n + 1} million, said the firm, in {2015 + n}."
        label = {
            **LABELS[0],
            "model": f"Model-{n}",
            "currency": "USD",
            "value": (n + 1) * 10**6,
            "quote": text[:-1],
        }
        made = make_outcome(
            text, [label], name=str(n), url=f"https://b.example/{n}", published=f"{2012 + n}-02-03"
        )
        assert made.article is not None
        out.append(
            Outcome(made.input, made.page, made.article, made.reading, marks=stories.marks(made.article))
        )
    return out


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Store.open(tmp_path_factory.mktemp("ledger") / "ledger.duckdb") as opened:
        opened.put(pages())
        yield opened


def digests(paths: list[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.parametrize("flavour", ["plain", "spreadsheet"])
def test_a_public_validator_finds_the_package_valid(store: Store, tmp_path: Path, flavour: str) -> None:
    made = export.export(store, tmp_path / "out", flavour=flavour)
    assert {path.suffix for path in made} == {".csv", ".parquet", ".json", ".jsonl"}
    report = validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, [(task.name, [error.message for error in task.errors]) for task in report.tasks]
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for resource in package["resources"]:
        assert resource["description"] and all(field["description"] for field in resource["schema"]["fields"])
        assert (tmp_path / "out" / resource["alternatives"][0]["path"]).exists()


@pytest.mark.parametrize("flavour", export.FLAVOURS)
def test_the_same_ledger_gives_the_same_bytes(store: Store, tmp_path: Path, flavour: str) -> None:
    first = digests(export.export(store, tmp_path / "one", flavour=flavour))
    assert first == digests(export.export(store, tmp_path / "two", flavour=flavour))
    with Store.open(tmp_path / "again.duckdb") as other:  # another file, filled in another order
        for page in reversed(pages()):
            other.put([page])
        assert digests(export.export(other, tmp_path / "three", flavour=flavour)) == first


def test_csv_and_parquet_hold_what_the_ledger_holds(store: Store, tmp_path: Path) -> None:
    export.export(store, tmp_path)
    rows = list(csv.DictReader((tmp_path / "facts.csv").open(encoding="utf-8", newline="")))
    kept = store.rows("SELECT * FROM facts ORDER BY article_id, start_char, fact_id")
    assert [row["quote"] for row in rows] == [row["quote"] for row in kept]
    assert [row["fact_id"] for row in rows] == [row["fact_id"] for row in kept]
    parquet = duckdb.sql(f"SELECT fact_id, value FROM '{tmp_path}/facts.parquet'").fetchall()
    assert parquet == [(row["fact_id"], row["value"]) for row in kept]
    texts = {(row["article_id"], row["part"]): row["text"] for row in
             csv.DictReader((tmp_path / "texts.csv").open(encoding="utf-8", newline=""))}  # fmt: skip
    for row in rows:
        text = texts[row["article_id"], row["part"]]
        assert text[int(row["start_char"]) : int(row["end_char"])] == row["quote"]


def test_only_the_spreadsheet_flavour_defuses_formulas(store: Store, tmp_path: Path) -> None:
    export.export(store, tmp_path / "plain")
    export.export(store, tmp_path / "sheet", flavour="spreadsheet")
    plain = (tmp_path / "plain" / "articles.csv").read_text(encoding="utf-8")
    assert '"=HYPERLINK(' in plain
    for path in sorted((tmp_path / "sheet").glob("*.csv")):
        for row in csv.reader(path.open(encoding="utf-8", newline="")):
            for cell in row:
                assert not cell.lstrip(" ").startswith(("=", "@", "\t", "\r", "+")), (path.name, cell)
                assert (
                    not cell.startswith("-")
                    or cell[1:].replace(".", "").replace("e", "").replace("-", "").isdigit()
                )


def test_annotations_point_by_quote_and_by_position(store: Store, tmp_path: Path) -> None:
    export.export(store, tmp_path)
    told = [
        json.loads(line) for line in (tmp_path / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(told) == store.rows("SELECT count(*) AS n FROM facts")[0]["n"]
    one = next(item for item in told if item["body"]["kind"] == "duration")
    quote, position = one["target"]["selector"]
    assert (quote["type"], quote["exact"]) == ("TextQuoteSelector", "took 20 days")
    assert quote["prefix"].endswith("parameters and ") and quote["suffix"].startswith(" on 512")
    assert len(quote["prefix"]) == 32 and position["type"] == "TextPositionSelector"
    assert TEXT[position["start"] : position["end"]] == "took 20 days"
    assert one["target"]["source"] == "https://a.example/z?x=1,2"


def test_epochs_columns_in_their_order(store: Store, tmp_path: Path) -> None:
    (path,) = export.export(store, tmp_path, flavour="epoch")
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert list(rows[0])[:47] == list(export.EPOCH_COLUMNS) and len(export.EPOCH_COLUMNS) == 47
    row = next(row for row in rows if row["Model"] == "Zephyrine-9")
    assert (row["Parameters"], row["Training time (hours)"], row["Hardware quantity"]) == (
        "9000000000",
        "480",
        "512",
    )
    assert row["Training hardware"] == "NVIDIA A100" and row["Organization"] == "=Zephyr,Inc."
    # €42 million of 6 May 2024 in dollars of 2023
    assert float(row["Training compute cost (2023 USD)"]) == pytest.approx(
        42e6 * 1.0765 * 304.702 / 313.689, rel=0.01
    )
    assert "Training Zephyrine-9 cost €42 million" in row["Compute cost notes"]
    assert row["Link"] == "https://a.example/z?x=1,2" and len(row["Fact ids"].split()) == 4


def test_owid_columns_and_metadata(store: Store, tmp_path: Path) -> None:
    made = export.export(store, tmp_path, flavour="owid")
    assert len(made) == 8
    rows = list(csv.DictReader((tmp_path / "training_cost.csv").open(encoding="utf-8", newline="")))
    assert list(rows[0])[:3] == ["Entity", "Code", "Day"] and len(rows) == 13
    about = json.loads((tmp_path / "training_cost.metadata.json").read_text(encoding="utf-8"))
    assert set(about["columns"]) == set(list(rows[0])[3:])
    column = about["columns"]["training_cost_usd"]
    for key in (
        "titlePublic",
        "unit",
        "shortUnit",
        "descriptionShort",
        "descriptionKey",
        "processingLevel",
        "timespan",
        "origins",
    ):
        assert key in column
    assert column["timespan"] == "2012-02-03/2024-05-06"


def test_a_wrong_flavour_or_folder_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--flavour"):
        export.export(store, tmp_path, flavour="vanilla")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="file"):
        export.export(store, tmp_path / "file")


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "epoch.csv"
    head = "Model,Organization,Parameters,Training time (hours),Training hardware,Hardware quantity,Training compute cost (2023 USD)"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_compare_says_where_two_tables_agree_and_differ(store: Store, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "zephyrine 9,Zephyr,9e9,960,NVIDIA A100,512,45000000",
        "Model-1 (final),B,,,,,9999999",
        "Somebody Else,C,1e9,,,,",
    )
    made = compare.compare(store, path)
    verdicts = {(row["model"], row["field"]): row for row in made.table.dicts()}
    assert verdicts["Zephyrine-9", "parameters"]["verdict"] == "agree"
    assert (
        verdicts["Zephyrine-9", "hours"]["verdict"] == "differ"
        and verdicts["Zephyrine-9", "hours"]["ratio"] == 0.5
    )
    assert verdicts["Zephyrine-9", "hours"]["quote"] == "took 20 days"
    assert (
        verdicts["Zephyrine-9", "device"]["verdict"] == "agree"
        and verdicts["Zephyrine-9", "cost"]["verdict"] == "agree"
    )
    assert verdicts["Model-1", "cost"]["verdict"] == "differ"
    assert verdicts["Somebody Else", "model"]["verdict"] == "missing here"
    assert verdicts["Model-2", "model"]["verdict"] == "missing there"
    assert sum(made.counts.values()) == len(made.table.rows)


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"Model\nx\n", b"\xff\xfe\x00", b"Model,Parameters\n\"x,1\n"]
)  # fmt: skip
def test_a_table_that_cannot_be_compared_is_named(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"odd\.csv"):
        compare.compare(store, path)
    with pytest.raises(UsageError, match="none"):
        compare.compare(store, tmp_path / "none.csv")


def test_our_own_export_agrees_with_us(store: Store, tmp_path: Path) -> None:
    (path,) = export.export(store, tmp_path, flavour="epoch")
    counts = compare.compare(store, path).counts
    assert set(counts) <= {"agree", "missing there"} and counts["agree"] >= 17
