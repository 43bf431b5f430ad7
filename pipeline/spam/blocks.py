"""Cut spam from an article's blocks, span by span."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.spam import (
    anchors,
    contacts,
    inserts,
    odds,
    offers,
    pitches,
    promos,
    runs,
    stretches,
    wholes,
    words,
)
from pipeline.spam.page import UNCASED, PageView, Unit, keys, particle_share, view
from pipeline.spam.records import SpamContext, SpamResult
from pipeline.spam.runs import Span
from schemas.records import Block, Link, Removed

_EDGE = " \t\n|/•·►★✓✔～~–—,;:，、；|+*>-"
_GLUE = re.compile(r"^[\s|/•·►★✓✔～~–—,;:，、；+*>-]+")


_ROUNDS = 8  # what is glued to a cut may show only once the cut is made; two suffice but for a few pages


def clean_blocks(blocks: Sequence[Block], context: SpamContext) -> SpamResult:
    """Return the blocks without spam, and what was cut.

    blocks: the article's blocks in order, with their links (none on a plain-text page).
    Kept text is never altered or moved, except white space and separators at a seam: what is left of
    a cut block is joined by one space where both sides have words, and stripped at its ends. Cleaning
    the result again cuts nothing more.
    """
    given = tuple(blocks)
    spans: list[list[Span]] = [[] for _ in given]
    flags: list[list[Span]] = [[] for _ in given]
    page = first = view(given, context)
    made = _Made(given, tuple(range(len(given))), None, (), ())
    for _ in range(_ROUNDS):
        found, flags = _look(page, made.blocks)
        if not any(found):
            found = _look_again(page, made)
        if not any(found):
            break
        for number, told in enumerate(found):
            spans[made.numbers[number]] += [_back(made, number, span) for span in told]
        made = _assemble(given, spans)
        page = view(made.blocks, context)
    spam = wholes.is_spam(first, given, page, made.blocks)
    if not spam and made.removed:  # what is left would be rejected if it were cleaned again
        spam = wholes.is_spam(page, made.blocks, page, made.blocks)
    if spam:
        everything = Removed(
            "\n\n".join(block.text for block in given),
            "spam_paragraph",
            "spam.page",
            ("offers", "invented names"),
        )
        return SpamResult((), (everything,), ((0, 0),), rejected="spam")
    return SpamResult(made.blocks, made.removed, made.places, _flagged(made.blocks, flags))


@dataclass(frozen=True, slots=True)
class _Made:
    """Blocks after some cuts: which of the given blocks each was, and where each character stood in it."""

    blocks: tuple[Block, ...]
    numbers: tuple[int, ...]
    origins: tuple[list[int] | None, ...] | None
    removed: tuple[Removed, ...]
    places: tuple[tuple[int, int], ...]


def _back(made: _Made, number: int, span: Span) -> Span:
    """Return a span of a cut block in the given block's characters."""
    origin = made.origins[number] if made.origins is not None else None
    if origin is None:
        return span
    return replace(span, start=origin[span.start], end=origin[span.end - 1] + 1)


def _look(page: PageView, blocks: Sequence[Block]) -> tuple[list[list[Span]], list[list[Span]]]:
    """Return by block the spans to cut and the spans to flag."""
    spans: list[list[Span]] = [[] for _ in blocks]
    flags: list[list[Span]] = [[] for _ in blocks]
    for number, block in enumerate(blocks):
        for span, enough in _in_block(page, block, page.units[number]):
            (spans if enough else flags)[number].append(span)
    _gather_lists(page, blocks, spans, flags)
    return spans, flags


def _look_again(page: PageView, made: _Made) -> list[list[Span]]:
    """Return by block what is cut in the light of all that was cut before."""
    proven = stretches.Proven.of(page, [cut.text for cut in made.removed])
    return [
        [
            span
            for unit in (() if _is_shown(page, number) else units)
            if not (
                is_plain(page, block, unit) and proven.words.isdisjoint(token.plain for token in unit.tokens)
            )
            for span in stretches.find(page, block, unit, proven)
        ]
        for number, (block, units) in enumerate(zip(made.blocks, page.units, strict=True))
    ]


