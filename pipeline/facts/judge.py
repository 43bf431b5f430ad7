"""A figure and its surroundings -> is it a fact, of which kind, and if not, why not.

Every judgement returns words for `costline extract --explain`. What the words are is data: rules/money.toml, rules/context.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.senses import words
from pipeline.sieve import Sought, sought

_CLAUSE_STOP: Final = quick(
    r"[;()]|\s[–—-]{1,2}\s|—|[.!?:]\s|,\s(?:and|but|while|whereas|which|who|or|with|though|although|compared|versus|against|not|plus|then|of which|more than the|far)\b"
    r"|\s(?:but|while|whereas|although|though)\s|\s(?:and|or)\s(?=(?:it|its|the|they|he|she|we|that|this|then|has|had|was|is|were|cost|costs|took|used|raised|sold|spent|paid|trained|consumed|ran|earned|lost|generated|now|plans?|will)\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)  # as _stops()
def clause(sentence: str, at: int, end: int) -> tuple[int, int]:
    """Return [start, end) of the clause of a sentence that holds the figure at [at, end)."""
    start, stop = 0, len(sentence)
    for first, last in _stops(sentence):
        if last <= at:
            start = last
        elif first >= end:
            stop = first
            break
    return start, stop


@lru_cache(maxsize=16)  # a sentence is asked about for each of its figures, several times
def _stops(sentence: str) -> tuple[tuple[int, int], ...]:
    """Where clauses end in a sentence: [start, end) of what stands between two."""
    return tuple(match.span() for match in _CLAUSE_STOP.finditer(sentence))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a figure is a fact, by the patterns; why, in words, either way."""

    is_fact: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Money:
    """money.toml, compiled: (id, pattern) by table."""

    rate: tuple[tuple[str, Sought], ...]
    governed_not: tuple[tuple[str, Sought], ...]
    governed_yes: tuple[tuple[str, Sought], ...]
    scopes: tuple[tuple[str, Sought], ...]


@cache
def _money() -> _Money:
    told = rulebook.toml("money.toml")
    names, patterns = [], []
    for table in ("rate", "governed_not", "governed_yes"):
        for entry in told[table]:
            names.append((table, entry["id"]))
            patterns.append(quick("|".join(f"(?:{p})" for p in entry["pattern"]), re.IGNORECASE))
    for entry in told["scope"]:
        names.append(("scope", entry["scope"]))
        patterns.append(words(entry["pattern"], f"scope.{entry['scope']}"))
    tables: dict[str, list[tuple[str, Sought]]] = {}
    for (table, name), pattern in zip(names, sought(patterns), strict=True):
        tables.setdefault(table, []).append((name, pattern))
    return _Money(
        tuple(tables["rate"]),
        tuple(tables["governed_not"]),
        tuple(tables["governed_yes"]),
        tuple(tables["scope"]),
    )


@cache
def cues(table: str, name: str) -> re.Pattern[str]:
    """Return a compiled list of rules/context.toml."""
    return words(rulebook.toml("context.toml")[table][name], f"context.{table}.{name}")


@cache
def _schooling() -> tuple[Sought, ...]:
    """Words of the training of people, words of the field, and words that only hint at people."""
    return tuple(sought([cues("other", name) for name in ("people", "ai", "people_hints")]))


def people_trained(sentence: str, *, named: bool, topical: bool = False) -> bool:
    """Whether the sentence is about the training of people or animals.

    named: a model's name stands in it. topical: the text is about models, so that hints are not enough.
    """
    people, field, hints = _schooling()
    if people.search(sentence):
        return True
    if named or field.search(sentence):
        return False
    return not topical and hints.search(sentence) is not None


def about_models(text: str) -> bool:
    """Whether a text speaks of models at all: three words of the field in its first 20,000 characters."""
    return sum(1 for _ in zip(range(3), cues("other", "ai").finditer(text, 0, 20000), strict=False)) == 3


def law(sentence: str) -> bool:
    """Whether the sentence speaks of a legal threshold."""
    return cues("other", "law").search(sentence) is not None


