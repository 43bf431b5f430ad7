"""A parsed page as a flat list of pieces of text in reading order, each with what stands around it.

One pass over the tree, without recursion. A piece is what becomes a block of the article, or is cut:
a paragraph, heading, list item, table row, quotation or stretch of code. Nothing is judged here except
by the names that page builders give to the parts of a page (rules/clean/furniture.toml).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from lxml import etree
from lxml.html import HtmlElement

from pipeline import rulebook
from pipeline.clean.decode import normal
from schemas.errors import RuleError
from schemas.records import Link
from schemas.words import REASONS

#: Elements that hold no running text of the page.
_SILENT = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "applet",
        "canvas",
        "audio",
        "video",
        "map",
        "head",
        "math2",
        "select",
        "option",
        "optgroup",
        "button",
        "input",
        "textarea",
        "datalist",
        "noembed",
        "noframes",
        "progress",
        "meter",
        "dialog",
    ]
)
#: Elements inside a line of text.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "math",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "nobr",
        "o:p",
        "annotation",
        "amp-fit-text",
        "mi",
        "mn",
        "mo",
        "mrow",
        "msup",
        "msub",
        "msubsup",
        "mtext",
        "semantics",
        "mfrac",
        "g-emoji",
        "picture",
        "img",
        "source",
    ]
)
#: Elements that stand on lines of their own; any other (custom ones, misspelt ones) does so only where it
#: holds one of these.
_BLOCKS = frozenset(
    [
        "address",
        "amp-accordion",
        "amp-story",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "p",
        "plaintext",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "xmp",
    ]
)
_KINDS = {
    "pre": "code",
    "listing": "code",
    "blockquote": "quote",
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: Elements that are furniture by their name. footer and header are judged by what is around them.
_PARTS_BY_TAG = {
    "nav": ("navigation", "tag-nav"),
    "aside": ("boilerplate", "tag-aside"),
    "footer": ("navigation", "tag-footer"),
    "menu": ("navigation", "tag-menu"),
    "figcaption": ("caption", "tag-figcaption"),
    "caption": ("caption", "tag-caption"),
    "address": ("byline", "tag-address"),
    "amp-sidebar": ("navigation", "tag-amp-sidebar"),
    "amp-user-notification": ("cookie_notice", "tag-amp-user-notification"),
    "amp-consent": ("cookie_notice", "tag-amp-consent"),
    "amp-ad": ("boilerplate", "tag-amp-ad"),
}
#: What a figure may hold that is text of the article.
_IN_FIGURES = ("table", "pre", "blockquote", "ul", "ol", "h2", "h3", "iframe", "dl")
_PARTS_BY_ROLE = {
    "navigation": ("navigation", "role-navigation"),
    "banner": ("navigation", "role-banner"),
    "contentinfo": ("navigation", "role-contentinfo"),
    "complementary": ("boilerplate", "role-complementary"),
    "search": ("navigation", "role-search"),
    "menu": ("navigation", "role-menu"),
    "menubar": ("navigation", "role-menubar"),
    "dialog": ("boilerplate", "role-dialog"),
    "alertdialog": ("boilerplate", "role-dialog"),
    "alert": ("boilerplate", "role-alert"),
    "toolbar": ("boilerplate", "role-toolbar"),
    "tablist": ("navigation", "role-tablist"),
    "tooltip": ("boilerplate", "role-tooltip"),
}
#: Elements whose class and id say nothing of whether they are furniture.
_UNNAMED = frozenset(["body", "main", "html", "tr", "tbody", "thead", "tfoot", "blockquote", "pre", "h1"])
_NAMING = frozenset(("class", "id", "itemprop", "data-component", "data-testid"))
#: Parts of class names that speak of who wrote something.
_SIGNED = re.compile(r"uthor|yline|writer|reator|(?:^|\s)by(?:\s|$)")
_EMBEDS = ("embed", "tweet", "wp-block-")
#: Parts inside a line that are for editors, for links to the line, or for those who hear the page.
_UNREAD_PART = re.compile(
    r"(?:^|\s)(?:mw-editsection|mw-cite-backlink|headerlink|header-anchor|heading-anchor|anchor-link|hash-link|sr-only|"
    r"screen-reader-text|visually-?hidden|u-visually-hidden|noprint|descriptor)(?:\s|$)"
)
#: The sign that leads to a footnote, or back from it, or to the heading that it stands in.
_NOTE_SIGN = re.compile(r"^(?:\[?(?:(?:note|nb|n) )?(?:\d{1,3}|[a-z*†‡§])\]?|[#¶§↩↑^⏎🔗]\ufe0e?)$")
_OPEN_OR_BLANK = " \n\t\u00a0([{<«“‘„/–—-=+#"
_BACK_SIGN = re.compile(r"^[#¶§↩↑^⏎🔗]")
_SPACE = re.compile(r"\s+")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
MOST_NODES = 400_000  # elements; what stands behind them is not read
MOST_PIECES = 10_000  # a page of more paragraphs costs seconds; a thick novel has so many


@dataclass(slots=True)
class Node:
    """A block-level element on the way to a piece.

    parent: index of the node that it stands in, -1 for the root.
    names:  class, id and the like, as they are written.
    fields: input fields that stand in it directly.
    text, good, pieces: characters, worth (maintext.weigh) and number of its pieces; rich: of its long paragraphs.
    mark:   (reason, rule) where its name makes it furniture, or None.
    """

    parent: int
    tag: str
    names: str
    element: HtmlElement
    mark: tuple[str, str, bool] | None = None
    text: int = 0
    good: float = 0.0
    pieces: int = 0
    fields: int = 0
    rich: int = 0


@dataclass(slots=True)
class Piece:
    """A stretch of text before anyone has decided what it is.

    node:  index of its node.    text: white space folded (not in code).   linked: characters in links.
    reason, rule: why it goes, once decided.
    """

    node: int
    kind: str
    text: str
    links: list[Link] = field(default_factory=list)
    linked: int = 0
    level: int = 0
    table: int | None = None
    reason: str = ""
    rule: str = ""


@cache
def _parts() -> tuple[dict[str, tuple[str, str, bool]], dict[str, tuple[str, str, bool]]]:
    """Return the words and the pairs of furniture.toml with the mark that each one gives."""
    words: dict[str, tuple[str, str, bool]] = {}
    pairs: dict[str, tuple[str, str, bool]] = {}
    for part in rulebook.toml("clean/furniture.toml")["part"]:
        if part["reason"] not in REASONS:
            raise RuleError(f"rule file clean/furniture.toml: {part['id']} has an unknown reason")
        mark = (part["reason"], part["id"], bool(part.get("strong", False)))
        for word in part["words"]:
            words.setdefault(word, mark)
        for pair in part["pairs"]:
            pairs.setdefault(pair, mark)
    return words, pairs


@lru_cache(maxsize=100_000)
def _name_marks(name: str) -> tuple[tuple[str, str, bool] | None, tuple[str, str, bool] | None]:
    """Return the marks that one class name or id gives: by two or three words, by one. Pure."""
    if len(name) > 120 or ":" in name:  # a colon: utility classes ("print:hidden")
        return None, None
    words, pairs = _parts()
    split = [word.lower() for word in _WORDS.findall(name)]
    several = None
    for first, second in itertools.pairwise(split):
        several = several or pairs.get(f"{first} {second}")
    for at in range(len(split) - 2):
        several = several or pairs.get(" ".join(split[at : at + 3]))
    single = None
    if len(split) <= 4 and not name.startswith(_STATES):
        for word in split:
            single = single or words.get(word)
    return several, single


_STATES = ("no-", "has-", "is-", "with-", "js-", "u-")


@lru_cache(maxsize=100_000)
def mark_of(names: str) -> tuple[str, str, bool] | None:
    """Return the mark that an element's class and id give, or None."""
    single = None
    for name in names.split():
        by_several, by_one = _name_marks(name)
        if by_several is not None:
            return None if _is_embed(names) else by_several
        single = single or by_one
    return single if single is None or not _is_embed(names) else None


