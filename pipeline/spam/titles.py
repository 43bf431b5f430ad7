"""Free a title from terms glued to it.

Two questions: what do the carriers of the title (headline, title tag, OpenGraph, JSON-LD, slug) agree
on, and where does a run of terms begin or end that has nothing to do with the article below?
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.spam import odds, runs, words
from pipeline.spam.page import UNCASED, PageView, Unit, as_unit, is_brand, keys, view
from pipeline.spam.records import SpamContext
from pipeline.spam.stretches import Proven
from schemas.records import Block, Removed

_ENOUGH = 2.6
_EDGE = " \t\n|/•·►★✓✔～~–—,:;，、；：|+*>-»«"
_OPENING = "\"'“‘«„「『(["
_CLOSING = "\"'”’»“」』)].?!…%。？！"
_SEPARATORS = re.compile(r"\s*(?:[|•·►★/｜]|\s[-–—~]\s|[:：,，;；]\s?)\s*")


def clean_title(
    candidates: Sequence[tuple[str, str]], *, context: SpamContext
) -> tuple[str | None, list[Removed]]:
    """Return the page's title without spam, and what was cut from it.

    candidates: (basis, text) in order of trust: ("h1", …), ("json-ld", …), ("og", …), ("title", …),
                ("hint", …), and ("slug", "words-of-the-address") last. Site names are already off
                (an ending that another carrier lacks is tolerated).
    context:    with the article's blocks, for what the page is about.
    Returns: the first candidate's text as far as it is honest, or where nothing of it is, the next
             one's; None where no carrier holds an honest title. Removed have part "title".
    """
    told = [(basis, " ".join(text.split())) for basis, text in candidates]
    told = [(basis, text) for basis, text in told if text]
    page: PageView | None = None
    article = words.fold(" ".join(block.text for block in context.blocks))
    fallback: tuple[str, list[Removed]] | None = None
    for basis, text in told:
        others = [other for name, other in told if other != text and name != "slug"]
        if not _suspicious(text, others) and not _strange_ends(text, article):
            return text, []
        if page is None:
            page = view(context.blocks, context)
        kept, removed = _free(page, text, others)
        if kept and basis != "slug":
            return kept, removed
        if fallback is None and not kept:
            fallback = (text, removed)
    return None, fallback[1] if fallback is not None else []


def free_again(title: str, caught: Sequence[str], *, context: SpamContext) -> tuple[str, list[Removed]]:
    """Return a title without the words at its ends that its page was caught with, and what was cut.

    caught: the terms that were cut from the article.   context: with the blocks that are left of it.
    Two kinds of evidence: the words were cut elsewhere on the page, and what is left of it knows none of
    them. What stays has two words or more, one of them the article's.
    """
    proven = Proven.of(None, caught)
    if not proven.words or not title:
        return title, []
    page = view(context.blocks, replace(context, title=None))
    unit = as_unit(page, Block("heading", title))
    tokens = unit.tokens
    known = [_at_home(page, unit, token, proven) for token in tokens]
    pasted = [pair in proven.pairs for pair in itertools.pairwise(token.plain for token in tokens)]
    for first, last in _ends(tokens, known):
        proved = [
            at
            for at in range(first, last)
            if tokens[at].plain in proven.words or any(pasted[max(first, at - 1) : min(at + 1, last - 1)])
        ]
        low, high = (0, proved[-1] + 1 if proved else 0)
        glued = 0
        if first:
            low, high = (proved[0] if proved else last), last
            if low > first:
                glued = _glued(tokens[low - 1], proven)
                low -= bool(glued)
        if low == high:
            continue
        plain = [token.plain for token in tokens[low:high]]
        plain[0] = plain[0][glued:]
        pairs = list(itertools.pairwise(plain))
        if pairs and sum(pair in proven.pairs for pair in pairs) * 2 < len(pairs):
            continue
        if not pairs and not (glued and is_brand(plain[0])):
            continue
        rest = tokens[:low] if first else tokens[high:]
        if sum(token.size for token in rest) < 2 or not any(known):
            continue
        goes_on = page.script not in UNCASED and rest[0].raw[:1].islower()
        if page.is_function(rest[-1]) and not glued if first else goes_on:
            continue  # what stays leads up to what would go, or goes on from it
        start = tokens[low].start + glued if first else 0
        end = len(title) if first else tokens[high].start
        left = (title[:start] if first else title[end:]).strip(_EDGE)
        span = runs.Span(start, end, "keyword_run", "spam.title", {"beside spam": 1.5, "distance": 1.0})
        return left, [_cut(title[start:end], span, len(left) if first else 0)]
    return title, []


def _at_home(page: PageView, unit: Unit, token: words.Token, proven: Proven) -> bool:
    """Whether a title's word is the article's: it says it, and three times and more if it was caught with it."""
    if not keys(token) or page.is_function(token) or page.familiar(token, unit) < 0.5:
        return False
    return token.plain not in proven.words or page.known[keys(token)[0]] >= 3


def _ends(tokens: Sequence[words.Token], known: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the stretches [first, last) at either end of a title without a word of the article."""
    count = len(tokens)
    first = max((at + 1 for at in range(count) if known[at]), default=count)
    last = min((at for at in range(count) if known[at]), default=0)
    return [(first, count), (0, last)]