_PERIOD: Final = quick(
    r"\s?(?:/|per|a|an|each|every)\s?(day|night|week|month|year)\b|\s(daily|monthly|annually|yearly)\b",
    re.IGNORECASE,
)


def is_rate(sentence: str, end: int) -> bool:
    """Whether the sum that ends at `end` is a price for each token, user and the like."""
    behind = re.sub(r"^\s(?:to|and|or|from|then)\s[$€£¥]?[\d.,]+", "", sentence[end : end + 90])
    return any(pattern.search(f"¤{behind}") for _, pattern in _money().rate)


def money_rule(sentence: str, at: int, end: int, *, named: bool = False, of_name: bool = False, topical: bool = False) -> str:  # fmt: skip
    """Return the id of the rule that speaks for or against a sum as the cost of a model, "" where none does.

    named: a model's name stands in the sentence; of_name: right behind "for" or "on". topical: the text is about models.
    """
    told = _money()
    if people_trained(sentence, named=named, topical=topical):
        return "money.training-of-people"
    start, stop = clause(sentence, at, end)
    start, stop = max(start, at - 320), min(stop, end + 220)
    inside = f"{sentence[start:at]}¤{sentence[end:stop]}"
    behind = f"¤{sentence[end : end + 90]}"
    for name, pattern in told.rate:
        if pattern.search(behind) or pattern.search(inside):
            return name
    for name, pattern in told.governed_not:
        if pattern.search(inside):
            return name
    if of_name and not _OTHER_USE.search(_part(sentence, at, end)):
        return "money.for-a-model"
    if (
        _IN_A_YEAR.match(sentence[end : end + 60])
        and _SPENDING.search(sentence, 0, at)
        and not re.search(r"\btrain", inside, re.IGNORECASE)
    ):
        return "money.yearly-spending"
    wide = f"{sentence[max(0, at - 160) : at]}¤{sentence[end : end + 120]}"
    for name, pattern in told.governed_yes:
        if pattern.search(inside) or pattern.search(wide):
            return name
    if (period := _period(sentence, end)) in ("month", "week", "year") or _IN_A_YEAR.match(
        sentence[end : end + 60]
    ):
        return "money.subscription" if period in ("month", "week") else "money.yearly-spending"
    return ""


_OTHER_USE: Final = quick(r"fine-?tun|inference|serv(?:e|ing)|data\b", re.IGNORECASE)


def _part(sentence: str, at: int, end: int) -> str:
    """Return the part of a sentence between two commas that holds the figure at [at, end)."""
    return sentence[sentence.rfind(", ", 0, at) + 1 : at] + "¤" + sentence[end:].partition(",")[0]


_IN_A_YEAR: Final = quick(
    r"\s(?:[\w-]+ ){0,5}?(?:in a (?:single )?year|(?:this|last|next) year|over (?:\w+ ){1,2}years|each year|every year|in 20\d\d\b)"
)
_SPENDING: Final = quick(r"\bspen[dt]|spending|on course|budget", re.IGNORECASE)
_EVERY: Final = quick(r"\s(?:[\w-]+ ){1,5}?(?:every|each|per|a) (day|night|week|month|year)\b")
_RUNNING: Final = quick(r"\b(?:run|runs|running|serv\w+|host\w*|operat\w+|keeping)\b", re.IGNORECASE)


def _period(sentence: str, end: int) -> str | None:
    """Return the period that a sum is paid for each time: "a day", "every month"; None where it is paid once."""
    found = _PERIOD.match(sentence[end : end + 30]) or _EVERY.match(sentence[end : end + 50])
    if found is None:
        return None
    word = next(part for part in found.groups() if part).lower()
    return {"night": "day", "daily": "day", "monthly": "month", "annually": "year", "yearly": "year"}.get(
        word, word
    )