def _flagged(blocks: Sequence[Block], flags: list[list[Span]]) -> tuple[Removed, ...]:
    """Return the flagged spans with their positions."""
    out = []
    at = 0
    for block, told in zip(blocks, flags, strict=True):
        for span in told:
            text = block.text[span.start : span.end]
            out.append(Removed(text, span.reason, span.rule, span.evidence(), position=at + span.start))
        at += len(block.text) + 2
    return tuple(out)


def _in_block(page: PageView, block: Block, units: list[Unit]) -> list[tuple[Span, bool]]:
    """Return the suspicious spans of a block, in order, each with whether it is to be cut."""
    if units and _is_shown(page, units[0].block):
        return []
    found = [(span, True) for span in [*_bare_markup(page, block), *inserts.tags(page, block)]]
    marked = len(found)
    offered: dict[int, Span] = {}
    gone: set[int] = set()
    for number, unit in enumerate(units):
        if is_plain(page, block, unit):
            continue
        if any(span.start < unit.end and unit.start < span.end for span, _ in found[:marked]):
            continue  # what is around the markup is judged when it is gone
        taken: list[Span] = []
        weak: list[Span] = []
        for span in runs.find(page, block, unit):
            enough = span.independent and span.total >= runs.ENOUGH + runs.MORE[block.kind] + span.needs
            (taken if enough else weak).append(span)
        for span, enough in odds.find(page, block, unit):
            if enough:
                taken.append(span)
            elif span.total >= 2.5:
                weak.append(span)
        for span in anchors.find(page, block, unit):
            (taken if anchors.enough(span) else weak).append(span)
        for span in inserts.find(page, block, unit):
            (taken if span.total >= inserts.ENOUGH else weak).append(span)
        for span in contacts.find(page, block, unit):
            (taken if span.total >= contacts.ENOUGH else weak).append(span)
        taken = [_own_script_off(page, unit, span) for span in taken]
        taken = _tightest(page, unit, taken) if len(taken) > 1 else taken
        linked = [
            (link.start, link.end)
            for link in page.foreign_links(block)
            if unit.start <= link.start and (link.end - link.start) * 5 < (unit.end - unit.start) * 3
        ]
        offer = offers.judge(page, block, unit, without=linked)
        if offer is not None:
            offered[number] = offer
            sells = _sells(offer, block)
            apart = taken or [span for span in weak if span.total >= 2.5]
            if sells and apart and not _abroad(page, unit):
                rest = offers.judge(page, block, unit, without=[(span.start, span.end) for span in apart])
                left = [
                    token
                    for token in unit.tokens
                    if not any(span.start <= token.start < span.end for span in apart)
                ]
                honest = sum(page.is_function(token) or page.familiar(token, unit) >= 0.5 for token in left)
                plain = sum(token.size for token in left)
                mortar = sum(page.is_function(token) for token in left) / plain if plain else 0.0
                mortar = mortar if plain < 14 and page.script not in UNCASED else 1.0
                around = bool(left) and left[0].start < apart[0].start and left[-1].start > apart[-1].end
                made = (
                    plain >= 10
                    and unit.ended
                    and sum(map(page.is_function, left)) >= 0.8 * page.mortar * plain
                )
                sells = not (taken and made and page.script not in UNCASED) and (
                    mortar < 0.25 * page.mortar
                    or (
                        mortar < 0.8 * page.mortar
                        and any(
                            hit.family == "subject"
                            and hit.kind not in page.at_home
                            and not any(span.start <= hit.start < span.end for span in apart)
                            for hit in unit.hits
                        )
                    )
                    or plain < (8 if around else 5)
                    or (
                        rest is not None
                        and rest.total >= 1.6
                        and rest.kinds["offer"] >= 1.0
                        and ("contact" in rest.kinds or honest * 5 < len(left) * 3 or len(left) < 8)
                    )
                )
            core = _core(page, block, unit, offer) if sells else None
            if core is not None:
                taken = [core]
            elif sells:
                taken = [offer]
                gone.add(number)
        found += [(span, True) for span in taken]
        found += [(span, False) for span in weak if span.total >= 1.5 and not (taken and taken[0] is offer)]
        if offer is not None and not taken and offer.total >= 2.2 and not weak:
            found.append((offer, False))
        if taken and sum(span.end - span.start for span in taken) * 10 >= (unit.end - unit.start) * 9:
            gone.add(number)
    whole = sum(enough for _, enough in found) <= len(gone)
    for look in (promos.find, pitches.find) if whole else ():
        for first, last, span in look(page, block, units, gone):
            if look is promos.find and (terms := _terms_amid(page, block, units[first:last])):
                cut = [taken for taken, enough in found if enough]
                found += [(run, True) for run in terms if not any(_meet(run, other) for other in cut)]
                continue
            found = [item for item in found if item[0].end <= span.start or item[0].start >= span.end]
            found.append((span, True))
            gone.update(range(first, last))
    found = _spread(page, block, units, found, offered, gone)
    return sorted(found, key=lambda item: (item[0].start, item[0].end))


