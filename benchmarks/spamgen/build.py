"""Lay spam over articles, by plan: every placement, category, language, way to hide and template in turn."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from benchmarks.spamgen import hiding, layout, stock, wording
from benchmarks.spamgen.model import GENUINE, HIDDEN, PROMO, VISIBLE, Article, Block, Draft, Piece
from benchmarks.spamgen.stock import Phrases

HALVES = ("tune", "report")
SPACELESS = ("zh-Hans", "zh-Hant", "ja", "th")


@dataclass(frozen=True, slots=True)
class Document:
    """A generated page with its truth.

    kind:  "spam" (an article with spam), "whole" (nothing but spam), "negative", or "control".
    text:  the genuine body, blocks separated by a blank line ("" for "whole").
    runs:  (role, text) of the body in page order, then of what lies around it; titles: the same by place.
    """

    id: str
    name: str
    page: str
    kind: str
    half: str
    title: str
    text: str
    runs: tuple[tuple[str, str], ...]
    titles: dict[str, tuple[tuple[str, str], ...]]
    template: str
    carrier: str
    page_language: str
    placement: str = ""
    category: str = ""
    language: str = ""
    way: str = ""
    encoding: str = "utf-8"

    @property
    def body(self) -> bytes:
        """The page as served; letters that its encoding lacks are character references."""
        return self.page.encode(_CODECS.get(self.encoding, self.encoding), "xmlcharrefreplace")

    def truth(self) -> dict[str, object]:
        """Return the line for truth.jsonl."""
        spans = [
            {"part": "text", "kind": _kind(role), "text": text}
            for role, text in self.runs
            if role != GENUINE and text.strip()
        ]
        for place, runs in self.titles.items():
            spans += [
                {"part": place, "kind": _kind(role), "text": text}
                for role, text in runs
                if role != GENUINE and text.strip()
            ]
        told = {name: getattr(self, name) for name in self.__slots__ if name not in ("page", "name")}
        return {
            **told,
            "file": self.name,
            "blocks": self.text.split("\n\n") if self.text else [],
            "spans": spans,
        }


def _kind(role: str) -> str:
    return "promo_sentence" if role == PROMO else role


# --- putting text into a page -------------------------------------------------------------------


@dataclass(slots=True)
class Job:
    """One page being spoiled: its draft, its phrases, the random source, what was used."""

    draft: Draft
    phrases: Phrases
    rng: random.Random
    way: str = ""

    def paragraphs(self, *, least: int = 60) -> list[int]:
        """Return the indices of plain paragraphs with one genuine piece or more."""
        blocks = self.draft.blocks
        long = [
            n
            for n, b in enumerate(blocks)
            if b.kind == "p"
            and all(p.role == GENUINE for p in b.pieces)
            and len("".join(p.text for p in b.pieces))
            >= least // (2 if self.draft.article.language in SPACELESS else 1)
        ]
        return long or [n for n, b in enumerate(blocks) if b.kind == "p"]

    def any_place(self) -> int:
        """Return an index at which a block may be put in: before or after a paragraph."""
        return self.rng.choice(self.paragraphs(least=0)) + self.rng.randint(0, 1)

    def link(self, text: str, role: str = VISIBLE) -> Piece:
        """Return an anchor to an invented address in one of the usual spellings."""
        href = wording.address(self.rng, self.phrases.terms)
        extra = self.rng.choice(
            (
                "",
                "",
                "",
                ' style="color:#333;text-decoration:none"',
                ' target="_blank"',
                ' title="' + escape(text) + '"',
                ' rel="dofollow"',
            )
        )
        told = escape(text, quote=False)
        if self.rng.random() < 0.2:
            told = f"<{'strong' if extra else 'b'}>{told}</{'strong' if extra else 'b'}>"
        return Piece(text, role, href, f'<a href="{escape(href)}"{extra}>{told}</a>')


def _splice(pieces: tuple[Piece, ...], at: int, new: list[Piece]) -> tuple[Piece, ...]:
    """Put pieces in at a character offset of the block's text (anchors are not cut open)."""
    out: list[Piece] = []
    passed = 0
    pending = new
    for piece in pieces:
        end = passed + len(piece.text)
        if pending and at <= end and piece.href is None and piece.markup is None:
            cut = max(0, at - passed)
            parts = [Piece(piece.text[:cut], piece.role), *pending, Piece(piece.text[cut:], piece.role)]
            out += [part for part in parts if part.text]
            pending = []
        else:
            out.append(piece)
        passed = end
    return (*out, *pending)