_WITH_STAFF: Final = quick(
    r"\b(?:full|whole|entire|all-in|total) (?:cost|bill|programme|program|effort|spend\w*)\b[^.;]{0,40}\bincluding\b"
    r"|\b(?:including|inclusive of|counting|plus|adds?|adding) (?:[\w’'-]+ ){0,4}?(?:staff|salar\w+|wages|stipends?|people|personnel|experiments?|failed (?:runs|experiments)|research\w*|ablations)\b"
    r"|\b(?:salaries|staff|wages|people|personnel|stipends?|researchers|failed runs)\b[^.;¤]{0,24}\b(?:included|and all)\b",
    re.IGNORECASE,
)
_MACHINE_AND_POWER: Final = quick(
    r"\b(?:time|compute|hardware|chips|cards|rental|rent)(?: and|,| plus) (?:\w+ )?(?:electricity|power|energy|cooling|storage)\b",
    re.IGNORECASE,
)
_WHOLE_EFFORT: Final = quick(
    r"\b(?:whole|entire|full) (?:effort|project|programme|undertaking)\b[^;¤]{0,70}\bcost", re.IGNORECASE
)


@lru_cache(maxsize=8)  # asked for the evidence of a sum, and again for its fact
def money_scope(
    sentence: str, at: int, end: int, before: str, *, of_name: bool = False
) -> tuple[str, str | None]:
    """Return what a cost paid for ("training", "finetuning", "inference", …) and the period it is paid for each time."""
    told = _money()
    start, stop = clause(sentence, at, end)
    start, stop = max(start, at - 320), min(stop, end + 220)
    inside = f"{sentence[start:at]}¤{sentence[end:stop]}"
    place = at - start
    if of_name and not _OTHER_USE.search(_part(sentence, at, end)):
        return "training", None
    if (
        not re.match(r"¤ (?:\w+ ){0,2}?(?:to|on|for) (?:pre-?)?train", inside[place:])
        and _WITH_STAFF.search(
            next((part for part in f"{sentence[:at]}¤{sentence[end:]}".split(";") if "¤" in part), sentence)
        )
    ) or _WHOLE_EFFORT.search(inside):
        return "development", None
    scope = _scope(told, inside, place) or _scope(told, sentence[:at] + "¤" + sentence[end:], at)
    if scope is None:
        scope = (
            _scope(told, before[-200:] + "¤", len(before[-200:]), only=("training", "finetuning"))
            or "training"
        )
    if scope == "development" and (
        re.search(r"\bcompute (?:for|of|on)\b[^¤]{0,60}¤", inside)
        or (
            re.search(r"\b(?:pre-?|re)?train(?:ed|ing)?\b|\bcompute\b", inside, re.IGNORECASE)
            and not re.search(
                r"\b(?:including|whole|entire|all|programme|program|research)\b", inside, re.IGNORECASE
            )
        )
    ):
        scope = "training"
    if (
        scope == "training"
        and not re.search(r"\btrain", inside, re.IGNORECASE)
        and re.search(r"\bfine-?tun", sentence[:at], re.IGNORECASE)
        and not re.search(r"\b(?:pre-?)?train", sentence[:at], re.IGNORECASE)
    ):
        scope = "finetuning"
    if scope == "other" and _MACHINE_AND_POWER.search(inside):
        scope = "training"
    period = _period(sentence, end)
    if period and (scope in ("hardware", "training") or _RUNNING.search(inside)):
        scope = "inference"
    return scope, None if period == "week" else period


def _scope(told: _Money, inside: str, place: int, only: tuple[str, ...] = ()) -> str | None:
    """Return the scope whose cue stands nearest to the sum at `place`, or None where no cue stands."""
    nearest: tuple[int, int] = (1 << 20, 99)
    scope = None
    for rank, (name, pattern) in enumerate(told.scopes):
        if only and name not in only:
            continue
        for match in pattern.finditer(inside):
            if match.start() > place and re.search(
                r"\b(?:including|before|excluding|without|counting|besides)\b", inside[place : match.start()]
            ):
                continue
            gap = place - match.end() if match.end() <= place else match.start() - place
            if (
                name in ("development", "other")
                and (
                    gap > 45
                    or (
                        match.start() > place
                        and not re.match(r"¤ (?:to|on|for|in)\b", inside[place : place + 6])
                    )
                )
            ) or gap > 110:
                continue
            if gap >= -1 and (max(gap, 0), rank) < nearest:
                nearest, scope = (max(gap, 0), rank), name
    return scope


