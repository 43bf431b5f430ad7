"""Cross-checks: arithmetic that a text's own figures should satisfy, and claims that conflict.

Facts in, findings out. A finding shows its formula with the figures put in, the facts it used, what
the formula gives, what the text states, and the relative difference that still counts as agreement.
Nothing is corrected: a finding is a reason to look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from schemas.records import Finding, Stated

PRICE_OF_RUN: Final = "price x devices x hours"
DEVICE_HOURS: Final = "devices x hours"
SIX_ND: Final = "6 x parameters x tokens"
PRICE_OF_HOURS: Final = "price x device hours"
SIZE_RATIO: Final = "times the size"
UNIT_SLIP: Final = "factor of a thousand"
CONFLICT: Final = "claims of one model"

#: Relative differences that count as agreement. Sums and hours are arithmetic; 6ND leaves out
#: attention and counts dense models (Kaplan et al. 2020, arXiv:2001.08361, section 2.1).
TOLERANCE: Final = {
    PRICE_OF_RUN: 0.05, PRICE_OF_HOURS: 0.05, DEVICE_HOURS: 0.05, SIX_ND: 0.3, SIZE_RATIO: 0.05,
}  # fmt: skip
ABOUT: Final = 2.0  # a figure that is "about" may be off by so many times the tolerance
#: Spread between independent stories above which claims of one kind conflict.
SPREAD: Final = {
    "parameters": 0.1, "tokens": 0.1, "compute": 0.5, "cost": 0.25, "device_hours": 0.1, "duration": 0.15,
    "energy": 0.15, "emissions": 0.25,
}  # fmt: skip
COMBINATIONS: Final = 64  # of figures tried for one model in one article

_NUMBER_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
    "a hundred": 100, "a thousand": 1000,
}  # fmt: skip
_RATIO = re.compile(
    r"(?<![\w.])(?P<number>\d[\d,]{0,9}(?:\.\d{1,3})?|a hundred|a thousand|"
    + "|".join(word for word in _NUMBER_WORDS if " " not in word)
    + r")(?: |-|\u00a0)?(?:times|x|fold)\s+"
    r"(?:the (?:size|parameters) of|(?:larger|bigger) than|as (?:large|big) as|more parameters than|the parameter count of)\s+",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sized:
    """A model's size as known from elsewhere: parameters, and the fact that says so, or None."""

    parameters: float
    fact_id: str | None = None


def number(value: float) -> str:
    """Return a figure for a formula: whole and separated by commas below 1e15, else with a power."""
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.4g}"


def check(
    stated: Iterable[Stated],
    *,
    texts: Mapping[str, str] | None = None,
    sizes: Mapping[str, Sized] | None = None,
) -> list[Finding]:
    """Return every finding, in order of check, model and formula.

    stated: current facts; denied, superseded and derived ones are left out here.
    texts:  article id -> clean text, of articles that compare sizes ("57 times the size of").
    sizes:  model -> size, for models whose size the facts do not give.
    """
    usable = [s for s in stated if not (s.fact.negated or s.fact.superseded or s.fact.derived)]
    by_article: dict[str, list[Stated]] = defaultdict(list)
    by_model: dict[str, list[Stated]] = defaultdict(list)
    for one in usable:
        by_article[one.article_id].append(one)
        if one.fact.model:
            by_model[one.fact.model].append(one)
    found: list[Finding] = []
    for article in sorted(by_article):
        found += _within(by_article[article])
    done = {finding.model for finding in found if finding.check_name == SIX_ND}
    for model in sorted(by_model):
        if model not in done:
            found += _six_nd(model, by_model[model])
        found += _conflicts(model, by_model[model])
    for article, text in sorted((texts or {}).items()):
        found += _ratios(text, by_article.get(article, []), by_model, sizes or {})
    unique: dict[tuple[str, str | None, str], Finding] = {}
    for finding in sorted(found, key=lambda f: f.fact_ids):  # copies of a story say the same sum again
        unique.setdefault((finding.check_name, finding.model, finding.formula), finding)
    return sorted(unique.values(), key=lambda f: (f.check_name, f.model or "", f.formula))


def _value(one: Stated) -> float:
    return float(one.fact.value) if one.fact.value is not None else 0.0


def _kind(facts: Sequence[Stated], kind: str) -> list[Stated]:
    return [s for s in facts if s.fact.kind == kind and (s.fact.value or 0) > 0]


def _agrees(expected: float, claim: Stated, tolerance: float) -> bool:
    """Say whether what a formula gives is what the claim says, comparator and all."""
    fact = claim.fact
    allowed = tolerance * (ABOUT if fact.op == "~" else 1.0)
    if fact.low is not None and fact.high is not None:
        return float(fact.low) * (1 - allowed) <= expected <= float(fact.high) * (1 + allowed)
    value = _value(claim)
    if fact.op == ">":
        return expected >= value * (1 - allowed)
    if fact.op == "<":
        return expected <= value * (1 + allowed)
    return abs(expected - value) <= allowed * value


