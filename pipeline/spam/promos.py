"""Weigh a sentence as an advertisement set into an article: what it has that this page's sentences lack.

Every sign (it speaks to the reader, tells of itself, names a price, a number to ring, a name known
nowhere else, leads to a stranger's front door …) counts by how surprising it is on the page: the
logarithm of how seldom the page's other sentences have it. What the sentence shares with the article
speaks for it. No list of goods takes part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.spam import offers, words
from pipeline.spam.anchors import front_door
from pipeline.spam.page import UNCASED, Habits, PageView, Unit, keys
from pipeline.spam.register import bids, persons, surprise
from pipeline.spam.runs import Span, in_quotes
from schemas.records import Block

_PHONE = re.compile(
    r"(?<![\d.,/$€£¥-])\+?\(?\d{2,5}\)?[ -]\(?\d{2,5}\)?(?:[ -]\d{2,6}){1,4}(?![\d.,]?\d)|(?<![\d.,])0\d{8,10}(?!\d)|(?<!\d)1\d{10}(?!\d)|\+\d{9,14}"
)
_DIALLED = re.compile(r"\d\d(?:\)?[ -]\(?\d\d|\d{7})")  # in what _PHONE matches, wherever it does
_MONEY = re.compile(
    r"[$€£¥₹₽₩฿₫]\s?\d|\d\s?(?:[$€£¥₹₽₩฿₫]|USD\b|EUR\b|euro?s?\b|dollars?\b|元|円|원|บาท|руб|zł|TL\b|kr\b|reais\b|грн|Kč|lei\b|Ft\b)",
    re.I,
)
_PERCENT = re.compile(
    r"\d\s?(?:%|％|percent\b|per cent\b|prozent\b|por ?ciento\b|процент)|[一二三四五六七八九]折", re.I
)
_FIGURE = re.compile(r"\d")


_MARKS = re.compile(r"[\"“«„「『]")


def shown(page: PageView, block: Block, unit: Unit) -> frozenset[str]:
    """Return the signs of a register that a sentence shows, whatever the rest of the page does; not what it quotes."""
    if unit.shows is None:
        unit.shows = frozenset(_shown(page, block, unit))
    return unit.shows


def _shown(page: PageView, block: Block, unit: Unit) -> set[str]:
    text = block.text[unit.start : unit.end]
    if _MARKS.search(text):
        unit = offers.own_words(block.text, unit)
        text = offers.without_quotations(text)
    found = persons(unit, page.language)
    made = unit.offers()
    if offers.opens_with(unit, "order") or bids(unit, page.language):
        found.add("order")
    if text[-1:] in "?？؟;" and (text[-1:] != ";" or page.language == "el"):
        found.add("asks")
    if "!" in text or "！" in text:
        found.add("calls")
    if _FIGURE.search(text):
        if _MONEY.search(text):
            found.add("money")
        if _PERCENT.search(text):
            found.add("percent")
    if "order" in found and "contact" in made:
        ways = {(hit.start, hit.end) for hit in unit.hits if hit.kind == "contact"}
        if all((hit.start, hit.end) in ways for hit in unit.hits if hit.kind == "order"):
            found.discard("order")  # one word, said once
    return found | (made & {"contact", "trust", "haste", "price", "waiver"})


_SELLS = frozenset({"you", "we", "order", "price", "money", "percent", "contact", "calls"})


def habits(page: PageView) -> Habits:
    """Count the signs over a page."""
    blocks: list[Counter[str]] = []
    units: list[int] = []
    whole: Counter[str] = Counter()
    for group, block in zip(page.units, page.blocks, strict=True):
        told: Counter[str] = Counter()
        for unit in group:
            found = shown(page, block, unit)
            told.update(found)
            told["sells"] += len(found & _SELLS) >= 2
        blocks.append(told)
        units.append(len(group))
        whole.update(told)
    return Habits(tuple(blocks), tuple(units), whole, sum(units))


def signs(page: PageView, told: Habits, block: Block, unit: Unit) -> dict[str, float]:
    """Return what a sentence shows, each by its surprise on the page."""
    text = block.text[unit.start : unit.end]
    number = unit.block
    seen = shown(page, block, unit)
    apart = told.blocks[number] if told.of > told.units[number] else Counter(seen)
    of = told.of - (told.units[number] if told.of > told.units[number] else 1)
    marks: dict[str, float] = {}
    for sign in seen:
        marks[sign] = surprise(told.all[sign] - apart[sign], of)
    if numbered(text):
        marks["phone"] = 1.0
    reach = (
        offers.contact(text, page, asked="contact" in unit.offers()) if ("." in text or "@" in text) else None
    )
    if reach:
        marks["domain" if reach[-1:].isalpha() and "@" not in reach else "handle"] = 1.0
    links = [link for link in page.foreign_links(block) if link.start < unit.end and link.end > unit.start]
    if links:
        marks["front" if any(front_door(link.href) for link in links) else "link"] = 1.0
    content = [token for token in unit.tokens if keys(token) and not page.is_function(token)]
    size = sum(token.size for token in content)
    if size:
        marks["strange"] = sum(token.size for token in content if page.familiar(token, unit) < 0.5) / size
    names = {
        token.plain
        for token in content
        if token.script not in UNCASED
        and token.raw[:1].isupper()
        and token is not unit.tokens[0]
        and token.plain not in words.HOUSEHOLD
        and page.familiar(token, unit) < 0.5
    }
    if page.language != "de":
        marks["name"] = float(len(names) == 1)
        marks["names"] = float(len(names) >= 3)
    if any(
        coined(token.raw)
        and page.familiar(token, unit) < 0.5
        and block.text[token.start - 1 : token.start] not in ("@", "#")
        for token in unit.tokens
    ):
        marks["coined"] = 1.0
    if any(
        token.raw[:1].isupper() and page.familiar(token, unit) >= 0.5 and token is not unit.tokens[0]
        for token in unit.tokens
    ):
        marks["own name"] = 1.0
    if any(
        hit.family == "subject" and hit.kind not in page.at_home and not _traded(page, number, hit.kind)
        for hit in unit.hits
    ):
        marks["trade"] = 1.0
    tongue = offers.foreign_tongue(page, unit)
    if tongue:
        marks["language"] = tongue
    if offers.reported(text):
        marks["reported"] = 1.0
    if (
        in_quotes(block.text, unit.start, unit.end)
        or '"' in text
        or "“" in text
        or "«" in text
        or "„" in text
    ):
        marks["quoted"] = 1.0
    marks["short"] = float(unit.size <= 6)
    marks["long"] = float(unit.size >= 32)
    figures = sum(token.script == "none" for token in unit.tokens)
    marks["figures"] = float(figures >= 3)
    marks["open"] = float(not unit.ended)
    return {name: value for name, value in marks.items() if value}


def _traded(page: PageView, apart: int, kind: str) -> bool:
    """Whether the page's title, or two of its other paragraphs, speak of a trade."""
    if any(hit.family == "subject" and hit.kind == kind for hit in words.hits(page.context.title or "")):
        return True
    others = (hits for number, hits in enumerate(page.hits) if number != apart)
    return sum(any(hit.family == "subject" and hit.kind == kind for hit in hits) for hits in others) >= 2


