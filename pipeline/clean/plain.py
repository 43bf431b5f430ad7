"""Pages without markup, and texts that are taken as clean."""

from __future__ import annotations

import re

from pipeline.clean.maintext import judge_line
from schemas.records import Block

_BLANK = re.compile(r"\n[ \t\u00a0\u3000]*(?:\n[ \t\u00a0\u3000]*)+")
_BULLET = re.compile(r"^(?:[•·‣▪◦●○*+–-]|\d{1,3}[.)])\s{1,8}(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?。！？…][\"'”’»」』）)\]]{0,2}$")
LONGEST_TITLE = 220  # characters of a first line that may be a title, after spam
LONGEST_FIRST_LINE = 1500  # with the spam that was glued to it


def split_blocks(text: str) -> list[str]:
    """Return the stretches between blank lines; lines that are whole paragraphs count as such.

    Line ends inside a block stay, unless the line before ends a sentence and is a long one: pages
    without blank lines have a paragraph a line.
    """
    blocks: list[str] = []
    for part in _BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")):
        lines = [line.rstrip(" \t\u00a0\u3000") for line in part.split("\n")]
        gathered: list[str] = []
        for line in lines:
            if gathered and (len(gathered[-1]) > 100 or len(line) > 140):
                blocks.append("\n".join(gathered).strip())
                gathered = []
            if line.strip():
                gathered.append(line)
        if gathered:
            blocks.append("\n".join(gathered).strip())
    return [block for block in blocks if block]


def clean_text_blocks(text: str) -> list[Block]:
    """Return the blocks of a text that is taken as it is: paragraphs, and rows where cells are barred."""
    made: list[Block] = []
    tables = -1
    in_table = False
    for block in split_exact(text):
        row = " | " in block and "\n" not in block and len(block) < 600
        if row and not in_table:
            tables += 1
        in_table = row
        made.append(Block("table_row", block, table=tables) if row else Block("paragraph", block))
    return made


def split_exact(text: str) -> list[str]:
    """Return the stretches between blank lines, otherwise untouched."""
    return [block for block in _BLANK.split(text) if block.strip()]


def looks_like_title(line: str) -> bool:
    """Whether a first line is a headline and not the beginning of the text."""
    if not line or len(line) > LONGEST_TITLE or "\n" in line:
        return False
    if line.endswith(("。", ":", "：", ";", ",", "，", "、", "؛")):
        return False
    if line.endswith(".") and (len(line) > 110 or line.count(". ") > 0):
        return False
    return not (_ENDS_SENTENCE.search(line) and len(line) > 130)


def is_cut_as_title(line: str) -> bool:
    """Whether the first line also leaves the text; a word or two are more likely a heading."""
    if not looks_like_title(line) or line.endswith("."):
        return False
    wide = sum(1 for char in line if char >= "\u2e80")
    return len(line.split()) >= 4 or len(line) >= 20 or wide >= 7


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a page without markup."""
    made: list[Block] = []
    tables = -1
    in_table = False
    for part in split_blocks(text):
        row = " | " in part and "\n" not in part and len(part) < 600
        if row and not in_table:
            tables += 1
        in_table = row
        if row:
            made.append(Block("table_row", part, table=tables))
        elif _BULLET.match(part):
            made.append(Block("list_item", part))
        else:
            made.append(Block("paragraph", part))
    return made


def furniture(block: Block) -> tuple[str, str] | None:
    """Return (reason, rule) for a block that is page furniture by its wording, or None."""
    lines = block.text.split("\n")
    verdicts = [judge_line(line.strip()) for line in lines]
    found = [verdict for verdict in verdicts if verdict]
    rest = [line for line, verdict in zip(lines, verdicts, strict=True) if not verdict]
    if not found or any(len(line.strip(" •*-0123456789")) > 12 for line in rest):
        return None
    return found[0]
