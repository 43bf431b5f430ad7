"""Find passages that change the subject to sell something: one sentence, several, or a whole paragraph.

A writer's sentences share names and things with the rest of the article and keep its register. A
passage that does neither (nothing in it is known to the page, and it speaks to the reader where the
article doesn't, asks and answers, sends to an address or a coined name) is an advertisement in any
trade. What it sells is not asked; sentences are judged together, since each alone tells too little.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.spam import offers, promos, words
from pipeline.spam.page import PageView, Unit, keys
from pipeline.spam.runs import Span, in_quotes
from pipeline.spam.words import Token
from schemas.records import Block

ENOUGH = {"paragraph": 3.5, "heading": 4.2, "list_item": 4.0}
_LEAST_STRANGE = 0.65  # share of a sentence's content words that nothing else on the page knows
_HOME = 0.12  # share of the page's sentences that speak to the reader, from which on it is its register

_FOREIGN = 0.15  # a sentence in another language has few of the page's closed-class words

_NUMBER = re.compile(r"(?<![\d.,])\+?\d{2,5}[ -]\d{3,5}[ -]\d{3,6}(?![\d.,])|(?<!\d)1\d{10}(?!\d)")
_COINED = re.compile(r"(?=[^\d]{5})[A-Za-z]?[a-zäöüéèà]{3,15}(?:[A-Z][a-zäöüéèà]{1,12})?\d{2,4}$")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z][A-Za-z]")
_INNER = re.compile(r"[A-Z]?[a-zäöüéèà]{3,12}[A-Z][a-zäöüéèà]{2,12}$")


def find(
    page: PageView, block: Block, units: Sequence[Unit], gone: set[int]
) -> Iterator[tuple[int, int, Span]]:
    """Yield (first unit, last unit + 1, evidence) of the passages of a block to be cut.

    gone: units that are cut already; they neither belong to a passage nor speak for it.
    """
    least = ENOUGH.get(block.kind)
    if least is None or not page.prose:
        return
    block, units = offers.unquoted(block, units)
    speaks = [number not in gone and _speaks(page, block, unit) for number, unit in enumerate(units)]
    if not any(speaks):
        return
    strange = [number not in gone and _strange(page, unit) for number, unit in enumerate(units)]
    speaks = [one and two for one, two in zip(speaks, strange, strict=True)]
    whole = all(strange) and len(units) >= 4 and sum(speaks) * 4 >= 3 * len(units)
    at = 0
    while at < len(units):
        last = at
        while last < len(units) and (speaks[last] or whole or (strange[last] and any(speaks[last + 1 :]))):
            last += 1
        while last > at and not (speaks[last - 1] or whole):
            last -= 1
        if last == at:
            at += 1
            continue
        end = last
        at, last = _own_tongue_off(page, units, at, last)
        at, last = _reports_off(page, block, units, at, last)
        if last == at:
            at = end
            continue
        span = _judge(page, block, units[at:last])
        if span is not None and span.total >= least + span.needs:
            yield at, last, span
        elif last - at > 1:
            for one in range(at, last):
                span = _judge(page, block, units[one : one + 1])
                if span is not None and span.total >= least + span.needs:
                    yield one, one + 1, span
        at = end


def _reports_off(
    page: PageView, block: Block, units: Sequence[Unit], first: int, last: int
) -> tuple[int, int]:
    """Leave sentences that read as the article's own off the ends of a passage: well made, and nothing asked of anybody."""
    told = page.habits
    if told is None:
        told = page.habits = promos.habits(page)

    def reports(unit: Unit) -> bool:
        made = unit.ended and unit.size >= 7 and unit.functions >= 0.5 * page.mortar
        return made and promos.weigh(promos.signs(page, told, block, unit)) < 0.0

    while last > first and reports(units[first]):
        first += 1
    while last > first and reports(units[last - 1]):
        last -= 1
    return first, last


def _own_tongue_off(page: PageView, units: Sequence[Unit], first: int, last: int) -> tuple[int, int]:
    """Leave sentences of the page's own language off the ends of a passage that has another."""
    abroad = [offers.foreign_tongue(page, unit) > 0 for unit in units[first:last]] if last - first > 1 else []
    if not any(abroad) or all(abroad):
        return first, last
    while not abroad[0]:
        abroad.pop(0)
        first += 1
    while not abroad[-1]:
        abroad.pop()
        last -= 1
    return first, last


def _strange(page: PageView, unit: Unit) -> bool:
    share = offers.strange_share(page, unit) if unit.tokens else 0.0
    return share >= _LEAST_STRANGE if share is not None else unit.size <= 10


