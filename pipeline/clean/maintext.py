"""Where on a page the article is.

The region is the innermost part of the page that holds most of its running text; names that page
builders give to an article's body count as hints, link density and position decide.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

import trafilatura

from pipeline.clean.pieces import Node, Piece, key

_BODY_NAME = re.compile(
    r"(?:^|[\s_-])(?:article|post|entry|story|news|blog|page|content|main|item|node)?"
    r"(?:[\s_-]*)(?:articlebody|article[_-]*body|post[_-]*body|entry[_-]*content|post[_-]*content|article[_-]*content"
    r"|story[_-]*body|story[_-]*content|article[_-]*text|body[_-]*copy|body[_-]*text|content[_-]*body|post[_-]*text"
    r"|news[_-]*body|news[_-]*content|news[_-]*text|field-name-body|field--name-body|field-body|markdown-body"
    r"|theme-doc-markdown|body[_-]*content|story[_-]*text|blog[_-]*content|rich[_-]*text)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
END_MARK = re.compile(r"[.!?…。！？:：;；؟।॥][\"'”’»」』）)\]]{0,3}\s*$")


#: Scripts that say more in a character; scripts that close no sentence with a mark (Thai, Lao, Burmese, Khmer).
_WIDE = re.compile("[\u2e80-\uffdc]")
_UNMARKED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def _worth(piece: Piece) -> float:
    """How much running text a piece is: characters outside links, weighted by sentence shape."""
    size = len(piece.text)
    free = size - piece.linked
    if piece.kind == "heading" or size < 20 or piece.linked * 2 > size:
        return 0.0
    wide = 1.0
    ends = END_MARK.search(piece.text[-8:]) is not None
    if not piece.text.isascii():
        sample = piece.text[:200]
        wide += len(_WIDE.findall(sample)) / len(sample) * 1.5
        ends = ends or len(_UNMARKED.findall(sample)) > 0.5 * len(sample)
    worth = free * wide
    if piece.kind in ("list_item", "table_row"):
        worth *= 0.5
    if worth >= 80 and ends:
        return worth
    if worth >= 140:
        return worth * 0.7
    return worth * 0.25 if ends else 0.0


@dataclass(slots=True)
class Region:
    """Where the article is: its node, and [first, last) of the pieces that stand in it."""

    node: int
    first: int
    last: int


def weigh(nodes: list[Node], pieces: list[Piece]) -> list[float]:
    """Fill the nodes' sums of text and worth; return the worth of each piece."""
    worths = [_worth(piece) for piece in pieces]
    for piece, worth in zip(pieces, worths, strict=True):
        node = nodes[piece.node]
        node.text += len(piece.text)
        node.good += worth
        node.pieces += 1
        node.rich += worth >= 150 and piece.linked < 0.2 * len(piece.text)
    for index in range(len(nodes) - 1, 0, -1):
        parent = nodes[nodes[index].parent]
        parent.text += nodes[index].text
        parent.good += nodes[index].good
        parent.pieces += nodes[index].pieces
        parent.rich += nodes[index].rich
    return worths


def headline_pieces(pieces: list[Piece], keys: Container[str]) -> list[int]:
    """Return the indexes of the pieces that repeat the page's title (keys as key() makes them)."""
    return [at for at, piece in enumerate(pieces) if len(piece.text) < 400 and key(piece.text) in keys]


def void_marks(nodes: list[Node], pieces: list[Piece], headlines: list[int]) -> None:
    """Take back the marks of parts that hold the headline of the page, or nearly all of its text."""
    holding: set[int] = set()
    for at in headlines:
        if pieces[at].kind != "heading":
            continue
        index = pieces[at].node
        while index > 0:
            holding.add(index)
            index = nodes[index].parent
    total = nodes[0].good
    bodied: set[int] = set()
    for node in nodes:
        if node.rich and node.mark is None and node.names and _BODY_NAME.search(node.names):
            above = node.parent
            while above > 0 and 2 * node.good > nodes[above].good:
                bodied.add(above)
                above = nodes[above].parent
    for index, node in enumerate(nodes):
        if node.mark is None:
            continue
        strong = node.mark[2]
        if index in bodied and node.mark[1].startswith("part-") and node.mark[0] in _NEVER_LONG:
            node.mark = None  # it holds what its own names call the body of an article
            continue
        if (index in holding and not strong and node.good > 0.25 * total and node.good > 0) or (
            node.good > total * (0.9 if strong else 0.75) and node.good > 300
        ):
            node.mark = None