def _says(claim: Stated) -> str:
    before = {">": "over ", "<": "up to ", "~": "about "}.get(claim.fact.op, "")
    return before + number(_value(claim))


def _sums(
    check_name: str,
    model: str | None,
    sums: Sequence[tuple[float, str, tuple[Stated, ...]]],
    claims: Sequence[Stated],
) -> Iterator[Finding]:
    """Hold sums against claims: each claim that a sum explains agrees; if none is, the nearest pair differs."""
    tolerance = TOLERANCE[check_name]
    nearest: tuple[float, Finding] | None = None
    agreed = False
    for expected, formula, inputs in sums:
        for claim in claims:
            good = _agrees(expected, claim, tolerance)
            finding = Finding(
                check_name=check_name,
                model=model,
                verdict="agrees" if good else "differs",
                formula=f"{formula} = {number(expected)}; stated {_says(claim)}",
                fact_ids=(*(s.fact_id for s in inputs), claim.fact_id),
                expected=expected,
                stated=_value(claim),
                tolerance=tolerance,
            )
            if good:
                agreed = True
                yield finding
                continue
            away = _apart(expected, _value(claim))
            if nearest is None or away < nearest[0]:
                nearest = (away, finding)
    if not agreed and nearest is not None:
        yield nearest[1]


def _same_device(one: Stated, two: Stated) -> bool:
    left, right = one.fact.device, two.fact.device
    return left == right or "GPU" in (left, right) or left is None or right is None


def _within(facts: Sequence[Stated]) -> Iterator[Finding]:
    """Checks that one article's own figures should satisfy, model by model."""
    prices = [s for s in _kind(facts, "price") if s.fact.per == "hour"]
    models = sorted({s.fact.model for s in facts if s.fact.model})
    for model in models:
        of = [s for s in facts if s.fact.model == model]
        devices = [s for s in _kind(of, "hardware") if s.fact.use in (None, "training")]
        hours, costs = _kind(of, "duration"), [
            s for s in _kind(of, "cost") if s.fact.scope == "training" and s.fact.period is None
        ]  # fmt: skip
        device_hours = _kind(of, "device_hours")
        runs = [
            (_value(d) * _value(h), f"{number(_value(d))} {d.fact.device} x {number(_value(h))} h", (d, h))
            for d, h in islice(product(devices, hours), COMBINATIONS)
        ]
        yield from _sums(
            DEVICE_HOURS, model,
            [run for run in runs if any(_same_device(run[2][0], claim) for claim in device_hours)],
            device_hours,
        )  # fmt: skip
        for name, spans in (
            (PRICE_OF_RUN, runs),
            (PRICE_OF_HOURS, [(_value(s), f"{number(_value(s))} {s.fact.device or 'device'} hours", (s,)) for s in device_hours]),
        ):  # fmt: skip
            sums = [
                (
                    _value(price) * hours_of,
                    f"{price.fact.currency} {number(_value(price))} x {words}",
                    (price, *inputs),
                )
                for price, (hours_of, words, inputs) in islice(product(prices, spans), COMBINATIONS)
                if _same_device(price, inputs[0])
            ]
            currencies = {inputs[0].fact.currency for _, _, inputs in sums}
            yield from _sums(name, model, sums, [c for c in costs if c.fact.currency in currencies])
        yield from _six_nd(model, of)


def _six_nd(model: str, facts: Sequence[Stated]) -> Iterator[Finding]:
    """6ND: with the active parameters where a text gives them (Kaplan et al. 2020)."""
    sizes = _kind(facts, "parameters")
    active = [s for s in sizes if s.fact.role == "active"]
    total = [s for s in sizes if s.fact.role in (None, "total")]
    sums = [
        (
            6 * _value(n) * _value(d),
            f"6 x {number(_value(n))} parameters x {number(_value(d))} tokens",
            (n, d),
        )
        for n, d in islice(product(active or total, _kind(facts, "tokens")), COMBINATIONS)
    ]
    yield from _sums(SIX_ND, model, sums, _kind(facts, "compute"))


