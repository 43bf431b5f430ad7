"""Weigh every stretch of a page that might be somebody's search terms, by all that is seen of it at once.

The rules before this one look for one way to paste terms each. Here a stretch is anything that its
sentence sets apart (brackets, commas, strokes, a link) or that lacks the small words which hold the
rest together; what it is made of, how it is joined to the sentence, where its words stand besides, and
what was cut from the page already are signs, and their weights are fitted (benchmarks.fit_stretches).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline import rulebook
from pipeline.spam import odds, words
from pipeline.spam.anchors import front_door
from pipeline.spam.page import UNCASED, PageView, Unit, host_of, is_brand, keys, particle_share
from pipeline.spam.runs import Span, dressed_down, in_quotes
from pipeline.spam.words import Token
from schemas.records import Block

_OPEN, _CLOSE = "([（［【«", ")]）］】»"
_PART = re.compile(
    r"[,;:|/•·、，；：()\[\]（）【】«»►★✓✔｜]|\s[–—-]\s|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
)
_STROKES = re.compile(r"[|•·►★✓✔｜]|\s/\s|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
#: Kinds of blocks that are looked at.
KINDS = frozenset({"paragraph", "heading", "list_item"})
_ADDRESS = re.compile(r"https?://[^\s\]>\"'()]{3,200}")
_COUNT = re.compile(r"\(\d")  # how often a term was seen
_MOST_PARTS = 12
_LONGEST = 40  # words of a stretch
_SEVERAL = 2  # fragments that no page has by accident
_HAMMERED = 5  # times on end that no writer says a word
_FOREIGN = 0.2  # how much better another language explains letters that are likely its own
_CLAUSE = 6.0  # words from which on an unspaced stretch is no term

#: What a stretch needs, as a logarithm of odds: on a page that shows no spam otherwise, and less where it does.
_ENOUGH, _PROVEN, _LEAST = 0.6, 1.5, -1.8
_ENOUGH_TWO = 1.2  # more for two words: any two might meet
_ALL_TRADES = 3  # of a sentence: who sells, sells one thing; who names all trades writes about them
_ENOUGH_PLAIN = 1.5  # more where a verse, a heading and a paragraph look alike
_SCALE = 0.45  # to the measure of the other rules

#: The kinds of evidence that the signs belong to. What a stretch is like and how it stands doesn't do alone.
EVIDENCE = {
    "shape": ("two", "long", "long bare", "mortar", "bare", "unlike", "strokes", "parts", "names", "figures"),
    "repeats": ("again", "echo"),
    "distance": ("known", "stranger"),
    "borders": ("first lower", "open end", "whole", "capital behind", "comma left", "comma right", "aside",
                "joined without", "rest holds", "rest known"),
    "words": ("traded", "traded much", "asked", "asked much", "coined"),
    "language": ("script", "latin", "tongue", "letters"),
    "link": ("front door", "raw address", "dressed", "host", "deep link"),
    "disguise": ("disguised",),
    "beside spam": ("proven", "pair proven"),
    "the page": ("tainted",),
}  # fmt: skip


_FORM = ("shape", "repeats", "borders", "distance")
_HARD = ("words", "language", "link", "disguise", "beside spam", "out of place")
_STRONG = 0.25


@dataclass(frozen=True, slots=True)
class Proven:
    """What is known to be spam on a page: keys of words, and pairs of words, that were cut or out of sight.

    cuts: how many stretches that a reader sees were cut.   fragments: how many of its paragraphs
    end in words of no sentence.
    """

    words: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    cuts: int = 0
    fragments: int = 0

    @property
    def odd(self) -> bool:
        """Whether a fragment of the page is likelier spam than a slip: it was caught, or has several."""
        return self.cuts > 0 or self.fragments >= _SEVERAL

    @classmethod
    def of(cls, page: PageView | None, texts: Sequence[str]) -> Proven:
        """Gather the words of what was cut from a page, and count the fragments that it has still."""
        told: set[str] = set()
        pairs: set[tuple[str, str]] = set()
        for text in texts:
            tokens = words.tokens(text)
            told.update(token.plain for token in tokens if keys(token))
            pairs.update(itertools.pairwise(token.plain for token in tokens))
        fragments = (
            0
            if page is None
            else sum(
                is_fragment(page, block, units[-1])
                for block, units in zip(page.blocks, page.units, strict=True)
                if block.kind == "paragraph" and len(units) > 1 and not units[-1].ended
            )
        )
        return cls(frozenset(told), frozenset(pairs), len(texts), fragments)


NOTHING = Proven()


def is_fragment(page: PageView, block: Block, unit: Unit, first: int = 0) -> bool:
    """Whether the words of a unit from the first on stand where nothing of an article can: unended, behind an ended
    sentence or as a line of their own, in lower case or another script, with few small words."""
    if unit.ended or not unit.tokens[first:] or block.kind not in ("paragraph", "heading"):
        return False
    tokens = unit.tokens[first:]
    if first and not _ENDED.search(block.text[unit.tokens[first - 1].end : tokens[0].start]):
        return False
    before = block.text[: tokens[0].start].rstrip()
    if before and before[-1] not in '.!?…。！？।؟"”»':
        return False
    if page.at_home_script(tokens[0].script):
        if not before and (page.script in UNCASED or page.context.plain):
            return False  # a headline or an item looks like any line there
        if page.script not in UNCASED and not tokens[0].raw[:1].islower():
            return False
    if len(tokens) > 12 or page.is_function(tokens[0]):
        return False
    return sum(map(page.is_function, tokens)) * 5 <= 2 * len(tokens)


_ENDED = re.compile(r"[.!?…。！？।؟]")


@dataclass(slots=True)
class _Words:
    """The words of a unit with what is asked of each more than once."""

    small: list[bool]
    known: list[float]
    lower: list[bool]
    traded: list[bool]
    asked: list[bool]
    brand: list[bool]
    loose: list[bool] = field(default_factory=list)
    unlike: list[float] = field(default_factory=list)


def read(page: PageView, unit: Unit) -> _Words:
    """Ask of each word of a unit what several stretches want to know."""
    tokens = unit.tokens
    count = len(tokens)
    traded, asked = [False] * count, [False] * count
    for hit in unit.hits:
        if hit.family not in ("subject", "intent"):
            continue
        if hit.family == "subject" and hit.kind in page.at_home:
            continue
        for at, token in enumerate(tokens):
            if token.start < hit.end and hit.start < token.end:
                (traded if hit.family == "subject" else asked)[at] = True
    out = _Words(
        [page.is_function(token) if token.script not in odds.UNSPACED else False for token in tokens],
        [page.familiar(token, unit) for token in tokens],
        [token.script in UNCASED or token.raw[:1].islower() for token in tokens],
        traded,
        asked,
        [is_brand(token.plain) for token in tokens],
    )
    out.loose = [
        out.traded[at]
        or out.asked[at]
        or out.brand[at]
        or (not out.small[at] and out.known[at] < 0.5 and out.lower[at] and tokens[at].script != "none")
        for at in range(count)
    ]
    return out


def _crosses(page: PageView, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a stretch begins in the page's own script and ends in one that is foreign to it, or the other way."""
    ends = (tokens[first].script, tokens[last - 1].script)
    return (
        ends[0] != ends[1]
        and page.script in ends
        and not all(map(page.at_home_script, ends))
        and "none" not in ends
    )


