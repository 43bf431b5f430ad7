"""Words of any script: how a text is cut into them, folded, and looked up.

Everything here keeps offsets: a folded text is as long as the text it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import ahocorasick_rs

from pipeline import rulebook
from pipeline.expressions import quick

# ── folding ───────────────────────────────────────────────────────────────────────────────────────

_PLAIN = {"đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ı": "i", "ß": "s", "’": "'"}
_FOLDED = (
    (0x00C0, 0x0530),
    (0x1E00, 0x2000),
    (0x2100, 0x2150),
    (0x2460, 0x2500),
    (0xFB50, 0xFE00),
    (0xFE70, 0xFEFD),
    (0xFF01, 0xFF5F),
    (0x1D400, 0x1D800),
    (0x1F110, 0x1F190),
)


class _Fold(dict[int, int]):
    """Code point -> folded code point, worked out once: lower case, no marks, compatible forms made plain."""

    def __missing__(self, point: int) -> int:
        letter = chr(point)
        told = _PLAIN.get(letter)
        if told is None and any(low <= point < high for low, high in _FOLDED):
            made = unicodedata.normalize("NFKD", letter)
            told = next((part for part in made if not unicodedata.combining(part)), letter)
        told = (told or letter).lower()
        self[point] = ord(told) if len(told) == 1 else point
        return self[point]


_FOLD = _Fold()

#: Look-alikes of Latin letters in other alphabets (Unicode confusables, the common part).
_ALIKE = str.maketrans("аеорсухіјѕԁһкмтвнոսցզοαενικρτυχω", "aeopcyxijsdhkmtbhnugqoaevikptuxw")
_LEET = str.maketrans("013457@$", "oieasta" + "s")


def fold(text: str) -> str:
    """Return text in lower case, without accents, wide and styled letters made plain; same length."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


# ── scripts and tokens ────────────────────────────────────────────────────────────────────────────

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_STACKED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: no spaces
_MARK = "!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u2010-\u205e\u2190-\u24b5\u24ea-\u2bff\u3000-\u3004\u3008-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u060c\u061b\u061f\u06d4\u0964\u0965\ufe0f\U0001f000-\U0001f0ff\U0001f1e6-\U0001faff"
_TOKEN = quick(
    f"(?:https?://|www\\.|[a-z0-9][a-z0-9.-]{{1,60}}\\.[a-z]{{2,6}}/)[^\\s{_CJK}]+|[{_CJK}]+|[{_STACKED}]+|[^\\s{_MARK}{_CJK}{_STACKED}]+(?:[.'’@_-][^\\s{_MARK}{_CJK}{_STACKED}]+)*"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u180e]")
_UNSEEN_TABLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, 0x180E])


_KANA = re.compile("[\u3041-\u30fa]")


def script_of(token: str) -> str:
    """Return a token's script: "latin", "cyrillic", "cjk", "kana", "hangul", "thai", … or "none"."""
    for letter in token:
        point = ord(letter)
        if point < 0x41:
            continue
        if 0x24B6 <= point < 0x24EA or 0x1F130 <= point < 0x1F18A:
            return "latin"
        if (
            point < 0x250
            or 0x1E00 <= point < 0x1F00
            or 0xFF21 <= point < 0xFF5B
            or 0x1D400 <= point < 0x1D7CE
        ):
            if letter.isalpha():
                return "latin"
            continue
        if 0x400 <= point < 0x530:
            return "cyrillic"
        if 0x370 <= point < 0x400:
            return "greek"
        if 0x590 <= point < 0x600:
            return "hebrew"
        if 0x600 <= point < 0x780 or 0xFB50 <= point < 0xFE00 or 0xFE70 <= point < 0xFEFD:
            return "arabic"
        if 0x900 <= point < 0xE00:
            return "indic"
        if 0xE00 <= point < 0xE80:
            return "thai"
        if 0x3040 <= point < 0x3100:
            return "kana"
        if 0x3400 <= point < 0xA000 or 0xF900 <= point < 0xFB00:
            return "kana" if _KANA.search(token) else "cjk"
        if 0xAC00 <= point < 0xD7B0 or 0x1100 <= point < 0x1200:
            return "hangul"
        if letter.isalpha():
            return "other"
    return "none"


#: Names with a capital inside that no campaign made up.
HOUSEHOLD = frozenset({
    "whatsapp", "wechat", "kakaotalk", "imessage", "facetime", "youtube", "linkedin", "facebook", "tiktok", "paypal", "github",
    "chatgpt", "iphone", "ipad", "ebay", "microsoft", "openai", "deepseek", "javascript", "wordpress", "playstation", "airbnb",
    "bytedance", "alphafold", "deepmind", "blackrock", "spacex", "telegram", "instagram", "signal", "viber", "skype", "messenger",
})  # fmt: skip