def _speaks(page: PageView, block: Block, unit: Unit) -> bool:
    """Whether a sentence by itself bears a mark of an advertisement."""
    text = block.text[unit.start : unit.end]
    made = unit.offers()
    return (
        not made.isdisjoint(("you", "we"))
        or len(made) >= 2
        or (text[-1:] in "?？" and unit.size <= 14)
        or any(coined(page, unit, token) for token in unit.tokens)
        or ("." in text[:-1] and offers.contact(text, page, asked="contact" in made) is not None)
        or (unit.functions < _FOREIGN and offers.foreign_tongue(page, unit) > 0)
    )


def _judge(page: PageView, block: Block, units: Sequence[Unit]) -> Span | None:
    """Collect what speaks for a passage being an advertisement, or None where little does."""
    start, end = units[0].start, units[-1].end
    text = block.text[start:end]
    tokens = [(unit, token) for unit in units for token in unit.tokens]
    counted = [(unit, token) for unit, token in tokens if keys(token) and not page.is_function(token)]
    whole = sum(token.size for _, token in counted)
    if whole < 4:
        return None
    share = sum(token.size for unit, token in counted if page.familiar(token, unit) < 0.5) / whole
    if share < 0.7:
        return None
    kinds = {"distance": 1.2 if share >= 0.9 else 0.9 if share >= 0.78 else 0.5}
    made = {kind for unit in units for kind in unit.offers()}
    made_up = {token.plain for unit, token in tokens if coined(page, unit, token)}
    if made_up:
        kinds["coined name"] = min(2.4, 1.4 + 0.5 * (len(made_up) - 1))
    reach = offers.contact(text, page, asked="contact" in made)
    domain = reach is not None and reach[-1:].isalpha() and "@" not in reach
    if reach:
        kinds["contact"] = (1.5 if offers.telling(reach) else 1.2) if domain else 0.7
    if not reach and _NUMBER.search(text):
        kinds["contact"] = 0.7
    addressed = bool(made & {"you", "we"}) or any(offers.opens_with(unit, "order") for unit in units)
    if addressed and page.addressing() < _HOME:
        kinds["register"] = 1.0 if {"you", "we"} <= made else 0.7
    hook = any(
        block.text[one.end - 1 : one.end] in "?？" and one.size <= 14 and two.offers()
        for one, two in itertools.pairwise(units)
    )
    if hook and block.text[end - 1 : end] not in "?？":
        kinds["question and answer"] = 1.0
    selling = made - {"you", "we", "contact"}
    if offers.priced(text):
        selling.add("price")
    if selling:
        kinds["offer"] = min(1.6, 0.45 * len(selling)) + (0.2 if "!" in text or "！" in text else 0.0)
    if any(unit.subjects() - page.at_home for unit in units):
        kinds["words"] = 0.8
    if page.language != "de" and any(_named(page, unit, token) for unit, token in counted):
        kinds["name"] = 0.4
    abroad = max(offers.foreign_tongue(page, unit) for unit in units)
    if abroad:
        kinds["language"] = 0.7 * abroad
    pleads = {"you", "we"} <= made and page.addressing() < 0.03 and len(selling) >= 2
    sure = pleads or domain or bool(made_up) or hook or bool(abroad)
    others = [
        name for name, strength in kinds.items() if name not in ("distance", "name") and strength >= 0.4
    ]
    if not sure or len(others) < 2:
        return None
    if units[-1].ended and made_up and set(others) <= {"coined name", "offer"}:
        return None  # a machine's or a model's name, and what it costs
    needs = 0.0
    if in_quotes(block.text, start, end) or offers.reported(text):
        needs += 2.0
    if made and page.addressing() >= _HOME:
        needs += 0.8
    whole_block = not block.text[:start].strip() and not block.text[end:].strip()
    return Span(start, end, "spam_paragraph" if whole_block else "spam_sentence", "spam.pitch", kinds, needs)


def _named(page: PageView, unit: Unit, token: Token) -> bool:
    """Whether a word amid a sentence is a name that the page doesn't know."""
    return token.raw[:1].isupper() and token is not unit.tokens[0] and page.familiar(token, unit) < 0.5


def coined(page: PageView, unit: Unit, token: Token) -> bool:
    """Whether a word looks made up to be found: letters with figures behind, known nowhere else.

    A capital inside a word is another such sign, but only where the page's own names have none.
    """
    raw = token.raw
    if token.script != "latin" or (raw.isalpha() and (raw.islower() or raw.istitle())):
        return False  # neither a figure nor a capital inside
    if not (_COINED.match(raw) or _INNER.match(raw)) or token.plain in words.HOUSEHOLD:
        return False
    if page.familiar(token, unit) >= 0.5:
        return False
    return raw[-1].isdigit() or not _has_inner(page, unit)


def _has_inner(page: PageView, apart: Unit) -> bool:
    """Whether another sentence of the page has a name with a capital inside."""
    return any(
        _INNER_CAPITAL.search(token.raw)
        for group in page.units
        for unit in group
        if (unit.block, unit.start) != (apart.block, apart.start)
        for token in unit.tokens
    )
