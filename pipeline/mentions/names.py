"""Find names of models and organizations never seen before, by shape and surroundings.

find_names(article) -> Names. A candidate is a chain of words in capitals, with digits, or with
capitals inside. Evidence for a spelling is gathered over the whole document: its own shape, what
stands around it wherever it occurs (rules/names/cues.toml), and what its family got. The lexicons
give spelling and a little evidence; they never decide alone against the surroundings.

Offsets are code points into the article's text (or title, for title_models), half-open.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from pipeline import rulebook
from pipeline.sieve import Sieve
from schemas.errors import RuleError
from schemas.records import Article

#: Evidence a spelling needs; more where the article says whose model it is about.
ACCEPT: Final = 2.5
#: So much more where the article is given with its model's name.
GIVEN: Final = 3.2
#: So much less for all: a name missed costs more than a false one.
LEAN: Final = 0.2
#: And so much less in a paragraph with figures of training and no name.
NEARBY: Final = 1.5
#: A text this short says most things once (code points).
SHORT: Final = 600
#: So much less where a text names no other model.
ADOPTED: Final = 2.5
#: The cues look this far to each side (code points).
LEFT, RIGHT = 90, 150
#: Occurrences of one spelling that are looked at for evidence.
LOOKS: Final = 14
#: A spelling with this much evidence is not looked at again.
ENOUGH: Final = 6.5

_WORD: Final = re.compile(
    r"[^\W_]+(?:(?:[-‐‑·×]|\.(?=\d|ai\b|AI\b|v\d)|/(?=\d{1,2}\b)|(?<=\w)'(?=[A-Z]))(?:[^\W_]+|\{\\[A-Za-z]{1,12}\}))*\+{0,2}|(?<=-)\{\\[A-Za-z]{1,12}\}"
)
_SIZE: Final = re.compile(
    r"(?:~?\d{1,4}(?:[xX×]\d{1,4})?(?:\.\d{1,3})?[BbMT](?:-A\d{1,4}(?:\.\d)?[Bb])?|E\d{1,2}[Bb]|\d{1,3}[xX×]\d{1,4}(?:\.\d)?[Bb])"
)
_SIZED: Final = re.compile(
    r"(?<=[^\W_])[-_]\d{1,4}(?:[xX×]\d{1,4})?(?:[.p]\d{1,3})?[BbT](?:-|$)|(?<=[^\W\d_]{3})\d{1,4}[BT]$"
)
_NUMBER: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,2}")
_VERSIONED: Final = re.compile(
    r"[^\W\d_]{1,20}-?v?\d{1,3}(?:\.\d{1,2})?[a-z]?(?:$|-)|^[a-z]\d(?:\.\d)?(?:$|-)"
)
_MORPHEMES: Final = re.compile(
    r"GPT|BERT|LLaMA|L[lL]ama|LLM|LM(?:$|[-\d])|Former|former\b|T5|[a-z]Net|GAN\b|VAE|Diffusion|Coder|Chat[A-Z]|CLIP|ViT|GLM|Whisper|MoE|VLM?\b|NLG|LaMA|RNN|Transformer\b|Instruct\b|Zero\b|^o\d\b"
)
_UNIT_AFTER: Final = re.compile(
    r"[\s\u00a0-]{1,2}(?:(?:to|or|and|–)\s\d\S{0,6}\s)?(?:million|billion|trillion|thousand|hundred|percent|per|parameters?|params?|tokens?|GPUs?|TPUs?|chips|hours?|days?|weeks?|months?|years?|times|GB|TB|MW|GWh|MWh|kWh|points?|bn|euros|dollars|x|languages|active|total|trainable|words|layers|users|people|cards|cores|servers|nodes|accelerators|model|dense)\b|\s?%"
)
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;…][\"”’'»)]{0,2}\s|[\n|(“\"«]\s?|\s[—–-]\s)$")
_FORM_END: Final = re.compile(r"(?:ing|ed)$")
_PLURAL_SIZE: Final = re.compile(r"\d[BMT]s$")
#: Words of a text that may hold a fact about a model.
_SUBJECT: Final = re.compile(
    r"(?i)\bparameters?\b|\btokens\b|\btrain(?:ed|ing|s)?\b|\b(?:GPU|TPU|chip|core|accelerator)s?\b|-hours|\bFLOPs?\b|\bcompute\b|\bweights\b|\bcheckpoint|[AHV]\d{2,3}\b|\bmodel"
)
#: A figure of training.
_FIGURE: Final = re.compile(
    r"\d[\d.,]*\s?(?:[BMT]\b|bn\b|tn\b|mn\b|billion|million|trillion|thousand|hundred)?[\s-]?(?:\w+[\s-]){0,2}?(?:parameters?|params|weights|tokens|GPUs?|TPUs?|chips|cards|accelerators|[AHV]\d{2,3}s?|GPU-hours|days|weeks|months)\b"
)
#: A name in small letters stands where only a name can.
_LOW_NAME: Final = re.compile(
    r"\b(?:model|LLM|network|chatbot|system|bot|it|which is|transformer|thing|result),?\s(?:is\s|was\s)?(?:called|named|dubbed|code-?named|christened)\s[“\"‘']?([a-z][a-z0-9-]{2,20})\b"
    r"|\b(?:[Hh]er|[Hh]is|[Mm]y|[Oo]ur|[Tt]heir|[Ii]ts)\s(?:\w+\s)?(?:model|network|chatbot|bot|LLM),\s([a-z][a-z0-9-]{2,20}),"
    r"|(?:^|\n|[.!?]\s)([a-z][a-z0-9-]{3,20})(?:\s\([^()\n]{2,40}\))?(?=\s(?:is|was)\s(?:an?|our|the)\s(?:[\w-]+\s){0,4}(?:model|network|LLM|transformer|chatbot)\b|\shas \d)"
    r"|[A-Z]\w*(?:’s|'s)\s([a-z][a-z0-9-]{3,20})(?=\s(?:comes? in\b|has \d|have \d|was (?:pre-?)?trained|cost [$€£¥]))"
    r"|(?:^|\n)([a-z][a-z0-9-]{1,20})(?:\s\([^()\n]{2,40}\))?(?=,\s|:\s|\s[—–-]\s|\s(?:is|was|has|had|cost|took|needed|used|ran|comes|came|from|by)\s)"
    r"|\b(?:[Mm]eet|[Ii]ntroducing|christened|called|named|dubbed)\s([a-z][a-z0-9-]{2,20})(?=[.,;:!)]|\s(?:is|was|has)\b)"
    r"|(?:^|\n|[.!?]\s)([a-z][a-z0-9-]{3,20})(?=\s(?:is|was|has|had|saw|cost|took)\s(?:about\s|around\s|only\s|just\s|roughly\s|~)?[$€£]?\d)"
    r"|(?<![\w-])([a-z]{3,15}-(?:mini|nano|micro|tiny|small|base|large|xl|lite|pro))(?![\w-])"
)
#: The capital of a sentence's first word; cues are written in small letters.
_SENTENCE_CAPITAL: Final = re.compile(r"(?:^|[.!?:]\s)[“\"(]?[A-Z](?=[a-z-]*\s)")
#: Rules of a name that the text introduces.
_INTRODUCED: Final = frozenset(
    ("named.kind", "named.called", "name.called", "name.it-is-called", "name.is-called", "name.noun-before", "name.apposition", "name.apposition-kind",
     "name.is-a-model", "is.model", "is.model-apposed", "is.released", "name.label", "stands.run-in, again", "name.release-before", "object.release",
     "name.it-has", "name.has-parameters", "has.size")
)  # fmt: skip
#: Of these, the ones that tell a name from a short form of another.
_SETTLED: Final = frozenset(
    ("name.noun-before", "name.it-has", "name.called", "name.it-is-called", "name.apposition", "name.is-a-model", "name.has-parameters",
     "name.parenthesis-size", "name.apposition-kind")
)  # fmt: skip
_ADJECTIVE: Final = re.compile(
    r"[\w)+]-(?:based|adapted|centric|created|style|like|trained|tuned|level|free|only|shot|aware|scale|class|backed|led|owned|wide|"
    r"parameter|bit|ready|compatible|powered|enabled|driven|funded|language|speaking|specific|related|made|era|designed|built|developed|generated|"
    r"headquartered|born|listed|hosted|optimi[sz]ed|quality|sized|focused|equivalent|funded|grade|hours?|days?|weeks?|months?|years?)$",
    re.IGNORECASE,
)
_KINDS: Final = frozenset(
    (
        "gan",
        "gans",
        "moe",
        "lstm",
        "cnn",
        "lm",
        "llm",
        "rnn",
        "mlp",
        "model",
        "models",
        "network",
        "networks",
        "mt",
    )
)
_EARLIER: Final = re.compile(r"\b(?:first|original|older|earlier|previous|old)\s$")
#: "Grand Piano. Word is that ...": a name that heads its paragraph.
_RUN_IN: Final = re.compile(r"(?:\d{1,2}\.\s)?([^\W\d_][\w-]*(?:\s[A-Z0-9][\w.-]*){0,2})\.\s[A-Z]")
#: "Farid: Longer.": who speaks in an interview or a transcript.
_SPEAKER: Final = re.compile(
    r"(?:^|\n)(?:\[[\d:.]{4,11}\]\s)?(?:u/|@)?([^\W\d_][\w.-]{1,24}(?:\s[A-Z][\w-]{1,20})?)(?:\s\([^()\n]{1,40}\)|,\s[^\n:]{2,50})?:\s"
)
_DAY_FIRM: Final = re.compile(
    r"\s(?:Systems|AI|Labs?|Research|Technologies|Group|Studios?)\b"
)  # "Sunday Systems"
#: Words of the subject that may stand inside a name or a technique's name, in capitals.
_SUBJECTS: Final = frozenset(
    (
        "learning",
        "language",
        "data",
        "machine",
        "deep",
        "large",
        "open",
        "training",
        "video",
        "scale",
        "compute",
        "research",
    )
)
#: "a Mongolian model": what a nationality qualifies.
_LOWER_NEXT: Final = re.compile(r"(?:-\w+)?\s(?!is\b|was\b|has\b|had\b|and\b|cost\b|took\b)[a-z]")
#: Last parts of names of tests and collections.
_TEST: Final = re.compile(
    r"(?:[Bb]ench|Eval|Exam|Quiz|Arena|Leaderboard|QA|Corpus|Crawl|Test)(?:[\s-]?v?\d[\d.]*)?$"
)
_WITHIN: Final = re.compile(r"\b(?:of|about|on|behind|in|from|with|at|for|to)\s(?:the\s)?[“\"‘]?$")
_AGENT: Final = re.compile(r"\b(?:by|at|from|in|near|through|under|inside|outside)\s(?:the\s)?$")
_OF_HEADS: Final = frozenset(
    ("does", "is", "is.large", "has.size", "has.figure", "is.trained", "is.released", "name.has-parameters", "name.trained", "name.trained-nearby", "is.beside-figure", "told.next")
)  # fmt: skip
#: What is said of a clause's subject only.
_OF_SUBJECTS: Final = frozenset(("not.speech", "not.speaker", "not.human"))
#: A word in capitals amid a sentence, and a capital behind it.
_PLAIN_BEFORE: Final = re.compile(r"[a-z],?\s$")
_CAPITAL_NEXT: Final = re.compile(r"\s([A-Z][a-z]{2,20})\b")
#: "NOK 96", "R640": sums.
_CURRENCY: Final = re.compile(
    r"(?:NOK|SEK|DKK|ISK|EUR|USD|GBP|CHF|JPY|CNY|RMB|Rmb|INR|Rs|KRW|NTD|NT|ZAR|R|NGN|KES|KSh|GHS|TWD|PLN|CZK|HUF|TRY|RUB|AED|SAR|THB|IDR|Rp|MYR|RM|VND|PHP|BRL|US|CA|AU|NZ|HK|SG|C|A|S)\s?\d[\d,.]*"
)
_COUNTS: Final = frozenset(("one", "two", "three", "four", "five", "six", "seven", "zero"))
_ACTED: Final = re.compile(r"[A-Z]{2,4}(?:ed|['’]d|ing|s)$")  # "DMed", "LLMs"
_NATIONAL: Final = re.compile(r"^[A-Z][a-z]+(?:ian|ean|ese|ish|ch)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text: [start, end), as it stands there, its canonical form, and why."""

    start: int
    end: int
    text: str
    canonical: str
    rule: str
    confidence: float
    introduced: bool = False  # the text says what it is ("X, a language model"), not in passing


