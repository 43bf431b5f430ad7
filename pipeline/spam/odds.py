"""Find stretches that no writer of this page would have written, by the page's own odds.

A writer's sentence is held together by closed-class words, comes back to words of the article, opens
with a capital and closes with a mark; how often each of these happens is counted on the page itself.
A run of search terms does none of it. Every word and every border of a stretch gives the logarithm of
how much likelier it is in such a run than in a sentence of this page (naive Bayes); the stretch of
highest sum (Kadane 1984) is the candidate. No list of terms is needed, so this works for any trade
and for every language whose small words, letters' case or particles are known.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.spam import words
from pipeline.spam.page import UNCASED, PageView, Rates, Unit, host_of, is_brand, keys, particle_share
from pipeline.spam.runs import Span, dressed_down, in_quotes, linked
from pipeline.spam.words import Token
from schemas.records import Block, Link

UNSPACED = frozenset({"cjk", "kana", "thai"})
_PIECED = UNSPACED | {"hangul", "none"}

#: How often the words of a run are of each class; what honest pages have before anything is counted.
_RUN = {"mortar": 0.05, "known": 0.10, "loose": 0.70, "name": 0.08, "figure": 0.07}
_USUAL = {"mortar": 0.35, "known": 0.22, "loose": 0.25, "name": 0.12, "figure": 0.04}
_BEFOREHAND = 30.0  # words that the usual shares count for
_COUNTED = 400  # pairs of words after which the shares are known well enough
_MOST = 1.5  # what one word can speak for a run

#: What a stretch needs: in all, and of the words and the rest each. Logarithms of odds.
ENOUGH = {"paragraph": 6.0, "heading": 7.0, "list_item": 7.0}
_LEAST_WORDS = 2.0
_LEAST_OTHER = 1.4
_SURE_LINK = 2.8
_KINDS = ("unlike the page", "borders", "repeats", "pasted again", "list", "link")
_SCALE = 0.45  # to the measure of the other rules, where 2.8 is enough

_JOINT = re.compile(r"[|•·/►★✓✔｜、，,;；]|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
_STROKE = re.compile(r"[|•·►★✓✔｜]| / |[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
_DASH = re.compile(r"\s[–—-]\s")
_SEAM = re.compile(
    r"[)\]»”|•·/–—-]{0,2}(?:\s|[|•·►★✓✔｜]|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff\ufe0f]){1,8}"
)
_NEXT = re.compile(r"[^\S\n]{0,8}[^\W\d_]")
_STOP = re.compile(r"[.!?…:\"“”„«»()\[\]=。！？：「」『』（）]")
_SHORTENED = re.compile(r"(?<!\w)\w{1,3}\.\s?\w{1,3}\.$")
_OPENING = re.compile(r"[\s–—-]{0,3}[\"“„«「『]")
_CLOSING = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』"}
_ODD_SIGNS = re.compile(r"[{}<>=_$`\\~^@]")
_BULLET = " \t\n\"'“‘«„「『([-–—•·*#"


def rates(page: PageView) -> Rates:
    """Count how the honest sentences of a page are made."""
    classes: Counter[str] = Counter()
    pairs = capitals = joined = gapped = 0
    starts = lower = ends = open_ends = 0
    for group, block in zip(page.units, page.blocks, strict=True):
        if block.kind != "paragraph" or not group:
            continue
        ends += 1
        open_ends += not group[-1].ended and group[-1].functions >= 0.15
        for unit in group:
            if not unit.tokens:
                continue
            starts += 1
            lower += unit.tokens[0].raw[:1].islower() and any(map(page.is_function, unit.tokens[:3]))
            if not unit.honest or pairs + joined > _COUNTED:
                continue
            classes.update([_class(page, unit, token) for token in unit.tokens])
            for one, two in itertools.pairwise(unit.tokens):
                if one.script in UNSPACED and two.script in UNSPACED:
                    joined += 1
                    gapped += block.text[one.end : two.start].isspace()
                elif two.start == one.end + 1 and one.raw[:1].islower():
                    pairs += 1
                    capitals += two.raw[:1].isupper()
    classes.pop("piece", None)
    whole = sum(classes.values()) + _BEFOREHAND
    return Rates(
        {name: (classes[name] + _BEFOREHAND * usual) / whole for name, usual in _USUAL.items()},
        (lower + 0.3) / (starts + 8),
        (open_ends + 0.5) / (ends + 5),
        (capitals + 2) / (pairs + 20),
        (gapped + 1) / (joined + 5),
    )


def _class(page: PageView, unit: Unit, token: Token) -> str:
    """Return the class of a word: a key of the shares, or "piece" where a script has no spaces."""
    if token.plain in page.functions and token.script == page.script and token.script not in _PIECED:
        return "mortar"
    if token.script == "none":
        return "figure"
    if token.script in UNSPACED:
        return "piece"
    if token.script == "hangul":
        if token.plain.endswith(words.korean_endings()):
            return "mortar"
    elif page.is_function(token):
        return "mortar"
    if page.familiar(token, unit) >= 0.5:
        return "known"
    return "loose" if token.script in UNCASED or token.raw[:1].islower() else "name"


def word_weights(page: PageView, told: Rates, unit: Unit, text: str) -> list[float]:
    """Return for each word of a unit how much it speaks for a run."""
    out = []
    before: Token | None = None
    for token in unit.tokens:
        kind = _class(page, unit, token)
        if kind == "piece":
            weight = _piece_weight(page, unit, token)
        else:
            weight = min(_MOST, math.log(_RUN[kind] / told.classes[kind]))
            if kind in ("name", "figure"):
                weight = min(-0.4, weight)  # names stand in a row in many an honest sentence
        if before is not None:
            between = text[before.end : token.start]
            if _STOP.search(between):
                weight -= 6.0 if between[:1] in ".!?…" else 1.5
            elif between.strip() and not _JOINT.search(between):
                weight -= 0.8
            elif between.strip() in (",", "、", "，", ";", "；"):
                weight -= 0.6 if kind == "piece" else 0.3
            elif between.isspace() and kind == "piece" and before.script in ("cjk", "kana"):
                weight += min(1.0, max(0.0, 0.5 * math.log(0.8 / told.gapped)))
        out.append(weight)
        before = token
    return out


def _piece_weight(page: PageView, unit: Unit, token: Token) -> float:
    """Weigh an unspaced stretch: short, without particles, of signs that the page doesn't join so."""
    if not page.at_home_script(token.script):
        return 0.3
    share = particle_share(token)
    size = min(token.size, 6.0)
    known = page.familiar(token, unit)
    if token.script == "thai":  # sentences hang together without a space; terms are short
        return 0.8 - 2.0 * known - share * size if size <= 4.5 else -0.5 * size
    if share > 0.12 or size > 5.0:
        return -3.0 * share * size - 0.4 * size
    return 0.9 - 2.0 * known - 2.0 * share * size