#: As a page on which little is needed to see terms.
_OFTEN_CAUGHT = stretches.Proven(cuts=6, fragments=3)


def _terms_amid(page: PageView, block: Block, units: Sequence[Unit]) -> list[Span]:
    """Return the search terms that make a passage odd where most of it is the author's: they go, it stays."""
    terms = [span for unit in units for span in stretches.find(page, block, unit, _OFTEN_CAUGHT)]
    length = units[-1].end - units[0].start
    return terms if 2 * sum(span.end - span.start for span in terms) < length else []


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _own_script_off(page: PageView, unit: Unit, span: Span) -> Span:
    """Leave words in the page's script off the ends of a run in another, where its sentence goes on with them."""
    inside = [token for token in unit.tokens if span.start <= token.start < span.end]
    abroad = [token for token in inside if token.script != "latin" and not page.at_home_script(token.script)]
    if not abroad or sum(t.size for t in abroad) * 2 < sum(t.size for t in inside):
        return span

    def own(token: words.Token) -> bool:
        return token.script == page.script and token.raw.isalpha() and not token.disguised

    start, end = span.start, span.end
    if own(inside[0]):
        at = next((number for number, token in enumerate(inside) if not own(token)), 0)
        pasted = at > 0 and inside[at].start == inside[at - 1].end and inside[0].raw[:1].isupper()
        if pasted or inside[0].start > unit.tokens[0].start:
            start = inside[at].start
    if inside[-1] is not unit.tokens[-1] or unit.ended:
        last = next((token for token in reversed(inside) if not own(token)), inside[-1])
        if last is not inside[-1]:
            end = last.end
    return replace(span, start=start, end=end) if (start, end) != (span.start, span.end) else span


def _is_shown(page: PageView, number: int) -> bool:
    """Whether the article shows a block, whatever it says: a text doesn't tell a quotation from a paragraph."""
    kind = page.blocks[number].kind
    return (kind in ("quote", "code") or page.context.plain) and _announced(page, number)


def _announced(page: PageView, number: int) -> bool:
    """Whether the paragraph before a block, or before the quotation that the block belongs to, ends in a colon."""
    kind = page.blocks[number].kind
    if number == 0:
        return False
    number -= 1
    while number > 0 and kind != "paragraph" and page.blocks[number].kind == kind:
        number -= 1
    before = page.blocks[number]
    return before.kind == "paragraph" and before.text.rstrip()[-1:] in (":", "：")


def _tightest(page: PageView, unit: Unit, spans: list[Span]) -> list[Span]:
    """Leave out a run that holds a stretch found otherwise, and words of a sentence besides.

    What is left of the sentence is judged when the stretch is gone. What only its link gives away ends with it.
    """

    def beyond(span: Span, other: Span) -> int:
        """Return how many closed-class words a span has behind another in it that a capital follows."""
        after = [token for token in unit.tokens if other.end <= token.start < span.end]
        if not after or not after[0].raw[:1].isupper():
            return 0
        return sum(page.is_function(token) for token in after)

    inner = [span for span in spans if span.rule in ("spam.anchor", "spam.odds")]
    return [
        span
        for span in spans
        if span.rule == "spam.anchor"
        or not any(
            span.start <= other.start
            and other.end <= span.end
            and (
                (other.rule == "spam.anchor" and span.rule == "spam.odds" and not odds.stands_alone(span))
                or (span.rule == "spam.run" and other.rule == "spam.odds" and beyond(span, other) >= 2)
            )
            for other in inner
        )
    ]


