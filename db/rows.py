"""Outcomes as rows: what one input comes to in each table of the ledger, and rows as Arrow tables."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from db import keys
from schemas.errors import StoreError
from schemas.records import Article, Fact, Failure, Outcome, Removed, content_id

SAME_STORY = 0.5  # share of equal minima from which two texts are copies of one story
SAME_TITLE = 0.15  # the same for texts under one title that name the same source

_FACT_COLUMNS = (
    "reading_id", "fact_id", "claim_key", "article_id", "kind", "model", "model_key", "op", "value", "low",
    "high", "amount", "amount_low", "amount_high", "currency", "device", "role", "use", "scope", "basis",
    "period", "per", "provider", "organization", "organization_key", "subject", "direction", "derived",
    "formula", "negated", "vague", "superseded", "as_of", "attributed_to", "linked_by", "part",
    "description", "start_char", "end_char", "at_char", "at_end_char", "quote", "rule", "claim_date",
    "date_basis",
)  # fmt: skip
_READING_COLUMNS = (
    "reading_id", "document_id", "article_id", "input_id", "source", "url", "canonical_url", "site", "title",
    "author", "published", "modified", "date_basis", "language", "original_source", "bases", "text",
    "rejected", "detail", "skipped", "signature",
)  # fmt: skip
REVISION_COLUMNS = (
    "revision", "document_id", "reading_id", "article_id", "page_sha256", "fetched_at", "stored_at",
    "run_id", "rules_digest", "is_current",
)  # fmt: skip
_PAGE_COLUMNS = (
    "page_sha256", "document_id", "input_id", "source", "url", "media", "charset", "hints", "fetched_at",
    "bytes", "body",
)  # fmt: skip
_CUT_COLUMNS = (
    "reading_id", "cut_id", "article_id", "text", "reason", "rule", "evidence", "position", "part", "kept",
)  # fmt: skip
_ALIAS_COLUMNS = ("reading_id", "entity", "name", "name_key", "alias")
_KEY_COLUMNS = ("article_id", "key", "likeness")

_FLOATS = frozenset(("value", "low", "high", "likeness"))
_BOOLEANS = frozenset(("derived", "negated", "vague", "superseded", "kept", "is_current"))
_INTEGERS = frozenset(("start_char", "end_char", "at_char", "at_end_char", "position", "bytes", "revision"))
_DAYS = frozenset(("claim_date", "published", "modified"))
_MOMENTS = frozenset(("fetched_at", "stored_at"))
_BYTES = frozenset(("signature", "body"))

#: the tables that an outcome has rows in, with their columns
TABLES: dict[str, tuple[str, ...]] = {
    "pages": _PAGE_COLUMNS, "readings": _READING_COLUMNS, "fact_rows": _FACT_COLUMNS, "cut_rows": _CUT_COLUMNS,
    "aliases_read": _ALIAS_COLUMNS, "story_keys": _KEY_COLUMNS,
}  # fmt: skip
SUMS = ("amount", "amount_low", "amount_high")  # exact, and so text on their way into the database

_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}  # fmt: skip
_ISO = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<month>[01]?\d)(?:-(?P<day>[0-3]?\d))?)?$")
_NAMED = re.compile(r"(?:(?P<day>[0-3]?\d)\s+)?(?P<name>[A-Za-z]{3,9})\.?,?\s+(?P<year>(?:19|20)\d\d)$")


def utc_now() -> dt.datetime:
    """Return the time in UTC, as the ledger keeps it: without a zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def stated_day(text: str | None) -> dt.date | None:
    """Return the day that a text's own words name ("2023", "2023-05", "May 2023", "4 May 2023").

    A year means its middle (2 July), a month its first day. Anything else is None.
    """
    if not text:
        return None
    match = _ISO.match(text.strip()) or _NAMED.match(text.strip())
    if match is None:
        return None
    told = match.groupdict()
    year = int(told["year"])
    if told.get("name"):
        month = _MONTHS.get(told["name"][:3].lower())
        if month is None:
            return None
    elif told.get("month"):
        month = int(told["month"])
    else:
        return dt.date(year, 7, 2)
    try:
        return dt.date(year, month, int(told.get("day") or 1))
    except ValueError:
        return None