@lru_cache(maxsize=100_000)
def _is_signed(names: str) -> bool:
    """Whether class names speak of who wrote something."""
    return _SIGNED.search(names) is not None


def _is_embed(names: str) -> bool:
    return any(embed in names for embed in _EMBEDS)


def fold(text: str) -> str:
    """Return text with each run of white space as one blank, none at the ends."""
    return " ".join(text.split())


@lru_cache(maxsize=2048)  # a title is compared with each line above the text
def key(text: str) -> str:
    """Return the letters and digits of a text, case folded: what two spellings of a title share."""
    return "".join(filter(str.isalnum, text.casefold()))


class _Line:
    """The text of one piece while it is being gathered, with its links."""

    __slots__ = ("blank_lines", "links", "open", "parts", "size")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.open: list[tuple[int, HtmlElement]] = []
        self.blank_lines = 0

    def add(self, text: str, *, code: bool = False) -> None:
        if not code:
            if text.isspace():
                if self.size and self.parts[-1][-1] not in " \n":
                    self.parts.append(" ")
                    self.size += 1
                return
            if not text.isprintable() or "  " in text or "\u00a0" in text:
                text = _SPACE.sub(" ", text)
            if text[0] == " " and (not self.size or self.parts[-1][-1] in " \n"):
                text = text[1:]
        if text:
            self.parts.append(text)
            self.size += len(text)
            if self.blank_lines and not text.isspace():
                self.blank_lines = 0

    def _trim(self) -> None:
        while self.parts and self.parts[-1][-1] == " ":
            last = self.parts.pop()
            kept = last.rstrip(" ")
            self.size -= len(last) - len(kept)
            if kept:
                self.parts.append(kept)

    def end_line(self, *, code: bool) -> None:
        """A br: a new line; a second one ends the piece (blank_lines is then above 0)."""
        if not code:
            self._trim()
        if self.parts and self.parts[-1] == "\n" and not code:
            self.blank_lines = 1
        elif self.size or code:
            self.parts.append("\n")
            self.size += 1

    def bar(self) -> None:
        """The border between two cells of a row."""
        self._trim()
        self.parts.append(" | ")
        self.size += 3

    def close_link(self, start: int, element: HtmlElement) -> None:
        if self.size > start:
            self.links.append(
                Link(
                    start,
                    self.size,
                    element.get("href") or "",
                    element.get("rel") or "",
                    element.get("style") or "",
                )
            )


