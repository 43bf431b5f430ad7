"""Take from hostile markup what no parser survives, and from texts what no rule has time for.

libxml2 drops the rest of a page at 256 nested elements or 10 MB of one text or attribute, without a
word; other parsers need minutes for 200,000 nested tags. So absurd attributes lose their value, absurd
runs of opening tags become one, and what stands beyond LONGEST_TEXT of one stretch goes into the
audit trail unread.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.clean.decode import decode
from schemas.records import Page, Removed

LONGEST_TEXT = 300_000  # characters of a page that are judged and read: a hundred long articles
WORTH_A_LOOK = 400_000  # bytes; in smaller pages the parser's own second way copes
_ATTRIBUTE = re.compile(r"(=\s{0,20})(?:\"[^\"<>]{65536,}\"|'[^'<>]{65536,}')")
_NESTED = re.compile(
    r"(?:<(?:div|span|font|b|i|u|em|strong|p|section|article|blockquote|ul|ol|li|table|tr|td|center|a|small|big)"
    r"(?:\s[^<>]{0,200})?>\s{0,10}){200,}",
    re.IGNORECASE,
)
_STRETCH = re.compile(r"(?<=>)[^<]{300000,}")
_LONG_ATTRIBUTE = 65_536  # characters


def tame_page(page: Page) -> tuple[Page, list[Removed]]:
    """Return a page that can be parsed and read in time, and what was cut from its text, in order.

    An ordinary page comes back as it is (the same object). A text that is taken as clean is left
    alone. Raises ReadError as decode does.
    """
    if len(page.body) < WORTH_A_LOOK or page.media == "clean":
        return page, []
    if page.media == "html" and not _is_absurd(page.body):
        return page, []
    text, _ = decode(page.body, declared=page.charset, name=page.source)
    made, rest = cut_text(text) if page.media == "text" else tame(text)
    if made == text:
        return page, []
    return replace(page, body=made.encode("utf-8", "replace"), charset="utf-8"), rest


def _is_absurd(body: bytes) -> bool:
    """Whether markup has a very long stretch without a tag, or 200 opening tags in a row."""
    parts = body.split(b"<")
    if max(map(len, parts)) > _LONG_ATTRIBUTE:
        return True
    run = 0
    for part in parts:
        run = run + 1 if part[:1].isalpha() and part.rstrip()[-1:] == b">" else 0
        if run >= 200:
            return True
    return False


def tame(markup: str) -> tuple[str, list[Removed]]:
    """Return markup that can be parsed, and what was cut from its text."""
    rest: list[Removed] = []

    def cut(found: re.Match[str]) -> str:
        kept, beyond = cut_text(found[0])
        rest.extend(item for item in beyond if item.text)
        return kept

    longest = max(map(len, markup.split("<")))
    if (
        longest > _LONG_ATTRIBUTE
    ):  # tried at every character of a long script, the patterns would take minutes
        markup = _ATTRIBUTE.sub(r'\1""', markup)
    markup = _NESTED.sub("<div>", markup)
    return (_STRETCH.sub(cut, markup) if longest > LONGEST_TEXT else markup), rest


def cut_text(text: str) -> tuple[str, list[Removed]]:
    """Return the beginning of a text, cut behind a sentence, and the rest as it came."""
    if len(text) <= LONGEST_TEXT:
        return text, []
    end = _end(text, LONGEST_TEXT)
    return text[:end], [_rest(text[end:])]


def _rest(text: str) -> Removed:
    return Removed(text.strip(), "boilerplate", "beyond-limit", ("length",))


def _end(text: str, most: int) -> int:
    """Return where to cut: behind the last sentence that ends before most, else at a blank, else there."""
    for mark in (". ", " "):
        at = text.rfind(mark, max(0, most - 5_000), most)
        if at > 0:
            return at + 1
    return most
