"""Feeds, sitemaps and listings: what they name, and what is refused."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import time

import pytest

from pipeline.fetch.discover import kind_of, read_source
from pipeline.fetch.fold import fold
from schemas.crawl import SourceOutcome
from schemas.errors import FetchError, ReadError
from schemas.records import Page

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
BASE = "https://news.example/feeds/all.xml"


def read(body: bytes | str, kind: str = "auto", charset: str | None = None) -> SourceOutcome:
    body = body.encode() if isinstance(body, str) else body
    return read_source(
        Page(
            id="s",
            source=BASE,
            url=BASE,
            body=body,
            media="html",
            fetched_at=NOW,
            charset=charset,
            hints={"kind": kind},
        )
    )


RSS = """<?xml version="1.0"?><!-- c --><rss version="2.0"><channel><title>N</title><language>en</language>
<item><title>One &amp; &lt;b&gt;two&lt;/b&gt;</title><link>/2026/one</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>
<author>Ann</author></item>
<item><title>J</title><link>javascript:alert(1)</link></item>
<item><title>D</title><link>data:text/html,x</link></item>
<item><title>L</title><link>http://127.0.0.1:22/</link></item>
<item><title>again</title><link>https://news.example/2026/one</link></item>
<item><title>guid</title><guid isPermaLink="true">https://news.example/2026/guid</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>t</title>
<entry><title>A</title><link rel="alternate" href="https://news.example/a"/><updated>2026-02-03T04:05:06Z</updated>
<published>2026-02-01T00:00:00Z</published><author><name>Bo</name></author></entry></feed>"""
JSON = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "language": "en",
     "items": [{"id": "1", "url": "/j", "title": "J", "date_published": "2026-01-02T03:04:05Z", "authors": [{"name": "Cy"}]},
               {"id": "x"}, 7]}
)  # fmt: skip
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://news.example/n1 </loc><lastmod>2026-02-02</lastmod><news:news><news:publication><news:name>P</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-02-01T10:00:00+01:00</news:publication_date>
<news:title>News one</news:title></news:news><image:image><image:loc>https://news.example/i.png</image:loc></image:image></url>
<url><loc>https://news.example/n2</loc></url></urlset>"""
INDEX = f"<sitemapindex {NS}><sitemap><loc>https://news.example/s1.xml.gz</loc></sitemap></sitemapindex>"


def test_rss() -> None:
    got = read(RSS)
    assert got.kind == "feed"
    assert [e.url for e in got.entries] == [
        "https://news.example/2026/one", "http://127.0.0.1:22/", "https://news.example/2026/guid",
    ]  # fmt: skip  # an address is judged when it is asked for
    assert dict(got.entries[0].hints) == {
        "title": "One & two", "published": "2026-03-03", "author": "Ann", "language": "en",
    }  # fmt: skip
    assert [(f.input, f.reason) for f in got.refused] == [
        ("javascript:alert(1)", "forbidden address"), ("data:text/html,x", "forbidden address"),
    ]  # fmt: skip


def test_atom_json_and_news_sitemaps() -> None:
    atom = read(ATOM).entries[0]
    assert (
        atom.url == "https://news.example/a"
        and atom.hints["author"] == "Bo"
        and atom.hints["published"] == "2026-02-01"
    )
    assert atom.changed == dt.datetime(2026, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
    found = read(JSON)
    assert next((e.url, dict(e.hints)) for e in found.entries) == (
        "https://news.example/j", {"title": "J", "author": "Cy", "language": "en", "published": "2026-01-02"},
    )  # fmt: skip
    for body in (NEWS.encode(), gzip.compress(NEWS.encode())):
        news = read(body)
        assert (news.kind, [e.url for e in news.entries]) == (
            "sitemap", ["https://news.example/n1", "https://news.example/n2"],
        )  # fmt: skip
        assert dict(news.entries[0].hints) == {
            "title": "News one",
            "published": "2026-02-01",
            "language": "en",
        }
    assert (read(INDEX).kind, read(INDEX).entries[0].url) == ("index", "https://news.example/s1.xml.gz")
    assert [e.url for e in read("https://a.example/1\nhttps://a.example/2\n", "sitemap").entries][
        1
    ] == "https://a.example/2"
    cut = read(NEWS[: NEWS.index("<url><loc>https://news.example/n2") + 20])
    assert [e.url for e in cut.entries] == ["https://news.example/n1"]
    assert [f.reason for f in cut.refused] == ["broken sitemap"]


def test_listing() -> None:
    html = """<base href="/x/"><nav><a href="/tag/ai">AI models and their costs today</a><a href="/about">About</a>
    <a href="javascript:void(0)">Open the big long menu here</a><a href="/login">log in to read this now</a></nav>
    <a href="/2026/03/what-it-cost">What it cost</a><a href="story-of-a-large-model"><img></a>
    <a href="story-of-a-large-model">The story of a large model</a>
    <a href="https://elsewhere.example/2026/03/other-story-here">Other</a><a href="/x/#top">up</a><a href="/">Home of all the news</a>"""
    got = read(html, "listing")
    assert got.kind == "listing" and got.refused == ()
    assert [(e.url, e.hints.get("title")) for e in got.entries] == [
        ("https://news.example/2026/03/what-it-cost", "What it cost"),
        ("https://news.example/x/story-of-a-large-model", "The story of a large model"),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("<html><p>page</p>", "feed", "not a feed"),
        ("<html><p>page</p>", "sitemap", "not a sitemap"),
        ('<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>', "auto", "entity bomb"),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>', "auto", "entity bomb"),
        ("<urlset" + " " * 5 + "<", "sitemap", "broken sitemap"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": ', "auto", "broken feed"),
        (gzip.compress(b"<urlset>" + b" " * (60 << 20)), "sitemap", "decompression bomb"),
        (gzip.compress(b"<urlset>" * 100, mtime=0)[:-9], "sitemap", "truncated"),
    ],
)  # fmt: skip
def test_broken_or_hostile_sources(body: bytes | str, kind: str, reason: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ReadError) as stopped:
        read(body, kind)
    assert (stopped.value.stage, stopped.value.reason) == ("source", reason)
    assert time.monotonic() - begun < 5


def test_plain_pages_and_large_sitemaps() -> None:
    assert kind_of(b"<!doctype html><html><body><feed>") == "page" and kind_of(b"plain text") == "page"
    assert read("<html><a href='/2026/a-b-c-d'>x</a>").entries == ()
    many = "".join(f"<url><loc>https://e.example/{n}</loc></url>" for n in range(50_500))
    assert len(read(f"<urlset {NS}>{many}</urlset>").entries) == 50_000


@pytest.mark.parametrize(
    ("url", "folded"),
    [
        ("HTTP://News.Example:80/a/../b?utm_source=x&z=1&a=2#frag", "http://news.example/b?a=2&z=1"),
        ("https://news.example/a?fbclid=1", "https://news.example/a"),
        ("https://news.example/a?cid=7&uid=8", "https://news.example/a?cid=7&uid=8"),
        ("https://news.example./a?amp=1", "https://news.example/a"),
        ("https://news.example:8443", "https://news.example:8443/"),
        ("https://news.example/caf\u00e9?q=\u00fc", "https://news.example/caf%C3%A9?q=%C3%BC"),
    ],
)
def test_folding(url: str, folded: str) -> None:
    assert fold(url) == folded == fold(folded)


def test_folding_refuses_what_is_no_address() -> None:
    with pytest.raises(FetchError):
        fold("javascript:alert(1)")
