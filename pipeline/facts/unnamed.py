"""A large number that stands alone -> a model's size, the tokens it read, or neither: by a sum of fitted weights.

"PaLM, 540 billion", "GPT-3 (175B)", "the newer one saw 9 trillion": what is counted was said before, or goes without saying. The
evidence is that of pipeline.facts.evidence, and what such numbers have of their own: how they are written, the name or the
word right in front, the noun right behind, what the text last counted.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline.facts import evidence
from pipeline.facts.common import Here, Page, active_near, amount, phrase
from pipeline.mentions.figures import between_members

#: The smallest number that may be a size or tokens without saying so.
LEAST: Final = 10**6
#: How far back it is sought what the text last counted, in characters.
EARLIER: Final = 1000
#: The kinds asked, and the rule that names each.
KINDS: Final = (("parameters", "parameters.unit-left-out", "a size that stands alone"), ("tokens", "tokens.unit-left-out", "tokens, said before"))  # fmt: skip
#: Phrases of phrases.toml: what stands in front of the number, what stands behind it.
IN_FRONT: Final = ("fed", "model-of", "it-was", "beside-name", "sized", "nobodys-size", "before-size", "part-of-what-was-counted", "sizes-listed", "product", "is-its-size")  # fmt: skip
BEHIND: Final = ("stands-free", "counted-behind", "ends-a-clause", "product-behind")
#: What is said of tokens, and of sizes.
TOKENS_SAID: Final = re.compile(r"\btokens?\b", re.IGNORECASE)
SIZE_SAID: Final = re.compile(r"\bparam\w*|\b\d[\d.]*B\b|\bexperts?\b|\bweights\b|\bmixture\b", re.IGNORECASE)
#: What may stand between a name and its size.
_MARKS: Final = {"": "nothing", ",": "comma", "(": "bracket", ":": "colon", "’s": "owner", "'s": "owner", "’": "owner", "-": "hyphen", "–": "dash", "—": "dash", "at": "at", "is": "is"}  # fmt: skip
_WORD_BEHIND: Final = re.compile(r"[\s-]{1,2}(?:of (?:the |its |those )?)?([a-z]+)", re.IGNORECASE)
_NAME_LIKE: Final = re.compile(r"(?:\b[A-Z][\w.’'-]*|\b[\w.-]*\d[\w.-]*)[ -](?:v?\d[\d.]*[ -])?$")


@cache
def _phrases(names: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, phrase(name)) for name in names)


def last_said(pattern: re.Pattern[str], earlier: str) -> int:
    """Return where a text last says a word, -1 where it does not."""
    return max((match.start() for match in pattern.finditer(earlier)), default=-1)


def size_or_tokens(page: Page, here: Here) -> bool:
    """State a number as a size or as tokens, if the evidence is for one; return whether it was one."""
    written = here.text[here.at : here.end]
    if here.top < LEAST or here.quantity.vague or not phrase("said-exactly").match(written):
        return False
    told = [*evidence.evidence(page, here, "size", here.end), *_of_its_own(page, here, written)]
    kind, rule, why = max(KINDS, key=lambda asked: evidence.score(asked[0], told))
    for asked, _, _ in KINDS:
        page.weighed.append((asked, here.figure, tuple(told)))
    score = evidence.score(kind, told)
    shown = evidence.shown(kind, told)
    if score <= 0:
        page.note(here.of(kind=kind).figure, f"counts what is not said ({shown})")
        return False
    fields: dict[str, str | None] = {}
    if kind == "parameters":
        fields["role"] = here.figure.role or (
            "active" if active_near(here.text, here.at, here.end) else "total"
        )
    page.add(here.figure, kind, rule, f"{why} ({shown})", here.told(), **fields, **amount(here.quantity))
    if kind == "parameters":
        _others_of_a_list(page, here, written, fields["role"])
    return True


def _of_its_own(page: Page, here: Here, written: str) -> set[str]:
    """Return the evidence that only a number without a unit has."""
    text, at, end = here.text, here.at, here.end
    letter = re.search(r"\d ?([BMT])$", written)
    told = {f"letter.{letter[1]}" if letter else "scale-in-words"}
    for name, pattern in _phrases(IN_FRONT):
        if pattern.search(text[:at]):
            told.add(f"phrase.{name}")
    behind = text[end : end + 60]
    for name, pattern in _phrases(BEHIND):
        if pattern.match(behind):
            told.add(f"phrase.{name}")
    if phrase("other-counts").search(text[max(0, at - 24) : at] + " ¤ " + text[end : end + 30]):
        told.add("phrase.other-counts")
    if text[:at].rstrip(" ~").endswith("(") and re.match(r"\s*[),;/]", behind):
        told.add("in-brackets")
    if "phrase.stands-free" not in told and (noun := _WORD_BEHIND.match(behind)):
        word = noun[1].lower()
        held = evidence.classes(word)
        told.update(f"right-behind.{name}" for name in held)
        if not held:
            told.add("right-behind.something" + ("s" if word.endswith("s") else ""))
    told.update(_name_ahead(page, here))
    if letter and _NAME_LIKE.search(text[max(0, at - 40) : at]) and "phrase.before-size" not in told:
        told.add("name-like-ahead")
    earlier = page.text[max(0, here.figure.sentence.start - EARLIER) : here.figure.at]
    tokens_at, size_at = last_said(TOKENS_SAID, earlier), last_said(SIZE_SAID, earlier)
    told.add("said-last." + ("tokens" if tokens_at > size_at else "size" if size_at >= 0 else "neither"))
    if tokens_at >= 0:
        told.add("tokens-said")
    if size_at >= 0:
        told.add("size-said")
    if TOKENS_SAID.search(text):
        told.add("tokens-in-sentence")
    near = [
        fact
        for fact in page.facts[-6:]
        if fact.at >= page.sentence.start and fact.kind in ("tokens", "parameters")
    ]
    if near:
        told.add(f"last-fact.{near[-1].kind}")
        if near[-1].kind == "tokens" and near[-1].value and here.quantity.value:
            told.add("more-than-the-last" if here.quantity.value > near[-1].value else "less-than-the-last")
    return told


def _name_ahead(page: Page, here: Here) -> set[str]:
    """Return how a model's name leads up to the number, if one does: by a mark, or by few words."""
    base = page.sentence.start
    names = [until - base for _, until in page.names_in(page.sentence) if until - base <= here.at]
    if not names or here.at - names[-1] > 40:
        return set()
    between = here.text[names[-1] : here.at].strip()
    if len(between) <= 2:
        return {"name-then." + _MARKS.get(between, "other")}
    return {"name-near"} if len(between.split()) <= 4 and not re.search(r"[.;]", between) else set()


def _others_of_a_list(page: Page, here: Here, written: str, role: str | None) -> None:
    """State the members of a list that leave the scale to its last: "in sizes of 7, 13, 33 and 65 billion"."""
    stem = re.match(r"[\d.]+", written)
    value = here.quantity.value
    if not stem or not value or not Decimal(stem[0]):
        return
    right = here.figure
    for left in reversed([figure for figure in here.figures if figure.end <= right.at]):
        held = left.quantity
        if left.rule != "figure.num" or held is None or held.value is None or held.value >= 1000 or not between_members(page.text, left.end, right.at):  # fmt: skip
            break
        page.add(left, "parameters", "parameters.unit-left-out", "in a list of sizes", here.told(), role=role, **amount(held, value / Decimal(stem[0])))  # fmt: skip
        right = left