def _hints(
    page: PageView, unit: Unit, told: _Words, proven: Proven, doors: Sequence[tuple[int, int]]
) -> list[bool]:
    """Return which words of a unit have more against them than that the page doesn't know them.

    doors: where links lead to a stranger's front door.
    """
    uncased = page.script in UNCASED
    return [
        told.traded[at]
        or told.asked[at]
        or told.brand[at]
        or token.disguised
        or token.plain in proven.words
        or not (page.at_home_script(token.script) or (token.script == "latin" and not uncased))
        or any(low <= token.start < high for low, high in doors)
        for at, token in enumerate(unit.tokens)
    ]


def _is_aside(text: str, unit: Unit, first: int, last: int) -> bool:
    """Whether the words [first, last) of a unit are all that stands between two brackets."""
    tokens = unit.tokens
    left = text[tokens[first - 1].end if first else unit.start : tokens[first].start]
    right = text[tokens[last - 1].end : tokens[last].start if last < len(tokens) else unit.end]
    return any(mark in left for mark in _OPEN) and any(mark in right for mark in _CLOSE)


def candidates(
    page: PageView, block: Block, unit: Unit, told: _Words, proven: Proven, *, provable: bool = False
) -> set[tuple[int, int]]:
    """Return the stretches of a unit to be weighed, as [first, last) of its words.

    provable: only those that may have more against them than their form and place.
    """
    tokens, text = unit.tokens, block.text
    count = len(tokens)
    found: set[tuple[int, int]] = set()
    edges = [0]
    foreign = [link for link in page.foreign_links(block) if link.start < unit.end and link.end > unit.start]
    links = {edge for link in foreign for edge in (link.start, link.end)}
    doors = [(link.start, link.end) for link in foreign if front_door(link.href)]
    for at in range(1, count):
        one, two = tokens[at - 1], tokens[at]
        between = text[one.end : two.start]
        if (
            (between and between != " " and _PART.search(between))
            or (two.script in odds.UNSPACED and between.isspace())
            or (one.script != two.script and "none" not in (one.script, two.script))
            or any(one.end <= edge <= two.start for edge in links)
        ):
            edges.append(at)
    edges.append(count)
    if len(edges) > 2 or not unit.ended:
        for low in range(len(edges) - 1):
            for high in range(low + 1, min(len(edges), low + _MOST_PARTS)):
                found.add((edges[low], edges[high]))
    at = 0
    pieces: list[tuple[int, int]] = []
    while at < count:
        if not told.loose[at]:
            at += 1
            continue
        last = at
        while last < count and (
            told.loose[last] or (tokens[last].script == "none" and last + 1 < count and told.loose[last + 1])
        ):
            if last > at and (
                tokens[last].script not in ("none", tokens[at].script)
                or _STOP.search(text[tokens[last - 1].end : tokens[last].start])
            ):
                break
            last += 1
        pieces.append((at, max(last, at + 1)))
        at = max(last, at + 1)
    for number, (low, high) in enumerate(pieces):
        found.add((low, high))
        reached = high
        for first, behind in pieces[number + 1 : number + 6]:
            if first - reached > 2 or any(
                _STOP.search(text[tokens[k - 1].end : tokens[k].start]) for k in range(reached, first + 1)
            ):
                break
            found.add((low, behind))
            reached = behind
        for more in (1, 2):  # a figure or a name that belongs to the terms
            if high + more <= count:
                found.add((low, high + more))
        if low > 0:
            found.add((low - 1, high))
    least = 2.0 if proven.cuts or doors or is_fragment(page, block, unit) else 3.0
    likely = {
        (low, high)
        for low, high in found
        if high - low <= _LONGEST
        and sum(told.loose[low:high]) * 2 >= high - low
        and sum(tokens[at].size for at in range(low, high))
        >= (least if page.at_home_script(tokens[low].script) else min(least, 2.0))
        and not any(
            tokens[at].script in odds.UNSPACED and tokens[at].size >= _CLAUSE for at in range(low, high)
        )
        and not _crosses(page, tokens, low, high)
    }
    if not likely:
        return set()
    hint = _hints(page, unit, told, proven, doors)
    if provable and not any(hint) and not (proven.odd and not unit.ended) and not page.reads_as_told():
        return set()
    opens = page.script not in UNCASED and tokens[0].raw[:1].islower()
    abroad = [(low, high) for low, high in pieces if _tongue(page, tokens, told, low, high) >= _FOREIGN]
    return {
        (low, high)
        for low, high in likely
        if any(hint[low:high])
        or (high == count and not unit.ended and (proven.odd or not provable))
        or (not provable and ((low == 0 and opens) or _is_aside(block.text, unit, low, high)))
        or any(low < behind and first < high for first, behind in abroad)
    }


