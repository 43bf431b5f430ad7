"""What the report shows, read from the ledger's views and packed for a page.

Every text passes through schemas.terminal.safe here, once: control characters and marks that
reorder a line are shown as \\uXXXX. Offsets are made to fit what that leaves, in UTF-16 units, which
is how a browser counts. A list of equal things is packed as a table of its words and their numbers.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from db.formats import plain, shortened
from db.store import Store
from schemas.terminal import safe, safe_line

MOST_FACTS = 50_000  # a page with more is no page; the latest are shown, and the page says so
MOST_CUTS = 2_000
MOST_ROWS = 500  # findings, conflicts, failures, pages set aside: the first in order
LONGEST_CUT = 400
MOST_PAGES = 2_000  # pages that gave no fact; those that gave one are all there
LONGEST_TITLE = 160
FURNITURE = frozenset((
    "headline", "byline", "caption", "credit", "source", "teaser", "navigation", "newsletter",
    "cookie_notice", "author_box", "comments", "related", "share", "boilerplate",
))  # fmt: skip

_FLAGS = ("negated", "derived", "vague", "superseded", "corrected")
_FACT_TEXTS = (
    "kind", "model", "organization", "op", "unit", "currency", "device", "scope", "basis", "role",
    "claim_date", "date_basis", "rule", "linked_by", "use", "period", "per", "provider", "subject",
    "direction", "formula", "as_of", "attributed_to", "description", "note", "part",
)  # fmt: skip
_BAD_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\"<>\\^`{|}]")


def address(*candidates: str | None) -> str | None:
    """Return the first of some addresses that may become a link: absolute, http or https, nothing odd."""
    for text in candidates:
        if not text or _BAD_IN_ADDRESS.search(text):
            continue
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError:
            continue
        if parts.scheme.lower() in ("http", "https") and host:
            return text
    return None


def packed(values: Sequence[object]) -> object:
    """Return a column in the shortest of three ways that the page can read back.

    A plain list; {"k": words, "i": number of the word in each row}; {"c": value, "n": rows, "s":
    [row, value, row, value ...]} where most rows hold the same.
    """
    if not values:
        return []
    keys = [json.dumps(value, ensure_ascii=False) for value in values]
    order: dict[str, int] = {}
    counts: dict[str, int] = {}
    for key in keys:
        order.setdefault(key, len(order))
        counts[key] = counts.get(key, 0) + 1
    first: dict[str, object] = {}
    for key, value in zip(keys, values, strict=True):
        first.setdefault(key, value)
    common = max(order, key=lambda key: (counts[key], -order[key]))
    rest = [part for row, key in enumerate(keys) if key != common for part in (row, values[row])]
    ways: list[object] = [
        list(values),
        {"k": list(first.values()), "i": [order[key] for key in keys]},
        {"c": first[common], "n": len(values), "s": rest},
    ]
    return min(ways, key=lambda way: len(json.dumps(way, ensure_ascii=False, separators=(",", ":"))))


def columns(rows: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, object]:
    """Return rows as packed columns."""
    return {name: packed([row[name] for row in rows]) for name in names}


def cell(value: object) -> object:
    """Return a value as the page takes it: text made safe, numbers short, days as ISO 8601."""
    if isinstance(value, str):
        return safe_line(value)
    if isinstance(value, list | tuple):
        return [cell(item) for item in value]
    if isinstance(value, float) and not value.is_integer():
        value = float(f"{value:.8g}")
    if isinstance(value, Decimal):
        value = round(value, 4)
    return plain(value)


def _units(text: str) -> int:
    """Length as a browser counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def slug(name: str, taken: set[str]) -> str:
    """Return a name as an anchor that no other model has."""
    base = re.sub(r"[^\w]+", "-", name.lower()).strip("-_")[:80] or "unnamed"
    out, number = base, 2
    while out in taken:
        out, number = f"{base}-{number}", number + 1
    taken.add(out)
    return out


class Gathered(NamedTuple):
    """What the report shows, ready for JSON, but for the sentences: excerpts(around, longest) gives
    them with so many characters of their paragraphs, none longer than that."""

    told: dict[str, Any]
    excerpts: Callable[[int, int], dict[str, object]]


_FINDINGS = """
    SELECT model, check_name, verdict, formula, expected, stated, fact_ids FROM findings
    ORDER BY CASE verdict WHEN 'conflicts' THEN 0 WHEN 'differs' THEN 1 ELSE 2 END, model, check_name, finding_id
"""
_CONFLICTS = """
    SELECT model, kind, scope, role, device, unit, stories, lowest, highest, spread, first_day, fact_ids
    FROM conflicts ORDER BY spread DESC, model, kind, scope, role, device, unit
"""


