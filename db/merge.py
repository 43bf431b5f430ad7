"""Merge outcomes into the ledger, whether they come from a run or from a Parquet part.

What is there already is left alone; a document that reads differently gets a revision, the older ones
stay; copies of a story find each other; the claims that it touches are noted and made again.
"""

from __future__ import annotations

import array
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Protocol

from db import money
from db.rows import REVISION_COLUMNS, SAME_TITLE, SUMS, TABLES, Head, OutcomeRows, arrow, utc_now

CANDIDATES = 50  # articles that a new one is compared with, most shared bands first
FIRST_RETRY = dt.timedelta(hours=1)
LAST_ATTEMPT = 8  # failures after which an input is given up


class Source(Protocol):
    """Where rows come from. places: numbers of the outcomes whose rows are wanted."""

    @property
    def heads(self) -> Sequence[Head]:
        """The outcomes, in order."""
        ...

    def insert(self, con: Any, table: str, places: Sequence[int]) -> int:
        """Insert the rows that these outcomes have in a table; return how many."""
        ...


class FromRows:
    """Rows made in this process."""

    def __init__(self, made: Sequence[OutcomeRows]) -> None:
        self.made = made
        self.heads: Sequence[Head] = [one.head for one in made]

    def insert(self, con: Any, table: str, places: Sequence[int]) -> int:
        rows = [row for place in places for row in self.made[place].tables[table]]
        if rows:
            con.register("arrived", arrow(TABLES[table], rows))
            con.execute(f"INSERT INTO {table} BY NAME SELECT {picked(table)} FROM arrived")
            con.unregister("arrived")
        return len(rows)


def picked(table: str) -> str:
    """Return the SELECT list for a table's rows: sums of money go from text to exact numbers."""
    if table != "fact_rows":
        return "*"
    return f"* REPLACE ({', '.join(f'TRY_CAST({s} AS DECIMAL(28, 6)) AS {s}' for s in SUMS)})"


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


class Decision(NamedTuple):
    """What is new: rows for revisions, documents whose current revision is replaced, outcomes to store, articles."""

    revisions: list[tuple[object, ...]]
    replaced: set[str]
    pages: list[int]
    readings: list[int]
    articles: set[str]


class _Twin(NamedTuple):
    """The document and reading under which an article without an address is current."""

    document: str
    reading_id: str