def find(page: PageView, block: Block, unit: Unit) -> Iterator[tuple[Span, bool]]:
    """Yield the stretches of a unit that the page's odds speak against, each with whether to cut it."""
    least = ENOUGH.get(block.kind)
    if least is None or len(unit.tokens) < 2 or unit.size < 3 or not _readable(page):
        return
    if _well_made(page, block, unit):
        return
    told = page.rates
    if told is None:
        told = page.rates = rates(page)
    weights = word_weights(page, told, unit, block.text)
    links = [link for link in page.foreign_links(block) if link.start < unit.end and link.end > unit.start]
    areas = [(0, len(unit.tokens))]
    while areas:
        low, high = areas.pop()
        first, last, total = _best(weights, low, high)
        whole = low == 0 and high == len(unit.tokens)
        if total < _LEAST_WORDS and not (whole and total > 0 and not unit.ended):
            continue
        choices = {(first, last), _settle(page, block, unit, weights, first, last, low, high)}
        if whole:
            choices.add((low, high))
        choices = {(one, _up_to_capital(block.text, unit.tokens, weights, one, two)) for one, two in choices}
        choices = {_drawn_in(block.text, unit, one, two) for one, two in choices}
        ranked = [
            (span.total - span.needs, span)
            for one, two in choices
            if (span := _judge(page, told, block, unit, weights, links, one, two)) is not None
        ]
        if ranked:
            score, span = max(ranked, key=lambda item: (item[0], item[1].start - item[1].end))
            enough = (
                score >= least
                and _independent(span)
                and (not page.context.plain or _told(page, block, unit, span))
            )
            yield replace(span, kinds={name: _SCALE * told for name, told in span.kinds.items()}), enough
        areas += [(low, first), (last, high)] if last - first < high - low else []


