"""Who made a model, in whatever words: frames over a paragraph whose names are marks.

A paragraph is rewritten: every organization, model, "it", "the company", "we" becomes one character, the
mark of what it stands for; quotation marks, brackets and appositions without a name are left out; names joined
by "and" become one mark. Frames (rules/names/makers.toml: small vocabularies in grammatical frames) are
matched against that. What a mark stands for is decided by what was named before it, and for "we" by
whose people speak.

Paragraphs(text, lines, models, firms).passages() -> Passage: the paragraph so written, and the frames that matched.
Capitalised chains that no rule takes for an organization may be one where the words around them say so ("the
insurer Concordia", "who leads research at Nordkredit", "a joint project of Aerolith and ...").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.mentions.names import Name, is_reporter, squash
from pipeline.mentions.sentences import Sentence
from pipeline.sieve import Sieve
from schemas.errors import RuleError

# The marks. Text that holds them is given to no frame.
ORG, CHAIN, MODEL, IT, FIRM, WE = "\ue000\ue001\ue002\ue003\ue004\ue005"
_MARKS: Final = "\ue000-\ue005"
_ANY_MARK: Final = quick(f"[{_MARKS}]")
#: How far back (sentences) "the company", "it" and "we" look for what they stand for.
_BACK: Final = 3
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
_NOT_BEFORE: Final = quick(
    r"(?i)\b(?:than|unlike|like|rivals?|competitors?|customers?|clients?|users?|investors?|backers?|analysts?|consultants?|economists?|evaluators?|reporters?|suppliers?|newspaper|magazine|weekly|daily|regulators?|funds?|"
    r"auditors?|consultancy|broker|brokerage|journalists?|according to|lawyers?|(?:joined|leaving|left|joining|hired by|moved to|worked (?:at|for)|formerly (?:of|at)|ex-)|landlord|hosts?|resellers?|leaderboard|benchmark|"
    r"machines (?:of|at|from|by)|chips (?:of|from|by)|cards (?:of|from)|servers of|cloud of|money (?:of|from)|grant from|gift from|help (?:of|from)|support (?:of|from)|funded by|backed by|(?<!consortium )(?<!team )(?<!group )(?<!alliance )(?<!project )led by|paid by|via|through)\s?(?:the |at |of |from |by )?(?:\w+ )?$"
)
_NOT_AFTER: Final = quick(
    r"'s (?:rivals?(?! (?:system|model|network|effort|chatbot|one))|competitors?|customers?|critics?|investors?|cloud|chips?|GPUs?|machines|cards|test|benchmark|newspaper|readers|analysts?|platform|data cent)|"
    r",? (?:an?|the|which is an?) (?:[\w’-]+ ){0,5}?(?:evaluator|investor|customer|client|newspaper|magazine|consultancy|regulator|rival|competitor|fund|cloud provider|chip ?maker|auditor|broker|supplier|news site|weekly|paper|venture capital\w*|think-?tank|reseller|user|critic)\b"
)
#: Names of houses that fund, sell, write or count, and seldom make.
_HOUSE: Final = quick(
    r"\b(?:Capital|Partners|Ventures|Securities|Analytics|Advisors|Advisory|Consulting|Times|Courier|Ledger|Post|Journal|Gazette|Tribune|Herald|Chronicle|News|Cloud|Equity|Investments|Holdings LP|Review|Insights|Semi|Semiconductors?|Networks?)$"
)
#: Right before a model: it is named to compare, or as what another grew from.
_NAMED_BY_THE_WAY: Final = quick(
    r"(?i)\b(?:than|outperform(?:s|ed|ing)?|beat(?:s|ing)?|unlike|rival(?:s|l?ing)?|surpass(?:es|ed|ing)?|match(?:es|ed|ing)?|ahead of|behind|compared (?:to|with)|similar to|like|against|versus|based on|on top of|version of|variant of|tuned|from|copy of|users? of|instead of|over)\s(?:the |new |older |open |model |that of )*$"
)
_QUOTES: Final = str.maketrans(
    {"“": None, "”": None, '"': None, "«": None, "»": None, "„": None, "‘": None, "*": None, "`": None}
)
_DECIMAL: Final = quick(r"(?<=\d)[.:](?=\d)")
_ABBREVIATED: Final = quick(r"\b(?:Mr|Ms|Mrs|Dr|Prof|St|Inc|Corp|Co|Ltd|vs|approx|e\.g|i\.e|[A-Z])\.(?= )")
_BRACKET: Final = quick(rf" ?\([^(){_MARKS}]{{1,90}}\)")
_ASIDE: Final = quick(
    rf"(?<=[{_MARKS}]),? (?:an?|the|its|their|one|once|now|then|formerly|part|based|founded|led|backed|owned|until|which (?:is|was|has|had|employs)|who (?:is|was)|where|whose \w+ (?:is|are|has)|a \d|with)\b[^{_MARKS},.;:!?|\n()]{{1,110}}(?:,[^{_MARKS},.;:!?|\n()]{{1,60}})?,(?= )"
)
#: "Penrose (PAI)", "Penrose, the research arm of Oriel,": another name, a parent.
_OTHER_NAME: Final = quick(r"\ue000(?P<cut> \([\ue000\ue001]\))")
_PARENT: Final = quick(
    rf"[\ue000\ue001](?P<cut>, (?:an?|the|its|now|part|owned|backed|funded|led|founded|once|formerly|whose)\b[^{_MARKS},.;:!?|\n()]{{0,60}} (?:of|by|from|at|with|to|after|before|under|for|on|like) (?:[\w']+ )?(?:[\ue000\ue001]'s )?[\ue000\ue001][^{_MARKS},.;:!?|\n()]{{0,40}},)(?= )"
)
#: A place or a parent before a firm's name: "Rotterdam's Van Houten Systems", "the Piraeus firm Kalypso".
_OF_PLACE: Final = quick(r"(?P<cut>\ue001(?:'s |-based |-headquartered ))(?=\ue000)")
_AND: Final = quick(r",? and (?:the )?|, (?:the )?|,? & ")
#: The town of a firm: "Norrsken AI of Malmö".
_SEAT: Final = quick(r"\ue000(?P<cut> (?:of|in|from) [\ue000\ue001])(?!'s)")
#: Whose machines or money it was: "rented 512 chips from Northcloud", "chips lent by Brinkcloud".
_SUPPLIED: Final = quick(
    rf"\b(?:rent\w*|hir(?:e|ed|es|ing)|leas\w+|buy\w*|bought|borrow\w*|order\w*|lent|loaned|donated|supplied|allotted|granted|given|hosted|bill from|invoice from|grant|loan|money|chips|cards|GPUs|machines|hours|servers|cluster|supercomputer)(?: [^{_MARKS}.;:!?|\n]{{0,50}}?)?(?P<cut> (?:from|at|by|on|of|in) (?:the )?[\ue000\ue001](?:'s [a-z]+)?)(?!'s)(?=[ ,.;])"
)
#: "which outperforms Oriel's Yarrow,": an aside that compares.
_COMPARED: Final = quick(
    rf"\ue002(?P<cut>,? (?:an?|the|which|that|said) [^{_MARKS}.;:!?|\n]{{0,60}}\b(?:than|outperform\w*|beats?|beating|rivals?|rivall?ing|like|unlike|surpass\w*|match\w*|on|of) (?:[\w-]+ ){{0,3}}(?:[\ue000\ue001]'s (?:[\w-]+ ){{0,2}})?\ue002[^{_MARKS}.;:!?|,\n]{{0,30}},)(?= )"
)
_TOWN: Final = quick(r"(?<=\ue000) (?:of|in|from) [A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)?(?=,? [a-z])")
_POSSESSOR: Final = quick(f"[{_MARKS}]'s $")
_JOINED: Final = quick(
    r"[\ue000\ue001](?:(?:, (?:the |its )?|,? (?:and|&|with|together with) (?:the |its partner |its )?)[\ue000\ue001])+(?!'s)|\ue002(?:(?:, |,? and )\ue002)+"
)


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


@dataclass(slots=True)
class Mark:
    """What one mark stands for: kind (a mark character), the words it covers, and the names meant."""

    start: int
    end: int
    kind: str
    names: list[Name]


@dataclass(frozen=True, slots=True)
class Hit:
    """A frame that matched: which mark of the paragraph is the organization, which the model, and whether it is denied."""

    frame: Frame
    firm: int
    model: int
    denied: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph with its names as marks, the marks in order, and the frames that matched."""

    flat: str
    marks: tuple[Mark, ...]
    hits: tuple[Hit, ...]