@dataclass(slots=True)
class Token:
    """A word, or an unspaced stretch of one script.

    start, end: into the text.   plain: folded, invisible marks out.   size: about how many words it is.
    """

    start: int
    end: int
    raw: str
    plain: str
    script: str
    size: float
    disguised: bool = False


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order, numbers among them."""
    return list(_tokens(text))


@lru_cache(maxsize=400)  # a page is looked at for its title, and again after every round of cuts
def _tokens(text: str) -> tuple[Token, ...]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw = match[0]
        if raw.isalpha() and raw.isascii():
            found.append(Token(match.start(), match.end(), raw, raw.lower(), "latin", 1.0))
            continue
        disguised = False
        if "/" in raw:
            found.append(Token(match.start(), match.end(), raw, raw, "none", 1.0))
            continue
        if raw.isascii():
            found.append(
                Token(
                    match.start(),
                    match.end(),
                    raw,
                    raw.lower(),
                    "latin" if not raw.isdigit() else "none",
                    1.0,
                )
            )
            continue
        bare = raw
        if _UNSEEN.search(raw):
            bare = raw.translate(_UNSEEN_TABLE)
            if not bare:
                continue
        script = script_of(bare)
        plain = fold(bare)
        if bare is not raw and script in ("latin", "cyrillic", "greek"):
            marks = len(raw) - len(bare)
            disguised = marks * 2 >= len(bare) - 1 or "\u00ad" not in raw
        if _styled(bare) or (script in ("latin", "cyrillic", "greek") and _mixed(bare)):
            disguised = True
            if any(ord(letter) > 0x36F and ord(letter) < 0x600 for letter in plain) and not plain.isascii():
                alike = plain.translate(_ALIKE)
                plain = alike if alike.isascii() else plain
        if script in ("cjk", "kana"):
            size = len(bare) / 2
        elif script in ("thai", "other"):
            size = len(bare) / 4
        else:
            size = 1.0
        found.append(Token(match.start(), match.end(), raw, plain, script, max(size, 0.5), disguised))
    for first, last in spread_words(text):
        within = [at for at, token in enumerate(found) if first <= token.start and token.end <= last]
        if within:
            letters = fold(text[first:last:2])
            size = max(1.0, len(letters) / 6)  # spread letters don't tell where their words end
            whole = Token(first, last, text[first:last], letters, script_of(letters), size, True)
            found[within[0] : within[-1] + 1] = [whole]
    return tuple(found)


def _styled(word: str) -> bool:
    """Whether a word is set in mathematical, wide or circled letters."""
    return (
        sum(
            0x1D400 <= (point := ord(letter)) < 0x1D7CE
            or 0xFF41 <= point < 0xFF5B
            or 0x24B6 <= point < 0x24EA
            or 0x1F130 <= point < 0x1F170
            for letter in word
        )
        >= 3
    )


def _mixed(word: str) -> bool:
    """Whether a word mixes letters of alphabets that look alike."""
    if word.isascii():
        return False
    scripts = {script_of(letter) for letter in word if letter.isalpha()}
    return len(scripts & {"latin", "cyrillic", "greek"}) > 1


# ── spread letters ────────────────────────────────────────────────────────────────────────────────

_SPREAD = re.compile(r"(?<!\w)[^\W\d_]([ .·_*-])(?:[^\W\d_]\1){2,60}[^\W\d_](?!\w)")
_LEETISH = re.compile(r"[a-z]{1,12}[013457@$][a-z013457@$]{1,12}", re.I)
_LEET_SIGN = re.compile(r"[a-z][013457@$][a-z013457@$]", re.I)  # in what _LEETISH matches, wherever it does
_ADJOINING = re.compile("[a-zA-Z][\u0370-\u052f]|[\u0370-\u052f][a-zA-Z]")


@lru_cache(maxsize=400)
def spread_words(text: str) -> Sequence[tuple[int, int]]:
    """Return where words are written letter by letter ("c.a.s.i.n.o", "s l o t"), as [start, end)."""
    return [match.span() for match in _SPREAD.finditer(text)]


# ── function words ────────────────────────────────────────────────────────────────────────────────


@cache
def function_words(language: str | None) -> frozenset[str]:
    """Return a language's closed-class words, folded; for None or a language without any, none."""
    if language is None:
        return frozenset()
    language = language.split("-")[0].lower()
    told = rulebook.toml("spam/function_words.toml")
    if isinstance(told.get(language), str):
        return frozenset(fold(word) for word in told[language].split())
    import stopwordsiso  # only for languages without a list of our own

    if language not in stopwordsiso.langs():
        return frozenset()
    return frozenset(fold(word) for word in stopwordsiso.stopwords(language) if len(word) <= 5)


