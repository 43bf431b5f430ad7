"""What a page says of itself: title, author, dates, language, site, address, each with its basis.

Read from structured data first (JSON-LD, then meta, then microdata), checked against what stands
on the page: a byline beats a wrong head. htmldate is asked only where all of that is silent.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import rulebook
from pipeline.clean.dates import find_days, read_stamp
from pipeline.clean.decode import normal
from pipeline.clean.pieces import Piece, fold, mark_of

_ARTICLES = re.compile(r"(?:Article|BlogPosting|Posting|Report|Blog|Story|Review)$")
_TITLE_BREAK = re.compile(r"\s+(?:[|»«·•:–—-]|::|//|[<>]|\|\|)\s+|\s*[|｜]\s*|(?<=\S)[_＿]\s*|\s*::\s*")


@dataclass(slots=True)
class Head:
    """What the head of a page says, as it says it.

    meta:   name or property, lower case -> its values in order.
    linked: the items of JSON-LD that are articles, then the rest.
    """

    meta: dict[str, list[str]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    canonical: str = ""
    base: str = ""
    language: str = ""

    def first(self, *names: str) -> str:
        """Return the first value that is not empty among these names."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return ""


def _items(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for entry in data[:200]:
            yield from _items(entry, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"):
            if isinstance(data.get(key), list | dict):
                yield from _items(data[key], depth + 1)


def _types(item: Mapping[str, Any]) -> list[str]:
    kind = item.get("@type", "")
    return [str(entry) for entry in kind] if isinstance(kind, list) else [str(kind)]


def _loaded(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = re.sub(r"^(?://)?\s{0,9}<!\[CDATA\[|(?://)?\s{0,9}\]\]>\s{0,9}$", "", text).strip().rstrip(";")
    for attempt in (text, re.sub(r",(\s{0,200}[}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def read_head(root: HtmlElement) -> Head:
    """Read meta elements, JSON-LD, the title tag, canonical address and declared language."""
    head = Head()
    for element in root.iter("meta", "title", "link", "base", "script"):
        tag = element.tag
        if tag == "meta":
            name = (
                (element.get("property") or element.get("name") or element.get("itemprop") or "")
                .strip()
                .lower()
            )
            content = element.get("content")
            if name and content:
                head.meta.setdefault(name, []).append(fold(normal(content)))
            elif (element.get("http-equiv") or "").lower() == "content-language" and content:
                head.language = head.language or content
        elif tag == "title":
            parent = element.getparent()
            if not head.title and (parent is None or parent.tag in ("head", "html", "body")):
                head.title = fold(normal(element.text_content()))
        elif tag == "link":
            if "canonical" in (element.get("rel") or "").lower().split() and not head.canonical:
                head.canonical = (element.get("href") or "").strip()
        elif tag == "base":
            head.base = head.base or (element.get("href") or "").strip()
        elif (
            "ld+json" in (element.get("type") or "").lower()
            and element.text
            and len(element.text) < 2_000_000
        ):
            for item in _items(_loaded(element.text)):
                if any(_ARTICLES.search(kind) for kind in _types(item)):
                    head.articles.append(item)
                else:
                    head.others.append(item)
    top = root if root.tag == "html" else None
    if top is not None:
        head.language = top.get("lang") or top.get("xml:lang") or top.get(
            "{http://www.w3.org/XML/1998/namespace}lang") or head.language  # fmt: skip
    return head


def _text_of(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return fold(normal(_unescape(str(value)))) if isinstance(value, str | int | float) else ""


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)


# --- title -----------------------------------------------------------------------------------


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def title_parts(head: Head) -> list[str]:
    """Return what the head calls the page, whole and split at the signs that site names stand behind."""
    whole = [head.title, head.first("og:title"), head.first("twitter:title")]
    whole += [_text_of(item.get("headline") or item.get("name")) for item in head.articles[:3]]
    parts = [text for text in whole if text]
    for text in whole[:2]:
        for match in _TITLE_BREAK.finditer(text):
            parts += [side for side in (text[: match.start()], text[match.end() :]) if len(side) > 12]
    return parts


def without_site(title: str, site: str | None, others: Iterable[str]) -> str:
    """Return a title without the site name at its end or beginning.

    A part goes where it is the site's name, or where another carrier of the title has the rest alone.
    """
    keys = {_key(other) for other in others if other}
    site_key = _key(site or "")
    borders = [(match.start(), match.end()) for match in _TITLE_BREAK.finditer(title)]
    for start, end in borders:
        left, right = title[:start], title[end:]
        if (_key(left) in keys and len(left) > 7) or (site_key and _key(right) == site_key and left):
            return left.strip()
        if (_key(right) in keys and len(right) > 7) or (site_key and _key(left) == site_key and right):
            return right.strip()
    return title


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _alike(first: str, second: str) -> float:
    """How many words two titles share (Dice: 1 for the same words, 0 for none in common)."""
    one, two = _words(first), _words(second)
    if not one or not two:
        return 0.0
    return 2 * len(one & two) / (len(one) + len(two))


def title_candidates(
    head: Head, headings: list[tuple[int, str]], site: str | None, hint: str, url: str | None
) -> list[tuple[str, str]]:
    """Return (basis, text) of what the page calls itself, best first, slug last.

    headings: (level, text) of the page's headings, in order, those marked as headline with level 0.
    """
    carriers = [
        ("json-ld", next((text for item in head.articles if (text := _text_of(item.get("headline") or item.get("name")))), "")),
        ("og", head.first("og:title")),
        ("meta", head.first("twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "citation_title", "headline")),
        ("title", head.title),
        ("hint", fold(hint)),
    ]  # fmt: skip
    told = [text for _, text in carriers if text]
    best: tuple[float, str] | None = None
    for order, (level, text) in enumerate(headings):
        if len(text) < 3 or len(text) > 400 or (site and _key(text) == _key(site) and told):
            continue
        likeness = max((_alike(text, other) for other in told), default=0.0)
        if len(_words(text)) < 3 and all(_key(text) not in _key(other) for other in told):
            likeness = 0.0
        score = likeness * 3 + {0: 2.0, 1: 1.5, 2: 0.6}.get(level, 0.2) - order * 0.01
        if level > 2 and likeness < 0.7:
            continue
        if level == 2 and likeness < 0.4 and told:
            continue
        if best is None or score > best[0]:
            best = (score, text)
    if best is not None:
        carriers.insert(0, ("h1", best[1]))
    texts = [text for _, text in carriers if text]
    made: list[tuple[str, str]] = []
    for basis, text in carriers:
        if text:
            short = without_site(text, site, [other for other in texts if other != text])
            made.append((basis, short))

    # by agreement: a carrier that stands alone against two that agree goes behind them
    def votes(text: str) -> int:
        return sum(_key(text) == _key(other) for _, other in made)

    if made and votes(made[0][1]) == 1 and len(made) > 2:
        agreeing = max(votes(text) for _, text in made)
        if agreeing >= 2 and made[0][0] != "h1":
            made.sort(key=lambda item: -votes(item[1]))
    slug = slug_of(head.canonical or url or "")
    if slug:
        made.append(("slug", slug))
    return made


def slug_of(address: str) -> str:
    """Return the words of an address's last part that has several, or ""."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    for part in reversed([part for part in path.split("/") if part]):
        part = re.sub(r"\.\w{2,5}$", "", part)
        words = [word for word in re.split(r"[-_+ ]+", part) if word]
        if len(words) >= 3:
            return " ".join(words)
    return ""


# --- authors ---------------------------------------------------------------------------------


@cache
def _author_words() -> tuple[re.Pattern[str], frozenset[str]]:
    rules = rulebook.toml("clean/metadata.toml")["authors"]
    before = "|".join(re.escape(word) for word in sorted(rules["before"], key=len, reverse=True))
    return (
        re.compile(rf"^(?:{before})(?:\s{{0,3}}[:：/／｜|]\s{{0,3}}|\s{{1,3}})(?=\S)", re.IGNORECASE),
        frozenset(rules["never"]),
    )


_AFTER_NAME = re.compile(
    r"\s{0,3}(?:[|•·∙●/–—]|\s-\s|,\s(?=\d|(?:the\s)?(?:staff|senior|special|contributing|chief|deputy|tech|technology"
    r"|science|business|correspondent|editor|reporter|writer|columnist|contributor|updated|published|posted"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)"
    r"|\s(?:on|in|at|am|le|el|em|il|op|for|pour|für|para)\s|\s{2,}|\n|[（(\[]|\d|updated\b|published\b|posted\b|last\s)",
    re.IGNORECASE,
)
_NAME_SPLIT = re.compile(
    r"\s{0,2}(?:,|;|、|，|&|\s(?:and|und|et|y|e|en|og|och|with|mit)\s)\s{0,2}", re.IGNORECASE
)


def author_names(text: str, site: str | None = None) -> str | None:
    """Return the names that a byline gives, joined with ", ", or None where it names no one."""
    before, never = _author_words()
    text = fold(text).strip("\"'“”()[]")
    for _ in range(3):
        found = before.match(text)
        if not found:
            break
        text = text[found.end() :]
    cut = _AFTER_NAME.search(text, 1)
    if cut:
        text = text[: cut.start()]
    text = (
        re.sub(r"^[@~]\s?|[\s,;:.|–—-]+$", "", text.strip())
        if not re.search(r"\b\w\.$", text)
        else text.strip()
    )
    names = []
    for name in _NAME_SPLIT.split(text):
        name = name.strip(" ,;:|/\u200b")
        if not name or name.casefold() in never or "@" in name or "://" in name or "www." in name:
            continue
        if (
            len(name) > 60
            or len(name) < 2
            or len(name.split()) > 6
            or not any(char.isalpha() for char in name)
        ):
            continue
        names.append(name)
    return ", ".join(dict.fromkeys(names)) or None


def _linked_authors(item: Mapping[str, Any]) -> list[str]:
    found = item.get("author") or item.get("creator") or []
    entries = found if isinstance(found, list) else [found]
    names: list[str] = []
    for entry in entries[:12]:
        if isinstance(entry, dict):
            value = entry.get("name")
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str):
                    names.append(fold(normal(_unescape(name))))
        elif isinstance(entry, str):
            names.append(fold(normal(_unescape(entry))))
    return [name for name in names if name]


def head_author(head: Head, site: str | None) -> tuple[str, str] | None:
    """Return (names, basis) that the head gives, or None."""
    for item in head.articles:
        names = [found for name in _linked_authors(item) if (found := author_names(name, site))]
        if names:
            return ", ".join(dict.fromkeys(names)), "json-ld"
    for name in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
                 "dc.author", "byl", "article.author", "citation_author", "twitter:data1", "rbauthors"):  # fmt: skip
        values = head.meta.get(name, [])
        if name == "citation_author":
            values = [
                " ".join(reversed(value.split(", "))) if value.count(", ") == 1 else value for value in values
            ]
        if name == "twitter:data1" and head.first("twitter:label1").casefold() not in (
            "written by",
            "author",
            "by",
        ):
            continue
        names = [found for value in values[:8] if (found := author_names(value, site))]
        names = [value for value in names if not (site and _key(value) == _key(site))]
        if names:
            return ", ".join(dict.fromkeys(names)), "meta"
    return None


_SEEN_AUTHORS = XPath(
    "//*[@rel='author' or contains(@itemprop,'author') or @property='schema:name' or @property='schema:author'"
    " or contains(@class,'uthor') or contains(@class,'yline') or contains(@class,'writer') or @class='by'"
    " or contains(@data-testid,'uthor') or contains(@class,'reator')]"
)
_STRANGERS = re.compile(
    r"comment|related|recommend|sidebar|popular|teaser|footer-widget|trending|recirc|reply|widget", re.I
)
_NAME_CLASS = re.compile(r"author|byline|writer|contributor|^by$|creator", re.I)


def _spoken(element: HtmlElement) -> str:
    """Return an element's text with a bar wherever markup separates two stretches."""
    parts = [fold(part) for part in element.itertext("*")]
    text = " | ".join(part for part in parts if part)
    return re.sub(r"\s\|\s(and|und|et|y|e|&|,|;)\s\|\s", r" \1 ", text)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page's markup says of author and dates outside its head, hidden microdata included.

    authors: (rank, spoken text, class names, parent's number): rank 3 for microdata, 2 for rel=author or a word
             such as "by", 1 for a class name only.
    times:   (label, day): label is the itemprop, class and pubdate of the element.
    """

    authors: tuple[tuple[int, str, int], ...] = ()
    times: tuple[tuple[str, dt.date], ...] = ()


def _among_strangers(element: HtmlElement) -> bool:
    """Whether an element stands among comments, teasers or in a sidebar."""
    above: HtmlElement | None = element
    for _ in range(7):
        if above is None:
            return False
        if above.tag == "body":
            return False
        names = f"{above.get('class') or ''} {above.get('id') or ''}"
        if _STRANGERS.search(names) or above.tag in ("aside", "nav"):
            return True
        mark = mark_of(names)
        if mark is not None and mark[0] in ("comments", "related"):
            return True
        above = above.getparent()
    return False


def read_shown(root: HtmlElement, latest: dt.date) -> Shown:
    """Read authors and times from a page's markup. To be called before hidden nodes are taken out."""
    authors: list[tuple[int, str, int]] = []
    parents: dict[HtmlElement, int] = {}
    for element in _SEEN_AUTHORS(root)[:80]:
        if element.tag in ("meta", "link", "script", "img", "input", "body", "article", "main", "html"):
            continue
        prop = element.get("itemprop") or ""
        names = " ".join(
            (element.get("class") or "", element.get("id") or "", element.get("data-testid") or "")
        ).strip()
        told = element.get("property") or ""
        if told and "author" not in told:
            above = element.getparent()
            if above is None or not re.search(
                r"name--uid|submitted|author|byline|node__meta|user", above.get("class") or ""
            ):
                continue
        text = _spoken(element)
        if not text or len(text) > 200 or _among_strangers(element):
            continue
        if "author" in prop:
            rank = 3
        elif (
            told
            or element.get("rel") == "author"
            or (
                (before := _author_words()[0].match(text))
                and (is_byline_name(text[before.end() :].lstrip(" |")) or _NAME_CLASS.search(names))
            )
        ):
            rank = 2
        elif _NAME_CLASS.search(names):
            rank = 1
        else:
            continue
        parent = element.getparent()
        authors.append((rank, text, parents.setdefault(parent, len(parents))))
    times: list[tuple[str, dt.date]] = []
    for element in _SEEN_TIMES(root)[:40]:
        label = " ".join((element.get("itemprop") or "", element.get("class") or "",
                          "pubdate" if element.get("pubdate") is not None else ""))  # fmt: skip
        day = read_stamp(element.get("datetime") or element.get("content") or _spoken(element), latest)
        if day is not None and not _among_strangers(element):
            times.append((label, day))
    return Shown(tuple(authors), tuple(times))


def seen_authors(shown: Shown, site: str | None) -> tuple[str, bool] | None:
    """Return (names, certain) of the author that the page shows, or None.

    certain: whether the markup or a word such as "by" says that this is the author.
    """
    best: tuple[int, str, int] | None = None
    for rank, text, parent in shown.authors:
        found = author_names(text, site)
        if not found or (site and _key(found) == _key(site)):
            continue
        if rank == 1 and (len(found.split()) > 6 or not is_byline_name(found)):
            continue
        if best is None or rank > best[0]:
            best = (rank, found, parent)
    if best is None:
        return None
    rank, found, parent = best
    if rank >= 2:
        beside = [name for other, text, place in shown.authors
                  if place == parent and other == rank and (names := author_names(text, site))
                  for name in names.split(", ")]  # fmt: skip
        if len(beside) > 1:
            found = ", ".join(dict.fromkeys(beside))
    return found, rank >= 2


def byline_zone(
    pieces: list[Piece], first: int, last: int, worths: list[float], keys: Container[str]
) -> list[int]:
    """Return the indexes of the pieces around the headline, before the text and behind it."""
    headline = next(
        (
            at
            for at, piece in enumerate(pieces[:last])
            if piece.kind == "heading" and _key(piece.text) in keys
        ),
        None,
    )
    if headline is None:
        headline = next(
            (at for at, piece in enumerate(pieces[:last]) if piece.reason == "headline"), max(0, first - 4)
        )
    good = [at for at in range(first, last) if worths[at] >= 80 and not pieces[at].reason]
    start = good[0] if good else last
    end = good[-1] + 1 if good else last
    before = [at for at in range(max(0, headline - 4), max(start, headline + 1)) if at < headline + 25]
    behind = list(range(end, min(len(pieces), last + 4, end + 10)))
    strangers = ("comments", "related", "navigation", "newsletter", "cookie_notice")
    return [
        at for at in before + behind
        if pieces[at].reason not in strangers or (at > headline - 1 and pieces[at].rule in ("tag-footer",))
    ]  # fmt: skip


def is_byline(text: str) -> bool:
    """Whether a short line gives nothing but an author or a date."""
    before, _ = _author_words()
    text = fold(text)
    found = before.match(text)
    if found and len(text) < 120:
        name = text[found.end() : found.end() + 1]
        ends = text.endswith((".", "?", "!", "。")) and not re.search(r"\b\w\.$", text)
        return (name.isupper() or name > "\u2e80") and not ends and len(text.split()) <= 14
    days = find_days(text)
    if not days or len(text) > 90:
        return False
    rest = len(text) - sum(end - start for start, end, _ in days)
    return rest < 45 and not text.endswith((".", "?", "!", "。"))


# --- dates -----------------------------------------------------------------------------------


def head_dates(head: Head, latest: dt.date) -> tuple[tuple[dt.date, str] | None, tuple[dt.date, str] | None]:
    """Return (published, modified), each as (day, basis) or None, as the head gives them."""
    published: tuple[dt.date, str] | None = None
    modified: tuple[dt.date, str] | None = None
    for item in head.articles + head.others:
        for key in ("datePublished", "dateCreated", "uploadDate"):
            value = item.get(key)
            if published is None and isinstance(value, str) and (day := read_stamp(value, latest)):
                published = (day, "json-ld")
        value = item.get("dateModified")
        if modified is None and isinstance(value, str) and (day := read_stamp(value, latest)):
            modified = (day, "json-ld")
    names = ("article:published_time", "article:published", "og:published_time", "datepublished", "parsely-pub-date",
             "sailthru.date", "pubdate", "publishdate", "publish-date", "publication_date", "dc.date.issued",
             "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "citation_publication_date",
             "citation_date", "date", "article.published", "cxenseparse:recs:publishtime", "ptime", "rnews:datepublished",
             "article_date_original", "originalpublicationdate", "published-date", "published_date", "datecreated",
             "og:pubdate", "article:post_date", "displaydate", "pdate", "release_date")  # fmt: skip
    if published is None:
        for name in names:
            if (value := head.first(name)) and (day := read_stamp(value, latest)):
                published = (day, "meta")
                break
    if modified is None:
        for name in ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified",
                     "dc.date.modified", "lastmod", "article:modified", "revised"):  # fmt: skip
            if (value := head.first(name)) and (day := read_stamp(value, latest)):
                modified = (day, "meta")
                break
    return published, modified


def url_date(address: str, latest: dt.date) -> dt.date | None:
    """Return the day that an address gives ("/2024/05/02/", "2024-05-02"), or None."""
    path = urlsplit(address).path if address else ""
    if found := re.search(r"(?<!\d)(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?!\d)", path):
        from pipeline.clean.dates import day_of

        return day_of(int(found[1]), int(found[2]), int(found[3]), latest)
    return None


@cache
def _modified_words() -> re.Pattern[str]:
    words = rulebook.toml("clean/metadata.toml")["dates"]["modified"]
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)


_OTHER_DAYS = re.compile(
    r"\b(?:joined|member since|registered|born|since|until|expires|deadline|as of|version)\b", re.I
)


def visible_dates(
    text: str, latest: dt.date, *, day_first: bool = True
) -> tuple[dt.date | None, dt.date | None]:
    """Return (published, modified) that a byline's text gives."""
    published: dt.date | None = None
    modified: dt.date | None = None
    end = 0
    for start, stop, day in find_days(text, latest, day_first=day_first):
        if _OTHER_DAYS.search(text[max(end, start - 40) : start]):
            continue
        if _modified_words().search(text[max(end, start - 40) : start]):
            modified = modified or day
        else:
            published = published or day
        end = stop
    return published, modified


_SEEN_TIMES = XPath("//time | //*[contains(@itemprop,'datePublished') or contains(@itemprop,'dateModified')]")


def who_and_when(root: HtmlElement, head: Head, marked: Shown, zone: list[Piece], site: str | None, address: str,
                 fields: dict[str, Any], bases: dict[str, str], latest: dt.date) -> None:  # fmt: skip
    """Fill author, published and modified in fields, and how they are known in bases.

    marked: what read_shown gave; zone: the pieces around the headline, where bylines stand. What they
    say beats the head.
    """
    published, modified = head_dates(head, latest)
    author = head_author(head, site)
    lines = [piece.text for piece in zone if len(piece.text) < 220]
    signed = {piece.text for piece in zone if piece.reason == "byline"}
    day_first = not _american(head, lines, address)

    shown = seen_authors(marked, site)
    if shown is None or not shown[1]:
        for line in lines:
            first = line.split("\n", 1)[0]
            found = _author_words()[0].match(first)
            if found and is_byline_name(first[found.end() :]) and (names := author_names(first, site)):
                shown = (names, True)
                break
    if (
        shown is not None
        and (shown[1] or author is None)
        and not (author and _same_people(author[0], shown[0]))
    ):
        author = (shown[0], "byline")

    seen: dt.date | None = None
    stamped: dt.date | None = None
    for label, day in marked.times:
        if re.search(r"modif|updat", label, re.I) and "datePublished" not in label:
            modified = modified or (day, "meta")
        elif "datePublished" in label or "pub" in label.lower():
            seen = seen or day
        else:
            stamped = stamped or day
    written: dt.date | None = None
    for line in lines:
        if line in signed or is_byline(line) or (_author_words()[0].match(line) and not line.endswith(".")):
            day, changed = visible_dates(line, latest, day_first=day_first)
            written = written or day
            if modified is None and changed:
                modified = (changed, "byline")
    seen = written or seen
    if seen and (published is None or abs((published[0] - seen).days) > 1):
        published = (seen, "byline")
    if published is None and address and (day := url_date(address, latest)):
        published = (day, "url")
    if published is None and stamped:
        published = (stamped, "byline")
    if published is None and modified is None and (day := guessed_date(root, latest)):
        published = (day, "text")
    if published is None and modified is not None:
        published = modified
    if author:
        fields["author"], bases["author"] = author
    if published:
        fields["published"], bases["published"] = published
    if modified:
        fields["modified"], bases["modified"] = modified


def is_byline_name(text: str) -> bool:
    """Whether what follows "by" begins like a name: a capital, or a script without capitals."""
    first = text[:1]
    return bool(first) and (first.isupper() or first in '@"“' or (first.isalpha() and not first.islower()))


def _same_people(one: str, two: str) -> bool:
    """Whether two lists of names name the same people, perhaps one of them in short."""
    first, second = _words(one), _words(two)
    return bool(first and second) and (first <= second or second <= first)


def _american(head: Head, lines: list[str], address: str) -> bool:
    """Whether 02/03/2024 is the third of February here."""
    host = (urlsplit(address).hostname or "") if address else ""
    region = head.language.lower().replace("_", "-")
    if region in ("en-us", "es-us"):
        return True
    if region.startswith("en-") or host.endswith((".uk", ".au", ".nz", ".ie", ".in", ".za", ".eu")):
        return False
    return region in ("en", "") and (
        any(re.search(r"\d\s?[AP]\.?M\b", line, re.I) for line in lines) or region == "en"
    )


def guessed_date(root: HtmlElement, latest: dt.date) -> dt.date | None:
    """Ask htmldate for the original date where the page has none in its usual places.

    A first of January is what it makes of a bare year, so that is not taken.
    """
    from htmldate import find_date

    try:
        told = find_date(root, original_date=True, max_date=latest.isoformat())
    except (ValueError, TypeError, AttributeError):
        return None
    day = read_stamp(told, latest) if told else None
    return None if day is None or (day.month == 1 and day.day == 1) else day


# --- language, site, address -----------------------------------------------------------------


def language_code(told: str) -> str | None:
    """Return the two- or three-letter code of a declared language ("en-GB" -> "en"), or None."""
    code = re.split(r"[-_,; ]", told.strip().lower(), maxsplit=1)[0]
    return code if 2 <= len(code) <= 3 and code.isalpha() and code not in ("und", "mul", "zxx") else None


@cache
def _stops(code: str) -> frozenset[str]:
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()


def detect_language(text: str, told: str) -> tuple[str | None, str]:
    """Return (code, basis): the declared language where the text bears it out, else the text's own."""
    declared = language_code(told) if told else None
    sample = text[:4000]
    if len(sample) < 60:
        return (declared, "lang") if declared else (None, "")
    words = list(re.findall(r"[^\W\d_]+", sample.lower()))[:300]
    if declared and words and len(words) >= 20 and declared not in ("zh", "ja", "ko", "th"):
        stops = _stops(declared)
        if stops and sum(word in stops for word in words) > len(words) * 0.38:
            return declared, "lang"
    import py3langid

    code = str(py3langid.classify(sample)[0])
    return (code, "lang") if code == declared else (code, "text")


def site_of(head: Head, hint: str, address: str) -> tuple[str | None, str]:
    """Return (name, basis) of the site."""
    if value := head.first("og:site_name"):
        return value, "meta"
    for item in head.articles:
        publisher = item.get("publisher")
        if isinstance(publisher, dict) and (name := _text_of(publisher.get("name"))):
            return name, "json-ld"
    for item in head.others:
        if any(kind in ("WebSite", "Organization", "NewsMediaOrganization") for kind in _types(item)) and (
            name := _text_of(item.get("name"))
        ):
            return name, "json-ld"
    if value := head.first(
        "application-name", "apple-mobile-web-app-title", "dc.publisher", "dcterms.publisher", "cre"
    ):
        return value, "meta"
    if hint:
        return hint, "hint"
    host = urlsplit(address).hostname if address else None
    return (host.removeprefix("www."), "url") if host else (None, "")


def title_site(title: str, headline: str) -> str | None:
    """Return what a title tag says beside the headline: most often the site's name."""
    for match in _TITLE_BREAK.finditer(title):
        left, right = title[: match.start()], title[match.end() :]
        if _key(left) == _key(headline) and 1 < len(right) <= 60:
            return right.strip()
        if _key(right) == _key(headline) and 1 < len(left) <= 60:
            return left.strip()
    return None


def canonical_of(head: Head, url: str | None) -> tuple[str | None, str]:
    """Return (address, basis): the canonical one if it is a web address, else og:url, else the base."""
    base = urljoin(url or "", head.base) if head.base else (url or "")
    for told, basis in ((head.canonical, "canonical"), (head.first("og:url"), "meta"), (head.base, "base")):
        if not told:
            continue
        try:
            address = urljoin(base, told.strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            if basis == "base" and parts.path in ("", "/"):
                continue
            if (
                basis == "canonical"
                and parts.path in ("", "/")
                and url
                and urlsplit(url).path not in ("", "/")
            ):
                continue  # a canonical address that names the front page is a mistake of the template
            return address.split("#", 1)[0], basis
    return None, ""