def is_house(name: str) -> bool:
    """Whether a name is one of a house that funds, sells, writes or counts, and seldom makes."""
    return _HOUSE.search(name) is not None


@cache
def _words() -> dict[str, str]:
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
    for key, group in _words().items():
        out = out.replace("{" + key + "}", group)
    out = re.sub(r"\{f(\d+)\}", "[^\ue000\ue002-\ue005.;:!?|\\n]{0,\\1}?", out)
    out = re.sub(r"\{g(\d+)\}", rf"[^{_MARKS}.;:!?|\\n]{{0,\1}}?", out)
    out = re.sub(
        r"\{a(\d+)\}",
        rf"(?:(?!(?:on|in|for|with|by|from|to|of|at|that|which|and|who|said|is|was|than|but|as|all|when|while|after|before|has|had)\\b)[^\\s{_MARKS},.;:!?|]+ ){{0,\1}}?",
        out,
    )
    out = re.sub(r"\{n(\d+)\}", rf"(?:(?!{_NO_NOUNS})[^\\s{_MARKS},.;:!?|]+,? ){{0,\1}}?", out)
    out = re.sub(r"\{w(\d+)\}", rf"(?:[^\\s{_MARKS},.;:!?|]+ ){{0,\1}}?", out)
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


# --- organizations that only their surroundings tell --------------------------------------------------