def _placed(found: list[Link], shift: int, text: str) -> tuple[list[Link], int]:
    """Return links of an untrimmed text as they lie in the trimmed one, and how much of it they cover."""
    links = []
    for link in found:
        start, end = max(0, link.start - shift), min(len(text), link.end - shift)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            links.append(Link(start, end, link.href, link.rel, link.style))
    links.sort(key=lambda link: (link.start, link.end))
    return links, sum(link.end - link.start for link in links)


def _renormed(link: Link, text: str, shift: int) -> Link | None:
    """Return a link as it lies in the normal form of a text, less shift characters at its beginning."""
    start = max(0, len(normal(text[: link.start])) - shift)
    end = len(normal(text[: link.end])) - shift
    return Link(start, end, link.href, link.rel, link.style) if start < end else None


def _is_data_table(table: HtmlElement) -> bool:
    """Whether a table holds data: several rows and columns of short cells, and no layout inside."""
    rows = 0
    wide = 0
    cells = 0
    size = 0
    for row in table.iter("tr"):
        rows += 1
        count = 0
        for cell in row:
            if cell.tag in ("td", "th"):
                count += 1
                cells += 1
                size += sum(len(text) for text in cell.itertext()) if cells < 400 else 0
        wide += count > 1
        if rows > 400:
            break
    if rows < 2 or wide < 2 or wide * 2 < rows or not cells:
        return False
    if sum(1 for _ in table.iter("table", "form", "article", "h1", "iframe")) > 1:
        return False
    return size / min(cells, 400) < 220


def split_lines(pieces: list[Piece], wanted: frozenset[str]) -> list[Piece]:
    """Return the pieces with those cut into lines whose first line is wanted: headline and byline above a br."""
    made: list[Piece] = []
    for piece in pieces:
        if (
            "\n" not in piece.text
            or len(piece.text) > 3000
            or key(piece.text.split("\n", 1)[0]) not in wanted
        ):
            made.append(piece)
            continue
        at = 0
        for text in piece.text.split("\n"):
            links = [
                Link(link.start - at, link.end - at, link.href, link.rel, link.style)
                for link in piece.links
                if at <= link.start and link.end <= at + len(text)
            ]
            at += len(text) + 1
            if text.strip():
                linked = sum(link.end - link.start for link in links)
                made.append(Piece(piece.node, piece.kind, text, links, linked, piece.level, piece.table))
    return made


def _is_note_sign(element: HtmlElement, *, glued: bool) -> bool:
    """Whether a link or raised part is no text but leads to a note: "[3]", "2", "↩".

    glued: whether it stands right behind a word; "Table 2" with a linked 2 is text.
    """
    link = element if element.tag == "a" else next(element.iterchildren("a"), None)
    if link is None or "#" not in (link.get("href") or ""):
        return False
    told = "".join(element.itertext()).strip()
    if len(told) > 10 or not _NOTE_SIGN.match(told):
        return False
    above = element.getparent()
    raised = element.tag == "sup" or (above is not None and above.tag == "sup")
    return raised or glued or _BACK_SIGN.match(told) is not None


