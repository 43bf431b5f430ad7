"""The ledger: one DuckDB file that takes outcomes in batches and never overwrites a claim.

A document (one address, or one local input) has revisions; a revision points to a reading; facts and
cuts belong to a reading and are written once. What is current is a mark on the revision: a page that
changed, or that other rules read differently, gets a new revision, and the older one stays.
What an analyst says (corrections, merges, restored cuts) is kept in tables of its own and applied by
the views, so that it outlives every rereading.
"""

from __future__ import annotations

import array
import datetime as dt
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from db import keys, money
from db.migrate import check, migrate, program_version
from schemas.errors import LockHeldError, StoreError
from schemas.records import Article, Fact, Failure, Finding, Outcome, Page, Rejected, Removed, content_id

CONFIG: dict[str, Any] = {
    "storage_compatibility_version": "v1.5.0",  # DuckDB 1.5 and 2.0 both read the file
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
LOCK_PATIENCE = 3.0  # seconds to wait for another process to let go of the file
SAME_STORY = 0.5  # share of equal minima from which two texts are copies of one story
SAME_TITLE = 0.15  # the same for texts under one title that name the same source
CANDIDATES = 50  # articles that a new one is compared with, most shared bands first
FIRST_RETRY = dt.timedelta(hours=1)
LAST_ATTEMPT = 8  # failures after which an input is given up

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
_REVISION_COLUMNS = (
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


def _arrow(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Any:
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


class Store:
    """A ledger file, open for reading or for writing. Use it with `with`, or close() it."""

    def __init__(self, path: Path, connection: Any, *, read_only: bool, keep_pages: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.keep_pages = keep_pages
        self.run_id: str | None = None
        self._con: Any = connection
        self._stale = False

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False, keep_pages: bool = True) -> Self:
        """Open a ledger, making or migrating it where needed.

        path:       the DuckDB file. It is created for writing, never for reading.
        keep_pages: whether raw pages are kept in the file (for reread).
        Raises LockHeldError if another process holds it, StoreError if it can't be used.
        """
        path = Path(path)
        if read_only:
            if not path.exists():
                raise StoreError(f"there is no database at {path}; make one with: costline ingest SOURCE")
            con = connect(path, read_only=True)
            try:
                current = check(con, path)
            except BaseException:
                con.close()
                raise
            if not current:  # an older shape: bring it up to date once, then read
                con.close()
                cls.open(path).close()
                con = connect(path, read_only=True)
        else:
            con = connect(path, read_only=False)
            try:
                migrate(con, path)
                if con.execute("SELECT count(*) FROM pending").fetchall()[0][0]:  # a run was killed
                    refresh(con)
            except duckdb.Error as err:
                con.close()
                raise StoreError(f"{path} can't be brought up to date: {first_line(err)}") from err
            except BaseException:
                con.close()
                raise
        return cls(path, con, read_only=read_only, keep_pages=keep_pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> Any:
        """The DuckDB connection, with the views up to date; opened again if release() let it go."""
        self.refresh()
        return self._connected()

    def _connected(self) -> Any:
        if self._con is None:
            self._con = connect(self.path, read_only=self.read_only)
        return self._con

    def refresh(self) -> None:
        """Bring claims and models up to date with what was stored since the last time."""
        if self._stale:
            self._stale = False
            with self.transaction() as con:
                refresh(con)

    def release(self) -> None:
        """Let go of the file until the next use, so that readers can open it meanwhile."""
        self.refresh()
        if self._con is not None:
            self._con.close()
            self._con = None

    def close(self) -> None:
        """Write everything to the file and close it."""
        self.release()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """One transaction: all of it is stored or nothing."""
        con = self._connected()
        con.execute("BEGIN")
        try:
            yield con
        except duckdb.Error as err:
            self._rollback()
            raise StoreError(f"{self.path}: {first_line(err)}") from err
        except BaseException:
            self._rollback()
            raise
        try:
            con.execute("COMMIT")
        except duckdb.Error as err:
            self._rollback()
            raise StoreError(f"{self.path}: {first_line(err)}") from err

    def _rollback(self) -> None:
        try:
            self._connected().execute("ROLLBACK")
        except duckdb.Error:  # the engine has ended the transaction itself
            self._con = None

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Run our own SELECT and return its rows as dictionaries."""
        try:
            cursor = self.connection.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.Error as err:
            raise StoreError(f"{self.path}: {first_line(err)}") from err

    # ---- runs -------------------------------------------------------------------------------------

    def start_run(self, command: str, *, rules: str = "") -> str:
        """Note that a run begins and return its id; rows stored from now on carry it."""
        begun = utc_now()
        self.run_id = content_id("run", command, begun.isoformat(), id(self))[:12]
        with self.transaction() as con:
            con.execute(
                "INSERT INTO runs VALUES (?, ?, ?, NULL, ?, ?, NULL)",
                [self.run_id, command, begun, rules or None, program_version()],
            )
        return self.run_id

    def finish_run(self, counts: dict[str, int]) -> None:
        """Note that the run ended, with its counts."""
        with self.transaction() as con:
            refresh(con)
            con.execute(
                "UPDATE runs SET ended_at = ?, counts = ? WHERE run_id = ?",
                [utc_now(), json.dumps(counts, sort_keys=True), self.run_id],
            )
        self._stale = False
        self.run_id = None

    # ---- outcomes ---------------------------------------------------------------------------------

    def put(self, outcomes: Iterable[Outcome]) -> dict[str, int]:
        """Store outcomes in one transaction; what is stored already is left alone.

        Returns counts: new (documents), revised, unchanged, rejected (new ones set aside), failed,
        and facts and cuts newly stored.
        """
        batch = list(outcomes)
        counts: Counter[str] = Counter()
        if not batch:
            return {}
        with self.transaction() as con:
            _Batch(con, self.run_id, self.keep_pages, counts).store(batch)
        self._stale = True
        return dict(counts)

    def touch(self, con: Any, what: str, ids: Iterable[str]) -> None:
        """Note, inside a transaction, that claims of stories (or models) are to be made again."""
        con.executemany("INSERT INTO pending VALUES (?, ?)", [(what, one) for one in ids])
        self._stale = True

    def put_findings(self, findings: Iterable[Finding], *, replace: bool = True) -> int:
        """Store cross-checks, in place of the earlier ones; return how many."""
        now = utc_now()
        rows = [
            (content_id("finding", f.check_name, f.model, *f.fact_ids), f.check_name, f.model, f.verdict,
             f.formula, list(f.fact_ids), f.expected, f.stated, f.tolerance, now)
            for f in findings
        ]  # fmt: skip
        with self.transaction() as con:
            if replace:
                con.execute("DELETE FROM finding_rows")
            for start in range(0, len(rows), 1000):
                part = rows[start : start + 1000]
                marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(part))
                con.execute(
                    f"INSERT INTO finding_rows VALUES {marks}", [cell for row in part for cell in row]
                )
        return len(rows)

    def note_rates(self, needed: Iterable[tuple[str, dt.date]]) -> None:
        """Keep the exchange rates of these currencies on these days, if they are not kept yet."""
        pairs = {(code, date) for code, date in needed if code != "USD"}
        if pairs:
            with self.transaction() as con:
                _note_rates(con, pairs)

    def stored_pages(self, documents: Iterable[str] | None = None) -> Iterator[Page]:
        """Yield the raw page of each document's current revision (of these documents, or of all).

        Pages whose bytes are only in an archive are left out.
        """
        import zstandard

        unpack = zstandard.ZstdDecompressor()
        chosen = self.rows(
            "SELECT v.document_id, v.page_sha256 FROM revisions AS v WHERE is_current ORDER BY revision"
        )
        wanted = None if documents is None else set(documents)
        for one in chosen:
            if wanted is not None and one["document_id"] not in wanted:
                continue
            found = self.rows(
                "SELECT * FROM pages WHERE document_id = ? AND page_sha256 = ? AND body IS NOT NULL LIMIT 1",
                [one["document_id"], one["page_sha256"]],
            )
            for row in found:
                yield Page(
                    id=row["input_id"], source=row["source"],
                    body=unpack.decompress(row["body"], max_output_size=row["bytes"] or 1),
                    media=row["media"], fetched_at=row["fetched_at"].replace(tzinfo=dt.UTC), url=row["url"],
                    charset=row["charset"], hints=json.loads(row["hints"]) if row["hints"] else {},
                )  # fmt: skip

    def restored_cuts(self) -> frozenset[str]:
        """Return the ids of cuts that an analyst took back."""
        return frozenset(row["cut_id"] for row in self.rows("SELECT DISTINCT cut_id FROM restored_cuts"))


@cache
def _refreshing(name: str) -> str:
    return (files("db") / "refresh" / name).read_text(encoding="utf-8")


def refresh(con: Any) -> None:
    """Make the claims of pending stories and the rows of pending models again; outside of it nothing changes."""
    waiting = con.execute("SELECT what, count(DISTINCT id) FROM pending GROUP BY what").fetchall()
    if not waiting:
        return
    counts = dict(waiting)
    articles = con.execute("SELECT count(*) FROM article_stories").fetchall()[0][0]
    everything = "everything" in counts or 4 * counts.get("story", 0) > articles
    if everything:
        con.execute("DELETE FROM claim_rows")
        con.execute(_refreshing("claims.sql").replace("{only}", ""))
        con.execute("DELETE FROM model_rows")
        con.execute(_refreshing("models.sql").replace("{only}", "").replace("{only_spelled}", ""))
    else:
        stale = "(SELECT id FROM pending WHERE what = 'story')"
        models = "(SELECT id FROM pending WHERE what = 'model')"
        keys = f"SELECT DISTINCT 'model', model_key FROM claim_rows WHERE story_id IN {stale} AND model_key IS NOT NULL"
        con.execute(f"INSERT INTO pending {keys}")
        con.execute(f"DELETE FROM claim_rows WHERE story_id IN {stale}")
        con.execute(_refreshing("claims.sql").replace("{only}", f"AND s.story_id IN {stale}"))
        con.execute(f"INSERT INTO pending {keys}")
        con.execute(f"DELETE FROM model_rows WHERE model_key IN {models}")
        con.execute(
            _refreshing("models.sql")
            .replace("{only}", f"AND model_key IN {models}")
            .replace("{only_spelled}", f"AND coalesce(m.into_key, f.model_key) IN {models}")
        )
    con.execute("DELETE FROM pending")


class _Batch:
    """The steps of one put, inside its transaction."""

    def __init__(self, con: Any, run_id: str | None, keep_pages: bool, counts: Counter[str]) -> None:
        self.con = con
        self.run_id = run_id
        self.keep_pages = keep_pages
        self.counts = counts
        self.now = utc_now()

    def store(self, batch: list[Outcome]) -> None:
        read = [(_document(outcome), outcome) for outcome in batch if outcome.failure is None]
        readings = {id(outcome): _reading(document, outcome) for document, outcome in read}
        current, latest, known = self._state(
            [document for document, _ in read], [reading.reading_id for reading in readings.values()]
        )
        local = self._known_articles(outcome.article for _, outcome in read)
        number = self.con.execute("SELECT coalesce(max(revision), 0) FROM revisions").fetchall()[0][0]
        rows: dict[str, list[Sequence[object]]] = {
            table: [] for table in ("pages", "revisions", "readings", "fact_rows", "cut_rows", "aliases_read", "story_keys")
        }  # fmt: skip
        currents: dict[str, int] = {}  # document -> its place in rows["revisions"] when current
        replaced: set[str] = set()
        for document, outcome in read:
            reading = readings[id(outcome)]
            record = outcome.article or outcome.rejected
            if record is None:
                continue
            fetched_at = _utc(record.fetched_at)
            twin = reading.local and reading.article_id in local and document not in current
            if current.get(document) == reading.reading_id or twin:
                self.counts["unchanged"] += 1
                continue
            first = document not in current
            newest = first or fetched_at >= latest[document]
            word = "rejected" if outcome.rejected is not None else ("new" if first else "revised")
            self.counts[word] += 1
            number += 1
            if newest:
                if document in currents:
                    at = currents[document]
                    rows["revisions"][at] = (*rows["revisions"][at][:-1], False)
                elif not first:
                    replaced.add(document)
                currents[document] = len(rows["revisions"])
                current[document], latest[document] = reading.reading_id, fetched_at
            rows["revisions"].append(
                (number, document, reading.reading_id, reading.article_id, record.page_sha256, fetched_at,
                 self.now, self.run_id, outcome.rules or None, newest)
            )  # fmt: skip
            rows["pages"].extend(self._page(document, outcome))
            if reading.reading_id in known:
                continue
            known.add(reading.reading_id)
            if reading.local and reading.article_id:
                local.add(reading.article_id)
            rows["readings"].append(reading.row)
            rows["fact_rows"].extend(reading.facts)
            rows["cut_rows"].extend(reading.cuts)
            rows["aliases_read"].extend(reading.aliases)
            if reading.article_id:
                marks = outcome.marks
                for names, likeness in (
                    (marks.certain, 0.0),
                    (marks.likely, SAME_TITLE),
                    (marks.bands, SAME_STORY),
                ):
                    rows["story_keys"].extend((reading.article_id, key, likeness) for key in names)
        self.counts["facts"] += len(rows["fact_rows"])
        self.counts["cuts"] += len(rows["cut_rows"])
        self._write(rows, replaced)
        self._rates(rows["fact_rows"])
        self._stories(rows["readings"])
        self._failures(batch)

    def _temporary(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        self.con.register(name, _arrow(columns, rows))

    def _state(
        self, documents: list[str], reading_ids: list[str]
    ) -> tuple[dict[str, str], dict[str, dt.datetime], set[str]]:
        """Current reading and its time by document, and which readings are there already."""
        self._temporary("asked", ("id",), [(document,) for document in sorted(set(documents))])
        found = self.con.execute(
            "SELECT document_id, reading_id, fetched_at FROM revisions"
            " SEMI JOIN asked ON document_id = asked.id WHERE is_current"
        ).fetchall()
        self._temporary("asked", ("id",), [(reading,) for reading in sorted(set(reading_ids))])
        there = self.con.execute(
            "SELECT reading_id FROM readings SEMI JOIN asked ON reading_id = asked.id"
        ).fetchall()
        self.con.unregister("asked")
        return (
            {row[0]: row[1] for row in found},
            {row[0]: row[2] for row in found},
            {row[0] for row in there},
        )

    def _known_articles(self, articles: Iterable[Article | None]) -> set[str]:
        """Which articles without an address are there already, from whatever path they came."""
        asked = {article.article_id for article in articles if article and not _addressed(article)}
        if not asked:
            return set()
        self._temporary("asked", ("id",), [(article,) for article in sorted(asked)])
        there = self.con.execute(
            "SELECT r.article_id FROM revisions AS r SEMI JOIN asked ON r.article_id = asked.id WHERE is_current"
        ).fetchall()
        self.con.unregister("asked")
        return {row[0] for row in there}

    def _page(self, document: str, outcome: Outcome) -> list[Sequence[object]]:
        page = outcome.page
        if page is None:
            return []
        body = None
        if self.keep_pages:
            import zstandard

            body = zstandard.compress(page.body, 6)
        hints = json.dumps(dict(page.hints), ensure_ascii=False, sort_keys=True) if page.hints else None
        return [
            (page.sha256, document, page.id, page.source, page.url, page.media, page.charset, hints,
             _utc(page.fetched_at), len(page.body), body)
        ]  # fmt: skip

    def _write(self, rows: dict[str, list[Sequence[object]]], replaced: set[str]) -> None:
        if replaced:
            self._temporary("asked", ("id",), [(document,) for document in sorted(replaced)])
            self.con.execute(
                "UPDATE revisions SET is_current = false"
                " WHERE is_current AND document_id IN (SELECT id FROM asked)"
            )
            self.con.execute(
                "INSERT INTO pending SELECT DISTINCT 'story', s.story_id FROM revisions AS v"
                " JOIN article_stories AS s ON s.article_id = v.article_id"
                " WHERE v.document_id IN (SELECT id FROM asked)"
            )
            self.con.unregister("asked")
        shapes = {
            "pages": _PAGE_COLUMNS, "revisions": _REVISION_COLUMNS, "readings": _READING_COLUMNS,
            "fact_rows": _FACT_COLUMNS, "cut_rows": _CUT_COLUMNS, "aliases_read": _ALIAS_COLUMNS,
            "story_keys": _KEY_COLUMNS,
        }  # fmt: skip
        for table, columns in shapes.items():
            if not rows[table]:
                continue
            self._temporary("arrived", columns, rows[table])
            picked = "*"
            if table == "fact_rows":
                sums = ("amount", "amount_low", "amount_high")
                picked = f"* REPLACE ({', '.join(f'TRY_CAST({s} AS DECIMAL(28, 6)) AS {s}' for s in sums)})"
            self.con.execute(f"INSERT INTO {table} BY NAME SELECT {picked} FROM arrived")
            self.con.unregister("arrived")

    def _rates(self, facts: Sequence[Sequence[object]]) -> None:
        """Note the exchange rates that new sums in other currencies need."""
        currency, day = _FACT_COLUMNS.index("currency"), _FACT_COLUMNS.index("claim_date")
        needed = {
            (str(row[currency]), row[day])
            for row in facts
            if row[currency] not in (None, "USD") and isinstance(row[day], dt.date)
        }
        if needed:
            _note_rates(self.con, needed)  # type: ignore[arg-type]

    def _stories(self, readings: Sequence[Sequence[object]]) -> None:
        """Put new articles into stories: those that share a certain mark or enough of the fingerprint.

        A story is a connected component; its id is the smallest article id in it, so that the order
        in which articles come makes no difference.
        """
        article, sign = _READING_COLUMNS.index("article_id"), _READING_COLUMNS.index("signature")
        signatures: dict[str, Any] = {str(row[article]): row[sign] for row in readings if row[article]}
        if not signatures:
            return
        self._temporary("asked", ("id",), [(key,) for key in sorted(signatures)])
        pairs = self.con.execute(
            """
            SELECT one, two, likeness FROM (
                SELECT mine.article_id AS one, other.article_id AS two, min(mine.likeness) AS likeness,
                       count(*) AS shared
                FROM story_keys AS mine JOIN story_keys AS other ON mine.key = other.key
                WHERE mine.article_id IN (SELECT id FROM asked) AND mine.article_id <> other.article_id
                GROUP BY mine.article_id, other.article_id)
            QUALIFY likeness < ? OR row_number() OVER (PARTITION BY one, likeness ORDER BY shared DESC, two) <= ?
            """,
            [SAME_TITLE, CANDIDATES],
        ).fetchall()
        others = sorted({other for _, other, likeness in pairs if likeness} - set(signatures))
        if others:
            self._temporary("others", ("id",), [(key,) for key in others])
            signatures |= dict(
                self.con.execute(
                    "SELECT article_id, any_value(signature) FROM readings"
                    " WHERE article_id IN (SELECT id FROM others) GROUP BY article_id"
                ).fetchall()
            )
            self.con.unregister("others")
        edges = [
            (mine, other)
            for mine, other, likeness in pairs
            if similarity(signatures.get(mine), signatures.get(other)) >= likeness
        ]
        touched = sorted({key for edge in edges for key in edge} | {str(row[article]) for row in readings if row[article]})  # fmt: skip
        self._temporary("asked", ("id",), [(key,) for key in touched])
        story = dict(
            self.con.execute(
                "SELECT article_id, story_id FROM article_stories SEMI JOIN asked ON article_id = asked.id"
            ).fetchall()
        )
        self.con.unregister("asked")
        parent: dict[str, str] = {}

        def root(node: str) -> str:
            while parent.setdefault(node, node) != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        def join(one: str, two: str) -> None:
            low, high = sorted((root(one), root(two)))
            parent[high] = low

        for key in touched:
            join(key, story.get(key, key))
        for mine, other in edges:
            join(mine, other)
        stale = {root(key) for key in touched} | set(story.values())
        self._pend(stale)
        for old in sorted(set(story.values())):
            if root(old) != old:
                self.con.execute(
                    "UPDATE article_stories SET story_id = ? WHERE story_id = ?", [root(old), old]
                )
        new = [(key, root(key)) for key in touched if key not in story]
        if new:
            self._temporary("arrived", ("article_id", "story_id"), new)
            self.con.execute("INSERT INTO article_stories BY NAME SELECT * FROM arrived")
            self.con.unregister("arrived")

    def _pend(self, stories: Iterable[str]) -> None:
        self._temporary("arrived", ("what", "id"), [("story", one) for one in sorted(stories)])
        self.con.execute("INSERT INTO pending BY NAME SELECT * FROM arrived")
        self.con.unregister("arrived")

    def _failures(self, batch: list[Outcome]) -> None:
        failures: dict[str, Failure] = {o.failure.input: o.failure for o in batch if o.failure is not None}
        self.counts["failed"] += len(failures)
        open_rows = self.con.execute(
            "SELECT input, attempts, first_tried FROM failure_rows WHERE resolved_at IS NULL"
        ).fetchall()
        before = {row[0]: row[1:] for row in open_rows}
        right = sorted({o.input for o in batch if o.failure is None} & set(before))
        for name in right:
            self.con.execute(
                "UPDATE failure_rows SET resolved_at = ? WHERE input = ? AND resolved_at IS NULL",
                [self.now, name],
            )
        for name, failure in sorted(failures.items()):
            attempts, first = before.get(name, (0, self.now))
            attempts += 1
            next_try = None
            if attempts < LAST_ATTEMPT:
                next_try = self.now + FIRST_RETRY * 2 ** (attempts - 1)
            if name in before:
                self.con.execute("DELETE FROM failure_rows WHERE input = ? AND resolved_at IS NULL", [name])
            self.con.execute(
                "INSERT INTO failure_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                [name, failure.stage, failure.reason, failure.hint or None, attempts, first, self.now,
                 next_try, self.run_id],
            )  # fmt: skip


class _ReadingRows:
    """The rows that one reading comes to."""

    __slots__ = ("aliases", "article_id", "cuts", "facts", "local", "reading_id", "row")

    def __init__(self) -> None:
        self.reading_id = ""
        self.article_id: str | None = None
        self.local = False
        self.row: Sequence[object] = ()
        self.facts: list[Sequence[object]] = []
        self.cuts: list[Sequence[object]] = []
        self.aliases: list[Sequence[object]] = []


def _note_rates(con: Any, needed: set[tuple[str, dt.date]]) -> None:
    there = set(con.execute("SELECT currency, day FROM exchange_rates").fetchall())
    found = [(code, day, money.usd_rate(code, day)) for code, day in sorted(needed - there)]
    rows = [(code, day, r.usd_per_unit, r.day, r.source) for code, day, r in found if r is not None]
    if rows:
        lists = [list(column) for column in zip(*rows, strict=True)]
        con.execute(
            "INSERT INTO exchange_rates SELECT unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::DOUBLE[]),"
            " unnest(?::DATE[]), unnest(?::VARCHAR[])",
            lists,
        )


def _addressed(record: Article) -> bool:
    return bool(record.canonical_url or record.url)


def _document(outcome: Outcome) -> str:
    record = outcome.article or outcome.rejected
    if record is None:
        raise StoreError(f"{outcome.input}: an outcome without article, rejection or failure")
    return keys.document_id(record, outcome.page)


def _cut_id(cut: Removed, document: str) -> str:
    return cut.cut_id or content_id("cut", document, cut.part, cut.position, cut.text)


def _reading(document: str, outcome: Outcome) -> _ReadingRows:
    out = _ReadingRows()
    article, rejected, reading = outcome.article, outcome.rejected, outcome.reading
    record: Article | Rejected | None = article or rejected
    if record is None:
        return out
    removed = [(cut, False) for cut in record.removed]
    if article is not None:
        removed += [(cut, True) for cut in article.flagged]
        out.article_id = article.article_id
        out.local = not _addressed(article)
    fact_ids: list[str] = []
    if article is not None:
        fact_ids = [keys.fact_id(article.article_id, fact) for fact in reading.facts]
    cut_ids = [_cut_id(cut, document) for cut, _ in removed]
    about: tuple[object, ...] = (
        (article.url, article.canonical_url, article.site, article.title, article.author, article.published,
         article.modified, article.language, article.original_source)
        if article is not None
        else (rejected.reason if rejected else None,)
    )  # fmt: skip
    out.reading_id = content_id(
        "reading",
        document,
        out.article_id,
        *about,
        *fact_ids,
        *(f.rule for f in reading.facts),
        "|",
        *cut_ids,
    )
    if article is not None:
        basis = _date_basis(article)
        out.row = (
            out.reading_id, document, out.article_id, article.id, article.source, article.url,
            article.canonical_url, article.site, article.title, article.author, article.published,
            article.modified, basis, article.language, article.original_source,
            json.dumps(dict(article.bases), sort_keys=True), article.text, None, None, reading.skipped,
            outcome.marks.signature or None,
        )  # fmt: skip
        seen: set[str] = set()
        for identity, fact in zip(fact_ids, reading.facts, strict=True):
            if identity not in seen:
                seen.add(identity)
                out.facts.append(_fact_row(document, out.reading_id, identity, article, basis, fact))
        for entity, names in (("model", reading.models), ("organization", reading.organizations)):
            for name, spellings in names.items():
                out.aliases.extend(
                    (out.reading_id, entity, name, keys.name_key(name), alias) for alias in spellings
                )
    elif rejected is not None:
        out.row = (
            out.reading_id, document, None, rejected.id, rejected.source, rejected.url, None, None,
            rejected.title, None, None, None, "fetched", None, None, None, None, rejected.reason,
            rejected.detail, "", None,
        )  # fmt: skip
    out.cuts = [
        (out.reading_id, identity, out.article_id, cut.text, cut.reason, cut.rule, list(cut.evidence),
         cut.position, cut.part, kept)
        for identity, (cut, kept) in zip(cut_ids, removed, strict=True)
    ]  # fmt: skip
    return out


def _date_basis(article: Article) -> str:
    if article.published is None:
        return "fetched"
    basis = article.bases.get("published", "page")
    return basis if basis in ("feed", "text", "fetched") else "page"


def _fact_row(
    document: str, reading_id: str, identity: str, article: Article, basis: str, fact: Fact
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
        reading_id, identity, keys.claim_key(document, fact), article.article_id, fact.kind, fact.model,
        keys.name_key(fact.model) if fact.model else None, fact.op, value, low, high, amount, amount_low,
        amount_high, fact.currency, fact.device, fact.role, fact.use, fact.scope, fact.basis, fact.period,
        fact.per, fact.provider, fact.organization,
        keys.name_key(fact.organization) if fact.organization else None, fact.subject, fact.direction,
        fact.derived, fact.formula, fact.negated, fact.vague, fact.superseded, fact.as_of,
        fact.attributed_to, fact.linked_by, fact.part, fact.description, fact.start, fact.end, fact.at,
        fact.at_end, fact.quote, fact.rule, day, how,
    )  # fmt: skip


def similarity(one: bytes | None, two: bytes | None) -> float:
    """Return the share of equal minima in two signatures: an estimate of the Jaccard index.

    A text too short for a signature is taken to be alike: other marks have brought the two together.
    """
    if not one or not two or len(one) != len(two):
        return 1.0
    left, right = array.array("I", one), array.array("I", two)
    return sum(a == b for a, b in zip(left, right, strict=True)) / len(left)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return str(error).strip().split("\n", 1)[0]


def connect(path: Path, *, read_only: bool, more: dict[str, Any] | None = None) -> Any:
    """Open the file, waiting a little for another process to let go of it.

    more: settings of DuckDB beside ours.
    Raises LockHeldError, or StoreError saying what is wrong with the file.
    """
    deadline = time.monotonic() + LOCK_PATIENCE
    if not read_only and not path.parent.exists():
        raise StoreError(f"the folder of {path} does not exist; make it, or name another place with --db")
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config={**CONFIG, **(more or {})})
        except duckdb.IOException as err:
            if "lock" not in str(err).lower():
                raise StoreError(f"{path} can't be opened: {first_line(err)}") from err
            if time.monotonic() > deadline:
                holder = re.search(r"PID (\d+)", str(err))
                who = f" by process {holder[1]}" if holder else ""
                raise LockHeldError(f"{path} is held{who}; try again when that run has ended") from err
            time.sleep(0.05)
        except duckdb.Error as err:
            raise StoreError(f"{path} can't be opened: {first_line(err)}") from err