def _text(block: Block) -> str:
    return "".join(piece.text for piece in block.pieces)


def _boundaries(block: Block, *, sentences: bool) -> list[int]:
    """Return offsets between words (or between sentences) of a block, ends left out."""
    text = _text(block)
    if sentences:
        ends = [
            n + 1
            for n in range(len(text) - 1)
            if (text[n] in ".!?" and text[n + 1] == " " and text[n - 1].islower()) or text[n] in "。！？"
        ]
        return [n for n in ends if 0 < n < len(text)]
    spaces = [n for n, mark in enumerate(text) if mark == " " and 8 < n < len(text) - 8]
    return spaces or list(range(6, max(7, len(text) - 6)))


def _put(job: Job, index: int, at: int, pieces: list[Piece]) -> None:
    """Splice at a boundary, with the white space that belongs to the spam side."""
    block = job.draft.blocks[index]
    text = _text(block)
    before = text[at - 1 : at] if at else ""
    lead = (
        ""
        if not before or before.isspace() or (before in "。！？" and job.phrases.language in SPACELESS)
        else " "
    )
    first = pieces[0]
    pieces = [Piece(lead, first.role), *pieces] if lead else list(pieces)
    after = text[at : at + 1]
    if after and not after.isspace():
        pieces.append(Piece(" ", first.role))
    job.draft.blocks[index] = replace(block, pieces=_splice(block.pieces, at, pieces))


def _tight(job: Job, index: int, at: int, pieces: list[Piece]) -> None:
    """Splice without any white space, as careless scripts do."""
    block = job.draft.blocks[index]
    job.draft.blocks[index] = replace(block, pieces=_splice(block.pieces, at, pieces))


def _run_pieces(job: Job, run: str, *, linked: bool, role: str = VISIBLE) -> list[Piece]:
    """Make a run of keywords into pieces, each few terms an anchor if linked."""
    if not linked:
        if role == VISIBLE and job.rng.random() < 0.25:
            tag = job.rng.choice(("b", "strong", "span", "em", 'font color="#000"'))
            return [Piece(run, role, None, f"<{tag}>{escape(run, quote=False)}</{tag.split()[0]}>")]
        return [Piece(run, role)]
    terms = list(job.phrases.terms)
    job.rng.shuffle(terms)
    pieces: list[Piece] = []
    for term in terms[: job.rng.randint(2, 5)]:
        if pieces:
            pieces.append(Piece(job.rng.choice((" ", ", ")), role))
        pieces.append(job.link(term, role))
    return pieces


def _sentence(job: Job, count: int = 1) -> list[Piece]:
    """Make promotional prose; now and then its brand or a term is an anchor."""
    told = wording.promo(job.rng, job.phrases, sentences=count)
    if job.rng.random() < 0.4:
        found = [(told.find(term), term) for term in job.phrases.terms if told.find(term) >= 0]
        if found:
            at, term = min(found)
            parts = [Piece(told[:at], PROMO), job.link(term, PROMO), Piece(told[at + len(term) :], PROMO)]
            return [part for part in parts if part.text]
    return [Piece(told, PROMO)]


# --- placements ---------------------------------------------------------------------------------


def _title(job: Job, places: tuple[str, ...], run: str | None = None) -> None:
    run = run or wording.keyword_run(job.rng, job.phrases, least=3, most=9)
    where = job.rng.random()
    for place in places:
        own = job.draft.titles[place]
        if where < 0.5:
            job.draft.titles[place] = [(VISIBLE, run + " "), *own]
        elif where < 0.9:
            job.draft.titles[place] = [*own, (VISIBLE, job.rng.choice((" ", " - ", " | ", ": ")) + run)]
        else:
            job.draft.titles[place] = [(VISIBLE, run.split(" ")[0] + " "), *own, (VISIBLE, " " + run)]


def title_h1(job: Job) -> None:
    _title(job, ("h1",))


def title_all(job: Job) -> None:
    _title(job, ("h1", "title", "og", "ld"))


def title_head(job: Job) -> None:
    _title(job, job.rng.choice((("title",), ("title", "og"), ("og", "ld"), ("title", "og", "ld"))))


def title_visible(job: Job) -> None:
    _title(job, ("h1", "title", "og"))


