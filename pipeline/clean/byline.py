"""Who wrote a page and when: what its head says, checked against the bylines on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import rulebook
from pipeline.clean.dates import day_of, find_days, is_day_of_month, read_stamp
from pipeline.clean.decode import normal
from pipeline.clean.metadata import About, Head, unescape
from pipeline.clean.pieces import Piece, fold, key, mark_of

# --- authors ---------------------------------------------------------------------------------


#: Words that stand before a name in a byline, but begin names too ("Von Neumann", "Di Marco"), and common
#: words: alone they count only with a colon, or in a byline that the page shows.
_PARTICLES = frozenset(["von", "di", "par", "por", "av", "af", "door", "przez", "от", "oleh", "text", "texte", "texto", "testo", "tekst", "words", "story", "reporting", "editor", "writer", "author", "autor", "auteur", "yazan", "yazar", "bởi", "文", "글"])  # fmt: skip


@cache
def _author_words() -> tuple[re.Pattern[str], frozenset[str], re.Pattern[str]]:
    """Return the pattern of what stands before a name, the names of no one, and the pattern for heads."""
    rules = rulebook.toml("clean/metadata.toml")["authors"]
    words = sorted(rules["before"], key=len, reverse=True)
    before = "|".join(re.escape(word) for word in words)
    needing_colon = "|".join(re.escape(word) for word in words if word in _COLON_ONLY)
    free = "|".join(re.escape(word) for word in words if word not in _COLON_ONLY)
    sure = "|".join(re.escape(word) for word in words if word not in _PARTICLES and word not in _COLON_ONLY)
    colon = r"\s{0,3}[:：/／｜|]\s{0,3}"
    return (
        re.compile(rf"^(?:(?:{free})(?:{colon}|\s{{1,3}})|(?:{needing_colon}){colon})(?=\S)", re.IGNORECASE),
        frozenset(rules["never"]),
        re.compile(rf"^(?:(?:{before}){colon}|(?:{sure})\s{{1,3}})(?=\S)", re.IGNORECASE),
    )


#: Labels that are everyday words: they need a colon.
_COLON_ONLY = frozenset(["words", "story", "reporting", "text", "texte", "texto", "testo", "tekst", "editor", "writer", "journalist", "author", "authors", "autor", "autorin", "auteur", "autora", "байлайн", "текст", "автор", "авторы", "文", "글", "byline"])  # fmt: skip


_AFTER_NAME = re.compile(
    r"\s{0,3}(?:[|•·∙●/–—]|\s-\s|,\s(?=\d|(?:the\s)?(?:staff|senior|special|contributing|chief|deputy|tech|technology"
    r"|science|business|correspondent|editor|reporter|writer|columnist|contributor|updated|published|posted"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)"
    r"|\s(?:on|in|at|am|le|el|em|il|op|for|pour|für|para)\s|\s{2,}|\n|[（(\[]|\d|updated\b|published\b|posted\b|last\s)",
    re.IGNORECASE,
)
#: Where a byline goes on with people who did something else, or with a date.
_OTHERS = re.compile(
    r"[;,/|·•]?\s{0,3}\b(?:editing|edited|additional reporting|photos?|photography|graphics?|illustration|video|translated|produced"
    r"|fact[- ]check\w{0,3}|publié|publicado|pubblicato|veröffentlicht|aktualisiert|mis à jour|actualizado)\b"
    r"|(?<=\S)\s{0,3}(?:编辑|編輯|責任編輯|责任编辑|責編|责编|校對|校对|攝影|摄影|翻譯|翻译|編集|写真|사진|편집)\s?[:：/／]|(?<=\S)[／]",
    re.IGNORECASE,
)
#: What stands behind the name of who reported ("한소라 기자 sora@…", "李明 記者").
_REPORTER = re.compile(r"(?<=\S)\s?(?:기자|특파원|선임기자)(?:\s\S{1,60}@\S{1,60})?$|(?<=\S)\s(?:記者|记者)$")
_NAME_SPLIT = re.compile(
    r"\s{0,2}(?:,|;|、|，|&|\s(?:and|und|et|y|e|en|og|och|with|mit)\s)\s{0,2}", re.IGNORECASE
)


def author_names(text: str, *, in_head: bool = False) -> str | None:
    """Return the names that a byline gives, joined with ", ", or None where it names no one.

    in_head: the text is a value of the page's head, where "Von" begins a name.
    """
    shown, never, told = _author_words()
    before = told if in_head else shown
    text = fold(text).strip("\"'“”()[]")
    if "://" in text or text.startswith("www."):
        return None
    text = _REPORTER.sub("", text)
    for _ in range(3):
        found = before.match(text)
        if not found:
            break
        text = text[found.end() :]
    text = _OTHERS.split(text, maxsplit=1)[0]
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
                    names.append(fold(normal(unescape(name))))
        elif isinstance(entry, str):
            names.append(fold(normal(unescape(entry))))
    return [name for name in names if name]


def head_author(head: Head, site: str | None) -> tuple[str, str] | None:
    """Return (names, basis) that the head gives, or None."""
    for item in head.articles:
        names = [found for name in _linked_authors(item) if (found := author_names(name, in_head=True))]
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
        names = [found for value in values[:8] if (found := author_names(value, in_head=True))]
        names = [value for value in names if not (site and key(value) == key(site))]
        if names:
            return ", ".join(dict.fromkeys(names)), "meta"
    return None


_SEEN = XPath("//@itemprop/.. | //@rel[.='author']/.. | //time | //@property[starts-with(.,'schema:')]/..")
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
    """Read authors and times from a page's microdata. To be called before hidden nodes are taken out."""
    authors: list[tuple[int, str, int]] = []
    times: list[tuple[str, dt.date]] = []
    for element in cast("list[HtmlElement]", _SEEN(root))[:400]:
        prop = element.get("itemprop") or ""
        told = element.get("property") or ""
        if element.tag == "time" or "datePublished" in prop or "dateModified" in prop:
            label = f"{prop} {element.get('class') or ''}{' pubdate' * (element.get('pubdate') is not None)}"
            day = read_stamp(element.get("datetime") or element.get("content") or _spoken(element), latest)
            if day is not None and len(times) < 40 and not _among_strangers(element):
                times.append((label, day))
        elif element.tag in _NO_NAMES or len(authors) > 40:
            continue
        elif (
            "author" in prop
            or told == "schema:author"
            or element.get("rel") == "author"
            or _is_user(element, told)
        ):
            text = _spoken(element)
            if text and len(text) <= 200 and not _among_strangers(element):
                authors.append((3 if "author" in prop else 2, text, id(element.getparent())))
    return Shown(_numbered(authors), tuple(times))


