"""Furniture told by its place and shape alone: quotes lifted from the text, captions under pictures, calls to
action, single times, and what stands behind the last paragraph.

No rule here reads words: repetition, position, links, dress and signs decide.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from lxml.html import HtmlElement

from pipeline.clean.maintext import END_MARK, Region
from pipeline.clean.pieces import Node, Piece, key

_QUOTED = re.compile(r"^\s?[\"'“”„‘«»「『].{8,400}[\"'”“’»«」』][.,]?\s?$", re.DOTALL)
_BOX_TAGS = frozenset(
    ["blockquote", "aside", "figure", "td", "table", "section", "q", "center", "div", "span"]
)


def _box_of(nodes: list[Node], index: int, region: Region, most: int) -> int:
    """Return the outermost part around a node that holds at most so many characters and is not the region."""
    while (
        index > 0 and nodes[index].parent not in (0, region.node) and nodes[nodes[index].parent].text <= most
    ):
        index = nodes[index].parent
    return index


def _inside(nodes: list[Node], index: int, box: int) -> bool:
    while index > box:
        index = nodes[index].parent
    return index == box


def lifted_quotes(nodes: list[Node], pieces: list[Piece], region: Region) -> list[int]:
    """Return the indexes of pieces that repeat a sentence of the text in a box or in quotation marks.

    The name under such a quote goes with it. A quote that the text has only there stays.
    """
    span = range(region.first, region.last)
    maybe = []
    for at in span:
        piece = pieces[at]
        size = len(piece.text)
        if piece.reason or not 12 <= size <= 320 or piece.kind not in ("paragraph", "quote"):
            continue
        node = nodes[piece.node]
        quoted = _QUOTED.match(piece.text) is not None
        boxed = piece.kind == "quote" or node.tag in _BOX_TAGS or node.text != nodes[node.parent].text - size
        apart = node.parent != region.node and nodes[node.parent].text <= size + 160
        if quoted or piece.kind == "quote" or (boxed and apart):
            maybe.append(at)
    if not maybe:
        return []
    running = [
        pieces[at].text
        for at in span
        if not pieces[at].reason
        and pieces[at].kind in ("paragraph", "list_item")
        and len(pieces[at].text) > 60
    ]
    keys = [key(text) for text in running]
    gone: list[int] = []
    for at in maybe:
        piece = pieces[at]
        said = _less_name(piece, nodes[piece.node].element)
        own = key(said)
        if len(own) < 10 or (own.isascii() and len(said.split()) < (4 if piece.kind == "quote" else 6)):
            continue  # a name, a slogan
        apart = piece.kind == "quote" or nodes[nodes[piece.node].parent].text <= len(piece.text) + 160
        again = any(own in other and len(other) > 1.2 * len(own) for other in keys)
        if not again and apart:
            again = _nearly_said(said, running)
        if not again:
            continue
        gone.append(at)
        box = _box_of(nodes, piece.node, region, len(piece.text) + 90)
        for beside in range(max(region.first, at - 2), min(region.last, at + 3)):
            other = pieces[beside]
            short = len(other.text) < 80 and not END_MARK.search(other.text)
            if beside != at and not other.reason and short and _inside(nodes, other.node, box):
                gone.append(beside)
    return gone


def _less_name(piece: Piece, element: HtmlElement) -> str:
    """Return a quote's text without the name that its markup puts behind it."""
    for part in element.iter("cite", "small", "footer"):
        name = " ".join("".join(part.itertext()).split())
        if name and piece.text.endswith(name):
            return piece.text.removesuffix(name).rstrip(" —–-\n")
    return piece.text


