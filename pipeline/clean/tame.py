"""Take from hostile markup what no parser survives, and from texts what no rule has time for.

libxml2 drops the rest of a page at 256 nested elements or 10 MB of one text or attribute, without a
word; other parsers need minutes for 200,000 nested tags. So absurd attributes lose their value, absurd
runs of opening tags become one, and what stands beyond LONGEST_TEXT of one stretch goes into the
audit trail unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemas.records import Block, Removed

LONGEST_TEXT = 300_000  # characters of a page that are judged and read: a hundred long articles
_WORTH_A_LOOK = 100_000  # characters of markup; smaller pages can't hold any of this
_ATTRIBUTE = re.compile(r"(=\s{0,20})(?:\"[^\"<>]{65536,}\"|'[^'<>]{65536,}')")
_NESTED = re.compile(
    r"(?:<(?:div|span|font|b|i|u|em|strong|p|section|article|blockquote|ul|ol|li|table|tr|td|center|a|small|big)"
    r"(?:\s[^<>]{0,200})?>\s{0,10}){200,}",
    re.IGNORECASE,
)
_STRETCH = re.compile(r"[^<]{300000,}")


def tame(markup: str) -> tuple[str, list[Removed]]:
    """Return markup that can be parsed, and what was cut from its text, in order.

    Pages below 100,000 characters come back as they are.
    """
    if len(markup) < _WORTH_A_LOOK:
        return markup, []
    rest: list[Removed] = []

    def cut(found: re.Match[str]) -> str:
        at = _end(found[0], LONGEST_TEXT)
        if found[0][at:].strip():
            rest.append(_rest(found[0][at:]))
        return found[0][:at]

    markup = _ATTRIBUTE.sub(r'\1""', markup)
    markup = _NESTED.sub("<div>", markup)
    return _STRETCH.sub(cut, markup), rest


def shorten(blocks: Sequence[Block]) -> tuple[list[Block], list[Removed]]:
    """Return the blocks up to LONGEST_TEXT characters, the last one cut behind a sentence, and the rest."""
    room = LONGEST_TEXT
    for at, block in enumerate(blocks):
        if len(block.text) <= room:
            room -= len(block.text)
            continue
        end = _end(block.text, room)
        left = [block.text[end:], *(later.text for later in blocks[at + 1 :])]
        links = tuple(link for link in block.links if link.end <= end)
        kept = [Block(block.kind, block.text[:end].rstrip(), links, block.table, block.level)] if end else []
        return [*blocks[:at], *kept], [_rest("\n\n".join(left))]
    return list(blocks), []


def _rest(text: str) -> Removed:
    return Removed(text.strip(), "boilerplate", "beyond-limit", ("length",))


def _end(text: str, most: int) -> int:
    """Return where to cut: behind the last sentence that ends before most, else at a blank, else there."""
    for mark in (". ", " "):
        at = text.rfind(mark, max(0, most - 5_000), most)
        if at > 0:
            return at + 1
    return most
