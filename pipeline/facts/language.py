"""Which passages are English: facts are read in English only, block by block on mixed pages.

A cheap test by function words, as in the stop-word profiles that language identifiers fall back on for short texts:
half of a page's blocks are too short for anything finer. A block that is too short to tell goes with the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline import rulebook
from pipeline.mentions.sentences import Sentence
from schemas.records import Article

_WORDS: Final[dict[str, frozenset[str]]] = {
    code: frozenset(words.split()) for code, words in rulebook.toml("language.toml")["words"].items()
}
_ENGLISH: Final[frozenset[str]] = _WORDS["en"]
_OTHERS: Final = {code: words for code, words in _WORDS.items() if code != "en"}
#: word -> the languages, all but English, whose small word it is.
_OWNERS: Final = {
    word: tuple(code for code, known in _OTHERS.items() if word in known)
    for known in _OTHERS.values()
    for word in known
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_SCRIPTS: Final = (
    ("zh", re.compile(r"[\u4e00-\u9fff]")), ("ja", re.compile(r"[\u3040-\u30ff]")), ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")), ("ar", re.compile(r"[\u0600-\u06ff]")), ("hi", re.compile(r"[\u0900-\u097f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")), ("he", re.compile(r"[\u0590-\u05ff]")), ("th", re.compile(r"[\u0e00-\u0e7f]")),
)  # fmt: skip
_SCRIPT: Final = re.compile("|".join(script.pattern for _, script in _SCRIPTS))
_ENOUGH: Final = 4000  # characters of a block that are looked at


def guess(text: str) -> str | None:
    """Return "en", another language's code, or None where the text is too short or too odd to tell."""
    piece = text[:_ENOUGH]
    foreign = not piece.isascii() and _SCRIPT.search(piece) is not None
    latin = len(_LATIN.findall(piece)) if foreign else 0
    for code, script in _SCRIPTS if foreign else ():
        count = len(script.findall(piece))
        if count > 8 and count * (3 if code in ("zh", "ja") else 1) > latin:
            return "ja" if code == "zh" and len(_SCRIPTS[1][1].findall(piece)) * 10 > count else code
    words = _WORD.findall(piece.lower())
    if len(words) < 6:
        return None
    english = sum(map(_ENGLISH.__contains__, words))
    counts: dict[str, int] = dict.fromkeys(_OTHERS, 0)
    for word in filter(_OWNERS.__contains__, words):
        for other in _OWNERS[word]:
            counts[other] += 1
    best = max(counts.values())
    if best > english * 1.3 and best >= 0.12 * len(words) and best >= 3:
        return max(counts, key=lambda other: counts[other])
    if english >= 0.1 * len(words) or english >= 2 * best + 1:
        return "en"
    return None


def english(article: Article, cut: Sequence[Sentence]) -> tuple[list[Sentence], str]:
    """Return the sentences of English blocks, and the language of the rest ("" where there is none)."""
    text = article.text
    ends: dict[int, tuple[int, int]] = {}
    for sentence in cut:
        first, last = ends.get(sentence.block, (sentence.start, sentence.end))
        ends[sentence.block] = (min(first, sentence.start), max(last, sentence.end))
    guessed = {block: guess(text[a:b]) for block, (a, b) in ends.items()}
    page = "en"
    if None in guessed.values():
        page = guess(text) or (article.language or "").lower().split("-")[0] or "en"
    told = {block: code or page for block, code in guessed.items()}
    kept = [sentence for sentence in cut if told[sentence.block] == "en"]
    other = next((code for code in told.values() if code != "en"), "")
    return kept, other if not kept else ""