def _well_made(page: PageView, block: Block, unit: Unit) -> bool:
    """Cheap gate: whether a sentence opens and closes as it should, holds together, and repeats and links nothing."""
    if not unit.ended or page.script in UNCASED or unit.hits or not unit.tokens[0].raw[:1].isupper():
        return False
    if unit.functions < max(0.25, 0.7 * page.mortar) or _STROKE.search(block.text, unit.start, unit.end):
        return False
    if any(link.start < unit.end and link.end > unit.start for link in page.foreign_links(block)):
        return False
    loose = [token.plain for token in unit.tokens if not page.is_function(token)]
    return len(set(loose)) == len(loose)


def _independent(span: Span) -> bool:
    """Whether what the words are and how they stand both speak against a stretch."""
    unlike, borders, again, pasted, listed, link = (span.kinds.get(name, 0.0) for name in _KINDS)
    if unlike >= _LEAST_WORDS:
        if borders < 0.8 and not listed and link < _SURE_LINK:
            return again >= 2.5 and unlike >= 4.0  # amid a sentence
        return max(borders, again, pasted, listed) >= _LEAST_OTHER or link >= _SURE_LINK
    return unlike > -1.0 and borders >= 2.5 and again + listed >= 2.5


def stands_alone(span: Span) -> bool:
    """Whether a stretch that was found here has more against its place than a link."""
    names = ("borders", "repeats", "pasted again", "list")
    return max(span.kinds.get(name, 0.0) for name in names) >= _SCALE * _LEAST_OTHER


def _told(page: PageView, block: Block, unit: Unit, span: Span) -> bool:
    """Whether more than repeats and a line's shape speaks against a stretch of a page without markup.

    Such a page doesn't tell a heading, a verse or a quotation from a paragraph. What stands in a
    paragraph of its own needs a term, a coined name, a list's strokes or the same words pasted elsewhere;
    what is quoted stays.
    """
    if in_quotes(block.text, span.start, span.end) or _quoted(block.text, span.start, span.end):
        return False
    if block.text[: span.start].strip() or block.text[span.end :].strip():
        return True
    kinds = span.kinds
    if "words" in kinds or "pasted again" in kinds or "list" in kinds or page.script in UNCASED:
        return True
    return any(is_brand(token.plain) for token in unit.tokens)


def _readable(page: PageView) -> bool:
    """Whether the page's sentences can be told by small words or particles at all."""
    return page.prose and (page.script in UNSPACED or bool(page.functions) or page.script == "hangul")


def _best(weights: Sequence[float], low: int, high: int) -> tuple[int, int, float]:
    """Return [first, last) of the words in [low, high) with the highest sum, and the sum."""
    best, best_first, best_last = 0.0, low, low
    total, first = 0.0, low
    for at in range(low, high):
        if total <= 0.0:
            total, first = weights[at], at
        else:
            total += weights[at]
        if total > best:
            best, best_first, best_last = total, first, at + 1
    return best_first, best_last, best


def _settle(
    page: PageView,
    block: Block,
    unit: Unit,
    weights: Sequence[float],
    first: int,
    last: int,
    low: int,
    high: int,
) -> tuple[int, int]:
    """Move a stretch's borders to where a writer's sentence plausibly begins or ends."""
    tokens, text = unit.tokens, block.text
    if page.script in UNCASED:
        return first, last
    for at in range(last, min(high, last + 4) + 1):
        if at == high:
            if high == len(tokens) and not unit.ended:
                last = at
            break
        if _opens(text, tokens, at):
            last = at
            break
        if page.is_function(tokens[at]) or _STOP.search(text[tokens[at - 1].end : tokens[at].start]):
            break
    if (
        low == 0
        and first <= 4
        and tokens[0].raw[:1].islower()
        and not _STOP.search(text[tokens[0].start : tokens[first].start])
    ):
        first = 0
    return first, last


def _drawn_in(text: str, unit: Unit, first: int, last: int) -> tuple[int, int]:
    """Draw a stretch amid a sentence back to its terms, invented names and repeats, where it has several."""
    counted = Counter(token.plain for token in unit.tokens[first:last])
    marked = [
        at
        for at in range(first, last)
        if counted[unit.tokens[at].plain] > 1
        or is_brand(unit.tokens[at].plain)
        or any(
            hit.start < unit.tokens[at].end and unit.tokens[at].start < hit.end
            for hit in unit.hits
            if hit.family in ("subject", "intent")
        )
    ]
    if len(marked) * 2 < last - first:
        return first, last
    if first > 0 and marked[0] - first <= 3:
        first = marked[0]
    if last < len(unit.tokens) and last - 1 - marked[-1] <= 3 and not _opens(text, unit.tokens, last):
        last = marked[-1] + 1
    return first, last