def title_disguised(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=3, most=6)
    _title(
        job, ("h1", "title", "og", "ld"), wording.disguise(job.rng, run, job.rng.choice(wording.DISGUISES))
    )


def _glue(job: Job, where: str, *, pieces: list[Piece] | None = None) -> None:
    index = job.rng.choice(job.paragraphs())
    if where == "first":
        index, where = job.paragraphs(least=0)[0], "start"
    block = job.draft.blocks[index]
    at = {"start": 0, "end": len(_text(block)), "mid": job.rng.choice(_boundaries(block, sentences=False))}[
        where
    ]
    if pieces is None:
        run = wording.keyword_run(job.rng, job.phrases, least=4, most=14)
        pieces = _run_pieces(job, run, linked=job.rng.random() < 0.25)
    _put(job, index, at, pieces)


def para_first(job: Job) -> None:
    _glue(job, "first")


def para_start(job: Job) -> None:
    _glue(job, "start")


def para_mid(job: Job) -> None:
    _glue(job, "mid")


def para_end(job: Job) -> None:
    _glue(job, "end")


def para_disguised(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=4, most=9)
    told = wording.disguise(job.rng, run, job.rng.choice(wording.DISGUISES))
    _glue(job, job.rng.choice(("start", "mid", "end")), pieces=[Piece(told, VISIBLE)])


def keyword_paragraph(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=6, most=24)
    job.draft.blocks.insert(job.any_place(), Block("p", tuple(_run_pieces(job, run, linked=False))))


def keyword_disguised(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=6, most=14)
    told = wording.disguise(job.rng, run, job.rng.choice(wording.DISGUISES))
    job.draft.blocks.insert(job.any_place(), Block("p", (Piece(told, VISIBLE),)))


def linked_paragraph(job: Job) -> None:
    pieces: list[Piece] = []
    for term in job.rng.sample(job.phrases.terms, min(len(job.phrases.terms), job.rng.randint(3, 7))):
        if pieces:
            pieces.append(Piece(job.rng.choice((" ", " | ", ", ", " · ")), VISIBLE))
        pieces.append(job.link(term))
    job.draft.blocks.insert(job.any_place(), Block("p", tuple(pieces)))


def keyword_list(job: Job) -> None:
    terms = job.rng.sample(job.phrases.terms, min(len(job.phrases.terms), job.rng.randint(4, 8)))
    linked = job.rng.random() < 0.6
    items = [Block("li", (job.link(term),) if linked else (Piece(term, VISIBLE),)) for term in terms]
    at = job.any_place()
    job.draft.blocks[at:at] = items


def promo_paragraph(job: Job) -> None:
    job.draft.blocks.insert(job.any_place(), Block("p", tuple(_sentence(job, job.rng.randint(2, 3)))))


def promo_start(job: Job) -> None:
    index = job.rng.choice(job.paragraphs())
    _put(job, index, 0, _sentence(job))


def promo_sentence(job: Job) -> None:
    index = job.rng.choice(job.paragraphs())
    block = job.draft.blocks[index]
    _put(job, index, job.rng.choice([*_boundaries(block, sentences=True), len(_text(block))]), _sentence(job))


def promo_story(job: Job) -> None:
    """A testimonial or advertorial as a paragraph of its own; nothing need mark it but its subject."""
    told = wording.story(job.rng, job.phrases)
    pieces = [Piece(told, PROMO)] if told else _sentence(job, 3)
    job.draft.blocks.insert(job.any_place(), Block("p", tuple(pieces)))


def glued_tight(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=3, most=9)
    index = job.rng.choice(job.paragraphs())
    at = job.rng.choice((0, len(_text(job.draft.blocks[index]))))
    _tight(job, index, at, [Piece(run, VISIBLE)])


def spam_heading(job: Job) -> None:
    run = wording.keyword_run(job.rng, job.phrases, least=2, most=6)
    job.draft.blocks.insert(job.any_place(), Block(job.rng.choice(("h2", "h3")), (Piece(run, VISIBLE),)))


def spam_table(job: Job) -> None:
    """Rows of offers: in a table that is there, else in one of their own."""
    rows = [
        Block("row", cells=(term, wording.brand(job.rng), wording.domain(job.rng)), role=VISIBLE)
        for term in job.rng.sample(job.phrases.terms, min(4, len(job.phrases.terms)))
    ]
    at = job.any_place()
    job.draft.blocks[at:at] = rows