_DEVICES_BEFORE: Final = quick(
    r"\b(?:GPUs?|TPUs?|chips?|cards?|accelerators?|nodes|machines|processors|[HAV]\d00s?|H20s?|MI\d{3}X?s?)\s+(?:about |around |roughly |some |just |only )?$"
)
_SPENT: Final = quick(
    r"train|fine-?tun|finetun|distil|run|learn|took|take|search|optimi|GPU|TPU|compute|for |in |over |within |~|about",
    re.IGNORECASE,
)
_TOOK: Final = quick(
    r"(?:(?:\b(?:it|they|we|that|this|which|runs?|training|job|model|whole thing|everything|stage|phase|version|ones?|process|pass|attempt|experiment)(?: \w+)?|\b(?-i:[A-Z])[\w.-]*|\d[\w.-]*|\)),? (?:only |just |itself |alone )?"
    r"(?:took|lasted|ran for|finished in|was done in|needed)(?: (?:us|them|me|him|her|it))?|\b(?:and|it|run|training|job) (?:it )?(?:took|lasted|ran for|(?:went|ran|dragged|carried|kept) on for|kept going for|stretched over)|\b(?:did|finished|completed|done|wrapped up|managed|trained)(?: (?:it|this|that|the (?:run|job|whole thing|training)))? in)\s+"
    r"(?:(?:about|around|roughly|some|just|only|nearly|almost|over|under|more|less|than|a|little|full|mere|further|the|whole|well|up|to)\s+){0,4}$",
    re.IGNORECASE,
)
#: A sentence that is a stretch of time and no more: "Well – thirty-three days."
_FRAGMENT: Final = quick(
    r"\W*(?:(?:well|oh|er|um|about|around|roughly|some|only|just|nearly|almost|over|under|took us|took|in|for|i\.e\.|that is)[\s,–—-]+){0,3}¤(?: (?!of |after |before |from |into |to (?!be )|and |on |per |a )[\w.]+(?: [\w.]+){0,4})?(?:,[^¤]*|\W*)",
    re.IGNORECASE,
)
_IN_TIME: Final = quick(
    r"(?:\b(?:for|over|in|within|took|takes|taking|lasting|lasted|during|across|after|at|on|spent|spending|and|plus|about|around|some|of|than|under|only|just|nearly|almost|or|roughly|approximately|running|ran|kept|planned|a|the|to|up|further|another|additional|an|extra|us|them|me|it|full|whole|mere|total)|[,:;(~|“\"‘\[]|^)\s*~?$",
    re.IGNORECASE,
)


#: Hours of what was recorded, not of machines at work.
_OF_RECORDINGS: Final = re.compile(
    r"\s+of (?!(?:the )?(?:[\w-]+ ){0,2}?(?:(?:pre-?|re-?)?train|comput|GPU|TPU|work|wall|continuous|machine|processing|fine|run|node|chip|card|accelerat|process|device|core|time\b))",
    re.IGNORECASE,
)


def recorded(sentence: str, end: int) -> bool:
    """Whether the hours that end at `end` are hours of recordings: "640,000 hours of Nordic speech"."""
    return _OF_RECORDINGS.match(sentence[end : end + 70]) is not None