_SOLD = frozenset({"order", "price", "trust", "waiver", "contact"})
_COMMAS = ",;:，；：、"


def _core(page: PageView, block: Block, unit: Unit, offer: Span) -> Span | None:
    """Return the terms of an offer that stand in an honest sentence, None where the sentence is the offer.

    They have none of the small words that hold the rest together, and the rest has none of the marks.
    """
    marks = [
        hit
        for hit in unit.hits
        if hit.family in ("subject", "intent") or (hit.family == "offer" and hit.kind in _SOLD)
    ]
    if not marks or unit.size < 12 or any(token.disguised for token in unit.tokens):
        return None
    low, high = min(hit.start for hit in marks), max(hit.end for hit in marks)
    reach = offers.contact(block.text[unit.start : unit.end], page, asked=True)
    if reach:
        at = block.text.find(reach, unit.start)
        low, high = min(low, at), max(high, at + len(reach))
    inside = [token for token in unit.tokens if token.start < high and low < token.end]
    rest = [token for token in unit.tokens if token.end <= low or token.start >= high]
    if not inside or not rest:
        return None
    start, end = inside[0].start, inside[-1].end
    if not unit.offers().isdisjoint(("you", "we")):
        return None

    def mortar(tokens: list[words.Token]) -> float:
        small = sum(
            particle_share(token) * token.size
            if token.script in odds.UNSPACED
            else float(page.is_function(token) and not any(h.start <= token.start < h.end for h in marks))
            for token in tokens
        )
        return small / sum(token.size for token in tokens)

    if sum(token.size for token in rest) < 6 or mortar(rest) < max(0.1, 3 * mortar(inside)):
        return None
    if block.text[:start].rstrip()[-1:] in _COMMAS and block.text[end : end + 1] in tuple(_COMMAS):
        end += 1
    return replace(offer, start=start, end=end, reason="keyword_run")


def _abroad(page: PageView, unit: Unit) -> bool:
    """Whether next to nothing of a unit is in the page's own script."""
    own = sum(token.size for token in unit.tokens if token.script == page.script)
    return page.script != "latin" and own * 10 < unit.size


def is_plain(page: PageView, block: Block, unit: Unit) -> bool:
    """Cheap gate: whether a sentence is honest and has nothing that a closer look could find."""
    if not unit.honest:
        return False
    offered = set()
    for hit in unit.hits:
        if hit.family in ("subject", "intent"):
            return False
        offered.add(hit.kind)
    if len(offered) >= 3 or "." in block.text[unit.start : unit.end - 2]:
        return False
    for link in block.links:
        if link.start < unit.end and link.end > unit.start and page.is_foreign(link.href):
            return False
    if any(token.script != "latin" and not page.at_home_script(token.script) for token in unit.tokens):
        return False
    return not unit.tokens or not (runs.long_stretch(page, unit) or unit.tokens[0].raw[:1].islower())


_MARKUP = re.compile(
    r"\[(?:url|link)=[^\]\s]{4,200}\][^\[\]]{1,120}\[/(?:url|link)\]|<a\s[^<>]{4,240}>[^<>]{1,120}</a>", re.I
)
#: What counts only right beside such a link: the same in other marks, or a few words with an address.
_BESIDE = re.compile(
    r"\[[^\[\]]{1,120}\]\(https?://[^\s()]{3,200}\)|(?<![\w-])(?:[^\W\d_]{1,24} ){1,6}https?://[^\s\]>\"'()]{3,200}",
    re.I,
)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\]>\"']{3,200}", re.I)