_NO_NAMES = frozenset(("meta", "link", "script", "img", "input", "body", "article", "main", "html"))


def _is_user(element: HtmlElement, told: str) -> bool:
    """Whether RDFa names a person in a place that names the writer."""
    above = element.getparent()
    return told == "schema:name" and above is not None and _USER.search(above.get("class") or "") is not None


_USER = re.compile(r"name--uid|submitted|author|byline|node__meta|user", re.I)


def _numbered(authors: list[tuple[int, str, int]]) -> tuple[tuple[int, str, int], ...]:
    """Return the entries with their parents numbered in order of appearance."""
    numbers: dict[int, int] = {}
    return tuple((rank, text, numbers.setdefault(parent, len(numbers))) for rank, text, parent in authors)


def add_named(shown: Shown, elements: Sequence[HtmlElement]) -> Shown:
    """Return shown with what elements say whose class speaks of an author (visible ones only)."""
    authors: list[tuple[int, str, int]] = []
    for element in elements[:80]:
        if element.tag in _NO_NAMES or len(authors) > 40:
            continue
        names = " ".join(
            (element.get("class") or "", element.get("id") or "", element.get("data-testid") or "")
        )
        text = _spoken(element)
        if not text or len(text) > 200 or _among_strangers(element):
            continue
        before = _author_words()[0].match(text)
        named = _NAME_CLASS.search(names.strip()) is not None
        if before and (named or is_byline_name(text[before.end() :].lstrip(" |"))):
            authors.append((2, text, id(element.getparent())))
        elif named:
            authors.append((1, text, id(element.getparent())))
    return Shown(shown.authors + _numbered(authors), shown.times)


def seen_authors(shown: Shown, site: str | None) -> tuple[str, bool] | None:
    """Return (names, certain) of the author that the page shows, or None.

    certain: whether the markup or a word such as "by" says that this is the author.
    """
    best: tuple[int, str, int] | None = None
    for rank, text, parent in shown.authors:
        found = author_names(text)
        if not found or (site and key(found) == key(site)):
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
                  if place == parent and other == rank and (names := author_names(text))
                  for name in names.split(", ")]  # fmt: skip
        if len(beside) > 1:
            found = ", ".join(dict.fromkeys(beside))
    return found, rank >= 2