def _glued(token: words.Token, proven: Proven) -> int:
    """Return where in a word that the title ends with a proven one begins, or 0."""
    if len(token.raw) != len(token.plain):
        return 0
    sizes = [
        len(word)
        for word in proven.words
        if len(word) >= 4 and len(token.plain) - len(word) >= 3 and token.plain.endswith(word)
    ]
    return len(token.plain) - max(sizes) if sizes else 0


def _suspicious(text: str, others: Sequence[str]) -> bool:
    """Cheap gate: whether anything in a title hints at a run."""
    hits = words.hits(text)
    if any(hit.family == "subject" for hit in hits) or sum(hit.family == "intent" for hit in hits) >= 2:
        return True
    tokens = words.tokens(text)
    if any(token.disguised for token in tokens):
        return True
    plain = [token.plain for token in tokens]
    if len(plain) >= 4 and len(set(plain)) <= len(plain) - 2:
        return True
    if len({token.script for token in tokens if token.script != "none"}) > 1:
        return True
    if sum(token.size for token in tokens) >= 12 or len(_SEPARATORS.findall(text)) >= 2:
        return True
    return any(len(other) >= 12 and other in text for other in others)


def _strange_ends(text: str, article: str) -> bool:
    """Cheap gate: whether the words at one end of a title are none of the (folded) article's."""
    if text[:1].islower():
        return True
    if not _SEPARATORS.search(text) and not (text.split()[-1][:1].islower() and _capitals(text)):
        return False
    plain = [token.plain[:5] for token in words.tokens(text) if len(token.plain) >= 3]
    if len(plain) < 4:
        return False
    return any(sum(word not in article for word in end) >= 2 for end in (plain[:3], plain[-3:]))


