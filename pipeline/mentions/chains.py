"""Text -> chains of words that may be names: runs of words in capitals, with digits, or with capitals inside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.vocabulary import Words, squash

_WORD: Final = quick(
    r"[^\W_]+(?:(?:[-‐‑·×]|\.(?=\d|ai\b|AI\b|v\d)|(?<=\b[A-Z])\.(?=[A-Z]\b(?!\.))|/(?=\d{1,2}\b)|(?<=\w)'(?=[A-Z]))(?:[^\W_]+|\{\\[A-Za-z]{1,12}\}))*\+{0,2}|(?<=-)\{\\[A-Za-z]{1,12}\}"
)

SIZE: Final = quick(
    r"(?:~?\d{1,4}(?:[xX×]\d{1,4})?(?:\.\d{1,3})?[BbMT](?:-A\d{1,4}(?:\.\d)?[Bb])?|E\d{1,2}[Bb]|\d{1,3}[xX×]\d{1,4}(?:\.\d)?[Bb])"
)

SIZED: Final = quick(
    r"(?<=[^\W_])[-_]\d{1,4}(?:[xX×]\d{1,4})?(?:[.p]\d{1,3})?[BbT](?:-|$)|(?<=[^\W\d_]{3})\d{1,4}[BT]$"
)

NUMBER: Final = quick(r"\d{1,2}(?:\.\d{1,2}){0,2}")

VERSIONED: Final = quick(r"[^\W\d_]{1,20}-?v?\d{1,3}(?:\.\d{1,2})?[a-z]?(?:$|-)|^[a-z]\d(?:\.\d)?(?:$|-)")

#: A number is a quantity: its unit follows.
UNIT_AFTER: Final = quick(
    r"[\s\u00a0-]{1,2}(?:(?:to|or|and|–)\s\d\S{0,6}\s)?(?:million|billion|trillion|thousand|hundred|percent|per|parameters?|params?|tokens?|GPUs?|TPUs?|chips|hours?|days?|weeks?|months?|years?|times|GB|TB|MW|GWh|MWh|kWh|points?|bn|euros|dollars|x|languages|active|total|trainable|words|layers|users|people|cards|cores|servers|nodes|accelerators|model|dense)\b|\s?%"
)

_SENTENCE_START: Final = quick(r"(?:^|[.!?:;…][\"”’'»)]{0,2}\s|[\n\t|(“\"«]\s?|\s[—–-]\s)$")

_FORM_END: Final = quick(r"(?:ing|ed)$")

_PLURAL_SIZE: Final = quick(r"\d[BMT]s$")

ADJECTIVE: Final = quick(
    r"[\w)+]-(?:based|adapted|centric|created|style|like|trained|tuned|level|free|only|shot|aware|scale|class|backed|led|owned|wide|"
    r"parameter|bit|ready|compatible|powered|enabled|driven|funded|language|speaking|specific|related|made|era|designed|built|developed|generated|"
    r"headquartered|born|listed|hosted|optimi[sz]ed|quality|sized|focused|equivalent|funded|grade|hours?|days?|weeks?|months?|years?)$",
    re.IGNORECASE,
)

_DAY_FIRM: Final = quick(r"\s(?:Systems|AI|Labs?|Research|Technologies|Group|Studios?)\b")  # "Sunday Systems"

#: A capital behind a word.
_CAPITAL_NEXT: Final = quick(r"\s([A-Z][a-z]{2,20})\b")

#: Two words in capitals amid a sentence, or alone in quotation marks or behind a colon.
_PAIR: Final = quick(
    r"(?:(?<=[a-z]\s)|(?<=[a-z],\s))([A-Z][a-z]{1,20})\s(?=([A-Z][a-z]{2,20})\b)"
    r"|(?:(?<=:\s)|(?<=[“\"«‘(]))([A-Z][a-z]{1,20})\s(?=([A-Z][a-z]{2,20})[.,;:!?”\"»’)\n])"
)

#: A word of grade in small letters ends a name only where no noun follows: "Whisper large, that's", not "a Whisper large enough".
_GRADE_END: Final = quick(
    r"\s(?:on|at|was|is|has|had|for|with|and|or|from|took|cost|needed|used|by)\b|[.,;:)\]”\"]|\s?[\n\t|(]|\s?$"
)

_VERSION: Final = quick(r"(?:[a-z]{2,6}-)?v\d{1,2}(?:[.-]\d{1,2})?")


@dataclass(slots=True)
class Chain:
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


def has_inner_cap(word: str) -> bool:
    return not word.islower() and not word.isupper() and any(c.isupper() for c in word[1:])


def _starts_name(word: str, w: Words) -> bool:
    """Whether a chain may begin with this word."""
    first = word[0]
    if first.isdigit():
        return word.endswith((".AI", ".ai")) and word[:-3].isdigit()
    if _is_cap(word):
        return True
    if not any(c.isdigit() for c in word):
        return has_inner_cap(word)
    # lower case with digits: gpt-4, o3-mini, codegen2, gpt-oss-120b; not "v2", "x86", "e4"
    return bool(VERSIONED.search(word) or SIZED.search(word)) and not re.fullmatch(
        r"v\d+(?:\.\d+){0,3}\w{0,2}|(?:x|e|p|h|k|fp|bf|int|sm|top|pass|co|f|n|r)-?\d+\w{0,2}", word
    )


def _joins(text: str, previous: str, word: str, start: int, end: int, w: Words) -> bool:
    """Whether the next word goes on with the chain."""
    low = word.lower()
    if word[0].isdigit():
        if text[end : end + 1] == "," and text[end + 1 : end + 2].isdigit():
            return False
        if previous.lower() in w.months or (previous.lower() in w.numbered and not SIZE.fullmatch(word)):
            return False
        if SIZE.fullmatch(word):
            return not UNIT_AFTER.match(text, end, end + 24) or (
                text.startswith((" model", " dense"), end) and _version_like(previous)
            )
        if NUMBER.fullmatch(word):
            return not UNIT_AFTER.match(text, end, end + 24) and not previous[-1].isdigit()
        if re.fullmatch(r"\d{1,2}(?:\.\d)?[a-z]", word) or re.fullmatch(r"\d\.\d-[A-Za-z]+\S*", word):
            return not UNIT_AFTER.match(text, end, end + 24)
        return (
            bool(re.fullmatch(r"\d{1,3}[a-z]{0,2}(?:-\w+)+", word))
            and "-" in word
            and not low.endswith(("-parameter", "-bit", "-gpu", "-billion", "-million", "-trillion"))
        )
    if low in w.closed:
        if not _is_cap(word):
            return low in w.lower_grades and _is_graded(text, previous, end, w)
        if low in w.name_kinds:  # "Projected GAN"; "Hierarchical Reasoning Model (HRM)"
            return low not in ("model", "models", "network", "networks") or text.startswith(" (", end)
        return (
            low in w.variants
            or low in w.heads
            or low in w.counts
            or low in w.subjects
            or (low in w.tails and previous.istitle() and previous.lower() not in w.closed)
        )
    if _is_cap(word) or has_inner_cap(word):
        return not (previous[-1].isdigit() and word in w.firm_words and low not in w.variants)
    if _VERSION.fullmatch(word):
        return True
    if low in w.lower_variants and any(c.isdigit() for c in previous):
        return True
    return low in w.lower_grades and _is_graded(text, previous, end, w)


def _is_graded(text: str, word: str, end: int, w: Words) -> bool:
    """Whether a grade in small letters that ends at a place belongs to the word before it, which is a model's by shape or family."""
    shaped = has_inner_cap(word) or (len(word) > 2 and word.isupper()) or any(c.isdigit() for c in word)
    key = squash(word)
    return (
        (shaped or key in w.families)
        and key not in w.organizations
        and _GRADE_END.match(text, end, end + 16) is not None
    )