_COINED = re.compile(r"(?=[^\d]{4})[A-Za-zäöüéèà]{4,18}\d{2,4}$")
_INNER = re.compile(r"[A-ZÄÖÜ]?[a-zäöüéèà]{2,12}[A-ZÄÖÜ][a-zäöüéèà]{2,12}$")


@lru_cache(maxsize=32768)
def coined(raw: str) -> bool:
    """Whether a word is letters with figures behind, or has a capital inside."""
    return bool(_COINED.match(raw) or _INNER.match(raw)) and raw.lower() not in words.HOUSEHOLD


# ── passages ──────────────────────────────────────────────────────────────────────────────────────

#: Logarithms of odds by sign: logistic regression on 20,000 honest sentences in thirty languages and some
#: 360 of advertisements, rounded; the sentence alone, before anything around it is seen.
_BIAS = -4.2
_WEIGHTS = {
    "strange": 4.0,
    "phone": 2.3,
    "domain": 1.6,
    "language": 1.6,
    "trade": 1.6,
    "coined": 1.5,
    "you": 0.95,
    "i": 0.9,
    "asks": 0.85,
    "order": 0.8,
    "front": 0.8,
    "calls": 0.75,
    "name": 0.7,
    "contact": 0.6,
    "price": 0.45,
    "trust": 0.35,
    "we": 0.3,
    "haste": 0.25,
    "money": 0.2,
    "figures": -0.4,
    "short": -0.5,
    "reported": -1.15,
    "open": -1.2,
    "link": -1.2,
    "own name": -1.4,
    "long": -1.7,
    "quoted": -2.6,
}
#: The kinds of evidence that the signs belong to; "strange" alone is distance.
_KINDS = {
    "distance": ("strange", "own name"),
    "contact": ("phone", "domain", "contact", "front"),
    "register": ("you", "i", "we", "order", "asks", "calls"),
    "name": ("coined", "name"),
    "offer": ("price", "trust", "haste", "money"),
    "words": ("trade",),
    "language": ("language",),
}
#: What a passage takes: with a sign that articles seldom have and sellers need, and without any.
_ENOUGH, _ENOUGH_BARE = 5.5, 6.2
_HARD = ("phone", "domain", "front", "contact", "coined", "trade", "language")
_LEAST = -2.5  # what one sentence can speak against the passage that it stands in
_MOST = 7.0
_SCALE = 0.6  # to the measure of the other rules