def _capitals(text: str) -> bool:
    """Whether the first half of a title is set in capitals, so that lower case behind it is another's."""
    told = text.split()
    half = told[: max(2, len(told) // 2)]
    return sum(word[:1].isupper() for word in half) * 3 >= 2 * len(half)


def _free(page: PageView, text: str, others: Sequence[str]) -> tuple[str, list[Removed]]:
    """Cut the runs at both ends of a title; return what is left ("" where nothing is) and the cuts."""
    start, end = 0, len(text)
    removed: list[Removed] = []
    agreed = _agreed(text, others)
    for _ in range(4):
        core = text[start:end]
        found = _run_at_an_end(page, core, agreed)
        if found is None:
            found = odds.at_an_end(page, core, as_unit(page, Block("heading", core)))
        if found is None and removed:
            found = _echo(page, core, removed)
        if found is None:
            break
        low, high, span = found
        if _too_little(core[high:] if low == 0 else core[:low]):
            break
        removed.append(_cut(core[low:high], span, 0 if low == 0 else len(core[:low].rstrip(_EDGE))))
        if low == 0:
            start += high
        else:
            end = start + low
        while start < end and not text[start].isalnum() and text[start] not in _OPENING:
            start += 1
        while end > start and not text[end - 1].isalnum() and text[end - 1] not in _CLOSING:
            end -= 1
        if start >= end:
            break
    return text[start:end], removed


def _too_little(left: str) -> bool:
    """Whether what a cut would leave of a title is a single word: the title's subject looks like a run, and is none."""
    return 0 < sum(token.size for token in words.tokens(left)) < 2


def _echo(page: PageView, text: str, removed: Sequence[Removed]) -> tuple[int, int, runs.Span] | None:
    """Return a last or first word that the article doesn't know and that a cut run holds, or None."""
    unit = as_unit(page, Block("heading", text))
    cut = {token.plain for item in removed for token in words.tokens(item.text)}
    for at in (0, len(unit.tokens) - 1) if len(unit.tokens) >= 3 else ():
        token = unit.tokens[at]
        if token.plain in cut and keys(token) and not page.is_function(token):
            if page.familiar(token, unit) >= 0.5:
                continue
            span = runs.Span(
                token.start, token.end, "keyword_run", "spam.title", {"repeats": 1.5, "distance": 0.8}
            )
            return (0, unit.tokens[1].start, span) if at == 0 else (token.start, len(text), span)
    return None


def _cut(text: str, span: runs.Span, position: int) -> Removed:
    return Removed(
        text.strip(), "keyword_run", "spam.title", span.evidence(), position=position, part="title"
    )


def _agreed(text: str, others: Sequence[str]) -> tuple[int, int] | None:
    """Return where another carrier's whole title lies within this one, the longest, or None."""
    best: tuple[int, int] | None = None
    for other in others:
        if len(other) < 12 or len(other) >= len(text):
            continue
        at = text.find(other)
        if at != -1 and (best is None or len(other) > best[1] - best[0]):
            best = (at, at + len(other))
    return best


def _run_at_an_end(
    page: PageView, text: str, agreed: tuple[int, int] | None
) -> tuple[int, int, runs.Span] | None:
    """Return (start, end, evidence) of the run at the beginning or the end of a title, the worse one."""
    block = Block("heading", text)
    unit = as_unit(page, block)
    tokens = unit.tokens
    if not tokens:
        return None
    told = runs.weigh(page, unit, text)
    weights = [_weight(page, told, at) for at in range(len(tokens))]
    gaps = [gap if gap > 0 else 0.0 for gap in told.gaps]
    ends: list[tuple[int, int]] = []
    total = best = 0.0
    for at in range(len(tokens)):
        total += weights[at] + (gaps[at] if at else 0.0)
        if total > best + 1e-9:
            best = total
            ends = [(0, at + 1)]
    last = ends[-1] if ends else None
    total = best_after = 0.0
    first: tuple[int, int] | None = None
    for at in range(len(tokens) - 1, -1, -1):
        total += weights[at] + (gaps[at + 1] if at + 1 < len(tokens) else 0.0)
        if total > best_after + 1e-9:
            best_after = total
            first = (at, len(tokens))
    choices = []
    if last is not None and best >= 1.2:
        choices.append((best, last))
    if first is not None and best_after >= 1.2:
        choices.append((best_after, first))
    for _, (low, high) in sorted(choices, key=lambda item: -item[0]):
        low, high = _settle(page, text, told, *_to_marks(told, low, high))
        span = runs.judge(page, block, unit, told, low, high)
        if span is None:
            continue
        start = 0 if low == 0 else tokens[low].start
        end = len(text) if high == len(tokens) else tokens[high].start
        if agreed is not None and text[start:end] and _outside(text, start, end, agreed):
            span.kinds["carriers disagree"] = 1.0
        named = any(told.subject[at] or told.brand[at] for at in range(low, high))
        if not named and sum(told.intent[at] for at in range(low, high)) < 3:
            span.kinds["words"] = min(0.6, span.kinds.get("words", 0.0))
        if _enough(span, whole=low == 0 and high == len(tokens)):
            return start, end, span
    return None


def _to_marks(told: runs.Weighed, low: int, high: int) -> tuple[int, int]:
    """Draw a run back to words that something speaks against, where it would eat into the title.

    A lower-case title goes on in lower case: words that merely are unknown belong to it. In front of a
    capital they belong to the run.
    """
    count = len(told.tokens)
    marked = [at for at in range(low, high) if told.marked(at)]
    if not marked:
        return low, high
    if low == 0 and high == count:
        # The whole title is suspect: the longest stretch that nothing speaks against is the title.
        edges = [-1, *marked, count]
        size, left, right = max(
            (sum(token.size for token in told.tokens[one + 1 : two]), one + 1, two)
            for one, two in itertools.pairwise(edges)
        )
        if size >= 2.5:
            return (right, count) if count - right >= left else (0, left)
        return low, high
    if low > 0:
        return marked[0], high
    return low, marked[-1] + 1


def _outside(text: str, start: int, end: int, agreed: tuple[int, int]) -> bool:
    return end <= agreed[0] or start >= agreed[1]


def _enough(span: runs.Span, *, whole: bool) -> bool:
    kinds = span.kinds
    hard = max(kinds.get("words", 0.0), kinds.get("language", 0.0), kinds.get("disguise", 0.0))
    if kinds.get("repeats", 0.0) >= 1.5 and kinds.get("distance", 0.0) > 0:
        hard = max(hard, 1.0)
    if kinds.get("carriers disagree"):
        hard += 0.4
    context = [name for name, strength in kinds.items() if strength >= 0.5]
    return hard >= 0.9 and len(context) >= 2 and span.total >= _ENOUGH + (1.0 if whole else 0.0)


def _weight(page: PageView, told: runs.Weighed, at: int) -> float:
    """Return a word's weight in a title: its mortar weighs less, words of the article weigh against."""
    weight = told.weights[at]
    token = told.tokens[at]
    if told.function[at]:
        return 0.2 if told.intent[at] or told.subject[at] else -0.6
    if token.script not in UNCASED and weight == -0.1 and told.known[at] < 0.5:
        return 0.0
    return weight


def _settle(page: PageView, text: str, told: runs.Weighed, low: int, high: int) -> tuple[int, int]:
    """Move the inner border of a run to the separator or capital that parts it from the title."""
    tokens = told.tokens
    if low > 0:
        at = low
        for _ in range(3):
            if at == 0:
                break
            between = text[tokens[at - 1].end : tokens[at].start]
            if between.strip():
                low = at
                break
            if told.function[at - 1] or told.known[at - 1] >= 0.5:
                break
            at -= 1
    elif high < len(tokens):
        at = high
        while at < len(tokens) and at < high + 3:
            between = text[tokens[at - 1].end : tokens[at].start]
            if between.strip() or (
                page.script not in UNCASED
                and tokens[at].raw[:1].isupper()
                and tokens[at - 1].raw[:1].islower()
            ):
                high = at
                break
            if told.function[at] or (keys(tokens[at]) and told.known[at] >= 0.5):
                break
            at += 1
    return low, high
