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
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.clean.decode import decode, not_text
from pipeline.clean.pieces import mark_of
from pipeline.clean.tame import WORTH_A_LOOK, tame_page
from pipeline.gate import REACH, SHORT_TEXT, flat, may_learn, speaks, spellings
from schemas.errors import ReadError
from schemas.records import Page

PAGE_REACH: Final = 200  # the same on a page, where menus and captions stand between
SHORT_PAGE: Final = 1_500  # visible characters of a page below which it is read in any case
LONGEST: Final = 20_000_000  # bytes of a page that are looked at, as in pipeline.clean
MOST_TAGS: Final = 15_000  # tags from which nesting may be absurd: lexbor needs half a second for so many, a minute for ten times
LARGE: Final = 2_000_000  # bytes from which a page is cut to what is read before it is parsed: lexbor needs 17 times its size
_NOTHING: Final = "no figure near a word about models, training or their machines"
READ_AT_MOST = 400_000  # characters of text that are looked at; cleaning reads no further (clean.tame)

_LINES: Final = frozenset(
    ["li", "div", "h2", "h3", "h4", "h5", "h6"]
)  # that are no part of the text if all of them is a link
_WRAPPERS: Final = _LINES | frozenset(["span", "b", "strong", "em", "i"])
SMALL_PART: Final = 600  # characters of a part that its name alone makes furniture
_NAMED_PARTS: Final = "div[class], div[id], section[class], ul[class], ol[class], li[class], p[class], aside"
_HEAD: Final = 60_000  # bytes or characters of a page that may belong to its head
_SOCIAL_TITLE: Final = re.compile(
    r"""<(?i:meta\b[^>]{0,200}?["'](?:og|twitter):title["'][^>]{0,600}>)"""  # the bare "<" is sought fast
)
_SOCIAL: Final = frozenset(["og", "OG", "er", "ER", b"og", b"OG", b"er", b"ER"])  # before ":title"


__all__ = [
    "PAGE_REACH",
    "REACH",
    "SHORT_PAGE",
    "SHORT_TEXT",
    "Verdict",
    "flat",
    "judge",
    "may_learn",
    "speaks",
    "spellings",
    "visible",
    "without_menus",
]


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


def _text(tree: LexborHTMLParser) -> str:
    """Return the text of a tree, not flat; \"\" for an empty one."""
    root = tree.root  # half of a page's text is white space between its tags
    return root.text(deep=True, separator="\n", skip_empty=True) if root is not None else ""


def _shown(tree: LexborHTMLParser) -> str:
    """Return the text of a tree, flat."""
    return flat(_text(tree))


def visible(markup: str | bytes) -> str:
    """Return the visible text of a page's markup, flat, its title tag first.

    Only scripts and styles are left out: what a style sheet hides counts as visible here.
    """
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style"])
    return _shown(tree)


