"""Pages without markup, texts that are taken as clean, and the line rules that every text passes at last.

Because cleaned pages pass the same line rules as pages without markup, cleaning a cleaned text again
changes nothing by these rules (the spam rules may still see something anew: docs/spam.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipeline.clean.byline import is_byline
from pipeline.clean.lines import judge_line
from pipeline.clean.pieces import key
from pipeline.clean.source import Source, find_source
from schemas.records import Block, Link

_BLANK = re.compile(r"\n[ \t\r\f\v\u00a0\u3000]*(?:\n[ \t\r\f\v\u00a0\u3000]*)+")
_BULLET = re.compile(r"^(?:[•·‣▪◦●○*+–-]|\d{1,3}[.)])\s{1,8}(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?。！？…][\"'”’»」』）)\]]{0,2}$")
_FULL_STOP = re.compile(r"[.…。][\"'”’»」』）)\]]{0,2}$")
#: A sentence that ended inside a line, which then ends another or goes on in another tongue.
_INNER_STOP = re.compile(r"[。！？]\s?(?=[^\s」』”’）)\]])|[a-z]{3}[.!?]\s(?=\S).*[.!?…][\"'”’»)\]]{0,2}$")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{4}[.!?][\"'”’»)]?\s[A-ZÀ-ÞА-Я]")
LONGEST_TITLE = 220  # characters of a first line that may be a title, after spam
LONGEST_FIRST_LINE = 1500  # with the spam that was glued to it
_LONG_LINE = 120  # characters; a line that is longer and ends a sentence is a paragraph of its own


def split_blocks(text: str) -> list[str]:
    """Return the stretches between blank lines; in a text without any, each line is one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = _BLANK.split(text)
    if len(parts) == 1 and text.count("\n") >= 2:
        parts = text.split("\n")
    return [made for part in parts for made in split_long_lines(part)]


def split_long_lines(block: str) -> list[str]:
    """Cut a block behind each long line that ends a sentence: it was a paragraph, not a wrapped line.

    Lines that are all barred are the rows of a table.
    """
    lines = [line.rstrip() for line in block.strip().split("\n") if line.strip()]
    if not lines:
        return []
    if all(" | " in line for line in lines):
        return [line.strip() for line in lines]
    made = [[lines[0]]]
    for before, line in pairwise(lines):
        if len(before) > _LONG_LINE and _ENDS_SENTENCE.search(before):
            made.append([])
        made[-1].append(line)
    return ["\n".join(group).strip() for group in made]


def split_block(block: Block) -> list[Block]:
    """Apply split_long_lines to a block of a page with markup, links moved along."""
    if "\n" not in block.text or block.kind == "table_row":
        return [block]
    made: list[Block] = []
    at = 0
    for text in split_long_lines(block.text):
        start = block.text.find(text, at)
        if start < 0:  # lines inside were trimmed; their links can't be placed
            made.append(Block(block.kind, text, (), block.table, block.level))
            continue
        at = start + len(text)
        links = tuple(
            Link(link.start - start, link.end - start, link.href, link.rel, link.style)
            for link in block.links
            if start <= link.start and link.end <= at
        )
        made.append(Block(block.kind, text, links, block.table, block.level))
    return made


def exact_blocks(text: str) -> list[tuple[int, Block]]:
    """Return (start, block) of a text that is taken as it is: paragraphs, and rows where cells are barred."""
    made: list[tuple[int, Block]] = []
    tables = -1
    in_table = False
    at = 0
    for found in [*_BLANK.finditer(text), None]:
        end = found.start() if found else len(text)
        part = text[at:end]
        lines = part.strip().split("\n")
        rows = len(lines) > 1 and all(_is_row(line) for line in lines)
        for piece in lines if rows else [part]:
            stripped = piece.strip()
            if stripped:
                start = text.index(stripped, at)
                row = _is_row(stripped)
                tables += row and not in_table
                in_table = row
                block = Block("table_row", stripped, table=tables) if row else Block("paragraph", stripped)
                made.append((start, block))
                at = start + len(stripped)
        at = found.end() if found else len(text)
    return made


