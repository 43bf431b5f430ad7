"""What speaks for a spelling being a model's name: its shape, its traits, and the roles it plays wherever it occurs.

The weights are data: cues.toml (roles) and traits.csv (traits), log-odds fitted by python -m benchmarks.fit_names.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.chains import ADJECTIVE, NUMBER, SIZE, SIZED, VERSIONED, has_inner_cap
from pipeline.mentions.vocabulary import Words, bare_forms, squash, vocabulary
from pipeline.sieve import Sieve

#: Evidence a spelling needs; more where the article says whose model it is about.
ACCEPT: Final = 2.5

#: A text this short says most things once (code points).
SHORT: Final = 600

#: The cues look this far to each side (code points).
LEFT, RIGHT = 90, 150

#: Occurrences of one spelling that are looked at for evidence.
LOOKS: Final = 14

#: A spelling with this much evidence is not looked at again.
ENOUGH: Final = 6.5

_MORPHEMES: Final = quick(
    r"GPT|BERT|LLaMA|L[lL]ama|LLM|LM(?:$|[-\d])|Former|former\b|T5|[a-z]Net|GAN\b|VAE|Diffusion|Coder|Chat[A-Z]|CLIP|ViT|GLM|Whisper|MoE|VLM?\b|NLG|LaMA|RNN|Transformer\b|Instruct\b|Zero\b|^o\d\b"
)

#: The capital of a sentence's first word; cues are written in small letters.
_SENTENCE_CAPITAL: Final = quick(r"(?:^|[.!?:]\s)[“\"(]?[A-Z](?=[a-z-]*\s)")

#: "Grand Piano. Word is that ...": a name that heads its paragraph.
_RUN_IN: Final = quick(r"(?:(?:\d{1,2}[.)]|[-–•*])\s)?([^\W\d_][\w-]*(?:\s[A-Z0-9][\w.-]*){0,2})\.\s[A-Z]")

#: "a Mongolian model": what a nationality qualifies.
_LOWER_NEXT: Final = quick(r"(?:-\w+)?\s(?!is\b|was\b|has\b|had\b|and\b|cost\b|took\b)[a-z]")

#: Last parts of names of tests and collections.
_TEST: Final = quick(
    r"(?:[Bb]ench|Eval|Exam|Quiz|Arena|Leaderboard|QA|Corpus|Crawl|Test)(?:[\s-]?v?\d[\d.]*)?$"
)

_WITHIN: Final = quick(r"\b(?:of|about|on|behind|in|from|with|at|for|to)\s(?:the\s)?[“\"‘]?$")

_AGENT: Final = quick(r"\b(?:by|at|from|in|near|through|under|inside|outside)\s(?:the\s)?$")

_OF_HEADS: Final = frozenset(
    ("does", "is", "is.large", "has.size", "has.figure", "is.trained", "is.released", "name.has-parameters", "name.trained", "name.trained-nearby", "is.beside-figure", "told.next")
)  # fmt: skip

#: What is said of a clause's subject only.
_OF_SUBJECTS: Final = frozenset(("not.speech", "not.speaker", "not.human"))

#: "NOK 96", "R640": sums.
_CURRENCY: Final = quick(
    r"(?:NOK|SEK|DKK|ISK|EUR|USD|GBP|CHF|JPY|CNY|RMB|Rmb|INR|Rs|KRW|NTD|NT|ZAR|R|NGN|KES|KSh|GHS|TWD|PLN|CZK|HUF|TRY|RUB|AED|SAR|THB|IDR|Rp|MYR|RM|VND|PHP|BRL|US|CA|AU|NZ|HK|SG|C|A|S)\s?\d[\d,.]*"
)

_ACTED: Final = quick(r"[A-Z]{2,4}(?:ed|['’]d|ing|s)$")  # "DMed", "LLMs"

#: A people's adjective, by its ending.
NATIONAL: Final = quick(r"^[A-Z][a-z]+(?:ian|ean|ese|ish|ch)$")


@dataclass(slots=True)
class Candidate:
    """A spelling: where it occurs, and the evidence so far (rule id -> weight)."""

    key: str
    spans: list[tuple[int, int]] = field(default_factory=list)
    spellings: Counter[str] = field(default_factory=Counter)
    evidence: dict[str, float] = field(default_factory=dict)
    shape: float = 0.0
    opens: int = 0
    opening: float = 0.0  # taken off for a plain word that opens every sentence it stands in
    base: float = 0.0  # what the shape and the traits of the spelling are worth
    traits: dict[str, float] = field(default_factory=dict)
    slots: dict[str, float] = field(default_factory=dict)  # what stands right beside it
    together: dict[str, float] = field(default_factory=dict)  # how it stands to the text's other spellings
    title: bool = False
    behind_firm: bool = False
    number: bool = False  # a bare number, where only a name can stand

    @property
    def usual(self) -> str:
        """The spelling that stands most often, the first of equals."""
        told = self.spellings
        return next(iter(told)) if len(told) == 1 else max(told, key=told.__getitem__)

    @property
    def context(self) -> float:
        return sum(self.evidence.values())

    @property
    def score(self) -> float:
        return self.base + self.context

    @property
    def rule(self) -> str:
        best = max(self.evidence.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
        return best[0] if best[1] >= self.shape else "name.shape"


@lru_cache(maxsize=4096)  # names of a text are compared again and again
def root_of(name: str) -> str:
    """The letters that a family's names share: "Llama 3.1 405B" -> "llama"."""
    match = re.match(r"[^\W\d_]+", name)
    return match[0].lower() if match else ""