def _bare_markup(page: PageView, block: Block) -> list[Span]:
    """Return links to other sites whose markup stands in the text for all to see: a form filled by a robot."""
    if block.kind == "code" or ("[" not in block.text and "<" not in block.text):
        return []
    found = []
    for match in _MARKUP.finditer(block.text):
        address = _ADDRESS.search(match[0])
        if (
            address is not None
            and page.is_foreign(address[0])
            and not runs.in_quotes(block.text, *match.span())
        ):
            kinds = {"bare markup": 1.5, "link": 1.5}
            found.append(Span(match.start(), match.end(), "spam_link", "spam.markup", kinds))
    beside: list[Span] = []
    ends, starts = {span.end for span in found}, {span.start for span in found}
    for match in _BESIDE.finditer(block.text) if found else ():
        low, high = match.span()
        behind = any(
            block.text[at:low].strip() == "" and at in ends for at in range(max(0, low - 4), low + 1)
        )
        before = any(block.text[high:at].strip() == "" and at in starts for at in range(high, high + 5))
        if match[0][0] != "[":  # words with an address: terms only, and only behind the link
            before = False
            told = words.tokens(match[0][: match[0].lower().index("http")])
            behind = behind and not any(page.is_function(token) for token in told)
        address = _ADDRESS.search(match[0])
        if (behind or before) and address is not None and page.is_foreign(address[0]):
            beside.append(Span(low, high, "spam_link", "spam.markup", {"link": 1.5, "beside spam": 1.5}))
            ends.add(high)
            starts.add(low)
    return found + beside


def _sells(offer: Span, block: Block) -> bool:
    """Whether an offer is foreign enough to be cut: two kinds of evidence, and enough of it."""
    others = [name for name, strength in offer.kinds.items() if name != "offer" and strength >= 0.5]
    return (
        offer.kinds["offer"] >= 1.0
        and bool(others)
        and offer.total >= offers.ENOUGH + offers.MORE[block.kind] + offer.needs
    )


def _spread(
    page: PageView,
    block: Block,
    units: list[Unit],
    found: list[tuple[Span, bool]],
    offered: dict[int, Span],
    gone: set[int],
) -> list[tuple[Span, bool]]:
    """Take what leans on a cut sentence with it: its question before, its terms behind, a stranger's praise."""
    if not gone or len(gone) == len(units):
        return found
    if page.context.plain and not any(units[number].hits for number in gone):
        return found
    praised = any(hit.family == "praise" for unit in units for hit in unit.hits)
    foreign_gone = any(offers.foreign_tongue(page, units[number]) > 0 for number in gone)
    changed = True
    while changed:
        changed = False
        for number, unit in enumerate(units):
            if number in gone or not ({number - 1, number + 1} & gone):
                continue
            share = offers.strange_share(page, unit)
            offer = offered.get(number)
            leans = (
                offer is not None
                and offer.total >= 2.0
                and (share is None or share >= 0.6)
                and (unit.functions < 0.75 * page.mortar or offer.kinds["offer"] >= 1.25)
                and any(
                    offer.kinds.get(name, 0.0) >= 0.5 for name in ("words", "contact", "language", "disguise")
                )
            )
            abroad = offers.foreign_tongue(page, unit)
            leans = leans or (abroad > 0 and foreign_gone)
            asks = block.text[unit.end - 1] in "?？" and number + 1 in gone and unit.size <= 12
            asks = asks and (
                units[number + 1].ended or not units[number + 1].functions < 0.1
            )  # terms answer nothing
            short = (
                unit.size <= 6
                and unit.functions < page.mortar
                and (share is None or share >= 0.75)
                and len(gone) + 1 >= len(units)
            )
            admires = praised and any(hit.family == "praise" for hit in unit.hits)
            if leans or short or admires or asks:
                kinds = dict(offer.kinds) if offer is not None else {}
                kinds["beside spam"] = 1.5
                reason = "comment_spam" if admires else "spam_sentence"
                found = [item for item in found if not unit.start <= item[0].start < unit.end]
                found.append((Span(unit.start, unit.end, reason, "spam.beside", kinds), True))
                gone.add(number)
                changed = True
    return found


def _gather_lists(
    page: PageView, blocks: Sequence[Block], spans: list[list[Span]], flags: list[list[Span]]
) -> None:
    """Judge neighbouring short blocks as one list of terms, and a table's rows as one: each is too short alone."""
    at = 0
    while at < len(blocks):
        last = at
        if blocks[at].kind == "table_row":
            while last < len(blocks) and blocks[last].table == blocks[at].table:
                last += 1
            for first, behind in _same_rows(page, blocks, at, last):
                _judge_list(page, blocks, spans, flags, first, behind)
        else:
            while last < len(blocks) and _term(page, last, blocks[last]):
                last += 1
            if last - at >= 3:
                _judge_list(page, blocks, spans, flags, at, last)
        at = max(last, at + 1)


