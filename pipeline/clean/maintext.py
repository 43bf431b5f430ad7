"""Which pieces of a page are the article: find its region, then judge what stands in it.

The region is the innermost part of the page that holds most of its running text; names that page
builders give to an article's body count as hints, link density and position decide. Inside it,
furniture goes with its reason, so that what is kept and what is cut account for the region.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache

import trafilatura

from pipeline import rulebook
from pipeline.clean.pieces import Node, Piece, key
from pipeline.sieve import Sieve

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
    ends = _END_MARK.search(piece.text[-8:]) is not None
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


@cache
def _lines(where: str) -> tuple[Sieve, list[tuple[re.Pattern[str], str, str, int, float]]]:
    """Compile clean/lines.toml: (pattern, reason, id, longest, least share of links), and what tells which to try."""
    lines = [
        (re.compile(line["pattern"], re.IGNORECASE), line["reason"], line["id"], line.get("longest", 300),
         float(line.get("linked", 0.0)))
        for line in rulebook.toml("clean/lines.toml")["line"]
        if line.get("where", "any") == where
    ]  # fmt: skip
    return Sieve([line[0] for line in lines]), lines


def judge_line(text: str, *, linked: float = 0.0, where: str = "any") -> tuple[str, str] | None:
    """Return (reason, rule) for a line that is furniture by its wording, or None.

    linked: share of the line that stands in links; some wordings count only where they lead elsewhere.
    where:  "end" asks for the wordings that count only behind the last paragraph.
    """
    sieve, lines = _lines(where)
    if len(text) > max(longest for _, _, _, longest, _ in lines):
        return None
    for place in sieve.places(text):
        pattern, reason, rule, longest, least = lines[place]
        if len(text) <= longest and linked >= least and pattern.search(text):
            return reason, rule
    return None


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
    _end(pieces, region, worths)
    _cards(nodes, pieces, region, worths, host)
    _edges(pieces, region, worths)
    _tail(pieces, region, worths)


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
    if not href or href.startswith(("#", "mailto:", "javascript:", "tel:")):
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
        and not _END_MARK.search(piece.text)
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
        and not _END_MARK.search(pieces[first - 1].text)
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
            and not _END_MARK.search(text)
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
        if short and not piece.reason and not _END_MARK.search(piece.text):
            _mark(piece, "byline", "among-bylines")


def _tail(pieces: list[Piece], region: Region, worths: list[float]) -> None:
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
        if found is None and linked > 0.85 and len(piece.text) < 200 and piece.kind != "table_row":
            found = ("related", "link-at-end")
        if found is None:
            break
        _mark(piece, *found)
        running -= worths[at] >= 80


@cache
def _refusals() -> list[tuple[re.Pattern[str], str, str]]:
    return [
        (re.compile(item["pattern"], re.IGNORECASE), item["reason"], item["id"])
        for item in rulebook.toml("clean/refusals.toml")["refusal"]
    ]


def refuse(names: list[str]) -> tuple[str, str] | None:
    """Return (reason, id of the rule) where a page calls itself missing or locked, else None."""
    for name in names:
        for pattern, reason, rule in _refusals():
            if len(name) < 160 and pattern.search(name):
                return reason, rule
    return None


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
            _mark(piece, "", "")
        elif not piece.reason:
            _mark(piece, "boilerplate", "second-opinion")
    return Region(0, first, last)