def _nearly_said(text: str, running: list[str]) -> bool:
    """Whether a short text stands in another with a word or two changed."""
    words = re.findall(r"\w+", text.casefold())
    if not 6 <= len(words) <= 45:
        return False
    own = set(words)
    for other in running:
        if len(other) <= 1.2 * len(text):
            continue
        there = re.findall(r"\w+", other.casefold())
        if len(own.intersection(there)) < 0.8 * len(own):
            continue
        found = SequenceMatcher(None, words, there, autojunk=False).get_matching_blocks()
        same = [block for block in found if block.size]
        reach = same[-1].b + same[-1].size - same[0].b if same else 0
        if sum(block.size for block in same) >= 0.8 * len(words) and reach <= 1.4 * len(words):
            return True
    return False


_SMALL_DRESS = frozenset(["small", "em", "i", "font", "figcaption", "cite", "sub", "sup"])
_CENTRED = re.compile(r"text-align:\s?center|float:\s?(?:left|right)", re.IGNORECASE)


def _dressed(element: HtmlElement, size: int) -> bool:
    """Whether nearly all of an element's text, size characters, is small, slanted or in another letter."""
    found = 0
    for part in element.iter(*_SMALL_DRESS):
        found = max(found, len("".join(part.itertext()).strip()))
    return found >= 0.9 * size


def _is_centred(element: HtmlElement) -> bool:
    return (
        element.tag == "center"
        or (element.get("align") or "").lower() in ("center", "middle", "left", "right")
        or _CENTRED.search(element.get("style") or "") is not None
    )


def captions(nodes: list[Node], pieces: list[Piece], region: Region, worths: list[float]) -> list[int]:
    """Return the indexes of short lines that stand under a picture in a box with it, or right behind one.

    Where such lines are a quarter of the text, they are the text.
    """
    found: list[int] = []
    for at in range(region.first, region.last):
        piece = pieces[at]
        size = len(piece.text)
        if piece.reason or size > 300 or piece.linked * 2 > size:
            continue
        if piece.kind not in ("paragraph", "quote") and nodes[piece.node].tag != "dd":
            continue
        if _under_picture(nodes, piece, region):
            found.append(at)
    total = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    return [] if sum(worths[at] for at in found) > 0.2 * total else found


def _under_picture(nodes: list[Node], piece: Piece, region: Region) -> bool:
    size = len(piece.text)
    node = nodes[piece.node]
    if node.text > size + 90:
        return False  # loose text in a greater part
    own = node.element
    before = own.getprevious()
    pictured = before is not None and next(before.iter("img", "picture"), None) is not None
    if pictured and not "".join(before.itertext()).strip() and size < 220 and _dressed(own, size):
        return True
    index = piece.node
    for _ in range(4):
        if index in (0, region.node) or nodes[index].text > size + 90:
            return False
        element = nodes[index].element
        if next(element.iter("img", "picture"), None) is not None:
            if index != piece.node:
                # a box of picture and line; a long paragraph beside a picture is text
                return nodes[index].tag in (
                    "table",
                    "dl",
                    "div",
                    "span",
                    "center",
                    "tr",
                    "td",
                    "figure",
                ) and (size < 160 or _dressed(own, size))
            return size < 220 and (_is_centred(element) or _dressed(own, size))
        index = nodes[index].parent
    return False


#: A line that is an hour and nothing else, with at most a word before it; the hands of a player.
_HOUR = re.compile(
    r"^(?:[^\W\d_]{2,12}:?\s(?:at\s|um\s|à\s)?)?\d{1,2}[:.h]\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?\s?(?:[A-Z]{2,5}|Uhr|时|時)?$"
    r"|^\d{1,2}:\d{2}\s?/\s?\d{1,2}:\d{2}$",
    re.IGNORECASE,
)


def lone_hours(pieces: list[Piece], region: Region) -> list[int]:
    """Return the indexes of lines that are an hour alone, as entries of a live blog have them, or a picture sign."""
    return [
        at
        for at in range(region.first, region.last)
        if not pieces[at].reason
        and pieces[at].kind in ("paragraph", "heading")
        and len(pieces[at].text) < 32
        and (
            _HOUR.match(pieces[at].text)
            or all(unicodedata.category(char) in ("So", "Mn", "Cf") for char in pieces[at].text)
        )
    ]


