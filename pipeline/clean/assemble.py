"""Blocks and cuts put together: the article's text, where its blocks lie, and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.spam import SpamResult
from schemas.records import Block, Removed, TextBlock, content_id

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
#: Characters that a reader can't see and that carry nothing: soft hyphen, zero-width space, joiners of
#: words, byte order marks, marks of direction. (Joiners inside Indic and Persian words and emoji stay.)
_UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


@dataclass(slots=True)
class Cut:
    """Something cut: before which block, and at which character of it.

    block:  index of the kept block that it stood before (or in).    offset: 0 where before it.
    whole:  the kind of the block that it was, or "" for a stretch inside a block.
    """

    removed: Removed
    block: int
    offset: int = 0
    whole: str = "paragraph"


def tidy(text: str) -> str:
    """Return a block's text as it is stored: unseen characters out, no blank lines inside."""
    text = text.translate(_UNSEEN)
    if "\n" in text:
        text = "\n".join(line.rstrip() for line in _BLANK_LINES.sub("\n", text).split("\n"))
    return text.strip()


def after_spam(given: Sequence[Block], cuts: list[Cut], result: SpamResult) -> list[Cut]:
    """Return all cuts with their places among the blocks that the spam room left.

    given: the blocks that went in; cuts: those made before, placed among them.
    """
    gone = {" ".join(item.text.split()) for item in result.removed}
    moved = [0] * (len(given) + 1)
    at = 0
    for index, block in enumerate(given):
        moved[index] = at
        if at < len(result.blocks) and (
            result.blocks[at].text == block.text or " ".join(block.text.split()) not in gone
        ):
            at += 1
    moved[len(given)] = len(result.blocks)
    out = [replace(cut, block=moved[cut.block]) for cut in cuts]
    wholes = {" ".join(block.text.split()): block.kind for block in given}
    for item, (block_index, offset) in zip(result.removed, result.places, strict=True):
        whole = wholes.get(" ".join(item.text.split()), "")
        if offset and block_index < len(result.blocks):
            offset = len(result.blocks[block_index].text[:offset].translate(_UNSEEN))
        out.append(Cut(item, block_index, offset, whole))
    out.sort(key=lambda cut: (cut.block, cut.offset))
    return out


def placed_flags(result: SpamResult) -> tuple[Removed, ...]:
    """Return what was flagged, placed in the text as it is stored: without unseen characters."""
    raw = "\n\n".join(block.text for block in result.blocks)
    return tuple(
        replace(item, text=text, position=len(raw[: item.position].translate(_UNSEEN)))
        for item in result.flagged
        if (text := tidy(item.text))
    )


def put_together(
    blocks: Sequence[Block], cuts: Sequence[Cut], *, address: str, restored: frozenset[str] = frozenset()
) -> tuple[str, tuple[TextBlock, ...], tuple[Removed, ...]]:
    """Return the text, its blocks, and the cuts with position and id.

    blocks, cuts: in page order, cuts placed among the blocks.
    address:  what tells this page from others (its address, else the hash of its bytes).
    restored: ids of cuts that stay in after all.
    """
    counted: dict[tuple[str, str, str], int] = {}
    texts = [tidy(block.text) for block in blocks]
    kinds: list[tuple[str, int | None, int]] = [(block.kind, block.table, block.level) for block in blocks]
    named: list[tuple[Removed, Cut]] = []
    for cut in cuts:
        item = cut.removed
        what = (item.part, item.reason, item.text)
        number = counted[what] = counted.get(what, 0) + 1
        named.append((replace(item, cut_id=content_id("cut", address, *what, number)), cut))
    if restored:
        texts, kinds, named = _restore(texts, kinds, named, restored)
    starts: list[int] = []
    lain: list[TextBlock] = []
    parts: list[str] = []
    size = 0
    for text, (kind, table, level) in zip(texts, kinds, strict=True):
        if not text:
            starts.append(size)
            continue
        if parts:
            size += 2
        starts.append(size)
        lain.append(TextBlock(size, size + len(text), kind, table, level))
        parts.append(text)
        size += len(text)
    starts.append(size)
    removed = tuple(
        replace(item, position=min(starts[min(cut.block, len(texts))] + cut.offset, size))
        for item, cut in named
    )
    return "\n\n".join(parts), tuple(lain), removed


def _restore(
    texts: list[str],
    kinds: list[tuple[str, int | None, int]],
    named: list[tuple[Removed, Cut]],
    restored: frozenset[str],
) -> tuple[list[str], list[tuple[str, int | None, int]], list[tuple[Removed, Cut]]]:
    """Put the named cuts back where they stood."""
    new_texts: list[str] = []
    new_kinds: list[tuple[str, int | None, int]] = []
    left: list[tuple[Removed, Cut]] = []
    by_block: dict[int, list[tuple[Removed, Cut]]] = {}
    for item, cut in named:
        by_block.setdefault(cut.block, []).append((item, cut))
    for index in range(len(texts) + 1):
        text = texts[index] if index < len(texts) else ""
        grown = 0
        for item, cut in by_block.get(index, []):
            if item.cut_id not in restored or item.part != "text":
                left.append((item, replace(cut, block=len(new_texts), offset=cut.offset + grown)))
            elif cut.whole or index == len(texts):
                new_texts.append(tidy(item.text))
                new_kinds.append((cut.whole or "paragraph", None, 2 if cut.whole == "heading" else 0))
            elif item.text not in text:
                at = cut.offset + grown
                before, after = text[:at].rstrip(), text[at:].lstrip()
                joined = " ".join(part for part in (before, item.text.strip(), after) if part)
                grown += len(joined) - len(text)
                text = joined
        if index < len(texts):
            new_texts.append(text)
            new_kinds.append(kinds[index])
    return new_texts, new_kinds, left