#: Kinds of furniture that never hold several long paragraphs.
_NEVER_LONG = ("navigation", "boilerplate", "newsletter", "share", "byline", "credit", "caption")
_FIRM = (
    "tag-nav",
    "tag-footer",
    "tag-menu",
    "role-navigation",
    "role-contentinfo",
    "part-cookie",
    "part-comments",
)


def free_marks(nodes: list[Node], pieces: list[Piece], worths: list[float]) -> None:
    """Carry the marks down; where nearly all running text is marked, take the greatest mark back.

    A name such as "content-with-sidebar" on a part that holds the article is no furniture.
    """
    for _ in range(6):
        carry_marks(nodes, pieces)
        free = sum(worth for piece, worth in zip(pieces, worths, strict=True) if not piece.reason)
        if free >= 0.3 * nodes[0].good:
            return
        marked = [node for node in nodes if node.mark is not None and node.mark[1] not in _FIRM]
        greatest = max(marked, key=lambda node: node.good, default=None)
        if greatest is None or greatest.good <= max(free, 0.2 * nodes[0].good):
            return
        greatest.mark = None


def mark_forms(nodes: list[Node]) -> None:
    """Mark the small boxes that an input field stands in: sign-up forms, searches, polls."""
    for node in nodes:
        if not node.fields:
            continue
        box = node
        while box.parent > 0 and nodes[box.parent].text <= 350 and nodes[box.parent].good < 160:
            box = nodes[box.parent]
        if box.text <= 600 and box.mark is None and box.parent >= 0:
            box.mark = ("newsletter", "box-with-field", False)


def carry_marks(nodes: list[Node], pieces: list[Piece]) -> None:
    """Give each piece the mark of the outermost marked part that it stands in."""
    marks: list[tuple[str, str, bool] | None] = [None] * len(nodes)
    for index, node in enumerate(nodes):
        above = marks[node.parent] if index else None
        marks[index] = above or node.mark
    for piece in pieces:
        mark = marks[piece.node]
        piece.reason, piece.rule = (mark[0], mark[1]) if mark is not None else ("", "")


def _with_its_likes(nodes: list[Node], good: list[float], best: int) -> int:
    """Return the part that holds best and all parts of the same name, where the text is spread over them."""
    alike = [at for at, node in enumerate(nodes) if node.names == nodes[best].names and good[at] > 0]
    if len(alike) < 2 or not _BODY_NAME.search(nodes[best].names):
        return best
    signed = sum(nodes[at].element.find(".//time") is not None for at in alike)
    if 2 * signed > len(alike) or good[best] > 0.65 * sum(good[at] for at in alike):
        return best  # posts of a thread, each with its hour; or hardly anything elsewhere
    common = best
    for other in alike:
        above = {other}
        index = other
        while index > 0:
            index = nodes[index].parent
            above.add(index)
        while common not in above:
            common = nodes[common].parent
    if sum(1 for _ in nodes[common].element.iter("h1")) > 1 or len({nodes[at].parent for at in alike}) == 1:
        return best  # several articles on one page
    return common if good[common] >= 1.15 * good[best] else best


_HOLDERS = frozenset(["article", "main", "div", "section", "td", "body", "center", "form", "amp-story"])


