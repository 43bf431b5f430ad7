"""Frames of words that say who made a model, matched against a paragraph whose names are marks.

Frames are rules/names/makers.toml: small vocabularies in grammatical frames. frame_hits(flat, numbers) yields what they find, but
where the clause compares, the organization is a customer, a lender or a rival by the word beside it, or a model is named by the way.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.sieve import Sieve
from schemas.errors import RuleError

# The marks. Text that holds them is given to no frame.
ORG, CHAIN, MODEL, IT, FIRM, WE = "\ue000\ue001\ue002\ue003\ue004\ue005"


MARKS: Final = "\ue000-\ue005"


ANY_MARK: Final = quick(f"[{MARKS}]")


#: Frames say nothing of a clause with one of these between its names.
_BLOCK: Final = quick(
    r"\b(?:than|unlike|rivals?|rivall?ing|against|versus|vs|beats?|beating|compet\w+|compar\w+|based on|on top of|using|uses?|fine-?tun\w+ (?:of|from|version)|"
    r"(?:tuned|quanti[sz]ed|distilled|modified|adapted|compressed|pruned) (?:version|variant) of|derived from|distill?\w+ from|copy of|clone of|access to|those who|people who|anyone who|customers?|clients?|users?|invest\w*|stakes?|shares? in|"
    r"instead of|whether|like|similar to|inspired by|built on|runs on|run on|team that|help of|money from|backed by|led by investors|paid by|reported by|written about|reviewed by|tested by|rated by|ranked|"
    r"hired|sued|sues|suing|banned|bans|hosts?|hosted|hosting|licen[sc]ed from|bought from|successor to [A-Z]|replac\w+|data from|articles from|(?:allotted|donated|lent|loaned|rented|supplied|granted|funded|sponsored|subsidi[sz]ed|hosted|leased|operated|managed|allocated|awarded|given) by|for rent|rented from|machines (?:of|from)|chips (?:of|from|by)|cards from)\b"
)


_DENIED: Final = quick(
    r"\b(?:not|never|neither|nor|wasn[’']t|isn[’']t|didn[’']t|hasn[’']t|denie[sd] having|no longer)\b"
)


#: Said right before an organization: what it is to the model, if not its maker.
NOT_BEFORE: Final = quick(
    r"(?i)\b(?:than|unlike|like|rivals?|competitors?|customers?|clients?|users?|investors?|backers?|analysts?|consultants?|economists?|evaluators?|reporters?|suppliers?|newspaper|magazine|weekly|daily|regulators?|funds?|"
    r"auditors?|consultancy|broker|brokerage|journalists?|according to|lawyers?|(?:joined|leaving|left|joining|hired by|moved to|worked (?:at|for)|formerly (?:of|at)|ex-)|landlord|hosts?|resellers?|leaderboard|benchmark|"
    r"machines (?:of|at|from|by)|chips (?:of|from|by)|cards (?:of|from)|servers of|cloud of|money (?:of|from)|grant from|gift from|help (?:of|from)|support (?:of|from)|funded by|backed by|(?<!consortium )(?<!team )(?<!group )(?<!alliance )(?<!project )led by|paid by|via|through)\s?(?:the |at |of |from |by )?(?:\w+ )?$"
)


NOT_AFTER: Final = quick(
    r"'s (?:rivals?(?! (?:system|model|network|effort|chatbot|one))|competitors?|customers?|critics?|investors?|cloud|chips?|GPUs?|machines|cards|test|benchmark|newspaper|readers|analysts?|platform|data cent)|"
    r",? (?:an?|the|which is an?) (?:[\w’-]+ ){0,5}?(?:evaluator|investor|customer|client|newspaper|magazine|consultancy|regulator|rival|competitor|fund|cloud provider|chip ?maker|auditor|broker|supplier|news site|weekly|paper|venture capital\w*|think-?tank|reseller|user|critic)\b"
)


#: Right before a model: it is named to compare, or as what another grew from.
NAMED_BY_THE_WAY: Final = quick(
    r"(?i)\b(?:than|outperform(?:s|ed|ing)?|beat(?:s|ing)?|unlike|rival(?:s|l?ing)?|surpass(?:es|ed|ing)?|match(?:es|ed|ing)?|ahead of|behind|compared (?:to|with)|similar to|like|against|versus|based on|on top of|version of|variant of|tuned|from|copy of|users? of|instead of|over)\s(?:the |new |older |open |model |that of )*$"
)


_POSSESSOR: Final = quick(f"[{MARKS}]'s $")


#: Words that end the noun phrase that a possessive opens, or make it a person's or a thing's of another sort.
_NO_NOUNS: Final = (
    r"(?:chiefs?|boss|heads?|CEO|founders?|lawyers?|spokes\\w+|customers?|rivals?|clients?|investors?|critics?|shares?|data|users?|papers?|articles?|offices?|accounts?|leaderboard|index|ranking|count|it|they|is|was|has|had|are|were|"
    r"said|says|that|which|who|than|lawsuit|benchmarks?|tests?|cloud|chips|GPUs|platform|when|while|because|and|or|of|in|on|at|for|from|to|with|by|fell|rose|like|likes|uses?|using|report|notes|analysts?|cost|costs)\\b"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One compiled frame. o and m are the groups of the two marks."""

    id: str
    tier: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A frame that matched: which mark of the paragraph is the organization, which the model, and whether it is denied."""

    frame: Frame
    firm: int
    model: int
    denied: bool


@cache
def vocabularies() -> dict[str, str]:
    """Vocabularies as groups of alternatives."""
    words = {
        key: "(?:" + "|".join(sorted(forms, key=len, reverse=True)) + ")"
        for key, forms in rulebook.toml("names/makers.toml")["words"].items()
    }
    words["aux"] = (
        r"(?:has|have|had|is|are|was|were|did|does|will|would|also|then|now|first|only|just|once|still|since|even|again|on|last|this|in|late|early|earlier|later|today|yesterday|recently|quietly|finally|itself|"
        r"week|month|year|spring|summer|autumn|winter|morning|night|evening|monday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|and|been|being|not|never|yet|"
        r"would not|won't|researchers|engineers|scientists|team|\d{1,4},?|\w{2,12}ly)"
    )
    return words


def _expand(pattern: str) -> str:
    """A frame's pattern with its marks and vocabularies filled in."""
    out = pattern
    for key, group in vocabularies().items():
        out = out.replace("{" + key + "}", group)
    out = re.sub(r"\{f(\d+)\}", "[^\ue000\ue002-\ue005.;:!?|\\n]{0,\\1}?", out)
    out = re.sub(r"\{g(\d+)\}", rf"[^{MARKS}.;:!?|\\n]{{0,\1}}?", out)
    out = re.sub(
        r"\{a(\d+)\}",
        rf"(?:(?!(?:on|in|for|with|by|from|to|of|at|that|which|and|who|said|is|was|than|but|as|all|when|while|after|before|has|had)\\b)[^\\s{MARKS},.;:!?|]+ ){{0,\1}}?",
        out,
    )
    out = re.sub(r"\{n(\d+)\}", rf"(?:(?!{_NO_NOUNS})[^\\s{MARKS},.;:!?|]+,? ){{0,\1}}?", out)
    out = re.sub(r"\{w(\d+)\}", rf"(?:[^\\s{MARKS},.;:!?|]+ ){{0,\1}}?", out)
    for sign, marks in (
        ("<O>", ORG + CHAIN + FIRM + WE),
        ("<K>", ORG + FIRM),
        ("<W>", WE),
        ("<N>", ORG + CHAIN),
    ):
        out = out.replace(sign, f"(?P<o>[{marks}])", 1).replace(sign, f"[{marks}]")
    return out.replace("<M>", f"(?P<m>[{MODEL}{IT}])", 1).replace("<X>", f"(?P<m>{MODEL})", 1)


