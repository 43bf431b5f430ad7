"""Weigh a sentence as an advertisement set into an article: what it has that this page's sentences lack.

Every sign (it speaks to the reader, tells of a cousin, names a price, what is not asked, in what time, a number
to ring, a name known nowhere else …) counts by how surprising it is on the page: the logarithm of how
seldom the page's honest sentences have it. What the sentence shares with the article speaks for it.
No list of goods takes part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from pipeline import rulebook
from pipeline.spam import offers, words
from pipeline.spam.anchors import front_door
from pipeline.spam.page import UNCASED, Habits, PageView, Unit, keys
from pipeline.spam.register import MOST, bids, says, surprise
from pipeline.spam.runs import Span, in_quotes
from pipeline.spam.words import Token
from schemas.records import Block

_PHONE = re.compile(
    r"(?<![\d.,/$€£¥-])(?:1-)?\+?\(?\d{2,5}\)?[ -]\(?\d{2,5}\)?(?:[ -]\d{2,6}){1,4}(?![\d.,]?\d)"
    r"|(?<![\d.,])(?:0\d{8,10}|\d{5} \d{5})(?!\d)|(?<!\d)1\d{10}(?!\d)|\+\d{9,14}"
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
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

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
    found = says(unit, page.language)
    made = unit.offers()
    if offers.opens_with(unit, "order") or bids(unit, page.language):
        found.add("order")
    if _asks(text, page.language):
        found.add("asks")
    if "!" in text or "！" in text:
        found.add("calls")
    if _FIGURE.search(text):
        if _MONEY.search(text):
            found.add("money")
        if _PERCENT.search(text):
            found.add("percent")
    if any(coined(token.raw) for token in unit.tokens):
        found.add("coined")
    if page.language != "de" and 1 <= len(_new_names(page, unit, unit.tokens)) <= 2:
        found.add("new name")
    if "order" in found and "contact" in made:
        ways = {(hit.start, hit.end) for hit in unit.hits if hit.kind == "contact"}
        if all((hit.start, hit.end) in ways for hit in unit.hits if hit.kind == "order"):
            found.discard("order")  # one word, said once
    return found | (made & {"contact", "trust", "haste", "price", "waiver"})


def _asks(text: str, language: str | None) -> bool:
    """Whether a text ends as a question."""
    return text[-1:] in "?？؟;" and (text[-1:] != ";" or language == "el")


def _new_names(page: PageView, unit: Unit, tokens: Sequence[Token]) -> set[str]:
    """Return the names amid a sentence that the rest of the page doesn't know."""
    return {
        token.plain
        for token in tokens
        if token.raw[:1].isupper()
        and token is not unit.tokens[0]
        and token.script not in UNCASED
        and token.plain not in words.HOUSEHOLD
        and not page.is_function(token)
        and page.familiar(token, unit) < 0.5
    }


_LEAST_SENTENCES = 6  # that a page's habits are told from
_SELLS = frozenset({"you", "we", "order", "price", "money", "percent", "contact", "calls"})


def habits(page: PageView) -> Habits:
    """Count the signs over a page's honest sentences, or all where few are honest; "sells" over all."""
    few = sum(unit.honest for group in page.units for unit in group) < _LEAST_SENTENCES
    blocks: list[Counter[str]] = []
    units: list[int] = []
    whole: Counter[str] = Counter()
    for group, block in zip(page.units, page.blocks, strict=True):
        told: Counter[str] = Counter()
        for unit in group:
            found = shown(page, block, unit)
            told["sells"] += len(found & _SELLS) >= 2
            if unit.honest or few:
                told.update(found)
        blocks.append(told)
        units.append(sum(unit.honest or few for unit in group))
        whole.update(told)
    return Habits(tuple(blocks), tuple(units), whole, sum(units))


#: What is named by several signs, once: how many of these a sentence has tells more than each.
_DEEDS = (
    ("you",), ("order", "reach", "contact"), ("phone", "handle", "domain"), ("money", "sum", "price", "percent"),
    ("lack", "waiver"), ("span", "haste"), ("whoever",), ("provider", "we"), ("kin", "i"), ("calls", "asks"),
    ("trust",), ("coined", "name"),
)  # fmt: skip
#: How strong a sign must be to count as a deed: those without a surprise, and the others.
_CLEAR = {"phone": 1.0, "handle": 1.0, "domain": 1.0, "name": 1.0, "coined": 0.3}
_CLEAR_ELSE = 1.2