def find(
    page: PageView, block: Block, units: Sequence[Unit], gone: set[int]
) -> Iterator[tuple[int, int, Span]]:
    """Yield (first unit, last unit + 1, evidence) of the passages of a block to be cut.

    gone: units that are cut already; they part passages.
    """
    if block.kind not in ("paragraph", "list_item") or not page.prose:
        return
    if not any(number not in gone and _worth_a_look(block, unit) for number, unit in enumerate(units)):
        return
    told = page.habits
    if told is None:
        told = page.habits = habits(page)
    if told.of < 6:
        return
    shown_by = [{} if number in gone else signs(page, told, block, unit) for number, unit in enumerate(units)]
    scores = [-99.0 if number in gone else weigh(marks) for number, marks in enumerate(shown_by)]
    at = 0
    while at < len(units):
        first, last, total = _best(scores, at)
        if last <= first:
            return
        last_tried = last
        first, last = _narrowed(shown_by, scores, first, last)
        total = sum(scores[first:last])
        passage = shown_by[first:last]
        hard = any(marks.keys() & set(_HARD) for marks in passage)
        least = _ENOUGH if hard else _ENOUGH_BARE
        least += _among_sellers(told, units[first].block)
        least += 2.0 * (units[first].block == 0 and first == 0)  # how a writer may draw his readers in
        least += 1.0 * page.context.plain + 1.0 * (block.kind == "list_item")
        if max(scores[first:last]) < (2.5 if hard else 3.6):
            pass  # many sentences that are each a little odd: a chatty article
        elif total >= least and (hard or _pleads(passage)) and (kinds := _evidence(passage)) is not None:
            low, high = units[first].start, units[last - 1].end
            if not in_quotes(block.text, low, high):
                whole = not block.text[:low].strip() and not block.text[high:].strip()
                reason = "spam_paragraph" if whole else "spam_sentence"
                yield first, last, Span(low, high, reason, "spam.promo", kinds)
        at = last_tried


