"""Who wrote a page: what its head, its markup and the lines around its headline say, each read into names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import rulebook
from pipeline.clean.dates import read_stamp
from pipeline.clean.decode import normal
from pipeline.clean.metadata import Head, unescape
from pipeline.clean.pieces import fold, key, mark_of


@dataclass(frozen=True, slots=True)
class Words:
    """The words of rules/clean/metadata.toml [authors], compiled.

    before: what stands before a name in a line.  told: the same in a head, where "Von" begins a name.
    midway: "by" and the like behind a verb or a day.  begun: the verbs.  never: names of no one.  no_names: words that no name holds.
    desks: words of offices and firms.  paths: parts of addresses of people.
    """

    before: re.Pattern[str]
    told: re.Pattern[str]
    midway: re.Pattern[str]
    begun: re.Pattern[str]
    never: frozenset[str]
    no_names: frozenset[str]
    desks: frozenset[str]
    paths: frozenset[str]


@cache
def words() -> Words:
    rules = rulebook.toml("clean/metadata.toml")["authors"]
    labels = sorted(rules["before"], key=len, reverse=True)
    particles, colon_only = frozenset(rules["particles"]), frozenset(rules["colon_only"])

    def any_of(chosen: Sequence[str]) -> str:
        return "|".join(re.escape(word) for word in chosen)

    needing_colon = any_of([word for word in labels if word in colon_only])
    free = any_of([word for word in labels if word not in colon_only])
    sure = any_of([word for word in labels if word not in particles and word not in colon_only])
    colon = r"\s{0,3}[:：=／/｜|•・]\s{0,3}"
    return Words(
        re.compile(rf"^(?:(?:{free})(?:{colon}|\s{{1,3}})|(?:{needing_colon}){colon})(?=\S)", re.IGNORECASE),
        re.compile(rf"^(?:(?:{any_of(labels)}){colon}|(?:{sure})\s{{1,3}})(?=\S)", re.IGNORECASE),
        re.compile(rf"(?:^|\s)(?:{any_of(rules['midway'])})\s{{1,3}}(?=[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯΑ-Ω@“\"])"),
        re.compile(rf"^(?:last\s)?(?:{any_of(rules['verbs'])})\b", re.IGNORECASE),
        frozenset(rules["never"]),
        frozenset(rules["no_names"]),
        frozenset(rules["desks"]),
        frozenset(rules["paths"]),
    )


_AFTER_NAME = re.compile(
    r"\s{0,3}(?:[|•·∙●/–—]|\s-\s|,\s(?=\d|(?:the\s)?(?:staff|senior|special|contributing|chief|deputy|tech|technology"
    r"|science|business|correspondent|editor|reporter|writer|columnist|contributor|updated|published|posted"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)"
    r"|\s(?:on|in|at|am|le|el|em|il|op|for|pour|für|para)\s|\s{2,}|\n|[（(\[]|(?<!\w)\d|updated\b|published\b|posted\b|last\s)",
    re.IGNORECASE,
)
#: Where a byline goes on with people who did something else, or with a date.
_OTHERS = re.compile(
    r"[;,/|·•]?\s{0,3}\b(?:editing|edited|additional reporting|photos?|photography|photographs?|fotos?|images?|bilder|graphics?"
    r"|illustration|video|translated|produced|reviewed by"
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
    told = words()
    before = told.told if in_head else told.before
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
        if not name or name.casefold() in told.never or "@" in name or "://" in name or "www." in name:
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
        if _STRANGERS.search(names) or above.get("itemprop") == "comment" or above.tag in ("aside", "nav"):
            return True
        mark = mark_of(names)
        if mark is not None and mark[0] in ("comments", "related"):
            return True
        above = above.getparent()
    return False


#: (rank, spoken text, element around it), see Shown.
_Signed = tuple[int, str, HtmlElement | None]


def read_shown(root: HtmlElement, latest: dt.date) -> Shown:
    """Read authors and times from a page's microdata. To be called before hidden nodes are taken out."""
    authors: list[_Signed] = []
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
                authors.append((3 if "author" in prop else 2, text, element.getparent()))
    return Shown(_numbered(authors), tuple(times))