def signs(page: PageView, told: Habits, block: Block, unit: Unit) -> dict[str, float]:
    """Return what a sentence shows, each by its surprise on the page."""
    text, given = block.text[unit.start : unit.end], page.blocks[unit.block].text
    number = unit.block
    marks = _surprises(told, unit, shown(page, block, unit))
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
    marks |= _distance(page, unit, content)
    if page.language != "de":
        names = _new_names(page, unit, content)
        marks["name"] = float(len(names) == 1)
        marks["names"] = float(len(names) >= 3)
        marks["own name"] = float(
            any(
                token.raw[:1].isupper() and page.familiar(token, unit) >= 0.5 and token is not unit.tokens[0]
                for token in unit.tokens
            )
        )
    if "coined" in marks and not any(
        coined(token.raw)
        and page.familiar(token, unit) < 0.5
        and block.text[token.start - 1 : token.start] not in ("@", "#")
        for token in unit.tokens
    ):
        del marks["coined"]
    if any(
        hit.family == "subject" and hit.kind not in page.at_home and not _traded(page, number, hit.kind)
        for hit in unit.hits
    ):
        marks["trade"] = 1.0
    marks["language"] = offers.foreign_tongue(page, unit)
    marks["reported"] = float(offers.reported(text))
    marks["quoted"] = float(
        any(mark in given[unit.start : unit.end] for mark in '"“«„') or in_quotes(given, unit.start, unit.end)
    )
    marks["year"] = float(_YEAR.search(text) is not None)
    marks["long"] = float(unit.size >= 32)
    marks["figures"] = float(sum(token.script == "none" for token in unit.tokens) >= 3)
    marks["open"] = float(not unit.ended)
    marks["first"] = float(number == 0 and unit.start == 0)
    marks["many"] = _many(marks)
    return {name: value for name, value in marks.items() if value}


def _many(marks: dict[str, float]) -> float:
    """Return how many deeds of a seller are told, beyond two."""
    deeds = sum(
        any(marks.get(name, 0.0) >= _CLEAR.get(name, _CLEAR_ELSE) for name in names) for names in _DEEDS
    )
    return float(max(0, deeds - 2))


def together(passage: Sequence[dict[str, float]], sizes: Sequence[float]) -> dict[str, float]:
    """Return the signs of sentences taken as one: each where it is strongest, distance by size, and how many sentences."""
    if len(passage) == 1:
        return passage[0]
    marks: dict[str, float] = {}
    for one in passage:
        for name, value in one.items():
            marks[name] = max(value, marks.get(name, 0.0))
    whole = sum(sizes) or 1.0
    for name in ("strange", "strangest"):
        marks[name] = sum(one.get(name, 0.0) * size for one, size in zip(passage, sizes, strict=True)) / whole
    marks["many"] = _many(marks)
    marks["more"] = float(len(passage) - 1)
    return marks


def _surprises(told: Habits, unit: Unit, seen: Iterable[str]) -> dict[str, float]:
    """Return a sentence's signs by how seldom the honest sentences of other paragraphs have them, 0 to 3.5 nats."""
    apart, fewer = told.blocks[unit.block], told.units[unit.block]
    if told.of <= fewer:  # a page of one paragraph
        apart, fewer = Counter(seen if unit.honest else ()), int(unit.honest)
    marks = {sign: surprise(told.all[sign] - apart[sign], told.of - fewer) for sign in seen}
    for sign in ("coined", "new name"):
        if sign in marks:
            marks[sign] /= MOST
    return marks