def _tongue(page: PageView, tokens: Sequence[Token], told: _Words, first: int, last: int) -> float:
    """Return how much better another language explains the lower-case words [first, last) of a unit than the page's."""
    if page.script in UNCASED or last - first < 3:
        return 0.0
    raw = " ".join(
        tokens[at].raw.lower()
        for at in range(first, last)
        if not told.small[at] and told.lower[at] and tokens[at].script == page.script and keys(tokens[at])
    )
    if len(raw) < 10 or not page.reads_as_told():
        return 0.0
    return min(1.0, words.strangeness(raw, page.language or ""))


_STOP = re.compile(r"[.!?…\"“”„«»()\[\]=。！？：「」『』（）]")


def signs(
    page: PageView, block: Block, unit: Unit, told: _Words, first: int, last: int, proven: Proven
) -> dict[str, float]:
    """Return what is seen of the words [first, last) of a unit, by name."""
    tokens, text = unit.tokens, block.text
    inside = range(first, last)
    start, end = tokens[first].start, tokens[last - 1].end
    count = len(tokens)
    size = sum(tokens[at].size for at in inside)
    content = [at for at in inside if keys(tokens[at]) and not told.small[at]]
    whole = sum(tokens[at].size for at in content)
    if whole < 2:
        return {}
    marks: dict[str, float] = {}
    marks["two"] = float(size < 3)
    marks["long"] = min(2.0, math.log(size))
    if not told.unlike:
        page.rates = page.rates or odds.rates(page)
        told.unlike = odds.word_weights(page, page.rates, unit, text)
    marks["unlike"] = max(-2.0, min(6.0, sum(told.unlike[first:last])))
    mortar = sum(told.small[at] or particle_share(tokens[at]) * tokens[at].size for at in inside) / size
    marks["mortar"] = min(0.5, mortar)
    marks["bare"] = float(mortar == 0.0)
    marks["long bare"] = min(4.0, max(0.0, size - 3)) * marks["bare"]
    strange = sum(tokens[at].size for at in content if told.known[at] < 0.5) / whole
    marks["known"] = 1.0 - strange
    marks["stranger"] = float(strange == 1.0)
    cased = [at for at in content if tokens[at].script not in UNCASED]
    marks["names"] = sum(not told.lower[at] for at in cased) / len(cased) if cased else 0.0
    marks["figures"] = sum(tokens[at].script == "none" for at in inside) / len(inside)
    marks["traded"] = float(any(told.traded[first:last]))
    marks["traded much"] = sum(told.traded[first:last]) / len(inside)
    kinds = {
        text[hit.start : hit.end].lower()
        for hit in unit.hits
        if hit.family == "intent" and start <= hit.start < end
    }
    marks["asked"] = min(2.0, float(len(kinds)))
    marks["asked much"] = sum(told.asked[first:last]) / len(inside)
    marks["coined"] = float(any(told.brand[at] and told.known[at] < 0.5 for at in inside))
    marks["disguised"] = float(any(tokens[at].disguised for at in inside))
    marks["script"] = float(
        sum(
            tokens[at].size
            for at in content
            if not page.at_home_script(tokens[at].script) and tokens[at].script != "latin"
        )
        * 2
        > whole
    )
    marks["latin"] = float(
        page.script in UNCASED
        and all(
            told.lower[at] and tokens[at].script == "latin" and tokens[at].raw.isalpha() for at in content
        )
    )
    if not marks["script"]:
        marks["tongue"] = _tongue(page, tokens, told, first, last)
    own = words.own_letters(page.language)
    marks["letters"] = (
        sum(
            told.lower[at]
            and any(
                not mark.isascii() and mark not in own and mark not in page.letters for mark in tokens[at].raw
            )
            for at in content
            if tokens[at].script == "latin"
        )
        / len(content)
        if own or page.language == "en"
        else 0.0
    )
    plain = [tokens[at].plain for at in content]
    marks["again"] = min(1.0, 1 - len(set(plain)) / len(plain))
    links = [link for link in page.foreign_links(block) if link.start < end and link.end > start]
    covered = sum(min(end, link.end) - max(start, link.start) for link in links) / (end - start)
    if covered >= 0.5:
        doors = sum(front_door(link.href) for link in links)
        marks["front door"] = float(doors * 2 >= len(links))
        marks["deep link"] = float(doors * 2 < len(links))
        marks["dressed"] = float(any(map(dressed_down, links)))
        hosts = "".join(re.sub(r"[^a-z0-9]", "", host_of(link.href)) for link in links)
        marks["host"] = float(sum(len(word) >= 4 and word in hosts for word in plain) >= 1)
    address = _ADDRESS.search(text, start, min(len(text), end + 4))
    if address is not None and front_door(address[0]) and page.is_foreign(address[0]):
        marks["raw address"] = 1.0
    # how it stands
    left = text[tokens[first - 1].end : start] if first else text[unit.start : start]
    right = text[end : tokens[last].start] if last < count else text[end : unit.end]
    opened, closed = any(mark in left for mark in _OPEN), any(mark in right for mark in _CLOSE)
    alone = first == 0 and last == count
    marks["aside"] = float(opened and closed and not alone)
    marks["half aside"] = float(opened != closed)
    marks["first"] = float(first == 0)
    marks["first lower"] = float(
        first == 0 and page.script not in UNCASED and told.lower[0] and tokens[0].raw[:1].islower()
    )
    marks["last"] = float(last == count and unit.ended)
    marks["open end"] = float(last == count and not unit.ended)
    marks["whole"] = float(alone)
    marks["fragment"] = float(last == count and is_fragment(page, block, unit, first))
    marks["fragments"] = min(1.5, math.log1p(proven.fragments)) if marks["fragment"] else 0.0
    marks["capital behind"] = float(
        last < count
        and tokens[last].raw[:1].isupper()
        and told.lower[last - 1]
        and not right.strip()
        and page.script not in UNCASED
    )
    marks["comma left"] = float(bool(first) and bool(_PART.search(left)) and not opened)
    marks["comma right"] = float(last < count and bool(_PART.search(right)) and not closed)
    marks["strokes"] = float(len(_STROKES.findall(text, start, end)) >= 2)
    marks["parts"] = min(1.0, len(_PART.findall(text, start, end)) / 4)
    if first > 0 and last < count and not marks["aside"]:
        one, two = told.small[first - 1], told.small[last]
        marks["led to"] = float(one and not left.strip())
        marks["led to and on"] = float(one and two and not left.strip() and not right.strip())
        marks["tight"] = float(not one and not two and not left.strip() and not right.strip())
    if first > 0 and last < count and page.joined(tokens[first - 1], tokens[last]):
        marks["joined without"] = 1.0
    # would it go on beyond its borders?
    marks["goes on left"] = float(first > 0 and told.loose[first - 1] and not left.strip())
    marks["goes on right"] = float(last < count and told.loose[last] and not right.strip())
    marks["ends small"] = float(told.small[first] or told.small[last - 1])
    rest = [at for at in range(count) if not first <= at < last]
    outside = sum(tokens[at].size for at in rest)
    if outside >= 4:
        held = sum(told.small[at] or particle_share(tokens[at]) * tokens[at].size for at in rest) / outside
        marks["rest holds"] = min(1.0, held / max(0.1, page.mortar))
        marks["rest known"] = sum(tokens[at].size for at in rest if told.known[at] >= 0.5) / outside
    # what else the page says of it
    pairs = list(itertools.pairwise(plain))
    if pairs:
        marks["pair proven"] = sum(pair in proven.pairs for pair in pairs) / len(pairs)
    marks["proven"] = sum(word in proven.words for word in plain) / len(plain)
    marks["tainted"] = min(2.0, math.log1p(proven.cuts))
    seen = [token.plain for token in tokens[first:last]]
    threes = list(zip(seen, seen[1:], seen[2:], strict=False))
    marks["echo"] = float(bool(threes) and sum(three in page.echoes for three in threes) * 2 >= len(threes))
    marks["quoted"] = float(in_quotes(text, start, end) or '"' in text[max(0, start - 2) : end + 2])
    marks["announced"] = float(":" in text[unit.start : start] or "：" in text[unit.start : start])
    marks["counted"] = float(bool(_COUNT.search(text, start, min(len(text), end + 3))))
    marks["kind"] = float(block.kind != "paragraph")
    marks["plain"] = float(page.context.plain)
    return {name: value for name, value in marks.items() if value}