def _same_rows(page: PageView, blocks: Sequence[Block], first: int, last: int) -> list[tuple[int, int]]:
    """Return the parts [first, last) of a table to be judged alone, of two rows and more.

    Three rows on end that each name an address, beside rows that name none, are a table of their own:
    readers of pages run neighbouring tables together.
    """
    reached = [bool(offers.contact(blocks[at].text, page, asked=False)) for at in range(first, last)]
    parts = [(told, len(list(run))) for told, run in itertools.groupby(reached)]
    out, at = [], first
    if any(told and size >= 3 for told, size in parts):
        for _, size in parts:
            out.append((at, at + size))
            at += size
    else:
        out.append((first, last))
    return [(one, two) for one, two in out if two - one >= 2]


def _term(page: PageView, number: int, block: Block) -> bool:
    """Whether a block looks like a search term: few words, no end mark, none that makes a sentence."""
    units = page.units[number]
    return (
        block.kind in ("list_item", "paragraph")
        and len(units) == 1
        and bool(units[0].tokens)
        and not units[0].ended
        and units[0].size <= 8
        and units[0].functions <= 0.34
    )


@dataclass(slots=True)
class _Row:
    """What is odd about one item of a list or one row of a table."""

    subjects: set[str]
    strange: bool
    abroad: bool
    linked: bool
    reached: bool
    invented: bool
    votes: bool
    numbered: bool
    small: bool


def _row(page: PageView, block: Block, units: list[Unit]) -> _Row | None:
    """Look one item over; None where it has no words."""
    tokens = [token for unit in units for token in unit.tokens]
    if not tokens:
        return None
    unit = replace(
        units[0],
        end=units[-1].end,
        tokens=tokens,
        hits=[hit for part in units for hit in part.hits],
        size=sum(part.size for part in units),
    )
    small = tokens[0].raw[:1].islower() or tokens[0].script in UNCASED
    cited = any("/" in token.raw for token in tokens)
    counted = [token for token in tokens if keys(token) and not page.is_function(token)]
    strange = sum(page.familiar(token, unit) < 0.5 for token in counted) * 5 >= len(counted) * 3
    subjects = unit.subjects() - page.at_home
    intents = sum(hit.family == "intent" for hit in unit.hits)
    abroad = offers.foreign_tongue(page, unit) > 0 and small
    linked = bool(runs.linked(page, block, unit.start, unit.end)) and not cited
    invented = any(offers.invented(page, unit, token) for token in tokens)
    reached = offers.contact(block.text, page, asked=False) is not None and not cited
    votes = not cited and (
        bool(subjects)
        or abroad
        or (intents >= 2 and strange)
        or (linked and intents > 0 and small and strange)
        or (reached and (invented or intents > 0 or (small and strange)))
        or any(token.disguised for token in tokens)
    )
    numbered = any(token.script == "none" for token in tokens) and not reached
    return _Row(subjects, strange, abroad, linked and small, reached, invented, votes, numbered, small)


def _abroad_together(page: PageView, groups: Sequence[Sequence[Unit]]) -> bool:
    """Whether items that are too short alone are in another script or language than the page, taken together."""
    tokens = [token for group in groups for unit in group for token in unit.tokens if token.script != "none"]
    whole = sum(token.size for token in tokens)
    if whole < 4:
        return False
    strangers = [token for token in tokens if not page.at_home_script(token.script)]
    if strangers:
        return sum(token.size for token in strangers) * 3 >= whole * 2 and any(
            token.script != "latin" and page.scripts[token.script] < 60 for token in strangers
        )
    worded = [token.raw.lower() for token in tokens if token.raw[:1].islower() and not token.disguised]
    if page.script in UNCASED or not page.language or sum(map(len, worded)) < 24 or not page.reads_as_told():
        return False
    return words.strangeness(" ".join(worded), page.language) >= 0.3


