"""A page's markup as one lxml tree that every later step shares."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import HtmlElement

from schemas.errors import ReadError

LONGEST_PAGE = 20_000_000  # characters of markup; what is behind them is not read

_XML_DECLARATION = re.compile(r"^\s{0,99}<\?xml[^>]{0,200}\?>")


def parse(markup: str, *, name: str = "the page") -> HtmlElement:
    """Return the root element of a page's markup, comments and processing instructions left out.

    Broken markup is repaired as browsers do; what is nested deeper than the parser allows (about
    250 levels) is flattened or lost, never an endless wait.
    Raises: ReadError (stage "clean", reason "no markup") where nothing can be made of it.
    """
    markup = _XML_DECLARATION.sub("", markup[:LONGEST_PAGE], count=1)
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as err:
        raise ReadError(
            f"{name}: no page can be made of its markup ({err})",
            stage="clean",
            reason="no markup",
            hint="look at the file; it may be cut off",
        ) from err
    return root
