"""Tell a page that is spam and nothing else, to be rejected instead of cut to shreds.

An honest page that sells (an open day, an appeal, a press release) also tells something. A page made to
be found by a search sells in nearly every line, and besides carries the search terms themselves, trades
in what such pages trade in, or sends its reader to one invented name after another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.spam import offers, pitches, promos, words
from pipeline.spam.page import UNCASED, PageView, Unit
from schemas.records import Block


def is_spam(given: PageView, blocks: Sequence[Block], left: PageView, kept: Sequence[Block]) -> bool:
    """Whether a page is spam and nothing else.

    given, blocks: the page as it was.   left, kept: the same after the cuts.
    """
    if _sends(given, blocks, kept) or (kept != tuple(blocks) and _sends(left, kept, kept)):
        return True
    if not any(given.hits):
        return False
    net, sold = _sells_throughout(given, blocks)
    if not sold:
        return False
    if sum(len(block.text) for block in kept) * 4 < sum(len(block.text) for block in blocks):
        return True
    still, sold = _sells_throughout(left, kept)
    return sold or (net >= _SURE and still >= _STILL)


#: What selling has over telling, as a share of the page: with all that speaks against it besides, before
#: the cuts, and after them. Honest pages on the spam's own trades come to 0.52, 0.37 and 0.22.
_ENOUGH, _SURE, _STILL = 0.62, 0.45, 0.3
_LEAST_UNITS = 5
_SELLING = frozenset({"order", "price", "trust", "waiver", "haste", "contact", "you", "we"})


@dataclass(slots=True)
class _Sum:
    """Characters of a page by what their sentence does, and what it trades in."""

    whole: int = 0
    selling: int = 0
    terms: int = 0
    telling: int = 0
    units: int = 0
    trading: int = 0
    asked: int = 0
    words: int = 0
    calls: int = 0


def _sells_throughout(page: PageView, blocks: Sequence[Block]) -> tuple[float, bool]:
    """Return what selling has over telling on a page, and whether that and two things besides reject it."""
    odd = sum(
        unit.end - unit.start
        for group in page.units
        for unit in group
        if len(unit.hits) >= 2 or unit.functions < 0.12
    )
    if odd * 4 < sum(len(block.text) for block in blocks):
        return 0.0, False
    told = _Sum()
    names: set[str] = set()
    for group, block in zip(page.units, blocks, strict=True):
        for unit in group:
            if unit.tokens:
                names |= _add_up(page, block, unit, told)
    if told.units < _LEAST_UNITS:
        return 0.0, False
    net = (told.selling + told.terms - told.telling) / told.whole
    title = words.hits(page.context.title or "")
    searched = len({(hit.family, hit.kind) for hit in title if hit.family in _SOUGHT}) >= 2
    listed = told.terms * 10 >= told.whole
    besides = sum(
        (
            searched,
            listed,
            told.trading * 10 >= told.units * 3,
            told.asked * 25 >= told.words,
            told.calls >= 2,
            len(names) >= 4,
        )
    )
    if net < 0.2 or told.telling > 0.3 * told.whole or not (searched or listed):
        return net, False
    return net, net + 0.15 * besides >= (_ENOUGH if besides >= 2 else _ENOUGH + 0.08)


_SOUGHT = ("subject", "intent", "offer")


def _add_up(page: PageView, block: Block, unit: Unit, told: _Sum) -> set[str]:
    """Add what one sentence or line does; return the invented names and addresses in it."""
    text, size = block.text[unit.start : unit.end], unit.end - unit.start
    deeds = set(promos.shown(page, block, unit))
    if not deeds.isdisjoint(("money", "percent")):
        deeds.add("price")
    reach = offers.contact(text, page, asked=True)
    if reach or promos.numbered(text):
        deeds.add("contact")
    deeds &= _SELLING
    made = {token.plain for token in unit.tokens if promos.coined(token.raw)}
    asked = sum(hit.family == "intent" for hit in unit.hits)
    figures = sum(token.script == "none" or token.raw[:1].isdigit() for token in unit.tokens)
    told.whole += size
    told.units += 1
    told.trading += bool(unit.subjects())
    told.asked += asked
    told.calls += "order" in deeds and "contact" in deeds
    told.words += len(unit.tokens)
    if _is_list(unit, text) or (
        unit.functions < 0.12
        and unit.size >= 4
        and (not unit.ended or len(_COMMA.findall(text)) >= 2)
        and figures * 3 < len(unit.tokens)
        and (unit.subjects() or asked or made)
    ):
        told.terms += size
    elif len(deeds) >= 3 or (len(deeds) == 2 and (unit.subjects() or made)):
        told.selling += size
    elif unit.ended and unit.size >= 5 and len(deeds) <= 1 and not made and not reach:
        told.telling += size
    return made | ({reach} if reach else set())


def _is_list(unit: Unit, text: str) -> bool:
    """Whether a line is terms in a row: no capital, no end mark, commas or strokes, several words to a piece."""
    tail = text.rsplit(":", 1)[-1] if text.count(":") == 1 else text
    pieces = [piece.strip() for piece in _COMMA.split(tail)]
    if unit.ended or len(pieces) < 4:
        return False
    if any(piece[:1].isupper() or piece[:1].isdigit() or len(piece) > 60 for piece in pieces):
        return False
    if pieces[0][:1].islower():
        return sum(" " in piece for piece in pieces) * 3 >= 2 * len(pieces)
    return all(4 <= len(piece) <= 60 for piece in pieces) and unit.tokens[0].script in UNCASED


_COMMA = re.compile(r"[,、，،|;·]")


def _sends(page: PageView, blocks: Sequence[Block], left: Sequence[Block]) -> bool:
    """Whether a page is spam and nothing else.

    Little of it reads as a report, and most of it is run together from terms or sends the reader to
    invented names and foreign addresses, several of them.
    """
    total = sum(unit.end - unit.start for group in page.units for unit in group)
    if not total:
        return False
    if _sends_away(page, blocks, total) or _is_run(page, blocks, total):
        return True
    if not any(page.hits):
        return False
    telling = sum(
        unit.end - unit.start
        for group in page.units
        for unit in group
        if unit.hits and (unit.functions < 0.1 or unit.subjects() or len(unit.offers()) >= 2)
    )
    if telling < 0.35 * total:
        return False
    spammy = honest = 0
    names: set[str] = set()
    marked = 0
    for group, block in zip(page.units, blocks, strict=True):
        for unit in group:
            size = unit.end - unit.start
            made = {
                token.plain
                for token in unit.tokens
                if _BRANDED.match(token.raw) and page.known[token.plain[:5]] < 3
            }
            reach = offers.contact(block.text[unit.start : unit.end], page, asked="contact" in unit.offers())
            intents = sum(hit.family == "intent" for hit in unit.hits)
            sells = bool(unit.subjects()) or intents >= 2 or len(unit.offers()) >= 2
            marked += sells
            figures = sum(token.script == "none" or token.raw[:1].isdigit() for token in unit.tokens)
            if not unit.hits and not reach and figures * 4 >= len(unit.tokens):
                honest += size  # a line of a log, a row of figures
            elif (made or reach) and (sells or unit.offers()):
                spammy += size
                names |= made | ({reach} if reach else set())
            elif (
                (unit.functions < 0.1 or not unit.ended)
                and unit.size >= 3
                and (unit.subjects() or intents >= 2)
            ):
                spammy += size
            elif unit.ended and unit.size >= 5 and not made and len(unit.offers()) <= 2:
                honest += size if unit.subjects() <= page.at_home else size // 3
    kept = sum(len(block.text) for block in left)
    if marked < 3 or honest >= 0.3 * total:
        return False
    if spammy >= 0.35 * total and len(names) >= 4 and len(names) * 50 >= sum(map(len, page.tokens)):
        return True
    if honest >= 0.25 * total:
        return False
    plain = [token.plain for group in page.tokens for token in group]
    repeated = len(plain) >= 40 and len(set(plain)) < 0.5 * len(plain)
    return (spammy >= 0.5 * total and len(names) >= 3) or (
        honest < 0.1 * total and spammy >= 0.6 * total and (kept < 0.6 * total or repeated)
    )


def _sends_away(page: PageView, blocks: Sequence[Block], total: int) -> bool:
    """Whether sentence after sentence names another address or coined name, and sells or says itself again."""
    if not any("." in block.text and offers.contact(block.text, page, asked=False) for block in blocks):
        return False
    sinks: set[str] = set()
    addresses = away = selling = units = honest = 0
    for group, block in zip(page.units, blocks, strict=True):
        if block.kind in ("quote", "code", "table_row"):
            continue
        for unit in group:
            if unit.size < 3:
                continue
            units += 1
            text = block.text[unit.start : unit.end]
            made = {token.plain for token in unit.tokens if pitches.coined(page, unit, token)}
            reach = offers.contact(text, page, asked=False)
            plain = [token.plain for token in unit.tokens]
            again = any(three in page.echoes for three in zip(plain, plain[1:], plain[2:], strict=False))
            sells = again or bool(unit.subjects()) or len(unit.offers()) >= 2
            selling += sells
            if not sells and not made and not reach and unit.ended and unit.size >= 5:
                honest += unit.end - unit.start
            if reach and reach not in sinks:
                addresses += reach[-1:].isalpha() and "@" not in reach
            if made or reach:
                sinks |= made | ({reach} if reach else set())
                away += unit.end - unit.start
    return units >= 5 and len(sinks) >= 4 and addresses >= 2 and away * 3 >= total and selling * 2 >= units


def _is_run(page: PageView, blocks: Sequence[Block], total: int) -> bool:
    """Whether most of a page is terms without a sentence, the same ones again and again."""
    run = told = 0
    plain: list[str] = []
    for group, block in zip(page.units, blocks, strict=True):
        if block.kind in ("code", "table_row"):
            continue
        for unit in group:
            figures = sum(token.script == "none" or token.raw[:1].isdigit() for token in unit.tokens)
            if unit.size >= 4 and unit.functions < 0.12 and not unit.ended and figures * 4 < len(unit.tokens):
                run += unit.end - unit.start
                plain += [token.plain for token in unit.tokens]
            elif unit.ended and unit.size >= 5 and not unit.subjects():
                told += unit.end - unit.start
    return told * 5 < total and run * 2 >= total and len(plain) >= 40 and len(set(plain)) * 5 < len(plain) * 2


_BRANDED = re.compile(r"[A-Za-z]{4,14}\d{2,4}$|[A-Z][a-z]{2,9}[A-Z][a-z]{1,5}$")
