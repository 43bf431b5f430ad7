"""Find runs of search terms glued to honest text, at the character.

Each word of a unit gets a weight: for it, what a run is made of; against it, what a sentence of
this page is made of. The stretch of highest sum (Kadane 1984) is the candidate, its borders are
moved to where a writer's sentence begins or ends, and it is cut on two independent kinds of
evidence only.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from pipeline.spam import words
from pipeline.spam.page import UNCASED, PageView, Unit, is_brand, keys, particle_share
from pipeline.spam.words import Token
from schemas.records import Block, Link

#: Evidence that a stretch needs in all before it is cut, and what more it takes in blocks of a kind.
ENOUGH = 2.8
MORE = {"paragraph": 0.0, "heading": 0.5, "list_item": 0.5, "quote": 1.5, "table_row": 2.0, "code": 3.0}

_STRUCTURE = ("shape", "repeats")
_HARD = {"words": 0.9, "language": 1.0, "disguise": 1.0, "contact": 0.9, "link": 1.5}
_SEPARATOR = re.compile(r"\s[|/•·–—~+>*►»★✓✔-]{1,3}\s|[|•·►★✓✔/｜、，,;；]")
_BREAK = re.compile(r"[.!?…:\"“”„«»()\[\]。！？：「」『』（）]")
_CAMEL = re.compile(r"[a-z][A-Z]")
_CODE = re.compile(r"[{}<>=_$`\\\[\]~^]")
_DIGITS_FOR_LETTERS = re.compile(r"(?=.{4,})(?:[a-z]{0,6}[013457]{1,2}){1,6}[a-z]{1,8}\d?$")
_MARKS = re.compile(r"[\"“„«»”]")
_YEAR = re.compile(r"20[12]\d$")


@dataclass(slots=True)
class Span:
    """A stretch of a block and what speaks against it.

    start, end: into the block's text.   kinds: strength by kind of evidence.   reason: words.REASONS.
    needs: what more than usual it takes, for where it stands.
    """

    start: int
    end: int
    reason: str
    rule: str
    kinds: dict[str, float]
    needs: float = 0.0

    @property
    def total(self) -> float:
        """Return the sum of all evidence."""
        return sum(self.kinds.values())

    @property
    def independent(self) -> bool:
        """Whether evidence of the stretch's own structure and evidence of another kind meet."""
        structure = sum(self.kinds.get(name, 0.0) for name in _STRUCTURE) >= 0.7
        hard = [name for name, least in _HARD.items() if self.kinds.get(name, 0.0) >= least]
        if structure and hard:
            return True
        if self.kinds.get("repeats", 0.0) >= 2.0 and self.kinds.get("distance", 0.0) >= 0.7:
            return True
        return len(hard) >= 2 or (bool(hard) and self.kinds.get("link", 0.0) >= 1.0)

    def evidence(self) -> tuple[str, ...]:
        """Return the kinds in words, the strongest first."""
        ranked = sorted(self.kinds.items(), key=lambda item: (-item[1], item[0]))
        return tuple(name for name, strength in ranked if strength >= 0.3)


@dataclass(slots=True)
class Weighed:
    """The words of a unit with what was seen about each."""

    tokens: list[Token]
    weights: list[float]
    function: list[bool]
    known: list[float]
    subject: list[bool]
    intent: list[bool]
    brand: list[bool]
    foreign: list[float]
    again: list[bool]
    gaps: list[float]

    def marked(self, at: int) -> bool:
        """Whether something besides being unknown speaks against a word."""
        return (
            self.subject[at]
            or self.intent[at]
            or self.brand[at]
            or (self.again[at] and not self.function[at])
            or self.foreign[at] >= 0.7
            or self.tokens[at].disguised
            or self.weights[at] >= 0.6
        )