def _pairs(text: str, w: Words) -> set[tuple[str, str]]:
    """Find the closed words in capitals that begin a name of two words somewhere in the text: ("Second", "Wind")."""
    out = set()
    for match in _PAIR.finditer(text):
        first, second = match[1] or match[3], match[2] or match[4]
        plain = second.lower() not in w.closed and second.lower() not in w.months
        if plain and first.lower() in w.closed and (match[1] or first.lower() not in w.grammar):
            out.add((first, second))
    return out


def _version_like(word: str) -> bool:
    return any(c.isdigit() for c in word)


def chains_of(text: str, w: Words, odd: Collection[str] = ()) -> Iterable[Chain]:
    """Cut the text into chains. Devices, months and closed words end one; words of `odd` begin one in small letters, too."""
    chain: Chain | None = None
    last_end, last_word = -1, ""
    pairs = _pairs(text, w)
    for match in _WORD.finditer(text):
        word = match[0]
        start, end = match.span()
        if chain is None and word.isascii() and word.islower() and word.isalpha() and word not in odd:
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
            and not (
                last_word in odd and _is_cap(word)
            )  # "hyperscaler Orrin": it goes on with a number or a grade
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
            if not named and low in w.closed and word.istitle() and pairs:  # "the model Second Wind"
                behind = _CAPITAL_NEXT.match(text, end)
                named = behind is not None and (word, behind[1]) in pairs
            handle = text[max(0, start - 2) : start] in ("u/", "r/") or text[start - 1 : start] == "@"
            if (
                not stop
                and not handle
                and (low not in w.closed or named)
                and (word in odd or _starts_name(word, w))
            ):
                opens = bool(_SENTENCE_START.search(text, max(0, start - 4), start)) or start == 0
                title = last_word.lower() in w.persons and start - last_end <= 2
                chain = Chain([(start, end, word)], opens, title)
        last_end, last_word = end, word
    if chain is not None:
        yield chain


def drop_first(word: str, lower_words: set[str], w: Words) -> bool:
    """Whether a sentence's first word is a common word in front of a name ("Training GPT-3")."""
    if any(c.isdigit() for c in word) or has_inner_cap(word) or not word[0].isupper() or word.isupper():
        return False
    key = squash(word)
    if key in w.known or key in w.organizations:
        return False
    return word.lower() in lower_words or bool(_FORM_END.search(word))


def split_chain(text: str, words: list[tuple[int, int, str]], w: Words) -> Iterable[tuple[int, int, str]]:
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
            named_so = front in w.firm_families and squash(text[rest[0][0] : rest[-1][1]]) not in w.known
            if (
                generic
                or named_so
                or any(whole in told for told in (w.known, w.organizations, w.things, w.reporters))
            ):
                break
            yield words[0][0], words[count - 1][1], "organization"
            yield rest[0][0], rest[-1][1], "name"
            return
    yield words[0][0], words[-1][1], "name"
