"""One page cleaned: the steps in order, for pages with markup, without, and for clean texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline import spam
from pipeline.clean import authors, byline, furniture, lines, maintext, metadata, plain
from pipeline.clean.assemble import Cut, after_spam, placed_flags, put_together
from pipeline.clean.dates import read_stamp
from pipeline.clean.decode import decode, normal
from pipeline.clean.metadata import About
from pipeline.clean.pieces import Node, Piece, key, read_pieces, split_lines
from pipeline.clean.source import find_source
from pipeline.clean.tree import parse
from schemas.errors import ReadError
from schemas.records import Article, Block, Page, Rejected, Removed, TextBlock


def clean(page: Page, *, restored: frozenset[str] = frozenset()) -> Article | Rejected:
    """Return the article that a page holds, or why it holds none.

    restored: ids of cuts that an analyst took back for this page; they stay in the text.
    The result depends on the page alone.
    Raises: ReadError for what is no text, and for a page with many words of which none could be kept.
    """
    text, _ = decode(page.body, declared=page.charset, name=page.source)
    if page.media == "clean":
        return _take_as_clean(page, text)
    if page.media == "text":
        return _clean_text(page, normal(text), restored)
    return _clean_markup(page, text, restored)


def _latest(page: Page) -> dt.date:
    """The last day that a page can be of: the day after it was fetched, wherever it was."""
    return page.fetched_at.date() + dt.timedelta(days=2)


def _reject(
    page: Page, reason: str, detail: str = "", title: str | None = None, removed: tuple[Removed, ...] = ()
) -> Rejected:
    return Rejected(
        page.id, page.source, page.sha256, page.fetched_at, reason, detail, page.url, title, removed
    )


def _take_hints(page: Page, about: About, latest: dt.date) -> None:
    """Fill what is empty from what the place that named the page said of it."""
    if about.published is None and (day := read_stamp(page.hints.get("published", ""), latest)):
        about.published, about.bases["published"] = day, "feed"
    for name in ("title", "author", "language", "site"):
        if not getattr(about, name) and (told := page.hints.get(name)):
            setattr(about, name, told)
            about.bases[name] = "feed"


def _article(
    page: Page,
    text: str,
    blocks: tuple[TextBlock, ...],
    about: About,
    removed: tuple[Removed, ...] = (),
    flagged: tuple[Removed, ...] = (),
) -> Article:
    return Article(
        id=page.id,
        source=page.source,
        page_sha256=page.sha256,
        fetched_at=page.fetched_at,
        text=text,
        blocks=blocks,
        url=page.url,
        canonical_url=about.canonical_url,
        site=about.site,
        title=about.title,
        author=about.author,
        published=about.published,
        modified=about.modified,
        language=about.language,
        original_source=about.original_source,
        bases=about.known(),
        removed=removed,
        flagged=flagged,
        default_model=page.hints.get("model") or None,
    )


def _take_as_clean(page: Page, text: str) -> Article | Rejected:
    """A text that is clean already: nothing is removed, every offset stays."""
    blocks = plain.exact_blocks(text)
    if not blocks:
        return _reject(page, "empty", "no words")
    about = About()
    _take_hints(page, about, _latest(page))
    if about.language is None:
        about.language, about.bases["language"] = metadata.detect_language(text, "")
    lain = tuple(TextBlock(at, at + len(block.text), block.kind, block.table) for at, block in blocks)
    return _article(page, text, lain, about)


def _clean_text(page: Page, text: str, restored: frozenset[str]) -> Article | Rejected:
    """A page without markup: its title is its first line, freed from spam."""
    latest = _latest(page)
    given = plain.read_blocks(text)
    if not given:
        return _reject(page, "empty", "no words")
    about = About()
    about.language, about.bases["language"] = metadata.detect_language(
        " ".join(block.text for block in given), page.hints.get("language", "")
    )
    host = urlsplit(page.url).hostname if page.url else None
    cuts: list[Cut] = []
    titles: list[Removed] = []
    context = spam.SpamContext(language=about.language, host=host, blocks=tuple(given))
    while given:
        first = given[0].text
        if "\n" in first or len(first) > plain.LONGEST_FIRST_LINE:
            break
        title, found = spam.clean_title([("first line", first)], context=context)
        if not title or not plain.looks_like_title(title):
            break
        if about.title is None:
            about.title, about.bases["title"] = title, "first line"
        after = given[1].text if len(given) > 1 else ""
        spammed = after and found and not title.endswith(".")
        if first.endswith((".", "。", "…")) or not (plain.leaves_as_title(title, after) or spammed):
            break
        # a second line of the same make is the line under the headline
        reason = ("teaser", "second-line") if cuts else ("headline", "first-line")
        titles = titles or found
        cuts.append(Cut(Removed(first, *reason), 0, whole="heading"))
        given = given[1:]
    verdicts = plain.judge_blocks(given, title=about.title or "" if cuts else "")
    kept, more = _sort_out(given, verdicts.each)
    if verdicts.source is not None:
        about.original_source, about.bases["original_source"] = verdicts.source.name, "text"
    byline.read_lines(verdicts.bylines, about, latest)
    _take_hints(page, about, latest)
    return _finish(page, kept, cuts + more, titles, about, restored, host)


def _sort_out(
    blocks: Sequence[Block], verdicts: Sequence[tuple[str, str] | None]
) -> tuple[list[Block], list[Cut]]:
    """Return the blocks without a verdict, and the others as cuts placed among them."""
    kept: list[Block] = []
    cuts: list[Cut] = []
    for block, verdict in zip(blocks, verdicts, strict=True):
        if verdict is None:
            kept.append(block)
        else:
            cuts.append(Cut(Removed(block.text, *verdict), len(kept), whole=block.kind))
    return kept, cuts


def _finish(
    page: Page,
    kept: list[Block],
    cuts: list[Cut],
    titles: list[Removed],
    about: About,
    restored: frozenset[str],
    host: str | None,
) -> Article | Rejected:
    """Cut the spam, put the text together, name the cuts."""
    context = spam.SpamContext(
        language=about.language, host=host, title=about.title, plain=page.media == "text"
    )
    result = spam.clean_blocks(kept, context)
    if about.title and result.removed and result.rejected is None:
        caught = [cut.text for cut in result.removed if cut.reason in spam.TERMS]
        left = replace(context, blocks=result.blocks)
        about.title, found = spam.free_again(about.title, caught, context=left)
        titles = titles + found
    cuts = [Cut(item, 0, whole="heading") for item in titles] + after_spam(kept, cuts, result)
    address = about.canonical_url or page.url or page.sha256
    text, blocks, removed = put_together(result.blocks, cuts, address=address, restored=restored)
    if text:
        return _article(page, text, blocks, about, removed, placed_flags(result))
    if result.rejected is not None:
        return _reject(page, result.rejected, "nothing but spam", about.title, removed)
    return _reject(page, "no_article", "nothing but furniture", about.title, removed)


_NAMED_HEADLINE = re.compile(
    r"(?:^|[\s_-])(?:headline|(?:entry|post|article|page|story|content|topic|node|news)[-_]{0,2}"
    r"(?:title|headline|heading))(?:$|[\s_-])",
    re.IGNORECASE,
)


def _headings(nodes: list[Node], pieces: list[Piece], parts: frozenset[str]) -> list[tuple[int, str]]:
    """Return (level, text) of the page's headings; 0 for those that the markup calls the headline.

    parts: keys of the stretches of the title tag; a line that equals one counts as a heading too.
    """
    found: list[tuple[int, str]] = []
    for piece in pieces:
        if piece.kind == "heading":
            if piece.reason in ("comments", "related") and len(found) > 2:
                continue
            if piece.linked >= len(piece.text) and piece.links[0].href == "/":
                continue  # the site's name, linked to its front page
            named = piece.level <= 3 and _NAMED_HEADLINE.search(nodes[piece.node].names)
            found.append((0 if named else piece.level, piece.text))
        elif 8 < len(piece.text) < 300 and not piece.reason:
            first = piece.text.split("\n", 1)[0]
            if key(first) in parts:
                found.append((1, first))
            elif _NAMED_HEADLINE.search(nodes[piece.node].names):
                found.append((2, first))
        if len(found) > 60:
            break
    return found


def _clean_markup(page: Page, markup: str, restored: frozenset[str]) -> Article | Rejected:
    latest = _latest(page)
    root = parse(markup, name=page.source)
    head = metadata.read_head(root)
    shown = authors.read_shown(root, byline.read_ahead(latest))
    hidden = spam.strip_hidden(root)
    nodes, pieces, signed = read_pieces(root)
    shown = authors.add_named(shown, signed)
    told = frozenset(key(part) for part in metadata.title_parts(head)) - {""}
    pieces = split_lines(pieces, told)
    told_body = metadata.article_body(head)
    if sum(len(piece.text) for piece in pieces) < 0.4 * sum(map(len, told_body)):
        # a page that scripts fill: its text stands in its structured data alone
        nodes, pieces = nodes[:1], [Piece(0, "paragraph", text) for text in told_body]
    if not pieces:
        return _reject(page, "empty", "no visible words", head.title or None, tuple(hidden))
    worths = maintext.weigh(nodes, pieces)
    maintext.void_marks(nodes, pieces, maintext.headline_pieces(pieces, told))
    maintext.mark_forms(nodes)
    maintext.free_marks(nodes, pieces, worths)
    region = maintext.own_article(nodes, pieces, worths, maintext.find_region(nodes, pieces, worths), told)
    about = About()
    about.canonical_url, about.bases["canonical_url"] = metadata.canonical_of(head, page.url)
    address = page.url or about.canonical_url or ""
    host = urlsplit(address).hostname if address else None
    about.site, about.bases["site"] = metadata.site_of(head, page.hints.get("site", ""), address)
    found = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    if found < min(0.35 * sum(worths), 1500.0):
        region = maintext.second_opinion(markup, pieces, worths, found, region) or region
    inside = pieces[region.first : region.last]
    body = " ".join(piece.text for piece in inside if not piece.reason and piece.kind == "paragraph")
    about.language, about.bases["language"] = metadata.detect_language(
        body or " ".join(piece.text for piece in inside), head.language
    )
    headings = _headings(nodes, pieces, told)
    below = tuple(Block(piece.kind, piece.text) for piece in inside if not piece.reason)
    keys, titles = _name(page, head, headings, about, host, below)
    listing = not head.articles and maintext.is_listing(pieces, region, worths)
    furniture.judge(nodes, pieces, region, worths, keys, host)
    zone = byline.byline_zone(pieces, region.first, region.last, worths, keys)
    byline.who_and_when(
        root, head, shown, pieces, nodes, zone, keys, address, about, latest, guess=len(markup) < 1_500_000
    )
    _cut_bylines(pieces, zone.places, region, about, key(head.first("author")))
    furniture.tail(pieces, region, worths)  # what stands before a note on the author ends the text now
    ahead_of_it = [pieces[at] for at in zone.before if at < region.first]
    behind_it = [pieces[at] for at in zone.below if at >= region.last]
    _cut_source(ahead_of_it, inside, behind_it, about)

    cuts = [Cut(item, 0) for item in hidden]
    blocks: list[Block] = []
    for piece in inside:
        if piece.reason:
            cuts.append(Cut(Removed(piece.text, piece.reason, piece.rule), len(blocks), whole=piece.kind))
        else:
            blocks += plain.split_block(
                Block(piece.kind, piece.text, tuple(piece.links), piece.table, piece.level)
            )
    verdicts = plain.judge_blocks(blocks)
    if (
        about.original_source is None
        and verdicts.source
        and key(verdicts.source.name) != key(about.site or "")
    ):
        about.original_source, about.bases["original_source"] = verdicts.source.name, "text"
    kept, more = _sort_out(blocks, verdicts.each)
    cuts = _moved(cuts, blocks, kept) + more
    cuts.sort(key=lambda cut: cut.block)
    ahead = plain.titles_ahead(kept)
    if ahead:
        gone = [
            Cut(Removed(block.text, "teaser", "second-line"), 0, whole=block.kind) for block in kept[:ahead]
        ]
        cuts = gone + [replace(cut, block=max(0, cut.block - ahead)) for cut in cuts]
        kept = kept[ahead:]
    _take_hints(page, about, latest)
    running = sum(worths[at] for at in range(region.first, region.last) if not pieces[at].reason)
    refusal = lines.refuse([head.title, *(text for _, text in headings[:3])]) if running < 400 else None
    if refusal is None and listing and head.first("og:type").lower() != "article":
        refusal = "no_article", "a list of other pages"
    if refusal is None and running < 40 and sum(len(block.text) for block in kept) < 80 and not head.articles:
        refusal = "no_article", "no running text"
    if (refusal is not None and sum(worths) < 1500 + 4 * running) or (refusal and listing):
        gone = [Cut(Removed(block.text, "boilerplate", "rejected"), 0) for block in kept]
        return _reject(page, *refusal, about.title, tuple(cut.removed for cut in cuts + gone))
    if not kept:
        if sum(worths) > 1500:
            words = sum(len(piece.text) for piece in pieces)
            raise ReadError(
                f"{page.source}: {words} characters on the page, and no text could be kept",
                stage="clean",
                reason="empty text",
                hint="look at the page with `costline clean --explain`",
            )
        return _reject(page, "no_article", "no running text", about.title, tuple(cut.removed for cut in cuts))
    return _finish(page, kept, cuts, titles, about, restored, host)


def _moved(cuts: list[Cut], blocks: list[Block], kept: list[Block]) -> list[Cut]:
    """Return cuts placed among blocks as placed among kept, which is a part of them in order."""
    places: list[int] = []
    at = 0
    for block in blocks:
        places.append(at)
        at += at < len(kept) and kept[at] is block
    places.append(len(kept))
    return [Cut(cut.removed, places[cut.block], cut.offset, cut.whole) for cut in cuts]


def _name(
    page: Page,
    head: metadata.Head,
    headings: list[tuple[int, str]],
    about: About,
    host: str | None,
    below: tuple[Block, ...],
) -> tuple[frozenset[str], list[Removed]]:
    """Fill in title and site; return the keys of all that the page calls itself, and the title's cuts.

    below: the article's blocks: they tell which words of a title are at home (keep them in the context).
    """
    hint, address = page.hints.get("title", ""), page.url or about.canonical_url
    candidates = metadata.title_candidates(head, headings, about.site, hint, address)
    unnamed = about.bases.get("site") in ("url", "", None) and bool(candidates)
    if unnamed and (site := metadata.title_site(head.title, candidates[0][1])):
        about.site, about.bases["site"] = site, "title"
        candidates = metadata.title_candidates(head, headings, site, hint, address)
    context = spam.SpamContext(language=about.language, host=host, blocks=below)
    title, titles = spam.clean_title(candidates, context=context)
    if title:
        title = metadata.without_site(title, about.site, [text for _, text in candidates])
        about.title = title
        about.bases["title"] = next((basis for basis, text in candidates if title in text), "title")
    names = [title or "", *(text for basis, text in candidates if basis != "slug")]
    return frozenset(key(name) for name in names if len(name) > 5), titles


def _cut_bylines(
    pieces: list[Piece], zone: Sequence[int], region: maintext.Region, about: About, told: str
) -> None:
    """Cut the lines around the text that say who wrote it and when. told: key of what the head calls the author."""
    author = key(about.author or "")
    if author and author != told and about.bases.get("author") in ("meta", "json-ld"):
        # a press release is signed by its issuer ("SOURCE Example Ltd"): a firm that the head calls creator is no author
        for piece in pieces[region.first : region.last]:
            if piece.rule == "line-source-wire" and author in key(piece.text):
                about.author = None
    for at in zone:
        piece = pieces[at]
        if piece.reason or not region.first <= at < region.last:
            continue
        if len(piece.text) > 160 or piece.kind in ("quote", "code", "table_row"):
            continue
        own = key(piece.text)
        named = author and len(own) < len(author) + 14 and own.startswith(author)
        if named or byline.is_byline(piece.text):
            piece.reason, piece.rule = "byline", "byline"
    _cut_notes(pieces[region.first : region.last], about.author or "")


def _cut_notes(inside: list[Piece], author: str) -> None:
    """Cut the last words of a text that are on who wrote it: they begin with the name, whole or the first."""
    names = tuple(key(name) for name in author.split(", ") if " " in name)
    firsts = tuple(name.split()[0] for name in author.split(", ") if " " in name and len(name.split()[0]) > 2)
    left = [piece for piece in inside if not piece.reason]
    while left and names and len(left[-1].text) <= 420:
        last = left.pop()
        headed = bool(left) and key(left[-1].text).endswith(names) and len(left[-1].text) < 60
        if not (key(last.text[:60]).startswith(names) or (headed and last.text.startswith(firsts))):
            break
        last.reason, last.rule = "author_box", "author-note"


_NO_SOURCE = ("caption", "comments", "related", "navigation", "share", "headline", "newsletter")
#: Rules that know lines by their links and place alone; such a line may name the source.
_SOURCES_TOO = ("links-at-end", "link-at-end", "label-and-link")


def _cut_source(above: list[Piece], inside: list[Piece], below: list[Piece], about: About) -> None:
    """Find the line that names the original source of a repost, and cut it.

    above: the lines between headline and text; inside: the pieces of the region; below: the next ones behind it.
    """
    for around in (above + inside, below):
        asked = [piece for piece in around if piece.reason not in _NO_SOURCE or piece.rule in _SOURCES_TOO]
        source = find_source([(piece.text, _first_link(piece)) for piece in asked])
        if source is not None:
            asked[source.line].reason, asked[source.line].rule = "source", source.rule
            if not about.site or key(source.name) != key(about.site):
                about.original_source, about.bases["original_source"] = source.name, "text"
            return


def _first_link(piece: Piece) -> str:
    for link in piece.links:
        return piece.text[link.start : link.end]
    return ""
