"""The timeline: claims of one metric in order of their day, those without a day listed under it."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db import chart
from db.formats import (
    Table,
    csv_text,
    escape_html,
    html_page,
    html_table,
    human,
    json_text,
    markdown_cell,
    markdown_text,
    parquet_bytes,
    shortened,
    table_text,
)
from db.keys import name_key
from db.store import Store
from schemas import words
from schemas.errors import UsageError

METRICS = (
    "cost", "parameters", "hardware", "compute", "duration", "device_hours", "tokens", "price", "energy",
    "emissions",
)  # fmt: skip
FORMATS = ("table", "csv", "json", "parquet", "md", "html", "svg", "png")
DEFAULT_BASES = ("reported", "estimated")

_COMMON = ("claim_date", "date_basis", "model", "organization", "scope", "basis", "op")
_TAIL = ("quote", "url", "fact_id", "copies", "description")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "cost": (*_COMMON, "usd", "usd_low", "usd_high", "value", "currency", "quote", "url", "fact_id", "copies",
             "low", "high", "vague", "period", "description", "rate", "rate_day", "rate_source", "dollars",
             "usd_nominal", "price_index"),
    "price": ("claim_date", "date_basis", "device", "provider", "per", "op", "usd", "usd_low", "usd_high",
              "value", "low", "high", "currency", "rate", "rate_day", "quote", "url", "fact_id", "copies",
              "dollars", "usd_nominal", "price_index"),
    "hardware": ("claim_date", "date_basis", "model", "organization", "op", "device", "value", "low", "high",
                 "unit", *_TAIL),
    "device_hours": ("claim_date", "date_basis", "model", "organization", "op", "device", "value", "low",
                     "high", "unit", *_TAIL),
    "parameters": ("claim_date", "date_basis", "model", "organization", "role", "op", "value", "low", "high",
                   "unit", *_TAIL),
}  # fmt: skip
_OTHER = ("claim_date", "date_basis", "model", "organization", "op", "value", "low", "high", "unit", *_TAIL)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a timeline shows.

    bases:   empty for all. scope: None for all. dollars: None for nominal, else the year.
    """

    metric: str = "cost"
    since: dt.date | None = None
    until: dt.date | None = None
    models: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    scope: str | None = "training"
    bases: tuple[str, ...] = DEFAULT_BASES
    dollars: int | None = None

    @classmethod
    def of(
        cls,
        *,
        metric: str = "cost",
        since: str | None = None,
        until: str | None = None,
        models: tuple[str, ...] = (),
        organizations: tuple[str, ...] = (),
        scope: str = "training",
        basis: str = ",".join(DEFAULT_BASES),
        dollars: str = "nominal",
    ) -> Choice:
        """Build a choice from words on a command line; UsageError says which word is wrong."""
        _known("metric", metric, METRICS)
        bases: tuple[str, ...] = ()
        if basis != "all":
            bases = tuple(part.strip() for part in basis.split(","))
            for part in bases:
                _known("basis", part, (*words.BASES, "all"))
        if scope != "all":
            _known("scope", scope, (*words.SCOPES, "all"))
        if dollars != "nominal" and not re.fullmatch(r"\d{4}", dollars):
            raise UsageError(f"--dollars is {dollars!r}; it is nominal or a year, such as 2023")
        return cls(
            metric, day("since", since), day("until", until, end=True), models, organizations,
            None if scope == "all" else scope, bases, None if dollars == "nominal" else int(dollars),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timeline:
    """Claims with a day, claims without one (or that are running costs), and what a reader must know."""

    choice: Choice
    columns: tuple[str, ...]
    dated: tuple[dict[str, Any], ...]
    listed: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = field(default=())

    def table(self) -> Table:
        """Return all claims, dated ones first, with every column."""
        rows = [tuple(row[c] for c in self.columns) for row in (*self.dated, *self.listed)]
        return Table(self.columns, tuple(rows))


def _known(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"--{name} is {value!r}; it may be {', '.join(allowed)}")


def day(name: str, text: str | None, *, end: bool = False) -> dt.date | None:
    """Return the day that YYYY, YYYY-MM or YYYY-MM-DD means: its first, or its last with end."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text.strip())
    try:
        if match is None:
            raise ValueError(text)
        year, month = int(match[1]), int(match[2] or (12 if end else 1))
        return dt.date(year, month, int(match[3] or (calendar.monthrange(year, month)[1] if end else 1)))
    except ValueError:
        raise UsageError(f"--{name} is {text!r}; give a day, month or year such as 2024-05") from None


def timeline(store: Store, choice: Choice) -> Timeline:
    """Read the claims that a choice asks for, in order of day, then model."""
    where, given = ["true"], []
    if choice.metric == "cost":
        source = "cost_timeline"
        if choice.scope is not None:
            where.append("scope = ?")
            given.append(choice.scope)
    elif choice.metric == "price":
        source = "(SELECT *, NULL::VARCHAR AS model, NULL::VARCHAR AS organization, NULL::VARCHAR AS basis, NULL::VARCHAR AS period, NULL::VARCHAR AS description FROM device_prices WHERE per = 'hour')"
    else:
        source = (
            "(SELECT c.*, coalesce(r.url, r.canonical_url, r.source) AS url"
            " FROM claims AS c JOIN articles AS r USING (article_id)"
            f" WHERE kind = '{choice.metric}' AND coalesce(use, 'training') = 'training')"
        )
    if choice.bases:
        marks = ", ".join("?" for _ in choice.bases)
        where.append(f"coalesce(basis, 'reported') IN ({marks})")
        given.extend(choice.bases)
    if choice.models:
        keys = _model_names(store, choice.models)
        where.append(f"model IN ({', '.join('?' for _ in keys)})")
        given.extend(keys)
    for one in choice.organizations:
        where.append("contains(lower(organization), lower(?))")
        given.append(one)
    sql = (
        f"SELECT * FROM {source} WHERE {' AND '.join(where)}"
        " ORDER BY claim_date, model NULLS LAST, quote, fact_id"
    )
    rows = store.rows(sql, given)
    columns = _COLUMNS.get(choice.metric, _OTHER)
    notes = []
    if choice.metric in ("cost", "price"):
        notes += _dollars(store, choice, rows)
    dated: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for row in rows:
        known = row["date_basis"] != "fetched"
        if known and choice.since and row["claim_date"] < choice.since:
            continue
        if known and choice.until and row["claim_date"] > choice.until:
            continue
        (dated if known and not row.get("period") else listed).append(row)
    return Timeline(choice, columns, tuple(dated), tuple(listed), tuple(notes))


def _model_names(store: Store, asked: tuple[str, ...]) -> list[str]:
    """Return the names shown for what a user typed: another spelling, an alias, or a part of the name."""
    out: list[str] = []
    for text in asked:
        found = store.rows("SELECT DISTINCT model FROM model_names WHERE model_key = ?", [name_key(text)])
        if not found:
            found = store.rows("SELECT model FROM models WHERE list_contains(aliases, ?)", [text])
        if not found:
            found = store.rows(
                "SELECT DISTINCT model FROM model_names WHERE contains(model_key, ?)", [name_key(text)]
            )
        out.extend(row["model"] for row in found)
    return out or ["\0"]


def _dollars(store: Store, choice: Choice, rows: list[dict[str, Any]]) -> list[str]:
    """Bring sums into dollars of one year, in place; each row says which dollars it is in."""
    notes: list[str] = []
    index = {row["year"]: row for row in store.rows("SELECT * FROM price_index")}
    last = max(index, default=0)
    if choice.dollars is not None and choice.dollars not in index:
        raise UsageError(
            f"--dollars {choice.dollars}: the price index runs from {min(index, default=0)} to {last}"
        )
    beyond = 0
    for row in rows:
        row["usd_nominal"], row["price_index"], row["dollars"] = row["usd"], None, "nominal"
        if choice.dollars is None or row["date_basis"] == "fetched":
            continue
        year = row["claim_date"].year
        if year > last:
            beyond += 1
            year = last
        if year not in index:
            continue
        factor = index[choice.dollars]["cpi_u"] / index[year]["cpi_u"]
        for name in ("usd", "usd_low", "usd_high"):
            if row[name] is not None:
                row[name] = (
                    round(Decimal(row[name]) * Decimal(str(factor)), 2)
                    if isinstance(row[name], Decimal)
                    else round(row[name] * factor, 4)
                )
        row["dollars"], row["price_index"] = str(choice.dollars), index[year]["source"]
    if choice.dollars is not None:
        notes.append(
            f"Dollars of {choice.dollars}, by the consumer price index CPI-U (annual averages): {index[last]['source']}."
        )
        if beyond:
            notes.append(f"For {beyond} of the claims, later than the index, its last year, {last}, is used.")
        if any(row["dollars"] == "nominal" for row in rows):
            notes.append("Claims whose day is not known stay in dollars as stated.")
    foreign = [row for row in rows if row.get("currency") not in (None, "USD")]
    if any(row["rate"] is not None for row in foreign):
        notes.append("Other currencies at the European Central Bank's reference rate of the day shown.")
    missing = sorted({row["currency"] for row in foreign if row["rate"] is None})
    if missing:
        notes.append(f"No reference rate for {', '.join(missing)}: those sums have no dollars.")
    return notes


# ---- as text ----------------------------------------------------------------------------------------


def compact(value: Any) -> str:
    """Return a number as an article would print it: 4.6 million, 540 billion, 3.1e23."""
    number = float(value)
    for size, word in ((1e15, ""), (1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if abs(number) >= size:
            return f"{number:.3g}" if not word else f"{number / size:.4g}{word}"
    return human(round(number, 4))


def amount(row: dict[str, Any], *, money: bool) -> str:
    """Return a claim's figure in words: "over $300,000", "$80 million to $100 million", "about 540 billion"."""
    low, high = (row["usd_low"], row["usd_high"]) if money else (row["low"], row["high"])
    value = row["usd"] if money else row["value"]
    sign = "$" if money else ""
    if money and value is None and low is None:
        stated = row["value"] if row["value"] is not None else row["low"]
        return f"{compact(stated)} {row['currency']}" if stated is not None else ""
    if low is not None and high is not None:
        return f"{sign}{compact(low)} to {sign}{compact(high)}"
    if value is None:
        return ""
    before = {"~": "about ", ">": "over ", "<": "up to "}.get(row["op"], "")
    return f"{before}{sign}{compact(value)}"


UNNAMED = "(no model named)"


def who(row: dict[str, Any]) -> str:
    """Return what a claim is about: its model (or device), else its description, else a word that says there is none."""
    return str(row.get("model") or row.get("device") or row.get("description") or UNNAMED)


def _brief(rows: tuple[dict[str, Any], ...], choice: Choice, *, dated: bool) -> Table:
    money = choice.metric in ("cost", "price")
    heads = ["day" if dated else "page seen", "model" if choice.metric != "price" else "device"]
    heads.append("provider" if choice.metric == "price" else "organization")
    heads.append("dollars" if money else choice.metric.replace("_", " "))
    if choice.metric in ("hardware", "device_hours"):
        heads.append("device")
    if choice.metric == "parameters":
        heads.append("role")
    if choice.metric == "cost":
        heads += ["stated as", "rate", "basis", "scope"]
    heads += ["copies", "sentence", "fact"]
    out = []
    for row in rows:
        cells: list[Any] = [row["claim_date"], shortened(who(row), 34)]
        cells.append(
            row["provider"] if choice.metric == "price" else shortened(row["organization"] or "", 26)
        )
        cells.append(amount(row, money=money))
        if choice.metric in ("hardware", "device_hours"):
            cells.append(row["device"])
        if choice.metric == "parameters":
            cells.append(row["role"])
        if choice.metric == "cost":
            other = row["currency"] != "USD"
            stated = row["value"] if row["value"] is not None else row["low"]
            cells += [
                f"{compact(stated)} {row['currency']}" if other and stated is not None else "",
                f"{row['rate']:.4g} on {row['rate_day']}" if other and row["rate"] else "",
                row["basis"],
                row["scope"] + (f", a {row['period']}" if row.get("period") else ""),
            ]
        cells += [row["copies"], row["quote"], row["fact_id"][:8]]
        out.append(tuple(cells))
    keep = [i for i, head in enumerate(heads) if head not in ("stated as", "rate") or any(r[i] for r in out)]
    return Table(tuple(heads[i] for i in keep), tuple(tuple(row[i] for i in keep) for row in out))


def heading(choice: Choice) -> str:
    """Return a timeline's title."""
    what = {
        "cost": {"training": "What training cost", None: "What models cost"}.get(choice.scope, f"Cost of {choice.scope}"),
        "parameters": "Size of models, parameters", "hardware": "Devices used for training",
        "compute": "Training compute, FLOP", "duration": "Duration of training, hours",
        "device_hours": "Device hours of training", "tokens": "Training data, tokens",
        "price": "Price of a device hour", "energy": "Energy of training, kWh",
        "emissions": "Emissions of training, kg CO₂e",
    }[choice.metric]  # fmt: skip
    if choice.metric in ("cost", "price"):
        what += f", dollars of {choice.dollars}" if choice.dollars else ", dollars as stated"
    return what


def picture(made: Timeline) -> chart.Picture:
    """Return what a chart of the timeline shows: dated claims as marks, the others in words below."""
    money = made.choice.metric in ("cost", "price")
    marks = []
    for row in made.dated:
        low, high = (row["usd_low"], row["usd_high"]) if money else (row["low"], row["high"])
        value = row["usd"] if money else row["value"]
        if value is None and (low is None or high is None):
            continue
        figure = amount(row, money=money)
        name = shortened(who(row), 30) if row.get("model") or row.get("device") else ""
        ends = low is not None and high is not None
        marks.append(
            chart.Mark(
                row["claim_date"], None if value is None else float(value), float(low) if ends else None,
                float(high) if ends else None, row["op"], row.get("basis") or "reported", name, figure,
                chart.tip(row, who(row), figure),
            )
        )  # fmt: skip
    listed = []
    if made.listed:
        told = [
            f"{shortened(who(row), 40)} ({amount(row, money=money)}"
            + (f", {row['basis']}" if row.get("basis") else "")
            + (f", a {row['period']}" if row.get("period") else "")
            + ")"
            for row in made.listed[:12]
        ]
        more = f"; and {len(made.listed) - 12} more" if len(made.listed) > 12 else ""
        listed.append(f"{LISTED}: {'; '.join(told)}{more}.")
    pages = len({row["url"] for row in (*made.dated, *made.listed)})
    claims = len(made.dated)
    unplotted = claims - len(marks)
    return chart.Picture(
        title=heading(made.choice),
        subtitle=f"{'Each mark is a claim' if len(marks) <= chart.MANY else 'Claims'}, once a story, at the day of its first page; logarithmic scale",
        marks=tuple(marks),
        unit="$" if money else "",
        listed=tuple(listed),
        notes=made.notes,
        source=f"Source: Costline, {claims} dated claims from {pages} pages"
        + (f", {unplotted} of them without a figure in dollars and so not drawn" if unplotted else "")
        + ". Every mark rests on a sentence that the ledger keeps.",
    )


LISTED = "Without a known day, or running costs: listed, not dated"


def render(made: Timeline, format: str) -> str | bytes:
    """Return a timeline in one of FORMATS: text, or bytes for parquet and png."""
    if format == "csv":
        return csv_text(made.table())
    if format == "json":
        return json_text(made.table())
    if format == "parquet":
        return parquet_bytes(made.table())
    if format == "table":
        return _as_table(made)
    if format == "md":
        return _as_markdown(made)
    if format == "html":
        return _as_html(made, chart.svg(picture(made)))
    if format == "svg":
        return chart.svg(picture(made))
    if format == "png":
        return chart.png(chart.svg(picture(made)))
    raise UsageError(f"there is no format {format!r}; choose from {', '.join(FORMATS)}")


def _as_table(made: Timeline) -> str:
    out = [heading(made.choice), ""]
    if made.dated:
        out.append(table_text(_brief(made.dated, made.choice, dated=True), widest=72))
    else:
        out.append("No dated claims.\n")
    if made.listed:
        out += [f"{LISTED}:", "", table_text(_brief(made.listed, made.choice, dated=False), widest=72)]
    return "\n".join([*out, *made.notes]).rstrip("\n") + "\n"


def _as_markdown(made: Timeline) -> str:
    out = [
        f"# {markdown_cell(heading(made.choice))}",
        "",
        markdown_text(_brief(made.dated, made.choice, dated=True)),
    ]
    if made.listed:
        out += [f"{LISTED}:", "", markdown_text(_brief(made.listed, made.choice, dated=False))]
    return "\n".join([*out, *(markdown_cell(note) + "\n" for note in made.notes)])


def _as_html(made: Timeline, picture: str) -> str:
    title = heading(made.choice)
    full = Table(made.columns, tuple(tuple(row[c] for c in made.columns) for row in made.dated))
    out = [f"<h1>{escape_html(title)}</h1>", picture, f'<div class="scroll">{html_table(full)}</div>']
    if made.listed:
        rest = Table(made.columns, tuple(tuple(row[c] for c in made.columns) for row in made.listed))
        out += [f"<h2>{LISTED}</h2>", f'<div class="scroll">{html_table(rest)}</div>']
    out += [f'<p class="note">{escape_html(note)}</p>' for note in made.notes]
    return html_page(title, "\n".join(out))