def stem_of(name: str, w: Words) -> str:
    """A name without its version, size and grade, squashed: "DALL-E 2" -> "dalle"."""
    parts = re.split(r"[\s-]", name)
    while len(parts) > 1 and (
        parts[-1][:1].isdigit() or parts[-1].lower() in w.variants or re.fullmatch(r"v?\d\S*", parts[-1])
    ):
        parts = parts[:-1]
    return squash("".join(parts))


def head_of(name: str, w: Words) -> str:
    """A name without version, size and grade, as written: "OPT-175B" -> "OPT"."""
    parts = re.split(r"([\s-])", name)
    while len(parts) > 2 and (
        parts[-1][:1].isdigit()
        or len(parts[-1]) == 1
        or parts[-1].lower() in w.variants
        or re.fullmatch(r"[vV]\d\S*", parts[-1])
    ):
        parts = parts[:-2]
    return "".join(parts)


#: "the original Transformer", "Transformer (2017)": a kind's name that one model bears.
_THE_FIRST: Final = quick(r"\b(?:[Oo]riginal|[Ff]irst|(?:19|20)\d\d)\s$")
_DATED: Final = quick(r",?\s(?:\(|of\s|from\s|in\s)?(?:19|20)\d\d\b|\spaper\b|\s?[:|]\s[$€£]")


def particular(text: str, candidate: Candidate) -> bool:
    """Whether a kind's name is said of one model: by its year, its paper, as the original."""
    return any(
        _THE_FIRST.search(text, max(0, start - 10), start) or _DATED.match(text, end)
        for start, end in candidate.spans[:LOOKS]
    )


