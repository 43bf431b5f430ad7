"""Find promotional sentences: well formed, addressed to the reader, about something else.

An offer is told by what it does (asks for an order, names a price, hurries, vouches for itself,
waives a hurdle, speaks to the reader, gives a way to make contact), not by what it sells. It is cut
where several of these meet and the sentence is foreign to the page besides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.spam import words
from pipeline.spam.page import TOP_DOMAINS, UNCASED, PageView, Unit, is_brand, keys
from pipeline.spam.runs import Span, in_quotes
from schemas.records import Block

ENOUGH = 3.5
MORE = {"paragraph": 0.0, "heading": 0.8, "list_item": 0.4, "quote": 2.0, "table_row": 2.0, "code": 4.0}

_PRICE = re.compile(
    r"[$€£¥₹₽₩฿₫]\s?\d|\d\s?(?:[$€£¥₹₽₩฿₫%％]|USD|EUR|usd|euro?s?\b|dollars?\b|元|円|บาท|руб|zł|دولار|TL\b|rb\b|ribu\b|juta\b|persen\b|percent\b|percento\b|prozent\b|процент)",
    re.I,
)
_HANDLE = re.compile(
    r"(?<![\w.])@[a-z][\w.]{3,30}|\+\d[\d ()-]{8,16}\d|\bt\.me/|\bwa\.me/|[\w.-]{2,40}@[\w-]{2,40}\.[a-z]{2,6}",
    re.I,
)
_HOME = 0.25  # share of the page's sentences that speak to the reader
_SELLING = frozenset({"price", "trust", "waiver", "contact"})
_SAYS = re.compile(
    r"\b(?:said|says|told|according to|wrote|argued|warned|explained|reported|claimed|sagte|dijo|disse|сказал|заявил|kata|ujar)\b",
    re.I,
)
_TELLING = re.compile(
    r"[a-z]-[a-z]+-[a-z]|\d\d|[a-z]\d+\.|\.(?:xyz|top|club|vip|win|bet|icu|buzz|live|shop|site|online)\b",
    re.I,
)
_DOMAIN = re.compile(
    r"(?<![@\w./-])(?:https?://)?(?:www\.)?([a-z0-9][a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,30})?\.[a-z]{2,10})(?:/\S{0,80})?(?![\w@])",
    re.I,
)
_DOTTED = re.compile(r"\.(?<=\w\.)[a-z]{2}", re.I)


def contact(text: str, page: PageView, *, asked: bool) -> str | None:
    """Return the handle, number or foreign bare domain in a text, or None.

    asked: the text speaks of a messenger; only then is a name behind an at sign a way to make contact.
    Whole addresses ("https://…") are how writers cite, and don't count.
    """
    signed = "@" in text or "+" in text or "/" in text  # a sign of each of _HANDLE's forms
    if signed and (match := _HANDLE.search(text)) and (asked or match[0][0] not in "@"):
        return match[0]
    for match in _DOMAIN.finditer(text) if _DOTTED.search(text) else ():
        name = match[1].lower()
        if match[0].lower().startswith("http") or "/" in match[0]:
            continue
        if (
            name.rsplit(".", 1)[1] in TOP_DOMAINS
            and page.is_foreign("//" + name)
            and not _mentioned(page, name)
        ):
            return match[0]
    return None


def telling(reach: str) -> bool:
    """Whether a domain looks made for the purpose: hyphens, figures, an ending that costs nothing."""
    return bool(_TELLING.search(reach))


def priced(text: str) -> bool:
    """Whether a text names a sum of money or a percentage."""
    return bool(_PRICE.search(text))


@lru_cache(maxsize=400)  # as words.tokens
def reported(text: str) -> bool:
    """Whether a text gives somebody's words."""
    return bool(_SAYS.search(text))


def _mentioned(page: PageView, name: str) -> bool:
    """Whether the first part of a domain is a word of the article."""
    first = name.removeprefix("www.").split(".")[0]
    return page.known[first[:5]] > 1