def list_item(job: Job) -> None:
    """Items among a genuine list's, else after a paragraph."""
    items = [n for n, block in enumerate(job.draft.blocks) if block.kind == "li"]
    at = job.rng.choice(items) if items else job.any_place()
    text = wording.keyword_run(job.rng, job.phrases, least=2, most=4)
    job.draft.blocks.insert(
        at, Block("li", (job.link(text) if job.rng.random() < 0.5 else Piece(text, VISIBLE),))
    )


def bare_markup(job: Job) -> None:
    """Forum code or Markdown that the site doesn't understand, or a bare address."""
    pieces = []
    for term in job.rng.sample(job.phrases.terms, min(3, len(job.phrases.terms))):
        where = wording.address(job.rng, job.phrases.terms)
        told = job.rng.choice(
            (
                f"[url={where}]{term}[/url]",
                f"[{term}]({where})",
                f"{term} {where}",
                f"&lt;a href={where}&gt;{term}&lt;/a&gt;".replace("&lt;", "<").replace("&gt;", ">"),
            )
        )
        pieces.append(told)
    run = Piece(" ".join(pieces), VISIBLE)
    if job.rng.random() < 0.5:
        job.draft.blocks.insert(job.any_place(), Block("p", (run,)))
    else:
        _glue(job, job.rng.choice(("start", "end")), pieces=[run])


def broken_markup(job: Job) -> None:
    """A run whose words are cut up by tags, so that no text node holds a term."""
    run = wording.keyword_run(job.rng, job.phrases, least=4, most=9)
    html = "".join(
        escape(mark) + ("<b></b>" if mark.isalpha() and job.rng.random() < 0.2 else "") for mark in run
    )
    _glue(
        job,
        job.rng.choice(("start", "mid", "end")),
        pieces=[Piece(run, VISIBLE, None, f"<span>{html}</span>")],
    )


def in_brackets(job: Job) -> None:
    """A term in brackets inside a sentence, or set off by dashes."""
    index = job.rng.choice(job.paragraphs())
    block = job.draft.blocks[index]
    terms = ", ".join(job.rng.sample(job.phrases.terms, min(job.rng.randint(2, 4), len(job.phrases.terms))))
    told = job.rng.choice(("(%s)", "[%s]", "– %s –", "«%s»")) % terms
    _put(job, index, job.rng.choice(_boundaries(block, sentences=False)), [Piece(told, VISIBLE)])


def contact(job: Job) -> None:
    """A line of contact data of nobody the article knows."""
    rng = job.rng
    number = f"+{rng.randint(20, 99)} {rng.randint(100, 999)} {rng.randint(1000000, 9999999)}"
    told = rng.choice(
        (
            "WhatsApp: {n} / Telegram: @{b} / {t}",
            "{t} ☎ {n} ({b})",
            "Line ID: @{b} {t} {t2} {n}",
            "Telegram @{b} | {t} | {t2} | {s}",
        )
    )
    terms = rng.sample(job.phrases.terms, 2)
    text = told.format(n=number, b=wording.brand(rng).lower(), t=terms[0], t2=terms[1], s=wording.domain(rng))
    job.draft.blocks.insert(job.any_place(), Block("p", (Piece(text, VISIBLE),)))


def teaser_line(job: Job) -> None:
    """A line that poses as the site's own pointer to another story."""
    lead = job.rng.choice(stock.words("teasers"))
    pieces = (Piece(lead + " ", VISIBLE), job.link(job.rng.choice(job.phrases.terms)))
    job.draft.blocks.insert(job.any_place(), Block("p", pieces))


def title_short(job: Job) -> None:
    """One term or two, wherever the title stands."""
    run = job.rng.choice((" ", ", ", " & ")).join(job.rng.sample(job.phrases.terms, job.rng.randint(1, 2)))
    _title(job, ("h1", "title", "og", "ld"), run)


def plain_keyword(job: Job) -> None:
    """A term or two in the middle of a sentence, without a link."""
    for _ in range(job.rng.randint(1, 3)):
        index = job.rng.choice(job.paragraphs())
        at = job.rng.choice(_boundaries(job.draft.blocks[index], sentences=False))
        told = " ".join(job.rng.sample(job.phrases.terms, job.rng.randint(1, 2)))
        _put(job, index, at, [Piece(told, VISIBLE)])