@cache
def inside_words(script: str) -> tuple[str, ...]:
    """Return the particles to look for inside an unspaced stretch of a script."""
    told = rulebook.toml("spam/function_words.toml")["inside"]
    return tuple(told.get({"cjk": "zh", "kana": "ja", "thai": "th"}.get(script, ""), ()))


@cache
def korean_endings() -> tuple[str, ...]:
    """Return the particles that end a Korean word in a sentence."""
    return tuple(rulebook.toml("spam/function_words.toml")["inside"]["ko_endings"])


@cache
def own_letters(language: str | None) -> frozenset[str]:
    """Return the letters beyond a-z that a language uses; empty where we don't know them."""
    return frozenset(rulebook.toml("spam/function_words.toml")["letters"].get(language or "", ""))


_LISTED = (
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "ru",
    "uk",
    "tr",
    "id",
    "vi",
    "ar",
    "fa",
    "he",
    "hi",
    "sv",
    "no",
    "da",
)


@cache
def functions_of_script(script: str) -> frozenset[str]:
    """Return the closed-class words of every listed language in a script."""
    return frozenset(word for name in _LISTED for word in function_words(name) if script_of(word) == script)


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Closed-class word -> the listed languages that have it."""
    told: dict[str, list[str]] = {}
    for name in _LISTED:
        for word in function_words(name):
            told.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in told.items()}


def function_counts(plain: Iterable[str]) -> Counter[str]:
    """Return, by listed language, how many of the (folded) words are its closed-class words."""
    index = _languages_of()
    counted: Counter[str] = Counter()
    for word in plain:
        for name in index.get(word, ()):
            counted[name] += 1
    return counted


def guess_language(plain: Iterable[str]) -> str | None:
    """Return the listed language whose closed-class words the (folded) words hold most of, or None."""
    counted = function_counts(plain)
    return max(_LISTED, key=lambda name: counted[name]) if counted else None


# ── language by letters ───────────────────────────────────────────────────────────────────────────

_RIVALS = (
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "ru",
    "uk",
    "tr",
    "id",
    "ms",
    "vi",
    "ar",
    "fa",
    "hi",
    "sv",
    "no",
    "da",
    "fi",
    "cs",
    "ro",
    "hu",
    "tl",
    "jv",
)


@lru_cache(maxsize=4096)
def strangeness(text: str, language: str) -> float:
    """Return how much better another language explains the letters of text than `language` does.

    text: some words in lower case. Log-likelihood a character, 0 where the language itself is best.
    Source: naive Bayes over byte n-grams, Lui and Baldwin 2012 (langid.py), as py3langid ships it; only the
    columns of the languages that are asked about are added up.
    """
    tongues = _tongues(language)
    if tongues is None:
        return 0.0
    automaton, rows, found, table, prior, own = tongues
    state = 0
    seen: dict[int, int] = {}
    for letter in unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass"):
        state = automaton[rows[state] + letter]
        feature = found[state]
        if feature >= 0:
            seen[feature] = seen.get(feature, 0) + 1
    if not seen:
        return 0.0
    import numpy as np  # beside the model

    counts = np.fromiter(seen.values(), dtype=np.float32, count=len(seen))
    scores = np.log1p(counts) @ table[list(seen)] + prior
    return max(0.0, float(scores[own:].max() - scores[:own].max())) / max(1, len(text))


@cache
def _tongues(language: str) -> tuple[Any, Any, Any, Any, Any, int] | None:
    """Return the model as (moves of its automaton, rows by state, feature by state, weights, priors, own columns): the
    weights of a language stand in so many first columns (one a script), those of its rivals in the others. None for a
    language that it doesn't know."""
    import numpy as np
    from py3langid import langid  # loads a model; only pages with a suspicious stretch pay for it

    model = langid._get_identifier()
    own = [at for at, name in enumerate(model.nb_classes) if name == language]
    if not own:
        return None
    kept = own + [at for at, name in enumerate(model.nb_classes) if name in _RIVALS]
    return (
        model.tk_nextmove, model._rowbase, model.tk_output,
        np.ascontiguousarray(model.nb_ptc[:, kept]), model.nb_pc[kept], len(own),
    )  # fmt: skip