@dataclass(frozen=True, slots=True)
class Names:
    """All names of an article, in text order; offsets of title_* point into the title.

    models:      mentions of models; organizations: mentions of organizations; they do not overlap.
    aliases:     canonical name of a model -> its other spellings in this text.
    """

    models: tuple[Name, ...] = ()
    organizations: tuple[Name, ...] = ()
    title_models: tuple[Name, ...] = ()
    title_organizations: tuple[Name, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organization_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@lru_cache(maxsize=4096)  # a text's names are compared again and again
def squash(name: str) -> str:
    """Lower case, letters and digits only (any script): how spellings are compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).lower() if c.isalnum())


def is_reporter(name: str) -> bool:
    """Whether an organization reports on models or rents machines, and rarely makes a model."""
    return squash(name) in _words().reporters


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled rule of cues.toml."""

    id: str
    side: str
    pattern: re.Pattern[str]
    weight: float


@dataclass(frozen=True, slots=True)
class _Words:
    """The vocabularies, compiled once."""

    left: tuple[Cue, ...]
    right: tuple[Cue, ...]
    closed: frozenset[str]
    months: frozenset[str]
    persons: frozenset[str]
    numbered: frozenset[str]
    variants: frozenset[str]
    lower_variants: frozenset[str]
    heads: frozenset[str]
    of_heads: frozenset[str]
    things: frozenset[str]
    thing_roots: frozenset[str]
    device: re.Pattern[str]
    known: Mapping[str, str]
    families: frozenset[str]
    common: frozenset[str]
    generic: frozenset[str]
    organizations: Mapping[str, str]
    places: frozenset[str]
    reporters: frozenset[str]
    aliases: Mapping[str, str]
    organization_noun: str
    common_words: frozenset[str]
    given_names: frozenset[str]
    languages: frozenset[str]
    surnames: frozenset[str]
    firm_words: frozenset[str]
    firm_nouns: frozenset[str]
    traits: Mapping[str, float]


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    """Put the pieces that a pattern names, and those that they name, in their places."""
    for _ in range(3):
        for name, piece in pieces.items():
            pattern = pattern.replace(f"{{{name}}}", piece)
    return pattern


def cues() -> tuple[Cue, ...]:
    """Return the rules of cues.toml, compiled. Raises RuleError naming a bad one."""
    vocabulary = rulebook.toml("names/words.toml")
    noun = (
        "(?:"
        + "|".join(sorted((re.escape(w) for w in vocabulary["model_nouns"]), key=len, reverse=True))
        + ")"
    )
    rules = rulebook.toml("names/cues.toml")
    pieces = {"noun": noun, **rules["pieces"]}
    out = []
    for rule in rules["rule"]:
        unknown = set(rule) - {"id", "side", "pattern", "weight", "prior", "why", "fires_on", "quiet_on"}
        if unknown or rule["side"] not in ("left", "right") or not rule["fires_on"] or not rule["quiet_on"]:
            raise RuleError(
                f"names/cues.toml: rule {rule.get('id')!r} needs a side, examples, and no {sorted(unknown)}"
            )
        try:
            out.append(
                Cue(
                    rule["id"],
                    rule["side"],
                    re.compile(_filled(rule["pattern"], pieces)),
                    rule["weight"],
                )
            )
        except re.error as err:
            raise RuleError(f"names/cues.toml: rule {rule['id']}: {err}") from err
    if len({cue.id for cue in out}) != len(out):
        raise RuleError("names/cues.toml: an id is used twice")
    return tuple(out)


@cache
def _words() -> _Words:
    v = rulebook.toml("names/words.toml")
    rules = cues()
    known: dict[str, str] = {}
    families: set[str] = set()
    common: set[str] = set()
    for line in rulebook.lines("names/families.txt"):
        name = line.removesuffix(" ?")
        if name != line:
            common.add(squash(name))
        known.setdefault(squash(name), name)
        families.add(squash(name))
    for row in rulebook.table("names/models.csv"):
        if len(row["model"]) > 2 and "(" not in row["model"]:
            known.setdefault(squash(row["model"]), row["model"])
    organizations = {squash(name): name for name in rulebook.lines("names/organizations.txt")}
    things = frozenset(squash(x) for x in v["things"])
    return _Words(
        left=tuple(c for c in rules if c.side == "left"),
        right=tuple(c for c in rules if c.side == "right"),
        closed=frozenset(v["closed"]),
        months=frozenset(v["months"]),
        persons=frozenset(v["person_titles"]),
        numbered=frozenset(v["numbered"]),
        variants=frozenset(v["variants"]) | {"open"},
        lower_variants=frozenset(v["lower_variants"]),
        heads=frozenset(w.lower() for w in v["organization_heads"]),
        of_heads=frozenset(w.lower() for w in v["organization_of"]),
        things=things,
        thing_roots=frozenset(
            squash(x) for x in v["things"] if " " not in x and not any(c.isdigit() for c in x)
        ),
        device=re.compile("(?:" + "|".join(v["device_shapes"]) + ")"),
        known=known,
        families=frozenset(families),
        common=frozenset(common),
        generic=frozenset(squash(x) for x in v["generic"]),
        organizations=organizations,
        places=frozenset(squash(x) for x in rulebook.lines("names/places.txt")),
        reporters=frozenset(squash(x) for x in v["reporters"]),
        aliases={squash(row["alias"]): row["name"] for row in rulebook.table("names/aliases.csv")},
        organization_noun="(?:" + "|".join(re.escape(w) for w in v["organization_nouns"]) + ")",
        common_words=frozenset(rulebook.lines("names/common_words.txt")),
        given_names=frozenset(rulebook.lines("names/given_names.txt")),
        languages=frozenset(rulebook.lines("names/languages.txt")),
        surnames=frozenset(rulebook.lines("names/surnames.txt")),
        firm_nouns=frozenset(v["organization_nouns"]),
        firm_words=frozenset(name.split()[0] for name in rulebook.lines("names/organizations.txt")),
        traits={row["trait"]: float(row["weight"]) for row in rulebook.table("names/traits.csv")},
    )


# --- chains of words that may be names ----------------------------------------------------------


@dataclass(slots=True)
class _Chain:
    """A run of name-like words: spans of its words, whether it opens a sentence, what stood before."""

    words: list[tuple[int, int, str]]
    opens: bool
    title_before: bool = False

    @property
    def start(self) -> int:
        return self.words[0][0]

    @property
    def end(self) -> int:
        return self.words[-1][1]


def _is_cap(word: str) -> bool:
    return (
        word[0].isupper()
        or word[0].istitle()
        or "\u3400" <= word[0] <= "\u9fff"
        or "\uac00" <= word[0] <= "\ud7af"
    )


def _has_inner_cap(word: str) -> bool:
    return not word.islower() and not word.isupper() and any(c.isupper() for c in word[1:])


def _starts_name(word: str, w: _Words) -> bool:
    """Whether a chain may begin with this word."""
    first = word[0]
    if first.isdigit():
        return word.endswith((".AI", ".ai")) and word[:-3].isdigit()
    if _is_cap(word):
        return True
    if not any(c.isdigit() for c in word):
        return _has_inner_cap(word)
    # lower case with digits: gpt-4, o3-mini, codegen2, gpt-oss-120b; not "v2", "x86", "e4"
    return bool(_VERSIONED.search(word) or _SIZED.search(word)) and not re.fullmatch(
        r"(?:v|x|e|p|s|h|k|fp|bf|int|sm|top|pass|co|f|n|r)-?\d+\w{0,2}", word
    )


def _joins(text: str, previous: str, word: str, start: int, end: int, w: _Words) -> bool:
    """Whether the next word goes on with the chain."""
    low = word.lower()
    if word[0].isdigit():
        if text[end : end + 1] == "," and text[end + 1 : end + 2].isdigit():
            return False
        if previous.lower() in w.months or previous.lower() in w.numbered:
            return False
        if _SIZE.fullmatch(word):
            return not _UNIT_AFTER.match(text, end, end + 24) or (
                text.startswith((" model", " dense"), end) and _version_like(previous)
            )
        if _NUMBER.fullmatch(word):
            return not _UNIT_AFTER.match(text, end, end + 24) and not previous[-1].isdigit()
        if re.fullmatch(r"\d{1,2}(?:\.\d)?[a-z]", word) or re.fullmatch(r"\d\.\d-[A-Za-z]+\S*", word):
            return not _UNIT_AFTER.match(text, end, end + 24)
        return (
            bool(re.fullmatch(r"\d{1,3}[a-z]{0,2}(?:-\w+)+", word))
            and "-" in word
            and not low.endswith(("-parameter", "-bit", "-gpu", "-billion", "-million", "-trillion"))
        )
    if low in w.closed:
        if not _is_cap(word):
            return False
        if low in _KINDS:  # "Projected GAN"; "Hierarchical Reasoning Model (HRM)"
            return low not in ("model", "models", "network", "networks") or text.startswith(" (", end)
        return low in w.variants or low in w.heads or low in _COUNTS or low in _SUBJECTS
    if _is_cap(word) or _has_inner_cap(word):
        return not (previous[-1].isdigit() and word in w.firm_words and low not in w.variants)
    if re.fullmatch(r"v\d{1,2}(?:\.\d{1,2})?", word):
        return True
    return low in w.lower_variants and any(c.isdigit() for c in previous)


def _version_like(word: str) -> bool:
    return any(c.isdigit() for c in word)


def _chains(text: str, w: _Words) -> Iterable[_Chain]:
    """Cut the text into chains. Devices, months and closed words end one."""
    chain: _Chain | None = None
    last_end, last_word = -1, ""
    for match in _WORD.finditer(text):
        word = match[0]
        start, end = match.span()
        if chain is None and word.isascii() and word.islower() and word.isalpha():  # begins no name
            last_end, last_word = end, word
            continue
        if word[-1] == "s" and _PLURAL_SIZE.search(word):  # "two MPT-7Bs"
            word, end = word[:-1], end - 1
        low = word.lower()
        stop = (low in w.months and not _DAY_FIRM.match(text, end)) or (w.device.fullmatch(word) is not None)
        ampersand = (
            chain is not None
            and text[last_end:start] == " & "
            and word[0].isupper()
            and low not in w.closed
            and not stop
        )
        if (
            ampersand
            and chain is not None
            and len(chain.words) < 4
            and not any(c.isdigit() for c in last_word)
        ):
            chain.words.append((start, end, word))
            last_end, last_word = end, word
            continue
        if (
            chain is not None
            and start - last_end == 1
            and text[last_end] in " \u00a0"
            and not stop
            and len(chain.words) < 9
            and _joins(text, last_word, word, start, end, w)
        ):
            chain.words.append((start, end, word))
        else:
            if chain is not None:
                # "Academy of Artificial Intelligence": the name of an institution goes on after "of"
                if (
                    low in ("of", "for", "des", "de", "du", "di", "für", "der")
                    and chain.words[-1][2].lower() in w.of_heads
                    and start - last_end == 1
                    and re.match(
                        r"(?:of|for|des|de|du|di|für|der) (?:the |la |les )?[A-Z]", text[start : start + 10]
                    )
                ):
                    chain.words.append((start, end, word))
                    last_end, last_word = end, word
                    continue
                if (
                    low in ("the", "la", "les")
                    and chain.words[-1][2] in ("of", "for", "de")
                    and start - last_end == 1
                ):
                    chain.words.append((start, end, word))
                    last_end, last_word = end, word
                    continue
                yield chain
                chain = None
            named = (
                word == "AI" and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
            )  # "AI Singapore"
            if (
                not named
                and low in w.closed
                and word.istitle()
                and _PLAIN_BEFORE.search(text, max(0, start - 3), start)
            ):  # "the model Second Wind"
                behind = _CAPITAL_NEXT.match(text, end)
                named = behind is not None and behind[1].lower() not in w.closed
            handle = text[max(0, start - 2) : start] in ("u/", "r/") or text[start - 1 : start] == "@"
            if not stop and not handle and (low not in w.closed or named) and _starts_name(word, w):
                opens = bool(_SENTENCE_START.search(text, max(0, start - 4), start)) or start == 0
                title = last_word.lower() in w.persons and start - last_end <= 2
                chain = _Chain([(start, end, word)], opens, title)
        last_end, last_word = end, word
    if chain is not None:
        yield chain


# --- evidence -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Candidate:
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
    title: bool = False

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


def _usual(spellings: Mapping[str, int]) -> str:
    """The spelling that stands most often, the first of equals."""
    return next(iter(spellings)) if len(spellings) == 1 else max(spellings, key=lambda name: spellings[name])


def _root(name: str) -> str:
    """The letters that a family's names share: "Llama 3.1 405B" -> "llama"."""
    match = re.match(r"[^\W\d_]+", name)
    return match[0].lower() if match else ""


def _stem(name: str, w: _Words) -> str:
    """A name without its version, size and grade, squashed: "DALL-E 2" -> "dalle"."""
    parts = re.split(r"[\s-]", name)
    while len(parts) > 1 and (
        parts[-1][:1].isdigit() or parts[-1].lower() in w.variants or re.fullmatch(r"v?\d\S*", parts[-1])
    ):
        parts = parts[:-1]
    return squash("".join(parts))


def _head(name: str, w: _Words) -> str:
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


def _shape(name: str, w: _Words) -> float:
    """Evidence from the spelling alone."""
    parts = name.split()
    score = -6.0 if " & " in name else 0.0
    sized = bool(_SIZED.search(parts[0])) or any(_SIZE.fullmatch(p) or _SIZED.search(p) for p in parts[1:])
    if sized:
        score += 3.0
    versioned = any(_NUMBER.fullmatch(p) or re.fullmatch(r"v\d(?:\.\d)?", p) for p in parts[1:]) or any(
        _VERSIONED.search(p) for p in parts
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
    if _has_inner_cap(parts[0]) and len(parts[0]) > 3 and "-" not in parts[0]:
        score += 0.4
    if name.endswith("+"):
        score += 1.5 if re.search(r"\s[A-Z]\+$", name) else 0.7
    key = squash(name)
    if _ADJECTIVE.search(name):
        score -= 8.0
    if len(parts) > 1 and parts[-1].lower() in _SUBJECTS:
        score -= 3.0
    if key in w.generic:
        score -= 12.0
    if key in w.families:
        score += 1.6 if key in w.common else 2.6
    elif key in w.known:
        score += 1.5
    elif (
        len(_root(name)) > 2
        and (versioned or sized or last in w.variants)
        and (_root(name) in w.families or _stem(name, w) in w.families)
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


def _bare(word: str) -> set[str]:
    """A word in small letters and what it may be a form of: "subscriptions", "subscription"."""
    out = {word}
    for ending, instead in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            out.add(word[: -len(ending)] + instead)
    return out


def _relations(models: Mapping[str, _Candidate], w: _Words) -> tuple[set[str], set[str], set[str]]:
    """First words of firms' names, words of people's names, and what stands in front of a version."""
    firms: set[str] = set()
    people: set[str] = set()
    families: set[str] = set()
    for candidate in models.values():
        name = _usual(candidate.spellings)
        parts = name.split()
        if len(parts) > 1:
            if parts[-1].lower() in w.heads and parts[-1].lower() not in w.variants:
                firms.update(" ".join(parts[:n]) for n in range(1, len(parts)))
            if parts[0] in w.given_names and len(parts) < 4:
                people.update(parts)
        if any(c.isdigit() for c in name):
            families.update(name[: match.start()] for match in re.finditer(r"[\s-]", name))
    return firms, people, families


def _traits(
    candidate: _Candidate,
    name: str,
    text: str,
    title: str,
    lower_words: set[str],
    relations: tuple[set[str], set[str], set[str]],
    w: _Words,
) -> dict[str, float]:
    """What a spelling is like, apart from its surroundings: trait of traits.csv -> its size (mostly 1)."""
    parts = name.split()
    key, low, times = candidate.key, name.lower(), len(candidate.spans)
    single = len(parts) == 1
    opens = candidate.opens == times
    common = single and bool(_bare(low) & w.common_words)
    firms, people, families = relations
    national_word = _NATIONAL.match(name) is not None or name in w.languages
    national = national_word and all(_LOWER_NEXT.match(text, end) for _, end in candidate.spans[:LOOKS])
    traits = {
        "always": True,
        "said again": times >= 2,
        "digit": any(c.isdigit() for c in name),
        "capital inside": _has_inner_cap(parts[0]),
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
    return Sieve([cue.pattern for cue in _words().left])


def _gather(text: str, candidate: _Candidate, w: _Words) -> None:
    """Read the surroundings of a spelling's first occurrences."""
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
        for cue in w.right:
            if (within and cue.id in _OF_SUBJECTS) or (agent and cue.id in _OF_HEADS):
                continue
            if cue.id not in candidate.evidence and cue.pattern.match(text, end, stop):
                candidate.evidence[cue.id] = cue.weight


def _gather_title(title: str, name: str, candidate: _Candidate, w: _Words) -> None:
    """Read what stands around a spelling in the title."""
    at = title.find(name)
    probe = _Candidate(candidate.key, [(at, at + len(name))])
    _gather(title, probe, w)
    for rule, weight in probe.evidence.items():
        if weight > 0:
            candidate.evidence.setdefault(rule, weight)


# --- organizations ----------------------------------------------------------------------------------


@cache
def _organization_cues() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    noun = _words().organization_noun
    right = re.compile(
        rf"(?:,\s(?:founded|backed|led|based|headquartered|owned|started)\b)|(?:(?:’s|'s)?\s?,\s(?:an?|the|its|one of)\s(?:[\w’.-]+\s){{0,6}}?{noun}s?\b)|\s(?:is|was)\san?\s(?:[\w’.-]+\s){{0,5}}?{noun}\b"
        r"|(?:’s|'s)\s(?:parent|listing|chief|CEO|founders?|engineers|researchers|spokes\w+|own count|valuation|headquarters|revenue|latest|new|first|open|flagship|models?)\b"
        r"|\s(?:said|says|announced|raised|declined|employs|released|unveiled|introduced|launched|published|trained|developed|built|hopes|plans|spent|paid|estimates|claims|has (?:raised|not|never|trained|released|published|rejected|denied)|reported|open-sourced|puts|bought|rents|designs|makes|sells|develops|builds|operates|provides|chose|denies|denied|rejected|denies)\b"
        r"|\sresearchers\b|\sengineers\b"
    )
    left = re.compile(
        rf"(?:(?:{noun}|[Rr]esearchers? (?:at|from|of)|[Ss]cientists (?:at|from)|[Ee]ngineers (?:at|from)|team (?:at|from)|head of|founder of|co-?founder of|chief executive of|CEO of|officer of|runs|leads|behind it,|by|[Aa]bout|(?:company|firm|lab|maker|developer) is(?: called)?|(?:trained|built|developed|made) (?:it|this|them|the model) (?:at|in))"
        r"|(?:developed|built|trained|made|created|released|published|funded|coordinated) by|from),?\s(?:the\s)?(?:[\w-]+\sstart-?up\s)?$"
    )
    return ((left, right),)


def _organization_score(text: str, candidate: _Candidate, w: _Words) -> float:
    name = _usual(candidate.spellings)
    parts = name.split()
    score = 0.0
    if candidate.key in w.organizations:
        score += 2.5
    if (len(parts) > 1 and parts[-1].lower().rstrip(".") in w.heads) or any(
        p.lower() in w.of_heads for p in parts
    ):
        score += 2.5
    if candidate.key in w.places or candidate.key in w.things:
        return -3.0
    if " & " in name:
        score += 1.5
    ((left, right),) = _organization_cues()
    told = set()
    place = 0
    for start, end in candidate.spans[:LOOKS]:
        stop = text.find("\n", end, end + RIGHT)
        stop = min(len(text), end + RIGHT) if stop < 0 else stop
        if right.match(text, end, stop):
            told.add("right")
        if _ROLE.search(text, max(0, start - 30), start):
            place += 1
        if _PLACE_AFTER.match(text, end, end + 40) or _PLACE_BEFORE.search(text, max(0, start - 30), start):
            place += 1
        window = text[max(0, start - 60) : start]
        if left.search(window[window.rfind("\n") + 1 :]):
            told.add("left")
    return score + 1.5 * len(told) - (3.0 if 2 * place >= len(candidate.spans[:LOOKS]) else 0.0)


# --- putting it together ----------------------------------------------------------------------------


def find_names(article: Article) -> Names:
    """Find the models and organizations that an article names.

    Any text is safe; the same text gives the same names. Linear in the length of the text.
    """
    return find_in(article.text, article.title or "", default_model=article.default_model)


def find_in(text: str, title: str = "", *, default_model: str | None = None) -> Names:
    """As find_names, for a bare text and title."""
    w = _words()
    models, others = _gathered(text, title, default_model, w)
    threshold = ACCEPT - LEAN + (GIVEN if default_model else 0.0)
    accepted = {key for key, c in models.items() if c.score >= threshold}
    _listed(text, models, accepted, threshold)
    # The first word of a longer name, said alone again and again: "Draig" beside "Draig Fach".
    firsts = {
        _usual(models[key].spellings).split()[0] for key in accepted if " " in _usual(models[key].spellings)
    }
    for key, candidate in models.items():
        name = _usual(candidate.spellings)
        if (
            key not in accepted
            and name in firsts
            and len(candidate.spans) > 1
            and len(name) > 3
            and candidate.score >= 0
            and key not in w.organizations
            and key not in w.places
        ):
            candidate.evidence["name.first-word"] = 2.5
            accepted.add(key)
    # A family vouches for its members: the same letters, with another version, size or grade.
    roots = Counter(
        _root(_usual(models[key].spellings)) for key in accepted if models[key].score >= threshold + 0.5
    )
    heads = {squash(_head(_usual(models[key].spellings), w)) for key in accepted}
    stems = {squash(_usual(models[key].spellings)) for key in accepted}
    for key, candidate in models.items():
        if key in accepted or candidate.shape < -2.5:
            continue
        name = _usual(candidate.spellings)
        root = _root(name)
        parts = re.split(r"[\s-]", name)
        member = len(parts) > 1 and any(
            squash("".join(parts[:n])) in stems or squash("".join(parts[:n])) in heads
            for n in range(1, len(parts))
        )
        versioned = (
            len(root) > 1 and bool(roots.get(root)) and (any(c.isdigit() for c in name) or _grade(name, w))
        )
        alone = (
            key in heads
            and key not in w.organizations
            and key not in w.places
            and len(key) > 2
            and candidate.score > -1.0
        )
        if alone and _organization_score(text, candidate, w) >= 1.5:
            alone = False
        if alone or (
            (versioned or (member and parts[-1].lower() not in w.heads)) and candidate.score >= -1.0
        ):
            candidate.evidence["name.family"] = 2.0
            if alone or candidate.score >= ACCEPT - 1.0:
                accepted.add(key)

    organizations = _organizations(text, models, others, accepted, w)
    if accepted and not default_model:
        _adopt_nearby(text, models, accepted, organizations)
    if not accepted and not default_model:
        _adopt(text, models, accepted, organizations)
    return _build(text, title, models, accepted, organizations, w)


def candidates(text: str, title: str = "", *, default_model: str | None = None) -> dict[str, _Candidate]:
    """Spellings that may be models' names, each with its evidence: what the weights are fitted on."""
    return _gathered(text, title, default_model, _words())[0]


def _gathered(
    text: str, title: str, default_model: str | None, w: _Words
) -> tuple[dict[str, _Candidate], dict[str, _Candidate]]:
    """Find the spellings that may be names and weigh them: (names, firms cut off in front)."""
    chains = list(_chains(text, w))
    lower_words = set(re.findall(r"(?<![\w-])[a-z][a-z]{2,}(?![\w-])", text))
    models: dict[str, _Candidate] = {}
    others: dict[str, _Candidate] = {}
    heading_lines = _headings(text)

    within = {(c.words[0][2], c.words[1][2]) for c in chains if len(c.words) > 1 and not c.opens}
    pieces: list[tuple[_Chain, list[tuple[int, int, str]]]] = []
    for chain in chains:
        words = chain.words
        while words and words[-1][2].lower() in (
            "of",
            "for",
            "the",
            "des",
            "de",
            "du",
            "di",
            "für",
            "der",
            "la",
            "les",
        ):
            words = words[:-1]
        firm = words[-1][2].lower() in w.heads and words[0][2].lower() not in lower_words if words else False
        if (
            chain.opens
            and len(words) > 1
            and not firm
            and (words[0][2], words[1][2]) not in within
            and squash(text[words[0][0] : words[1][1]]) not in w.organizations
            and _drop_first(words[0][2], lower_words, w)
        ):
            words = words[1:]
        if chain.opens and len(words) > 1 and words[0][2].lower() in w.firm_nouns:  # "Consultancy Oriel"
            words = words[1:]
        while len(words) > 1 and _ADJECTIVE.search(words[0][2]):  # "Paris-based Oriel AI"
            words = words[1:]
        if words and words[0][2] == "AI" and squash(text[words[0][0] : words[-1][1]]) not in w.organizations:
            words = words[1:]
        if not words:
            continue
        pieces.append((chain, words))

    def note(table: dict[str, _Candidate], start: int, end: int, chain: _Chain, *, opens: bool) -> None:
        name = text[start:end]
        key = squash(name)
        if not key:
            return
        candidate = table.get(key)
        if candidate is None:
            candidate = table[key] = _Candidate(key)
        candidate.spans.append((start, end))
        candidate.spellings[name] += 1
        candidate.opens += opens
        candidate.title = candidate.title or chain.title_before

    labels = Counter(match[1] for match in _SPEAKER.finditer(text))
    speakers = {label for label, count in labels.items() if count > 1}
    starts = re.findall(r"(?m)^[^\W\d_]", text)
    small = 4 * sum(c.islower() for c in starts) > len(starts)  # written without capitals
    low_names = {
        word
        for match in _LOW_NAME.finditer(text)
        if (word := match[match.lastindex or 0]) not in w.closed
        and word not in speakers
        and word not in w.variants
        and (
            (match.lastindex or 0) < 5
            or not (
                (match.lastindex == 5 and small)
                or len(word) < 2
                or _bare(word.split("-")[0]) & (w.common_words | w.variants)
            )
        )
    }
    for word in sorted(low_names):  # "a model called tsuzumi"
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            note(models, *match.span(), _Chain([], False), opens=False)
    for chain, words in pieces:
        for start, end, kind in _split(text, words, w):
            opens = chain.opens and start == chain.start
            if _in_heading(start, heading_lines):
                opens = True
            note(models if kind == "name" else others, start, end, chain, opens=opens)

    firm_words = {
        parts[0].lower()
        for candidate in models.values()
        if len(parts := _usual(candidate.spellings).split()) > 1
        and parts[-1].lower() in w.heads
        and parts[-1].lower() not in w.variants
    }
    relations = _relations(models, w)
    wanted = squash(default_model) if default_model else ""
    for key, candidate in models.items():
        name = _usual(candidate.spellings)
        candidate.shape = _shape(name, w)
        if wanted and len(key) > 2 and (key in wanted or wanted in key):
            candidate.shape += 1.5
        if candidate.title:
            candidate.shape -= 4.0
        if key in w.organizations and key not in w.families:
            candidate.shape -= 3.0
        if name in speakers:
            candidate.shape -= 6.0
        if name.lower() in w.variants:
            candidate.shape -= 1.5
        if name.lower() in w.numbered:
            candidate.shape -= 4.0
        if name.lower() in firm_words:  # "Vesper" beside "Vesper Labs"
            candidate.shape -= 3.0
        if (
            candidate.opens == len(candidate.spans)
            and " " not in name
            and not any(c.isdigit() for c in name)
            and not _has_inner_cap(name)
        ):
            if name.lower() in lower_words:
                candidate.shape -= 3.0
            elif key not in w.known:
                candidate.shape -= 0.7
                candidate.opening = 0.7
        elif " " not in name and name.istitle() and name.lower() in lower_words and key not in w.families:
            candidate.shape -= 1.0
        candidate.traits = _traits(candidate, name, text, title, lower_words, relations, w)
        candidate.base = ACCEPT + sum(w.traits.get(t, 0.0) * value for t, value in candidate.traits.items())
        if candidate.shape > -4.0:
            _gather(text, candidate, w)
            if name in title:
                _gather_title(title, name, candidate, w)
            if "owned.firm" in candidate.evidence and any(
                _possessed(text, start, w) for start, _ in candidate.spans[:LOOKS]
            ):
                candidate.evidence["owned.known-firm"] = w.traits.get("owned.known-firm", 0.0)

    _stand_alone(text, models)
    return models, others


_AND: Final = re.compile(
    r",?\s(?:and|or|as well as)\s|,\s|\s?/\s?|\s&\s|,?\s(?:and|or)\s[A-Z][\w.]*(?:’s|'s)\s|,\s[A-Z][\w.]*(?:’s|'s)\s"
)


def _listed(text: str, models: dict[str, _Candidate], accepted: set[str], threshold: float) -> None:
    """A name joined to a model by "and" is likely one too: "PanGu and X"."""
    spans = sorted((start, end, key) for key, c in models.items() for start, end in c.spans)
    for (_, end, left), (start, _, right) in pairwise(spans):
        if left == right or start - end > 30 or (left in accepted) == (right in accepted):
            continue
        mate, other = (models[left], models[right]) if left in accepted else (models[right], models[left])
        if "name.listed" in other.evidence or _AND.fullmatch(text, end, start) is None:
            continue
        if other.shape >= 0.4:
            other.evidence["name.listed"] = 1.0
        elif (
            text[end:start] == " and "
            and other.shape + other.opening >= 0
            and other.context >= 0
            and mate.score >= ACCEPT + 1.0
            and other.key not in _words().organizations
        ):
            other.evidence["name.listed"] = 2.5
    accepted.update(key for key, c in models.items() if c.score >= threshold)


_HEAD_CELL: Final = re.compile(
    r"(?:(?:AI|Language|Base|Our)\s)?(?:Models?|Names?|Systems?|LLMs?|Networks?|Checkpoints?|Variants?|Sizes?|Versions?)\b",
    re.IGNORECASE,
)
_MODEL_ROW: Final = re.compile(
    r"(?i)parameters?|params|tokens|(?:GPU|TPU|training|device)[ -](?:hours|time|cost|run|compute)|FLOPs?|hardware|context|accelerators"
)


def _stand_alone(text: str, models: dict[str, _Candidate]) -> None:
    """Evidence from names that fill a table's cell or a line of their own."""
    places: dict[int, list[tuple[int, str]]] = {}
    for key, candidate in models.items():
        for start, end in candidate.spans:
            places.setdefault(start, []).append((end, key))

    def told(start: int, end: int, rule: str) -> None:
        for stop, key in places.get(start, ()):
            if stop == end:
                models[key].evidence.setdefault(rule, weights.get(rule, 0.0))

    weights = _words().traits
    head: list[str] = []
    heads: list[tuple[int, int]] = []
    rows: list[str] = []
    for match in re.finditer(r"[^\n]+", text):
        line, start = match[0], match.start()
        if " | " not in line:
            if start in places:
                told(start, match.end(), "stands.line")
            run_in = _RUN_IN.match(line)
            if run_in:
                told(start + run_in.start(1), start + run_in.end(1), "stands.run-in")
            if line.strip():
                head, heads = [], []
            continue
        at, spans = start, []
        for cell in line.split(" | "):
            lead = len(cell) - len(cell.lstrip())
            spans.append((at + lead, at + len(cell.rstrip())))
            at += len(cell) + 3
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


def _possessed(text: str, start: int, w: _Words) -> bool:
    """Whether a known firm's possessive stands right before: "DeepMind's X"."""
    match = _POSSESSOR.search(text, max(0, start - 40), start)
    return match is not None and squash(match[1]) in w.organizations


def _adopt(
    text: str,
    models: dict[str, _Candidate],
    accepted: set[str],
    organizations: Mapping[str, _Candidate],
) -> None:
    """A text full of figures of training must be about something: its likeliest candidate."""
    left = {
        key: candidate.score
        for key, candidate in models.items()
        if key not in organizations
        and candidate.shape >= -2.5
        and candidate.context > -0.6
        and not key.isdigit()
        and "nationality, of a kind" not in candidate.traits
    }
    best = max(left.values(), default=0.0)
    if best < ACCEPT - ADOPTED or not _SUBJECT.search(text):
        return
    for key, score in left.items():
        if score > best - 0.3:
            models[key].evidence["adopted"] = 0.0
            accepted.add(key)


def _adopt_nearby(
    text: str, models: dict[str, _Candidate], accepted: set[str], organizations: Mapping[str, _Candidate]
) -> None:
    """A paragraph with figures of training but none of the names is about something: its likeliest candidate."""
    sure = sorted(start for key in accepted for start, _ in models[key].spans)
    likely = sorted(
        (start, key)
        for key, candidate in models.items()
        if key not in accepted
        and key not in organizations
        and candidate.score >= ACCEPT - NEARBY
        and candidate.context > 0
        and "not.share" not in candidate.evidence
        and candidate.shape >= -2.5
        and not key.isdigit()
        for start, _ in candidate.spans
    )
    starts = [start for start, _ in likely]
    for match in re.finditer(r"[^\n]+", text):
        first, last = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if first == last or bisect_left(sure, match.end()) > bisect_left(sure, match.start()):
            continue
        if _FIGURE.search(text, match.start(), match.end()) is None:
            continue
        best = max(likely[first:last], key=lambda item: (models[item[1]].score, -item[0]))[1]
        models[best].evidence["adopted"] = 0.0
        accepted.add(best)


def _grade(name: str, w: _Words) -> bool:
    parts = re.split(r"[\s-]", name)
    return len(parts) > 1 and parts[-1].lower() in w.variants


def _headings(text: str) -> list[tuple[int, int]]:
    """Lines written like titles: most of their longer words in capitals, no full stop at the end."""
    out = []
    for match in re.finditer(r"[^\n]+", text):
        line = match[0]
        if len(line) < 120 and line[-1] not in ".!?:;" and " | " not in line:
            out.append(match.span())
    return out


def _in_heading(at: int, lines: list[tuple[int, int]]) -> bool:
    low, high = 0, len(lines)
    while low < high:
        mid = (low + high) // 2
        if lines[mid][1] <= at:
            low = mid + 1
        else:
            high = mid
    return low < len(lines) and lines[low][0] <= at


def _drop_first(word: str, lower_words: set[str], w: _Words) -> bool:
    """Whether a sentence's first word is a common word in front of a name ("Training GPT-3")."""
    if any(c.isdigit() for c in word) or _has_inner_cap(word) or not word[0].isupper() or word.isupper():
        return False
    key = squash(word)
    if key in w.known or key in w.organizations:
        return False
    return word.lower() in lower_words or bool(_FORM_END.search(word))


def _split(text: str, words: list[tuple[int, int, str]], w: _Words) -> Iterable[tuple[int, int, str]]:
    """Cut a chain into an organization in front and the name behind it; (start, end, kind)."""
    for count in range(min(len(words) - 1, 5), 0, -1):
        front = text[words[0][0] : words[count - 1][1]]
        if squash(front) in w.organizations:
            rest = words[count:]
            head = rest[0][2]
            whole = squash(text[words[0][0] : words[-1][1]])
            generic = (
                head[0].isdigit()
                or re.fullmatch(r"[vV]\d\S*|[A-Z]", head)
                or (head.lower() in w.variants and squash(head) not in w.families)
                or head.lower() in w.heads
            )
            if generic or any(whole in told for told in (w.known, w.organizations, w.things, w.reporters)):
                break
            yield words[0][0], words[count - 1][1], "organization"
            yield rest[0][0], rest[-1][1], "name"
            return
    yield words[0][0], words[-1][1], "name"


def _organizations(
    text: str, models: dict[str, _Candidate], others: dict[str, _Candidate], accepted: set[str], w: _Words
) -> dict[str, _Candidate]:
    """Choose the organizations among the spellings that are no models."""
    pool: dict[str, _Candidate] = {}
    for key, candidate in [*others.items(), *((k, c) for k, c in models.items() if k not in accepted)]:
        if key in pool:
            pool[key].spans.extend(candidate.spans)
            pool[key].spellings.update(candidate.spellings)
        else:
            pool[key] = replace(
                candidate, spans=list(candidate.spans), spellings=Counter(candidate.spellings)
            )
    out: dict[str, _Candidate] = {}
    model_starts = sorted(start for key in accepted for start, _ in models[key].spans)
    for key, candidate in pool.items():
        candidate.spans.sort()
        candidate.shape = _organization_score(text, candidate, w)
        if any(_owns(text, end, model_starts) for _, end in candidate.spans[:LOOKS]):
            candidate.shape += 1.5
        if candidate.shape >= 1.5:
            out[key] = candidate
    firsts = {
        _usual(candidate.spellings).split()[0]
        for candidate in out.values()
        if " " in _usual(candidate.spellings)
    }
    for key, candidate in pool.items():  # "Meridian" beside "Meridian Cognition"
        name = _usual(candidate.spellings)
        if (
            key not in out
            and name in firsts
            and len(name) > 3
            and key not in w.places
            and candidate.shape > -1
        ):
            out[key] = candidate
    return out


#: "the Basel firm Quillon", "Sarimanok Labs of Manila": places beside a firm.
_PLACE_AFTER: Final = re.compile(
    r"(?:-based)?\s(?:firm|company|start-?up|lab|laboratory|institute|university)\s[A-Z]"
)
_ROLE: Final = re.compile(
    r"(?i)\b(?:speaker|manager|professor|analyst|spokes\w+|director|officer|researcher|scientist|founder|chief|mayor|minister|executive|engineer|lawyer|economist|judge|senator|mr|ms|mrs|dr)\s$"
)
_PLACE_BEFORE: Final = re.compile(r"[A-Z][\w.]+\s(?:of|in)\s$")
#: "against 18,400 GPU-hours for 1.0": a version by its number alone.
_BARE_VERSION: Final = re.compile(
    r"\b(?:for|than|of|from|supersedes|replaces|with|over|since|like)\s(\d\.\d)(?=[.,;:)](?:\s|$)|\s(?:and|was|is|had|used|needed|took|by)\b)"
)
_POSSESSOR: Final = re.compile(
    r"([A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*){0,3})(?:’s|'s|(?<=s)[’'])\s(?:new |own |latest |first )?$"
)
_OWNS: Final = re.compile(r"(?:’s|'s|(?<=s)[’'])\s(?:[a-z][\w-]*,?\s){0,4}[“\"]?")


def _owns(text: str, end: int, model_starts: list[int]) -> bool:
    """Whether a possessive leads from a name that ends here to a model: "Kakapo's new X"."""
    match = _OWNS.match(text, end)
    if match is None:
        return False
    low = bisect_left(model_starts, end)
    return low < len(model_starts) and end < model_starts[low] <= match.end()


_PAIR: Final = re.compile(
    r"\s?\(\s?[“\"‘']?(?:or |called |the )?([^\s()“”\"]{2,14}(?: \d[\w.]{0,5})?)[”\"’']?\s?\)"
)


def _abbreviates(short: str, long: str) -> bool:
    """Schwartz and Hearst (2003): the short form's letters stand in order in the long form.

    The first letter must begin a word of the long form.
    """
    letters = [c for c in short.lower() if c.isalnum()]
    if not 2 <= len(letters) <= 12 or not any(c.isupper() for c in short) or len(long) <= len(short) + 2:
        return False
    at = len(long) - 1
    low = long.lower()
    for index in range(len(letters) - 1, -1, -1):
        while at >= 0 and (low[at] != letters[index] or (index == 0 and at > 0 and low[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
        at -= 1
    return True


def _long_start(text: str, end: int, short: str) -> int | None:
    """Where the long form begins that stands before "(short)" at a place: the fewest words that fit."""
    low = max(text.rfind("\n", 0, end), text.rfind(". ", 0, end), end - 110) + 1
    words = list(re.finditer(r"[^\s()|]+", text[max(0, low) : end]))
    for count in range(2, min(len(words), 10) + 1):
        first = words[-count]
        at = max(0, low) + first.start()
        if not (text[at].isupper() and text[at].lower() == short[0].lower()):
            continue
        long = text[at:end].rstrip()
        if long[-1].isalnum() and _near(short, long):
            return at
    return None


def _near(short: str, long: str) -> bool:
    """An abbreviation, also one with a slip in its last letter ("MT-NLP" of "... Language Generation")."""
    return _abbreviates(short, long) or (len(squash(short)) >= 4 and _abbreviates(short[:-1], long))


def _build(
    text: str,
    title: str,
    models: dict[str, _Candidate],
    accepted: set[str],
    organizations: dict[str, _Candidate],
    w: _Words,
) -> Names:
    """Merge spellings, cut firms off the front, add short forms, and lay out the mentions."""
    spelling = {key: _usual(models[key].spellings) for key in accepted}
    canonical: dict[str, str] = {}
    organization_keys = set(organizations) | set(w.organizations)
    cut: dict[str, int] = {}

    # A firm in front of a name that also stands alone, or of a plain name: "Brightwater Kestrel 3".
    for key, name in sorted(spelling.items()):
        parts = name.split()
        for count in range(1, min(len(parts), 4)):
            front, rest = " ".join(parts[:count]), " ".join(parts[count:])
            generic = rest[0].isdigit() or rest.lower() in w.variants
            if (
                squash(front) in organization_keys
                and not generic
                and (squash(rest) in accepted or squash(rest) in w.known)
            ):
                cut[key] = len(name) - len(rest)

    # Long form and short form: "Megatron-Turing Natural Language Generation (MT-NLP)".
    pairs: dict[str, str] = {}
    long_forms: list[tuple[int, int, str]] = []
    for match in _PAIR.finditer(text):
        short = match[1]
        start = _long_start(text, match.start(), short)
        if start is None or squash(short).isdigit():
            continue
        key = squash(text[start : match.start()])
        is_firm = (
            key in organizations
            or key in w.organizations
            or text[start : match.start()].split()[-1].lower() in w.heads
        )
        table = organizations if is_firm else models
        if key not in table:
            spelled = text[start : match.start()].rstrip()
            table[key] = _Candidate(
                key, [(start, start + len(spelled))], Counter([spelled]), {}, 3.0 if is_firm else 0.0
            )
            if not is_firm:
                long_forms.append((start, start + len(spelled), key))
        pairs.setdefault(squash(short), key)
        if not is_firm and squash(short) not in models:
            models[squash(short)] = _Candidate(squash(short), [match.span(1)], Counter([short]), {}, 0.0)
    for start, end, key in long_forms:  # pieces of a long form are no names of their own
        for other, candidate in models.items():
            if other != key and any(start <= a and b <= end for a, b in candidate.spans):
                if other in accepted:
                    models[key].shape = max(models[key].shape, candidate.score)
                    accepted.add(key)
                    spelling[key] = _usual(models[key].spellings)
                candidate.spans = [
                    span for span in candidate.spans if not (start <= span[0] and span[1] <= end)
                ]
                if not candidate.spans:
                    accepted.discard(other)
        if w.aliases.get(key):
            accepted.add(key)
            spelling[key] = _usual(models[key].spellings)
    for short_key, key in sorted(pairs.items()):
        if key in organizations and short_key in accepted and key not in accepted:
            accepted.discard(short_key)
            organizations.setdefault(short_key, models[short_key])
        elif short_key in accepted and key not in accepted and key in models:
            accepted.add(key)
            spelling[key] = _usual(models[key].spellings)
        elif (
            key in accepted
            and short_key not in accepted
            and short_key in models
            and models[short_key].shape > -4
        ):
            accepted.add(short_key)
            spelling[short_key] = _usual(models[short_key].spellings)

    for key in sorted(accepted):
        if key not in spelling:
            continue
        name = spelling[key][cut.get(key, 0) :]
        own = squash(name)
        canonical[key] = w.aliases.get(own) or _spelled(own, name, spelling, w)
    for key in sorted(canonical):  # "V3", of a lab whose name the known model begins with: DeepSeek-V3
        if re.fullmatch(r"[a-z]\d{1,2}", key):
            full = [
                known
                for known in w.known.values()
                if re.fullmatch(rf"([A-Za-z]{{3,}})-{re.escape(spelling[key])}", known, re.IGNORECASE)
                and known.split("-")[0] in text
            ]
            if len(full) == 1:
                canonical[key] = full[0]
    for short_key, key in sorted(pairs.items()):
        if short_key in canonical and key in canonical:
            target = w.aliases.get(squash(spelling[key])) or canonical[short_key]
            for other in (short_key, key):
                canonical[other] = target

    # Short forms of one longer name: the family alone, a version or a grade alone.
    mains = {key: canonical[key] for key in canonical}
    first_seen: dict[str, int] = {}
    for key, name in canonical.items():
        first_seen[name] = min(models[key].spans[0][0], first_seen.get(name, len(text)))
    # "V3" after DeepSeek-V3, "Max" after Kestrel 3 Max: the end of one longer name
    for key in sorted(canonical):
        tail = spelling[key]
        if (
            " " in tail
            or "-" in tail
            or not (tail.lower() in w.variants or re.fullmatch(r"[A-Z]{1,2}\d{1,2}(?:\.\d)?", tail))
        ):
            continue
        ends = {
            name
            for name in mains.values()
            if re.search(r"[\s-]" + re.escape(tail) + "$", name)
            and first_seen[name] <= models[key].spans[0][0]
        }
        if len(ends) == 1:
            canonical[key] = ends.pop()
    for key in sorted(canonical):
        name = canonical[key]
        if any(c.isdigit() for c in name) or _SETTLED & set(models[key].evidence):
            continue
        if any(_EARLIER.search(text, max(0, start - 12), start) for start, _ in models[key].spans):
            continue  # "the first Llama" is not Llama 2
        longer = {
            other
            for other in mains.values()
            if other != name
            and squash(other) != squash(name)
            and first_seen.get(other, len(text)) < models[key].spans[0][0]
            and re.match(re.escape(name) + r"[\s-]", other, re.IGNORECASE) is not None
        }
        if len(longer) == 1:
            canonical[key] = longer.pop()

    mentions: dict[int, Name] = {}
    for key in canonical:
        candidate = models[key]
        for start, end in candidate.spans:
            at = start + (
                cut[key]
                if key in cut and squash(text[start:end]) == key and end - start == len(spelling[key])
                else 0
            )
            mentions[at] = Name(
                at, end, text[at:end], canonical[key], candidate.rule, round(candidate.score, 2),
                bool(_INTRODUCED & set(candidate.evidence)),
            )  # fmt: skip
    covered = sorted((m.start, m.end) for m in mentions.values())
    for start, end, alias_of, rule in _short_forms(text, canonical, models, accepted, w):
        if not _overlaps(covered, start, end):
            mentions[start] = Name(start, end, text[start:end], alias_of, rule, 2.0)
    found = tuple(mentions[at] for at in sorted(mentions))
    found = _without_overlap(found)

    # Organizations: the longest name that begins with a short one.
    names = {key: _usual(c.spellings) for key, c in organizations.items()}
    own_names: dict[str, str] = {}
    for key, name in names.items():
        longer_names = [
            n
            for k, n in names.items()
            if k != key and n.startswith(name + " ") and n.split()[-1].lower() in w.heads
        ]
        best = max(longer_names, key=len, default=name)
        if key in pairs and pairs[key] in names:
            best = names[pairs[key]]
        own_names[key] = best
    taken = sorted((m.start, m.end) for m in found)
    firms = []
    for key, candidate in organizations.items():
        for start, end in candidate.spans:
            if not _overlaps(taken, start, end):
                firms.append(
                    Name(
                        start, end, text[start:end], own_names[key], "organization", round(candidate.shape, 2)
                    )
                )
    for key, offset in cut.items():
        if key not in canonical:
            continue
        for start, end in models[key].spans:
            front = text[start : start + offset].rstrip()
            if front and end - start == len(spelling[key]):
                firms.append(
                    Name(
                        start,
                        start + len(front),
                        front,
                        own_names.get(squash(front), front),
                        "organization",
                        2.0,
                    )
                )
    organizations_found = _without_overlap(tuple(sorted(firms, key=lambda m: (m.start, -m.end))))

    title_models, title_firms = _in_title(title, found, organizations_found, w)
    aliases: dict[str, set[str]] = defaultdict(set)
    for mention in (*found, *title_models):
        aliases[mention.canonical].add(mention.text)
    firm_aliases: dict[str, set[str]] = defaultdict(set)
    for mention in organizations_found:
        firm_aliases[mention.canonical].add(mention.text)
    return Names(
        found,
        organizations_found,
        title_models,
        title_firms,
        {name: tuple(sorted(spellings - {name})) for name, spellings in sorted(aliases.items())},
        {name: tuple(sorted(spellings - {name})) for name, spellings in sorted(firm_aliases.items())},
    )


def _spelled(key: str, name: str, spelling: Mapping[str, str], w: _Words) -> str:
    """The lexicon's spelling where it differs in case and marks only, else the text's."""
    known = w.known.get(key)
    if known is not None and (
        key in w.families or known.lower().replace("-", " ") == name.lower().replace("-", " ")
    ):
        # a family's two spellings (LLaMA, Llama) are both right: keep the text's case there
        return name if known.lower() == name.lower() and not name.islower() else known
    return name


def _without_overlap(mentions: tuple[Name, ...]) -> tuple[Name, ...]:
    out: list[Name] = []
    for mention in mentions:
        if out and mention.start < out[-1].end:
            if mention.end - mention.start > out[-1].end - out[-1].start:
                out[-1] = mention
            continue
        out.append(mention)
    return tuple(out)


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    low, high = 0, len(spans)
    while low < high:
        mid = (low + high) // 2
        if spans[mid][1] <= start:
            low = mid + 1
        else:
            high = mid
    return low < len(spans) and spans[low][0] < end


def _short_forms(
    text: str, canonical: Mapping[str, str], models: Mapping[str, _Candidate], accepted: set[str], w: _Words
) -> Iterable[tuple[int, int, str, str]]:
    """Find "V3" for DeepSeek-V3 and "Nano" for Kestrel 3 Nano, where only one name ends so."""
    endings: dict[str, set[str]] = defaultdict(set)
    for name in set(canonical.values()):
        parts = re.split(r"[\s-]", name)
        if len(parts) < 2:
            continue
        tail = parts[-1]
        if (
            (re.fullmatch(r"[A-Za-z]{1,3}\d{1,2}(?:\.\d)?", tail) and not w.device.fullmatch(tail))
            or (tail.lower() in w.variants and tail[0].isupper())
            or (
                tail[0].isupper()
                and tail.isalpha()
                and len(tail) > 3
                and len(parts) > 2
                and squash(tail) not in w.places
            )
        ):
            endings[tail].add(name)
        if (
            len(parts) > 2
            and parts[-2][0].isupper()
            and parts[-2].isalpha()
            and parts[-2].lower() in w.variants
            and _SIZE.fullmatch(tail)
        ):
            endings[parts[-2]].add(name)
        if len(parts) > 2 and re.fullmatch(r"\d(?:\.\d)?", parts[-2]) and parts[-1][0].isalpha():
            endings[f"{parts[-2]} {parts[-1]}"].add(name)
    for name in set(canonical.values()):
        tail = re.search(r"\s(\d+(?:\.\d+)?-[A-Z]\w*)$", name)  # "1.5-G" of OASIS 1.5-G
        if tail:
            endings[tail[1]].add(name)
    single = {tail: names.pop() for tail, names in endings.items() if len(names) == 1}
    stems = {
        m[1] for name in set(canonical.values()) if (m := re.fullmatch(r"(.{3,}?)[\s-]\d\.\d(?:-\w+)?", name))
    }
    if len(stems) == 1:
        stem = stems.pop()
        for match in _BARE_VERSION.finditer(text):
            yield match.start(1), match.end(1), f"{stem} {match[1]}", "name.short-form"
    if not single:
        return
    pattern = re.compile(
        r"(?<![\w.-])(?:"
        + "|".join(re.escape(t) for t in sorted(single, key=lambda t: (-len(t), t)))
        + r")(?![\w-]|\.\d)"
    )
    for match in pattern.finditer(text):
        yield match.start(), match.end(), single[match[0]], "name.short-form"


def _in_title(
    title: str, models: tuple[Name, ...], firms: tuple[Name, ...], w: _Words
) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Find the text's names in the title; where the text has none, names of a telling shape."""
    if not title:
        return (), ()
    out: list[Name] = []
    spellings = sorted({(m.text, m.canonical) for m in models}, key=lambda pair: (-len(pair[0]), pair))
    taken: list[tuple[int, int]] = []
    for text, name in spellings:
        at = title.find(text)
        while at >= 0:
            end = at + len(text)
            before, after = title[at - 1 : at], title[end : end + 1]
            if not (before.isalnum() or after.isalnum() or any(a < end and at < b for a, b in taken)):
                taken.append((at, end))
                out.append(Name(at, end, text, name, "name.title", 3.0))
            at = title.find(text, end)
    for chain in _chains(title, w):
        for start, end, kind in _split(title, chain.words, w):
            if kind != "name" or any(a < end and start < b for a, b in taken):
                continue
            name = title[start:end]
            probe = _Candidate(squash(name), [(start, end)], Counter([name]))
            probe.shape = _shape(name, w)
            if probe.shape > -1:
                _gather(title, probe, w)
            if probe.score >= ACCEPT + 0.5 and any(c.isdigit() or c.isupper() for c in name[1:]):
                taken.append((start, end))
                out.append(
                    Name(
                        start,
                        end,
                        name,
                        _spelled(probe.key, name, {}, w),
                        "name.title-shape",
                        round(probe.score, 2),
                    )
                )
    found_firms = []
    for text, name in sorted({(m.text, m.canonical) for m in firms}, key=lambda pair: (-len(pair[0]), pair)):
        at = title.find(text)
        if at >= 0 and not any(a < at + len(text) and at < b for a, b in taken):
            taken.append((at, at + len(text)))
            found_firms.append(Name(at, at + len(text), text, name, "organization", 2.0))
    return tuple(sorted(out, key=lambda m: m.start)), tuple(sorted(found_firms, key=lambda m: m.start))