def _stranger(page: PageView, groups: Sequence[Sequence[Unit]]) -> bool:
    """Whether the items of a list, in lower case and without small words, share no word with the page and trade."""
    units = [unit for group in groups for unit in group if unit.tokens]
    tokens = [(unit, token) for unit in units for token in unit.tokens]
    if any(token.raw[:1].isupper() or token.script == "none" for _, token in tokens):
        return False
    counted = [(unit, token) for unit, token in tokens if keys(token) and not page.is_function(token)]
    if len(counted) < 8 or len(counted) * 5 < len(tokens) * 4 or len(counted) < 2 * len(units):
        return False
    known = sum(page.familiar(token, unit) >= 0.5 for unit, token in counted)
    asking = sum(any(hit.family == "intent" for hit in unit.hits) for unit in units)
    return known * 20 <= len(counted) and asking * 3 >= len(units) and page.trading() < 0.01


def _judge_list(
    page: PageView,
    blocks: Sequence[Block],
    spans: list[list[Span]],
    flags: list[list[Span]],
    first: int,
    last: int,
) -> None:
    """Cut a list of terms where vocabulary, links or language speak against most of it.

    A list of figures, of examples under a colon, or of terms of many trades is an article's own.
    """
    rows = [row for number in range(first, last) if (row := _row(page, blocks[number], page.units[number]))]
    count = len(rows)
    if not count:
        return

    def most(asked: Callable[[_Row], bool], share: float = 0.6) -> bool:
        return sum(asked(row) for row in rows) >= share * count

    table = blocks[first].kind == "table_row"
    if not table and _abroad_together(page, [page.units[number] for number in range(first, last)]):
        for row in rows:
            row.abroad = row.abroad or (row.small and row.strange)
            row.votes = row.votes or row.abroad
    subjects = {kind for row in rows for kind in row.subjects}
    announced = first > 0 and blocks[first - 1].text.rstrip()[-1:] in (":", "：")
    data = most(lambda row: row.numbered, 0.5) or len(subjects) >= 3 or announced
    if data and not most(lambda row: row.linked or row.reached, 0.5):
        for number in range(first, last):
            flags[number] += spans[number]
            spans[number] = []
        return
    if not table and count >= 4 and _stranger(page, [page.units[number] for number in range(first, last)]):
        for row in rows:
            row.votes = True
    if not most(lambda row: row.votes) or not most(lambda row: row.strange):
        return
    named = sum(bool(row.subjects) for row in rows)
    sure = most(lambda row: row.abroad) or most(lambda row: row.linked, 0.8)
    if table:
        sure = most(lambda row: row.reached) or (named * 5 >= count * 4 and most(lambda row: row.invented))
    elif named >= 2 or (
        count >= 4 and _stranger(page, [page.units[number] for number in range(first, last)])
    ):
        sure = True
    if not sure:
        return
    for number in range(first, last):
        kinds = {"shape": 1.0, "words": 1.5, "distance": 0.8}
        reason = "link_farm" if page.foreign_links(blocks[number]) else "keyword_run"
        spans[number] = [Span(0, len(blocks[number].text), reason, "spam.list", kinds)]
        flags[number] = []


def _assemble(blocks: Sequence[Block], spans: list[list[Span]]) -> _Made:
    """Make the cuts."""
    kept: list[Block] = []
    numbers: list[int] = []
    origins: list[list[int] | None] = []
    removed: list[Removed] = []
    places: list[tuple[int, int]] = []
    at = 0
    for number, block in enumerate(blocks):
        cuts = _merge(block, spans[number])
        text, links, seams, origin = _cut(block, cuts)
        base = at + (2 if kept and text else 0)
        for (span, told), seam in zip(cuts, seams, strict=True):
            removed.append(Removed(told, span.reason, span.rule, span.evidence(), position=base + seam))
            places.append((len(kept), seam))
        if text:
            kept.append(replace(block, text=text, links=links) if cuts else block)
            numbers.append(number)
            origins.append(origin)
            at = base + len(text)
    return _Made(tuple(kept), tuple(numbers), tuple(origins), tuple(removed), tuple(places))