def every_paragraph(job: Job) -> None:
    """The same few terms before or after each paragraph, as a script would put them."""
    run = wording.keyword_run(job.rng, job.phrases, least=2, most=5)
    ends = job.rng.random() < 0.5
    for index in job.paragraphs(least=0):
        at = len(_text(job.draft.blocks[index])) if ends else 0
        _put(job, index, at, [Piece(run, VISIBLE)])


def title_hidden(job: Job) -> None:
    """Words in the heading that no reader sees."""
    told = wording.keyword_run(job.rng, job.phrases, least=2, most=6)
    html, rule = hiding.hide(job.rng, escape(told, quote=False), job.way, tag="span")
    if rule:
        job.draft.styles.append(rule)
    title = job.draft.article.title
    job.draft.titles["h1"] = [(GENUINE, title), (HIDDEN, " " + told)]
    job.draft.heading = escape(title) + " " + html


def linked_keyword(job: Job) -> None:
    for _ in range(job.rng.randint(1, 3)):
        index = job.rng.choice(job.paragraphs())
        block = job.draft.blocks[index]
        _put(
            job,
            index,
            job.rng.choice(_boundaries(block, sentences=False)),
            [job.link(job.rng.choice(job.phrases.terms))],
        )


def honest_anchor(job: Job) -> None:
    """Honest words under a foreign link: the words stay."""
    index = job.rng.choice(job.paragraphs())
    block = job.draft.blocks[index]
    text = _text(block)
    spots = _boundaries(block, sentences=False)
    start = job.rng.choice(spots)
    end = next((n for n in spots if n > start + 6), None)
    if end is None or any(piece.href for piece in block.pieces):
        start, end = 0, spots[0]
    begin = start + (text[start] == " ")
    if any(piece.href for piece in block.pieces):
        return
    anchor = job.link(text[begin:end], GENUINE)
    parts = (Piece(text[:begin]), anchor, Piece(text[end:]))
    job.draft.blocks[index] = replace(block, pieces=tuple(part for part in parts if part.text))


def _hidden_inner(job: Job) -> tuple[str, str]:
    """Return the HTML inside a hidden block and its text."""
    kind = job.rng.randrange(4)
    if kind == 0:
        told = wording.keyword_run(job.rng, job.phrases, least=6, most=20)
        return escape(told, quote=False), told
    if kind == 1:
        told = wording.promo(job.rng, job.phrases, sentences=2)
        return f"<p>{escape(told, quote=False)}</p>", told
    links = [
        job.link(term, HIDDEN) for term in job.rng.sample(job.phrases.terms, min(6, len(job.phrases.terms)))
    ]
    if kind == 2:
        return "<ul>" + "".join(f"<li>{piece.markup}</li>" for piece in links) + "</ul>", "\n".join(
            piece.text for piece in links
        )
    return " ".join(piece.markup or "" for piece in links), " ".join(piece.text for piece in links)


def hidden_block(job: Job) -> None:
    inner, told = _hidden_inner(job)
    html, rule = hiding.hide(job.rng, inner, job.way)
    if rule:
        job.draft.styles.append(rule)
    if job.rng.random() < 0.75:
        job.draft.blocks.insert(job.any_place(), Block("box", (Piece(told, HIDDEN, None, html),), wrap="%s"))
    else:
        job.draft.around.setdefault(job.rng.choice(("top", "end", "footer")), []).append(html)
        job.draft.outside.append((HIDDEN, told))


def hidden_span(job: Job) -> None:
    index = job.rng.choice(job.paragraphs())
    block = job.draft.blocks[index]
    if job.rng.random() < 0.5:
        told = wording.keyword_run(job.rng, job.phrases, least=2, most=7)
        inner = escape(told, quote=False)
    else:
        piece = job.link(job.rng.choice(job.phrases.terms), HIDDEN)
        told, inner = piece.text, piece.markup or ""
    html, rule = hiding.hide(job.rng, inner, job.way, tag="span")
    if rule:
        job.draft.styles.append(rule)
    at = job.rng.choice([0, len(_text(block)), *_boundaries(block, sentences=False)])
    _put(job, index, at, [Piece(told, HIDDEN, None, html)])


