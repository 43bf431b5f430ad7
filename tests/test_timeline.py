"""The timeline in every format: what it holds, what it leaves out and says so, and that nothing in it runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import chart, formats, timeline
from db.store import Store
from db.timeline import Choice, Timeline, render
from schemas.errors import UsageError
from tests.ledger_cases import make_outcome

NASTY = "<script>alert(1)</script> & \"q\" 'a' \x1b[31m ]]> --> =1+1 | * _x_ `c` \u202e www.evil.example"


def claim(value: Any = None, **about: Any) -> dict[str, Any]:
    base = {"kind": "cost", "model": "Zephyrine-9", "op": "=", "value": value, "currency": "USD",
            "scope": "training", "basis": "reported", "quote": "It cost money."}  # fmt: skip
    return {**base, **about}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    text = "It cost money. The size is known."
    pages = [
        ("2020-03-01", [claim(1_000_000), claim(None, low=2e6, high=8e6, op="range", model="Wide")]),
        ("2022-06-15", [claim(50_000_000, op=">", basis="estimated", model="Albatross-2", organization=None)]),
        ("2023-05-05", [claim(3_000_000, currency="EUR", model="Fjord"), claim(9e6, currency="AED", model="Dune")]),
        ("2024-01-01", [claim(4e6, basis="hypothetical", model="What-If"), claim(5e6, basis="projected", model="Soon")]),
        ("2024-02-01", [claim(700_000, scope="inference", period="day", model="Chatty"), claim(6e6, period="month", model="Monthly")]),
        ("2026-01-01", [claim(1, model=NASTY, description=None)]),
        (None, [claim(35_000_000, model=None, description="a system to learn Go")]),
        ("2021-01-01", [{"kind": "parameters", "model": "Zephyrine-9", "op": "~", "value": 9e9, "quote": "The size is known."},
                        {"kind": "price", "device": "A100", "value": 2.5, "currency": "EUR", "per": "hour", "op": "=",
                         "provider": "A Cloud", "quote": "The size is known."},
                        {"kind": "hardware", "model": "Zephyrine-9", "device": "A100", "count": 512, "op": "=", "quote": "The size is known."},
                        {"kind": "hardware", "model": "Zephyrine-9", "device": "T4", "count": 9, "use": "inference", "op": "=", "quote": "The size is known."},
                        {"kind": "developer", "model": "Zephyrine-9", "organization": "Zephyr Labs", "op": "=", "quote": "The size is known."}]),
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    with Store.open(path) as opened:
        opened.put([
            make_outcome(text, labels, name=str(n), url=f"https://site.example/{n}", published=published, title=f"Page {n}")
            for n, (published, labels) in enumerate(pages)
        ])  # fmt: skip
        yield opened


def read(store: Store, **about: Any) -> Timeline:
    return timeline.timeline(store, Choice.of(**about))


def names(rows: tuple[dict[str, Any], ...]) -> list[str]:
    return [row["model"] for row in rows]


def test_training_as_reported_and_estimated_is_what_is_shown(store: Store) -> None:
    made = read(store)
    assert names(made.dated) == ["Wide", "Zephyrine-9", "Albatross-2", "Dune", "Fjord", NASTY]
    # without a day, or a running cost: listed, not dated
    assert sorted(str(row["model"]) for row in made.listed) == ["Monthly", "None"]
    assert set(names(read(store, basis="all").dated)) >= {"What-If", "Soon"}
    assert names(read(store, basis="projected").dated) == ["Soon"]
    assert names(read(store, scope="inference").listed) == ["Chatty"]
    assert len(read(store, scope="all", basis="all").table().rows) == 11


@pytest.mark.parametrize(
    "about, expected",
    [
        ({"since": "2022"}, ["Albatross-2", "Dune", "Fjord", NASTY]),
        ({"until": "2020"}, ["Wide", "Zephyrine-9"]),
        ({"since": "2022-06", "until": "2022-06-15"}, ["Albatross-2"]),
        ({"models": ("zephyrine 9",)}, ["Zephyrine-9"]),
        ({"models": ("alba",)}, ["Albatross-2"]),
        ({"models": ("nobody",)}, []),
        ({"organizations": ("zephyr",)}, ["Zephyrine-9"]),
    ],
)
def test_filters(store: Store, about: dict[str, Any], expected: list[str]) -> None:
    assert names(read(store, **about).dated) == expected


@pytest.mark.parametrize(
    "about, message",
    [({"metric": "love"}, "--metric"), ({"basis": "guess"}, "--basis"), ({"scope": "fun"}, "--scope"),
     ({"since": "yesterday"}, "--since"), ({"until": "2024-13"}, "--until"), ({"dollars": "real"}, "--dollars")],
)  # fmt: skip
def test_a_wrong_word_is_named(about: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Choice.of(**about)


def test_dollars_of_another_year_say_so_with_their_source(store: Store) -> None:
    rows = {row["model"]: row for row in read(store, dollars="2023").dated}
    # 304.702 / 258.811 (CPI-U 2023 and 2020)
    assert rows["Zephyrine-9"]["usd"] == Decimal("1177314.72")
    assert rows["Zephyrine-9"]["usd_nominal"] == 1_000_000
    assert (rows["Zephyrine-9"]["dollars"], "CUUR0000SA0" in rows["Zephyrine-9"]["price_index"]) == (
        "2023",
        True,
    )
    assert rows["Wide"]["usd_low"] == Decimal("2354629.44")
    made = read(store, dollars="2023")
    assert any("its last year" in note for note in made.notes)  # 2026 is beyond the index
    assert made.listed[0]["dollars"] == "nominal" or made.listed[1]["dollars"] == "nominal"
    with pytest.raises(UsageError, match="price index runs"):
        read(store, dollars="1066")


def test_other_currencies_show_their_rate_and_one_without_has_no_dollars(store: Store) -> None:
    rows = {row["model"]: row for row in read(store).dated}
    assert rows["Fjord"]["usd"] == Decimal("3304200.00") and rows["Fjord"]["rate_day"] == dt.date(2023, 5, 5)
    assert rows["Dune"]["usd"] is None and rows["Dune"]["value"] == 9_000_000
    shown = str(render(read(store), "table"))
    assert "1.101 on 2023-05-05" in shown and "9 million AED" in shown
    assert any("AED" in note for note in read(store).notes)


@pytest.mark.parametrize("metric", timeline.METRICS)
@pytest.mark.parametrize("format", timeline.FORMATS)
def test_every_metric_has_every_format(store: Store, metric: str, format: str) -> None:
    assert render(read(store, metric=metric, basis="all", scope="all"), format)


def test_other_metrics(store: Store) -> None:
    assert [row["value"] for row in read(store, metric="parameters").dated] == [9e9]
    assert [row["device"] for row in read(store, metric="hardware").dated] == ["A100"]  # not what serves it
    (price,) = read(store, metric="price").dated
    assert (price["device"], price["provider"], price["currency"]) == ("A100", "A Cloud", "EUR")
    assert price["usd"] == pytest.approx(2.5 * price["rate"], rel=1e-3)


def test_csv_json_and_parquet_say_the_same(store: Store) -> None:
    made = read(store, basis="all")
    from_csv = list(csv.DictReader(io.StringIO(str(render(made, "csv")))))
    from_json = json.loads(str(render(made, "json")))
    data = render(made, "parquet")
    assert isinstance(data, bytes)
    from_parquet = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    assert len(from_csv) == len(from_json) == len(from_parquet) == len(made.dated) + len(made.listed)
    for one, two, three in zip(from_csv, from_json, from_parquet, strict=True):
        assert list(one) == list(two) == list(three) == list(made.columns)
        assert one["claim_date"] == two["claim_date"] == three["claim_date"].isoformat()
        assert (float(one["usd"]) if one["usd"] else None) == two["usd"]
        assert two["usd"] == (None if three["usd"] is None else float(three["usd"]))
        assert (one["model"] or None) == two["model"] == three["model"]


def test_nothing_that_a_text_says_runs_in_any_format(store: Store) -> None:
    made = read(store, basis="all")
    page = str(render(made, "html"))
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    picture = str(render(made, "svg"))
    ElementTree.fromstring(picture)
    assert "<script" not in picture
    for format in ("table", "md"):
        told = str(render(made, format))
        assert "\x1b" not in told and "\u202e" not in told
    assert "<script" not in str(render(made, "md")) and "www.evil" not in str(render(made, "md"))
    assert NASTY in {row["model"] for row in json.loads(str(render(made, "json")))}  # data stays as it is


def test_the_picture_lists_what_it_cannot_date_and_names_its_sources(store: Store) -> None:
    told = "".join(ElementTree.fromstring(str(render(read(store, basis="all"), "svg"))).itertext())
    for words in ("a system to learn Go ($35 million, reported)", "Monthly ($6 million, reported, a month)",
                  "European Central Bank", "Source: Costline", "logarithmic", "hypothetical", "range"):  # fmt: skip
        assert words in " ".join(told.split()), words
    assert "No claim with a known day" in str(render(read(store, models=("nobody",)), "svg"))


def test_a_png_is_one(store: Store) -> None:
    data = render(read(store), "png")
    assert isinstance(data, bytes) and data.startswith(b"\x89PNG") and len(data) > 20_000


def _marks(told: random.Random, number: int) -> tuple[chart.Mark, ...]:
    return tuple(
        chart.Mark(dt.date(2015, 1, 1) + dt.timedelta(days=told.randint(0, 4000)), 10 ** told.uniform(3, 10), None, None,
                   told.choice("=~<>"), told.choice(list(chart.STYLES)), f"Model {told.randint(0, number)}", "$1", "tip")
        for _ in range(number)
    )  # fmt: skip


@pytest.mark.parametrize("number", [1, 2, 12, 60, 400])
def test_labels_never_lie_on_each_other_or_outside(number: int) -> None:
    document = chart.svg(chart.Picture("t", "s", _marks(random.Random(number), number), unit="$"))
    boxes = []
    for text in ElementTree.fromstring(document).iter("{http://www.w3.org/2000/svg}text"):
        words = text.text or ""
        if words.startswith("Model "):
            size, x, y = (
                float(text.get("font-size", "0")),
                float(text.get("x", "0")),
                float(text.get("y", "0")),
            )
            boxes.append((x, y - size * 0.8, x + chart.text_width(words, size), y))
    assert boxes
    for i, one in enumerate(boxes):
        assert one[0] >= 0 and one[2] <= chart.WIDTH and one[1] >= chart.TOP - 20
        for two in boxes[i + 1 :]:
            assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1], (one, two)


def test_a_crowd_of_marks_is_thinned_only_where_they_cover_each_other() -> None:
    marks = _marks(random.Random(1), 5000)
    document = chart.svg(chart.Picture("t", "s", marks, unit="$"))
    drawn = sum(len(path.get("d", "").split("M")) - 1 for path in ElementTree.fromstring(document).iter(
        "{http://www.w3.org/2000/svg}path"))  # fmt: skip
    assert 4000 < drawn < 6000
    assert len(chart.svg(chart.Picture("t", "s", marks * 3, unit="$"))) < 1.05 * len(document)


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=60),
    st.floats(min_value=1e-9, max_value=1e30),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1)),
)
def test_any_claim_can_be_drawn(name: str, value: float, day: dt.date) -> None:
    mark = chart.Mark(day, value, None, None, ">", "odd", name, name, name)
    document = chart.svg(chart.Picture(name, name, (mark,), notes=(name,), listed=(name,), source=name))
    ElementTree.fromstring(document)


@pytest.mark.parametrize(
    "cell, shown",
    [("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
     ("\t=1", "'\t=1"), ("  =1", "'  =1"), ("＝1", "'＝1"), ("-1.5", "-1.5"), ("-1e-05", "-1e-05"), ("plain", "plain"), ("", "")],
)  # fmt: skip
def test_a_spreadsheet_runs_no_formula(cell: str, shown: str) -> None:
    assert formats.spreadsheet_safe(cell) == shown


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(), st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans())),
        max_size=5,
    )
)
def test_any_cell_goes_through_every_format(rows: list[tuple[str, Any]]) -> None:
    table = formats.Table(("a", "b"), tuple(rows))
    told = formats.table_text(table)
    assert not any((ord(c) < 32 and c not in "\n") or 0x7F <= ord(c) < 0xA0 for c in told)
    assert len(json.loads(formats.json_text(table))) == len(rows)
    assert formats.html_table(table).count("<tr>") == len(rows) + 1
    assert formats.markdown_text(table).count("\n") == len(rows) + 2
    back = list(csv.reader(io.StringIO(formats.csv_text(table, spreadsheet=True), newline="")))
    assert len(back) == len(rows) + 1
    assert not any(cell.startswith(("=", "+", "@")) for row in back[1:] for cell in row)


def test_more_marks_than_can_be_told_apart_become_shaded_cells_with_a_median() -> None:
    marks = tuple(
        chart.Mark(dt.date(2020 + at % 3, 1 + at % 12, 5), 10.0 ** (3 + at % 5), None, None, "=",
                   "estimated" if at % 2 else "reported", f"M{at}", "$1", "")
        for at in range(chart.MANY + 1)
    )  # fmt: skip
    drawn = chart.svg(chart.Picture("T", "S", marks))
    assert drawn == chart.svg(chart.Picture("T", "S", marks))
    assert "median of the year" in drawn and drawn.count("fill-opacity") <= 4 * chart.SHADES
    assert len(drawn) < 20_000
    assert chart.png(drawn).startswith(b"\x89PNG")