def arrow(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Any:
    """Return rows as an Arrow table; a lone surrogate, which no reader could take, becomes "?"."""
    import pyarrow as pa

    def kind(name: str) -> Any:
        if name in _FLOATS:
            return pa.float64()
        if name in _BOOLEANS:
            return pa.bool_()
        if name in _INTEGERS:
            return pa.int64()
        if name in _DAYS:
            return pa.date32()
        if name in _MOMENTS:
            return pa.timestamp("us")
        if name in _BYTES:
            return pa.binary()
        return pa.list_(pa.string()) if name == "evidence" else pa.string()

    filled = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = []
    for name, values in zip(columns, filled, strict=True):
        try:
            arrays.append(pa.array(values, type=kind(name)))
        except UnicodeEncodeError:  # a lone surrogate: not text that any reader could take
            mended = [_mended(value) for value in values]
            arrays.append(pa.array(mended, type=kind(name)))
    return pa.Table.from_arrays(arrays, names=list(columns))


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value


_NEVER = dt.datetime(1970, 1, 1)


class Head(NamedTuple):
    """What decides whether an outcome is stored: small, whatever the size of the page.

    place:   its number in the batch or part.
    local:   whether the article has no address, so that its content alone names it.
    rejected: "" for an article; else what it is counted as: "rejected", or "passed over" for a page on which
             nothing can be a fact with a figure.
    """

    place: int
    input: str
    document: str
    reading_id: str
    article_id: str | None
    local: bool
    rejected: str
    fetched_at: dt.datetime
    page_sha256: str
    rules: str
    failure: Failure | None


class OutcomeRows:
    """The rows that one outcome comes to: its head, and its rows by table."""

    __slots__ = ("head", "tables")

    def __init__(self, head: Head) -> None:
        self.head = head
        self.tables: dict[str, list[Sequence[object]]] = {table: [] for table in TABLES}


def outcome_rows(place: int, outcome: Outcome, *, keep_pages: bool) -> OutcomeRows:
    """Return the rows of an outcome. keep_pages: whether the raw page goes with them, compressed."""
    if outcome.failure is not None:
        return OutcomeRows(
            Head(place, outcome.input, "", "", None, False, "", _NEVER, "", outcome.rules, outcome.failure)
        )
    article, rejected = outcome.article, outcome.rejected
    record = article or rejected
    if record is None:
        raise StoreError(f"{outcome.input}: an outcome without article, rejection or failure")
    document = keys.document_id(record, outcome.page)
    article_id = article.article_id if article is not None else None
    fact_ids = [keys.fact_id(article_id, fact) for fact in outcome.reading.facts] if article_id else []
    cuts = [(cut, False) for cut in record.removed]
    if article is not None:
        cuts += [(cut, True) for cut in article.flagged]
    cut_ids = [_cut_id(cut, document) for cut, _ in cuts]
    reading_id = _reading_id(document, outcome, article_id, fact_ids, cut_ids)
    head = Head(
        place, outcome.input, document, reading_id, article_id, article is not None and not _addressed(article),
        _counted_as(rejected.reason) if rejected is not None else "", _utc(record.fetched_at), record.page_sha256,
        outcome.rules, None,
    )  # fmt: skip
    out = OutcomeRows(head)
    tables = out.tables
    tables["pages"] = _page_rows(document, outcome, keep_pages=keep_pages)
    if article is not None:
        tables["readings"] = [_article_row(reading_id, document, article_id, article, outcome)]
        basis = _date_basis(article)
        seen: set[str] = set()
        for identity, fact in zip(fact_ids, outcome.reading.facts, strict=True):
            if identity not in seen:
                seen.add(identity)
                tables["fact_rows"].append(
                    _fact_row(document, reading_id, identity, article_id, article, basis, fact)
                )
        named = (("model", outcome.reading.models), ("organization", outcome.reading.organizations))
        tables["aliases_read"] = [
            (reading_id, entity, name, keys.name_key(name), alias)
            for entity, names in named
            for name, spellings in names.items()
            for alias in spellings
        ]
        marks = outcome.marks
        by_likeness = ((marks.certain, 0.0), (marks.likely, SAME_TITLE), (marks.bands, SAME_STORY))
        tables["story_keys"] = [
            (article_id, key, likeness) for names, likeness in by_likeness for key in names
        ]
    elif rejected is not None:
        tables["readings"] = [
            (reading_id, document, None, rejected.id, rejected.source, rejected.url, None, None, rejected.title,
             None, None, None, "fetched", None, None, None, None, rejected.reason, rejected.detail, "", None)
        ]  # fmt: skip
    tables["cut_rows"] = [
        (reading_id, identity, article_id, cut.text, cut.reason, cut.rule, list(cut.evidence), cut.position,
         cut.part, kept)
        for identity, (cut, kept) in zip(cut_ids, cuts, strict=True)
    ]  # fmt: skip
    return out


def _counted_as(reason: str) -> str:
    """Return what a page set aside for a reason is counted as."""
    return "passed over" if reason == "passed_over" else "rejected"


def _addressed(record: Article) -> bool:
    return record.address is not None


def _cut_id(cut: Removed, document: str) -> str:
    return cut.cut_id or content_id("cut", document, cut.part, cut.position, cut.text)


def _reading_id(
    document: str, outcome: Outcome, article_id: str | None, fact_ids: Sequence[str], cut_ids: Sequence[str]
) -> str:
    """Return an id made from all that the reading says: the same page read alike has the same.

    Where it was found is not in it, only its own address: an AMP copy that says the same is no revision.
    """
    article = outcome.article
    about: tuple[object, ...] = (outcome.rejected.reason if outcome.rejected else None,)
    if article is not None:
        about = (
            article.address, article.site, article.title, article.author, article.published,
            article.modified, article.language, article.original_source,
        )  # fmt: skip
    rules = [fact.rule for fact in outcome.reading.facts]
    return content_id("reading", article_id or document, *about, *fact_ids, *rules, "|", *cut_ids)


def _page_rows(document: str, outcome: Outcome, *, keep_pages: bool) -> list[Sequence[object]]:
    page = outcome.page
    if page is None:
        return []
    body = None
    if keep_pages:
        import zstandard

        body = zstandard.compress(page.body, 6)
    hints = json.dumps(dict(page.hints), ensure_ascii=False, sort_keys=True) if page.hints else None
    return [
        (page.sha256, document, page.id, page.source, page.url, page.media, page.charset, hints,
         _utc(page.fetched_at), len(page.body), body)
    ]  # fmt: skip


def _article_row(
    reading_id: str, document: str, article_id: str | None, article: Article, outcome: Outcome
) -> Sequence[object]:
    return (
        reading_id, document, article_id, article.id, article.source, article.url, article.canonical_url,
        article.site, article.title, article.author, article.published, article.modified, _date_basis(article),
        article.language, article.original_source, json.dumps(dict(article.bases), sort_keys=True), article.text,
        None, None, outcome.reading.skipped, outcome.marks.signature or None,
    )  # fmt: skip


def _date_basis(article: Article) -> str:
    if article.published is None:
        return "fetched"
    basis = article.bases.get("published", "page")
    return basis if basis in ("feed", "text", "fetched") else "page"


def _fact_row(
    document: str,
    reading_id: str,
    identity: str,
    article_id: str | None,
    article: Article,
    basis: str,
    fact: Fact,
) -> Sequence[object]:
    if article.published is not None:
        day, how = article.published, basis
    else:
        stated = stated_day(fact.as_of)
        day, how = (stated, "text") if stated else (_utc(article.fetched_at).date(), "fetched")
    value = None if fact.value is None else float(fact.value)
    low = None if fact.low is None else float(fact.low)
    high = None if fact.high is None else float(fact.high)
    amount = amount_low = amount_high = None
    if fact.currency is not None:
        amount = None if fact.value is None else format(fact.value, "f")
        amount_low = None if fact.low is None else format(fact.low, "f")
        amount_high = None if fact.high is None else format(fact.high, "f")
    return (
        reading_id, identity, keys.claim_key(article, fact), article_id, fact.kind, fact.model,
        keys.name_key(fact.model) if fact.model else None, fact.op, value, low, high, amount, amount_low,
        amount_high, fact.currency, fact.device, fact.role, fact.use, fact.scope, fact.basis, fact.period,
        fact.per, fact.provider, fact.organization,
        keys.name_key(fact.organization) if fact.organization else None, fact.subject, fact.direction,
        fact.derived, fact.formula, fact.negated, fact.vague, fact.superseded, fact.as_of,
        fact.attributed_to, fact.linked_by, fact.part, fact.description, fact.start, fact.end, fact.at,
        fact.at_end, fact.quote, fact.rule, day, how,
    )  # fmt: skip