_NO_NAMES = frozenset(("meta", "link", "script", "img", "input", "body", "article", "main", "html"))


def _is_user(element: HtmlElement, told: str) -> bool:
    """Whether RDFa names a person in a place that names the writer."""
    above = element.getparent()
    return told == "schema:name" and above is not None and _USER.search(above.get("class") or "") is not None


_USER = re.compile(r"name--uid|submitted|author|byline|node__meta|user", re.I)


def _numbered(authors: list[_Signed], first: int = 0) -> tuple[tuple[int, str, int], ...]:
    """Return the entries with their parents numbered in order of appearance, from first on."""
    numbers: dict[HtmlElement | None, int] = {}
    return tuple(
        (rank, text, numbers.setdefault(parent, first + len(numbers))) for rank, text, parent in authors
    )


def add_named(shown: Shown, elements: Sequence[HtmlElement]) -> Shown:
    """Return shown with what elements say whose class speaks of an author (visible ones only)."""
    authors: list[_Signed] = []
    for element in elements[:80]:
        if element.tag in _NO_NAMES or len(authors) > 40:
            continue
        names = " ".join(
            (element.get("class") or "", element.get("id") or "", element.get("data-testid") or "")
        )
        text = _spoken(element)
        if not text or len(text) > 200 or _among_strangers(element):
            continue
        before = words().before.match(text)
        named = _NAME_CLASS.search(names.strip()) is not None
        if before and (named or is_byline_name(text[before.end() :].lstrip(" |"))):
            authors.append((2, text, element.getparent()))
        elif named:
            authors.append((1, text, element.getparent()))
    return Shown(shown.authors + _numbered(authors, 1000), shown.times)


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


def is_label(text: str) -> bool:
    """Whether a line begins with what stands before a name: "By", "作者:"."""
    return words().before.match(text) is not None


def is_weak(names: str, site: str | None) -> bool:
    """Whether a head's author may well be no person: the site, a desk, a firm, a handle of the system."""
    own = key(names)
    if site and (own in key(site) or key(site) in own):
        return True
    if ", " in names or not own.isascii():
        return any(word in names for word in words().desks if word[0] > "\u0400")
    parts = names.split()
    return len(parts) == 1 or any(part.lower() in words().desks for part in parts)


def is_person(text: str) -> bool:
    """Whether a line looks like the name of one person: two to five words with capitals, none of them common."""
    parts = text.split()
    if not 2 <= len(parts) <= 5 or len(text) > 45 or not all(_NAME_WORD.match(part) for part in parts):
        return False
    if any(part[0].islower() and part not in _SMALL for part in parts) or parts[-1][0].islower():
        return False
    told = words()
    if told.before.match(text) or any(
        (own := part.strip(".").casefold()) in told.no_names or own in told.desks or own in told.never
        for part in parts
    ):
        return False
    return sum(part[0].isupper() for part in parts) >= 2 and any(len(part) > 2 for part in parts)


#: Letters, hyphens and apostrophes, an initial's full stop; small words inside ("Bram de Kuyper").
_NAME_WORD = re.compile(r"^[^\W\d_](?:[^\W\d_]|[’'\-]){0,24}\.?$")
_SMALL = frozenset(["de", "der", "den", "del", "della", "da", "di", "do", "dos", "du", "la", "le", "van", "von", "zu", "zum", "bin", "al", "el", "ben", "ter", "ten", "af", "av", "y", "e"])  # fmt: skip


def is_byline_name(text: str) -> bool:
    """Whether what follows "by" begins like a name: a capital, or a script without capitals."""
    first = text[:1]
    return bool(first) and (first.isupper() or first in '@"“' or (first.isalpha() and not first.islower()))
