"""Find linked search terms: words that lead to another site's front door and belong to no sentence here.

A writer links a name to its owner's front page, and words of the sentence to the very page that bears
them out. Of some thousand links to other sites in news in thirty languages not one leads from common
words that the rest of the page doesn't know to a bare host; a sold link does little else. Such a
phrase is cut where its sentence can do without it; the words that a sentence needs stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.spam.page import UNCASED, PageView, Unit, host_of, keys, particle_share
from pipeline.spam.runs import Span, dressed_down, in_quotes
from schemas.records import Block, Link

_FRONT = re.compile(
    r"(?:https?:)?//[^/?#\s]{1,253}"
    r"(?:/(?:(?:index|default|home)\.\w{2,5}|(?:go|out|ref|r|aff|link|visit|click)/[^/?#\s]{1,40})?/?)?"
    r"(?:[?#]\S{0,60})?\s{0,4}$",
    re.I,
)
#: The longest term of a script without spaces, in words.
_TERM = {"thai": 5.0, "cjk": 5.0, "kana": 6.0, "other": 5.0}
_PAUSE = re.compile(r"[.!?…,;:)\]。！？，、；：」』）]")


def front_door(href: str) -> bool:
    """Whether an address is a host's first page, or a redirect that hides the rest."""
    return _FRONT.match(href.strip()) is not None


def sold(page: PageView, block: Block, unit: Unit, link: Link) -> dict[str, float] | None:
    """Return what speaks against the words under a link being the author's, by kind, or None for nothing.

    link: to another site, within the unit.
    """
    if not front_door(link.href):
        return None
    tokens = [token for token in unit.tokens if link.start <= token.start < link.end]
    if not tokens or any("." in token.raw or token.raw[:1] in "@#" for token in tokens):
        return None  # the address itself, or a handle
    content = [token for token in tokens if keys(token) and not page.is_function(token)]
    size = sum(token.size for token in content)
    if size < 2 or len(content) * 2 < len(tokens):
        return None
    if any(token.size > _TERM.get(token.script, 99.0) for token in content):
        return None  # a clause
    if any(token.raw[:1].isupper() and token.script not in UNCASED for token in content):
        return None  # a name
    if sum(particle_share(token) * token.size for token in content) > 0.12 * size:
        return None
    strange = sum(token.size for token in content if page.familiar(token, unit) < 0.5) / size
    if strange < 0.75:
        return None
    kinds = {"link": 1.6, "distance": 0.8 if strange >= 0.95 else 0.6, "shape": min(1.2, 0.35 * size)}
    if dressed_down(link):
        kinds["link"] += 0.6
    host = re.sub(r"[^a-z0-9]", "", host_of(link.href))
    if any(len(token.plain) >= 4 and token.plain in host for token in content):
        kinds["named for it"] = 0.8
    named = {hit.kind for hit in unit.hits if link.start <= hit.start < link.end and hit.family == "intent"}
    if named:
        kinds["words"] = 0.8
    return kinds


def find(page: PageView, block: Block, unit: Unit) -> list[Span]:
    """Return the sold links of a unit, each with what it needs for where it stands."""
    if block.kind in ("quote", "code", "table_row") or not page.prose:
        return []
    links = [link for link in page.foreign_links(block) if unit.start <= link.start and link.end <= unit.end]
    found = [(link, kinds) for link in links if (kinds := sold(page, block, unit, link)) is not None]
    spans = []
    for link, kinds in found:
        if _sold_on(page) > 1:
            kinds["beside its like"] = 0.8
        needs = 0.0 if dispensable(page, block.text, unit, link.start, link.end) else 1.5
        needs += 0.6 * in_quotes(block.text, link.start, link.end)
        spans.append(Span(link.start, link.end, "spam_link", "spam.anchor", kinds, needs))
    return spans


def _sold_on(page: PageView) -> int:
    """Return how many sold links the page has."""
    if page.sold is None:
        page.sold = sum(
            sold(page, block, unit, link) is not None
            for group, block in zip(page.units, page.blocks, strict=True)
            for link in page.foreign_links(block)
            for unit in group
            if unit.start <= link.start and link.end <= unit.end
        )
    return page.sold


def dispensable(page: PageView, text: str, unit: Unit, start: int, end: int) -> bool:
    """Whether a unit's sentence reads on where text[start:end] is left out.

    Closed-class words that lead up to something ("of the …") don't stand before a pause, and not before
    one another unless the page joins the two elsewhere.
    """
    before = [token for token in unit.tokens if token.end <= start]
    after = [token for token in unit.tokens if token.start >= end]
    if not before or page.script in UNCASED:
        return True
    left = before[-1]
    if not page.is_function(left):
        return True
    if not after or _PAUSE.match(text, end) or _PAUSE.match(text, min(len(text), end + 1)):
        return False
    right = after[0]
    return not page.is_function(right) or page.joined(left, right)


def enough(span: Span) -> bool:
    """Whether a sold link is to be cut."""
    others: Sequence[str] = [name for name in span.kinds if name not in ("link", "distance", "shape")]
    return span.total - span.needs >= (3.0 if others or span.kinds["shape"] >= 1.0 else 3.2)