def shape_of(name: str, w: Words, *, particular: bool = False) -> float:
    """Evidence from the spelling alone; a kind's name counts only where it is said of one model."""
    parts = name.split()
    score = -6.0 if " & " in name else 0.0
    sized = bool(SIZED.search(parts[0])) or any(SIZE.fullmatch(p) or SIZED.search(p) for p in parts[1:])
    if sized:
        score += 3.0
    versioned = any(NUMBER.fullmatch(p) or re.fullmatch(r"v\d(?:\.\d)?", p) for p in parts[1:]) or any(
        VERSIONED.search(p) for p in parts
    )
    if versioned:
        score += 1.5
    if _MORPHEMES.search(name):
        score += 1.5
    last = re.split(r"[\s-]", name)[-1].lower().rstrip("+")
    if len(re.split(r"[\s-]", name)) > 1 and last in w.variants:
        score += 1.5 if f"-{last}" in name.lower() else 1.0
    elif re.search(r"[\s-][A-Z]{1,2}$", name):  # "Nimbus Q", "Meridian-X"
        score += 0.8
    elif "-" in parts[-1] and not versioned and not sized:
        score += 0.5
    if has_inner_cap(parts[0]) and len(parts[0]) > 3 and "-" not in parts[0]:
        score += 0.4
    if name.endswith("+"):
        score += 1.5 if re.search(r"\s[A-Z]\+$", name) else 0.7
    key = squash(name)
    if ADJECTIVE.search(name):
        score -= 8.0
    if len(parts) > 1 and parts[-1].lower() in w.subjects:
        score -= 3.0
    if key in w.generic and not particular:
        score -= 12.0
    if key in w.families:
        score += 1.6 if key in w.common else 2.6
    elif key in w.known:
        score += 1.5
    elif (
        len(root_of(name)) > 2
        and (versioned or sized or last in w.variants)
        and (root_of(name) in w.families or stem_of(name, w) in w.families)
    ):
        score += 1.8
    # what it is known to be otherwise
    root = squash(re.sub(r"[\d.]+$|-AI$", "", parts[0]))
    if key in w.things:
        score -= 2.5 if name.isalpha() and name.istitle() else 5.0
    elif key not in w.known and (
        root in w.thing_roots or (len(parts) > 1 and squash(parts[0] + parts[1]) in w.things)
    ):
        score -= 4.0
    if (
        key in w.places
        or (key in w.organizations and key not in w.families)
        or (
            len(parts) > 1
            and parts[-1].lower() in w.heads
            and not versioned
            and not sized
            and parts[-1].lower() not in w.variants
        )
    ):
        score -= 3.0
    if parts[0].lower() in w.numbered and len(parts) > 1 and (versioned or len(parts[-1]) == 1):
        score -= 4.0
    if len(parts) > 4:
        score -= 1.0
    if _ACTED.match(name):
        score -= 3.0
    if len(key) == 1 or key.isdigit():
        score -= 6.0
    if re.fullmatch(r"[A-Z]\d{1,2}", name):  # V3, R1: short for something, or a road, a vitamin
        score -= 0.5
    return score


def relations_of(models: Mapping[str, Candidate], w: Words) -> tuple[set[str], set[str], set[str]]:
    """First words of firms' names, words of people's names, and what stands in front of a version."""
    firms: set[str] = set()
    people: set[str] = set()
    families: set[str] = set()
    for candidate in models.values():
        name = candidate.usual
        parts = name.split()
        if len(parts) > 1:
            if parts[-1].lower() in w.heads and parts[-1].lower() not in w.variants:
                firms.update(" ".join(parts[:n]) for n in range(1, len(parts)))
            if parts[0] in w.given_names and len(parts) < 4:
                people.update(parts)
        if any(c.isdigit() for c in name):
            families.update(name[: match.start()] for match in re.finditer(r"[\s-]", name))
    return firms, people, families


