"""Read source documents: RSS, Atom and JSON feeds, sitemaps and their indexes, listing pages.

`read_source` runs in a killable worker (it is a stage, Page -> SourceOutcome), on bytes that are
capped already. It fetches nothing: what it finds goes back to the crawler, which judges every
address anew.
"""

from __future__ import annotations

import calendar
import datetime as dt
import io
import json
import re
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.fetch.addresses import parse
from pipeline.fetch.codings import undo
from pipeline.fetch.sniff import not_a_page
from schemas.crawl import Entry, SourceOutcome
from schemas.errors import FetchError, ReadError
from schemas.records import Failure, Page

LARGEST_SITEMAP = 50 << 20  # bytes unpacked: the protocol's own limit
MOST_ENTRIES = 50_000  # likewise
MOST_REFUSED = 100  # refused links that are named one by one
KINDS = ("auto", "page", "feed", "sitemap", "listing")

_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z]{2,20})[\s>/]")
_PROLOGUE = re.compile(rb"<\?[^>]{0,500}>|<!--.{0,5000}?-->|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,5000}\])?[^>]{0,100}>", re.DOTALL)  # fmt: skip
_ENTITY_BOMB = re.compile(rb"<!ENTITY\s+(?:%\s+)?\S{1,100}\s+(?:SYSTEM|PUBLIC|[\"'][^\"']{0,500}[&%])")
_FEED_ROOTS = (b"rss", b"feed", b"rdf")
_SLUG = re.compile(r"/(?:19|20)\d\d/|/\d{5,}|[a-z0-9]+(?:-[a-z0-9]+){3,}|\.s?html?$|/p/\w+", re.IGNORECASE)
_NAVIGATION = re.compile(
    r"/(?:tags?|categor(?:y|ies)|author|authors|topics?|page|login|signin|register|subscribe|about|contact"
    r"|privacy|terms|search|feed|rss|cart|account|newsletters?|jobs|careers)(?:/|$)",
    re.IGNORECASE,
)


def kind_of(body: bytes) -> str:
    """Tell "feed", "sitemap", "index" or "page" by the first element (or the JSON Feed's version)."""
    head = body[:20_000].lstrip(b"\xef\xbb\xbf\t\n\r \x00")
    if head.startswith(b"{") and b"jsonfeed.org/version" in head[:2_000]:
        return "feed"
    if not head.startswith(b"<"):
        return "page"
    root = _ROOT.search(_PROLOGUE.sub(b"", head))
    name = root.group(1).lower() if root else b""
    if name in _FEED_ROOTS:
        return "feed"
    return {b"urlset": "sitemap", b"sitemapindex": "index"}.get(name, "page")


