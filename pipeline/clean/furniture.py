"""What in an article's region is furniture: repeated headlines, teasers, remains of bylines, ends.

What is kept and what is cut account for the region; each cut has its reason and rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.clean import boxes
from pipeline.clean.lines import judge_line
from pipeline.clean.maintext import END_MARK, Region
from pipeline.clean.pieces import Node, Piece, key


def _mark(piece: Piece, reason: str, rule: str) -> None:
    piece.reason, piece.rule = reason, rule


def _is_longer_headline(piece: Piece, own: str, keys: Iterable[str]) -> bool:
    """Whether a heading of the first rank is one of the titles and something glued to it."""
    return (
        piece.kind == "heading"
        and piece.level <= 1
        and any(len(title) >= 12 and own.startswith(title) for title in keys)
    )


def judge(
    nodes: list[Node],
    pieces: list[Piece],
    region: Region,
    worths: list[float],
    keys: frozenset[str],
    host: str | None = None,
) -> None:
    """Decide what in the region is furniture: give those pieces their reason and rule.

    keys: of the titles that the page gives itself.  host: of the page, for links that stay at home.
    """
    span = range(region.first, region.last)
    seen: dict[str, int] = {}
    repeated: list[int] = []
    running = 0
    for at in span:
        piece = pieces[at]
        if piece.reason:
            continue
        size = len(piece.text)
        linked = piece.linked / size
        own = key(piece.text) if size < 400 or (piece.kind == "heading" and not running) else ""
        if own and running < 3 and (own in keys or (not running and _is_longer_headline(piece, own, keys))):
            _mark(piece, "headline", "repeated-headline")
        elif (
            found := judge_line(piece.text.split("\n", 1)[0] if size < 4000 else piece.text, linked=linked)
        ) is not None:
            _mark(piece, *found)
        elif size >= 60 and piece.kind == "paragraph":
            if piece.text in seen:
                repeated.append(at)
            elif size > 1500 and sum(text[:80] in piece.text for text in list(seen)[:40]) >= 3:
                _mark(piece, "boilerplate", "repeated-block")
            else:
                seen[piece.text] = at
        running += worths[at] > 80
    firsts = [seen[pieces[at].text] for at in repeated]
    if len(repeated) >= 3 and len(repeated) >= 0.8 * len(seen) and firsts == sorted(set(firsts)):
        # a second copy of the text in the same order, for another size of screen
        for at in repeated:
            _mark(pieces[at], "boilerplate", "repeated-block")
    shapes = (
        ("byline", "lone-hour", boxes.lone_hours(pieces, region)),
        ("boilerplate", "lifted-quote", boxes.lifted_quotes(nodes, pieces, region)),
        ("newsletter", "call-to-action", boxes.calls(nodes, pieces, region)),
    )
    for reason, rule, places in shapes:
        for at in places:
            _mark(pieces[at], reason, rule)
    _end(pieces, region, worths)
    _cards(nodes, pieces, region, worths, host)
    _edges(pieces, region, worths)
    for at in boxes.captions(nodes, pieces, region, worths):
        _mark(pieces[at], "caption", "under-picture")
    tail(pieces, region, worths)


_ENDING = ("comments", "related", "newsletter")
#: "Also read: …" names what it leads to: it heads no list, and the article may go on behind it.
_SELF_CONTAINED = ("line-also-read", "line-also-linked")


def _end(pieces: list[Piece], region: Region, worths: list[float]) -> None:
    """What follows a heading such as "Related articles" or "Comments" at the end goes with it."""
    total = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    left = total
    for at in range(region.first, region.last):
        piece = pieces[at]
        if not piece.reason:
            left -= worths[at]
        if piece.reason not in _ENDING or not piece.rule.startswith("line-") or len(piece.text) > 90:
            continue
        limit = 0.5 if piece.reason == "comments" else 0.12
        if left <= total * limit and piece.rule not in _SELF_CONTAINED:
            for behind in range(at + 1, region.last):
                if not pieces[behind].reason:
                    _mark(pieces[behind], piece.reason, "after-" + piece.rule)
            return
        # in the middle: the links right behind it
        if piece.reason != "related":
            continue
        for behind in range(at + 1, min(at + 12, region.last)):
            after = pieces[behind]
            if after.linked < len(after.text) * 0.7 or len(after.text) > 220:
                break
            if not after.reason:
                _mark(after, piece.reason, "after-" + piece.rule)


def _cards(
    nodes: list[Node], pieces: list[Piece], region: Region, worths: list[float], host: str | None
) -> None:
    """Headings and list items that are nothing but a link, in runs or at the end, lead to other pages."""
    last_good = max((at for at in range(region.first, region.last) if worths[at] >= 80 and not pieces[at].reason),
                    default=region.first)  # fmt: skip
    run: list[int] = []

    def close(at_end: bool) -> None:
        if (
            run
            and (len(run) >= 3 or at_end)
            and (at_end or sum(pieces[at].kind == "list_item" for at in run) >= 4)
        ):
            for index in run:
                _mark(pieces[index], "related" if at_end else "navigation", "link-run")
        run.clear()

    _boxed_cards(nodes, pieces, region, worths, host)
    for at in range(region.first, region.last):
        piece = pieces[at]
        if piece.reason:
            continue
        if _is_label_and_link(piece, host) and not any(
            _is_label_and_link(pieces[beside], host)
            for beside in (at - 1, at + 1)
            if region.first <= beside < region.last
        ):
            _mark(piece, "related", "label-and-link")
            continue
        if _is_link(piece) and piece.kind in ("heading", "list_item", "paragraph"):
            if piece.kind == "heading" and _in_item(nodes, piece.node):
                _mark(piece, "related", "linked-heading-in-list")
                continue
            run.append(at)
        else:
            close(at > last_good)
    close(True)
    _last_cards(pieces, region, worths, host)


def _is_link(piece: Piece) -> bool:
    """Whether a piece is nothing but a link."""
    return piece.linked >= 0.85 * len(piece.text) and len(piece.text) < 250


def _leads_home(piece: Piece, host: str | None) -> bool:
    """Whether a piece's first link leads to another page of the same site."""
    href = piece.links[0].href if piece.links else ""
    if not href or (href.startswith(("#", "mailto:", "javascript:", "tel:")) and href != "#"):
        return False
    if not href.startswith(("http:", "https:", "//")):
        return True
    there = href.split("//", 1)[1].split("/", 1)[0].removeprefix("www.").lower()
    home = (host or "").removeprefix("www.").lower()
    return bool(home) and (there == home or there.endswith("." + home) or home.endswith("." + there))