def comment(job: Job) -> None:
    rng = job.rng
    shown: list[str] = []
    spam = [
        rng.choice(stock.words("praise")) + " " + wording.promo(rng, job.phrases)
        for _ in range(rng.randint(1, 3))
    ]
    told = [(GENUINE, rng.choice(stock.words("replies"))), *((VISIBLE, text) for text in spam)]
    rng.shuffle(told)
    for role, text in told:
        href = escape(wording.address(rng, job.phrases.terms))
        name = (
            rng.choice(job.phrases.terms)
            if role == VISIBLE
            else rng.choice(("Ruth", "Marek", "Aiko", "Tom B."))
        )
        link = (
            f' <a href="{href}">{escape(rng.choice(job.phrases.terms))}</a>'
            if role == VISIBLE and rng.random() < 0.6
            else ""
        )
        who = (
            f'<a href="{href}" rel="external nofollow ugc">{escape(name)}</a>'
            if role == VISIBLE
            else escape(name)
        )
        shown.append(
            f'<li class="comment"><div class="comment-author">{who}</div><div class="comment-content"><p>{escape(text, quote=False)}{link}</p></div></li>'
        )
        if role == VISIBLE:
            job.draft.outside.append((VISIBLE, text))
    job.draft.around.setdefault("comments", []).append(
        f'<section class="comments"><ol class="comment-list">{"".join(shown)}</ol></section>'
    )


def _farm(job: Job, place: str) -> None:
    links = [job.link(term) for term in job.phrases.terms]
    rng = job.rng
    joint = rng.choice((" ", " | ", "<br>", "</li><li>"))
    inner = joint.join(piece.markup or "" for piece in links)
    html = f"<ul><li>{inner}</li></ul>" if "li" in joint else f"<div>{inner}</div>"
    job.draft.around.setdefault(place, []).append(html)
    job.draft.outside += [(VISIBLE, piece.text) for piece in links]


def footer_farm(job: Job) -> None:
    _farm(job, "footer")


def sidebar_farm(job: Job) -> None:
    _farm(job, "sidebar")


def article_farm(job: Job) -> None:
    """A block of links at the article's end, in the article's own element."""
    pieces: list[Piece] = []
    for term in job.phrases.terms:
        if pieces:
            pieces.append(Piece(" ", VISIBLE))
        pieces.append(job.link(term))
    job.draft.blocks.append(Block("box", tuple(pieces), wrap="<div>%s</div>"))


def mixed(job: Job) -> None:
    """Three campaigns on one page, as on a site that was broken into more than once."""
    for place in job.rng.sample(
        (
            title_all,
            para_first,
            keyword_paragraph,
            promo_paragraph,
            promo_sentence,
            para_end,
            linked_keyword,
            article_farm,
            spam_heading,
            contact,
            promo_story,
            glued_tight,
            spam_table,
        ),
        3,
    ):
        place(job)


PLACEMENTS: dict[str, Callable[[Job], None]] = {
    made.__name__: made
    for made in (
        title_all, title_h1, title_head, title_visible, title_disguised, para_first, para_start, para_mid, para_end, para_disguised,
        keyword_paragraph, keyword_disguised, keyword_list, linked_paragraph, promo_paragraph, promo_sentence, promo_start,
        promo_story, glued_tight, spam_heading, spam_table, list_item, bare_markup, broken_markup, in_brackets, contact, title_hidden, teaser_line, title_short, plain_keyword, every_paragraph,
        linked_keyword, honest_anchor, hidden_block, hidden_span, comment, footer_farm, sidebar_farm, article_farm, mixed,
    )
}  # fmt: skip
_IN_TEXT = ("title_all", "title_disguised", "para_first", "para_start", "para_mid", "para_end", "para_disguised", "keyword_paragraph", "keyword_disguised", "promo_paragraph", "promo_sentence", "promo_start", "promo_story", "glued_tight", "bare_markup", "in_brackets", "contact")  # fmt: skip


# --- documents ----------------------------------------------------------------------------------


def _draft(article: Article) -> Draft:
    return Draft(
        article,
        list(article.blocks),
        {place: [(GENUINE, article.title)] for place in ("h1", "title", "og", "ld")},
    )


_LEGACY = {
    "ru": "windows-1251", "ja": "shift_jis", "zh-Hans": "gb18030", "zh-Hant": "big5", "ko": "euc-kr",
    "tr": "iso-8859-9", "pl": "iso-8859-2", "ar": "windows-1256", "th": "windows-874", "vi": "utf-8",
}  # fmt: skip
_CODECS = {"windows-874": "cp874"}