def judge(
    page: PageView, block: Block, unit: Unit, *, without: Sequence[tuple[int, int]] = ()
) -> Span | None:
    """Collect what speaks for a unit being an offer foreign to the page, or None where nothing much does.

    without: stretches of the block whose words don't count (linked words, runs cut already).
    """
    unit = own_words(block.text, unit, without)
    if unit.size < 2:
        return None
    offers = unit.offers()
    subjects = unit.subjects() - page.at_home
    text = block.text[unit.start : unit.end]
    if not offers and not subjects and "." not in text and "@" not in text:
        return None
    reach = None
    if "." in text or "@" in text or "+" in text:
        reach = contact(text, page, asked="contact" in offers)
    made = set(offers)
    if priced(text):
        made.add("price")
    if reach:
        made.add("contact")
    if len(made) < 2 and not (subjects and made):
        return None
    tokens = unit.tokens
    kinds: dict[str, float] = {}
    addressed = opens_with(unit, "order")
    if not addressed and page.addressing() < _HOME:  # a letter to readers addresses them throughout
        addressed = "you" in made or opens_with(unit, "we")
    strength = 0.55 * len(made - {"you", "we"}) + (0.7 if addressed else 0.0)
    if "!" in text or "！" in text:
        strength += 0.2
    kinds["offer"] = strength
    if subjects:
        named = sum(hit.family == "subject" and hit.kind in subjects for hit in unit.hits)
        kinds["words"] = min(1.6, 0.8 + 0.25 * (named - 1))
        if len(subjects) >= 3:
            kinds["words"] = 0.4  # who sells, sells one thing; who names all trades writes about them
    if any(invented(page, unit, token) for token in tokens):
        kinds["words"] = kinds.get("words", 0.0) + 0.5
    if reach:
        kinds["contact"] = 1.4 if telling(reach) and reach[-1:].isalpha() else 1.0
    share = strange_share(page, unit)
    if share is not None:
        if share >= 0.6:
            kinds["distance"] = 0.5 + 1.5 * (share - 0.6)
        elif share < 0.4:
            kinds["offer"] *= 0.6
    abroad = foreign_tongue(page, unit)
    if abroad:
        kinds["language"] = abroad
        kinds.pop("distance", None)
    if any(page.is_foreign(link.href) and unit.start <= link.start < unit.end for link in block.links):
        kinds["link"] = 0.7
    if any(token.disguised for token in tokens):
        kinds["disguise"] = 1.6
    if in_quotes(block.text, unit.start, unit.end) or reported(text):
        kinds = {name: value * 0.5 for name, value in kinds.items()}
    needs = 0.0
    if not addressed and (len(made) < 3 or kinds.get("words", 0.0) < 1.0) and "disguise" not in kinds:
        needs = 1.0
    reached = kinds.get("contact", 0.0)
    foreign = bool(subjects) or kinds.get("contact", 0.0) > 1.0 or kinds.get("words", 0.0) >= 0.5
    if reach and addressed and strength >= 1.8:
        needs = 0.3 if foreign else 0.8
    elif (
        reached and (subjects or (reached > 1.0 and strength >= 1.0)) and kinds.get("distance", 0.0) >= 0.9
    ) or (abroad >= 2.0 and addressed and strength >= 1.2):
        needs = 0.0
    elif abroad:
        needs = 0.0 if (foreign and (addressed or abroad >= 2.0)) or (addressed and strength >= 1.8) else 2.0
    elif "disguise" not in kinds and not subjects:
        needs = 1.0 if addressed and strength >= 2.2 else 9.0
        if unit.subjects() and opens_with(unit, "order") and strength >= 2.3:
            # The article is about the trade, but an order to the reader in every second word is no report.
            needs = -0.4 if strength >= 2.85 or kinds.get("distance", 0.0) >= 0.8 else 0.0
    if unit.functions >= max(0.3, min(0.4, page.mortar)) and not reached and not abroad:
        needs += 0.8  # as much mortar as the article's own sentences
    if made.isdisjoint(_SELLING) and kinds.get("words", 0.0) < 1.3 and "disguise" not in kinds and not abroad:
        needs += 1.5  # to ask a reader to act, and soon, is what advice does too
    whole_block = not block.text[: unit.start].strip() and not block.text[unit.end :].strip()
    reason = "spam_paragraph" if whole_block else "spam_sentence"
    return Span(unit.start, unit.end, reason, "spam.offer", kinds, needs)


def strange_share(page: PageView, unit: Unit) -> float | None:
    """Return the share of a unit's content words that the rest of the page doesn't know; None below three."""
    counted = [token for token in unit.tokens if keys(token) and not page.is_function(token)]
    whole = sum(token.size for token in counted)
    if whole < 3:
        return None
    return sum(token.size for token in counted if page.familiar(token, unit) < 0.5) / whole