# ── lexicon ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: [start, end) into the text, its family ("subject", "intent", "offer", "praise", "listed"), its kind."""

    start: int
    end: int
    family: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The terms as one automaton; spaced ones with the space before (and behind, where closed)."""

    automaton: Any
    told: tuple[tuple[str, str, int, bool], ...]  # family, kind, length of the term, spaced script
    joined: Any
    joined_kinds: tuple[str, ...]


class _Scanned(_Fold):
    """Folding for look-ups: as for words, and every mark a space."""

    def __missing__(self, point: int) -> int:
        letter = chr(point)
        if (
            letter != "%"
            and not letter.isalnum()
            and not unicodedata.category(letter).startswith("M")
            and point < 0x10000
        ):
            self[point] = 32
            return 32
        return super().__missing__(point)


_SCANNED = _Scanned()


@cache
def _lexicon() -> _Lexicon:
    book = rulebook.toml("spam/terms.toml")
    terms: dict[tuple[str, str, str], tuple[int, bool]] = {}

    def add(family: str, kind: str, entry: str, open_end: bool) -> None:
        term = " ".join(entry.translate(_SCANNED).split())
        if not any(letter.isalpha() or letter == "%" for letter in term):
            return
        spaced = script_of(term) not in ("cjk", "kana", "thai")
        pattern = (f" {term}" if open_end else f" {term} ") if spaced else term
        terms.setdefault((pattern, family, kind), (len(term), spaced))

    def read(family: str, kind: str, told: str) -> None:
        for entry in told.split(","):
            add(family, kind, entry.strip().rstrip("*"), entry.strip().endswith("*"))

    for family in ("subject", "offer"):
        for kind, languages in book[family].items():
            for told in languages.values():
                read(family, kind, told)
    for family in ("intent", "praise"):
        for told in book[family].values():
            read(family, family, told)
    for entry in rulebook.lines("spam/comment_terms.txt"):
        add("listed", "listed", entry, True)
    names = list(terms)
    long = [
        (name.strip(), kind) for name, family, kind in names if family == "subject" and len(name.strip()) >= 5
    ]
    return _Lexicon(
        ahocorasick_rs.AhoCorasick([name for name, _, _ in names]),
        tuple((family, kind, *terms[name, family, kind]) for name, family, kind in names),
        ahocorasick_rs.AhoCorasick([name.replace(" ", "") for name, _ in long]),
        tuple(kind for _, kind in long),
    )


def hits(text: str) -> list[Hit]:
    """Return every term of the lexicon in a text, by offsets into it, in text order.

    Spread, invisible and digit-for-letter spellings are read through.
    """
    return list(_hits(text))


@lru_cache(maxsize=400)
def _hits(text: str) -> tuple[Hit, ...]:
    plain = fold(text)
    found = _scan(plain, None)
    spread = spread_words(text)
    wide = not text.isascii()
    if spread or (wide and _UNSEEN.search(text)):
        packed, origin = _pack(text, spread)
        found += _scan(packed, origin)
    if _LEET_SIGN.search(plain):
        read = _LEETISH.sub(lambda match: match[0].translate(_LEET), plain)
        found += [
            hit
            for hit in _scan(read, None)
            if hit.family == "subject" and not plain[hit.start : hit.end].isalpha()
        ]
    if wide and _ADJOINING.search(text):
        read = plain.translate(_ALIKE)
        found += [hit for hit in _scan(read, None) if _mixed(text[hit.start : hit.end])]
    for match in _HASHTAG.finditer(text):
        inner = _scan(plain[match.start() : match.end()], None, joined=True)
        found += [replace(hit, start=hit.start + match.start(), end=hit.end + match.start()) for hit in inner]
    return tuple(sorted(set(found), key=lambda hit: (hit.start, -hit.end, hit.family, hit.kind)))


_HASHTAG = re.compile(r"#\w{8,60}")


def _pack(text: str, spread: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """Return text without invisible marks and with spread words closed up, and each letter's place."""
    letters: list[str] = []
    origin: list[int] = []
    inside = {at for start, end in spread for at in range(start + 1, end, 2)}
    for at, letter in enumerate(fold(text)):
        if at in inside or ord(letter) in _UNSEEN_TABLE:
            continue
        letters.append(letter)
        origin.append(at)
    origin.append(len(text))
    return "".join(letters), origin


def _scan(plain: str, origin: list[int] | None, *, joined: bool = False) -> list[Hit]:
    """Look a folded text up. joined: words run together, so that only longer subject terms count."""
    lexicon = _lexicon()
    if joined:
        return [
            Hit(start, end, "subject", lexicon.joined_kinds[number])
            for number, start, end in lexicon.joined.find_matches_as_indexes(plain, overlapping=True)
        ]
    found = []
    padded = f" {plain.translate(_SCANNED)} "
    for number, start, _ in lexicon.automaton.find_matches_as_indexes(padded, overlapping=True):
        family, kind, length, spaced = lexicon.told[number]
        start = start if spaced else start - 1
        end = start + length
        if spaced:
            while end < len(plain) and plain[end].isalnum():
                end += 1
        if origin is not None:
            start, end = origin[start], origin[end - 1] + 1
        found.append(Hit(start, end, family, kind))
    return found