def _repeated(tokens: list[Token]) -> list[bool]:
    """Tell which words stand in a repeated pair, or three times and more."""
    counted = Counter(token.plain for token in tokens)
    pairs = Counter((one.plain, two.plain) for one, two in itertools.pairwise(tokens))
    out = [counted[token.plain] >= 3 for token in tokens]
    for at, (one, two) in enumerate(itertools.pairwise(tokens)):
        if pairs[one.plain, two.plain] >= 2:
            out[at] = out[at + 1] = True
    # Names in a list repeat their first word; only immediate repeats of a name are odd.
    for at, token in enumerate(tokens):
        if (
            out[at]
            and token.script not in UNCASED
            and token.raw[:1].isupper()
            and not _CAMEL.search(token.raw)
        ):
            beside = tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2]
            out[at] = any(other.plain == token.plain for other in beside)
        elif out[at] and (token.script == "none" or (token.raw[:1].isdigit() and not is_brand(token.plain))):
            out[at] = False
    return out


def weigh(page: PageView, unit: Unit, text: str) -> Weighed:
    """Weigh each word of a unit."""
    tokens = unit.tokens
    count = len(tokens)
    subject, intent = [False] * count, [False] * count
    for hit in unit.hits:
        if hit.family not in ("subject", "intent") or (hit.family == "subject" and hit.kind in page.at_home):
            continue
        for at, token in enumerate(tokens):
            if token.start < hit.end and hit.start < token.end:
                (subject if hit.family == "subject" else intent)[at] = True
    function = [
        page.is_function(token) if token.script not in ("cjk", "kana", "thai") else False for token in tokens
    ]
    known = [page.familiar(token, unit) for token in tokens]
    brand = [
        known[at] < 0.5
        and text[token.start - 1 : token.start] not in ("@", "#")
        and ((is_brand(token.plain) and not _YEAR.search(token.plain)) or bool(_CAMEL.search(token.raw)))
        for at, token in enumerate(tokens)
    ]
    again = _repeated(tokens) if count >= 4 else [False] * count
    foreign = _foreign(page, unit, text, function, known)
    weights = []
    for at, token in enumerate(tokens):
        weight = 0.0
        if token.script in ("cjk", "kana", "thai"):
            share = particle_share(token)
            weight = (0.2 * token.size if token.size <= 4 else -0.3) - 1.2 * known[at] * min(token.size, 4.0)
            weight -= 3.0 * share * min(token.size, 6.0)
            if not page.at_home_script(token.script):
                weight = 0.0
        elif token.script == "none":
            weight = 0.1 if _YEAR.match(token.plain) else -0.05
        elif function[at]:
            weight = -1.5
        elif known[at] >= 0.5:
            weight = -1.0
        else:
            lower = token.script in UNCASED or token.raw[:1].islower()
            weight = 0.25 if lower else -0.1
        if subject[at]:
            weight = max(weight, 0.0) + 1.5
        elif intent[at]:
            weight = max(weight, -0.2) + 0.7 if not function[at] else 0.1
        if brand[at]:
            weight += 0.8
        if again[at] and not function[at]:
            weight = max(weight, 0.0) + 0.8
        if token.disguised:
            weight = max(weight, 0.0) + 1.6
        if foreign[at] and not (function[at] and foreign[at] < 1.0):
            weight = max(weight, 0.0) + foreign[at]
        weights.append(weight)
    gaps = [0.0]
    cased = page.script not in UNCASED
    for at, (one, two) in enumerate(itertools.pairwise(tokens), start=1):
        between = text[one.end : two.start]
        if between in (" ", ""):
            opens = cased and weights[at] < 0.6 and two.raw[:1].isupper() and not one.raw[:1].isupper()
            gaps.append(-0.6 if opens and not two.raw.isupper() else 0.0)
        elif between == "," and two.script not in UNCASED:
            gaps.append(-0.9)
        elif _SEPARATOR.search(between):
            gaps.append(0.25 if max(weights[at - 1], weights[at]) >= 0.6 else 0.0)
        elif _BREAK.search(between):
            gaps.append(-0.9)
        else:
            gaps.append(-0.1)
    return Weighed(
        tokens, weights, function, known, subject, intent, brand, foreign, again, gaps[:count] or []
    )