def _less(unit: Unit, without: Sequence[tuple[int, int]]) -> Unit:
    """Return the unit without the words in some stretches."""

    def outside(start: int, end: int) -> bool:
        return not any(start < high and low < end for low, high in without)

    tokens = [token for token in unit.tokens if outside(token.start, token.end)]
    return replace(
        unit,
        tokens=tokens,
        hits=[hit for hit in unit.hits if outside(hit.start, hit.end)],
        size=sum(token.size for token in tokens),
    )


_QUOTED = re.compile(
    r"“[^“”]{4,240}”|«[^«»]{4,240}»|„[^„“]{4,240}“|「[^「」]{2,160}」|『[^『』]{2,160}』|\"[^\"]{4,240}\""
)


def _quoted(text: str, unit: Unit) -> list[tuple[int, int]]:
    """Return what a unit quotes: its words are somebody else's. A unit that is one quotation quotes nothing."""
    found = [match.span() for match in _QUOTED.finditer(text, unit.start, unit.end)]
    return [span for span in found if (span[1] - span[0]) * 10 < (unit.end - unit.start) * 9]


def quotations(text: str) -> list[tuple[int, int]]:
    """Return what a text quotes, sentence by sentence or over several; none where it is one quotation."""
    found = [match.span() for match in _QUOTED.finditer(text)]
    return found if sum(end - start for start, end in found) * 10 < len(text) * 9 else []


def without_quotations(text: str) -> str:
    """Return a text with what it quotes blanked, as long as before; a text that is one quotation as it is."""
    for start, end in quotations(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def unquoted(block: Block, units: Sequence[Unit]) -> tuple[Block, Sequence[Unit]]:
    """Return a block and its units with what the block quotes blanked, over several sentences too."""
    quoted = quotations(block.text)
    if not quoted:
        return block, units
    return replace(block, text=without_quotations(block.text)), [
        own_words(block.text, unit, quoted) for unit in units
    ]


def own_words(text: str, unit: Unit, without: Sequence[tuple[int, int]] = ()) -> Unit:
    """Return a unit without what it quotes and without some stretches of its block's text."""
    out = [*without, *_quoted(text, unit)]
    return _less(unit, out) if out else unit


def opens_with(unit: Unit, kind: str) -> bool:
    """Whether a word of that kind of offer stands at the head of the unit."""
    if not unit.tokens:
        return False
    head = unit.tokens[min(1, len(unit.tokens) - 1)].end
    return any(hit.family == "offer" and hit.kind == kind and hit.start <= head for hit in unit.hits)


def invented(page: PageView, unit: Unit, token: words.Token) -> bool:
    """Whether a word looks like a brand made up for the purpose: letters with digits, a capital inside."""
    if token.script != "latin" or page.familiar(token, unit) >= 0.5:
        return False
    return is_brand(token.plain) or (
        len(token.raw) > 5 and any(c.isupper() for c in token.raw[2:]) and not token.raw.isupper()
    )


def foreign_tongue(page: PageView, unit: Unit) -> float:
    """Return how surely a unit is in another language or script than the page: 0, 1.4, or 2.2."""
    own = sum(token.size for token in unit.tokens if page.at_home_script(token.script))
    whole = sum(token.size for token in unit.tokens if token.script != "none")
    if whole >= 3 and own < 0.4 * whole:
        sizes: Counter[str] = Counter()
        for token in unit.tokens:
            sizes[token.script] += 0 if token.script == "none" else max(1, int(token.size))
        other = sizes.most_common(1)[0][0]
        if page.scripts[other] >= max(60, sum(page.scripts.values()) // 20):
            return 0.0
        return 2.2 if whole >= 5 else 1.4
    if page.script in UNCASED or not page.language or whole < 4:
        return 0.0
    worded = [token for token in unit.tokens if token.script == page.script]
    counts = words.function_counts(token.plain for token in worded)
    mine = counts[page.language]
    name, most = counts.most_common(1)[0] if counts else ("", 0)
    sure = name != page.language and most >= 2 and most >= 2 * mine + 1
    if not sure and (unit.functions > 0.08 or len(worded) < 4):
        return 0.0
    if not page.reads_as_told():
        return 0.0
    gap = words.strangeness(" ".join(token.raw.lower() for token in worded), page.language)
    if gap < 0.3 or (sure and page.share_in(name) > 0.15 and page.share_in(name) * len(page.units) > 2):
        return 0.0
    return 2.2 if sure else 1.4