_LABEL = re.compile(r"^[^.!?|:»>]{2,40}\s?[|:：»>]\s{0,2}\S")


def _is_label_and_link(piece: Piece, host: str | None) -> bool:
    """Whether a line is a label and a link to another article ("Mehr dazu | Was ein Tag kostet")."""
    size = len(piece.text)
    return (
        piece.kind in ("paragraph", "heading")
        and size < 200
        and piece.linked >= 0.5 * size
        and not END_MARK.search(piece.text)
        and _LABEL.match(piece.text) is not None
        and _leads_home(piece, host)
    )


def _boxed_cards(
    nodes: list[Node], pieces: list[Piece], region: Region, worths: list[float], host: str | None
) -> None:
    """Teasers among the text: a small box of its own around a headline that links to another page of the site."""
    boxes: set[int] = set()
    for at in range(region.first, region.last):
        piece = pieces[at]
        if piece.reason or not _is_link(piece) or len(piece.text) < 20 or not _leads_home(piece, host):
            continue
        box = own = piece.node
        while (
            nodes[box].parent not in (region.node, 0)
            and nodes[nodes[box].parent].text <= 600
            and nodes[nodes[box].parent].good <= 450
        ):
            box = nodes[box].parent
        firm = piece.kind == "heading" or nodes[box].tag in ("li", "article", "section", "aside", "figure")
        if box != own and nodes[box].tag in _BOXES and firm and nodes[box].rich <= 1:
            boxes.add(box)
    total = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    if not boxes or sum(nodes[box].good for box in boxes) > 0.4 * total:
        return
    for at in range(region.first, region.last):
        if pieces[at].reason:
            continue
        index = pieces[at].node
        while index > 0 and index not in boxes and index != region.node:
            index = nodes[index].parent
        if index in boxes:
            _mark(pieces[at], "related", "teaser-box")


_BOXES = frozenset(["div", "li", "ul", "article", "section", "aside", "figure", "td", "dl"])