def _furnish(draft: Draft, rng: random.Random) -> None:
    """Put a captioned picture, a newsletter box or a teaser among the paragraphs: no part of the text."""
    author = escape(draft.article.author)
    english = draft.article.language == "en"
    plain = [n for n, block in enumerate(draft.blocks) if block.kind == "p"]
    if not plain:
        return
    if rng.random() < 0.3:
        told = f"{rng.choice(stock.words('captions'))} Photo: {author}" if english else f"Foto: {author}"
        figure = f'<figure class="{rng.choice(("wp-block-image", "media", "image-box"))}"><img src="/i/{rng.randint(1, 99)}.jpg" alt=""><figcaption>{told}</figcaption></figure>'
        draft.blocks.insert(plain[0], Block("box", wrap=figure))
    if english and rng.random() < 0.12:
        box = f'<div class="{rng.choice(("newsletter-signup", "newsletter-box", "subscribe-widget"))}"><p>{rng.choice(stock.words("boxes"))}</p><form><input type="email"><button>Sign up</button></form></div>'
        draft.blocks.insert(plain[-1], Block("box", wrap=box))


def _finish(
    draft: Draft, kind: str, half: str, template: str, rng: random.Random, number: int, **about: str
) -> Document:
    encoding = "utf-8"
    if template != "text":
        _furnish(draft, rng)
        if rng.random() < 0.1:
            encoding = _LEGACY.get(draft.article.language, "windows-1252")
    page = layout.write(draft, template, rng).replace(
        '<meta charset="utf-8">', f'<meta charset="{encoding}">'
    )
    runs: list[tuple[str, str]] = []
    genuine: list[str] = []
    for block in draft.blocks:
        told = block.runs()
        runs += told
        own = " ".join(
            "".join(text for role, text in told if role == GENUINE).replace("\n\n", "\x00").split()
        ).replace("\x00", "\n\n")
        if own.strip():
            genuine.append(own.strip())
    name = f"{kind[0]}{number:04d}"
    return Document(
        name, name + (".txt" if template == "text" else ".html"), page, kind, half, draft.article.title, "\n\n".join(genuine),
        tuple(runs + draft.outside), {place: tuple(told) for place, told in draft.titles.items()} if template != "text" else {"h1": tuple(draft.titles["h1"])},
        template, draft.article.id, draft.article.language, encoding=encoding,
        **about,
    )  # fmt: skip


def _rng(seed: int, *names: object) -> random.Random:
    return random.Random(":".join(map(str, (seed, *names))))


def _combinations(rng: random.Random, half: str) -> Iterator[Phrases]:
    """Yield (category, language) of one half for ever, in a new order each time round."""
    held = [
        phrases for phrases in stock.phrases() if stock.half_of(phrases.category, phrases.language) == half
    ]
    while True:
        rng.shuffle(held)
        yield from held


def _carrier(rng: random.Random, half: str, language: str) -> Article:
    """Choose an article: often English, at times in the spam's own language, at times one about its subject."""
    at = HALVES.index(half)
    carriers = list(stock.articles("carriers"))[at::2]
    same = [article for article in carriers if article.language == language]
    english = [article for article in carriers if article.language == "en"]
    draw = rng.random()
    if draw < 0.12:
        return rng.choice(list(stock.articles("negatives"))[at::2])
    return rng.choice(same if same and draw < 0.4 else english if draw < 0.78 else carriers)


def _subject(article: Article) -> tuple[str, ...]:
    """Return some words of the article that a spinner would pick up."""
    found = re.findall(r"[^\W\d_]{5,14}", article.title + " " + " ".join(map(_text, article.blocks)))
    return tuple(dict.fromkeys(word.lower() for word in found if article.language not in SPACELESS))[:25]


