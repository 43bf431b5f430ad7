"""What the ledger holds, for a person: facts by filter, one fact in its paragraph, the state of things."""

from __future__ import annotations

from typing import Any

from db.formats import Table, human
from db.keys import name_key
from db.store import Store
from db.timeline import day
from schemas import words
from schemas.errors import UsageError
from schemas.terminal import safe, safe_line

_LISTED = (
    "fact_id", "claim_date", "date_basis", "kind", "model", "organization", "op", "value", "low", "high",
    "unit", "currency", "device", "device_count", "scope", "basis", "role", "negated", "derived", "quote",
    "article_id", "start_char", "end_char", "rule",
)  # fmt: skip
_BRIEF = ("fact_id", "claim_date", "kind", "model", "organization", "op", "value", "low", "high", "unit",
          "device", "scope", "basis", "quote")  # fmt: skip
_BOLD, _DIM, _END = "\x1b[1;33m", "\x1b[2m", "\x1b[0m"


def facts(
    store: Store,
    *,
    kind: str | None = None,
    model: str | None = None,
    organization: str | None = None,
    basis: str | None = None,
    scope: str | None = None,
    since: str | None = None,
    until: str | None = None,
    text: str | None = None,
    article: str | None = None,
    negated: bool = False,
    limit: int = 1000,
    brief: bool = False,
) -> Table:
    """Return current facts, newest claim last.

    model, organization, text: parts of the name or quote, upper and lower case alike.
    article: beginning of an article's id. negated: the denied figures instead of the others.
    limit:   the latest so many; 0 for all. brief: the columns that fit a screen.
    """
    where = ["negated = ?"]
    values: list[Any] = [negated]
    for name, value, allowed in (
        ("kind", kind, words.KINDS), ("basis", basis, words.BASES), ("scope", scope, words.SCOPES),
    ):  # fmt: skip
        if value is None:
            continue
        if value not in allowed:
            raise UsageError(f"--{name} is {value!r}; it may be {', '.join(allowed)}")
        where.append(f"{name} = ?")
        values.append(value)
    if model is not None:
        where.append("contains(coalesce(model_key, ''), ?)")
        values.append(name_key(model))
    for name, value in (("organization", organization), ("quote", text)):
        if value is not None:
            where.append(f"contains(lower({name}), lower(?))")
            values.append(value)
    if article is not None:
        where.append("starts_with(article_id, ?)")
        values.append(article)
    if first := day("since", since):
        where.append("claim_date >= ?")
        values.append(first)
    if last := day("until", until, end=True):
        where.append("claim_date <= ?")
        values.append(last)
    columns: tuple[str, ...] = _BRIEF if brief else _LISTED
    cut = f"LIMIT {int(limit)}" if limit else ""
    sql = (
        f"SELECT {', '.join(columns)} FROM (SELECT * FROM facts WHERE {' AND '.join(where)}"
        f" ORDER BY claim_date DESC, article_id DESC, start_char DESC, fact_id DESC {cut})"
        " ORDER BY claim_date, article_id, start_char, fact_id"
    )
    rows = [tuple(row.values()) for row in store.rows(sql, values)]
    if brief:
        columns = tuple("fact" if name == "fact_id" else name for name in columns)
        rows = [(row[0][:8], *row[1:]) for row in rows]
    return Table(columns, tuple(rows))


def find_one(store: Store, table: str, column: str, beginning: str, what: str) -> str:
    """Return the one id in a table that begins so; UsageError if none does, or several do."""
    beginning = beginning.strip().lower()
    found = store.rows(
        f"SELECT DISTINCT {column} AS id FROM {table} WHERE starts_with({column}, ?) ORDER BY id LIMIT 3",
        [beginning],
    )
    if not beginning or not found:
        raise UsageError(
            f"no {what} has an id that begins with {beginning!r}; list them with: costline query"
        )
    if len(found) > 1:
        raise UsageError(f"{beginning!r} begins more than one {what}'s id; give more of it")
    return str(found[0]["id"])


