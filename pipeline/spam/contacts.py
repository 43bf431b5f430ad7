"""Find lines that hawk: terms that the page doesn't know, with a messenger's handle, a number or a coined name.

An article's own contact line names people or offices, with capitals, and little besides; a hawker's line
is search terms with a way to reach nobody in particular.
"""

from __future__ import annotations

import re

from pipeline.spam import offers, pitches
from pipeline.spam.page import UNCASED, PageView, Unit, keys
from pipeline.spam.runs import Span
from schemas.records import Block

ENOUGH = 3.7

_REACH = re.compile(r"[@☎☏✆📞📱📲]|\+?\d[\d ()-]{6,18}\d|\bt\.me/|\bwa\.me/|\w\.[a-z]{2,10}\b")
_NUMBER = re.compile(
    r"[☎☏✆📞📱📲]|(?<![\d.,/])\+?\d{1,4}[ -]?\(?\d{2,5}\)?[ -]\d{3,8}(?:[ -]\d{2,6})?(?![\d.,/])|\+\d{8,14}"
)
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z][\w.]{3,30}|\bt\.me/|\bwa\.me/")
_MESSENGER = re.compile(
    r"\b(?:whats ?app|telegram|line(?: id)?\b|wechat|weixin|viber|zalo|kakao(?:talk)?|skype|signal|icq|qq|discord)\b"
    r"|微信|飞机|电报|電報|加Q|카톡|카카오톡|텔레그램|ไลน์|ватсап|вацап|телеграм|вайбер|واتساب|واتس|تلغرام|تيليجرام",
    re.I,
)


def find(page: PageView, block: Block, unit: Unit) -> list[Span]:
    """Return a unit that is a hawker's line, with what speaks against it, or nothing."""
    text = block.text[unit.start : unit.end]
    if block.kind not in ("paragraph", "list_item", "heading") or unit.size > 30 or not _REACH.search(text):
        return []
    numbered, handle = _NUMBER.search(text), _HANDLE.search(text)
    reach = offers.contact(text, page, asked=True)
    if not (numbered or handle or reach):
        return []
    taken = [match.span() for match in (numbered, handle, *_MESSENGER.finditer(text)) if match]
    if reach:
        at = text.find(reach)
        taken.append((at, at + len(reach)))
    words = [
        token
        for token in unit.tokens
        if keys(token) and not any(low <= token.start - unit.start < high for low, high in taken)
    ]
    small = sum(page.is_function(token) for token in words)
    content = [token for token in words if not page.is_function(token)]
    size = sum(token.size for token in content)
    if size < 2 or small * 4 > len(words) or unit.functions > max(0.2, 0.6 * page.mortar):
        return []
    strange = sum(token.size for token in content if page.familiar(token, unit) < 0.5) / size
    lower = sum(token.script in UNCASED or token.raw[:1].islower() for token in content)
    if strange < 0.75 or lower * 3 < 2 * len(content):
        return []
    kinds = {"contact": 1.2, "shape": 0.6 if unit.ended else 1.0, "distance": 0.9}
    signs = [
        bool(_MESSENGER.search(text)),
        any(pitches.coined(page, unit, token) for token in unit.tokens),
        bool(handle),
        bool(reach and reach[-1:].isalpha() and "@" not in reach),
        bool(numbered and (handle or reach)),
        any(hit.family in ("intent", "subject") and hit.kind not in page.at_home for hit in unit.hits),
    ]
    kinds["hawking"] = 0.4 * sum(signs)
    return [Span(unit.start, unit.end, "spam_paragraph", "spam.contact", kinds)]