def time(
    sentence: str,
    at: int,
    end: int,
    before: str,
    unit: str,
    value: float,
    *,
    named: bool = False,
    devices: bool = False,
    paid: bool = False,
    topical: bool = False,
) -> Verdict:
    """Judge a stretch of time: is it time spent on training?

    end: behind the unit. named: a model's name stands in the sentence. devices: accelerators that it trained on do.
    paid: right behind what the training cost.
    """
    if people_trained(sentence, named=named, topical=topical):
        return Verdict(False, "time.training-of-people")
    behind, ahead = sentence[end : end + 70], sentence[max(0, at - 110) : at]
    start, stop = clause(sentence, at, end)
    near_before = sentence[max(start, at - 42) : at]
    if unit in ("second", "decade"):
        return Verdict(False, "time.unit-too-short-or-long")
    if cues("time", "not_after").match(behind) or re.match(
        r"\sto (?!be\b|make\b|train|pre-?train|re-?train|fine-?tun|finetun|complete|finish|converge|run|process|learn|reach|get|do\b|master|beat|work|produce|create|cover|see|go\b|about|roughly|optimi|search|teach|build and train|perform|execute|instruction|preference|align)[a-z]+",
        behind,
    ):
        return Verdict(False, "time.of-something-else")
    if unit == "hour" and value >= 200 and _OF_RECORDINGS.match(behind):
        return Verdict(False, "time.of-recordings")
    if re.search(
        r"\b(?:each|per|an?|one|every|single) (?:\w+ )?(?:epoch|pass|iteration|step|generation|query|image|inference)\b[^.;]{0,60}$",
        ahead,
        re.IGNORECASE,
    ):
        return Verdict(False, "time.of-one-step")
    if re.search(
        r"\b(?:built|constructed|erected|assembled|installed|wired) (?:in|within|over)\s(?:[\w]+ ){0,2}$",
        ahead,
    ) and not re.search(
        r"\b(?:model|models|it|network|system|version)\s(?:was|were|is|has been) built", ahead
    ):
        return Verdict(False, "time.of-building")
    last = next(reversed(list(cues("time", "not_before").finditer(near_before))), None)
    done = re.search(
        r"\b(?:ready|abandoned|called off|cancell?ed|killed|scrapped|interrupted|converge[sd]?|stopped|finished|complete[ds]?|ended|over|done|reached|halted|concluded|c[ao]mes? out|finish(?:es)?|emerged|turned up)(?: \w+){0,3},? after (?:about |only |just |some |roughly )?$",
        near_before,
        re.IGNORECASE,
    )
    if (
        devices
        and re.search(r"\bafter (?:about |only |just |some |roughly )?$", near_before)
        and re.match(r"\s(?:on|with|using|across)\b", behind)
    ):
        return Verdict(True, "time.beside-devices")
    if done and topical:
        return Verdict(True, "time.done-after")
    if last is not None and not done and not re.search(r"train", near_before[last.end() :], re.IGNORECASE):
        return Verdict(False, "time.of-something-else")
    if paid and unit != "year" and re.search(r"\b(?:over|in|within|for|during|across)\s+(?:\w+ )?$", ahead):
        return Verdict(True, "time.beside-a-cost")
    if (
        re.search(
            r"\b(?:how (?:long|many (?:days|weeks|months|hours))|wall[ -]?clock|duration|training time)[^?]{0,80}\?",
            before[-200:],
            re.IGNORECASE,
        )
        and at < 25
    ):
        return Verdict(True, "time.answer")
    if unit == "minute" and not devices and not re.search(r"train", sentence, re.IGNORECASE):
        return Verdict(False, "time.unit-too-short-or-long")
    if (
        topical
        and unit != "minute"
        and _TOOK.search(ahead)
        and not re.match(
            r"\s(?:to|of) (?!train|pre-?train|complete|finish|converge|fine)[a-z]+", sentence[end : end + 24]
        )
    ):
        return Verdict(True, "time.took")
    if (
        devices
        and (
            unit != "minute"
            or not re.search(r"predict|infer|generat|answer|process|evaluat|simulat", sentence, re.IGNORECASE)
        )
    ) and (_IN_TIME.search(ahead) or _DEVICES_BEFORE.search(ahead)):
        return Verdict(True, "time.beside-devices")
    if unit == "minute" and not re.search(r"train", sentence, re.IGNORECASE):
        return Verdict(False, "time.unit-too-short-or-long")
    if (
        topical
        and unit in ("hour", "day", "week", "month")
        and (unit != "hour" or value > 1)
        and len(sentence) <= 80
        and _FRAGMENT.fullmatch(f"{sentence[:at]}¤{sentence[end:]}")
    ):
        return Verdict(True, "time.fragment")
    if cues("time", "label").match(sentence) and at <= 40:
        return Verdict(True, "time.label")
    behind_it = re.match(r"\s(?:to|of|for) (?:pre-?|re)?(?:train|fine-?tun|finetun)", behind, re.IGNORECASE)
    if (behind_it or cues("time", "to_train").match(behind)) and _SPENT.search(sentence):
        return Verdict(True, "time.to-train")
    if (
        cues("time", "trained").search(ahead)
        and cues("time", "strong").search(sentence + " " + before[-250:])
        and re.search(
            r"(?:for|in|over|took|takes?|taking|last(?:s|ed|ing)|span\w*|within|during|of|about|around|roughly|approximately|nearly|just|only|under|than|at|as|after|to|:|,|\(|~|some|whole|full|and|or|-|from|between|required|requires|needed|was|is|=|up|a|mere|least|cost|used|spent|and a half)\s*[~(]?\s*$",
            ahead,
            re.IGNORECASE,
        )
    ):
        return Verdict(True, "time.trained")
    if re.search(r"train|fine-?tun", sentence[start:stop], re.IGNORECASE) and re.search(
        r"\b(?:in|for|over|within|took|time|duration|wall)\b",
        sentence[max(start, at - 30) : at],
        re.IGNORECASE,
    ):
        return Verdict(True, "time.training-clause")
    return Verdict(False, "time.no-training")