def fact(store: Store, beginning: str) -> dict[str, Any]:
    """Return one fact with its article's text, by a unique beginning of its id.

    A fact that is not current any more (superseded, or rejected by an analyst) is found too, and its
    "status" says so.
    """
    fact_id = find_one(store, "fact_rows", "fact_id", beginning, "fact")
    row = store.rows(
        "SELECT f.*, r.title, r.url, r.canonical_url, r.source, r.site, r.author, r.published, r.text,"
        " r.original_source, v.fetched_at, v.is_current"
        " FROM fact_rows AS f JOIN readings AS r USING (reading_id)"
        " JOIN revisions AS v ON v.reading_id = f.reading_id"
        " WHERE fact_id = ? ORDER BY v.is_current DESC, v.revision DESC LIMIT 1",
        [fact_id],
    )[0]
    shown = store.rows("SELECT * FROM facts WHERE fact_id = ? LIMIT 1", [fact_id])
    row["status"] = "current" if shown else ("rejected by an analyst" if row["is_current"] else "superseded")
    if shown:
        row |= shown[0]
    row["words"] = store.rows(
        "SELECT field, value, note, made_at FROM corrections WHERE claim_key = ? AND field <> 'model_key' ORDER BY made_at",
        [row["claim_key"]],
    )
    return row


def paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the paragraphs around [start, end) begin and end."""
    before = text.rfind("\n\n", 0, start)
    after = text.find("\n\n", end)
    return (0 if before < 0 else before + 2), (len(text) if after < 0 else after)


def show(store: Store, beginning: str, *, colour: bool) -> str:
    """Return one fact as text: what it says, its sentence marked in its paragraph, source and rule."""
    row = fact(store, beginning)
    text = row["text"] if row["part"] == "text" else row["title"] or ""
    begin, finish = paragraph(text, row["start_char"], row["end_char"])
    on, off, dim = (_BOLD, _END, _DIM) if colour else ("»", "«", "")
    marked = (
        f"{safe(text[begin : row['start_char']])}{on}{safe(text[row['start_char'] : row['end_char']])}{off}"
        f"{safe(text[row['end_char'] : finish])}"
    )
    said = [
        ("fact", row["fact_id"]),
        ("status", row["status"]),
        ("kind", row["kind"]),
        ("model", row["model"]),
        ("about", row["description"] if row["model"] is None else None),
        ("organization", row["organization"]),
        ("figure", _figure(row)),
    ]
    said += [
        (name.replace("_", " "), row.get(name))
        for name in ("device", "use", "scope", "basis", "role", "period", "per", "provider", "subject",
                     "direction", "attributed_to", "as_of", "formula")
    ]  # fmt: skip
    flags = [name for name in ("negated", "derived", "vague", "superseded", "corrected") if row.get(name)]
    said.append(("marks", ", ".join(flags)))
    address = row["url"] or row["canonical_url"] or row["source"]
    said += [
        ("day", f"{row['claim_date']} ({row['date_basis']})"),
        ("page", address),
        ("title", row["title"]),
        ("site", row["site"]),
        ("author", row["author"]),
        ("first published by", row["original_source"]),
        ("fetched", human(row["fetched_at"])),
        ("article", row["article_id"]),
        ("characters", f"{row['start_char']} to {row['end_char']} of the {row['part']}"),
        ("rule", row["rule"]),
        ("linked by", row["linked_by"]),
    ]
    lines = [f"{name + ':':<20}{safe_line(str(value))}" for name, value in said if value not in (None, "")]
    for word in row["words"]:
        what = "rejected" if word["field"] == "rejected" else f"{word['field']} is {word['value']}"
        lines.append(
            f"{'analyst:':<20}{safe_line(what)} ({word['made_at']:%Y-%m-%d}) {safe_line(word['note'] or '')}"
        )
    return "\n".join(lines) + f"\n\n{marked}{dim and off}\n"


def _figure(row: dict[str, Any]) -> str:
    unit = row.get("unit") or ""
    if row["op"] == "range" or (row["value"] is None and row["low"] is not None):
        return f"{human(row['low'])} to {human(row['high'])} {unit}".strip()
    if row["value"] is None:
        return ""
    before = {"~": "about ", ">": "more than ", "<": "up to "}.get(row["op"], "")
    between = (
        f" (between {human(row['low'])} and {human(row['high'])})" if row["vague"] and row["low"] else ""
    )
    return f"{before}{human(row['value'])} {unit}{between}".strip()