def byline_zone(
    pieces: list[Piece], first: int, last: int, worths: list[float], keys: Container[str]
) -> list[int]:
    """Return the indexes of the pieces around the headline, before the text and behind it."""
    headline = next(
        (at for at, piece in enumerate(pieces[:last]) if piece.kind == "heading" and key(piece.text) in keys),
        None,
    )
    if headline is None:
        headline = next(
            (at for at, piece in enumerate(pieces[:last]) if piece.reason == "headline"), max(0, first - 4)
        )
    good = [at for at in range(first, last) if worths[at] >= 80 and not pieces[at].reason]
    # a standfirst or two may stand above the byline
    start = good[min(2, len(good) - 1)] if good else last
    end = good[-1] + 1 if good else last
    before = [at for at in range(max(0, headline - 4), max(start, headline + 1)) if at < headline + 25]
    behind = list(range(end, min(len(pieces), last + 4, end + 10)))
    strangers = ("comments", "related", "navigation", "newsletter", "cookie_notice")
    return [
        at for at in before + behind
        if pieces[at].reason not in strangers or (at > headline - 1 and pieces[at].rule in ("tag-footer",))
    ]  # fmt: skip


_REPORTER_LINE = re.compile(r"^[가-힣]{2,4}\s?(?:기자|특파원|선임기자)(?:\s\S{1,60}@\S{1,60})?$")
_TIME_TAG = re.compile(
    r"^(?:\w{3,12}[,:]?\s){0,2}\d{1,2}(?:st|nd|rd|th|\.)?\s\w{3,12}$|^(?:\w{3,12}[,:]?\s){0,2}\w{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?$"
)


def is_byline(text: str) -> bool:
    """Whether a short line gives nothing but an author or a date."""
    text = fold(text)
    if len(text) >= 120:
        return False
    if _REPORTER_LINE.match(text):
        return True
    found = _author_words()[0].match(text)
    if found:
        name = text[found.end() : found.end() + 1]
        ends = text.endswith((".", "?", "!", "。")) and not re.search(r"\b\w\.$", text)
        return (name.isupper() or name > "\u2e80") and not ends and len(text.split()) <= 14
    if len(text) > 90:
        return False
    days = find_days(text)
    if not days:
        return _TIME_TAG.search(text) is not None and is_day_of_month(text)
    rest = len(text) - sum(end - start for start, end, _ in days)
    return rest < 45 and not text.endswith((".", "?", "!", "。"))


# --- dates -----------------------------------------------------------------------------------


def head_dates(head: Head, latest: dt.date) -> tuple[tuple[dt.date, str] | None, tuple[dt.date, str] | None]:
    """Return (published, modified), each as (day, basis) or None, as the head gives them."""
    published: tuple[dt.date, str] | None = None
    modified: tuple[dt.date, str] | None = None
    for item in head.articles + head.others:
        for name in ("datePublished", "dateCreated", "uploadDate"):
            value = item.get(name)
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


def who_and_when(
    root: HtmlElement,
    head: Head,
    marked: Shown,
    zone: list[Piece],
    address: str,
    about: About,
    latest: dt.date,
    *,
    guess: bool = True,
) -> None:
    """Fill in author, published and modified.

    marked: what read_shown gave.  zone: the pieces around the headline, where bylines stand.
    What these say beats the head.  guess: whether htmldate may be asked (it is slow on huge pages).
    """
    lines = [piece.text for piece in zone if len(piece.text) < 220]
    author = head_author(head, about.site)
    shown = seen_authors(marked, about.site)
    if shown is None or not shown[1]:
        for first in [part for line in lines for part in line.split("\n")[:3]]:
            found = _author_words()[0].match(first)
            if found and is_byline_name(first[found.end() :]) and (names := author_names(first)):
                shown = (names, True)
                break
    said = key(" ".join(lines))
    if shown and author is None:
        author = (shown[0], "byline")
    elif (
        shown
        and author
        and shown[1]
        and key(shown[0].split(", ")[0]) in said
        and not any(key(name) in said for name in author[0].split(", "))
    ):
        author = (shown[0], "byline")  # the byline is right, and has none of the head's people
    if author:
        about.author, about.bases["author"] = author
    _when(root, head, marked, zone, address, about, latest, guess=guess)


