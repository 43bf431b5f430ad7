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

from pipeline.expressions import quick
from pipeline.facts.firm_chains import chains, overlap
from pipeline.facts.maker_frames import (
    ANY_MARK,
    CHAIN,
    FIRM,
    IT,
    MARKS,
    MODEL,
    NAMED_BY_THE_WAY,
    NOT_AFTER,
    NOT_BEFORE,
    ORG,
    WE,
    Hit,
    frame_hits,
    vocabularies,
)
from pipeline.mentions.names import Name, is_reporter, squash
from pipeline.mentions.sentences import Sentence

#: How far back (sentences) "the company", "it" and "we" look for what they stand for.
_BACK: Final = 3


#: Names of houses that fund, sell, write or count, and seldom make.
_HOUSE: Final = quick(
    r"\b(?:Capital|Partners|Ventures|Securities|Analytics|Advisors|Advisory|Consulting|Times|Courier|Ledger|Post|Journal|Gazette|Tribune|Herald|Chronicle|News|Cloud|Equity|Investments|Holdings LP|Review|Insights|Semi|Semiconductors?|Networks?)$"
)


_QUOTES: Final = str.maketrans(
    {"“": None, "”": None, '"': None, "«": None, "»": None, "„": None, "‘": None, "*": None, "`": None}
)


_DECIMAL: Final = quick(r"(?<=\d)[.:](?=\d)")


_ABBREVIATED: Final = quick(r"\b(?:Mr|Ms|Mrs|Dr|Prof|St|Inc|Corp|Co|Ltd|vs|approx|e\.g|i\.e|[A-Z])\.(?= )")


_BRACKET: Final = quick(rf" ?\([^(){MARKS}]{{1,90}}\)")


_ASIDE: Final = quick(
    rf"(?<=[{MARKS}]),? (?:an?|the|its|their|one|once|now|then|formerly|part|based|founded|led|backed|owned|until|which (?:is|was|has|had|employs)|who (?:is|was)|where|whose \w+ (?:is|are|has)|a \d|with)\b[^{MARKS},.;:!?|\n()]{{1,110}}(?:,[^{MARKS},.;:!?|\n()]{{1,60}})?,(?= )"
)


#: "Penrose (PAI)", "Penrose, the research arm of Oriel,": another name, a parent.
_OTHER_NAME: Final = quick(r"\ue000(?P<cut> \([\ue000\ue001]\))")


_PARENT: Final = quick(
    rf"[\ue000\ue001](?P<cut>, (?:an?|the|its|now|part|owned|backed|funded|led|founded|once|formerly|whose)\b[^{MARKS},.;:!?|\n()]{{0,60}} (?:of|by|from|at|with|to|after|before|under|for|on|like) (?:[\w']+ )?(?:[\ue000\ue001]'s )?[\ue000\ue001][^{MARKS},.;:!?|\n()]{{0,40}},)(?= )"
)


#: A place or a parent before a firm's name: "Rotterdam's Van Houten Systems", "the Piraeus firm Kalypso".
_OF_PLACE: Final = quick(r"(?P<cut>\ue001(?:'s |-based |-headquartered ))(?=\ue000)")


_AND: Final = quick(r",? and (?:the )?|, (?:the )?|,? & ")


#: The town of a firm: "Norrsken AI of Malmö".
_SEAT: Final = quick(r"\ue000(?P<cut> (?:of|in|from) [\ue000\ue001])(?!'s)")


#: Whose machines or money it was: "rented 512 chips from Northcloud", "chips lent by Brinkcloud".
_SUPPLIED: Final = quick(
    rf"\b(?:rent\w*|hir(?:e|ed|es|ing)|leas\w+|buy\w*|bought|borrow\w*|order\w*|lent|loaned|donated|supplied|allotted|granted|given|hosted|bill from|invoice from|grant|loan|money|chips|cards|GPUs|machines|hours|servers|cluster|supercomputer)(?: [^{MARKS}.;:!?|\n]{{0,50}}?)?(?P<cut> (?:from|at|by|on|of|in) (?:the )?[\ue000\ue001](?:'s [a-z]+)?)(?!'s)(?=[ ,.;])"
)