def calls(nodes: list[Node], pieces: list[Piece], region: Region) -> list[int]:
    """Return the indexes of pieces in small boxes that end in a link of their own: calls to action."""
    found: list[int] = []
    for at in range(region.first + 1, region.last):
        piece = pieces[at]
        size = len(piece.text)
        if piece.reason or not 3 <= size <= 40 or piece.linked < 0.9 * size or piece.kind != "paragraph":
            continue
        if piece.links[0].href.startswith("#") and len(piece.links[0].href) > 1:
            continue
        box = _box_of(nodes, piece.node, region, 330)
        if (
            nodes[box].tag not in ("div", "aside", "section")
            or nodes[box].good > 200
            or not 2 <= nodes[box].pieces <= 5
        ):
            continue
        inside = [
            other
            for other in range(max(region.first, at - 5), at + 1)
            if _inside(nodes, pieces[other].node, box)
        ]
        if len(inside) == nodes[box].pieces and pieces[inside[0]].linked == 0:
            found += [other for other in inside if not pieces[other].reason]
    return found


_MAIL = re.compile(r"\b[\w.+-]{1,40}(?:@|\s?\[at\]\s?)[\w-]{1,60}\.[\w.-]{2,40}")
_PHONE = re.compile(r"(?:\+\d{1,3}[\s.(-]|\(?\d{2,5}\)?[\s./-])\(?\d{2,5}\)?(?:[\s./-]\d{2,5}){1,4}")
#: A line that is an address of the web, with a label or a number before it.
_ADDRESS = re.compile(r"^(?:\[\d{1,3}\]|[^.!?]{0,40}[:：(])?\s?https?://\S{4,250}\)?$")
_HASHTAGS = re.compile(r"^#[^\W\d]\S{1,40}(?:\s#\S{1,40}){0,15}$")
_BRACKETED = re.compile(r"^[(（\[【].{2,110}[)）\]】]$")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b|[★☆]|\b\d{1,6} (?:\w+, )?\w+:")


def ends(pieces: list[Piece], region: Region, at: int) -> tuple[str, str] | None:
    """Return (reason, rule) for a piece behind which nothing of the text follows, if its shape is furniture's."""
    piece = pieces[at]
    text, size = piece.text, len(piece.text)
    if piece.kind in ("table_row", "code", "quote", "list_item") or size > 300:
        return None
    below = at + 1 < region.last and pieces[at + 1].rule == "contact-at-end"
    ended = END_MARK.search(text) is not None and not text.endswith((":", "："))
    labelled = ":" in text[:60] or "：" in text[:60]
    if (_MAIL.search(text) and (size < 200 or labelled)) or (_PHONE.search(text) and (labelled or below)):
        return "boilerplate", "contact-at-end"
    if below and size <= 70 and not ended and "\n" not in text and not any(map(str.isdigit, text)):
        return "boilerplate", "contact-at-end"
    if piece.kind == "heading" or (text.endswith((":", "：")) and size <= 24):
        return ("boilerplate", "heads-nothing") if size < 120 else None
    if _HASHTAGS.match(text):
        return "navigation", "hashtags-at-end"
    lines = text.split("\n")
    if _ADDRESS.match(lines[-1]) and all(_ADDRESS.match(line) or line.endswith(":") for line in lines):
        return "related", "links-at-end"
    if _BRACKETED.match(text) and not END_MARK.search(text[:-1]):
        return "credit", "bracketed-at-end"
    if not ended and size <= 140 and (len(piece.links) >= 2 or _only_links(piece)):
        return "related", "links-at-end"
    if not ended and size <= 100 and _CLOCK.search(text):
        return "boilerplate", "stamp-at-end"
    return None


def _only_links(piece: Piece) -> bool:
    """Whether no letter stands outside a line's links."""
    if not piece.links:
        return False
    at, rest = 0, ""
    for link in piece.links:
        rest += piece.text[at : link.start]
        at = max(at, link.end)
    return not any(map(str.isalpha, rest + piece.text[at:]))