def gather(store: Store) -> Gathered:
    """Return all that the report shows."""
    facts, total = _facts(store)
    articles, pages = _articles(store, sorted({row["article_id"] for row in facts}))
    at = {row["fact_id"]: number for number, row in enumerate(facts)}
    shown = [
        {name: cell(row[name]) for name in (*_FACT_TEXTS, "value", "low", "high")}
        | {
            "article": pages.get(row["article_id"], -1),
            "flags": sum(1 << bit for bit, name in enumerate(_FLAGS) if row[name]),
        }
        for row in facts
    ]
    told: dict[str, Any] = {
        "about": _about(store, len(facts), total),
        "articles": articles,
        "models": _models(store),
        "facts": {
            "id": [row["fact_id"] for row in facts],
            **columns(shown, (*_FACT_TEXTS, "value", "low", "high", "article", "flags")),
        },
        "claims": _claims(store, at),
        "growth": _plain(store, "SELECT * FROM growth ORDER BY metric"),
        "index": {
            str(row["year"]): row["cpi_u"]
            for row in store.rows("SELECT year, cpi_u FROM price_index WHERE year >= 2000 ORDER BY year")
        },
        "findings": _linked(store, at, _FINDINGS),
        "conflicts": _linked(store, at, _CONFLICTS),
        "cuts": _cuts(store, pages),
        "aside": _aside(store),
        "failures": _plain(
            store,
            f"SELECT input, stage, reason, attempts, hint FROM failures ORDER BY input, stage LIMIT {MOST_ROWS}",
        ),
    }
    bodies = _bodies(store, facts)
    return Gathered(told, lambda around, longest: _excerpts(facts, bodies, around, longest))


def _plain(store: Store, sql: str) -> list[dict[str, Any]]:
    return [{name: cell(value) for name, value in row.items()} for row in store.rows(sql)]


def _about(store: Store, shown: int, total: int) -> dict[str, Any]:
    row = store.rows(
        "SELECT (SELECT count(*) FROM articles) AS pages, (SELECT count(DISTINCT story_id) FROM articles) AS stories,"
        " (SELECT count(*) FROM models) AS models, (SELECT count(*) FROM cuts WHERE NOT kept) AS cuts,"
        " (SELECT count(*) FROM findings) AS findings, (SELECT count(*) FROM conflicts) AS conflicts,"
        " (SELECT max(fetched_at) FROM articles) AS fetched, (SELECT count(*) FROM failures) AS failures,"
        " (SELECT min(claim_date) FROM facts WHERE date_basis <> 'fetched') AS first_day,"
        " (SELECT max(claim_date) FROM facts WHERE date_basis <> 'fetched') AS last_day"
    )[0]
    if isinstance(row["fetched"], dt.datetime):
        row["fetched"] = row["fetched"].date()
    return {name: cell(value) for name, value in row.items()} | {"shown": shown, "facts": total}