def _merge(block: Block, spans: list[Span]) -> list[tuple[Span, str]]:
    """Join spans that touch but for separators; grow each over the separators at its borders."""
    text = block.text
    out: list[Span] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if out and (span.start < out[-1].end or not text[out[-1].end : span.start].strip(_EDGE)):
            last = out[-1]
            strongest = max(last, span, key=lambda item: item.total)
            out[-1] = replace(strongest, start=last.start, end=max(last.end, span.end))
        else:
            out.append(span)
    return [
        (span, text[span.start : span.end]) for span in (_grow(text, _unglued(text, span)) for span in out)
    ]


_GLUED = re.compile(r"(?:^|[^\w])[^\W\d_A-Z]{1,20}[a-z]([A-Z][a-z]+(?:[’'-][a-z]+)?)\s?$")
_GOES_ON = re.compile(r"\s?[^\W\d_]{1,24}[,]?(?: \S{1,24}){3}")


def _unglued(text: str, span: Span) -> Span:
    """Give back the first word of a sentence that was pasted tight to the end of a cut."""
    match = _GLUED.search(text, max(span.start, span.end - 48), span.end)
    if match is None or not _GOES_ON.match(text, span.end) or not text[span.end :].lstrip()[:1].islower():
        return span
    return replace(span, end=match.start(1))


def _grow(text: str, span: Span) -> Span:
    """Take the separators that belong to a run with it; leave honest marks where they are."""
    start, end = span.start, span.end
    before, after = text[:start], text[end:]
    if not before.strip(_EDGE):
        start = 0
    if not after.strip(_EDGE):
        end = len(text)
    elif (match := _GLUE.match(after)) and (start == 0 or match[0].strip() in ("|", "/", "•", "·", "►", "★")):
        # Separators behind a run go with it; commas and colons of the honest sentence around it stay.
        end += match.end()
    if end == len(text) and start > 0:
        stripped = before.rstrip(" |/•·►★–—~:,;-")
        start = len(stripped)
    return replace(span, start=start, end=end)


def _cut(
    block: Block, cuts: list[tuple[Span, str]]
) -> tuple[str, tuple[Link, ...], list[int], list[int] | None]:
    """Return what is left of a block, its links with moved offsets, the seam of each cut, and origins.

    The origins tell where each character left stood in the block; None where nothing was cut.
    """
    if not cuts:
        return block.text, block.links, [], None
    text = block.text
    parts: list[str] = []
    origin: list[int] = []
    seams: list[int] = []
    size = 0

    def put(piece: str, first: int) -> None:
        nonlocal size
        parts.append(piece)
        origin.extend(range(first, first + len(piece)))
        size += len(piece)

    at = 0
    for span, _ in cuts:
        put(text[at : span.start], at)
        seams.append(size)
        at = span.end
    put(text[at:], at)
    joined = "".join(parts)
    # White space at the seams: one space between words, none at the ends.
    keep = [True] * len(joined)
    for seam in seams:
        left, right = seam, seam
        while left > 0 and joined[left - 1] in " \t":
            left -= 1
        while right < len(joined) and joined[right] in " \t":
            right += 1
        for index in range(left, right):
            keep[index] = False
        if right > left and left > 0 and right < len(joined) and joined[right] not in ".,;:!?)]”»":
            keep[left] = True
    first = next((i for i, letter in enumerate(joined) if keep[i] and not letter.isspace()), len(joined))
    last = next((i for i in range(len(joined) - 1, -1, -1) if keep[i] and not joined[i].isspace()), -1)
    for index in range(len(joined)):
        if index < first or index > last:
            keep[index] = False
    moved = [0] * (len(joined) + 1)
    made: list[str] = []
    for index, letter in enumerate(joined):
        moved[index] = len(made)
        if keep[index]:
            made.append(letter)
    moved[len(joined)] = len(made)
    place = {old: moved[index] for index, old in enumerate(origin)}
    links = []
    for link in block.links:
        inside = [place[old] for old in range(link.start, link.end) if old in place]
        if inside and inside[-1] + 1 > inside[0]:
            low, high = inside[0], min(inside[-1] + 1, len(made))
            if high > low:
                links.append(replace(link, start=low, end=high))
    stayed = [old for index, old in enumerate(origin) if keep[index]]
    return "".join(made), tuple(links), [moved[seam] for seam in seams], stayed