def traits_of(
    candidate: Candidate,
    name: str,
    text: str,
    title: str,
    lower_words: set[str],
    relations: tuple[set[str], set[str], set[str]],
    w: Words,
) -> dict[str, float]:
    """What a spelling is like, apart from its surroundings: trait of traits.csv -> its size (mostly 1)."""
    parts = name.split()
    key, low, times = candidate.key, name.lower(), len(candidate.spans)
    single = len(parts) == 1
    opens = candidate.opens == times
    common = single and bool(bare_forms(low) & w.common_words)
    firms, people, families = relations
    national_word = NATIONAL.match(name) is not None or name in w.languages
    national = national_word and all(_LOWER_NEXT.match(text, end) for _, end in candidate.spans[:LOOKS])
    traits = {
        "always": True,
        "said again": times >= 2,
        "bare number": candidate.number,
        "digit": any(c.isdigit() for c in name),
        "capital inside": has_inner_cap(parts[0]),
        "capitals only": name.isupper() and name.isalpha(),
        "hyphen": "-" in name,
        "small letter": name[0].islower() and name.isalpha(),
        "one word": single and name.isalpha() and name.istitle(),
        "two words": len(parts) == 2 and name.istitle(),
        "three words": len(parts) >= 3,
        "person": len(parts) in (2, 3) and parts[0] in w.given_names and not any(c.isdigit() for c in name),
        "given name": single and name in w.given_names,
        "of a person": single and name in people,
        "surname": name in w.surnames,
        "of a firm": name in firms,
        "before a version": name in families,
        "firm": key in w.organizations and key not in w.families,
        "place": key in w.places,
        "nationality": national_word,
        "headline": len(parts) > 1 and name.isupper() and all(p.isalpha() for p in parts),
        "language": name in w.languages,
        "test": _TEST.search(name) is not None,
        "nationality, of a kind": national,
        "family": key in w.families and key not in w.common,
        "family, common word": key in w.common,
        "known model": key in w.known and key not in w.families,
        "morpheme": _MORPHEMES.search(name) is not None,
        "grade": len(parts) > 1 and parts[-1].lower() in w.variants,
        "currency": _CURRENCY.fullmatch(name) is not None,
        "common word": common,
        "common word, opens": common and opens,
        "common word, with the": common
        and all(text[max(0, s - 4) : s].lower() == "the " for s, _ in candidate.spans),
        "opens once": single and opens and times == 1 and name.isalpha(),
        "opens always": single and opens and name.isalpha(),
        "opens not always": single and not opens and name.isalpha(),
        "small elsewhere": low in lower_words,
        "in the title": bool(title) and name in title,
        "behind a firm": candidate.behind_firm,
        "short text, once": len(text) < SHORT and times == 1,
    }
    out = {trait: 1.0 for trait, has in traits.items() if has}
    out["shape"] = max(-6.0, min(4.0, candidate.shape))
    out["times"] = math.log(times)
    return out


def _lowered(match: re.Match[str]) -> str:
    return match[0].lower()


@cache
def _left_sieve() -> Sieve:
    """Return which cues can stand before a name; those behind it are tried at one place only, and need none."""
    return Sieve([cue.pattern for cue in vocabulary().left])


@cache
def _behind() -> tuple[re.Pattern[str], tuple[int, ...]]:
    """Return one expression that tries all cues behind a name at one place, and the group that is set where each matches."""
    parts, groups, count = [], [], 0
    for cue in vocabulary().right:
        count += cue.pattern.groups + 1
        groups.append(count)
        parts.append(f"(?:(?={cue.pattern.pattern})()|)")
    return quick("".join(parts)), tuple(groups)


def gather(text: str, candidate: Candidate, w: Words) -> None:
    """Read the surroundings of a spelling's first occurrences."""
    behind, groups = _behind()
    for start, end in candidate.spans[:LOOKS]:
        if candidate.score >= ENOUGH:
            break
        window = text[max(0, start - LEFT) : start]
        cut = window.rfind("\n")
        window = _SENTENCE_CAPITAL.sub(_lowered, window[cut + 1 :])
        owner = text.startswith(("’s ", "'s "), end)
        for place in _left_sieve().places(window):
            cue = w.left[place]
            if cue.id in candidate.evidence or (owner and cue.id in ("not.through", "not.by")):
                continue
            if cue.pattern.search(window):
                candidate.evidence[cue.id] = cue.weight
        stop = text.find("\n", end, end + RIGHT)
        stop = min(len(text), end + RIGHT) if stop < 0 else stop
        within = _WITHIN.search(window) is not None  # "our profile of X said": another speaks
        agent = _AGENT.search(window) is not None  # "unveiled by X, has 7 billion": not X has
        found = behind.match(text, end, stop)
        assert found is not None  # each of its parts may be empty
        for group, cue in zip(groups, w.right, strict=True) if found.lastindex else ():
            if found.start(group) < 0:
                continue
            if (within and cue.id in _OF_SUBJECTS) or (agent and cue.id in _OF_HEADS):
                continue
            if cue.id not in candidate.evidence:
                candidate.evidence[cue.id] = cue.weight