def _conflicts(model: str, facts: Sequence[Stated]) -> Iterator[Finding]:
    """Claims of independent stories about one figure of a model that lie too far apart."""
    groups: dict[tuple[str, ...], list[Stated]] = defaultdict(list)
    for one in facts:
        fact = one.fact
        if fact.kind not in SPREAD or not (fact.value or 0) > 0 or fact.period is not None or fact.vague:
            continue
        if fact.kind == "cost" and fact.basis not in (None, "reported", "estimated"):
            continue
        key = (fact.kind, fact.role or "total", fact.scope or "", fact.currency or "", fact.device or "")
        groups[key].append(one)
    for (kind, role, scope, currency, device), claims in sorted(groups.items()):
        by_story: dict[str, list[Stated]] = defaultdict(list)
        for claim in sorted(claims, key=lambda s: (s.day, s.fact_id)):
            by_story[claim.story_id].append(claim)
        if len(by_story) < 2:
            continue
        centre = _most_told(by_story)
        told = sorted(
            (
                min(story, key=lambda s: (_apart(_value(s), centre), s.day, s.fact_id))
                for story in by_story.values()
            ),
            key=lambda s: (_value(s), s.day, s.fact_id),
        )
        low, high = told[0], told[-1]
        ratio = _value(high) / _value(low)
        open_ended = (low.fact.op == ">" or high.fact.op == "<") and ratio < 10
        what = " ".join(
            word for word in (scope, kind.replace("_", " "), role if role != "total" else "", device) if word
        )
        ids = tuple(s.fact_id for s in told)
        slip = next((size for size in (1e3, 1e6) if abs(ratio / size - 1) <= 0.03), None)
        if slip is not None:
            yield Finding(
                UNIT_SLIP, model, "differs",
                f"{what}: {number(_value(high))} / {number(_value(low))} = {number(slip)}: a unit taken for another",
                (low.fact_id, high.fact_id), expected=slip, stated=ratio, tolerance=0.03,
            )  # fmt: skip
        elif ratio > 1 + SPREAD[kind] and not open_ended:
            earliest = min(told, key=lambda s: (s.day, s.fact_id))
            yield Finding(
                CONFLICT, model, "conflicts",
                f"{what}{' in ' + currency if currency else ''}: {len(told)} stories say {number(_value(low))} to "
                f"{number(_value(high))}; first, on {earliest.day}, {number(_value(earliest))}",
                ids, expected=_value(earliest), stated=ratio, tolerance=SPREAD[kind],
            )  # fmt: skip


def _apart(one: float, two: float) -> float:
    return max(one, two) / min(one, two)


def _most_told(by_story: Mapping[str, Sequence[Stated]]) -> float:
    """Return the value that most stories give: a text that lists a family's sizes conflicts with nobody."""
    stories: dict[float, set[str]] = defaultdict(set)
    for story, claims in by_story.items():
        for claim in claims:
            stories[_value(claim)].add(story)
    return max(stories, key=lambda value: (len(stories[value]), value))


def _ratios(
    text: str,
    facts: Sequence[Stated],
    by_model: Mapping[str, Sequence[Stated]],
    sizes: Mapping[str, Sized],
) -> Iterator[Finding]:
    """Hold "57 times the size of GPT-3" against both sizes."""
    own = [s for s in _kind(facts, "parameters") if s.fact.role in (None, "total") and s.fact.part == "text"]
    names = sorted({*by_model, *sizes}, key=lambda name: (-len(name), name))
    for match in _RATIO.finditer(text):
        said = match["number"].lower().replace(",", "")
        ratio = float(_NUMBER_WORDS.get(said) or said) if said in _NUMBER_WORDS or said[0].isdigit() else 0.0
        after = text[match.end() : match.end() + 60]
        other = next((name for name in names if _begins(after, name)), None)
        before = [s for s in own if s.fact.start <= match.start() and s.fact.model != other]
        if other is None or not before or ratio <= 0:
            continue
        subject = max(before, key=lambda s: (s.fact.at, s.fact_id))
        if match.start() - subject.fact.at > 400:
            continue
        known = _size(other, by_model, sizes)
        if known is None:
            continue
        expected = _value(subject) / known.parameters
        tolerance = TOLERANCE[SIZE_RATIO]
        where = "" if known.fact_id else ", by the reference table"
        yield Finding(
            SIZE_RATIO, subject.fact.model,
            "agrees" if abs(expected - ratio) <= tolerance * ratio else "differs",
            f"{number(_value(subject))} / {number(known.parameters)} ({other}{where}) = {number(round(expected, 1))}; "
            f"stated {match['number']} times",
            (subject.fact_id, *((known.fact_id,) if known.fact_id else ())),
            expected=expected, stated=ratio, tolerance=tolerance,
        )  # fmt: skip


def _begins(after: str, name: str) -> bool:
    """Say whether a name stands at the beginning, behind at most an article and a maker's possessive."""
    at = after.find(name)
    if at < 0 or (at + len(name) < len(after) and after[at + len(name)].isalnum()):
        return False
    before = after[:at].strip()
    return before.lower() in ("", "the", "its predecessor", "its") or (
        len(before) <= 30 and before.endswith(("’s", "'s", "’", "s'"))
    )


def _size(model: str, by_model: Mapping[str, Sequence[Stated]], sizes: Mapping[str, Sized]) -> Sized | None:
    """Return a model's size: the one that most stories give, else the known one."""
    claims = [s for s in _kind(by_model.get(model, ()), "parameters") if s.fact.role in (None, "total")]
    if claims:
        stories: dict[float, set[str]] = defaultdict(set)
        for claim in claims:
            stories[_value(claim)].add(claim.story_id)
        best = max(stories, key=lambda value: (len(stories[value]), value))
        return Sized(best, min(s.fact_id for s in claims if _value(s) == best))
    return sizes.get(model)
