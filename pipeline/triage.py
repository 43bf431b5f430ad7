"""May a page hold a fact at all? One fast parse, the visible text, one scan for words of the trade.

A figure is a fact about a model only where something within reach of it speaks of models, of training
or of the machines for it. Raw bytes say nothing of that (scripts and menus name everything), so the
visible text is scanned: decoded, parsed by lexbor, freed from scripts and styles. The words are
gathered from the rules that read the figures (rules/triage.toml names the lists), the figures are
read by the reader of numbers itself.

The road past this gate asks the same question of the cleaned text (`speaks`, with a shorter reach),
so that what the gate passes over is what the whole road would have found nothing in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

import ahocorasick_rs
from selectolax.lexbor import LexborHTMLParser

from pipeline import rulebook
from pipeline.clean.decode import decode, not_text
from pipeline.clean.tame import tame_page
from pipeline.numbers import read_quantities
from schemas.errors import ReadError, RuleError
from schemas.records import Page, Quantity

REACH: Final = 150  # characters between a word and its figure in a clean text
PAGE_REACH: Final = 200  # the same on a page, where menus and captions stand between
SHORT_TEXT: Final = 1_500  # characters of a clean text below which it is read in any case
SHORT_PAGE: Final = 2_000  # visible characters of a page below which it is read in any case
LONGEST: Final = 20_000_000  # bytes of a page that are looked at, as in pipeline.clean
MOST_TAGS: Final = 15_000  # tags from which nesting may be absurd: lexbor needs half a second for so many, a minute for ten times
READ_AT_MOST = 400_000  # characters of text that are looked at; cleaning reads no further (clean.tame)

TIERS: Final = ("strong", "training", "topic")
_TRAINING_UNITS: Final = frozenset(
    ["kWh", "J", "kg", "kgCO2e", "FLOP", "hour", "day", "week", "fortnight", "month", "fold"]
)
_TOPIC_UNITS: Final = frozenset(["kWh", "kgCO2e", "FLOP"])
_MONEY: Final = re.compile(r"[A-Z]{3}\Z")
_INVISIBLE_MARKS: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_INVISIBLE: Final = re.compile(f"[{_INVISIBLE_MARKS}]+")
_LINES: Final = frozenset(
    ["li", "div", "h2", "h3", "h4", "h5", "h6"]
)  # that are no part of the text if all of them is a link
_WRAPPERS: Final = _LINES | frozenset(["span", "b", "strong", "em", "i"])
#: Without any of these a stretch of text holds no million, no unit's figure in digits, nothing to read.
_WORTH_READING: Final = re.compile(
    r"\d|ill?ion|hundred|thousand|dozen|fold|lakh|crore|tens of|week|month|hour|day|Wh\b|[$€£¥₹]"
)
_NUMBER: Final = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundreds?|thousands?|"
    r"millions?|billions?|trillions?|dozens?|half|couple|few|several|one|an?)\b",
    re.IGNORECASE,
)
_SOCIAL_TITLE: Final = re.compile(
    r"""<meta\b[^>]{0,200}?["'](?:og|twitter):title["'][^>]{0,600}>""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page may hold a fact, and why, in words.

    may:     False only if nothing in reach of a figure speaks of models, training or their machines.
    by_size: it is read for its shortness alone.
    title:   what the page calls itself, for a page passed over; or None.
    """

    may: bool
    why: str
    by_size: bool = False
    title: str | None = None


# ---------------------------------------------------------------- words, gathered from the rules


def spellings(pattern: str, *, most: int = 60) -> frozenset[str]:
    """Return the words, in lower case, that a simple regular expression can match.

    A word that may go on in any way ("pretrain\\w*") ends in "*". What is no list of words (classes,
    look-arounds, long repeats) is left out. Used for lists of cues, which are plain words with endings.
    """
    try:
        parsed = sre_parser.parse(pattern, re.IGNORECASE)
    except re.error as err:
        raise RuleError(f"triage: {pattern!r} is no regular expression: {err}") from err

    def walk(items: Any) -> list[str] | None:
        out = [""]
        for op, value in items:
            if op is sre.LITERAL:
                more: list[str] | None = [chr(value).lower()]
            elif op is sre.SUBPATTERN:
                more = walk(value[3])
            elif op is sre.BRANCH:
                branches = [walk(branch) for branch in value[1]]
                more = [word for branch in branches if branch is not None for word in branch]
            elif op is sre.IN and all(kind is sre.LITERAL for kind, _ in value):
                more = [chr(code).lower() for _, code in value]
            elif op is sre.MAX_REPEAT or op is sre.MIN_REPEAT:
                low, high, inner = value
                if low == 0 and high == 1:
                    inside = walk(inner)
                    more = ["", *inside] if inside is not None else [""]
                elif low == 0:
                    return [word if word.endswith("*") else word + "*" for word in out]
                else:
                    return None
            elif op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
                more = [""]
            else:
                return None
            if more is None:
                return None
            out = [left + right for left in out for right in more][:most]
        return out

    return frozenset(word.strip() for word in walk(parsed) or [] if len(word.strip(" *")) > 1)


def _listed(source: str, shortest: int) -> set[str]:
    """Return the words of one list: "file.txt", "file.csv:column" or "file.toml:table.key"."""
    name, _, place = source.partition(":")
    if name.endswith(".txt"):
        words = [line for line in rulebook.lines(name) if not line.endswith("?")]
        return {word for word in words if len(word) >= shortest}
    if name.endswith(".csv"):
        words = [row[place] for row in rulebook.table(name)]
        return {word for word in words if len(word) >= shortest and any(c.isdigit() for c in word)}
    table: Any = rulebook.toml(name)
    for key in place.split("."):
        table = table[key]
    return {word for pattern in table for word in spellings(pattern)}


@cache
def _vocabulary() -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[str, bool, str], ...]]:
    """Return the automaton, and for each of its words: tier, whether any ending may follow, spelling if it matters."""
    told = rulebook.toml("triage.toml")
    tiers: dict[str, tuple[str, bool, str]] = {}
    for tier in TIERS:
        entry = told[tier]
        words = {
            word for source in entry.get("from", []) for word in _listed(source, entry.get("shortest", 2))
        }
        if "only" in entry:
            words = {word for word in words if word.startswith(tuple(entry["only"]))}
        for word in sorted((words | set(entry["words"])) - set(entry.get("without", []))):
            bare = word.rstrip("*")
            low = bare.lower()
            if low and low not in tiers:
                tiers[low] = (tier, word.endswith("*"), bare if bare != low else "")
    names = sorted(tiers)
    return ahocorasick_rs.AhoCorasick(names, implementation=ahocorasick_rs.Implementation.DFA), tuple(
        tiers[name] for name in names
    )


# ---------------------------------------------------------------- the question


def _counts(tier: str, quantity: Quantity) -> bool:
    """Whether a figure in reach of a word of this tier may be a fact."""
    unit = quantity.unit
    value = quantity.high if quantity.value is None else quantity.value
    if unit is not None and (unit.startswith("petaflop") or unit in _TOPIC_UNITS):
        return True
    if tier == "training":
        if unit is not None and (unit in _TRAINING_UNITS or _MONEY.match(unit)):
            return True
        return value is not None and value >= 10_000
    return value is not None and value >= 1_000_000


def flat(text: str) -> str:
    """Return a text with every run of white space as one blank, and without invisible characters."""
    if not text.isascii() and any(mark in text for mark in _INVISIBLE_MARKS):
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def speaks(text: str, *, reach: int = REACH) -> str:
    """Return the word of the trade that has a figure in reach, or "" where none has.

    text: flat (see flat).   reach: characters on either side of the word.
    """
    automaton, tiers = _vocabulary()
    low = text.lower()
    length = len(low)
    read_to = {"training": 0, "topic": 0}
    for index, start, end in automaton.find_matches_as_indexes(low, overlapping=True):
        if start and low[start - 1].isalnum():
            continue
        tier, is_open, spelled = tiers[index]
        if spelled and text[start:end] != spelled and length == len(text):
            continue
        behind = low[end : end + 2]
        if not is_open and behind[:1].isalnum() and (behind[0] != "s" or behind[1:].isalnum()):
            continue
        first, last = max(0, start - reach), min(len(text), end + reach)
        if tier == "strong":
            # the word's own digits ("GPT-4") are no figure
            if _NUMBER.search(text, first, start) or _NUMBER.search(text, _word_end(low, end), last):
                return low[start:end]
            continue
        first = max(first, read_to[tier])
        if first >= last:
            continue
        read_to[tier] = max(first, last - 40)
        if _WORTH_READING.search(text, first, last) is None:
            continue
        if any(_counts(tier, quantity) for quantity in read_quantities(text, first, last)):
            return low[start:end]
    return ""


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace():
        at += 1
    return at


def visible(markup: str | bytes) -> str:
    """Return the visible text of a page's markup, flat, its title tag first.

    Only scripts and styles are left out: what a style sheet hides counts as visible here.
    """
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style"])
    root = tree.root
    return flat(root.text(deep=True, separator="\n")) if root is not None else ""


def without_menus(markup: str | bytes) -> str:
    """Return the visible text without menus, footers and lines that are one link: other pages' headlines.

    Only the headline may be a link itself; a paragraph that is one is kept too.
    """
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style", "nav", "footer"])
    for link in tree.css("li a, div > a, h2 > a, h3 > a, h4 > a, h5 > a, h6 > a"):
        holder = link.parent
        told = link.text(deep=True)
        while holder is not None and holder.tag in _WRAPPERS:
            if len(holder.text(deep=True).strip()) > len(told.strip()) + 3:
                break
            if holder.tag in _LINES:
                link.decompose()
                break
            holder = holder.parent
    root = tree.root
    return flat(root.text(deep=True, separator="\n")) if root is not None else ""


def _title(markup: bytes) -> str | None:
    """Return the text of the title tag, for a page that is passed over."""
    found = LexborHTMLParser(markup).css_first("title")
    return flat(found.text()) or None if found is not None else None


def _markup(page: Page) -> str | bytes:
    """Return a page's bytes where they are UTF-8 (lexbor's own encoding), else its characters.

    Raises ReadError for what is no text.
    """
    body = page.body[:LONGEST]
    if not_text(body) is None and b"\x00" not in body[:2000]:
        if body.isascii() and b"\x1b" not in body:
            return body
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return body
    return decode(body, declared=page.charset, name=page.source)[0]


def judge(page: Page) -> Verdict:
    """Say whether a page may hold a fact. Never raises; what can't be decoded is for the road to say."""
    try:
        if page.media == "html" and page.body.count(b"<") > MOST_TAGS:
            page, _ = tame_page(page)
        markup = _markup(page)
    except ReadError as err:
        return Verdict(True, err.reason, by_size=True)
    text = (
        markup
        if isinstance(markup, str)
        else markup.decode("utf-8", "replace")
        if page.media != "html"
        else ""
    )
    social = ""
    if page.media == "html":
        shown = visible(markup)
        head = markup[:60_000] if isinstance(markup, str) else markup[:60_000].decode("utf-8", "replace")
        social = "".join(f" {flat(match[0])}" for match in _SOCIAL_TITLE.finditer(head))
        shown += social
    else:
        shown = flat(text)
    short, reach = (SHORT_TEXT, REACH) if page.media == "clean" else (SHORT_PAGE, PAGE_REACH)
    if len(shown) < short:
        return Verdict(True, "short", by_size=True)
    shown = shown[:READ_AT_MOST]
    told = " ".join(page.hints.values())
    word = speaks(f"{shown} {flat(told)}" if told else shown, reach=reach)
    if word and page.media == "html" and not (told and speaks(flat(told), reach=reach)):
        own = without_menus(markup)[:READ_AT_MOST]  # a page in ten comes so far
        word = speaks(f"{own} {flat(told)} {social}", reach=reach)
    if word:
        return Verdict(True, word)
    title = page.hints.get("title") or (_title(page.body[:60_000]) if page.media == "html" else None)
    return Verdict(False, "no figure near a word about models, training or their machines", title=title)