#: "which outperforms Oriel's Yarrow,": an aside that compares.
_COMPARED: Final = quick(
    rf"\ue002(?P<cut>,? (?:an?|the|which|that|said) [^{MARKS}.;:!?|\n]{{0,60}}\b(?:than|outperform\w*|beats?|beating|rivals?|rivall?ing|like|unlike|surpass\w*|match\w*|on|of) (?:[\w-]+ ){{0,3}}(?:[\ue000\ue001]'s (?:[\w-]+ ){{0,2}})?\ue002[^{MARKS}.;:!?|,\n]{{0,30}},)(?= )"
)


_TOWN: Final = quick(r"(?<=\ue000) (?:of|in|from) [A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)?(?=,? [a-z])")


_JOINED: Final = quick(
    r"[\ue000\ue001](?:(?:, (?:the |its )?|,? (?:and|&|with|together with) (?:the |its partner |its )?)[\ue000\ue001])+(?!'s)|\ue002(?:(?:, |,? and )\ue002)+"
)


@dataclass(slots=True)
class Mark:
    """What one mark stands for: kind (a mark character), the words it covers, and the names meant."""

    start: int
    end: int
    kind: str
    names: list[Name]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph with its names as marks, the marks in order, and the frames that matched."""

    flat: str
    marks: tuple[Mark, ...]
    hits: tuple[Hit, ...]


def is_house(name: str) -> bool:
    """Whether a name is one of a house that funds, sells, writes or counts, and seldom makes."""
    return _HOUSE.search(name) is not None


_LICENCE: Final = quick(r"\b(?:under|[Ll]icen[cs]e:) (?:the |an? )?$")


_DEVICE_AFTER: Final = quick(
    r"(?:'s|’s)? ?(?:Tesla |Instinct |Ascend |GeForce |DGX |Cloud )?(?:[A-Z]{1,3}\d{2,4}\w{0,3}\b|[TGNC]PUs?\b|DGX|RTX|TPU|Trainium|Gaudi|accelerators?\b|chips?\b|cards?\b|GPUs?\b|Hopper|Blackwell|graphics)"
)


@cache
def _stand_ins() -> re.Pattern[str]:
    words = vocabularies()
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
            or NOT_BEFORE.search(text, max(0, firm.start - 45), firm.start) is not None
            or NOT_AFTER.match(text[firm.end : firm.end + 80].replace("’", "'")) is not None
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
                if NAMED_BY_THE_WAY.search(self.text, max(0, m.start - 40), m.start) is None
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
            if overlap(spans, starts, *match.span()):
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
            if ANY_MARK.search(self.text, low, high):
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
                hits = (*frame_hits(flat, range(len(marks))),)
                shorter, fewer = _without(flat, marks, _COMPARED)
                if len(fewer) < len(marks):
                    where = {id(mark): number for number, mark in enumerate(marks)}
                    hits += (*frame_hits(shorter, [where[id(mark)] for mark in fewer]),)
            yield Passage(flat, tuple(marks), hits)


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
        before = len(ANY_MARK.findall(flat, at, start))
        kept += marks[index : index + before]
        index += before + len(ANY_MARK.findall(flat, start, end))
        out.append(flat[at:start])
        at = end
    return "".join((*out, flat[at:])), [*kept, *marks[index:]]


def _join(flat: str, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """Make names joined by "and" or commas one mark."""
    out: list[str] = []
    merged: list[Mark] = []
    at = index = 0
    for match in _JOINED.finditer(flat):
        before = len(ANY_MARK.findall(flat, at, match.start()))
        merged += marks[index : index + before]
        index += before
        group = marks[index : index + len(ANY_MARK.findall(match[0]))]
        index += len(group)
        kind = ORG if any(m.kind == ORG for m in group) else group[0].kind
        merged.append(Mark(group[0].start, group[-1].end, kind, [n for m in group for n in m.names]))
        out += [flat[at : match.start()], kind]
        at = match.end()
    return "".join((*out, flat[at:])), [*merged, *marks[index:]]