def _articles(store: Store, wanted: list[str]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return pages in packed columns, and the number of each: those wanted, and the newest others."""
    rows = store.rows(
        "WITH told AS (SELECT a.*, a.article_id IN (SELECT unnest(?::VARCHAR[])) AS wanted FROM articles AS a"
        "  QUALIFY row_number() OVER (PARTITION BY a.article_id ORDER BY a.source) = 1),"
        " picked AS (SELECT * FROM told WHERE wanted UNION ALL"
        "  (SELECT * FROM told WHERE NOT wanted ORDER BY published DESC NULLS LAST, article_id LIMIT ?))"
        " SELECT p.*, coalesce(f.n, 0) AS facts, coalesce(c.n, 0) AS cuts, k.copies FROM picked AS p"
        " LEFT JOIN (SELECT article_id, count(*) AS n FROM facts GROUP BY ALL) AS f USING (article_id)"
        " LEFT JOIN (SELECT article_id, count(*) AS n FROM cuts WHERE NOT kept GROUP BY ALL) AS c USING (article_id)"
        " LEFT JOIN (SELECT story_id, count(DISTINCT article_id) AS copies FROM articles GROUP BY ALL) AS k"
        "  USING (story_id)"
        " ORDER BY p.published DESC NULLS LAST, p.article_id",
        [wanted, MOST_PAGES],
    )
    kept: list[dict[str, Any]] = []
    stories: dict[str, int] = {}
    names = (
        "site",
        "author",
        "published",
        "date_basis",
        "language",
        "original_source",
        "facts",
        "cuts",
        "copies",
    )
    for row in rows:
        link = address(row["url"], row["canonical_url"], row["source"])
        where = row["url"] or row["canonical_url"] or row["source"]
        kept.append(
            {name: cell(row[name]) for name in names}
            | {"title": shortened(safe_line(row["title"]), LONGEST_TITLE) if row["title"] else None,
               "link": link, "where": None if link == where else shortened(safe_line(where), 200),
               "story": stories.setdefault(row["story_id"], len(stories))}
        )  # fmt: skip
    numbers = {row["article_id"]: number for number, row in enumerate(rows)}
    return columns(kept, ("title", *names, "link", "where", "story")), numbers


def _facts(store: Store) -> tuple[list[dict[str, Any]], int]:
    """Return the latest facts in order of day, and how many there are in all."""
    total = store.rows("SELECT count(*) AS n FROM facts")[0]["n"]
    names = ", ".join((*_FACT_TEXTS, *_FLAGS))
    rows = store.rows(
        f"SELECT * FROM (SELECT fact_id, article_id, reading_id, {names}, value, low, high, quote, start_char,"
        "  end_char, at_char, at_end_char FROM facts"
        "  QUALIFY row_number() OVER (PARTITION BY fact_id ORDER BY reading_id) = 1"
        "  ORDER BY claim_date DESC, article_id DESC, start_char DESC, fact_id DESC LIMIT ?)"
        " ORDER BY claim_date, article_id, start_char, fact_id",
        [MOST_FACTS],
    )
    return rows, total


def _claims(store: Store, at: dict[str, int]) -> dict[str, object]:
    """Return claims, once a story, by the number of their fact; money in dollars of its day."""
    rows = store.rows(
        "SELECT c.fact_id, c.copies, coalesce(t.usd::DOUBLE, p.usd) AS usd, coalesce(t.usd_low::DOUBLE, p.usd_low) AS low,"
        " coalesce(t.usd_high::DOUBLE, p.usd_high) AS high, coalesce(t.rate, p.rate) AS rate,"
        " coalesce(t.rate_day, p.rate_day) AS rate_day FROM claims AS c"
        " LEFT JOIN (SELECT DISTINCT ON (fact_id) * FROM cost_timeline ORDER BY fact_id, claim_date) AS t"
        "   ON c.kind = 'cost' AND t.fact_id = c.fact_id"
        " LEFT JOIN (SELECT DISTINCT ON (fact_id) * FROM device_prices ORDER BY fact_id, claim_date) AS p"
        "   ON c.kind = 'price' AND p.fact_id = c.fact_id"
        " ORDER BY c.claim_date, c.fact_id"
    )
    kept: list[dict[str, Any]] = []
    for row in rows:
        if row["fact_id"] not in at:
            continue
        foreign = row["rate"] not in (None, 1, 1.0)
        kept.append(
            {"fact": at[row["fact_id"]], **{name: cell(row[name]) for name in ("copies", "usd", "low", "high")},
             "rate": cell(row["rate"]) if foreign else None, "rate_day": cell(row["rate_day"]) if foreign else None}
        )  # fmt: skip
    kept.sort(key=lambda row: row["fact"])
    before = 0
    for row in kept:  # numbers of facts rise, so their steps are short
        row["fact"], before = row["fact"] - before, row["fact"]
    return columns(kept, ("fact", "copies", "usd", "low", "high", "rate", "rate_day"))


def _models(store: Store) -> dict[str, object]:
    rows = store.rows(
        "SELECT m.*, d.first_day FROM models AS m LEFT JOIN (SELECT model, min(claim_date) AS first_day FROM facts"
        " WHERE date_basis <> 'fetched' AND NOT negated GROUP BY ALL) AS d USING (model)"
        " ORDER BY m.facts DESC, lower(model), model"
    )
    taken: set[str] = set()
    names = [name for name in (rows[0] if rows else {}) if name not in ("facts", "first_seen")]
    told = [
        {name: cell(row[name]) for name in (*names, "facts")} | {"slug": slug(row["model"], taken)}
        for row in rows
    ]
    return columns(told, (*names, "facts", "slug")) if told else {}


def _linked(store: Store, at: dict[str, int], sql: str) -> dict[str, object]:
    """Return rows whose fact_ids have become numbers of facts (those not shown are left out)."""
    out = []
    for row in store.rows(f"{sql} LIMIT ?", [MOST_ROWS]):
        numbers = [at[one] for one in row.pop("fact_ids") or [] if one in at]
        out.append({name: cell(value) for name, value in row.items()} | {"facts": numbers})
    return columns(out, out[0] if out else ())


def _cuts(store: Store, pages: dict[str, int]) -> dict[str, Any]:
    """Return what was cut: a count of each reason, and the spans, spam before page furniture."""
    counts = store.rows(
        "SELECT reason, kept, count(*) AS n FROM cuts GROUP BY ALL ORDER BY n DESC, reason, kept"
    )
    marks = ", ".join("?" for _ in FURNITURE)
    rows = store.rows(
        "SELECT DISTINCT ON (c.cut_id, c.url) c.cut_id, c.article_id, c.text, c.reason, c.rule, c.evidence, c.kept,"
        " c.restored, c.url, c.rejected FROM cuts AS c"
        f" ORDER BY c.reason IN ({marks}), c.kept, c.rejected IS NOT NULL, c.url, c.cut_id LIMIT ?",
        [*sorted(FURNITURE), MOST_CUTS],
    )
    told = []
    for row in rows:
        number = pages.get(row["article_id"] or "", -1)
        told.append(
            {"id": row["cut_id"], "text": shortened(safe_line(row["text"]), LONGEST_CUT), "reason": row["reason"],
             "rule": cell(row["rule"]), "evidence": ", ".join(safe_line(one) for one in row["evidence"] or ()),
             "kept": bool(row["kept"]), "restored": bool(row["restored"]), "article": number,
             "where": None if number >= 0 else shortened(safe_line(row["url"] or ""), 200)}
        )  # fmt: skip
    names = ("id", "text", "reason", "rule", "evidence", "kept", "restored", "article", "where")
    return {
        "counts": [{"reason": row["reason"], "kept": bool(row["kept"]), "n": row["n"], "spam": row["reason"] not in FURNITURE} for row in counts],
        "rows": columns(told, names),
    }  # fmt: skip


def _aside(store: Store) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT r.title, coalesce(r.url, r.source) AS url, r.rejected, r.detail FROM revisions AS v"
        " JOIN readings AS r USING (reading_id) WHERE v.is_current AND r.rejected IS NOT NULL"
        " ORDER BY url, r.reading_id LIMIT ?",
        [MOST_ROWS],
    )
    return [
        {"title": cell(row["title"]), "where": shortened(safe_line(row["url"]), 200), "link": address(row["url"]),
         "reason": row["rejected"], "detail": cell(row["detail"])}
        for row in rows
    ]  # fmt: skip


# ---- sentences --------------------------------------------------------------------------------------


def _bodies(store: Store, facts: Sequence[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the texts that facts stand in, by reading."""
    rows = store.rows(
        "SELECT DISTINCT ON (reading_id) reading_id, text, title FROM readings WHERE reading_id IN"
        " (SELECT unnest(?::VARCHAR[])) ORDER BY reading_id",
        [sorted({row["reading_id"] for row in facts})],
    )
    return {row["reading_id"]: {"text": row["text"] or "", "title": row["title"] or ""} for row in rows}


def _excerpts(
    facts: Sequence[dict[str, Any]], bodies: dict[str, dict[str, str]], around: int, longest: int
) -> dict[str, object]:
    """Return the distinct texts ("all"), and for each fact the number of its text, where the sentence
    begins in it ("q"), and the steps from there to the figure's begin and end ("f", "g") and to the
    sentence's end ("r")."""
    texts: dict[str, int] = {}
    rows = []
    for row in facts:
        body = bodies.get(row["reading_id"], {}).get(row["part"], "")
        start, end, at, at_end = row["start_char"], row["end_char"], row["at_char"], row["at_end_char"]
        if body[start:end] != row["quote"]:  # only the quote is certain then
            body, at, at_end = row["quote"], at - start, at_end - start
            start, end = 0, len(body)
        first, last = _paragraph(body, start, end)
        before, after = "", ""
        if end - start > longest:
            start = min(max(start, (at + at_end - longest) // 2), end - longest)  # the figure in the middle
            end = start + longest
            first, last, before, after = start, end, "… ", " …"
            at, at_end = max(at, start), min(at_end, end)
        if start - first > around:
            first, before = _word(body, start - around, start), "… "
        if last - end > around:
            last, after = _word(body, end + around, end), " …"
        if not around:  # the bare sentence needs no mark that more stands around it
            first, last = start, end
            before, after = ("… ", " …") if end - start == longest else ("", "")
        cuts = [len(before)]
        for a, b in ((first, start), (start, at), (at, at_end), (at_end, end)):
            cuts.append(cuts[-1] + _units(_flat(body[a:b])))
        text = before + _flat(body[first:last]) + after
        rows.append({"text": texts.setdefault(text, len(texts)), "q": cuts[1], "f": cuts[2] - cuts[1],
                     "g": cuts[3] - cuts[2], "r": cuts[4] - cuts[3]})  # fmt: skip
    return {"all": list(texts), **columns(rows, ("text", "q", "f", "g", "r"))}


def _flat(text: str) -> str:
    """Return text as it is shown: harmless, on one line."""
    return safe(text).replace("\n", " ")


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    before, after = text.rfind("\n\n", 0, start), text.find("\n\n", end)
    return (0 if before < 0 else before + 2), (len(text) if after < 0 else after)


def _word(text: str, at: int, towards: int) -> int:
    """Return the next word's edge from a place towards another."""
    step = 1 if towards > at else -1
    while at != towards and not text[at - (step < 0)].isspace():
        at += step
    return at + (1 if step > 0 and at != towards else 0)