def hammered(page: PageView, block: Block, unit: Unit) -> list[Span]:
    """Return where a word that the rest of the page doesn't know is said five times on end."""
    found = []
    at = 0
    for plain, group in itertools.groupby(unit.tokens, key=lambda token: token.plain):
        size = len(list(group))
        tokens = unit.tokens[at : at + size]
        at += size
        refrain = tokens[0].raw.isalpha() and tokens[0].raw.islower()  # "rain rain rain"
        refrain = refrain and block.text[tokens[0].end : tokens[-1].start].replace(plain, "").isspace()
        if size >= _HAMMERED and len(plain) >= 4 and not refrain and page.familiar(tokens[0], unit) < 0.5:
            start = unit.start if tokens[0] is unit.tokens[0] else tokens[0].start
            end = unit.end if tokens[-1] is unit.tokens[-1] else tokens[-1].end
            kinds = {"repeats": 2.0, "distance": 0.8}
            found.append(Span(start, end, "keyword_run", "spam.stretch", kinds))
    return found


@cache
def worths() -> dict[str, float]:
    """Return what each sign is worth, and under "any" what speaks against any stretch."""
    return {row["sign"]: float(row["worth"]) for row in rulebook.table("spam/stretches.csv")}


def weigh(marks: dict[str, float]) -> float:
    """Return the logarithm of the odds that a stretch with these signs is somebody's search terms."""
    worth = worths()
    return worth["any"] + sum(worth.get(name, 0.0) * value for name, value in marks.items())