def _is_row(text: str) -> bool:
    return " | " in text and "\n" not in text and len(text) < 600


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a page without markup."""
    made: list[Block] = []
    tables = -1
    in_table = False
    for part in split_blocks(text):
        row = _is_row(part)
        tables += row and not in_table
        in_table = row
        if row:
            made.append(Block("table_row", part, table=tables))
        else:
            made.append(Block("list_item" if _BULLET.match(part) else "paragraph", part))
    return made


def looks_like_title(line: str) -> bool:
    """Whether a first line may be a headline: short, and no sentence of a longer text."""
    if not line or len(line) > LONGEST_TITLE or "\n" in line or not any(char.isalpha() for char in line):
        return False
    if line.endswith(("。", ":", "：", ";", ",", "，", "、", "؛")):
        return False
    if line.endswith(".") and (len(line) > 110 or ". " in line):
        return False
    if _INNER_STOP.search(line):
        return False
    return not (_ENDS_SENTENCE.search(line) and len(line) > 130)


def leaves_as_title(line: str, after: str) -> bool:
    """Whether a first line that looks like a title also leaves the text.

    A word or two are more likely a heading; and a title has a text behind it. Articles open with a question
    or a call as often as titles are one: these leave only where a byline follows.
    """
    if not looks_like_title(line) or len(line) > 130 or _is_row(line) or _BULLET.match(line):
        return False
    if _FULL_STOP.search(line) or _TWO_SENTENCES.search(line) or line[0] in "…:(" or line[0].islower():
        return False
    if line.endswith(("?", "!")) and not is_byline(after):
        return False
    if len(line) > 70 and sum("\u0e00" <= char < "\u1100" for char in line) * 2 > len(line):
        return False  # Thai and its neighbours end no sentence with a mark
    wide = sum(1 for char in line if char >= "\u2e80")
    return bool(after) and (len(line.split()) >= 4 or len(line) >= 20 or wide >= 7)


def titles_ahead(blocks: list[Block]) -> int:
    """Return how many blocks at the head of a text would leave it as its title, were it read without markup.

    A caption, a kicker or a line under the headline that stands there unended; what heads a section stays.
    """
    count = 0
    while count + 1 < len(blocks):
        first = blocks[count].text
        if "\n" in first or _FULL_STOP.search(first) or not leaves_as_title(first, blocks[count + 1].text):
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is furniture among blocks: (reason, rule) or None for each; the source that a line names."""

    each: tuple[tuple[str, str] | None, ...]
    source: Source | None = None
    bylines: tuple[str, ...] = ()


def judge_blocks(blocks: list[Block], *, title: str = "") -> Verdicts:
    """Judge blocks by their wording and place until nothing more goes.

    title: of the page; a block that repeats it goes.
    """
    each: list[tuple[str, str] | None] = [None] * len(blocks)
    title_key = key(title)
    source: Source | None = None
    bylines: list[str] = []
    for at, block in enumerate(blocks):
        if title_key and len(block.text) < 400 and key(block.text) == title_key:
            each[at] = ("headline", "repeated-headline")
        elif block.kind != "table_row":
            each[at] = furniture(block)
    for _ in range(8):
        left = [at for at, verdict in enumerate(each) if verdict is None]
        before = len(left)
        last_text = max((at for at in left if _is_running(blocks[at].text)), default=-1)
        # what stands behind a heading of the comments or of other articles, at the very end
        tail = any(
            verdict is not None and at > last_text >= 0 and verdict[0] in ("comments", "related", "share")
            for at, verdict in enumerate(each)
        )
        if tail:
            opened = False
            for at in range(last_text + 1, len(blocks)):
                verdict = each[at]
                if verdict is not None and verdict[0] in ("comments", "related", "share"):
                    opened = True
                elif verdict is None and opened and len(blocks[at].text) < 60:
                    each[at] = ("boilerplate", "after-the-end")
        for at in left[:3]:
            if each[at] is None and blocks[at].kind == "paragraph" and is_byline(blocks[at].text):
                each[at] = ("byline", "byline")
                bylines.append(blocks[at].text)
            elif each[at] is None:
                break
        left = [at for at, verdict in enumerate(each) if verdict is None]
        found = find_source([(blocks[at].text, _first_link(blocks[at])) for at in left])
        if found is not None:
            each[left[found.line]] = ("source", found.rule)
            source = source or Source(found.name, left[found.line], found.rule)
        if sum(verdict is None for verdict in each) == before:
            break
    return Verdicts(tuple(each), source, tuple(bylines))


def _is_running(text: str) -> bool:
    """Whether a block is text and not a line of furniture."""
    return len(text) >= 120 or (len(text) >= 40 and _ENDS_SENTENCE.search(text) is not None)


def _first_link(block: Block) -> str:
    for link in block.links:
        return block.text[link.start : link.end]
    return ""


_MARKS = " \t•*-–0123456789"


def furniture(block: Block) -> tuple[str, str] | None:
    """Return (reason, rule) for a block that is page furniture by its wording, or None."""
    if len(block.text) > 3000:
        return None
    linked = sum(link.end - link.start for link in block.links) / max(1, len(block.text))
    lines = block.text.split("\n")
    verdicts = [judge_line(line.strip(_MARKS if len(lines) > 1 else " "), linked=linked) for line in lines]
    found = [verdict for verdict in verdicts if verdict]
    rest = [line for line, verdict in zip(lines, verdicts, strict=True) if not verdict]
    if not found or any(len(line.strip(_MARKS)) > 12 for line in rest):
        return None
    return found[0]
