"""What the spam room takes in and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.records import Block, Removed


@dataclass(frozen=True, slots=True)
class SpamContext:
    """What is known of the page around its blocks. Every field may be left out.

    language: of the article, a two-letter code ("en", "zh"), or None where unknown.
    host:     host name of the page ("www.example.com"); links to it and its subdomains are at home.
    title:    the article's title, freed from spam.
    topics:   folded content words of the page around the article (navigation, tags, description),
              evidence that a word is at home there; the blocks' own words are added from the blocks.
    blocks:   all blocks of the article as extracted; where empty, the blocks being cleaned.
    plain:    a text without markup: a heading, a verse or a quotation looks like any paragraph.
    """

    language: str | None = None
    host: str | None = None
    title: str | None = None
    topics: frozenset[str] = field(default_factory=frozenset)
    blocks: tuple[Block, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class SpamResult:
    """Blocks after cleaning.

    blocks:   kept blocks in order; a block that is cut whole is gone, one that is cut in part keeps
              kind, table and level, and its remaining links with offsets moved.
    removed:  what was cut, in page order; position counts code points into the kept blocks joined
              by a blank line ("\n\n").
    places:   for each of removed: (index into blocks, offset in that block's text) of the seam;
              the index is len(blocks) behind the last block.
    flagged:  spans with one kind of evidence only. They are still in the text, at position.
    rejected: "spam" where the page is nothing else, or None; blocks is then empty.
    """

    blocks: tuple[Block, ...]
    removed: tuple[Removed, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    flagged: tuple[Removed, ...] = ()
    rejected: str | None = None