_CHAIN: Final = quick(
    r"(?<![\w@#/.-])(?:(?:University|Institute|Academy|Polytechnic|College|Observatory|Ministry) (?:in|at) [A-ZÀ-ÖØ-Þ]\w+|[A-ZÀ-ÖØ-Þ][\w&-]*(?:[’'][A-Z]\w+)?(?:\s(?:&\s)?(?:[A-ZÀ-ÖØ-Þ][\w&-]*|\d{1,3}\.(?:ai|AI))){0,4})"
)


@cache
def _roles() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before and behind a chain that makes it an organization."""
    words = _words()
    before = quick(
        rf"(?:\b{words['firm']}s?(?:,? (?:called|named|known as|by the name of))? |\b{words['firm']} (?:in|from|of) [A-Z]\w+, |"
        rf"\b(?:{words['post']}|who (?:leads?|runs?|heads?|works?|founded|directs?|manages?|chairs?|is)|work(?:s|ed)?)\b[^.;:!?\n]{{0,45}}\b(?:of|at|for) (?:the )?|\b(?:[Ww]e|[Uu]s|[Hh]ere|[Bb]ack|[Pp]eople|[Ee]ngineers|[Rr]esearchers|[Tt]eam) at |"
        rf"\b(?:house|workshop|stable|people|folks) (?:of|at) (?:the )?|\b(?:founded|founding|found|co-founded) |\b(?:brainchild|joint project|handiwork) (?:of|by) (?:the )?|\b(?:developed|built|trained|created) (?:in-house )?(?:at|by) (?:the )?)$"
    )
    behind = quick(
        rf"(?:['’]s?|(?<=s)['’]) (?:[a-z]+ ){{0,2}}?(?:{words['people']}|language models?|chatbot|models?|(?:first|second|third|latest|new|own|answer)\b)|"
        rf",? (?:an?|the|another|one of the) (?:[\w’'-]+ ){{0,5}}?{words['firm']}\b|,? which (?:{words['make']})\b|,? (?:based|headquartered) in|"
        rf" (?:has |have |had |quietly |also |now )?(?:trained|released|unveiled|open-?sourced|gives away|gave away|launched|makes no secret|disclosed|declined|employs|spent|trains)\b"
    )
    return before, behind


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name.lower() for name in rulebook.lines("names/given_names.txt"))


_LICENCE: Final = quick(r"\b(?:under|[Ll]icen[cs]e:) (?:the |an? )?$")
_CODE: Final = quick(r"[A-Z]{1,3}\d*s?|[A-Z]+\d+[A-Za-z]{0,3}|\d+")
_DEVICE_AFTER: Final = quick(
    r"(?:'s|’s)? ?(?:Tesla |Instinct |Ascend |GeForce |DGX |Cloud )?(?:[A-Z]{1,3}\d{2,4}\w{0,3}\b|[TGNC]PUs?\b|DGX|RTX|TPU|Trainium|Gaudi|accelerators?\b|chips?\b|cards?\b|GPUs?\b|Hopper|Blackwell|graphics)"
)


@cache
def _device() -> re.Pattern[str]:
    return quick("(?:" + "|".join(rulebook.toml("names/words.toml")["device_shapes"]) + ")$")


@cache
def _firm_noun() -> re.Pattern[str]:
    return quick(rf"(?:-based|-born|-listed)? (?:[a-z-]+ )?{_words()['firm']}\b")


@cache
def _no_firms() -> tuple[frozenset[str], frozenset[str]]:
    """Words that open no organization's name, and places and things that are none."""
    v = rulebook.toml("names/words.toml")
    return (
        frozenset((*v["closed"], *v["months"], *v["person_titles"])),
        frozenset(squash(x) for x in (*rulebook.lines("names/places.txt"), *v["things"], *v["generic"])),
    )


