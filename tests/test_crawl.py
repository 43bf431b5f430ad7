"""The crawler against a real server: what is stored, what fails and how, what is asked the second time."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from db.crawl import CrawlStore
from pipeline.crawl import CrawlSummary
from pipeline.fetch.archive import INDEX
from pipeline.fetch.local import read_local
from pipeline.fetch.sources import Source, source_of
from pipeline.intake import check, failed, reread, retry, take_in
from pipeline.settings import Settings, load
from schemas.records import Failure, Page
from tests.faults import lay_out, story
from tests.webserver import Server, serving


@dataclass
class Bench:
    """A server, a database, and what a run over them needs."""

    server: Server
    db: Path

    def settings(self, **options: Any) -> Settings:
        given = {
            "allow_hosts": [self.server.authority],
            "host_delay": 0,
            "workers": 2,
            "timeout": 2,
            "deadline": 5,
        }
        return load(environ={}, **{**given, **options})

    def take(
        self, *told: str | Source, only_due: bool = False, stop: threading.Event | None = None, **options: Any
    ) -> CrawlSummary:
        sources = [
            item if isinstance(item, Source) else source_of(self.server.url(item) if item[0] == "/" else item)
            for item in told
        ]
        settings = self.settings(**options)
        with CrawlStore.open(self.db, keep_pages=settings.keep_pages == "database") as store:
            return take_in(sources, store, settings, only_due=only_due, stop=stop)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with CrawlStore.open(self.db, read_only=True) as store:
            return [tuple(row.values()) for row in store.rows(sql)]

    def sitemap(self, *paths: str, at: str = "/sitemap.xml") -> str:
        urls = "".join(f"<url><loc>{self.server.url(path)}</loc></url>" for path in paths)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        self.server.page(at, body.encode(), kind="application/xml")
        return at


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with serving() as server:
        yield Bench(server, tmp_path / "l.duckdb")


def reasons(summary: CrawlSummary, server: Server) -> dict[str, str]:
    return {f.input.removeprefix(server.url("")): f"{f.stage}: {f.reason}" for f in summary.failures}


def test_every_fault_ends_by_name_and_every_other_page_is_stored(bench: Bench) -> None:
    faults = lay_out(bench.server)
    summary = bench.take(
        "/sitemap.xml", "/entities.xml", "/links.xml", "/ok/7?utm_source=x", timeout=3, deadline=8
    )
    named = reasons(summary, bench.server)
    stored = {row[0].removeprefix(bench.server.url("")) for row in bench.rows("SELECT url FROM articles")}
    aside = dict(bench.rows("SELECT source, rejected FROM readings WHERE rejected IS NOT NULL"))
    aside = {key.removeprefix(bench.server.url("")): f"rejected: {reason}" for key, reason in aside.items()}
    wrong = {}
    for fault in faults:
        path = f"/f/{fault.name}"
        got = "stored" if path in stored else named.get(path) or aside.get(path, "silence")
        if not fault.allows(got):
            wrong[fault.name] = got
    assert wrong == {}
    assert {f"/ok/{n}" for n in range(8)} <= stored
    assert named["/entities.xml"] == "source: entity bomb"
    assert named["javascript:alert(1)"] == named["data:text/html,hello"] == "source: forbidden address"
    listed = dict(bench.rows("SELECT input, reason FROM failures"))
    assert {key.removeprefix(bench.server.url("")) for key in listed} == set(named)


def test_the_second_time_everything_is_asked_conditionally_and_nothing_stored(bench: Bench) -> None:
    paths = [f"/{n}" for n in range(60)]
    for path in paths:
        bench.server.page(path, story(f"page {path}").encode())
    bench.sitemap(*paths)
    first = bench.take("/sitemap.xml")
    assert first.counts["new"] == 60 and not first.failures
    before = bench.rows("SELECT * FROM revisions ORDER BY revision")
    bench.server.seen.clear()
    second = bench.take("/sitemap.xml")
    assert second.counts["unchanged"] == 60 and not second.counts.get("new")
    assert len(bench.server.seen) == 61  # robots.txt is remembered for a day
    assert all("If-None-Match" in headers for _, headers in bench.server.seen)
    assert bench.rows("SELECT * FROM revisions ORDER BY revision") == before
    bench.server.seen.clear()
    third = bench.take("/sitemap.xml", only_due=True)
    assert [path for path, _ in bench.server.seen] == ["/sitemap.xml"] and third.counts["not due"] == 60


def test_a_changed_page_becomes_a_revision(bench: Bench) -> None:
    bench.server.page("/a", story("the old bill").encode())
    assert bench.take("/a").counts["new"] == 1
    facts = len(bench.rows("SELECT fact_id FROM facts"))
    bench.server.page("/a", story("a wholly new and larger bill").encode())
    assert bench.take("/a").counts["revised"] == 1
    assert [row[0] for row in bench.rows("SELECT is_current FROM revisions ORDER BY revision")] == [
        False,
        True,
    ]
    assert len(bench.rows("SELECT fact_id FROM facts")) == facts
    assert len(bench.rows("SELECT fact_id FROM fact_rows")) == 2 * facts
    [(due, interval)] = bench.rows("SELECT next_due, interval_seconds FROM addresses")
    assert interval == 12 * 3600 and due > dt.datetime.now() - dt.timedelta(days=1)


def test_retention_drops_the_bodies_of_superseded_versions_only(bench: Bench) -> None:
    bench.server.page("/a", story("first version").encode())
    bench.take("/a")
    bench.server.page("/a", story("second version of it").encode())
    bench.take("/a", retention_days=1)
    assert bench.rows("SELECT count(*) FROM pages WHERE body IS NOT NULL") == [(2,)]
    with CrawlStore.open(bench.db) as store:
        assert store.drop_bodies(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)) == 1
        assert [page.body for page in store.stored_pages()] == [story("second version of it").encode()]


def test_a_server_without_validators_is_known_by_its_bodies(bench: Bench) -> None:
    bench.server.routes["/a"] = lambda h: h.answer(story("no validators").encode())
    bench.take("/a")
    assert bench.take("/a").counts == {"requests": 1, "unchanged": 1}


def test_spellings_of_one_address_are_one(bench: Bench) -> None:
    bench.server.page("/a", story("once").encode())
    bench.sitemap("/a", "/a?utm_source=feed", "/a?fbclid=1#top", "/./a")
    assert bench.take("/sitemap.xml", "/a?utm_campaign=2").counts["new"] == 1
    assert bench.server.hits["/a"] == 1


def test_copies_that_name_one_canonical_address_are_one(bench: Bench) -> None:
    named = f"<head><link rel='canonical' href='{bench.server.url('/2026/bill')}'>"
    for path in ("/2026/bill", "/amp/2026/bill"):
        bench.server.page(path, story("one bill").replace("<head>", named).encode())
    counts = bench.take("/amp/2026/bill", "/2026/bill?ref=other", "/2026/bill").counts
    assert (counts["new"], counts["unchanged"], counts.get("revised", 0)) == (1, 2, 0)
    assert bench.rows("SELECT count(*) FROM articles") == [(1,)]


def test_indexes_feeds_and_filters(bench: Bench) -> None:
    for n in range(6):
        bench.server.page(f"/2026/story-{n}", story(f"story {n}").encode())
    bench.sitemap("/2026/story-0", "/2026/story-1", at="/s1.xml")
    child = bench.server.url("/s1.xml")
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{child}</loc></sitemap><sitemap><loc>{bench.server.url("/index.xml?again")}</loc></sitemap></sitemapindex>'
    bench.server.page("/index.xml", body.encode(), kind="text/xml")
    items = "".join(
        f"<item><title>Story {n}</title><link>/2026/story-{n}</link><pubDate>0{n} Mar 2024 10:00:00 GMT</pubDate></item>"
        for n in range(2, 6)
    )
    bench.server.page(
        "/feed",
        f"<rss version='2.0'><channel><title>f</title>{items}</channel></rss>".encode(),
        kind="application/rss+xml",
    )
    index = Source("index", bench.server.url("/index.xml"), limit=1)
    feed = Source(
        "feed", bench.server.url("/feed"), exclude=("*story-5",), since=dt.date(2024, 3, 3), cues=("story 4",)
    )
    summary = bench.take(index, feed)
    assert (
        summary.counts["new"] == 2
        and summary.counts["over the limit"] == 1
        and summary.counts["filtered"] == 1
    )
    assert sorted(row[0][-1] for row in bench.rows("SELECT url FROM articles")) == ["0", "4"]
    assert bench.rows("SELECT source, kind FROM sources ORDER BY source") == [
        ("feed", "feed"),
        ("index", "index"),
    ]
    assert [(c.kind, c.entries, c.wanted) for c in check([index, feed], bench.settings())] == [
        ("index", 2, 1), ("feed", 4, 2),
    ]  # fmt: skip


def test_robots_are_asked_once_and_obeyed(bench: Bench) -> None:
    bench.server.routes["/robots.txt"] = lambda h: h.answer(
        b"\xef\xbb\xbfUser-agent: costline\nDisallow: /no\nAllow: /no/but\n\nUser-agent: *\nDisallow: /\n",
        kind="text/plain",
    )
    for path in ("/a", "/no/x", "/no/but/y"):
        bench.server.page(path, story(f"robots {path}").encode())
    bench.server.routes["/hop"] = lambda h: h.answer(b"", status=302, Location="/no/x")
    summary = bench.take("/a", "/no/x", "/no/but/y", "/hop")
    assert reasons(summary, bench.server) == {"/no/x": "robots: robots", "/hop": "robots: robots"}
    assert (
        summary.counts["new"] == 2
        and bench.server.hits["/robots.txt"] == 1
        and not bench.server.hits["/no/x"]
    )


@pytest.mark.parametrize(
    ("status", "stored"), [(404, True), (403, True), (401, True), (500, False), (503, False), (429, False)]
)
def test_robots_that_fail(bench: Bench, status: int, stored: bool) -> None:
    bench.server.routes["/robots.txt"] = lambda h: h.answer(b"<html>no</html>", status=status)
    bench.server.page("/a", story("robots").encode())
    summary = bench.take("/a")
    assert summary.counts.get("new", 0) == int(stored)
    assert bench.server.hits["/a"] == int(stored)
    if not stored:
        assert reasons(summary, bench.server) == {"/a": "robots: robots unreachable"}


@pytest.mark.parametrize("where", ["http://10.0.0.1/robots.txt", "http://nobody.invalid/robots.txt"])
def test_robots_that_lead_astray_are_unreachable(bench: Bench, where: str) -> None:
    bench.server.routes["/robots.txt"] = lambda h: h.answer(b"", status=302, Location=where)
    bench.server.page("/a", story("robots").encode())
    assert reasons(bench.take("/a"), bench.server) == {"/a": "robots: robots unreachable"}
    assert not bench.server.hits["/a"]


def test_a_crawl_delay_and_one_request_at_a_time(bench: Bench) -> None:
    bench.server.routes["/robots.txt"] = lambda h: h.answer(
        b"User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain"
    )
    times: list[tuple[float, float]] = []

    def slow(handler: Any) -> None:
        begun = time.monotonic()
        time.sleep(0.1)
        handler.answer(story(f"slow {handler.path}").encode())
        times.append((begun, time.monotonic()))

    paths = [f"/{n}" for n in range(4)]
    for path in paths:
        bench.server.routes[path] = slow
    assert bench.take(*paths).counts["new"] == 4
    assert all(later[0] - earlier[1] >= 0.25 for earlier, later in pairwise(times))


def test_a_host_that_nobody_serves_rests(bench: Bench) -> None:
    with serving() as gone:
        dead = gone.url("")
        authority = gone.authority
    sources = [source_of(f"{dead}/{n}") for n in range(8)]
    with CrawlStore.open(bench.db) as store:
        summary = take_in(sources, store, bench.settings(allow_hosts=[authority], connections=1))
    told = [f.reason for f in summary.failures]
    assert told == ["no connection"] * 5 + ["host rests"] * 3
    [(host, count)] = bench.rows("SELECT host, fail_count FROM hosts")
    assert (host, count) == (authority, 5)


def test_retry_after_long_is_left_to_a_later_run(bench: Bench) -> None:
    bench.server.routes["/a"] = lambda h: h.answer(b"", status=503, Retry_After="3600")
    summary = bench.take("/a")
    assert reasons(summary, bench.server) == {"/a": "fetch: http 503"}
    [(late,)] = bench.rows("SELECT next_try - last_tried FROM failures")
    assert dt.timedelta(minutes=55) < late < dt.timedelta(minutes=65)


def test_failures_are_kept_retried_and_resolved(bench: Bench) -> None:
    bench.server.routes["/a"] = lambda h: h.answer(b"", status=404)
    bench.take("/a", "file:///etc/passwd")
    bench.take("/a")
    assert bench.rows("SELECT input, attempts FROM failures ORDER BY attempts") == [
        ("file:///etc/passwd", 1), (bench.server.url("/a"), 2),
    ]  # fmt: skip
    bench.server.page("/a", story("back again").encode())
    with CrawlStore.open(bench.db) as store:
        items = failed(store, reason="http 404")
        assert [item.input for item in items] == [bench.server.url("/a")] and not failed(store, due=True)
        assert retry(items, store, bench.settings()).counts["new"] == 1
    assert bench.rows("SELECT input FROM failures") == [("file:///etc/passwd",)]
    assert bench.rows("SELECT DISTINCT run_id IS NOT NULL FROM revisions") == [(True,)]


READER = """
import sys, time
from db.store import Store
read = 0
while True:
    with Store.open(sys.argv[1], read_only=True) as store:
        count = store.rows("SELECT count(*) AS n FROM articles")[0]["n"]
    read += 1
    print(read, count, flush=True)
    if count == 30:
        break
    time.sleep(0.05)
