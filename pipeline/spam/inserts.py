"""Find lists of search terms set into a sentence: in brackets, between dashes, in strange quotation marks.

An author's aside explains the word before it and is held together like the rest; what is set in here is
two terms or more of two words each, none of them small, none known to the page. It is cut where besides
it stands where nothing can stand ("of the (…) museum"), speaks another language, or asks to buy.
"""

from __future__ import annotations

import re

from pipeline.spam import words
from pipeline.spam.page import UNCASED, PageView, Unit, keys, particle_share
from pipeline.spam.runs import Span
from pipeline.spam.words import Token
from schemas.records import Block

ENOUGH = 3.4

_ASIDE = re.compile(
    r"\(([^()\n]{8,200})\)|\[([^\[\]\n]{8,200})\]|«([^«»\n]{8,200})»|（([^（）\n]{4,120})）|【([^【】\n]{4,120})】"
    r"|(?<=\s)[–—-]\s([^–—\n]{8,200}?)\s[–—-](?=\s)"
)
_OPENING = re.compile(r"[(\[«（【]|\s[–—-]\s")
_BETWEEN = re.compile(r"\s*[,、，;；|/•·]\s*")
#: Languages whose own quotation marks these are.
_GUILLEMETS = frozenset({"fr", "ru", "uk", "be", "es", "it", "pt", "tr", "el", "no", "nb", "nn", "da", "ar", "fa", "ca", "gl", "eu", "hy", "lv", "et", "sq", "ka", "vi", "km"})  # fmt: skip
_STOP = re.compile(r"[.!?…:。！？：=<>{}\"“”]")


def find(page: PageView, block: Block, unit: Unit) -> list[Span]:
    """Return the asides of a unit that are lists of terms, each with what speaks against it."""
    text = block.text
    if (
        block.kind not in ("paragraph", "list_item")
        or not page.prose
        or not _OPENING.search(text, unit.start, unit.end)
    ):
        return []
    found = []
    for match in _ASIDE.finditer(text, unit.start, unit.end):
        span = _judge(page, block, unit, match)
        if span is not None:
            found.append(span)
    return found


_TAGS = re.compile(r"#\w{4,60}(?:\s+#\w{4,60}){2,40}")
_JOINED = 12  # letters from which on a tag is several words run together


def tags(page: PageView, block: Block) -> list[Span]:
    """Return runs of hash tags at an end of a block, each several words in one, none of them the page's."""
    if block.text.count("#") < 3 or block.kind not in ("paragraph", "heading", "list_item"):
        return []
    found = []
    known = [key for key in page.known if len(key) >= 4]
    for match in _TAGS.finditer(block.text):
        if block.text[: match.start()].strip() and block.text[match.end() :].strip():
            continue
        told = [words.fold(tag[1:]) for tag in match[0].split()]
        least = _JOINED if told[0].isascii() or page.script == words.script_of(told[0]) else 6
        joined = [tag for tag in told if len(tag) >= least and tag == tag.lower()]
        capital = sum(any(letter.isupper() for letter in tag[1:]) for tag in match[0].split())
        strange = [tag for tag in told if not any(key in tag for key in known)]
        if len(joined) * 2 < len(told) or capital or len(strange) * 5 < 4 * len(told):
            continue
        kinds = {"shape": 1.5, "distance": 1.0, "words run together": 1.2}
        found.append(Span(match.start(), match.end(), "keyword_run", "spam.tags", kinds))
    return found


def _judge(page: PageView, block: Block, unit: Unit, match: re.Match[str]) -> Span | None:
    text = block.text
    low, high = match.span(match.lastindex or 0)
    quoted = text[match.start()] == "«"
    if quoted and (page.language in _GUILLEMETS or sum("«" in other.text for other in page.blocks) > 1):
        return None
    if _STOP.search(text, low, high):
        return None
    pieces: list[list[Token]] = [[]]
    edges = [found.end() for found in _BETWEEN.finditer(text, low, high)]
    for token in unit.tokens:
        if low <= token.start < high:
            while edges and token.start >= edges[0]:
                edges.pop(0)
                pieces.append([])
            pieces[-1].append(token)
    pieces = [piece for piece in pieces if piece]
    tokens = [token for piece in pieces for token in piece]
    size = sum(token.size for token in tokens)
    if size < 4 or sum(sum(t.size for t in piece) >= 2 for piece in pieces) * 3 < 2 * len(pieces):
        return None
    if any(token.script == "none" for token in tokens if token is tokens[0]):
        return None
    cased = [piece[0] for piece in pieces if piece[0].script not in UNCASED and piece[0].script != "none"]
    if sum(token.raw[:1].isupper() for token in cased) * 4 > len(cased):
        return None
    small = sum(page.is_function(token) for token in tokens)
    small_size = small + sum(particle_share(token) * token.size for token in tokens)
    if small_size > 0.25 * size:
        return None
    counted = [token for token in tokens if keys(token) and not page.is_function(token)]
    whole = sum(token.size for token in counted)
    if whole < 4:
        return None
    strange = sum(token.size for token in counted if page.familiar(token, unit) < 0.5) / whole
    if strange < 0.75:
        return None
    kinds = {
        "shape": min(1.6, 0.6 + 0.25 * len(pieces) + 0.05 * size),
        "distance": 1.0 if strange >= 0.9 else 0.8,
    }
    start, end = match.span()
    hits = [hit for hit in unit.hits if low <= hit.start < high]
    asked = {text[hit.start : hit.end].lower() for hit in hits if hit.family == "intent"}
    traded = {hit.kind for hit in hits if hit.family == "subject"} - page.at_home
    if asked or traded:
        kinds["words"] = min(1.8, 0.6 * len(asked) + 1.0 * len(traded))
    abroad = words.strangeness(" ".join(token.raw.lower() for token in counted), page.language or "")
    other = sum(token.size for token in counted if not page.at_home_script(token.script))
    if other * 2 > whole and any(token.script != "latin" for token in counted):
        kinds["language"] = 1.8
    elif page.script not in UNCASED and page.reads_as_told() and abroad >= 0.3:
        kinds["language"] = 1.2 if abroad < 0.6 else 1.5
    if not quoted and _stranded(page, text, unit, start, end):
        kinds["broken sentence"] = 1.2
    if not kinds.keys() & {"words", "language", "broken sentence"}:
        return None
    if len(pieces) < 2:  # one phrase: an author's aside unless it asks to buy, of what nobody here knows
        if len(asked) < 2 or strange < 0.95 or quoted or _traded_elsewhere(page, unit):
            return None
        kinds["shape"] += 0.4
    return Span(start, end, "keyword_run", "spam.insert", kinds)


def _traded_elsewhere(page: PageView, apart: Unit) -> bool:
    """Whether another honest sentence of the page asks or offers to buy."""
    return any(
        unit is not apart and unit.honest and any(hit.family == "intent" for hit in unit.hits)
        for group in page.units
        for unit in group
    )


def _stranded(page: PageView, text: str, unit: Unit, start: int, end: int) -> bool:
    """Whether an aside stands behind a small word that leads up to what follows the aside."""
    before = [token for token in unit.tokens if token.end <= start]
    after = [token for token in unit.tokens if token.start >= end]
    if not before or not after or text[before[-1].end : start].strip() or text[end : after[0].start].strip():
        return False
    left, right = before[-1], after[0]
    if page.script in UNCASED or not page.is_function(left):
        return False
    return not page.is_function(right) or page.joined(left, right)