def _drop_named_parts(tree: LexborHTMLParser) -> None:
    """Take small parts out of a tree that are furniture by the names of their markup: cleaning cuts them too.

    Cleaning takes such names back where a part holds a good share of the page's text, so only small ones count.
    """
    most = min(SMALL_PART, len(_shown(tree)) // 10)
    chosen: dict[int, LexborNode] = {}
    for part in tree.css(_NAMED_PARTS):
        told = part.attributes
        names = f"{told.get('class') or ''} {told.get('id') or ''}"
        if (part.tag == "aside" or mark_of(names)) and len(part.text(deep=True)) <= most:
            chosen[part.mem_id] = part
    for part in list(chosen.values()):
        above = part.parent
        while above is not None and above.mem_id not in chosen:
            above = above.parent
        if above is not None:
            del chosen[part.mem_id]  # it goes with the one around it
    for part in chosen.values():
        part.decompose()


def without_menus(tree: LexborHTMLParser) -> str:
    """Return the visible text without menus, small furniture, and lines that are one link: other pages' headlines.

    Only the headline may be a link itself; a paragraph that is one is kept too. The tree loses them.
    """
    tree.strip_tags(["nav", "footer"])
    _drop_named_parts(tree)
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
    return _shown(tree)


def _title(tree: LexborHTMLParser) -> str | None:
    """Return the text of the title tag, for a page that is passed over."""
    found = tree.css_first("title")
    return flat(found.text()) or None if found is not None else None


def _social_titles(markup: str | bytes) -> str:
    """Return the meta elements near the top that give the title for other sites, as they are written."""
    mark = ":title" if isinstance(markup, str) else b":title"
    at = -1
    out = ""
    while (at := markup.find(mark, at + 1, _HEAD)) >= 0:  # type: ignore[arg-type]
        if markup[at - 2 : at] not in _SOCIAL:
            continue
        head = markup[max(0, at - 220) : at + 630]
        told = head if isinstance(head, str) else head.decode("utf-8", "replace")
        out += "".join(f" {flat(match[0])}" for match in _SOCIAL_TITLE.finditer(told))
    return out


def _parsed(page: Page) -> tuple[LexborHTMLParser, str, str]:
    """Return a page's tree without scripts and styles, its visible text (not flat), and the titles for other sites.

    lexbor reads UTF-8 and puts a mark wherever bytes are none: only a page that shows one is decoded.
    Raises ReadError for what is no text.
    """
    body = page.body[:LONGEST]
    if not_text(body) is None and b"\x00" not in body[:2000] and b"\x1b" not in body:
        tree = LexborHTMLParser(body)
        tree.strip_tags(["script", "style"])
        shown, social = _text(tree), _social_titles(body)
        if "\ufffd" not in shown and "\ufffd" not in social:
            return tree, shown, social
    markup = decode(body, declared=page.charset, name=page.source)[0]
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style"])
    return tree, _text(tree), _social_titles(markup)


def _is_long(text: str) -> bool:
    """Whether a page's text is surely no short one, however its white space is folded."""
    for some in (text[: 2 * SHORT_PAGE], text[: 20 * SHORT_PAGE]):
        if len(some) - sum(map(some.count, " \n\t\r\xa0\u3000")) >= SHORT_PAGE:
            return True
    return False


def judge(page: Page) -> Verdict:
    """Say whether a page may hold a fact. Never raises; what can't be decoded is for the road to say."""
    social = ""
    tree = None
    told = flat(" ".join(page.hints.values())) if page.hints else ""
    try:
        size = len(page.body)
        if size >= WORTH_A_LOOK and (
            size > LARGE or (page.media == "html" and page.body.count(b"<") > MOST_TAGS)
        ):
            page, _ = tame_page(page)
        if page.media == "html":
            tree, shown, social = _parsed(page)
            if (
                len(shown) <= READ_AT_MOST
                and _is_long(shown)
                and not may_learn(f"{shown}{social} {told}" if told else shown + social)
            ):
                return Verdict(False, _NOTHING, title=page.hints.get("title") or _title(tree))
            shown = flat(shown) + social
        else:
            text, _ = decode(page.body[:LONGEST], declared=page.charset, name=page.source)
            shown = flat(text[:LARGE])
    except ReadError as err:
        return Verdict(True, err.reason, by_size=True)
    short, reach = (SHORT_TEXT, REACH) if page.media == "clean" else (SHORT_PAGE, PAGE_REACH)
    if len(shown) < short:
        return Verdict(True, "short", by_size=True)
    shown = shown[:READ_AT_MOST]
    word = speaks(f"{shown} {told}" if told else shown, reach=reach)
    title = page.hints.get("title") or (_title(tree) if tree is not None and not word else None)
    if word and tree is not None and not (told and speaks(told, reach=reach)):
        title = title or _title(tree)
        own = without_menus(tree)[:READ_AT_MOST]  # a page in ten comes so far
        word = speaks(f"{own} {told} {social}", reach=reach)
    if word:
        return Verdict(True, word)
    return Verdict(False, _NOTHING, title=title)