def worth_a_look(page: PageView, block: Block, unit: Unit) -> bool:
    """Cheap gate: whether a unit may hold search terms at all."""
    return block.kind in KINDS and unit.size >= 2 and len(unit.subjects()) < _ALL_TRADES


def find(page: PageView, block: Block, unit: Unit, proven: Proven) -> list[Span]:
    """Return the stretches of a unit that are to be cut, none overlapping another."""
    if not page.prose or not worth_a_look(page, block, unit):
        return []
    if len({token.plain for token in unit.tokens}) * 2 < len(unit.tokens) and (
        again := hammered(page, block, unit)
    ):
        return again
    told = read(page, unit)
    ranked = []
    for first, last in candidates(page, block, unit, told, proven, provable=True):
        marks = signs(page, block, unit, told, first, last, proven)
        if marks:
            ranked.append((weigh(marks), first, last, marks))
    least = max(_LEAST, _ENOUGH - _PROVEN * min(2.0, math.log1p(proven.cuts)))
    least += _ENOUGH_PLAIN * page.context.plain
    taken: list[tuple[int, int]] = []
    spans = []
    for score, first, last, marks in sorted(ranked, key=lambda item: (-item[0], item[1] - item[2], item[1])):
        if score < least:
            break
        if "counted" in marks:
            continue
        if "two" in marks and score < least + _ENOUGH_TWO:
            continue
        if any(first < high and low < last for low, high in taken):
            continue
        kinds = evidence(marks, proven)
        if kinds is None:
            continue
        taken.append((first, last))
        spans.append(_span(block, unit, first, last, kinds))
    return spans


