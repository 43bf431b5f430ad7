"""A page's markup as one lxml tree that every later step shares."""

from __future__ import annotations

import contextlib
import re

from lxml import etree, html
from lxml.html import HtmlElement

from schemas.errors import ReadError

LONGEST_PAGE = 20_000_000  # characters of markup; what is behind them is not read

_XML_DECLARATION = re.compile(r"^\s{0,99}<\?xml[^>]{0,200}\?>")
_UNREAD = re.compile(
    r"<(script|style|template|svg|noscript|textarea|iframe|title)\b[^>]*>.*?</\1\s{0,9}>",
    re.IGNORECASE | re.DOTALL,
)
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_TAGS = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})[^<>]*>")
_LINES = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "table",
        "ul",
        "ol",
        "section",
        "article",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "dd",
        "dt",
        "td",
        "th",
    ]
)
_FLAT_SIZE = 3_000_000  # characters of text that a page which can't be parsed as it is may give


def parse(markup: str, *, name: str = "the page") -> HtmlElement:
    """Return the root element of a page's markup, comments and processing instructions left out.

    Broken markup is repaired as browsers do. What is nested deeper than the parser allows (about 250
    levels), or holds more text in one place (10 MB), is read again as plain lines.
    Raises: ReadError (stage "clean", reason "no markup") where nothing can be made of it.
    """
    markup = _XML_DECLARATION.sub("", markup[:LONGEST_PAGE], count=1)
    root, broken = _parsed(markup)
    if broken:
        again, _ = _parsed(flattened(markup))
        if again is not None and (root is None or _size(again) > 2 * _size(root)):
            root = again
    if root is None:
        raise ReadError(
            f"{name}: no page can be made of its markup",
            stage="clean",
            reason="no markup",
            hint="look at the file; it may be cut off",
        )
    return root


def _parsed(markup: str) -> tuple[HtmlElement | None, bool]:
    """Return the tree, None where there is none, and whether a limit of the parser was met."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    root: HtmlElement | None = None
    with contextlib.suppress(etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    broken = root is None or len(parser.error_log.filter_from_fatals()) > 0
    return root, broken


def _size(root: HtmlElement) -> int:
    body = root.find("body")
    return sum(len(text) for text in (body if body is not None else root).itertext())


def flattened(markup: str) -> str:
    """Return markup as paragraphs of plain text: no nesting is left."""
    bare = _COMMENTS.sub(" ", _UNREAD.sub(" ", markup))
    lines = _TAGS.sub(lambda tag: "\n" if tag[2].lower() in _LINES else "", bare)
    size = 0
    made = ["<html><body>"]
    for line in lines.replace("<", "&lt;").split("\n"):
        for at in range(0, len(line), 100_000):
            part = line[at : at + 100_000].strip()
            if part and size < _FLAT_SIZE:
                made.append(f"<p>{part}</p>")
                size += len(part)
    made.append("</body></html>")
    return "".join(made)