"""


def test_readers_are_not_kept_out(bench: Bench) -> None:
    for n in range(30):
        bench.server.routes[f"/{n}"] = lambda h: (
            time.sleep(0.1),
            h.answer(story(f"open {h.path}").encode()),
        )[1]
    bench.take("/none")  # makes the database
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(bench.db)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None and reader.stdout.readline() == "1 0\n"
    bench.take(*(f"/{n}" for n in range(30)))
    told, wrong = reader.communicate(timeout=30)
    assert reader.returncode == 0, wrong
    assert int(told.split()[-2]) >= 5 and told.split()[-1] == "30"


def test_a_run_that_is_stopped_ends_in_order_and_goes_on_later(bench: Bench) -> None:
    stop = threading.Event()
    for n in range(40):
        bench.server.routes[f"/{n}"] = lambda h: (
            time.sleep(0.05),
            h.answer(story(f"stop {h.path}").encode()),
        )[1]
    paths = [f"/{n}" for n in range(40)]
    threading.Timer(0.8, stop.set).start()
    summary = bench.take(*paths, stop=stop)
    assert summary.stopped and summary.counts.get("new", 0) < 40 and not summary.failures
    bench.take(*paths)
    assert bench.rows("SELECT count(*), count(DISTINCT url) FROM articles") == [(40, 40)]


def test_the_archive_gives_the_same_ledger(bench: Bench, tmp_path: Path) -> None:
    for n in range(5):
        bench.server.page(f"/2026/{n}", story(f"kept {n}").encode())
    bench.server.page("/2026/copy", story("kept 0").encode(), Set_Cookie="secret=1")
    items = "".join(
        f"<item><title>T{n}</title><link>/2026/{n}</link><pubDate>0{n + 1} Mar 2024 10:00:00 GMT</pubDate></item>"
        for n in range(5)
    )
    bench.server.page(
        "/feed",
        f"<rss version='2.0'><channel><title>f</title>{items}</channel></rss>".encode(),
        kind="application/rss+xml",
    )
    bench.server.page("/pdf", b"%PDF-1.7")
    archive = tmp_path / "warc"
    for _ in range(2):
        bench.take("/feed", "/2026/copy", "/pdf", archive=archive, keep_pages="archive")
    files = sorted(archive.glob("*.warc.gz"))
    assert len(files) == 2 and {path.name for path in archive.iterdir()} - {path.name for path in files} == {
        INDEX
    }
    kept = b"".join(path.read_bytes() for path in files)
    assert b"secret" not in kept
    assert bench.rows("SELECT count(*) FROM pages WHERE body IS NOT NULL") == [(0,)]
    (archive / "half.warc.gz.open").write_bytes(files[0].read_bytes()[:-300])
    pages = [item for item in read_local(archive) if isinstance(item, Page)]
    assert not [item for item in read_local(archive) if isinstance(item, Failure)]
    assert len(pages) == 6
    again = Bench(bench.server, tmp_path / "again.duckdb")
    again.take(source_of(str(archive)), "/none", archive=archive)
    assert len([path for path in archive.iterdir() if path.name == "half.warc.gz"]) == 1
    sql = "SELECT fact_id, article_id, kind, value, quote, claim_date FROM facts ORDER BY ALL"
    assert again.rows(sql) == bench.rows(sql) and bench.rows(sql)
    urls = "SELECT url, title, published FROM articles ORDER BY ALL"
    assert again.rows(urls) == bench.rows(urls)


def test_local_pages_are_archived_too_and_nothing_twice(bench: Bench, tmp_path: Path) -> None:
    pages, archive = tmp_path / "pages", tmp_path / "warc"
    pages.mkdir()
    (pages / "story.html").write_text(story("a local page"))
    (pages / "text.txt").write_text(
        "The bill\n\nThe Brisling-9 model has 7 billion parameters, said the lab."
    )
    line = {
        "id": 7,
        "text": "The Brisling-8 model has 8 billion parameters.",
        "title": "A line",
        "url": "https://a.example/7",
    }
    (pages / "lines.jsonl").write_text(json.dumps(line) + "\n")
    bench.server.routes["/a"] = lambda h: h.answer(story("no validators").encode())
    told = (source_of(str(pages)), "/a")
    assert bench.take(*told).counts["new"] == 4  # the archive is younger than the ledger
    for _ in range(3):
        assert bench.take(*told, archive=archive).counts["unchanged"] == 4
    kinds = [
        record.rec_type
        for path in sorted(archive.glob("*.gz"))
        for record in ArchiveIterator(path.open("rb"))
    ]
    assert sorted(kinds) == ["resource"] * 3 + ["response"] + ["revisit"] * 2 + ["warcinfo"] * 3
    again = Bench(bench.server, tmp_path / "again.duckdb")
    assert again.take(source_of(str(archive)), archive=archive).counts["new"] == 4
    assert len(list(archive.glob("*.gz"))) == 3  # what lies in an archive is not copied into it
    for sql in (
        "SELECT fact_id, article_id, kind, model, value, quote, rule FROM facts ORDER BY ALL",
        "SELECT document_id, input_id, source, url, title, published, text FROM readings ORDER BY ALL",
    ):
        assert again.rows(sql) == bench.rows(sql) and bench.rows(sql)


def test_a_page_that_the_archive_lacks_is_asked_for_in_full_once(bench: Bench, tmp_path: Path) -> None:
    bench.server.page("/a", story("validated").encode())
    bench.sitemap("/a")
    bench.take("/sitemap.xml")
    bench.server.seen.clear()
    for _ in range(2):
        assert bench.take("/sitemap.xml", archive=tmp_path / "warc").counts["unchanged"] == 1
    conditional = [(path, "If-None-Match" in headers) for path, headers in bench.server.seen]
    assert conditional == [("/sitemap.xml", True), ("/a", False), ("/sitemap.xml", True), ("/a", True)]
    assert [page.url for page in read_local(tmp_path / "warc") if isinstance(page, Page)] == [
        bench.server.url("/a")
    ]


def test_a_reread_reads_what_is_kept_and_stores_what_differs(bench: Bench) -> None:
    for n in range(3):
        bench.server.page(f"/{n}", story(f"again {n}").encode())
    bench.take("/0", "/1", "/2")
    with CrawlStore.open(bench.db) as store:
        assert reread(store, bench.settings()).counts["unchanged"] == 3
        with store.transaction() as con:
            con.execute("UPDATE revisions SET reading_id = 'as other rules read it' WHERE revision = 2")
        assert reread(store, bench.settings()).counts["revised"] == 1
    assert bench.rows("SELECT count(*), count(*) FILTER (is_current) FROM revisions") == [(4, 3)]
    bench.server.seen.clear()
    assert bench.take("/0", "/1", "/2").counts["unchanged"] == 3


def test_logs_are_json_lines_with_the_run(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.server.page("/a", story("logged").encode())
    bench.take("/a", log_format="json")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {"fetched", "run ended"} <= {line["event"] for line in lines}
    [(run,)] = bench.rows("SELECT run_id FROM runs")
    assert {line["run"] for line in lines} == {run}
