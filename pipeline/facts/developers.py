"""Which organization made a model: one fact for each pair that the text states.

developers(article, names) -> facts of kind "developer". A rule (rules/names/developers.toml) is a pattern
that must match all of the text between the two names, in one sentence or two neighbouring ones. Nothing
is taken from the lexicon: a developer that the text does not name is no fact.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.mentions.names import Name, Names, find_names, is_reporter, squash
from pipeline.mentions.sentences import Sentence, sentences
from schemas.errors import RuleError
from schemas.records import LONGEST_EVIDENCE, Article, Fact

_GAP: Final = 240  # code points between the two names, at most
_LIST: Final = re.compile(r"(?:,\s|,?\s(?:and|with|&)\s)(?:the\s)?|\s(?:and|&)\s(?:its\s\w+\s|the\s)?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled rule: which name comes first, what stands between, what must follow the second."""

    id: str
    order: str
    between: re.Pattern[str]
    after: re.Pattern[str] | None
    weak: bool


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the rules of developers.toml, compiled. Raises RuleError naming a bad one."""
    out = []
    for rule in rulebook.toml("names/developers.toml")["rule"]:
        if rule["order"] not in ("org-model", "model-org") or not rule["fires_on"] or not rule["quiet_on"]:
            raise RuleError(f"names/developers.toml: rule {rule.get('id')!r} needs an order and examples")
        try:
            after = re.compile(rule["after"]) if "after" in rule else None
            out.append(
                Pattern(
                    rule["id"], rule["order"], re.compile(rule["pattern"]), after, rule.get("weak", False)
                )
            )
        except re.error as err:
            raise RuleError(f"names/developers.toml: rule {rule['id']}: {err}") from err
    return tuple(out)


def developers(article: Article, names: Names | None = None) -> list[Fact]:
    """Return the article's developer facts in text order, each pair once."""
    known = find_names(article) if names is None else names
    if not known.models or not known.organizations:
        return []
    text = article.text
    lines = sentences(article)
    starts = [s.start for s in lines]
    found: dict[tuple[str, str], Fact] = {}
    weak: list[tuple[str, Fact]] = []
    model_starts = [m.start for m in known.models]

    for firm in known.organizations:
        if is_reporter(firm.canonical):
            continue
        number = max(0, bisect_right(starts, firm.start) - 1)
        sentence = lines[number]
        low = lines[number].start
        high = (
            lines[number + 1].end
            if number + 1 < len(lines) and lines[number + 1].block == sentence.block
            else sentence.end
        )
        first = bisect_right(model_starts, max(low, firm.start - _GAP) - 1)
        for model in known.models[first:]:
            if model.start > min(high, firm.end + _GAP):
                break
            rule = _rule(text, firm, model, known, sentence)
            if rule is None:
                continue
            for maker in (firm, *_others(text, firm, known, rule)):
                fact = _fact(article, lines, starts, maker, model, rule.id)
                if fact is None:
                    continue
                key = (squash(model.canonical), squash(maker.canonical))
                if rule.weak:
                    weak.append((key[0], fact))
                else:
                    found.setdefault(key, fact)
    told = {model for model, _ in found}
    for model_key, fact in weak:
        if model_key not in told:
            found.setdefault((model_key, squash(fact.organization or "")), fact)
            told.add(model_key)
    _by_name(article, known, lines, starts, found)
    return sorted(found.values(), key=lambda f: (f.at, f.start, f.model or ""))


def _rule(text: str, firm: Name, model: Name, names: Names, sentence: Sentence) -> Pattern | None:
    """The first rule that makes this firm the developer of this model at this place."""
    order = "org-model" if firm.end <= model.start else "model-org"
    start, end = (firm.end, model.start) if order == "org-model" else (model.end, firm.start)
    if end < start or end - start > _GAP:
        return None
    second_end = model.end if order == "org-model" else firm.end
    crosses = end > sentence.end or start < sentence.start
    for rule in patterns():
        if rule.order != order or (crosses and rule.id != "developer.its"):
            continue
        if rule.between.fullmatch(text, start, end) is None:
            continue
        if rule.after is not None and rule.after.match(text, second_end) is None:
            continue
        if _another_between(names, rule, start, end, model):
            continue
        return rule
    return None


def _another_between(names: Names, rule: Pattern, start: int, end: int, model: Name) -> bool:
    """Whether another model (or, before "its", another firm) stands between the two."""
    for other in names.models:
        if other.start >= end:
            break
        if other.start >= start and other.canonical != model.canonical:
            return rule.id not in ("developer.verb",) or True
    if rule.id in ("developer.its", "developer.subject"):
        return any(start <= other.start < end for other in names.organizations)
    return False


def _others(text: str, firm: Name, names: Names, rule: Pattern) -> list[Name]:
    """Firms joined to this one by "and": they made it together."""
    out: list[Name] = []
    if rule.id == "developer.possessive":
        return out
    organizations = list(names.organizations)
    index = organizations.index(firm)
    last = firm
    for other in organizations[index + 1 : index + 5]:
        if _LIST.fullmatch(text, last.end, other.start) is None:
            break
        out.append(other)
        last = other
    if rule.order == "org-model":
        last = firm
        for other in reversed(organizations[max(0, index - 4) : index]):
            if _LIST.fullmatch(text, other.end, last.start) is None:
                break
            out.append(other)
            last = other
    return [other for other in out if not is_reporter(other.canonical)]


def _fact(
    article: Article, lines: list[Sentence], starts: list[int], firm: Name, model: Name, rule: str
) -> Fact | None:
    low = lines[max(0, bisect_right(starts, min(firm.start, model.start)) - 1)].start
    high = lines[max(0, bisect_right(starts, max(firm.start, model.start)) - 1)].end
    low, high = min(low, firm.start, model.start), max(high, firm.end, model.end)
    if high - low > LONGEST_EVIDENCE:
        low = max(low, min(firm.start, model.start) - 40)
        high = min(high, max(firm.end, model.end) + 40)
    if high - low > LONGEST_EVIDENCE:
        return None
    return Fact(
        kind="developer", start=low, end=high, quote=article.text[low:high], rule=rule, at=firm.start, at_end=firm.end,
        model=model.canonical, organization=firm.canonical, linked_by="developer",
    )  # fmt: skip


def _by_name(
    article: Article,
    names: Names,
    lines: list[Sentence],
    starts: list[int],
    found: dict[tuple[str, str], Fact],
) -> None:
    """A model that carries its firm's name ("BloombergGPT", "Tessella-40B"), where the firm acts in the text."""
    told = {model for model, _ in found}
    for model in names.models:
        key = squash(model.canonical)
        if key in told:
            continue
        for firm in names.organizations:
            short = firm.text
            if len(short) < 4 or not model.canonical.startswith(short) or is_reporter(firm.canonical):
                continue
            if not (
                len(model.canonical) > len(short)
                and (not model.canonical[len(short)].isalpha() or model.canonical[len(short)].isupper())
            ):
                continue
            near = min(
                (m for m in names.models if m.canonical == model.canonical),
                key=lambda m: abs(m.start - firm.start),
            )
            fact = _fact(article, lines, starts, firm, near, "developer.name")
            if fact is not None:
                found[(key, squash(firm.canonical))] = fact
                told.add(key)
                break