def find_region(nodes: list[Node], pieces: list[Piece], worths: list[float]) -> Region:
    """Return the innermost part that holds most of the unmarked running text."""
    good = [0.0] * len(nodes)
    for piece, worth in zip(pieces, worths, strict=True):
        if not piece.reason:
            good[piece.node] += worth
    for index in range(len(nodes) - 1, 0, -1):
        good[nodes[index].parent] += good[index]
    children: dict[int, list[int]] = {}
    for index in range(1, len(nodes)):
        children.setdefault(nodes[index].parent, []).append(index)
    best = 0
    hinted = [
        index
        for index, node in enumerate(nodes)
        if good[index] > 0
        and node.tag in _HOLDERS
        and (_BODY_NAME.search(node.names) or node.tag in ("article", "main"))
    ]
    if hinted:
        top = max(good[index] for index in hinted)
        near = [index for index in hinted if good[index] >= top * 0.9]
        if top >= good[0] * 0.4:
            best = near[-1] if _BODY_NAME.search(nodes[near[-1]].names) else near[0]
            best = _with_its_likes(nodes, good, best)
    while True:
        inside = children.get(best, [])
        if not inside:
            break
        child = max(inside, key=lambda index: good[index])
        if good[child] < good[best] * 0.8 or good[child] <= 0:
            break
        if nodes[child].tag in ("p", "blockquote", "ul", "ol", "table", "tr", "td", "li", "pre") and (
            nodes[child].tag in ("p", "pre", "li")
            or (good[child] < good[best] * 0.95 and nodes[child].rich < nodes[best].rich)
        ):
            break
        best = child
    inside_flags = [False] * len(nodes)
    inside_flags[best] = True
    for index in range(best + 1, len(nodes)):
        inside_flags[index] = inside_flags[nodes[index].parent]
    positions = [at for at, piece in enumerate(pieces) if inside_flags[piece.node]]
    if not positions:
        return Region(best, 0, 0)
    return Region(best, positions[0], positions[-1] + 1)


def own_article(
    nodes: list[Node], pieces: list[Piece], worths: list[float], region: Region, keys: Container[str]
) -> Region:
    """Return the part of a region that is the page's own article, where others follow with headlines of their own.

    keys: of the titles that the head gives.
    """
    heads: dict[int, list[int]] = {}
    for at in range(region.first, region.last):
        if pieces[at].kind != "heading" or pieces[at].level != 1:
            continue
        index = pieces[at].node
        while index > 0 and nodes[index].tag != "article":
            index = nodes[index].parent
        if index > 0:
            heads.setdefault(index, []).append(at)
    own = [index for index, found in heads.items() if any(key(pieces[at].text) in keys for at in found)]
    if len(heads) < 2 or len(own) != 1 or nodes[own[0]].good < 300:
        return region
    inside = [False] * len(nodes)
    inside[own[0]] = True
    for index in range(own[0] + 1, len(nodes)):
        inside[index] = inside[nodes[index].parent]
    places = [at for at in range(region.first, region.last) if inside[pieces[at].node]]
    return Region(own[0], places[0], places[-1] + 1)


def is_listing(pieces: list[Piece], region: Region, worths: list[float]) -> bool:
    """Whether a region is a list of other pages: linked headings, each with a few lines at most."""
    linked = headings = 0
    longest = current = 0.0
    for at in range(region.first, region.last):
        piece = pieces[at]
        alone = piece.linked >= 0.85 * len(piece.text)
        if piece.kind == "heading" or (alone and 25 < len(piece.text) < 200):
            headings += 1
            linked += alone
            longest, current = max(longest, current), 0.0
        elif not piece.reason:
            current += worths[at]
    longest = max(longest, current)
    return linked >= 6 and linked >= 0.7 * headings and longest < 700


def second_opinion(
    markup: str, pieces: list[Piece], worths: list[float], kept: float, region: Region
) -> Region | None:
    """Ask trafilatura where little was found; follow it where it finds considerably more.

    kept: worth of what was found in region. Returns a region that holds both its text and the former one, so
    that every word of either is kept or cut; what it leaves out is then marked.
    """
    told = trafilatura.extract(markup, fast=True, include_comments=False, deduplicate=False) or ""
    lines = {key(line) for line in told.replace("|", "\n").split("\n")} - {""}
    whole = key(told)
    chosen = [
        at for at, piece in enumerate(pieces)
        if (own := key(piece.text)) and (own in lines or (len(own) > 30 and own in whole))
    ]  # fmt: skip
    if sum(worths[at] for at in chosen) < max(1.6 * kept, 200.0):
        return None
    wanted = set(chosen)
    first, last = chosen[0], chosen[-1] + 1
    if region.first < region.last:
        first, last = min(region.first, first), max(region.last, last)
    for at in range(first, last):
        piece = pieces[at]
        if at in wanted:
            piece.reason, piece.rule = "", ""
        elif not piece.reason:
            piece.reason, piece.rule = "boilerplate", "second-opinion"
    return Region(0, first, last)
