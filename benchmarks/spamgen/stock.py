"""Read the data files: articles in a small plain-text format, spam phrases as TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.spamgen.model import Article, Block, Piece

DATA = Path(__file__).with_name("data")
_LINK = re.compile(r"\[([^\]\[]{1,200})\]\((https?://[^)\s]{1,300}|/[^)\s]{0,200}|#[^)\s]{1,60})\)")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What one category of spam says in one language; subject: words of the page that it is put on."""

    category: str
    language: str
    terms: tuple[str, ...]
    promos: tuple[str, ...]
    subject: tuple[str, ...] = ()


def pieces_of(line: str) -> tuple[Piece, ...]:
    """Cut a line at its [text](href) anchors."""
    out: list[Piece] = []
    at = 0
    for found in _LINK.finditer(line):
        if found.start() > at:
            out.append(Piece(line[at : found.start()]))
        out.append(Piece(found[1], href=found[2]))
        at = found.end()
    if at < len(line):
        out.append(Piece(line[at:]))
    return tuple(out)


def _block(text: str) -> list[Block]:
    if text.startswith("```"):
        return [Block("pre", (Piece(text.strip("`").strip("\n")),))]
    if text.startswith("+++ "):
        summary, _, rest = text[4:].partition("\n")
        return [Block("details", pieces_of(" ".join(rest.split())), summary=summary.strip())]
    if text.startswith("~~~ "):
        wrap, _, rest = text[4:].partition("\n")
        return [Block("raw", pieces_of(" ".join(rest.split())), wrap=wrap.strip())]
    blocks = []
    lines = text.split("\n")
    starts = ("## ", "### ", "- ", "# ", "| ", "> ")
    if not lines[0].startswith(starts):
        return [Block("p", pieces_of(" ".join(text.split())))]
    for line in lines:
        for mark, kind in (("### ", "h3"), ("## ", "h2"), ("- ", "li"), ("# ", "ol"), ("> ", "quote")):
            if line.startswith(mark):
                blocks.append(Block(kind, pieces_of(line[len(mark) :].strip())))
                break
        else:
            cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
            blocks.append(Block("row", cells=cells))
    return blocks


@cache
def articles(name: str) -> tuple[Article, ...]:
    """Read data/NAME.txt.

    An article begins with "=== id | language | genre | author | date"; its first line is the title;
    blocks are separated by blank lines ("## " heading, "- " item, "# " numbered item, "| " table row,
    "> " quotation, "```" code, "+++ " details,
    "~~~ HTML with %s" for a paragraph in markup of its own).
    """
    found = []
    for part in (DATA / f"{name}.txt").read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, rest = part.partition("\n")
        fields = [item.strip() for item in head.split("|")] + ["", ""]
        title, _, body = rest.strip().partition("\n")
        blocks: list[Block] = []
        pending = ""
        for text in body.strip().split("\n\n"):
            pending = f"{pending}\n\n{text}" if pending else text.strip("\n")
            if pending.startswith("```") and not pending.rstrip().endswith("\n```"):
                continue
            blocks.extend(_block(pending))
            pending = ""
        found.append(Article(fields[0], fields[1], fields[2], title.strip(), tuple(blocks), *fields[3:5]))
    return tuple(found)


@cache
def phrases() -> tuple[Phrases, ...]:
    """Read data/spam.toml: every (category, language) with its terms and promotional sentences."""
    out = []
    for category, by_language in _spam()["category"].items():
        for language, held in by_language.items():
            if isinstance(held, dict):
                out.append(Phrases(category, language, tuple(held["terms"]), tuple(held["promos"])))
    return tuple(out)


@cache
def _spam() -> dict:  # type: ignore[type-arg]
    return tomllib.loads((DATA / "spam.toml").read_text(encoding="utf-8"))


@cache
def words(name: str) -> tuple[str, ...]:
    """Return a list of small words from data/spam.toml's [words] table."""
    return tuple(_spam()["words"][name])


def generic(kind: str, language: str) -> tuple[str, ...]:
    """Return [sentences] or [stories] that any category may use, in one language; empty if there are none."""
    return tuple(_spam()[kind].get(language, ()))


def half_of(category: str, language: str) -> str:
    """Return "tune" where both category and language are in that half, else "report"."""
    halves = _spam()["half"]
    return "tune" if category in halves["categories"] and language in halves["languages"] else "report"
