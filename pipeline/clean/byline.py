"""Who wrote a page and when: what its head says, checked against the bylines on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline import rulebook
from pipeline.clean import signatures
from pipeline.clean.authors import (
    Shown,
    head_author,
    is_label,
    is_person,
    is_weak,
    seen_authors,
    words,
)
from pipeline.clean.dates import day_of, find_days, is_day_of_month, read_stamp
from pipeline.clean.metadata import About, Head
from pipeline.clean.pieces import Node, Piece, fold, key


@dataclass(frozen=True, slots=True)
class Zone:
    """Where bylines stand: indexes of the pieces around the headline and behind the text.

    above: of those around the headline, above the text.  below: of those behind the last running text.
    first, last: where the region begins and ends.
    """

    before: tuple[int, ...]
    above: tuple[int, ...]
    below: tuple[int, ...]
    first: int
    last: int

    @property
    def places(self) -> tuple[int, ...]:
        return self.before + self.below


def byline_zone(
    pieces: list[Piece], first: int, last: int, worths: list[float], keys: Container[str]
) -> Zone:
    """Return where bylines stand. first, last: of the region; keys: of what the page calls itself."""
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
    strangers = ("comments", "related", "navigation", "newsletter", "cookie_notice")

    def at_home(places: range) -> tuple[int, ...]:
        return tuple(
            at for at in places
            if pieces[at].reason not in strangers or (at > headline - 1 and pieces[at].rule == "tag-footer")
        )  # fmt: skip

    before = at_home(range(max(0, headline - 4), min(max(start, headline + 1), headline + 25)))
    opening = good[0] if good else last
    return Zone(
        before,
        tuple(at for at in before if at < opening),
        at_home(range(end, min(len(pieces), last + 4, end + 10))),
        first,
        last,
    )


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
    found = words().before.match(text)
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
    pieces: list[Piece],
    nodes: list[Node],
    zone: Zone,
    titles: frozenset[str],
    address: str,
    about: About,
    latest: dt.date,
    *,
    guess: bool = True,
) -> None:
    """Fill in author, published and modified.

    marked: what read_shown gave.  titles: keys of what the page calls itself.
    What the lines around the headline say beats the head.  guess: whether htmldate may be asked (it is slow on
    huge pages).
    """
    around = [pieces[at] for at in zone.places]
    author = _who(root, head, marked, pieces, nodes, zone, titles, about.site)
    if author:
        about.author, about.bases["author"] = author
    _when(root, head, marked, around, address, about, latest, guess=guess)


def _who(
    root: HtmlElement,
    head: Head,
    marked: Shown,
    pieces: list[Piece],
    nodes: list[Node],
    zone: Zone,
    titles: frozenset[str],
    site: str | None,
) -> tuple[str, str] | None:
    """Return (names, basis) of who wrote a page, or None."""
    told = head_author(head, site)
    lines = [
        pieces[at].text for at in zone.places if len(pieces[at].text) < 220 and pieces[at].reason != "share"
    ]
    above = [pieces[at] for at in zone.above]
    taken = frozenset((key(site or ""), *titles))
    # a repost is signed by its own author at the head of its text, whoever posted it
    inner = [pieces[at].text for at in zone.above if at >= zone.first and pieces[at].reason in ("", "byline")]
    first = next((names for text in inner[-3:] if (names := signatures.signed_by(text))), None)
    posted = key(" ".join(inner))
    poster = key(told[0].split(", ")[0]) if told else "\0"
    if first and is_person(first.split(", ")[0]) and poster not in posted:
        return first, "byline"
    seen = seen_authors(marked, site)
    sure = seen[0] if seen and seen[1] else None
    if sure is None or is_weak(sure, site):
        parts = [part for line in lines for part in line.split("\n")[:3]]
        signed = [
            names for part in parts if (names := signatures.signed_by(part)) and key(names) not in taken
        ]
        linked = signatures.linked_writers(above, site)
        named = [*signed, *([linked] if linked else [])]
        sure = next((names for names in named if not is_weak(names, site)), named[0] if named else sure)
    if told is None or is_weak(told[0], site):
        # no person in the head: a name on the page that looks like one does, labelled or not
        if sure is None:
            sure = signatures.bare_names(above, nodes, taken)
        if sure is None:
            below = [pieces[at] for at in zone.below if at < zone.last and not pieces[at].reason]
            sure = signatures.last_line(below) if told or seen is None else None
        if sure and (told is None or not is_weak(sure, site)):
            return sure, "byline"
        if told is None:
            names = (seen[0] if seen else None) or signatures.in_state(root, titles)
            return (names, "byline") if names else None
    if sure is None:
        return told
    said = key(" ".join(lines))
    people, heads = sure.split(", "), [key(name) for name in told[0].split(", ")]
    more = [name for name in people if key(name) not in heads]
    if key(people[0]) in said and not any(name in said for name in heads):
        return sure, "byline"  # the byline is right, and has none of the head's people
    if len(more) == len(people) - len(heads) > 0 and all(is_person(name) for name in more):
        return sure, "byline"  # it names them and others
    return told


def _when(
    root: HtmlElement,
    head: Head,
    marked: Shown,
    around: list[Piece],
    address: str,
    about: About,
    latest: dt.date,
    *,
    guess: bool = True,
) -> None:
    published, modified = head_dates(head, latest)
    lines = [piece.text for piece in around if len(piece.text) < 220]
    signed = {piece.text for piece in around if piece.reason == "byline"}
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
        if line in signed or is_byline(line) or (is_label(line) and not line.endswith(".")):
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
        if about.author is None and (names := signatures.signed_by(line)):
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