_PERSON_AFTER: Final = quick(
    r",? (?:who|whose|(?:said|says|told|tells|added|recalls|laughs?|laughed|wrote to|thinks|explains)\b)|, (?:\d\d,|(?:an?|the|its|their|chief|co-?founder|head|professor)\b)"
)
_PERSON_BEFORE: Final = quick(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Dame|named|founders?|chief executive|CEO|engineer|researcher|scientist|director|professor|minister|president)\.?,? $"
)
_PLACE_BEFORE: Final = quick(
    r"\b(?:in|near|outside|across|around|to|towards|north of|south of|east of|west of|city of|town of|state of|university of) $",
    re.IGNORECASE,
)


def _overlap(spans: Sequence[tuple[int, int]], starts: Sequence[int], start: int, end: int) -> bool:
    index = bisect_right(starts, start) - 1
    return (index >= 0 and spans[index][1] > start) or (index + 1 < len(spans) and spans[index + 1][0] < end)


def chains(text: str, taken: Sequence[tuple[int, int]]) -> tuple[list[Name], list[Name]]:
    """Return (organizations told by their surroundings, chains that may be one), both in text order.

    taken: spans of other names, sorted.
    """
    starts = [start for start, _ in taken]
    before, behind = _roles()
    closed, things = _no_firms()
    found: dict[str, list[Name]] = {}
    sure: set[str] = set()
    persons: set[str] = set()
    for match in _CHAIN.finditer(text):
        start, end = match.span()
        if squash(match[0]) in things:
            continue
        if _overlap(taken, starts, start, end):
            continue
        low = max(0, start - 75)
        left = text[max(low, text.rfind("\n", low, start) + 1) : start]
        opens = not left or re.search(r"[.!?:;|(“\"•–—-] ?[“\"(]?$", left) is not None
        words = match[0].split()
        while words and (
            words[0].lower() in closed
            or (opens and len(words) > 1 and words[0].endswith(("ing", "ed", "ly")))
        ):
            start += len(words[0]) + 1
            words = words[1:]
            opens = False
            left = text[max(low, text.rfind("\n", low, start) + 1) : start]
        if not words or end - start < 3 or squash(text[start:end]) in things:
            continue
        name = text[start:end]
        key = squash(name)
        if (
            _CODE.fullmatch(name)
            or any(_device().match(word) for word in words)
            or _firm_noun().match(text, end)
        ):
            continue
        if (
            len(words) == 1
            and opens
            and re.search(
                r"(?:ing|ed|ly|ers|ors|ists|ians|ments?|tions?|ity|ness|ance|ence|sion|ship)$", name
            )
        ):
            continue
        right = text[end : end + 90]
        role = before.search(left) is not None
        if len(words) in (2, 3) and (
            words[0].lower() in _given_names()
            or _PERSON_BEFORE.search(left)
            or (not role and _PERSON_AFTER.match(right))
        ):
            persons.update(squash(word) for word in words)
            persons.add(key)
            continue
        if _PERSON_BEFORE.search(left) and len(words) == 1:
            persons.add(key)
            continue
        if role or (
            behind.match(right) and not (opens and len(words) == 1 and words[0].lower() in _given_names())
        ):
            sure.add(key)
        elif _PLACE_BEFORE.search(left):
            continue
        found.setdefault(key, []).append(Name(start, end, name, name, "chain", 1.0))
    told: list[Name] = []
    maybe: list[Name] = []
    for key, names in found.items():
        if key in persons:
            continue
        (told if key in sure else maybe).extend(names)
    return sorted(told, key=lambda n: n.start), sorted(maybe, key=lambda n: n.start)


# --- what "it", "the company" and "we" stand for ------------------------------------------------------


