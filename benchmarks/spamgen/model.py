"""What a generated page is made of, before it is written as HTML or plain text."""

from __future__ import annotations

from dataclasses import dataclass, field

GENUINE, VISIBLE, PROMO, HIDDEN = "genuine", "visible", "promo", "hidden"
ROLES = (GENUINE, VISIBLE, PROMO, HIDDEN)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one role.

    text:   as a reader of the markup sees it.
    href:   where it leads, if it is an anchor; rel and style are the anchor's.
    markup: HTML to write instead of the escaped text (must show exactly `text`), or None.
    """

    text: str
    role: str = GENUINE
    href: str | None = None
    markup: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One block: "p", "h2", "h3", "li", "ol", "row", "quote", "pre", "details", "box", "raw".

    cells:   of a "row", each the text of one cell; pieces is empty then.
    role:    of a "row" (other blocks have it in their pieces).
    summary: the line that opens a "details" block.
    wrap:    HTML around the block with "%s" where its inner HTML goes, replacing the kind's own tag.
    """

    kind: str
    pieces: tuple[Piece, ...] = ()
    cells: tuple[str, ...] = ()
    summary: str = ""
    role: str = GENUINE
    wrap: str | None = None

    def runs(self) -> list[tuple[str, str]]:
        """Return (role, text) in order."""
        if self.kind == "row":
            return [(self.role, " | ".join(self.cells))]
        told = [(GENUINE, self.summary + "\n\n")] if self.summary else []
        return told + [(piece.role, piece.text) for piece in self.pieces]


@dataclass(frozen=True, slots=True)
class Article:
    """A genuine article: the carrier."""

    id: str
    language: str
    genre: str
    title: str
    blocks: tuple[Block, ...]
    author: str = ""
    date: str = ""


@dataclass(slots=True)
class Draft:
    """A page in the making: the article's blocks with what was injected, and the rest of the page.

    titles: the title runs as written in each place: "h1", "title", "og", "ld".
    heading: HTML of the heading, where it isn't just the escaped title.
    slug:    last part of the address that the page gives as its own, or "".
    styles: CSS rules for a <style> element in the head.
    around: HTML by place ("comments", "sidebar", "footer", "top", "end"), and its spam runs in `outside`.
    """

    article: Article
    blocks: list[Block]
    titles: dict[str, list[tuple[str, str]]]
    heading: str = ""
    slug: str = ""
    styles: list[str] = field(default_factory=list)
    around: dict[str, list[str]] = field(default_factory=dict)
    outside: list[tuple[str, str]] = field(default_factory=list)

    def title_in(self, place: str) -> str:
        """Return the title as written in h1, title, og or ld."""
        return "".join(text for _, text in self.titles[place])
