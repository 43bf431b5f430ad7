"""Where a repost came from, as its own lines name it, in the phrasings of rules/clean/source.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline import rulebook
from pipeline.clean.dates import find_days
from pipeline.clean.pieces import fold
from pipeline.sieve import Sought, sought

LONGEST_LINE = 260  # characters; who names a source in passing, in a longer paragraph, names no origin
_DATE_TAIL = re.compile(r"[,(\s–—-]{1,3}(?:\d{1,2}[./ ]|\d{4}\b|on \w{3,9} \d).{0,40}$")
_URL = re.compile(r"^(?:https?://)?(?:www\.)?([\w.-]{2,80}\.[a-z]{2,12})(?:/\S{0,300})?$", re.IGNORECASE)
_ENDS = " \t\n.,;:|<>«»\"'“”„‘’「」『』《》()[]（）【】→>*_—–-"
_MONTH_OR_DAY = re.compile(
    r"^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|wed|thur?s?|fri|sat|sun)\b(?=[,.]?\s\d|$)|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|early|late|mid|mistake|accident|\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """name: of the outlet.  line: index of the line that says so.  rule: which phrasing."""

    name: str
    line: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Phrases:
    certain: re.Pattern[str]
    weak: re.Pattern[str]
    ids: dict[str, str]
    sentences: tuple[tuple[str, Sought], ...]
    never: re.Pattern[str]


@cache
def _phrases() -> _Phrases:
    rules = rulebook.toml("clean/source.toml")
    ids: dict[str, str] = {}
    certain: list[str] = []
    weak: list[str] = []
    for label in rules["label"]:
        for word in label["words"]:
            ids[word.casefold()] = label["id"]
            (certain if label["certain"] else weak).append(word)

    def alternatives(words: list[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    opening = r"^[\s(（\[【*>＞«▶►■◆●・※-]{0,4}"
    mark = r"\s{0,2}[)）\]】]?\s{0,2}[:：|／/＞>→\-–—]\s{0,3}"
    # after a certain label in a script with word borders, a capital may follow without a colon
    bare = r"\s{1,2}(?=[A-ZÀ-ÖØ-ÞА-ЯЁ\"“«「『《])"
    return _Phrases(
        re.compile(
            f"{opening}(?P<label>{alternatives(certain)})(?:(?P<mark>{mark})|(?-i:{bare}))(?P<name>.{{1,120}})",
            re.I,
        ),
        re.compile(
            f"{opening}(?P<label>{alternatives(weak)})(?P<mark>\\s{{0,2}}[)）\\]】]?\\s{{0,2}}[:：／|]\\s{{0,3}})(?P<name>.{{1,120}})",
            re.I,
        ),
        ids,
        tuple(
            zip(
                [item["id"] for item in rules["sentence"]],
                sought([re.compile(item["pattern"], re.I) for item in rules["sentence"]]),
                strict=True,
            )
        ),
        re.compile(rules["generic"]["never"], re.I),
    )


def _name(text: str) -> str | None:
    """Return the outlet that a phrase names, or None where it names none."""
    name = fold(text)
    address = _URL.match(name)
    if address:
        return address.group(1).lower()
    name = _BEHIND_NAME.split(name, maxsplit=1)[0]
    if not (name.endswith(")") and "(" in name):
        name = name.rstrip(")")
    name = _DATE_TAIL.sub("", name).strip(_ENDS)
    if len(name) < 2 or len(name) > 80 or len(name.split()) > 9 or name.isdigit():
        return None
    # a sentence that goes on is no name
    if re.search(r"[.!?。！？]\s?\S", re.sub(r"\b(?:\w|[A-Z][a-z]{0,3})\.", "", name)) and not _URL.match(
        name
    ):
        return None
    if _phrases().never.search(name) or _MONTH_OR_DAY.search(name) or find_days(name[:28]):
        return None
    letter = next((char for char in _ARTICLE.sub("", name) if char.isalpha()), "")
    return name if (letter and not letter.islower()) or _URL.match(name) else None


#: A label of sources inside a line of several fields ("时间:2023-08-08 10:22来源:X 作者:Y").
_INNER = re.compile(
    r"(?<=[\s\d)）\]】])(?=(?:文章|新闻|新聞|稿件|信息|資料)?(?:来源|來源|出处|出處|出典|출처|источник|kaynak|nguồn|fonte|fuente|quelle)\s?[:：])",
    re.IGNORECASE,
)
_BEHIND_NAME = re.compile(
    r"\s(?=[\u3400-\u9fff\uac00-\ud7a3]{1,6}\s?[:：])|(?<=[A-Za-z]),\s?(?=[\u3400-\u9fff])|\s(?:\||https?://)|[|；;]|(?<=[\u3400-\u9fff])\s?(?:评论|評論|作者|(?:责任|責任)?(?:编辑|編輯)|记者|記者|浏览|阅读|点击|發布|发布)\s?[:：（(]"
)
#: A day and an hour in front of the label, as portals have it.
_STAMP = re.compile(r"^\d{4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?(?:\s\d{1,2}:\d{2}(?::\d{2})?)?\s")
_ARTICLE = re.compile(
    r"^(?:the|le|la|les|el|los|las|die|der|das|dem|il|lo|de|het|o|a|os|as)\s|^l[’']", re.IGNORECASE
)
#: Small words inside names of papers.
_SMALL = frozenset(["of", "the", "and", "for", "in", "on", "at", "to", "de", "du", "des", "la", "le", "les", "el", "los", "del", "da", "do", "dos", "di", "della", "delle", "e", "y", "et", "und", "der", "die", "das", "für", "van", "het", "en", "og", "och", "&", "i", "na", "w"])  # fmt: skip


def _goes_on(name: str) -> bool:
    """Whether what stands behind a label without a colon is the beginning of a sentence, and no name."""
    return any(word[:1].islower() and word not in _SMALL for word in name.split())


def read_line(line: str, *, linked: str = "", at_edge: bool = True) -> tuple[str, str, bool] | None:
    """Return (name, rule, certain) if a line says where the article came from, else None.

    linked:  text of the line's first link, which is the name where one is given.
    at_edge: whether the line stands first or last in the article; "Source: X" counts only there.
    """
    text = _INNER.split(_STAMP.sub("", fold(line)), maxsplit=1)[-1]
    if not 4 <= len(text) <= LONGEST_LINE:
        return None
    phrases = _phrases()
    for found, certain in ((phrases.certain.match(text), True), (phrases.weak.match(text), False)):
        if found is None or (not certain and not at_edge):
            continue
        rest = found["name"]
        name = _name(linked) if linked and linked in rest else None
        name = name or _name(rest)
        if name is not None and not (not found["mark"] and _goes_on(name)):
            return name, phrases.ids[found["label"].casefold()], certain
    for rule, pattern in phrases.sentences:
        found = pattern.search(text)
        if found is not None:
            name = _name(linked) if linked and linked.casefold() in found["name"].casefold() else None
            name = name or _name(found["name"])
            if name is not None:
                return name, rule, True
    return None


def find_source(lines: Sequence[tuple[str, str]], *, edge: int = 4) -> Source | None:
    """Return the original source that an article's lines name, or None.

    lines: (text, text of its first link or "") of the region in order, captions left out.
    edge:  how many lines at the end (and 3 at the beginning) count as its edge.
    """
    best: Source | None = None
    for index, (line, linked) in enumerate(lines):
        if len(line) > LONGEST_LINE * 2:
            continue
        at_edge = index < 3 or index >= len(lines) - edge
        found = read_line(line, linked=linked, at_edge=at_edge)
        if found is not None:
            source = Source(found[0], index, found[1])
            if found[2]:
                return source
            best = source
    return best