def read_pieces(root: HtmlElement) -> tuple[list[Node], list[Piece], list[HtmlElement]]:
    """Return the block-level nodes of a page and its pieces, both in reading order.

    The third is the elements whose class speaks of an author.
    """
    body = root.find("body")
    if body is None:
        body = root
    nodes: list[Node] = [Node(-1, "body", "", body)]
    pieces: list[Piece] = []
    signed: list[HtmlElement] = []
    line = _Line()
    tables = 0
    #: (node index, kind, level, table) of the innermost block
    state: list[tuple[int, str, int, int | None]] = [(0, "paragraph", 0, None)]

    def flush() -> None:
        """Make a piece of the line; anchors that are still open go on in the next one."""
        nonlocal line
        if not line.parts:
            return
        node, kind, level, table = state[-1]
        raw = "".join(line.parts)
        text = raw.strip() if kind != "code" else raw.strip("\n").rstrip()
        if kind == "table_row" and not any(map(str.isalnum, text)):
            text = ""
        links: list[Link] = []
        linked = 0
        if text:
            if line.links:
                shift = len(raw) - len(raw.lstrip() if kind != "code" else raw.lstrip("\n"))
                links, linked = _placed(line.links, shift, text)
            clean = normal(text)
            if clean != text:
                shift = len(clean) - len(clean.lstrip())
                links = [moved for link in links if (moved := _renormed(link, text, shift))]
                text = clean.strip()
        if text and len(pieces) < MOST_PIECES:
            pieces.append(Piece(node, kind, text, links, min(linked, len(text)), level, table))
        still = line.open
        line = _Line()
        if still:
            line.open = [(0, element) for _, element in still]

    def open_block(element: HtmlElement, tag: str) -> None:
        """End the line before an element of its own, and open its node."""
        nonlocal tables
        node, kind, level, table = state[-1]
        names = role = ""
        for name, value in element.items():
            if name in _NAMING:
                names = f"{names} {value}" if names else value
            elif name == "role":
                role = value
        mark = mark_of(names) if names and tag not in _UNNAMED else None
        if mark is None and tag in _PARTS_BY_TAG:
            mark = (*_PARTS_BY_TAG[tag], False)
        elif mark is None and tag == "figure" and next(element.iter(*_IN_FIGURES), None) is None:
            mark = ("caption", "tag-figure", False)
        if mark is None and role in _PARTS_BY_ROLE:
            mark = (*_PARTS_BY_ROLE[role], False)
        nodes.append(Node(node, tag, names, element, mark))
        if names and _is_signed(names):
            signed.append(element)
        if tag in _HEADINGS:
            kind, level = "heading", _HEADINGS[tag]
        elif tag in _KINDS:
            kind = _KINDS[tag]
        elif tag == "table" and table is None and _is_data_table(element):
            table = tables
            tables += 1
        elif tag == "tr" and table is not None:
            kind = "table_row"
        state.append((len(nodes) - 1, kind, level, table))

    seen = 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "end":
            if tag in _INLINE or tag == "br":
                if tag == "a" and line.open:
                    line.close_link(*line.open.pop())
            elif nodes[state[-1][0]].element is element and len(state) > 1:
                flush()
                state.pop()
            text = element.tail if element is not body else None
            if text and (line.size or not text.isspace()):
                line.add(text, code=state[-1][1] == "code")
            continue
        seen += 1
        if seen > MOST_NODES:
            break
        kind = state[-1][1]
        if tag in _INLINE or kind == "table_row":
            if tag in _SILENT:
                walk.skip_subtree()
                continue
            names = element.get("class")
            if names and _is_signed(names):
                signed.append(element)
            note = tag in ("a", "sup") and _is_note_sign(
                element, glued=bool(line.parts) and line.parts[-1][-1] not in _OPEN_OR_BLANK
            )
            if tag == "a":
                line.open.append((line.size, element))
            if note or (names and _UNREAD_PART.search(names)):
                told = fold(normal("".join(element.itertext())))
                if told:
                    nodes.append(
                        Node(state[-1][0], tag, names, element, ("navigation", "inline-controls", True))
                    )
                    pieces.append(Piece(len(nodes) - 1, "paragraph", told))
                walk.skip_subtree()
                continue
            if tag == "td" or tag == "th":
                if element.getprevious() is not None:
                    line.bar()
            elif tag in _BLOCKS or tag == "br":
                line.add(" ")
        elif tag in _SILENT:
            if tag in ("input", "textarea") and element.get("type") not in ("hidden", "checkbox"):
                nodes[state[-1][0]].fields += 1
            walk.skip_subtree()
            continue
        elif tag == "br":
            line.end_line(code=kind == "code")
            if line.blank_lines:
                flush()
        elif tag in _BLOCKS or tag == "hr" or next(element.iter(*_BLOCKS), None) is not None:
            flush()
            if element is not body and tag != "hr":
                open_block(element, tag)
        text = element.text
        if text and (line.size or not text.isspace()):
            line.add(text, code=state[-1][1] == "code")
    flush()
    return nodes, pieces, signed