def slug_of(title: str) -> str:
    """Return the last part of an address made from a title; "" for titles without Latin letters."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:80] if title.isascii() else ""


def spam_pages(seed: int, count: int, half: str) -> Iterator[Document]:
    """Make `count` articles with spam for one half: placements and ways in turn, combinations shuffled."""
    rng = _rng(seed, "plan", half)
    combinations = _combinations(rng, half)
    ways = list(hiding.WAYS)
    rng.shuffle(ways)
    templates = [name for name in layout.TEMPLATES if name != "text"]
    hidden = 0
    for number in range(count):
        own = _rng(seed, half, number)
        placement = tuple(PLACEMENTS)[number % len(PLACEMENTS)]
        phrases = wording.vary(own, next(combinations))
        article = _carrier(own, half, phrases.language)
        if article.language == phrases.language:
            phrases = replace(phrases, subject=_subject(article))
        template = templates[(number + number // len(PLACEMENTS)) % len(templates)]
        if placement in _IN_TEXT and not _needs_markup(article) and own.random() < 0.12:
            template = "text"
        way = ""
        if "hidden" in placement:
            way = ways[hidden % len(ways)]
            hidden += 1
        draft = _draft(article)
        if own.random() < 0.5:
            draft.slug = slug_of(article.title)
        job = Job(draft, phrases, own, way)
        PLACEMENTS[placement](job)
        yield _finish(
            draft, "spam", half, template, own, number + 5000 * HALVES.index(half), placement=placement,
            category=phrases.category, language=phrases.language, way=way,
        )  # fmt: skip


def whole_pages(seed: int, count: int, half: str) -> Iterator[Document]:
    """Make pages that are nothing but spam: mixed, prose only, or a stuffed shop page."""
    combinations = _combinations(_rng(seed, "whole", half), half)
    templates = [name for name in layout.TEMPLATES if name != "text"]
    for number in range(count):
        own = _rng(seed, "whole", half, number)
        phrases = wording.vary(own, next(combinations))
        title = wording.keyword_run(own, phrases, least=3, most=6)
        article = Article("whole", phrases.language, "spam", title, (), "admin", "2024-03-01")
        draft = Draft(article, [], {place: [(VISIBLE, title)] for place in ("h1", "title", "og", "ld")})
        job = Job(draft, phrases, own)
        prose = (0.45, 0.85, 0.15)[number % 3]
        for _ in range(own.randint(4, 8)):
            kind = own.random()
            if kind < prose:
                told = wording.story(own, phrases) if own.random() < 0.4 else None
                draft.blocks.append(Block("p", (Piece(told, PROMO),) if told else tuple(_sentence(job, 3))))
            elif kind < 0.88:
                run = wording.keyword_run(own, phrases, least=8, most=24)
                draft.blocks.append(Block("p", tuple(_run_pieces(job, run, linked=own.random() < 0.3))))
            else:
                draft.blocks.append(Block("h2", (Piece(own.choice(phrases.terms), VISIBLE),)))
        draft.blocks.append(Block("p", tuple(_sentence(job, 3))))
        yield _finish(
            draft, "whole", half, own.choice(templates), own, number + 5000 * HALVES.index(half),
            placement="whole", category=phrases.category, language=phrases.language,
        )  # fmt: skip


def _needs_markup(article: Article) -> bool:
    return any(block.kind in ("details", "pre", "raw") for block in article.blocks)


def clean_pages(seed: int, kind: str, half: str) -> Iterator[Document]:
    """Make the hard negatives (each in two templates) or the clean controls (each carrier once)."""
    held = list(stock.articles("negatives" if kind == "negative" else "carriers"))
    chosen = list(enumerate(held))[HALVES.index(half) :: 2]
    names = list(layout.TEMPLATES)
    for index, article in chosen:
        own = _rng(seed, kind, article.id)
        for turn in range(2 if kind == "negative" else 1):
            template = names[(index + 4 * turn) % len(names)]
            if template == "text" and _needs_markup(article):
                template = "semantic"
            draft = _draft(article)
            if own.random() < 0.4 and template != "text":
                draft.around["comments"] = [
                    f'<ol class="comment-list"><li class="comment"><p>{escape(own.choice(stock.words("replies")))}</p></li></ol>'
                ]
            yield _finish(draft, kind, half, template, own, index * 2 + turn)


def documents(*, seed: int = 1, count: int = 720, half: str = "all") -> Iterator[Document]:
    """Make everything: `count` pages with spam over both halves, a tenth as many whole-spam pages,
    all hard negatives, all controls."""
    for name in HALVES:
        if half in ("all", name):
            yield from spam_pages(seed, count // 2, name)
            yield from whole_pages(seed, max(1, count // 20), name)
            yield from clean_pages(seed, "negative", name)
            yield from clean_pages(seed, "control", name)


def write(folder: Path, made: Iterator[Document]) -> int:
    """Write pages and truth.jsonl; return how many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for document in made:
        (folder / document.name).write_bytes(document.body)
        lines.append(json.dumps(document.truth(), ensure_ascii=False))
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return len(lines)
