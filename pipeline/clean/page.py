"""One page cleaned: the steps in order, for pages with markup, without, and for clean texts."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from pipeline import spam
from pipeline.clean import maintext, metadata, plain
from pipeline.clean.assemble import Cut, after_spam, put_together, tidy
from pipeline.clean.decode import decode, normal
from pipeline.clean.pieces import Node, Piece, read_pieces, split_lines
from pipeline.clean.source import find_source
from pipeline.clean.tree import parse
from schemas.errors import ReadError
from schemas.records import Article, Block, Page, Rejected, Removed


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
        return _clean_text(page, text, restored)
    return _clean_markup(page, text, restored)


def _latest(page: Page) -> dt.date:
    """The last day that a page can be of: the day after it was fetched, wherever it was."""
    return page.fetched_at.date() + dt.timedelta(days=2)


def _reject(page: Page, reason: str, detail: str = "", title: str | None = None,
            removed: tuple[Removed, ...] = ()) -> Rejected:  # fmt: skip
    return Rejected(
        page.id, page.source, page.sha256, page.fetched_at, reason, detail, page.url, title, removed
    )


def _hints(page: Page, fields: dict[str, object], bases: dict[str, str], latest: dt.date) -> None:
    """Fill what is empty from what the place that named the page said of it."""
    if fields.get("published") is None and (told := page.hints.get("published")):
        day = metadata.read_stamp(told, latest)
        if day:
            fields["published"], bases["published"] = day, "feed"
    for name in ("title", "author", "language", "site"):
        if not fields.get(name) and (told := page.hints.get(name)):
            fields[name], bases[name] = told, "feed"


def _article(page: Page, text: str, blocks: object, removed: object, flagged: object,
             fields: dict[str, object], bases: dict[str, str]) -> Article:  # fmt: skip
    known = {name: basis for name, basis in bases.items() if fields.get(name)}
    return Article(
        id=page.id,
        source=page.source,
        page_sha256=page.sha256,
        fetched_at=page.fetched_at,
        text=text,
        blocks=blocks,  # type: ignore[arg-type]
        url=page.url,
        bases=known,
        removed=removed,  # type: ignore[arg-type]
        flagged=flagged,  # type: ignore[arg-type]
        default_model=page.hints.get("model") or None,
        **fields,  # type: ignore[arg-type]
    )


def _take_as_clean(page: Page, text: str) -> Article | Rejected:
    blocks = plain.clean_text_blocks(text)
    if not blocks:
        return _reject(page, "empty")
    fields: dict[str, object] = {}
    bases: dict[str, str] = {}
    _hints(page, fields, bases, _latest(page))
    if not fields.get("language"):
        fields["language"], bases["language"] = metadata.detect_language(text, "")
    lain = []
    at = 0
    from schemas.records import TextBlock

    for block in blocks:
        start = text.index(block.text, at)
        at = start + len(block.text)
        lain.append(TextBlock(start, at, block.kind, block.table))
    return _article(page, text, tuple(lain), (), (), fields, bases)


def _clean_text(page: Page, text: str, restored: frozenset[str]) -> Article | Rejected:
    latest = _latest(page)
    given = plain.read_blocks(text)
    if not given:
        return _reject(page, "empty")
    fields: dict[str, object] = {}
    bases: dict[str, str] = {}
    language, basis = metadata.detect_language(
        " ".join(block.text for block in given), page.hints.get("language", "")
    )
    fields["language"], bases["language"] = language, basis
    host = urlsplit(page.url).hostname if page.url else None
    context = spam.SpamContext(language=language, host=host, blocks=tuple(given))
    cuts: list[Cut] = []
    first = given[0].text
    titles: list[Removed] = []
    if "\n" not in first and len(first) <= plain.LONGEST_FIRST_LINE and len(given) > 1:
        title, titles = spam.clean_title([("first line", first)], context=context)
        if title and plain.looks_like_title(title):
            fields["title"], bases["title"] = title, "first line"
            if titles or plain.is_cut_as_title(title):
                cuts.append(Cut(Removed(first, "headline", "first-line"), 0, whole="heading"))
                given = given[1:]
        else:
            titles = []
    kept: list[Block] = []
    title_key = maintext.key(str(fields.get("title") or ""))
    last_text = max((i for i, block in enumerate(given) if len(block.text) > 120), default=0)
    source = find_source([(block.text, "") for block in given[: last_text + 6]])
    tail = False
    for index, block in enumerate(given):
        verdict = plain.furniture(block)
        if title_key and maintext.key(block.text) == title_key:
            verdict = ("headline", "repeated-headline")
        if source is not None and index == source.line:
            verdict = ("source", source.rule)
        if verdict is not None and index > last_text and verdict[0] in ("comments", "related", "share"):
            tail = True
        elif verdict is None and tail and len(block.text) < 60:
            verdict = ("boilerplate", "after-the-end")
        if verdict is None:
            kept.append(block)
        else:
            cuts.append(Cut(Removed(block.text, *verdict), len(kept), whole=block.kind))
    if source is not None:
        fields["original_source"], bases["original_source"] = source.name, "text"
    _hints(page, fields, bases, latest)
    return _finish(page, kept, cuts, titles, fields, bases, restored, host)


def _finish(page: Page, kept: list[Block], cuts: list[Cut], titles: list[Removed],
            fields: dict[str, object], bases: dict[str, str], restored: frozenset[str], host: str | None,
            topics: frozenset[str] = frozenset()) -> Article | Rejected:  # fmt: skip
    """Cut the spam, put the text together, name the cuts."""
    context = spam.SpamContext(
        language=fields.get("language"), host=host, title=fields.get("title"), topics=topics,  # type: ignore[arg-type]
    )  # fmt: skip
    result = spam.clean_blocks(kept, context)
    cuts = after_spam(kept, cuts, result)
    cuts = [Cut(item, 0, whole="heading") for item in titles] + cuts
    key = str(fields.get("canonical_url") or page.url or page.sha256)
    text, blocks, removed = put_together(result.blocks, cuts, key=key, restored=restored)
    if result.rejected is not None and not text:
        return _reject(page, "spam", title=fields.get("title"), removed=removed)  # type: ignore[arg-type]
    if not text:
        return _reject(page, "no_article", "nothing but furniture", fields.get("title"), removed)  # type: ignore[arg-type]
    return _article(page, text, blocks, removed, result.flagged, fields, bases)


_NAMED_HEADLINE = re.compile(
    r"(?:^|[\s_-])(?:headline|(?:entry|post|article|page|story|content|topic|node|news)[-_]{0,2}(?:title|headline|heading))(?:$|[\s_-])",
    re.IGNORECASE,
)


def _headings(nodes: list[Node], pieces: list[Piece], parts: frozenset[str]) -> list[tuple[int, str]]:
    """Return (level, text) of the page's headings; 0 for those that the markup calls the headline.

    parts: keys of the stretches of the title tag; a line that equals one counts as a heading too.
    """
    found = []
    for piece in pieces:
        if piece.kind == "heading":
            if piece.reason in ("comments", "related") and len(found) > 2:
                continue
            named = piece.level <= 3 and _NAMED_HEADLINE.search(nodes[piece.node].names)
            found.append((0 if named else piece.level, piece.text))
        elif 8 < len(piece.text) < 300 and not piece.reason:
            first = piece.text.split("\n", 1)[0]
            if maintext.key(first) in parts or _NAMED_HEADLINE.search(nodes[piece.node].names):
                found.append((1 if maintext.key(first) in parts else 2, first))
        if len(found) > 60:
            break
    return found


def _clean_markup(page: Page, markup: str, restored: frozenset[str]) -> Article | Rejected:
    latest = _latest(page)
    root = parse(markup, name=page.source)
    head = metadata.read_head(root)
    shown = metadata.read_shown(root, latest)
    hidden = spam.strip_hidden(root)
    nodes, pieces = read_pieces(root)
    told = frozenset(maintext.key(part) for part in metadata.title_parts(head)) - {""}
    pieces = split_lines(pieces, told, maintext.key)
    for piece in pieces:
        piece.text = normal(piece.text) if len(normal(piece.text)) == len(piece.text) else piece.text
    words = sum(len(piece.text) for piece in pieces)
    if not words:
        return _reject(page, "empty", "no visible words", title=head.title or None, removed=tuple(hidden))
    worths = maintext.weigh(nodes, pieces)
    maintext.void_marks(nodes, pieces, maintext.headline_pieces(pieces, told))
    maintext.mark_forms(nodes)
    maintext.free_marks(nodes, pieces, worths)
    region = maintext.find_region(nodes, pieces, worths)

    fields: dict[str, object] = {}
    bases: dict[str, str] = {}
    canonical, basis = metadata.canonical_of(head, page.url)
    fields["canonical_url"] = canonical
    if basis:
        bases["canonical_url"] = basis
    address = page.url or canonical or ""
    host = urlsplit(address).hostname if address else None
    site, site_basis = metadata.site_of(head, page.hints.get("site", ""), address)
    inside = pieces[region.first : region.last]
    body = " ".join(piece.text for piece in inside if not piece.reason and piece.kind == "paragraph")
    language, bases["language"] = metadata.detect_language(
        body or " ".join(p.text for p in inside), head.language
    )
    fields["language"] = language
    candidates = metadata.title_candidates(
        head, _headings(nodes, pieces, told), site, page.hints.get("title", ""), page.url
    )
    context = spam.SpamContext(language=language, host=host)
    title, titles = spam.clean_title(candidates, context=context)
    if title and site_basis in ("url", "") and (found := metadata.title_site(head.title, title)):
        site, site_basis = found, "title"
    if title:
        title = metadata.without_site(title, site, [text for _, text in candidates])
    fields["title"], fields["site"], bases["site"] = title, site, site_basis
    if title:
        bases["title"] = next((told_by for told_by, text in candidates if title in text), "title")
    keys = {maintext.key(name) for name in (title or "", *(text for _, text in candidates)) if len(name) > 5}
    maintext.judge(nodes, pieces, region, worths, keys)
    zone = metadata.byline_zone(pieces, region.first, region.last, worths, keys)
    metadata.who_and_when(
        root, head, shown, [pieces[at] for at in zone], site, address, fields, bases, latest
    )
    _issuer(inside, fields, bases)
    _bylines(pieces, zone, region, fields)
    _source(pieces, region, site, fields, bases)
    kept: list[Piece] = []
    cuts = [Cut(item, 0) for item in hidden]
    for piece in inside:
        if piece.reason:
            cuts.append(Cut(Removed(piece.text, piece.reason, piece.rule), len(kept), whole=piece.kind))
        else:
            kept.append(piece)
    _hints(page, fields, bases, latest)
    blocks = [Block(piece.kind, piece.text, tuple(piece.links), piece.table, piece.level) for piece in kept]
    wordy = sum(worths)
    if not blocks:
        if wordy > 1500:
            raise ReadError(
                f"{page.source}: {words} characters on the page, and no text could be kept",
                stage="clean",
                reason="empty text",
                hint="look at the page with `costline clean --explain`",
            )
        return _reject(page, "no_article", "no running text", title, tuple(cut.removed for cut in cuts))
    return _finish(page, blocks, cuts, titles, fields, bases, restored, host)


def _issuer(inside: list[Piece], fields: dict[str, object], bases: dict[str, str]) -> None:
    """A press release is signed by its issuer ("SOURCE Example Ltd"): a firm in the head is no author."""
    author = maintext.key(str(fields.get("author") or ""))
    if author and bases.get("author") in ("meta", "json-ld"):
        for piece in inside:
            if piece.rule == "line-source-wire" and author in maintext.key(piece.text):
                fields["author"] = None


def _bylines(
    pieces: list[Piece], zone: list[int], region: maintext.Region, fields: dict[str, object]
) -> None:
    """Cut the lines around the text that say who wrote it and when."""
    author = maintext.key(str(fields.get("author") or ""))
    for at in zone:
        piece = pieces[at]
        if (
            piece.reason
            or not region.first <= at < region.last
            or len(piece.text) > 160
            or piece.kind == "quote"
        ):
            continue
        own = maintext.key(piece.text)
        if metadata.is_byline(piece.text) or (
            author and len(own) < len(author) + 14 and own.startswith(author)
        ):
            piece.reason, piece.rule = "byline", "byline"


def _source(pieces: list[Piece], region: maintext.Region, site: str | None,
            fields: dict[str, object], bases: dict[str, str]) -> None:  # fmt: skip
    """Find the line that names the original source of a repost, and cut it."""
    lines = [
        piece
        for piece in pieces[region.first : region.last]
        if piece.reason
        not in ("caption", "comments", "related", "navigation", "share", "headline", "newsletter")
    ]
    source = find_source([(piece.text, _first_link(piece)) for piece in lines])
    if source is None or (site and maintext.key(source.name) == maintext.key(site)):
        return
    fields["original_source"], bases["original_source"] = source.name, "text"
    lines[source.line].reason, lines[source.line].rule = "source", source.rule


def _first_link(piece: Piece) -> str:
    for link in piece.links:
        return piece.text[link.start : link.end]
    return ""


__all__ = ["clean", "tidy"]