def _when(
    root: HtmlElement,
    head: Head,
    marked: Shown,
    zone: list[Piece],
    address: str,
    about: About,
    latest: dt.date,
    *,
    guess: bool = True,
) -> None:
    published, modified = head_dates(head, latest)
    lines = [piece.text for piece in zone if len(piece.text) < 220]
    signed = {piece.text for piece in zone if piece.reason == "byline"}
    day_first = not _american(head, lines, address)
    seen: dt.date | None = None
    stamped: dt.date | None = None
    for label, stamp in marked.times:
        if stamp > latest:
            continue
        if re.search(r"modif|updat", label, re.I) and "datePublished" not in label:
            modified = modified or (stamp, "meta")
        elif "datePublished" in label or "pub" in label.lower():
            seen = seen or stamp
        else:
            stamped = stamped or stamp
    written: list[dt.date] = []
    for line in lines:
        if line in signed or is_byline(line) or (_author_words()[0].match(line) and not line.endswith(".")):
            day, changed = visible_dates(line, latest, day_first=day_first)
            written += [day] if day else []
            if modified is None and changed:
                modified = (changed, "byline")
    shown = written[0] if written else seen
    if (shown and published is None) or (
        shown and published and not _agrees(published[0], [*written, *([seen] if seen else [])], modified)
    ):
        published = (shown, "byline")
    if published is None and (day := url_date(address, latest)):
        published = (day, "url")
    if published is None and stamped:
        published = (stamped, "byline")
    if published is None and (day := _announced(head, marked, lines, address, latest)):
        published = (day, "agreement")
    if published is None and modified is None and guess and (day := guessed_date(root, latest)):
        published = (day, "text")
    published = published or modified
    if published:
        about.published, about.bases["published"] = published
    if modified:
        about.modified, about.bases["modified"] = modified


def read_lines(lines: Sequence[str], about: About, latest: dt.date) -> None:
    """Fill in author and dates from the bylines of a page without markup."""
    for line in lines:
        if about.author is None and _author_words()[0].match(line) and (names := author_names(line)):
            about.author, about.bases["author"] = names, "byline"
        published, modified = visible_dates(line, latest)
        if about.published is None and published:
            about.published, about.bases["published"] = published, "byline"
        if about.modified is None and modified:
            about.modified, about.bases["modified"] = modified, "byline"


def _announced(head: Head, marked: Shown, lines: list[str], address: str, latest: dt.date) -> dt.date | None:
    """Return a day in the future that two carriers of the page agree on: its own calendar may run ahead."""
    far = latest + _AHEAD
    told, _ = head_dates(Head(articles=head.articles, others=head.others), far)
    named, _ = head_dates(Head(meta=head.meta), far)
    seen = [day for _, day in marked.times][:1]
    written = [day for line in lines if is_byline(line) for *_, day in find_days(line, far)][:1]
    addressed = [url_date(address, far)] if address else []
    days = [*(found[0] for found in (told, named) if found), *seen, *written, *filter(None, addressed)]
    return next((day for day in days if day > latest and days.count(day) >= 2), None)


_AHEAD = dt.timedelta(days=3 * 366)


def read_ahead(latest: dt.date) -> dt.date:
    """Return the last day that may be read at all, for _announced to compare."""
    return latest + _AHEAD


def _agrees(told: dt.date, shown: list[dt.date], modified: tuple[dt.date, str] | None) -> bool:
    """Whether the head's date is borne out by those that the page shows, or these are of something else.

    A day more or less is the time zone; 03/05 may be the fifth of March; a page may show the day of its
    last change alone, or (above its headline) the day on which it was fetched.
    """
    for day in shown:
        if abs((told - day).days) <= 1:
            return True
        if day.day <= 12 and told == dt.date(day.year, day.day, day.month):
            return True
    return modified is not None and told < shown[0] and abs((shown[0] - modified[0]).days) <= 1


def is_byline_name(text: str) -> bool:
    """Whether what follows "by" begins like a name: a capital, or a script without capitals."""
    first = text[:1]
    return bool(first) and (first.isupper() or first in '@"“' or (first.isalpha() and not first.islower()))


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

    A first of January is what it makes of a bare year, so that is not taken. Its extensive search, which
    compiles the date words of two hundred languages, finds nothing more on the labelled pages.
    """
    from htmldate import find_date  # a third of a second to import; few pages need it

    try:
        told = find_date(root, original_date=True, extensive_search=False, max_date=latest.isoformat())
    except (ValueError, TypeError, AttributeError):
        return None
    day = read_stamp(told, latest) if told else None
    return None if day is None or (day.month == 1 and day.day == 1) else day
