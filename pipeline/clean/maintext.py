"""Which pieces of a page are the article: find its region, then judge what stands in it.

The region is the innermost part of the page that holds most of its running text; names that page
builders give to an article's body count as hints, link density and position decide. Inside it,
furniture goes with its reason, so that what is kept and what is cut account for the region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline import rulebook
from pipeline.clean.pieces import Node, Piece

_BODY_NAME = re.compile(
    r"(?:^|[\s_-])(?:article|post|entry|story|news|blog|page|content|main|item|node)?"
    r"(?:[\s_-]*)(?:articlebody|article[_-]*body|post[_-]*body|entry[_-]*content|post[_-]*content|article[_-]*content"
    r"|story[_-]*body|story[_-]*content|article[_-]*text|body[_-]*copy|body[_-]*text|content[_-]*body|post[_-]*text"
    r"|news[_-]*body|news[_-]*content|news[_-]*text|field-name-body|field--name-body|field-body|markdown-body"
    r"|theme-doc-markdown|body[_-]*content|story[_-]*text|blog[_-]*content|rich[_-]*text)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_END_MARK = re.compile(r"[.!?…。！？:：;；؟।॥][\"'”’»」』）)\]]{0,3}\s*$")


def _worth(piece: Piece) -> float:
    """How much running text a piece is: characters outside links, weighted by sentence shape."""
    size = len(piece.text)
    free = size - piece.linked
    if piece.kind == "heading" or size < 20 or piece.linked * 2 > size:
        return 0.0
    wide = 1.0
    if not piece.text.isascii():
        wide = (
            1.0 + sum(1 for char in piece.text[:200] if "\u2e80" <= char <= "\uffdc") / min(size, 200) * 1.5
        )
    worth = free * wide
    if piece.kind in ("list_item", "table_row"):
        worth *= 0.5
    if worth >= 80 and _END_MARK.search(piece.text[-8:]):
        return worth
    if worth >= 140:
        return worth * 0.7
    return worth * 0.25 if _END_MARK.search(piece.text[-8:]) else 0.0


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
    for index in range(len(nodes) - 1, 0, -1):
        parent = nodes[nodes[index].parent]
        parent.text += nodes[index].text
        parent.good += nodes[index].good
        parent.pieces += nodes[index].pieces
    return worths


def void_marks(nodes: list[Node]) -> None:
    """Take back the marks of parts that hold most of the page's running text."""
    total = nodes[0].good
    if total <= 0:
        return
    for node in nodes:
        if node.mark is not None:
            strong = node.mark[2]
            if node.good > total * (0.85 if strong else 0.5):
                node.mark = None


def carry_marks(nodes: list[Node], pieces: list[Piece]) -> None:
    """Give each piece the mark of the outermost marked part that it stands in."""
    marks: list[tuple[str, str, bool] | None] = [None] * len(nodes)
    for index, node in enumerate(nodes):
        above = marks[node.parent] if index else None
        marks[index] = above or node.mark
    for piece in pieces:
        mark = marks[piece.node]
        if mark is not None:
            piece.reason, piece.rule = mark[0], mark[1]


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
        if good[index] > 0 and (_BODY_NAME.search(node.names) or node.tag in ("article", "main"))
    ]
    if hinted:
        top = max(good[index] for index in hinted)
        near = [index for index in hinted if good[index] >= top * 0.9]
        if top >= good[0] * 0.4:
            best = near[-1] if _BODY_NAME.search(nodes[near[-1]].names) else near[0]
    while True:
        inside = children.get(best, [])
        if not inside:
            break
        child = max(inside, key=lambda index: good[index])
        if good[child] < good[best] * 0.8 or good[child] <= 0:
            break
        if nodes[child].tag in ("p", "blockquote", "ul", "ol", "table", "tr", "td", "li", "pre") and (
            nodes[child].tag in ("p", "pre", "li") or good[child] < good[best] * 0.95
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


@cache
def _lines() -> list[tuple[re.Pattern[str], str, str, int, str]]:
    """Compile clean/lines.toml: (pattern, reason, id, longest, where)."""
    return [
        (re.compile(line["pattern"], re.IGNORECASE), line["reason"], line["id"], line.get("longest", 300),
         line.get("where", "any"))
        for line in rulebook.toml("clean/lines.toml")["line"]
    ]  # fmt: skip


def judge_line(text: str) -> tuple[str, str] | None:
    """Return (reason, rule) for a line that is furniture by its wording, or None."""
    for pattern, reason, rule, longest, _ in _lines():
        if len(text) <= longest and pattern.search(text):
            return reason, rule
    return None