@cache
def _stand_ins() -> re.Pattern[str]:
    words = _words()
    made = words["made"]
    return quick(
        r"\b(?=[HIMOTWhimotwu])(?:"  # what all of them begin with: few places are looked at more closely
        rf"(?P<maker>\b(?:[Ii]ts|[Tt]heir)\b)(?= (?:[\w-]+ ){{0,2}}?{words['maker']}\b)"
        r"|(?P<its>\b(?:[Ii]ts|[Tt]heir|[Hh]ers|[Tt]heirs)\b)"
        rf"|(?P<firm>\b(?:[Tt]he|[Tt]his|[Tt]hat|[Hh]is|[Hh]er) (?:[\w-]+ ){{0,2}}?{words['firm']}\b)(?=['’]|,? (?!of |behind |that |which |called |named |by |at |in |and |or |from |with |whose |where )[a-z0-9]|[.;:,)]|,? said)"
        rf"|(?P<act>\b(?:[Tt]hey|It|it)\b)(?= (?:has |have |had |also |quietly |now |then |later |first )*(?:{words['make']})\b(?! (?:up|out) to))"
        r"|(?P<one>\b[Tt](?:hat|his) one\b)"
        r"|(?P<it>\b(?:[Tt]he|[Tt]his) (?:new |latest |finished |big |small |little |larger |smaller |language |speech |image |code |whole |same ){0,2}(?:model|system|network|chatbot|LLM|assistant|transformer|program|bot)\b)(?!s?['’]? ?(?:of |that |which |family|card|maker|developer|training|had been told))"
        rf"|(?P<isit>\b[Ii]t\b)(?= (?:was|is|has been|had been) (?:\w+ ){{0,3}}?{made}\b| (?:is|was) (?:the|an?|another|their) (?:[\w-]+ ){{0,3}}?{words['product']}\b| (?:comes?|came|belongs|hails) )"
        rf"|(?<=[a-z]d )(?P<made>it\b)|(?<=[a-z]t )(?P<built>it\b)|(?<=\bbehind )(?P<behind>it\b)|(?<=\b(?:on|of) )(?P<onit>it\b)|(?<=\b(?:for) )(?P<forit>it\b)"
        r"|(?P<our>\b(?:[Oo]ur|[Oo]urs|[Mm]y)\b)|(?P<we>\b(?:[Ww]e|us)\b))"
    )


_AFFILIATED: Final = quick(
    r"\b(?:chief executive|CEO|CTO|CFO|founders?|heads?|director|chief|scientist|engineer|researcher|president|chair\w*|manager|lead|leads|leader|boss|officer|professor|spokes\w+|runs|work(?:s|ed)?|programmer|developer|boffin|here|we|us|people|partner|principal|author)\b[^.;!?\n]{0,60}?\b(?:of|at|for|from|with) (?:the )?$|\b(?:runs|leads|heads|founded|chairs|directs) (?:the )?$|^[A-Z][\w’'. -]{2,40}[,(] ?(?:[\w -]{0,30}\b(?:of|at|from) )?(?:the )?$",
    re.IGNORECASE,
)
_AFFILIATED_AFTER: Final = quick(
    r"(?:[’']s?)? (?:chief|CEO|head|boss|founder|co-?founder|director|president|spokes\w+|engineer)\b|,? where we\b|, we\b|\):\s"
)


_FIRM_ROLE: Final = quick(
    r"\b(?:(?:house|workshop|stable|laboratories|offices) of|(?:joint )?(?:project|venture|effort|collaboration) (?:of|between|by)|brainchild of|handiwork of|(?:CEO|chief executive|co-?founder|founder|president|head|director) of|(?:engineers|researchers|people|scientists|team|staff) (?:at|from)|(?:company|firm|lab|start-?up) (?:called|named)|(?:start-?up|insurer|broadcaster|company|firm))\s(?:the\s)?$"
)
#: Frames in which the model is the organization's own, whatever stands before: "algorithms like Oriel's Yarrow".
_OWNED: Final = frozenset(("maker.own", "maker.whose"))
#: "We at Penrose": the text itself is the organization's.
_OWN_VOICE: Final = quick(r"\b(?:[Ww]e|[Uu]s|[Hh]ere) at (?:the )?$")
#: One of a firm's people speaks, and the firm was named before: "quipped co-founder Subhro Mitra".
_OFFICER: Final = quick(
    r"(?<![\w-])(?:its |the )?(?:chief executive|CEO|CTO|co-?founder|founder|chief scientist|president|head of \w+|technology chief|boss)\b,? (?!of |at |and )[A-Z]\w+ [A-Z]|(?:said|says|quipped|told|recalls|laughs|explains|added) (?:[A-Z]\w+ [A-Z]\w+, )?(?:its|the (?:company|firm|lab|start-?up)[’']s) (?:chief|CEO|founder|co-?founder|boss|head|director|president)"
)