def evidence(marks: dict[str, float], proven: Proven = NOTHING) -> dict[str, float] | None:
    """Return what speaks against a stretch by kind; None where nothing but its form and place does."""
    worth = worths()
    kinds = {
        kind: _SCALE * sum(worth.get(name, 0.0) * marks.get(name, 0.0) for name in names)
        for kind, names in EVIDENCE.items()
    }
    if "fragment" in marks and marks.get("known", 0.0) <= 0.5 and proven.odd:
        kinds["out of place"] = _STRONG
    form = sum(max(0.0, kinds[kind]) for kind in _FORM)
    hard = [kind for kind in _HARD if kinds.get(kind, 0.0) >= _STRONG]
    if form < _STRONG or not hard:
        return None
    if hard == ["language"] and "whole" in marks and not marks.keys() & {"strokes", "echo", "tainted"}:
        return None  # a line in another language is quoted, or a title
    return {kind: strength for kind, strength in kinds.items() if strength > 0.1}


def _span(block: Block, unit: Unit, first: int, last: int, kinds: dict[str, float]) -> Span:
    """Return the words [first, last) of a unit with the marks that set them apart from its sentence."""
    text, tokens = block.text, unit.tokens
    start, end = tokens[first].start, tokens[last - 1].end
    if first == 0:
        start = unit.start
    if last == len(tokens):
        end = unit.end
    low, high = start, end
    while low > 0 and text[low - 1] in " \t":
        low -= 1
    while high < len(text) and text[high] in " \t":
        high += 1
    if (
        low > 0
        and high < len(text)
        and text[low - 1] in _OPEN
        and text[high] == _CLOSE[_OPEN.index(text[low - 1])]
    ):
        start, end = low - 1, high + 1
    elif text[low - 1 : low] in tuple(",，、") and text[high : high + 1] in tuple(",，、"):
        start = low - 1  # one comma of two goes with it
    return Span(start, end, "keyword_run", "spam.stretch", kinds)