def _foreign(page: PageView, unit: Unit, text: str, function: list[bool], known: list[float]) -> list[float]:
    """Return for each word how strange its script, its letters or its language are on the page."""
    tokens = unit.tokens
    out = [0.0] * len(tokens)
    own = words.own_letters(page.language)
    settled = max(40, sum(page.scripts.values()) // 50)
    for at, token in enumerate(tokens):
        if token.script == "none":
            continue
        if not page.at_home_script(token.script) and page.scripts[token.script] < settled:
            if token.script == "latin":
                # Names and terms in Latin letters are at home in every script.
                out[at] = 0.4 if token.raw.islower() and len(token.raw) > 2 and known[at] < 0.5 else 0.0
            else:
                out[at] = 1.2 * min(4.0, token.size)
        elif (
            token.script == "latin" and page.script == "latin" and not token.raw.isascii() and known[at] < 0.5
        ):
            strange = own and [
                mark
                for mark in token.raw.lower()
                if not mark.isascii() and mark.isalpha() and mark not in own and mark not in page.letters
            ]
            if strange and token.raw[:1].islower():
                out[at] = 0.7
    if page.language and page.script in ("latin", "cyrillic", "arabic", "indic"):
        _strange_language(page, text, tokens, function, known, out)
    return out


def _strange_language(
    page: PageView,
    text: str,
    tokens: list[Token],
    function: list[bool],
    known: list[float],
    out: list[float],
) -> None:
    """Mark stretches whose letters another language explains far better than the page's."""
    at = 0
    while at < len(tokens):
        last = at
        letters = unknown = 0
        while (
            last < len(tokens)
            and not function[last]
            and tokens[last].script in (page.script, "none")
            and not (last > at and _parted(text, tokens[last - 1], tokens[last]))
        ):
            token = tokens[last]
            if token.script == page.script and known[last] < 0.5 and token.raw[:1].islower():
                letters += len(token.plain)
                unknown += 1
            last += 1
        if unknown >= 2 and letters >= 14 and page.reads_as_told():
            told = " ".join(
                token.raw.lower()
                for token, seen in zip(tokens[at:last], known[at:last], strict=True)
                if token.script == page.script
                and seen < 0.5
                and not (token.disguised or is_brand(token.plain))
            )
            gap = words.strangeness(told, page.language or "")
            if gap >= 0.3:
                strength = 0.8 if gap < 0.6 else 1.1
                for number in range(*_strangest(page, tokens, at, last)):
                    if known[number] < 0.5 and tokens[number].script == page.script:
                        out[number] = max(out[number], strength)
        at = max(last, at + 1)


def _strangest(page: PageView, tokens: list[Token], first: int, last: int) -> tuple[int, int]:
    """Leave words that might well be of the page's own language off the ends of a strange stretch."""

    def own(at: int) -> bool:
        word = tokens[at].raw.lower()
        return len(word) >= 4 and words.strangeness(word, page.language or "") < 0.12

    for _ in range(2):
        if last - first >= 3 and own(first):
            first += 1
        if last - first >= 3 and own(last - 1):
            last -= 1
    return first, last


def _far(token: Token) -> bool:
    """Whether a word's script is none that Chinese or Japanese text mixes in."""
    return token.script not in ("cjk", "kana", "latin", "none", "greek")


def _parted(text: str, one: Token, two: Token) -> bool:
    """Whether something between two words, or a capital, says that another stretch begins."""
    between = text[one.end : two.start]
    if _BREAK.search(between) or between in (",", ";"):
        return True  # a comma without its space is a seam
    return two.raw[:1].isupper() and one.raw[:1].islower() and not _CAMEL.search(two.raw)


def _best(weights: list[float], gaps: list[float], low: int, high: int) -> tuple[int, int, float]:
    """Return [first, last) of the words in [low, high) with the highest sum, and the sum."""
    best, best_first, best_last = 0.0, low, low
    total, first = 0.0, low
    for at in range(low, high):
        step = weights[at]
        if total <= 0.0:
            total, first = step, at
        else:
            total += step + gaps[at]
        if total > best:
            best, best_first, best_last = total, first, at + 1
    return best_first, best_last, best


def _starts_sentence(text: str, token: Token) -> bool:
    """Whether a word may open a sentence: a capital, a figure, an opening quote before it."""
    before = text[max(0, token.start - 1) : token.start]
    return token.raw[:1].isupper() or token.raw[:1].isdigit() or before in ("“", '"', "«", "„", "「", "『")


def find(page: PageView, block: Block, unit: Unit) -> list[Span]:
    """Return candidate runs in a unit, left to right, whether or not the evidence is enough."""
    tokens = unit.tokens
    if not tokens or not _worth_a_look(page, block, unit):
        return []
    told = weigh(page, unit, block.text)
    found: list[Span] = []
    areas = _areas(page, block, unit)
    while areas:
        low, high = areas.pop()
        first, last, total = _best(told.weights, told.gaps, low, high)
        if total < 1.6 and not (total > 0 and linked(page, block, tokens[low].start, tokens[high - 1].end)):
            continue
        grown_first, grown_last = _settle(page, block, unit, told, first, last, low, high)
        span = judge(page, block, unit, told, grown_first, grown_last)
        if span is not None and grown_first == 0 and grown_last == len(tokens):
            span.start, span.end = unit.start, unit.end
        elif span is not None:
            span.end = max(span.start, _end_within(unit, tokens[grown_last - 1], span.end))
        if span is not None and span.end > span.start:
            found.append(span)
            areas += [(low, grown_first), (grown_last, high)]
    return sorted(found, key=lambda span: span.start)


def _end_within(unit: Unit, token: Token, end: int) -> int:
    """Return where a run ends in its last word: scripts without spaces glue an honest clause to it.

    A clause (long, with particles) belongs to the run no further than the last term in it.
    """
    if token.script not in ("cjk", "kana") or token.size <= 5 or particle_share(token) < 0.1:
        return end
    inside = [hit.end for hit in unit.hits if token.start <= hit.start and hit.end <= token.end]
    return max(inside, default=token.start)


def _areas(page: PageView, block: Block, unit: Unit) -> list[tuple[int, int]]:
    """Return the word ranges to search: apart what is linked to other sites and what is not.

    A unit that is links for the most part is searched whole.
    """
    tokens = unit.tokens
    links = [link for link in page.foreign_links(block) if link.start < unit.end and link.end > unit.start]
    if not links or sum(link.end - link.start for link in links) * 2 > unit.end - unit.start:
        return [(0, len(tokens))]
    areas = []
    at = 0
    for link in links:
        first = next((n for n in range(at, len(tokens)) if tokens[n].start >= link.start), len(tokens))
        last = next((n for n in range(first, len(tokens)) if tokens[n].end > link.end), len(tokens))
        areas += [(at, first), (first, last)]
        at = last
    areas.append((at, len(tokens)))
    return [(low, high) for low, high in areas if high > low]


def _worth_a_look(page: PageView, block: Block, unit: Unit) -> bool:
    """Cheap gate: whether anything in a unit hints at a run."""
    marked = sum(hit.family in ("subject", "intent") for hit in unit.hits)
    if marked >= 2 or (marked and unit.subjects() - page.at_home):
        return True
    if unit.functions < 0.12 and unit.size >= 3:
        return True
    if not unit.ended and block.kind == "paragraph":
        return True
    if any(
        token.disguised or not (token.script == "latin" or page.at_home_script(token.script))
        for token in unit.tokens
    ):
        return True
    if any(is_brand(token.plain) for token in unit.tokens if len(token.plain) < 16):
        return True
    if unit.tokens[0].raw[:1].islower() and page.script not in UNCASED:
        return True
    if any(
        page.is_foreign(link.href) for link in block.links if link.start < unit.end and link.end > unit.start
    ):
        return True
    return long_stretch(page, unit)


def long_stretch(page: PageView, unit: Unit) -> bool:
    """Whether five lower-case words stand together without a closed-class word or one known to the page."""
    if page.script in UNCASED:
        return False
    length = 0
    for token in unit.tokens:
        if (
            token.plain in page.functions
            or not token.raw[:1].islower()
            or page.known[token.plain[:5]] > unit.honest
        ):
            length = 0
        else:
            length += 1
            if length >= 3:
                return True
    return False


def _settle(
    page: PageView, block: Block, unit: Unit, told: Weighed, first: int, last: int, low: int, high: int
) -> tuple[int, int]:
    """Move a stretch's borders to where honest text plausibly begins and ends."""
    ended = unit.ended and high == len(told.tokens)
    tokens, text = told.tokens, block.text
    cased = page.script not in UNCASED

    def loose(at: int) -> bool:
        if tokens[at].script in ("cjk", "kana", "thai") and told.weights[at] < 0:
            return False
        return not told.function[at] and told.known[at] < 0.5

    abroad = [not page.at_home_script(tokens[at].script) for at in range(first, last)]
    foreign = sum(abroad) * 2 > len(abroad)

    def crosses(at: int) -> bool:
        """Whether a run in another script would go on in the page's own."""
        token = tokens[at]
        return foreign and token.script == page.script and not told.marked(at) and not token.raw.isupper()

    def opens(at: int) -> bool:
        return cased and _starts_sentence(text, tokens[at]) and told.foreign[at] < 0.7

    if any(
        link.start == tokens[low].start and link.end == tokens[high - 1].end
        for link in page.foreign_links(block)
    ):
        return low, high
    if unit.functions < 0.05 and 4 <= unit.size <= 12 and high - low == len(tokens) and last - first >= 2:
        return low, high
    if foreign and (page.script not in ("cjk", "kana") or any(_far(tokens[at]) for at in range(first, last))):
        while first < last - 1 and tokens[first].script == page.script:
            first += 1
        while last - 1 > first and tokens[last - 1].script == page.script:
            last -= 1
    while first < last - 1 and first > low and not told.marked(first):
        first += 1
    while last - 1 > first and not told.marked(last - 1):
        last -= 1
    # Forward, over words that belong to no sentence, up to one that may open a sentence, or to the end.
    at = last
    while (
        at < high
        and loose(at)
        and told.gaps[at] > -0.7
        and (not opens(at) or _YEAR.match(tokens[at].plain))
        and not crosses(at)
    ):
        if tokens[at].script in ("cjk", "kana", "thai") and tokens[at].script != tokens[at - 1].script:
            break
        at += 1
    if (at == high and not ended) or (at < high and opens(at) and told.gaps[at] > -0.7):
        last = at
    # Backward, to the beginning of the unit: a run that a capital follows begins no honest sentence.
    glued = last < high and opens(last)
    at = first
    while at > low and loose(at - 1) and told.gaps[at] > -0.5 and not crosses(at - 1):
        at -= 1
    if (
        at == low
        and low == 0
        and (glued or last == len(tokens) or (first - at <= 2 and tokens[at].raw[:1].islower()))
    ):
        first = at
    elif glued and low == 0 and first <= 8 and not foreign:
        before = [number for number in range(first) if not told.function[number] and keys(tokens[number])]
        if sum(told.known[number] >= 0.5 for number in before) * 2 <= len(before):
            first = 0
    return first, last


def judge(page: PageView, block: Block, unit: Unit, told: Weighed, first: int, last: int) -> Span | None:
    """Collect what speaks against the words [first, last) of a unit."""
    tokens = told.tokens[first:last]
    if not tokens:
        return None
    text = block.text
    start, end = tokens[0].start, tokens[-1].end
    size = sum(token.size for token in tokens)
    worded = [at for at in range(first, last) if told.tokens[at].script != "none"]
    if not worded:
        return None
    kinds: dict[str, float] = {}
    elsewhere = words.functions_of_script(page.script)
    functions = sum(
        (told.function[at] and not told.subject[at] and not told.intent[at])
        or (told.foreign[at] >= 0.7 and told.tokens[at].plain in elsewhere)
        for at in worded
    )
    cased = [at for at in worded if told.tokens[at].script not in UNCASED]
    lower = sum(told.tokens[at].raw[:1].islower() for at in cased)
    plain_case = not cased or lower * 2 >= len(cased)
    particles = sum(particle_share(token) * token.size for token in tokens)

    shape = 0.0
    pieces = len(_SEPARATOR.findall(text[start:end]))
    strokes = (
        sum(text.count(mark, start, end) for mark in "|•·►★✓✔｜") >= 3 or text.count(" / ", start, end) >= 3
    )
    if functions + particles <= 0.08 * size and size >= 3:
        shape = 1.0 if size >= 4 else 0.7
        if size >= 8:
            shape += 0.4
        if not plain_case:
            shape *= 0.5
    elif functions + particles <= 0.2 * size and size >= 6:
        shape = 0.5
    if pieces >= 2 and pieces * 6 >= len(worded) and shape:
        shape += 0.4
    whole = not text[:start].strip(" \t|/•·-–—,:;") and not text[end:].strip(" \t|/•·-–—,:;")
    after = text[end : unit.end].strip()
    spliced = (
        first > 0
        and last < len(told.tokens)
        and text[told.tokens[first - 1].end : start] == " "
        and text[end : told.tokens[last].start] == " "
    )
    if shape or size >= 2:
        if whole and block.kind == "paragraph":
            shape += 0.3
            if not unit.ended and size >= 5 and tokens[0].raw[:1].islower():
                shape += 0.5
        elif first == 0 and last == len(told.tokens) and not unit.ended and end < len(text.rstrip()):
            shape += 0.6
        elif first == 0 and last < len(told.tokens):
            glued = _starts_sentence(text, told.tokens[last]) or page.script in UNCASED
            if glued and not _BREAK.search(text[end : told.tokens[last].start].strip(' "“«„「『')):
                shape += 0.6 if tokens[0].raw[:1].islower() or tokens[0].script != page.script else 0.3
        elif last == len(told.tokens) and not unit.ended and first == 0 and start > 0:
            shape += 0.4
        elif first > 0 and not after:
            shape += 0.2
        elif spliced:
            shape += 0.5
    if shape:
        kinds["shape"] = shape

    covering = linked(page, block, start, end)
    links = [link for link in covering if not _cites(text, link, start, end)]
    cited = len(links) < len(covering)
    again = sum(told.again[at] and not told.function[at] for at in worded)
    if again >= 3 and again >= 0.25 * len(worded) and len(worded) >= 6:
        kinds["repeats"] = 1.0 if again < 0.5 * len(worded) else 1.6
        if again >= 0.7 * len(worded) and len(worded) >= 10 and plain_case and cased:
            kinds["repeats"] = 2.0
    subjects = {
        (hit.kind, text[hit.start : hit.end].lower())
        for hit in unit.hits
        if hit.family == "subject" and hit.kind not in page.at_home and start <= hit.start and hit.end <= end
    }
    linked_home = bool(links) and not subjects
    if linked_home:
        # A report of the trade doesn't link its words to strangers.
        subjects = {
            (hit.kind, text[hit.start : hit.end].lower())
            for hit in unit.hits
            if hit.family == "subject" and start <= hit.start and hit.end <= end
        }
    intents = {
        text[hit.start : hit.end].lower()
        for hit in unit.hits
        if hit.family == "intent" and start <= hit.start and hit.end <= end
    }
    listed = sum(hit.family == "listed" and start <= hit.start and hit.end <= end for hit in unit.hits)
    brands = sum(told.brand[at] for at in worded)
    vocabulary = min(
        2.4, (1.0 + 0.5 * (len(subjects) - 1) if subjects else 0.0) + min(1.2, 0.4 * len(intents))
    )
    if not subjects and (links or not (first == 0 or last == len(told.tokens))):
        vocabulary = min(0.8, vocabulary)  # search terms alone, amid a sentence, are anybody's words
    vocabulary += 0.4 * bool(listed) + (0.7 if brands else 0.0)
    share = (sum(told.subject[at] or told.intent[at] or told.brand[at] for at in worded)) / len(worded)
    vocabulary *= 1.0 if linked_home and subjects else min(1.0, share / 0.35)
    if len(intents) >= 4 and size <= 12 * len(intents) and page.trading() < 0.01:
        vocabulary = max(vocabulary, 1.0)  # who asks to buy in every third word, where nobody else trades
    if vocabulary:
        kinds["words"] = vocabulary
    foreign = sum(told.tokens[at].size for at in worded if told.foreign[at] >= 0.7) / size
    if foreign >= 0.5:
        strength = max((told.foreign[at] for at in worded), default=0.0)
        kinds["language"] = min(1.8, 0.7 + 0.5 * strength) if size >= 1.5 else 0.7
    if any(token.disguised for token in tokens):
        kinds["disguise"] = 1.8
    else:
        digits = sum(bool(_DIGITS_FOR_LETTERS.match(token.plain)) for token in tokens)
        if digits >= 3 and digits >= 0.35 * len(worded):
            kinds["disguise"] = 1.4
    counted = [at for at in worded if not told.function[at] and keys(told.tokens[at])]
    unknown = sum(told.known[at] < 0.5 for at in counted)
    if len(counted) >= 2 and unknown >= 0.8 * len(counted) and "language" not in kinds:
        kinds["distance"] = 0.8 if len(counted) >= 3 else 0.6
    dressed = False
    if links:
        kinds["link"] = 1.0 + (0.5 if len({link.href for link in links}) >= 3 else 0.0)
        dressed = any(dressed_down(link) for link in links)
        kinds["link"] += 0.6 * dressed
    if in_quotes(text, start, end):
        kinds = {name: strength * 0.6 for name, strength in kinds.items()}
    needs = 0.0
    count = len(told.tokens)
    opened = last < count and (_starts_sentence(text, told.tokens[last]) or page.script in UNCASED)
    middle = (first > 0 or (last < count and not opened)) and not (last == count and not unit.ended)
    hidden_kind = any(name in kinds for name in ("language", "link", "disguise"))
    if middle and not hidden_kind and not brands:
        # Words of a subject amid a sentence of the page's own language: reporters use them too.
        needs = 1.2 if spliced and size >= 5 and share >= 0.5 else 3.0
    named = bool(subjects or intents or listed)
    if "language" in kinds and (kinds.get("words", 0.0) < 0.5 or not named) and not strokes:
        # Names, titles, dates and quotations in another language are no spam for that.
        joined = tokens[0].raw[:1].islower() or any(not page.at_home_script(token.script) for token in tokens)
        joined = joined and bool(spliced or (first == 0 and last < len(told.tokens)) or (links and dressed))
        coded = middle and any(mark.isdigit() for token in tokens for mark in token.plain)
        needs = 0.0 if joined and not coded and sum(told.tokens[at].size for at in worded) >= 4 else 2.0
    if (
        "link" in kinds
        and page.script in UNCASED
        and kinds.get("words", 0.0) < 0.5
        and "language" not in kinds
    ):
        needs += 1.5
    if links and not plain_case and not dressed and "language" not in kinds and len(links) < 3:
        needs += 2.0  # names are linked everywhere, a medicine's too
    if len(_CODE.findall(text, start, end)) >= 4:
        needs += 3.0
    if cited:
        needs += 2.0  # a headline, by a link to its article
    if "words" in kinds and not in_quotes(text, start, end) and _MARKS.search(text, start + 1, end - 1):
        needs += 2.0  # what is quoted amid it is shown, not said
    if not page.prose:
        needs += 1.0 if "words" in kinds and kinds["words"] >= 1.0 else 4.0
    return Span(start, end, "keyword_run", "spam.run", kinds, needs)


def linked(page: PageView, block: Block, start: int, end: int) -> list[Link]:
    """Return the links to other sites that cover half of a stretch or more, else none."""
    links = [link for link in page.foreign_links(block) if link.start < end and link.end > start]
    covered = sum(min(end, link.end) - max(start, link.start) for link in links)
    return links if covered * 2 >= end - start else []


def _cites(text: str, link: Link, start: int, end: int) -> bool:
    """Whether a link that covers text[start:end] covers a headline or more of a sentence: a source, no search term."""
    told = text[link.start : link.end].strip()
    if told[:1].isupper() and told[-1:] in ".?!…":
        return True
    return (end - start) * 10 < 7 * (link.end - link.start)


def dressed_down(link: Link) -> bool:
    """Whether a link's own style makes it look like the text around it."""
    style = link.style.replace(" ", "").lower()
    return (
        "text-decoration:none" in style
        or "color:inherit" in style
        or "cursor:text" in style
        or "cursor:default" in style
    )


_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ("『", "』"), ("‘", "’"))


def in_quotes(text: str, start: int, end: int) -> bool:
    """Whether [start, end) stands within one pair of quotation marks of its block."""
    for opening, closing in _QUOTES:
        left = text.rfind(opening, 0, start + 1)
        if left != -1 and text.find(closing, left + 1, start) == -1 and text.find(closing, end - 1) != -1:
            return True
    return text.count('"', 0, start + 1) % 2 == 1 and text.find('"', max(start + 1, end - 1)) != -1