class Paragraphs:
    """One article's names, and what its paragraphs say of makers. Made, used once, dropped."""

    def __init__(
        self,
        text: str,
        lines: Sequence[Sentence],
        models: Sequence[Name],
        firms: Sequence[Name],
        site: str | None = None,
    ) -> None:
        self.text = text
        self.lines = lines
        self.starts = [line.start for line in lines]
        self.models = [m for m in models if m.rule != "stand-in"]
        # a name of the shape of a model's that stands where only a firm's can: "the house of Maestrale"
        firm_like = [
            m
            for m in self.models
            if m.confidence < 6 and _FIRM_ROLE.search(text, max(0, m.start - 40), m.start)
        ]
        if firm_like:
            self.models = [m for m in self.models if m not in firm_like]
            firms = sorted((*firms, *firm_like), key=lambda n: n.start)
        taken = sorted((n.start, n.end) for n in (*self.models, *firms))
        told, maybe = chains(text, taken)
        whole = {f.canonical.split()[0]: f for f in reversed(firms) if " " in f.canonical}
        short = [replace(n, canonical=whole[n.text].canonical) for n in maybe if n.text in whole]
        told, maybe = [*told, *short], [n for n in maybe if n.text not in whole]
        self.firms = sorted(
            (
                f
                for f in (*firms, *told)
                if _DEVICE_AFTER.match(text, f.end) is None
                and _LICENCE.search(text, max(0, f.start - 12), f.start) is None
                and not f.text.startswith(("Mr ", "Mrs ", "Ms ", "Dr "))
            ),
            key=lambda n: n.start,
        )
        self.maybe = maybe
        self.maybe_starts = [n.start for n in maybe]
        self.firm_starts = [f.start for f in self.firms]
        self.model_starts = [m.start for m in self.models]
        self.only_model = self.models[0] if len({m.canonical for m in self.models}) == 1 else None
        self.speakers = [f for f in self.firms if self._speaks(f)]
        self.own_voice = [f for f in self.speakers if _OWN_VOICE.search(text, max(0, f.start - 30), f.start)]
        self.house = next(
            (f for f in self.firms if site and squash(f.canonical) and squash(f.canonical) in squash(site)),
            None,
        )

    def _line(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)

    def _speaks(self, firm: Name) -> bool:
        """Whether somebody of this organization is named here: its chief, one who works there, "we at"."""
        low = max(0, firm.start - 80, self.text.rfind("\n", 0, firm.start) + 1)
        return (
            _AFFILIATED.search(self.text[low : firm.start]) is not None
            or _AFFILIATED_AFTER.match(self.text, firm.end) is not None
        )

    def stands_apart(self, firm: Name) -> bool:
        """Whether an organization stands here in another part than a maker's."""
        text = self.text
        return (
            is_reporter(firm.canonical)
            or _NOT_BEFORE.search(text, max(0, firm.start - 45), firm.start) is not None
            or _NOT_AFTER.match(text[firm.end : firm.end + 80].replace("’", "'")) is not None
        )

    def _firm_before(self, at: int, noun: str = "") -> Name | None:
        """What "the company", "its", "they" mean: the first organization before it in its sentence, else of one before."""
        line = self._line(at)
        for number in range(line, max(-1, line - _BACK - 1), -1):
            low = bisect_left(self.firm_starts, self.lines[number].start)
            high = bisect_left(self.firm_starts, min(at, self.lines[number].end))
            here = [f for f in self.firms[low:high] if not self.stands_apart(f)]
            if here:
                fits = [f for f in here if noun and noun in f.canonical.lower()]
                return fits[0] if fits else here[0]
        return None

    def _together(self, firm: Name) -> list[Name]:
        """A firm and those joined to it by "and" where it stands."""
        out = [firm]
        for other in self.firms[bisect_left(self.firm_starts, firm.start) + 1 :]:
            if _AND.fullmatch(self.text, out[-1].end, other.start) is None:
                break
            out.append(other)
        return out

    def _model_before(self, at: int) -> Name | None:
        """What "it", "the model" mean: the model before it in its sentence, else what a sentence before is about."""
        line = self._line(at)
        for number in range(line, max(-1, line - _BACK - 1), -1):
            low = bisect_left(self.model_starts, self.lines[number].start)
            high = bisect_left(self.model_starts, min(at, self.lines[number].end))
            here = [
                m
                for m in self.models[low:high]
                if _NAMED_BY_THE_WAY.search(self.text, max(0, m.start - 40), m.start) is None
            ]
            if here:
                return here[0]
        return self.only_model if self.only_model is not None and self.only_model.start < at else None

    def _last_model(self, at: int) -> Name | None:
        """What "that one" means: the model named last, in its sentence or the one before."""
        index = bisect_left(self.model_starts, at) - 1
        if index < 0 or self._line(at) - self._line(self.models[index].start) > 1:
            return None
        return self.models[index]

    def _we(self, at: int) -> Name | None:
        """Who "we" are: the organization whose people speak nearest, within a few sentences; else the site's own."""
        line = self._line(at)
        best: tuple[int, Name] | None = None
        for firm in self.speakers:
            gap = self._line(firm.start) - line
            distance = gap if gap >= 0 else -2 * gap
            if (
                gap <= 2
                and distance <= (12 if firm in self.own_voice else 4)
                and (best is None or distance < best[0])
            ):
                best = (distance, firm)
        if best is not None:
            return best[1]
        if self.house is not None:
            return self.house
        around = self.text[self.lines[line].start : self.lines[min(line + 1, len(self.lines) - 1)].end]
        return self._firm_before(at) if _OFFICER.search(around) else None

    def _marks(self, low: int, high: int) -> list[Mark]:
        """The marks of a paragraph, in order."""
        out = [
            *(Mark(n.start, n.end, MODEL, [n]) for n in _inside(self.models, self.model_starts, low, high)),
            *(Mark(n.start, n.end, ORG, [n]) for n in _inside(self.firms, self.firm_starts, low, high)),
            *(Mark(n.start, n.end, CHAIN, [n]) for n in _inside(self.maybe, self.maybe_starts, low, high)),
        ]
        out.sort(key=lambda m: m.start)
        spans = [(m.start, m.end) for m in out]
        starts = [m.start for m in out]
        extra = []
        for match in _stand_ins().finditer(self.text, low, high):
            if _overlap(spans, starts, *match.span()):
                continue
            group = match.lastgroup or ""
            start, end = match.span()
            if group == "one":
                model = self._last_model(start)
                if model is not None:
                    extra.append(Mark(start, end, IT, [model]))
            elif group in ("maker", "it", "isit", "made", "built", "behind", "onit", "forit"):
                model = self._model_before(start)
                if model is not None:
                    extra.append(Mark(start, end, IT, [model]))
            elif group in ("our", "we"):
                firm = self._we(start)
                if firm is not None:
                    extra.append(Mark(start, end, WE, [firm]))
            else:
                firm = self._firm_before(start, match[0].split()[-1].lower() if group == "firm" else "")
                if firm is not None:
                    plural = match[0].lower() in ("they", "their", "theirs")
                    extra.append(Mark(start, end, FIRM, self._together(firm) if plural else [firm]))
        return sorted((*out, *extra), key=lambda m: m.start)

    def _rewritten(self, low: int, high: int, marks: list[Mark]) -> tuple[str, list[Mark]]:
        """A paragraph with its names as marks, and what the marks stand for, in order."""
        parts: list[str] = []
        at = low
        for mark in marks:
            parts.append(_plain(self.text[at : mark.start]))
            possessive = mark.kind in (FIRM, IT, WE) and self.text[mark.start : mark.end].lower() in (
                "its",
                "their",
                "our",
                "my",
                "hers",
                "theirs",
                "ours",
            )
            parts.append(mark.kind + ("'s" if possessive else ""))
            at = mark.end
        parts.append(_plain(self.text[at:high]))
        flat = "".join(parts)
        flat = _BRACKET.sub("", flat)
        flat, marks = _without(flat, marks, _OTHER_NAME)
        flat, marks = _without(flat, marks, _OF_PLACE)
        flat, marks = _without(flat, marks, _SEAT)
        flat = _ASIDE.sub("", _TOWN.sub("", flat))
        flat, marks = _without(flat, marks, _PARENT)
        flat, marks = _without(flat, marks, _SUPPLIED)
        return _join(flat, marks)

    def passages(self) -> Iterator[Passage]:
        """Yield the paragraphs in which a model or an organization stands, in the order of text."""
        blocks: dict[int, tuple[int, int]] = {}
        for line in self.lines:
            first, _ = blocks.get(line.block, (line.start, line.end))
            blocks[line.block] = (first, line.end)
        for low, high in blocks.values():
            if _ANY_MARK.search(self.text, low, high):
                continue
            marks = self._marks(low, high)
            if not marks:
                continue
            flat, marks = self._rewritten(low, high, marks)
            kinds = {mark.kind for mark in marks}
            if not kinds:
                continue
            hits: tuple[Hit, ...] = ()
            if kinds & {MODEL, IT} and kinds & {ORG, CHAIN, FIRM, WE}:
                hits = (*_hits(flat, range(len(marks))),)
                shorter, fewer = _without(flat, marks, _COMPARED)
                if len(fewer) < len(marks):
                    where = {id(mark): number for number, mark in enumerate(marks)}
                    hits += (*_hits(shorter, [where[id(mark)] for mark in fewer]),)
            yield Passage(flat, tuple(marks), hits)