def gather_title(title: str, name: str, candidate: Candidate, w: Words) -> None:
    """Read what stands around a spelling in the title."""
    at = title.find(name)
    probe = Candidate(candidate.key, [(at, at + len(name))])
    gather(title, probe, w)
    for rule, weight in probe.evidence.items():
        if weight > 0:
            candidate.evidence.setdefault(rule, weight)


_HEAD_CELL: Final = quick(
    r"(?:(?:AI|Language|Base|Our)\s)?(?:Models?|Names?|Systems?|LLMs?|Networks?|Checkpoints?|Variants?|Sizes?|Versions?)\b",
    re.IGNORECASE,
)

_MODEL_ROW: Final = quick(
    r"(?i)parameters?|params|tokens|(?:GPU|TPU|training|device)[ -](?:hours|time|cost|run|compute)|FLOPs?|hardware|context|accelerators"
)


#: "2. Yarrow": an entry of a list.
_NUMBERED: Final = quick(r"(?:\d{1,2}[.)]|[-–•*])\s")


def stand_alone(text: str, models: dict[str, Candidate]) -> None:
    """Evidence from names that fill a table's cell or a line of their own."""
    places: dict[int, list[tuple[int, str]]] = {}
    for key, candidate in models.items():
        for start, end in candidate.spans:
            places.setdefault(start, []).append((end, key))

    def told(start: int, end: int, rule: str) -> None:
        for stop, key in places.get(start, ()):
            if stop == end:
                models[key].evidence.setdefault(rule, weights.get(rule, 0.0))

    weights = vocabulary().traits
    head: list[str] = []
    heads: list[tuple[int, int]] = []
    rows: list[str] = []
    for match in re.finditer(r"[^\n]+", text):
        line, start = match[0], match.start()
        bar = " | " if " | " in line else "\t"
        if bar not in line:
            if start in places:
                told(start, match.end(), "stands.line")
            numbered = _NUMBERED.match(line)
            if numbered:
                told(start + numbered.end(), match.end(), "stands.numbered")
            run_in = _RUN_IN.match(line)
            if run_in:
                told(start + run_in.start(1), start + run_in.end(1), "stands.run-in")
            if line.strip():
                head, heads = [], []
            continue
        at, spans = start, []
        for cell in line.split(bar):
            lead = len(cell) - len(cell.lstrip())
            spans.append((at + lead, at + len(cell.rstrip())))
            at += len(cell) + len(bar)
        if not head:
            head, heads, rows = [text[a:b] for a, b in spans], spans, []
            continue
        rows.append(text[slice(*spans[0])])
        column = next((n for n, cell in enumerate(head) if _HEAD_CELL.match(cell)), -1)
        told(
            *spans[min(max(column, 0), len(spans) - 1)],
            "stands.model-column" if column >= 0 else "stands.first-column",
        )
        if _MODEL_ROW.search(rows[-1]):
            for a, b in heads[1:]:
                told(a, b, "stands.column-head")
    headed = [c for c in models.values() if "stands.run-in" in c.evidence]
    for (
        candidate
    ) in headed:  # "Money. We pay ...": a label, unless the text goes from name to name or says it again
        if len(headed) > 1 or len(candidate.spans) > 1:
            candidate.evidence["stands.run-in, again"] = weights.get("stands.run-in, again", 0.0)


def possessed(text: str, start: int, w: Words) -> bool:
    """Whether a known firm's possessive stands right before: "DeepMind's X"."""
    match = _POSSESSOR.search(text, max(0, start - 40), start)
    return match is not None and squash(match[1]) in w.organizations


def has_grade(name: str, w: Words) -> bool:
    parts = re.split(r"[\s-]", name)
    return len(parts) > 1 and parts[-1].lower() in w.variants


_POSSESSOR: Final = quick(
    r"([A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*){0,3})(?:’s|'s|(?<=s)[’'])\s(?:new |own |latest |first )?$"
)