def _up_to_capital(
    text: str, tokens: Sequence[Token], weights: Sequence[float], first: int, last: int
) -> int:
    """Return where a stretch in lower case meets the first capital, if most of its weight lies before."""
    for at in range(first + 3, last):
        if _opens(text, tokens, at):
            before = sum(weights[first:at])
            return at if before * 2 >= sum(weights[first:last]) else last
    return last


def _opens(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether a word with a capital follows one without, nothing but a space between them."""
    one, two = tokens[at - 1], tokens[at]
    if not (two.raw[:1].isupper() and one.raw[:1].islower()):
        return False
    return one.end == two.start or bool(_SEAM.fullmatch(text, one.end, two.start))


def _judge(
    page: PageView,
    told: Rates,
    block: Block,
    unit: Unit,
    weights: Sequence[float],
    links: Sequence[Link],
    first: int,
    last: int,
) -> Span | None:
    """Add up what the words [first, last) of a unit have against them."""
    tokens, text = unit.tokens, block.text
    inside = tokens[first:last]
    start, end = inside[0].start, inside[-1].end
    if first == 0:
        start = unit.start
    if last == len(tokens):
        end = unit.end
    size = sum(token.size for token in inside)
    if size < 3 or len(inside) < 2:
        return None
    kinds = {"unlike the page": sum(weights[first:last])}
    borders = _borders(page, told, block, unit, first, last)
    if borders:
        kinds["borders"] = borders
    again = _repeats(inside)
    if again:
        kinds["repeats"] = again
    if borders >= 0.8 and _echoes(page, inside):
        kinds["pasted again"] = 2.5
    strokes = len(_STROKE.findall(text, start, end))
    dashes = len(_DASH.findall(text, start, end))
    strokes += dashes if dashes >= 3 else 0
    if (strokes >= 2 and strokes * 6 >= len(inside)) or _terms(inside, text):
        kinds["list"] = 1.5
    covering = linked(page, block, start, end) if links else []
    covering = [link for link in covering if (link.end - link.start) * 2 <= (end - start) * 3]
    if covering:
        kinds["link"] = (
            0.8
            + 1.2 * any(map(dressed_down, covering))
            + 2.0 * any(map(_keyed, covering, itertools.repeat(text)))
        )
    hits = [hit for hit in unit.hits if start <= hit.start < end and hit.family in ("subject", "intent")]
    named = {hit.start for hit in hits if hit.family == "intent" or hit.kind not in page.at_home}
    if named:
        kinds["words"] = min(2.5, 0.8 * len(named))
    needs = 0.0
    if in_quotes(text, start, end) or _quoted(text, start, end):
        needs += 4.0
    figures = sum(token.script == "none" or token.raw[:1].isdigit() for token in inside)
    needs += 4.0 * (figures * 3 > len(inside))
    if (text.count(",", start, end) + text.count("、", start, end)) * 5 > len(inside) * 3:
        needs += 4.0  # single words in a row are an inventory; what people search for has more
    needs += 1.5 * min(3, len(_ODD_SIGNS.findall(text, start, end)))
    return Span(start, end, "keyword_run", "spam.odds", kinds, needs)


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether a stretch opens with a quotation that takes up half of it or more."""
    match = _OPENING.match(text, start, end)
    if match is None:
        return False
    close = text.find(_CLOSING[match[0][-1]], match.end(), end)
    return close != -1 and (close - start) * 2 >= end - start


def _borders(page: PageView, told: Rates, block: Block, unit: Unit, first: int, last: int) -> float:
    """Return what the ends of a stretch speak for a run."""
    tokens, text = unit.tokens, block.text
    strength = 0.0
    head = text[: tokens[first].start].strip()
    if first == 0 and page.script not in UNCASED and tokens[0].raw[:1].islower():
        if block.kind == "list_item":
            strength += _unlike_siblings(page, unit.block)
        elif not _runs_on(page, block, unit):
            strength += min(3.0, math.log(0.9 / told.lower_start))
    if last == len(tokens):
        if not unit.ended and block.kind == "paragraph" and not text[unit.end :].strip():
            open_end = min(2.5, max(0.0, math.log(0.9 / told.unended)))
            strength += open_end if first == 0 else 0.4 * open_end  # a sentence may want its mark
        elif not unit.ended and first == 0 and page.script not in UNCASED and _NEXT.match(text, unit.end):
            strength += min(1.5, max(0.0, math.log(0.9 / told.capitals)))  # a sentence opens behind it
    elif _opens(text, tokens, last) and (first == 0 or not head):
        strength += min(1.5, max(0.0, math.log(0.9 / told.capitals)))
    return strength


def _unlike_siblings(page: PageView, number: int) -> float:
    """Return what an item in lower case speaks for a run, where the other items of its list open with a capital."""
    low, high = number, number + 1
    while low > 0 and page.blocks[low - 1].kind == "list_item":
        low -= 1
    while high < len(page.blocks) and page.blocks[high].kind == "list_item":
        high += 1
    others = [page.blocks[at].text[:1] for at in range(low, high) if at != number]
    lower = sum(letter.islower() for letter in others)
    return min(3.0, max(0.6, math.log(0.9 * (len(others) + 1.0) / (lower + 0.3))))


def _runs_on(page: PageView, block: Block, unit: Unit) -> bool:
    """Whether a unit goes on from what stands before it: an entry of a list, a sentence broken in two."""
    if text_before := block.text[: unit.start].rstrip():
        return text_before[-1] in ":;,：；，" or bool(_SHORTENED.search(text_before[-12:]))
    if unit.block <= 0:
        return False
    before = page.blocks[unit.block - 1].text.rstrip()
    return before[-1:] in ":;,：；，–—-" or (before[-1:].isalnum() and before[:1].islower())


def _repeats(inside: Sequence[Token]) -> float:
    """Return what is said again within a stretch: pairs of words, or one word three times."""
    longest = max(
        (len(list(again)) for _, again in itertools.groupby(token.plain for token in inside)), default=0
    )
    if longest >= 5 and any(len(token.plain) >= 5 for token in inside):
        return 2.5
    plain = [
        token.plain
        for token in inside
        if keys(token) and (token.script in UNCASED or not token.raw[:1].isupper() or token.raw[-1].isdigit())
    ]  # a writer says a name again, and again
    if len(plain) < 4:
        return 0.0
    long = [token.plain for token in inside if token.script in UNSPACED and len(token.plain) >= 4]
    if len(set(long)) < len(long):
        return 2.0
    plain = [word for word, _ in itertools.groupby(plain)]  # "rain rain rain" is a refrain, or a child's word
    if len(plain) < 4:
        return 0.0
    pairs = Counter(itertools.pairwise(plain))
    doubled = sum(count for count in pairs.values() if count >= 2)
    counted = Counter(plain)
    thrice = sum(count for count in counted.values() if count >= 3)
    strength = 0.0
    if doubled * 4 >= len(plain) or (doubled and len(plain) <= 12):
        strength = 3.0
    elif max(counted.values()) >= 2 and len(set(plain)) * 5 <= len(plain) * 4:
        strength = 1.5
    return max(strength, 2.0 if thrice * 3 >= len(plain) else 0.0)


def _echoes(page: PageView, inside: Sequence[Token]) -> bool:
    """Whether most of a stretch stands in other blocks of the page too, word for word."""
    plain = [token.plain for token in inside]
    threes = list(zip(plain, plain[1:], plain[2:], strict=False))
    return bool(threes) and sum(three in page.echoes for three in threes) * 2 >= len(threes)


def _terms(inside: Sequence[Token], text: str) -> bool:
    """Whether four short stretches of an unspaced script and more stand side by side, none of them long."""
    return (
        len(inside) >= 4
        and all(token.script in UNSPACED and token.size <= 6 and len(token.plain) >= 2 for token in inside)
        and all(text[one.end : two.start].isspace() for one, two in itertools.pairwise(inside))
    )


def _keyed(link: Link, text: str) -> bool:
    """Whether a link's host is spelled with the words that it covers: a site made for a search."""
    told = [word.plain for word in words.tokens(text[link.start : link.end]) if len(word.plain) >= 3]
    host = re.sub(r"[^a-z0-9]", "", host_of(link.href))
    return len(told) >= 2 and sum(word in host for word in told) >= 2


# ── titles ────────────────────────────────────────────────────────────────────────────────────────

_TITLE_ENOUGH = 5.2
_TITLE_WORDS = 2.4
_PARTING = re.compile(
    r"[|•·►★/｜–—,:;，；：+&]|\s-\s|\s>\s|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
)


def at_an_end(page: PageView, text: str, unit: Unit) -> tuple[int, int, Span] | None:
    """Return (start, end, evidence) of a run at the beginning or the end of a title, or None.

    unit: the title as one unit. The article comes back to the words of its title; a run at one end that
    holds none of them, and none of the small words either, while the rest does, is somebody else's.
    """
    tokens = unit.tokens
    count = len(tokens)
    if count < 4 or not _readable(page):
        return None
    kinds = [_class(page, unit, token) for token in tokens]
    weights = [_title_weight(page, unit, token, kind) for token, kind in zip(tokens, kinds, strict=True)]
    best: tuple[float, int, int, Span] | None = None
    for at in range(1, count):
        for low, high in ((0, at), (at, count)):
            span = _judge_end(page, text, tokens, kinds, weights, low, high)
            if span is not None and span.total >= _TITLE_ENOUGH:
                score = span.total + sum(weights[low:high])
                if best is None or score > best[0]:
                    best = score, low, high, span
    if best is None:
        return None
    _, low, high, span = best
    start = 0 if low == 0 else tokens[low].start
    end = len(text) if high == count else tokens[high].start
    return start, end, replace(span, kinds={name: _SCALE * told for name, told in span.kinds.items()})


def _title_weight(page: PageView, unit: Unit, token: Token, kind: str) -> float:
    if kind == "piece":
        if not page.at_home_script(token.script):
            return 0.8 * min(3.0, token.size)
        known = page.familiar(token, unit)
        return (0.5 - 1.6 * known - 2.0 * particle_share(token)) * min(3.0, token.size)
    if kind == "figure":
        return 0.0
    if not page.at_home_script(token.script):
        return 0.4 if kind == "mortar" else 1.2
    return {"mortar": -1.2, "known": -1.6}.get(kind, 0.9)


def _judge_end(
    page: PageView,
    text: str,
    tokens: Sequence[Token],
    kinds: Sequence[str],
    weights: Sequence[float],
    low: int,
    high: int,
) -> Span | None:
    """Add up what the words [low, high) at one end of a title have against them, seen from the rest."""
    inside = tokens[low:high]
    left = [at for at in range(len(tokens)) if not low <= at < high]
    unlike = sum(weights[low:high])
    size = sum(token.size for token in inside)
    if unlike < 0.5 * _TITLE_WORDS or size < 2:
        return None
    known = sum(kinds[at] == "known" or (kinds[at] == "piece" and weights[at] < 0) for at in left)
    other = sum(kinds[at] in ("loose", "name") or (kinds[at] == "piece" and weights[at] >= 0) for at in left)
    if not known or sum(tokens[at].size for at in left) < 3:
        return None
    told = {"unlike the page": min(unlike, 4.0)}
    edge = high if low == 0 else low
    one, two = tokens[edge - 1], tokens[edge]
    between = text[one.end : two.start]
    cased = [token for token in inside if token.script not in UNCASED and token.script != "none"]
    lower = bool(cased) and all(token.raw[:1].islower() for token in cased)
    borders = 0.0
    if _PARTING.search(between):
        borders += 1.2
    elif between.strip():
        return None
    beyond = inside[-1 if low == 0 else 0].script
    if "none" not in (one.script, two.script) and one.script != two.script and (beyond != "latin" or lower):
        borders += 1.6
    if low == 0:
        if lower and tokens[0].raw[:1].islower():
            borders += 2.0 + 0.8 * two.raw[:1].isupper()
    elif lower and sum(token.raw[:1].isupper() for token in tokens[:low]) * 2 > low:
        borders += 1.5  # the title's own words have capitals
    if borders:
        told["borders"] = borders
    again = _repeats(inside)
    if again:
        told["repeats"] = again
    pieces = len(_PARTING.findall(text, inside[0].start, inside[-1].end))
    strokes = len(_STROKE.findall(text, inside[0].start, inside[-1].end))
    if pieces:
        told["list"] = 2.5 if strokes >= 3 else 1.0
    if unlike < _TITLE_WORDS and (borders < 2.5 or kinds[low:high].count("loose") < 3):
        return None
    if borders < 2.5 and strokes < 3 and (known < other or (not again and (known == 1 or borders < 1.2))):
        return None
    return Span(inside[0].start, inside[-1].end, "keyword_run", "spam.title", told)