def _hits(flat: str, numbers: Sequence[int]) -> Iterator[Hit]:
    """Yield what the frames find in a paragraph; numbers: which mark each mark of it is."""
    places = [m.start() for m in _ANY_MARK.finditer(flat)]
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
            if match.start() == m < o and _NAMED_BY_THE_WAY.search(
                _POSSESSOR.sub("", flat[max(0, match.start() - 40) : match.start()])
            ):
                continue
            if _NOT_AFTER.match(flat, o + 1):
                continue
            if frame.id not in _OWNED and _NOT_BEFORE.search(flat, max(0, o - 45), o):
                continue
            denied = _DENIED.search(between) is not None and frame.tier != "weak"
            yield Hit(frame, numbers[bisect_left(places, o)], numbers[bisect_left(places, m)], denied)


def _inside(names: Sequence[Name], starts: Sequence[int], low: int, high: int) -> list[Name]:
    return [n for n in names[bisect_left(starts, low) : bisect_left(starts, high)] if n.end <= high]


def _plain(piece: str) -> str:
    """Words between names: straight apostrophes, no quotation marks, no point inside a number."""
    piece = piece.replace("’", "'")
    if piece.startswith(("' ", "'s")):
        piece = "'s" + piece[1:].removeprefix("s")
    if "." in piece:
        piece = _ABBREVIATED.sub(lambda m: m[0][:-1], piece)
    piece = piece.translate(_QUOTES)
    if "." in piece or ":" in piece:
        piece = _DECIMAL.sub("", piece)
    return piece.replace("\n", " " if "\n\n" not in piece else "\n")