def unpacked(body: bytes) -> bytes:
    """Unpack a gzipped sitemap (a file, not a content coding), bounded.

    Raises FetchError "decompression bomb", "truncated" or "content coding".
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    return b"".join(undo([body], ("gzip",), most_bytes=LARGEST_SITEMAP))


def read_source(page: Page) -> SourceOutcome:
    """Read a source document. page.hints["kind"] is what it was declared to be, "auto" if nothing.

    Returns kind "page" without entries where an undeclared document is simply a page.
    Raises ReadError (stage "source") where it is not what it was declared to be, or is hostile.
    """
    declared = page.hints.get("kind", "auto")
    try:
        body = unpacked(page.body)
    except FetchError as err:
        raise ReadError(str(err), stage="source", reason=err.reason, hint=err.hint) from err
    kind = kind_of(body)
    base = page.url or page.source
    if declared == "listing" and kind == "page":
        return _outcome(page, "listing", _listing(body, base, page.charset), [])
    if declared in ("page", "listing") or (declared == "auto" and kind == "page"):
        return _outcome(page, "page", [], [])
    if kind == "page" and declared == "sitemap" and not not_a_page(body):
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
        if lines and all(line.startswith(("http://", "https://")) for line in lines[:10]):
            return _outcome(page, "sitemap", [Entry(line) for line in lines[:MOST_ENTRIES]], [])
    if kind == "page":
        raise ReadError(f"{base}: no {declared}", stage="source", reason=f"not a {declared}", hint="check its kind in sources.toml")  # fmt: skip
    if _ENTITY_BOMB.search(body[:200_000]):
        raise ReadError(f"{base}: declares entities", stage="source", reason="entity bomb", hint="set aside")
    entries, refused = (_feed(body, page), []) if kind == "feed" else _sitemap(body, page)
    return _outcome(page, kind, entries, refused)


def _outcome(page: Page, kind: str, entries: list[Entry], refused: list[Failure]) -> SourceOutcome:
    """Make addresses absolute, drop repeats, name what is refused (but not on listings: menus are
    full of javascript: and mailto:)."""
    base = page.url or page.source
    kept: dict[str, Entry] = {}
    for entry in entries:
        try:
            url = parse(entry.url, base=base).url
        except FetchError as err:
            if kind != "listing" and len(refused) < MOST_REFUSED:
                shown = " ".join(entry.url.split())[:200]
                refused.append(Failure(shown, "source", err.reason, f"named by {base}; {err.hint}"))
            continue
        kept.setdefault(url, Entry(url, entry.hints, entry.changed))
    return SourceOutcome(
        input=page.source, page=None, kind=kind, entries=tuple(kept.values()), refused=tuple(refused)
    )


# ------------------------------------------------------------------------------------------- feeds


def _feed(body: bytes, page: Page) -> list[Entry]:
    if body.lstrip(b"\xef\xbb\xbf\t\n\r ").startswith(b"{"):
        return _json_feed(body, page)
    import feedparser

    charset = f"; charset={page.charset}" if page.charset else ""
    headers = {"content-location": page.url or page.source, "content-type": f"application/xml{charset}"}
    told = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not told.entries and told.bozo and not told.get("version"):
        raise ReadError(
            f"{page.source}: no feed", stage="source", reason="broken feed", hint="the XML can't be read"
        )
    language = str(told.feed.get("language") or "")[:20]
    found = []
    for item in told.entries[:MOST_ENTRIES]:
        link = item.get("link") or next((x.get("href") for x in item.get("links", ()) if x.get("href")), None)
        if not link and str(item.get("id", "")).startswith(("http://", "https://")):
            link = item["id"]
        if not link:
            continue
        changed = _moment(item.get("updated_parsed") if "updated_parsed" in item else None)
        published = _moment(item.get("published_parsed")) or changed
        found.append(
            Entry(str(link), _hints(title=_plain(item.get("title")), author=item.get("author"), language=language,
                                    published=published.date().isoformat() if published else None), changed)
        )  # fmt: skip
    return found


def _json_feed(body: bytes, page: Page) -> list[Entry]:
    try:
        told = json.loads(body.decode("utf-8-sig", "replace"))
        items = told["items"]
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise ReadError(f"{page.source}: no JSON feed", stage="source", reason="broken feed") from err
    found = []
    for item in items[:MOST_ENTRIES] if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        link = item.get("url") or item.get("external_url") or item.get("id")
        if not isinstance(link, str):
            continue
        authors = item.get("authors") or [item.get("author")]
        author = (
            authors[0].get("name") if isinstance(authors, list) and isinstance(authors[0], dict) else None
        )
        published = _iso(item.get("date_published"))
        language = item.get("language") or told.get("language")
        found.append(
            Entry(link, _hints(title=item.get("title"), author=author, language=language,
                               published=published.date().isoformat() if published else None),
                  _iso(item.get("date_modified")))
        )  # fmt: skip
    return found


def _hints(**told: Any) -> dict[str, str]:
    return {key: " ".join(value.split())[:500] for key, value in told.items() if isinstance(value, str) and value.strip()}  # fmt: skip


def _plain(title: Any) -> str | None:
    return re.sub(r"<[^<>]{1,200}>", "", title) if isinstance(title, str) else None


def _moment(told: time.struct_time | None) -> dt.datetime | None:
    if told is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(told), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(told: Any) -> dt.datetime | None:
    if not isinstance(told, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(told.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


# ---------------------------------------------------------------------------------------- sitemaps


def _sitemap(body: bytes, page: Page) -> tuple[list[Entry], list[Failure]]:
    """Read a urlset or a sitemapindex in one pass, dropping each element when it is done with.

    News sitemaps give the title and date of publication. An XML error ends the list where it stands
    and is named: a file that is cut off still names what came before.
    """
    from lxml import etree

    found: list[Entry] = []
    told: dict[str, str] = {}
    try:
        for _, element in etree.iterparse(
            io.BytesIO(body),
            events=("end",),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
        ):
            if not isinstance(element.tag, str):
                continue
            space, _, name = element.tag.rpartition("}")
            key = f"news:{name}" if "sitemap-news" in space else name if "image" not in space and "video" not in space else ""  # fmt: skip
            if name in ("url", "sitemap") and key:
                if told.get("loc"):
                    hints = _hints(title=told.get("news:title"), published=(told.get("news:publication_date") or "")[:10],
                                   language=told.get("news:language"))  # fmt: skip
                    found.append(Entry(told["loc"], hints, _iso(told.get("lastmod"))))
                    if len(found) >= MOST_ENTRIES:
                        break
                told = {}
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            elif key and element.text and len(element.text) < 5_000:
                told[key] = element.text.strip()
    except etree.XMLSyntaxError as err:
        broken = Failure(page.source, "source", "broken sitemap", f"read up to the error: {str(err)[:100]}")
        if not found:
            raise ReadError(
                f"{page.source}: no sitemap", stage="source", reason=broken.reason, hint=broken.hint
            ) from err
        return found, [broken]
    return found, []


# ---------------------------------------------------------------------------------------- listings


def _listing(body: bytes, base: str, charset: str | None) -> list[Entry]:
    """Return the links of a page that look like articles of the same site, in page order.

    An article's link has words (four or more, or a long title) or an address with a date, a number
    or a slug; links of the page's furniture (tags, log-in, page 2) are left out.
    """
    from selectolax.lexbor import LexborHTMLParser

    try:
        text: str | bytes = body.decode(charset or "utf-8", "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    tree = LexborHTMLParser(text)
    first = tree.css_first("base[href]")
    base = urljoin(base, first.attributes.get("href") or "") if first is not None else base
    site = (urlsplit(base).hostname or "").removeprefix("www.")
    found: dict[str, Entry] = {}
    for anchor in tree.css("a[href]"):
        href = anchor.attributes.get("href") or ""
        try:
            target = parse(href, base=base)
        except FetchError:
            continue
        if (
            target.host.removeprefix("www.") != site
            or target.path == "/"
            or target.url == base.partition("#")[0]
        ):
            continue
        words = " ".join(anchor.text(deep=True, separator=" ").split())[:500]
        path = target.path.partition("?")[0]
        if _NAVIGATION.search(path) or not (_SLUG.search(path) or len(words.split()) >= 4):
            continue
        url = target.url
        if url not in found or not found[url].hints:
            found[url] = Entry(url, _hints(title=words if len(words.split()) >= 3 else None))
        if len(found) >= MOST_ENTRIES:
            break
    return list(found.values())