@cache
def frames() -> tuple[Frame, ...]:
    """Return the frames of makers.toml, compiled. Raises RuleError naming a bad one."""
    out = []
    for rule in rulebook.toml("names/makers.toml")["frame"]:
        if rule["tier"] not in ("sure", "usual", "weak") or not rule["fires_on"] or not rule["quiet_on"]:
            raise RuleError(f"names/makers.toml: frame {rule.get('id')!r} needs a tier and examples")
        try:
            pattern = quick(_expand(rule["pattern"]))
        except re.error as err:
            raise RuleError(f"names/makers.toml: frame {rule['id']}: {err}") from err
        if not {"o", "m"} <= set(pattern.groupindex):
            raise RuleError(f"names/makers.toml: frame {rule['id']} names no model or no organization")
        out.append(Frame(rule["id"], rule["tier"], pattern))
    return tuple(out)


@cache
def _sieve() -> Sieve:
    return Sieve([frame.pattern for frame in frames()])


#: Frames in which the model is the organization's own, whatever stands before: "algorithms like Oriel's Yarrow".
_OWNED: Final = frozenset(("maker.own", "maker.whose"))


def frame_hits(flat: str, numbers: Sequence[int]) -> Iterator[Hit]:
    """Yield what the frames find in a paragraph; numbers: which mark each mark of it is."""
    places = [m.start() for m in ANY_MARK.finditer(flat)]
    for place in _sieve().places(flat):
        frame = frames()[place]
        for match in frame.pattern.finditer(flat):
            o = match.start("o")
            m = match.start("m") if match.start("m") >= 0 else match.start("x")
            between = flat[match.start() : match.end()]
            if _BLOCK.search(between) and frame.tier != "sure":
                continue
            if frame.tier == "sure" and _BLOCK.search(flat[min(o, m) : max(o, m)]):
                continue
            if match.start() == m < o and NAMED_BY_THE_WAY.search(
                _POSSESSOR.sub("", flat[max(0, match.start() - 40) : match.start()])
            ):
                continue
            if NOT_AFTER.match(flat, o + 1):
                continue
            if frame.id not in _OWNED and NOT_BEFORE.search(flat, max(0, o - 45), o):
                continue
            denied = _DENIED.search(between) is not None and frame.tier != "weak"
            yield Hit(frame, numbers[bisect_left(places, o)], numbers[bisect_left(places, m)], denied)