def tokens(sentence: str, at: int, end: int, before: str, value: float) -> Verdict:
    """Judge a number of tokens: is it the size of training data?"""
    start, stop = clause(sentence, at, end)
    near = sentence[max(0, at - 45) : min(len(sentence), end + 45)]
    inside = sentence[start:stop]
    trains = cues("tokens", "train").search(inside) is not None
    if re.match(
        r"\s?(?:[\w-]+ ){0,3}?tokens?\s?(?:/|per|an?\b|each|every)\s?(?:s\b|sec|day|hour|minute|month|week|image|query|GPU|dollar|batch|step|user)",
        sentence[end : end + 50],
        re.IGNORECASE,
    ):
        return Verdict(False, "tokens.rate")
    if value >= 10**9:
        if (
            re.search(r"\b(?:train|pre-?train|corpus|dataset)", inside, re.IGNORECASE)
            and not re.search(
                r"batch[^.,;]{0,20}$|context (?:windows?|lengths?) (?:of|is|to|up)[^,;]{0,14}$|(?:day|week|month|serve[sd]?|generat\w+|customers?|users?) [^.,;]{0,20}$",
                sentence[max(0, at - 45) : at],
                re.IGNORECASE,
            )
            and not re.match(
                r"[\s-]?(?:\w+ )?tokens?[ -](?:of )?(?:context|batch|window|per\b|a (?:day|month|week)|every|each)",
                sentence[end : end + 40],
                re.IGNORECASE,
            )
        ):
            return Verdict(True, "tokens.trained-on")
        if re.search(
            r"\b(?:per|a|each|every) (?:day|month|week|hour|second(?! \w))\b|daily|users|\bserv(?:e|es|ed|ing)\b|customers?|pric|context|API|crypto|coin|\bgenerat(?:es?|ing)\b|batch",
            near,
            re.IGNORECASE,
        ):
            return Verdict(False, "tokens.of-use")
        return Verdict(True, "tokens.large")
    if cues("tokens", "not_near").search(near):
        return Verdict(False, "tokens.window-or-use")
    if value >= 10**8:
        return Verdict(True, "tokens.large")
    if trains and value >= 10**6:
        return Verdict(True, "tokens.trained-on")
    if value >= 10**5 and re.search(
        r"\btrain(?:ed|ing)? (?:\w+ ){0,3}(?:on|with)\b|corpus|dataset", inside, re.IGNORECASE
    ):
        return Verdict(True, "tokens.trained-on")
    return Verdict(False, "tokens.too-few")


_TRAINS: Final = quick(r"\b(?:pre-?|re)?train(?:ed|ing|s)?\b|fine-?tun|finetun", re.IGNORECASE)


def served_on(sentence: str, at: int, end: int) -> bool:
    """Whether the devices at [at, end) of a sentence serve a model rather than train one."""
    start, stop = clause(sentence, at, end)
    inside = sentence[start:stop]
    return _TRAINS.search(inside) is None and cues("hardware", "inference").search(inside) is not None