class Merge:
    """The steps of one merge, inside its transaction."""

    def __init__(self, con: Any, run_id: str | None, counts: Counter[str]) -> None:
        self.con = con
        self.run_id = run_id
        self.counts = counts
        self.now = utc_now()

    def store(self, source: Source) -> None:
        """Merge what a source brings."""
        told = self._decide([head for head in source.heads if head.failure is None])
        self._replace(told.replaced)
        if told.revisions:
            self.con.register("arrived", arrow(REVISION_COLUMNS, told.revisions))
            self.con.execute("INSERT INTO revisions BY NAME SELECT * FROM arrived")
            self.con.unregister("arrived")
        facts = self._count("fact_rows")
        for table in TABLES:
            rows = source.insert(self.con, table, told.pages if table == "pages" else told.readings)
            if table in ("fact_rows", "cut_rows"):
                self.counts["facts" if table == "fact_rows" else "cuts"] += rows
        self._rates(facts)
        self._stories(told.articles)
        self._failures(source.heads)

    def _count(self, table: str) -> int:
        return int(self.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])

    def _rates(self, before: int) -> None:
        """Keep the exchange rates that facts from this row on need (rows are only appended)."""
        needed = self.con.execute(
            "SELECT DISTINCT currency, claim_date FROM fact_rows WHERE rowid >= ? AND currency <> 'USD'",
            [before],
        ).fetchall()
        if needed:
            note_rates(self.con, set(needed))

    def _decide(self, heads: Sequence[Head]) -> Decision:
        current, latest, known = self._state(heads)
        local = self._known_articles(heads)
        number = self.con.execute("SELECT coalesce(max(revision), 0) FROM revisions").fetchall()[0][0]
        out = Decision([], set(), [], [], set())
        currents: dict[str, int] = {}  # document -> place of its current revision in out.revisions
        for head in heads:
            document = head.document
            first = document not in current
            twin = local.get(head.article_id) if head.local and first else None
            if head.reading_id in (current.get(document), twin and twin.reading_id):
                self.counts["unchanged"] += 1
                continue
            newest = first or head.fetched_at >= latest[document]
            word = "new" if first and twin is None else "revised"
            self.counts[head.rejected or word] += 1
            if twin is not None:  # the same words from another path, read otherwise
                out.replaced.add(twin.document)
            number += 1
            if newest:
                if document in currents:
                    at = currents[document]
                    out.revisions[at] = (*out.revisions[at][:-1], False)
                elif not first:
                    out.replaced.add(document)
                currents[document] = len(out.revisions)
                current[document], latest[document] = head.reading_id, head.fetched_at
            out.revisions.append(
                (number, document, head.reading_id, head.article_id, head.page_sha256, head.fetched_at, self.now,
                 self.run_id, head.rules or None, newest)
            )  # fmt: skip
            if head.local:
                local[head.article_id] = _Twin(document, head.reading_id)
            out.pages.append(head.place)
            if head.reading_id not in known:
                known.add(head.reading_id)
                out.readings.append(head.place)
                if head.article_id:
                    out.articles.add(head.article_id)
        return out

    def _ids(self, name: str, ids: Iterable[str]) -> None:
        """Register ids as a table of one column."""
        import pyarrow as pa

        self.con.register(name, pa.table({"id": pa.array(list(ids), type=pa.string())}))

    def _temporary(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        self.con.register(name, arrow(columns, rows))

    def _state(self, heads: Sequence[Head]) -> tuple[dict[str, str], dict[str, dt.datetime], set[str]]:
        """Current reading and its time by document, and which readings are there already."""
        self._ids("asked", {head.document for head in heads})
        found = self.con.execute(
            "SELECT document_id, reading_id, fetched_at FROM revisions"
            " SEMI JOIN asked ON document_id = asked.id WHERE is_current"
        ).fetchall()
        self._ids("asked", {head.reading_id for head in heads})
        there = self.con.execute(
            "SELECT reading_id FROM readings SEMI JOIN asked ON reading_id = asked.id"
        ).fetchall()
        self.con.unregister("asked")
        return {row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}, {row[0] for row in there}

    def _known_articles(self, heads: Sequence[Head]) -> dict[str | None, _Twin]:
        """Which articles without an address are current already, from whatever path they came."""
        asked = {head.article_id for head in heads if head.local and head.article_id}
        if not asked:
            return {}
        self._ids("asked", asked)
        there = self.con.execute(
            "SELECT r.article_id, r.document_id, r.reading_id FROM revisions AS r"
            " SEMI JOIN asked ON r.article_id = asked.id WHERE is_current"
        ).fetchall()
        self.con.unregister("asked")
        return {row[0]: _Twin(row[1], row[2]) for row in there}

    def _replace(self, documents: set[str]) -> None:
        """The current revisions of these documents are current no more; their stories' claims change."""
        if not documents:
            return
        self._ids("asked", documents)
        self.con.execute(
            "UPDATE revisions SET is_current = false WHERE is_current AND document_id IN (SELECT id FROM asked)"
        )
        self.con.execute(
            "INSERT INTO pending SELECT DISTINCT 'story', s.story_id FROM revisions AS v"
            " JOIN article_stories AS s ON s.article_id = v.article_id"
            " WHERE v.document_id IN (SELECT id FROM asked)"
        )
        self.con.unregister("asked")

    def _stories(self, arrived: set[str]) -> None:
        """Put new articles into stories: those that share a certain mark or enough of the fingerprint.

        arrived: article ids. A story is a connected component; its id is the smallest article id in it, so
        that the order in which articles come makes no difference. Most articles are like no other: they
        never leave the database.
        """
        if not arrived:
            return
        self._ids("asked", arrived)
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
        doubted = sorted({key for one, two, likeness in pairs if likeness for key in (one, two)})
        signatures: dict[str, Any] = {}
        if doubted:
            self._ids("others", doubted)
            signatures = dict(
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
        self.con.execute(
            "INSERT INTO article_stories SELECT id, id FROM asked"
            " WHERE id NOT IN (SELECT article_id FROM article_stories)"
        )
        self.con.execute(
            "INSERT INTO pending SELECT 'story', story_id FROM article_stories SEMI JOIN asked ON article_id = asked.id"
        )
        self.con.unregister("asked")
        if edges:
            self._join(edges)

    def _join(self, edges: Sequence[tuple[str, str]]) -> None:
        """Make one story of the stories of each two articles that are copies."""
        touched = sorted({key for edge in edges for key in edge})
        self._ids("asked", touched)
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

        for one, two in (*edges, *story.items()):
            low, high = sorted((root(one), root(two)))
            parent[high] = low
        old = set(story.values())
        moved = [(one, root(one)) for one in sorted(old) if root(one) != one]
        if moved:
            self._temporary("moved", ("id", "story"), moved)
            self.con.execute(
                "UPDATE article_stories SET story_id = moved.story FROM moved WHERE story_id = moved.id"
            )
            self.con.unregister("moved")
        self._pend({root(one) for one in old} | old)

    def _pend(self, stories: Iterable[str]) -> None:
        self._temporary("arrived", ("what", "id"), [("story", one) for one in sorted(stories)])
        self.con.execute("INSERT INTO pending BY NAME SELECT * FROM arrived")
        self.con.unregister("arrived")

    def _failures(self, heads: Sequence[Head]) -> None:
        failures = {head.failure.input: head.failure for head in heads if head.failure is not None}
        self.counts["failed"] += len(failures)
        open_rows = self.con.execute(
            "SELECT input, attempts, first_tried FROM failure_rows WHERE resolved_at IS NULL"
        ).fetchall()
        before = {row[0]: row[1:] for row in open_rows}
        right = sorted({head.input for head in heads if head.failure is None} & set(before))
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


def note_rates(con: Any, needed: set[tuple[str, dt.date]]) -> None:
    """Keep the exchange rates of these currencies on these days, if they are not kept yet."""
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


def similarity(one: bytes | None, two: bytes | None) -> float:
    """Return the share of equal minima in two signatures: an estimate of the Jaccard index.

    A text too short for a signature is taken to be alike: other marks have brought the two together.
    """
    if not one or not two or len(one) != len(two):
        return 1.0
    left, right = array.array("I", one), array.array("I", two)
    return sum(a == b for a, b in zip(left, right, strict=True)) / len(left)
