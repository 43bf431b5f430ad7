"""What a page says of itself: its title, language, site and address, each with its basis.

Structured data first (JSON-LD, then meta), checked against what stands on the page.
Authors and dates are in pipeline.clean.byline.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import stopwordsiso
from bs4 import BeautifulSoup
from lxml.html import HtmlElement

from pipeline.clean.decode import normal
from pipeline.clean.pieces import fold, key

_ARTICLES = re.compile(r"(?:Article|BlogPosting|Posting|Report|Blog|Story|Review)$")
_TITLE_BREAK = re.compile(r"\s+(?:[|»«·•:–—-]|::|//|[<>]|\|\|)\s+|\s*[|｜]\s*|(?<=\S)[_＿]\s*|\s*::\s*")


@dataclass(slots=True)
class About:
    """What is known of an article so far; bases says where each was read."""

    title: str | None = None
    author: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None
    language: str | None = None
    site: str | None = None
    canonical_url: str | None = None
    original_source: str | None = None
    bases: dict[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, str]:
        """Return the bases of what is known."""
        return {name: basis for name, basis in self.bases.items() if basis and getattr(self, name)}


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


def loaded_json(text: str) -> Any:
    """Return what a script element holds as JSON, or None where it is none."""
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
                head.meta.setdefault(name, []).append(plain_text(content))
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
            for item in _items(loaded_json(element.text)):
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
    return plain_text(str(value)) if isinstance(value, str | int | float) else ""


_MARKUP = re.compile(r"<[A-Za-z/!][^<>]{0,2000}>")


def plain_text(value: str) -> str:
    """Return the words of a value that may hold markup or entities, as JSON-LD and feeds often do."""
    text = unescape(value)
    if _MARKUP.search(text):
        text = BeautifulSoup(text[:20_000], "lxml").get_text()
    return fold(normal(text))


def unescape(text: str) -> str:
    if "&" not in text:
        return text
    return html.unescape(text)


def article_body(head: Head) -> list[str]:
    """Return the paragraphs of the text that JSON-LD gives, or []."""
    for item in head.articles:
        body = item.get("articleBody") or item.get("text")
        if isinstance(body, str) and len(body) > 200:
            body = unescape(body[:500_000])
            if _MARKUP.search(body):
                body = BeautifulSoup(body, "lxml").get_text("\n")
            return [line for part in body.split("\n") if (line := fold(normal(part)))]
    return []


# --- title -----------------------------------------------------------------------------------


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
    keys = {key(other) for other in others if other}
    site_key = key(site or "")
    borders = [(match.start(), match.end()) for match in _TITLE_BREAK.finditer(title)]
    for start, end in borders:
        left, right = title[:start], title[end:]
        if (key(left) in keys and len(left) > 7) or (site_key and key(right) == site_key and left):
            return left.strip()
        if (key(right) in keys and len(right) > 7) or (site_key and key(left) == site_key and right):
            return right.strip()
    return title


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _alike(first: str, second: str) -> float:
    """How many words two titles share (Dice: 1 for the same words, 0 for none in common)."""
    one, two = words_of(first), words_of(second)
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
        ("hint", plain_text(hint)),
    ]  # fmt: skip
    told = [text for _, text in carriers if text]
    linked = carriers[0][1]
    best: tuple[float, str] | None = None
    for order, (level, text) in enumerate(headings):
        if len(text) < 3 or len(text) > 400 or (site and key(text) == key(site) and told):
            continue
        likeness = max((_alike(text, other) for other in told), default=0.0)
        if (
            linked
            and len(words_of(text)) <= 4
            and _alike(text, linked) < 0.3
            and key(text) == key(head.title)
        ):
            continue  # the name of the site, in heading and title tag alike
        if len(words_of(text)) < 3 and all(key(text) not in key(other) for other in told):
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
            label, _, rest = short.partition(":")
            if len(label) < 20 and rest and any(rest.strip() == other for other in texts):
                short = rest.strip()  # "Title: …"
            made.append((basis, short))

    # by agreement: a carrier that stands alone against two that agree goes behind them
    def votes(text: str) -> int:
        return sum(key(text) == key(other) for _, other in made)

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


# --- language, site, address -----------------------------------------------------------------


def language_code(told: str) -> str | None:
    """Return the two- or three-letter code of a declared language ("en-GB" -> "en"), or None."""
    code = re.split(r"[-_,; ]", told.strip().lower(), maxsplit=1)[0]
    return code if 2 <= len(code) <= 3 and code.isalpha() and code not in ("und", "mul", "zxx") else None


@cache
def _stops(code: str) -> frozenset[str]:
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
    if not declared and len(words) >= 20 and sum(word in _stops("en") for word in words) > len(words) * 0.38:
        return "en", "text"
    import py3langid  # loads a model; most pages say their language, or are plainly English

    code = str(py3langid.classify(_of_one_script(sample))[0])
    return (code, "lang") if code == declared else (code, "text")


_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]+")


def _of_one_script(sample: str) -> str:
    """Return a sample without the words of other scripts, where one of the two commonest has most of it.

    Words of another script, a quotation's or a spammer's, tip the letters' odds to a language that has both.
    """
    if sample.isascii():
        return sample
    letters = sum(map(str.isalpha, sample))
    for script in (_LATIN, _CYRILLIC):
        told = script.findall(sample)
        size = sum(map(len, told))
        if size * 10 >= letters * 6:
            return " ".join(told) if size < letters else sample
    return sample


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
    whole = key(headline)
    sides = []
    for match in _TITLE_BREAK.finditer(title):
        left, right = title[: match.start()].strip(), title[match.end() :].strip()
        sides += [(left, right), (right, left)]
    # a headline that holds such a sign itself stands in the title as a whole
    parted = whole not in key(title)
    for part, rest in sides:
        same = key(part) == whole or (parted and len(key(part)) >= 16 and key(part) in whole)
        if same and 1 < len(rest) <= 60 and key(rest) not in whole:
            return rest
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