def _last_cards(pieces: list[Piece], region: Region, worths: list[float], host: str | None) -> None:
    """Teasers of other articles at the end: linked headings of this site with a paragraph at most between.

    The heading above the first of them goes too. What holds more than half of the text is no teaser.
    """
    total = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    cards = 0
    between = 0
    first: int | None = None
    worth = passed = 0.0
    for at in range(region.last - 1, region.first - 1, -1):
        piece = pieces[at]
        if piece.reason:
            continue
        passed += worths[at]
        if _is_link(piece) and len(piece.text) >= 20 and _leads_home(piece, host):
            cards += 1
            between = 0
            first, worth = at, passed
        elif worths[at] >= 80:
            between += 1
            if between > 1:
                break
    if first is None or cards < 3 or worth > 0.5 * total:
        return
    while (
        first > region.first
        and not pieces[first - 1].reason
        and worths[first - 1] < 40
        and (pieces[first - 1].kind == "heading" or len(pieces[first - 1].text) < 40)
        and not END_MARK.search(pieces[first - 1].text)
    ):
        first -= 1
    for at in range(first, region.last):
        if not pieces[at].reason:
            _mark(pieces[at], "related", "teasers-at-end")


def _in_item(nodes: list[Node], index: int) -> bool:
    for _ in range(4):
        if index <= 0:
            return False
        if nodes[index].tag == "li":
            return nodes[index].good == 0
        index = nodes[index].parent
    return False


_DATE_OR_TIME = re.compile(
    r"\b(?:19|20)\d{2}\b|\b\d{1,2}:\d{2}\b|\bmin(?:ute)?s?\.? read\b|\bago\b|分で読|分鐘|分钟", re.I
)


def _edges(pieces: list[Piece], region: Region, worths: list[float]) -> None:
    """Short remains before the first paragraph: dates, times to read, counters, single signs."""
    for at in range(region.first, region.last):
        piece = pieces[at]
        if piece.reason:
            continue
        if worths[at] >= 40:
            break
        text = piece.text
        if piece.kind in ("table_row", "code") or len(text) > 120:
            continue
        if not any(char.isalpha() for char in text):
            _mark(piece, "boilerplate", "no-words")
        elif (
            _DATE_OR_TIME.search(text)
            and not END_MARK.search(text)
            and len(text) < 100
            and piece.kind != "heading"
        ):
            _mark(piece, "byline", "date-before-text")
    _among_bylines(pieces, region, worths)
    for at in range(region.last - 1, region.first - 1, -1):
        piece = pieces[at]
        if piece.reason:
            continue
        if worths[at] >= 40 or piece.kind == "table_row":
            break
        if not any(char.isalpha() for char in piece.text):
            _mark(piece, "boilerplate", "no-words")


def _among_bylines(pieces: list[Piece], region: Region, worths: list[float]) -> None:
    """Labels and counters above the text that stand among bylines: "Published in", "1.2K"."""
    start = next(
        (at for at in range(region.first, region.last) if worths[at] >= 80 and not pieces[at].reason), 0
    )
    behind = [at for at in range(region.first, start) if pieces[at].reason in ("byline", "share")
              or pieces[at].rule == "no-words"]  # fmt: skip
    if len(behind) < 2:
        return
    for at in range(region.first, behind[-1]):
        piece = pieces[at]
        short = len(piece.text) < 40 and piece.kind == "paragraph" and not worths[at]
        if short and not piece.reason and not END_MARK.search(piece.text):
            _mark(piece, "byline", "among-bylines")


def tail(pieces: list[Piece], region: Region, worths: list[float]) -> None:
    """From the end backwards: notes on the author, invitations, house rules, and the links among them."""
    running = sum(1 for at in range(region.first, region.last) if worths[at] >= 80 and not pieces[at].reason)
    for at in range(region.last - 1, region.first - 1, -1):
        piece = pieces[at]
        if piece.reason:
            continue
        if running <= 2 or piece.kind in ("table_row", "code"):
            break
        linked = piece.linked / len(piece.text)
        found = judge_line(piece.text, linked=linked, where="end")
        if found is None and linked > 0.85 and len(piece.text) < 200:
            found = ("related", "link-at-end")
        found = found or boxes.ends(pieces, region, at)
        if found is None:
            break
        _mark(piece, *found)
        running -= worths[at] >= 80
