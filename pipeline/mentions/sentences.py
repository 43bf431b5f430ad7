"""Blocks -> sentences and clauses, by offsets alone.

A sentence never crosses a block. A row of a table is one sentence, and so is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.expressions import quick
from schemas.records import Article, TextBlock

#: A full stop after one of these does not end a sentence.
_ABBREVIATION: Final = quick(
    r"(?:\b(?:Inc|Corp|Co|Ltd|vs|approx|e\.g|i\.e|etc|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|Fig|Figs|Eq|Sec|Tab|Ref|al|ca|cf|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|"
    r"a\.m|p\.m|U\.S|U\.K|E\.U|resp|incl|excl|max|min|avg|Rs|[A-Z])\.)$"
)
_END: Final = quick(
    r"[.!?…]{1,3}[\"”’'»)\]]{0,3}(?:\[\d{1,3}\]){0,3}[ \t\u00a0]{1,4}(?=[\"“‘'«(\[]{0,2}[A-Z0-9$€£¥~@#À-Þ])|\n+"
)


#: A number spoken word by word: "Forty. Million. Dollars."
_SPOKEN: Final = quick(
    r"(?:\b\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion))"
    r"\.[ \u00a0](?=(?:Hundred|Thousand|Million|Billion|Trillion|Dollars|Euros|Pounds|Yuan|Francs|Kroner|Kronor|Rupees)\b[.,!”\"])",
    re.IGNORECASE,
)


#: What stands between two cells of a row, and a line that only rules a table off: "|---|:--:|".
_CELLS: Final = re.compile(
    r"\S \| \S|\S\t[^\t\n]{1,80}\t\S|^\S[^\t\n]{0,40}\t\S[^\t\n]{0,60}$|^\|.+\|$", re.MULTILINE
)
_RULED: Final = re.compile(r"[|\s:+-]{3,}")


#: Longest piece that is read as one sentence, in code points.
LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: [start, end) of the text, the kind of its block, which block, which table."""

    start: int
    end: int
    kind: str
    block: int
    table: int | None = None
    level: int = 0
    first: bool = True


def blocks_of(article: Article) -> tuple[TextBlock, ...]:
    """Return the article's blocks, or those that blank lines make where it has none."""
    if article.blocks:
        return article.blocks
    found: list[TextBlock] = []
    table, last_row = -1, -2
    for match in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", article.text):
        start, end = match.span()
        piece = match[0]
        lead = len(piece) - len(piece.lstrip())
        start, end = start + lead, start + len(piece.rstrip())
        if start >= end:
            continue
        if _CELLS.search(piece) and all(
            _CELLS.search(line) or _RULED.fullmatch(line) for line in piece.strip().split("\n")
        ):
            for row in re.finditer(r"[^\n]+", article.text[start:end]):
                if _RULED.fullmatch(row[0]):
                    continue
                if last_row != len(found) - 1:
                    table += 1
                last_row = len(found)
                found.append(TextBlock(start + row.start(), start + row.end(), "table_row", table))
        elif (
            len(piece) <= 90 and not re.search(r"[.!?:;,…]['\"”’)]?\s*$", piece) and "\n" not in piece.strip()
        ):
            found.append(TextBlock(start, end, "heading", None, 2))
        else:
            found.append(TextBlock(start, end, "paragraph"))
    return tuple(found)


def _wrapped(text: str, start: int, at: int) -> bool:
    """Whether the line break at `at` only wraps a line: the next line goes on in the middle of a sentence."""
    line = text[max(start, text.rfind("\n", start, at) + 1) : at]
    follows = text[at + 1 : at + 2]
    if not line or line.rstrip()[-1:] in '.!?:;"”|':
        return False
    return follows.islower() or (len(line) >= 60 and not follows.isspace() and follows not in "-*•–—#")


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        if match[0][0] == "." and _ABBREVIATION.search(text, max(at, match.start() - 12), match.start() + 1):
            tail = text[match.end() : match.end() + 20]
            short = text[max(at, match.start() - 4) : match.start() + 1]
            if not (
                re.search(r"(?:Inc|Corp|Ltd|Co|U\.S|U\.K|etc|a\.m|p\.m)\.$", short)
                and re.match(r"(?:The|It|In|Its|They|This|That|We|But|And|A|An|At|On|For)\b", tail)
            ):
                continue
        if match[0][0] == "." and _SPOKEN.search(text, max(at, match.start() - 10), match.end() + 12):
            continue
        if match[0] == "\n" and _wrapped(text, at, match.start()):
            continue
        close = match.start() if match[0][0] == "\n" else match.end()
        yield at, close
        at = match.end()
    yield at, end


def sentences(article: Article) -> list[Sentence]:
    """Cut the article into sentences, in text order; white space around them is left out."""
    text, out = article.text, []
    for number, block in enumerate(blocks_of(article)):
        first = True
        pieces = (
            [(block.start, block.end)]
            if block.kind in ("table_row",)
            else _cuts(text, block.start, block.end)
        )
        for start, end in pieces:
            while start < end and text[start].isspace():
                start += 1
            while end > start and text[end - 1].isspace():
                end -= 1
            for first_at, last_at in _pieces(text, start, end) if start < end else ():
                out.append(Sentence(first_at, last_at, block.kind, number, block.table, block.level, first))
                first = False
    return out


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is longer than any sentence at a comma, a semicolon or a space: rules cost more than the length of it."""
    while end - start > LONGEST:
        cut = max(text.rfind(mark, start + LONGEST // 2, start + LONGEST) for mark in ("; ", ", "))
        if cut < 0:
            cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut + 1 if cut > 0 else start + LONGEST
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    yield start, end


def title_sentence(title: str) -> Sentence:
    """Return a title as the one sentence it is."""
    start = len(title) - len(title.lstrip())
    return Sentence(start, max(start, len(title.rstrip())), "heading", 0, None, 1)