def _distance(page: PageView, unit: Unit, content: Sequence[Token]) -> dict[str, float]:
    """Return how much of a sentence is foreign to the page, and of that half of it which is most so."""
    sizes = [token.size for token in content]
    strange = [token.size if page.familiar(token, unit) < 0.5 else 0.0 for token in content]
    whole = sum(sizes)
    if not whole:
        return {}
    half = max(5, len(content) // 2)
    share = sum(strange) / whole
    most = share
    if len(content) > half:
        most = max(
            sum(strange[at : at + half]) / sum(sizes[at : at + half]) for at in range(len(content) - half + 1)
        )
    return {"strange": share, "strangest": most}


def _traded(page: PageView, apart: int, kind: str) -> bool:
    """Whether the page's title, or two of its other paragraphs, speak of a trade."""
    if any(hit.family == "subject" and hit.kind == kind for hit in words.hits(page.context.title or "")):
        return True
    others = (hits for number, hits in enumerate(page.hits) if number != apart)
    return sum(any(hit.family == "subject" and hit.kind == kind for hit in hits) for hits in others) >= 2


_COINED = re.compile(r"(?=[^\d]{4})[^\W\d_]{4,18}\d{2,4}$")
_INNER = re.compile(r"[^\W\d_]{6,26}$")


@lru_cache(maxsize=32768)
def coined(raw: str) -> bool:
    """Whether a word is letters with figures behind, or has a capital inside."""
    if raw.islower() or raw.istitle() or raw.lower() in words.HOUSEHOLD:
        return bool(_COINED.match(raw)) and raw.lower() not in words.HOUSEHOLD
    return bool(_COINED.match(raw) or (_INNER.match(raw) and _capital_inside(raw)))


def _capital_inside(raw: str) -> bool:
    """Whether a word of letters has one capital behind its first, with three small letters and more on either side."""
    at = next((at for at in range(3, len(raw) - 2) if raw[at].isupper()), 0)
    return at > 0 and raw[1:at].islower() and raw[at + 1 :].islower()


# ── passages ──────────────────────────────────────────────────────────────────────────────────────

#: What a passage takes, in logarithms of odds.
_ENOUGH = 1.0
_FOREIGN = 0.15  # a sentence in another language has few of the page's closed-class words
_LEAST_SHOWN = 2  # signs that a sentence shows before it is looked at
_HARD = ("phone", "domain", "handle", "language")  # signs that articles seldom have and sellers need
_ALL, _SURER = 0.8, 1.5  # share of a passage that is foreign to the page, and what it then takes less
_LONGEST, _SEVERAL = 5, 0.7  # sentences; what more several take: there are more ways to choose them
_WEAKEST = 4.5  # how far the strongest sentence of a passage may stay behind: no heap of little oddities
_SCALE = 0.6  # to the measure of the other rules


@cache
def weights() -> dict[str, float]:
    """Return the logarithm of odds of each sign, and under "" that of a sentence without any."""
    return {row["sign"]: float(row["weight"]) for row in rulebook.table("spam/promos.csv")}


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    """Return the kinds of evidence with their signs; "distance" is none by itself."""
    kinds: dict[str, tuple[str, ...]] = {}
    for row in rulebook.table("spam/promos.csv"):
        if row["kind"]:
            kinds[row["kind"]] = (*kinds.get(row["kind"], ()), row["sign"])
    return kinds


def find(
    page: PageView, block: Block, units: Sequence[Unit], gone: Collection[int]
) -> Iterator[tuple[int, int, Span]]:
    """Yield (first unit, last unit + 1, evidence) of the passages of a block to be cut.

    gone: units that are cut already; they part passages.
    """
    if block.kind not in ("paragraph", "list_item") or not page.prose:
        return
    if not any(number not in gone and _worth_a_look(page, block, unit) for number, unit in enumerate(units)):
        return
    told = page.habits
    if told is None:
        told = page.habits = habits(page)
    if told.of < _LEAST_SENTENCES:
        return
    block, units = offers.unquoted(block, units)
    shown_by = [
        None if number in gone else signs(page, told, block, unit) for number, unit in enumerate(units)
    ]
    sizes = [unit.size for unit in units]
    least = _ENOUGH + _among_sellers(told, units[0].block)
    least += 1.0 * page.context.plain + 1.0 * (block.kind == "list_item")
    while (best := _best(shown_by, sizes)) is not None and best[2] >= least:
        first, last = _core(shown_by, sizes, best[0], best[1], least)
        first, last = _narrowed(block, units, shown_by, first, last)
        first, last = _widened(page, units, shown_by, first, last)
        passage = [marks for marks in shown_by[first:last] if marks is not None]
        for number in range(best[0], best[1]):
            shown_by[number] = None
        for number in range(first, last):
            shown_by[number] = None
        if not passage or max(map(weigh, passage)) < least - _WEAKEST:
            continue
        kinds = _evidence(passage)
        low, high = units[first].start, units[last - 1].end
        if kinds is not None and not in_quotes(block.text, low, high):
            whole = not block.text[:low].strip() and not block.text[high:].strip()
            reason = "spam_paragraph" if whole else "spam_sentence"
            yield first, last, Span(low, high, reason, "spam.promo", kinds)


def _among_sellers(told: Habits, number: int) -> float:
    """Return what more a passage takes on a page whose other paragraphs sell, advise or invite too."""
    of = told.of - told.units[number]
    if of < 1:
        return 0.0
    share = (told.all["sells"] - told.blocks[number]["sells"]) / of
    return min(2.5, max(0.0, 10.0 * (share - 0.15)))


_Shown = Sequence[dict[str, float] | None]


def _best(shown_by: _Shown, sizes: Sequence[float]) -> tuple[int, int, float] | None:
    """Return (first, last + 1, odds) of the sentences side by side that are likeliest an advertisement."""
    best = None
    for first in range(len(shown_by)):
        passage: list[dict[str, float]] = []
        for last in range(first, min(first + _LONGEST, len(shown_by))):
            one = shown_by[last]
            if one is None:
                break
            passage.append(one)
            marks = together(passage, sizes[first : last + 1])
            odds = weigh(marks) + _SURER * _leads_off(marks) - _SEVERAL * (last > first)
            if best is None or odds > best[2]:
                best = (first, last + 1, odds)
    return best


def _leads_off(marks: dict[str, float]) -> bool:
    """Whether sentences that know nothing of the page lead away from it, or do most of what a seller does."""
    if marks.get("strange", 0.0) < _ALL:
        return False
    answered = marks.get("asks", 0.0) >= 2 and marks.get("order", 0.0) >= 2
    return (
        not marks.keys().isdisjoint(_HARD)
        or ("more" in marks and answered)
        or (marks.get("many", 0.0) >= 3 and "more" not in marks)
    )


def _core(shown_by: _Shown, sizes: Sequence[float], first: int, last: int, least: float) -> tuple[int, int]:
    """Leave off the ends of a passage what it can do without: beside an advertisement an honest sentence looks odd too."""

    def odds(low: int, high: int) -> float:
        marks = together([marks or {} for marks in shown_by[low:high]], sizes[low:high])
        return weigh(marks) + _SURER * _leads_off(marks)

    while last - first > 1:
        without = (odds(first + 1, last), odds(first, last - 1))
        if max(without) < least:
            break
        first, last = (first + 1, last) if without[0] >= without[1] else (first, last - 1)
    return first, last


def _narrowed(
    block: Block, units: Sequence[Unit], shown_by: _Shown, first: int, last: int
) -> tuple[int, int]:
    """Leave off the ends of a passage: sentences in the page's language beside a foreign one, questions that nothing answers."""
    if any("language" in (marks or ()) for marks in shown_by[first:last]):
        while "language" not in (shown_by[first] or ()):
            first += 1
        while "language" not in (shown_by[last - 1] or ()):
            last -= 1
    while last > first and _only_asks(
        shown_by[last - 1] or {}, block.text[units[last - 1].start : units[last - 1].end]
    ):
        last -= 1
    return first, last


#: What a sentence beside an advertisement has, of which one suffices to belong to it.
_GOES_ON = ("you", "i", "order", "price", "reach", "contact", "asks", "calls")
_CLEARLY = 3.0


def _widened(
    page: PageView, units: Sequence[Unit], shown_by: _Shown, first: int, last: int
) -> tuple[int, int]:
    """Add what stands beside a passage, knows nothing of the page, and goes on selling or names the same name."""
    if first == last:
        return first, last
    abroad = any("language" in (marks or ()) for marks in shown_by[first:last])
    names = {name for unit in units[first:last] for name in _new_names(page, unit, unit.tokens)}

    def belongs(number: int) -> bool:
        marks = shown_by[number] if 0 <= number < len(units) else None
        if marks is None or marks.get("strange", 0.0) < 0.65 or "own name" in marks or "quoted" in marks:
            return False
        if abroad and "language" not in marks:
            return False
        unit = units[number]
        return any(marks.get(name, 0.0) >= _CLEARLY for name in _GOES_ON) or any(
            token.plain in names for token in unit.tokens
        )

    while belongs(first - 1):
        first -= 1
    while belongs(last):
        last += 1
    return first, last


def _only_asks(marks: dict[str, float], text: str) -> bool:
    """Whether a sentence is a question that names nobody to answer it."""
    return text[-1:] in "?？؟" and marks.keys().isdisjoint(
        ("phone", "domain", "handle", "coined", "language", "trade")
    )


def numbered(text: str) -> bool:
    """Whether a text has a telephone number."""
    return _DIALLED.search(text) is not None and _PHONE.search(text) is not None


def weigh(marks: dict[str, float]) -> float:
    """Return the logarithm of the odds that a sentence with these signs is an advertisement."""
    told = weights()
    return told[""] + sum(told.get(name, 0.0) * value for name, value in marks.items())


def _evidence(passage: Sequence[dict[str, float]]) -> dict[str, float] | None:
    """Return what speaks against a passage by kind; None where fewer than two kinds besides distance do."""
    told = weights()
    kinds = {}
    for kind, names in _kinds().items():
        strength = sum(
            max((marks.get(name, 0.0) * told[name] for marks in passage), default=0.0) for name in names
        )
        if strength > 0:
            kinds[kind] = _SCALE * strength
    coins = any("coined" in marks for marks in passage)
    strong = [
        kind
        for kind, strength in kinds.items()
        if strength >= _SCALE * 0.7 and kind != "distance" and (coins or kind != "name")
    ]
    return kinds if len(strong) >= 2 else None


def _worth_a_look(page: PageView, block: Block, unit: Unit) -> bool:
    """Cheap gate: whether a sentence shows two signs and more, and most of it is foreign to the page."""
    text = block.text[unit.start : unit.end]
    count = len(shown(page, block, unit)) + bool(unit.subjects()) + numbered(text)
    count += "." in text[:-1] and offers.contact(text, page, asked=False) is not None
    if count < _LEAST_SHOWN and unit.functions < _FOREIGN:
        count += 2 * (offers.foreign_tongue(page, unit) > 0)
    if count < _LEAST_SHOWN:
        return False
    share = offers.strange_share(page, unit)
    return share is None or share >= 0.4