def _among_sellers(told: Habits, number: int) -> float:
    """Return what more a passage takes on a page whose other paragraphs sell, advise or invite too."""
    of = told.of - told.units[number]
    if of < 1:
        return 0.0
    share = (told.all["sells"] - told.blocks[number]["sells"]) / of
    return min(2.5, max(0.0, 10.0 * (share - 0.15)))


def _narrowed(
    shown_by: Sequence[dict[str, float]], scores: Sequence[float], first: int, last: int
) -> tuple[int, int]:
    """Leave off the ends of a passage what it can do without: sentences in the page's language beside a foreign one, weak ones."""
    abroad = any("language" in marks for marks in shown_by[first:last])
    total = sum(scores[first:last])

    def spare(at: int) -> bool:
        if last - first < 2:
            return False
        if abroad and "language" not in shown_by[at]:
            return True
        return scores[at] < 0.8 or (scores[at] < 1.5 and total - scores[at] >= _ENOUGH_BARE + 0.5)

    while spare(first):
        total -= scores[first]
        first += 1
    while spare(last - 1):
        last -= 1
        total -= scores[last]
    return first, last


def numbered(text: str) -> bool:
    """Whether a text has a telephone number."""
    return _DIALLED.search(text) is not None and _PHONE.search(text) is not None


def weigh(marks: dict[str, float]) -> float:
    """Return the logarithm of the odds that a sentence with these signs is an advertisement."""
    return min(
        _MOST, max(_LEAST, _BIAS + sum(_WEIGHTS.get(name, 0.0) * value for name, value in marks.items()))
    )


def _best(scores: Sequence[float], at: int) -> tuple[int, int, float]:
    """Return [first, last) of the first stretch from `at` on whose sum no longer or shorter one beats, and the sum."""
    best, best_first, best_last = 0.0, at, at
    total, first = 0.0, at
    for number in range(at, len(scores)):
        if total <= 0.0:
            if best > 0.0:
                break
            total, first = scores[number], number
        else:
            total += scores[number]
        if total > best:
            best, best_first, best_last = total, first, number + 1
    return best_first, best_last, best


def _pleads(passage: Sequence[dict[str, float]]) -> bool:
    """Whether a passage without a hard sign does what advertisements do, in sentences that know nothing of the page."""
    if len(passage) > 4 or sum(marks.get("strange", 0.0) for marks in passage) < 0.75 * len(passage):
        return False
    seen = {name for marks in passage for name, strength in marks.items() if strength >= 1.5}
    deeds = [
        "order" in seen,
        any(marks.get("asks", 0.0) >= 1.5 for marks in passage[:-1]),
        "calls" in seen,
        not seen.isdisjoint(("price", "percent")),
        seen.issuperset(("you", "we")),
    ]
    return sum(deeds) >= 2


def _evidence(passage: Sequence[dict[str, float]]) -> dict[str, float] | None:
    """Return what speaks against a passage by kind; None where fewer than two kinds besides distance do."""
    kinds = {}
    for kind, names in _KINDS.items():
        strength = sum(
            max((marks.get(name, 0.0) * _WEIGHTS[name] for marks in passage), default=0.0) for name in names
        )
        if strength > 0:
            kinds[kind] = _SCALE * strength
    strong = [kind for kind, strength in kinds.items() if kind != "distance" and strength >= _SCALE * 0.7]
    return kinds if len(strong) >= 2 else None


def _worth_a_look(block: Block, unit: Unit) -> bool:
    """Cheap gate: whether two things in a unit address somebody, sell, or give a way to make contact."""
    count = len({hit.kind for hit in unit.hits if hit.family in ("offer", "subject")})
    if count < 2:
        text = block.text
        count += text[unit.end - 1 : unit.end] in _LOUD
        count += numbered(text[unit.start : unit.end])
        count += any(coined(token.raw) for token in unit.tokens)
    return count >= 2


_LOUD = ("?", "？", "!", "！", "؟")