def _without(flat: str, marks: Sequence[Mark], pattern: re.Pattern[str]) -> tuple[str, list[Mark]]:
    """Leave out what a pattern's group "cut" finds, and the marks in it."""
    kept: list[Mark] = []
    out: list[str] = []
    at = index = 0
    for match in pattern.finditer(flat):
        start, end = match.span("cut")
        before = len(_ANY_MARK.findall(flat, at, start))
        kept += marks[index : index + before]
        index += before + len(_ANY_MARK.findall(flat, start, end))
        out.append(flat[at:start])
        at = end
    return "".join((*out, flat[at:])), [*kept, *marks[index:]]


def _join(flat: str, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """Make names joined by "and" or commas one mark."""
    out: list[str] = []
    merged: list[Mark] = []
    at = index = 0
    for match in _JOINED.finditer(flat):
        before = len(_ANY_MARK.findall(flat, at, match.start()))
        merged += marks[index : index + before]
        index += before
        group = marks[index : index + len(_ANY_MARK.findall(match[0]))]
        index += len(group)
        kind = ORG if any(m.kind == ORG for m in group) else group[0].kind
        merged.append(Mark(group[0].start, group[-1].end, kind, [n for m in group for n in m.names]))
        out += [flat[at : match.start()], kind]
        at = match.end()
    return "".join((*out, flat[at:])), [*merged, *marks[index:]]
