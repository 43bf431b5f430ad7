"""A figure and its surroundings -> is it a fact, of which kind, and if not, why not.

Every judgement returns words for `costline extract --explain`. What the words are is data: rules/money.toml, rules/context.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipeline import rulebook
from pipeline.facts.senses import words
from pipeline.sieve import Sought, sought

_CLAUSE_STOP: Final = re.compile(
    r"[;()]|\s[–—-]{1,2}\s|—|[.!?:]\s|,\s(?:and|but|while|whereas|which|who|or|with|though|although|compared|versus|against|not|plus|then|of which|more than the|far)\b"
    r"|\s(?:but|while|whereas|although|though)\s|\s(?:and|or)\s(?=(?:it|its|the|they|he|she|we|that|this|then|has|had|was|is|were|cost|costs|took|used|raised|sold|spent|paid|trained|consumed|ran|earned|lost|generated|now|plans?|will)\b)",
    re.IGNORECASE,
)


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
    """Whether a figure is a fact; kind and scope where it is; why, in words, either way."""

    is_fact: bool
    why: str
    scope: str | None = None
    period: str | None = None
    use: str | None = None


@dataclass(frozen=True, slots=True)
class _Money:
    """money.toml, compiled: (id, pattern) by table, context words, scopes."""

    rate: tuple[tuple[str, Sought], ...]
    governed_not: tuple[tuple[str, Sought], ...]
    governed_yes: tuple[tuple[str, Sought], ...]
    clause_not: tuple[tuple[str, Sought], ...]
    scopes: tuple[tuple[str, Sought], ...]
    strong: Sought
    weak: Sought
    before: Sought
    frame: Sought
    not_frame: Sought
    direct: Sought


@cache
def _money() -> _Money:
    told = rulebook.toml("money.toml")
    names, patterns = [], []
    for table in ("rate", "governed_not", "governed_yes"):
        for entry in told[table]:
            names.append((table, entry["id"]))
            patterns.append(re.compile("|".join(f"(?:{p})" for p in entry["pattern"]), re.IGNORECASE))
    for table, key in (("clause_not", "id"), ("scope", "scope")):
        for entry in told[table]:
            names.append((table, entry[key]))
            patterns.append(words(entry["pattern"], f"{table}.{entry[key]}"))
    for name in ("strong", "weak", "before", "not_frame"):
        names.append(("context", name))
        patterns.append(words(told["context"][name], f"money.context.{name}"))
    for name in ("frame", "direct"):
        names.append(("context", name))
        patterns.append(re.compile("|".join(f"(?:{p})" for p in told["context"][name]), re.IGNORECASE))
    tables: dict[str, list[tuple[str, Sought]]] = {}
    for (table, name), pattern in zip(names, sought(patterns), strict=True):
        tables.setdefault(table, []).append((name, pattern))
    context = dict(tables["context"])
    return _Money(
        tuple(tables["rate"]),
        tuple(tables["governed_not"]),
        tuple(tables["governed_yes"]),
        tuple(tables["clause_not"]),
        tuple(tables["scope"]),
        context["strong"],
        context["weak"],
        context["before"],
        context["frame"],
        context["not_frame"],
        context["direct"],
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


_PERIOD: Final = re.compile(
    r"\s?(?:/|per|a|an|each|every)\s?(day|night|week|month|year)\b|\s(daily|monthly|annually|yearly)\b",
    re.IGNORECASE,
)


#: A clause that begins with its verb has its subject in the clause before.
_HEADLESS: Final = re.compile(
    r"(?:has|had|was|is|are|were|cost|costs|took|used|spent|paid|then|now|at|in|for|with|of)\b", re.IGNORECASE
)


def is_rate(sentence: str, end: int) -> bool:
    """Whether the sum that ends at `end` is a price for each token, user and the like."""
    behind = re.sub(r"^\s(?:to|and|or|from|then)\s[$€£¥]?[\d.,]+", "", sentence[end : end + 90])
    return any(pattern.search(f"¤{behind}") for _, pattern in _money().rate)


def money(sentence: str, at: int, end: int, before: str, value: float, *, named: bool = False, of_name: bool = False, listing: bool = False,
          topical: bool = False) -> Verdict:  # fmt: skip
    """Judge a sum of money.

    before: the text before the sentence. value: the sum (its lower end). named: a model's name stands in the sentence;
    of_name: right behind "for" or "on". listing: the sentence is a line of a list, "NAME: sum".
    """
    told = _money()
    if people_trained(sentence, named=named, topical=topical):
        return Verdict(False, "money.training-of-people")
    start, stop = clause(sentence, at, end)
    start, stop = max(start, at - 320), min(stop, end + 220)
    inside = f"{sentence[start:at]}¤{sentence[end:stop]}"
    place = at - start
    wide = f"{sentence[max(0, at - 160) : at]}¤{sentence[end : end + 120]}"
    for name, pattern in told.rate:
        if pattern.search(f"¤{sentence[end : end + 90]}") or pattern.search(inside):
            return Verdict(False, name)
    for name, pattern in told.governed_not:
        if pattern.search(inside):
            return Verdict(False, name)
    if (
        value < 20
        and not re.search(r"train|fine-?tun|\brun", inside, re.IGNORECASE)
        and not re.match(r"\W*(?:total )?cost\b", sentence, re.IGNORECASE)
    ):
        return Verdict(False, "money.too-small-for-a-run")
    rule = next(
        (name for name, pattern in told.governed_yes if pattern.search(inside) or pattern.search(wide)), ""
    )
    if of_name and not re.search(r"fine-?tun|inference|serv(?:e|ing)|data\b", inside, re.IGNORECASE):
        return Verdict(True, "money.for-a-model (training)", scope="training")
    if not rule:
        whole = inside if start == 0 or not _HEADLESS.match(sentence[start:]) else sentence
        ahead = whole[: whole.find("¤")] if "¤" in whole else sentence[:at]
        refused = next(
            (
                (name, found[0])
                for name, pattern in told.clause_not
                if (
                    found := pattern.search(
                        ahead
                        if name == "money.other-doings"
                        else ahead + sentence[end : min(stop, end + 34)].partition(",")[0]
                    )
                )
            ),
            None,
        )
        if (
            refused
            and not told.direct.search(whole)
            and not re.search(r"\b(?:salaries|staff|wages|people)\b(?: and \w+)? included\b", inside)
        ):
            return Verdict(False, f"{refused[0]} ({refused[1].lower()})")
        earlier = before[-400:]
        if foreign := _foreign_subject(inside, place) or _foreign_object(inside):
            return Verdict(False, f"money.of-something-else ({foreign})")
        if told.strong.search(sentence):
            rule = "money.training-sentence"
        elif (
            not told.weak.search(sentence)
            and not (listing and told.before.search(earlier))
            and not (named and re.search(r"\b(?:for|of|at|was|is|were|,)\s+(?:\w+\s+){0,3}$", sentence[:at]))
        ):
            asked = before[-160:].rpartition("?")[0].rpartition(".")[2]
            if (
                not topical
                or value < 500
                or not told.frame.search(f"{sentence[max(0, at - 160) : at]}¤{sentence[end : end + 60]}")
                or told.not_frame.search(sentence)
                or told.not_frame.search(asked)
            ):
                return Verdict(False, "money.no-cost-in-sentence")
            rule = "money.among-models"
        elif named or topical or told.before.search(sentence) or told.before.search(earlier):
            rule = rule or "money.cost-sentence"
        else:
            return Verdict(False, "money.no-model-in-sight")
    if (
        not re.match(r"¤ (?:\w+ ){0,2}?(?:to|on|for) (?:pre-?)?train", inside[place:])
        and re.search(
            r"\b(?:full|whole|entire|all-in|total) (?:cost|bill|programme|program|effort|spend\w*)\b[^.;]{0,40}\bincluding\b|\bincluding (?:[\w-]+ ){0,3}?(?:staff|salaries|wages|people|experiments?|failed (?:runs|experiments)|research|ablations)\b|\b(?:salaries|staff|wages|people)\b(?: and \w+)? included\b",
            next((p for p in f"{sentence[:at]}¤{sentence[end:]}".split(";") if "¤" in p), sentence),
            re.IGNORECASE,
        )
    ) or re.search(
        r"\b(?:whole|entire|full) (?:effort|project|programme|undertaking)\b[^;¤]{0,70}\bcost",
        inside,
        re.IGNORECASE,
    ):
        return Verdict(True, f"{rule} (development)", scope="development")
    scope = _scope(told, inside, place) or _scope(told, sentence[:at] + "¤" + sentence[end:], at)
    if scope is None:
        scope = (
            _scope(told, before[-200:] + "¤", len(before[-200:]), only=("training", "finetuning"))
            or "training"
        )
    if scope == "development" and re.search(r"\bcompute (?:for|of|on)\b[^¤]{0,60}¤", inside):
        scope = "training"
    if (
        scope == "development"
        and re.search(r"\b(?:pre-?|re)?train(?:ed|ing)?\b|\bcompute\b", inside, re.IGNORECASE)
        and not re.search(
            r"\b(?:including|whole|entire|all|programme|program|research)\b", inside, re.IGNORECASE
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
    period = None
    if (
        100 <= value < 1000
        and topical
        and re.match(r"[\"“‘]?(?:So|It|That|This|All in|In all|Total|Altogether)\b", sentence)
    ):
        rule = "money.spoken-total"
    if (
        value < 1000
        and rule in ("money.cost-sentence", "money.among-models")
        and not (
            listing
            or named
            or told.strong.search(sentence)
            or re.search(
                r"tuning|electricity|\bcloud\b|GPU|^\W*(?:total )?cost\b|\bset (?:us|me|him|her|them|it) back\b",
                sentence,
                re.IGNORECASE,
            )
        )
    ):
        return Verdict(False, "money.too-small-for-a-run")
    running = _PERIOD.match(sentence[end : end + 30]) or re.match(
        r"\s(?:[\w-]+ ){1,5}?(?:every|each|per|a) (day|night|week|month|year)\b(\Z)?",
        sentence[end : end + 50],
    )
    if running:
        word = (running[1] or running[2]).lower()
        if re.search(r"\b(?:run|runs|running|serv\w+|host\w*|operat\w+|keeping)\b", inside, re.IGNORECASE):
            scope = "inference"
        period = {
            "night": "day",
            "daily": "day",
            "monthly": "month",
            "annually": "year",
            "yearly": "year",
        }.get(word, word)
        if period in ("month", "week") and value < 1000 and not rule.startswith("money.of-training"):
            return Verdict(False, "money.subscription")
        if scope == "hardware":
            scope = "inference"
        if scope == "training":
            if period == "year" and not re.search(
                r"\b(?:run|runs|running|operat\w+|serv\w+|inference)\b", inside, re.IGNORECASE
            ):
                return Verdict(False, "money.yearly-spending")
            scope = "inference"
    elif (
        re.match(
            r"\s(?:[\w-]+ ){0,5}?(?:in a (?:single )?year|(?:this|last|next) year|over (?:\w+ ){1,2}years|each year|every year|in 20\d\d\b)",
            sentence[end : end + 60],
        )
        and re.search(r"\bspen[dt]|spending|on course|budget", sentence[:at], re.IGNORECASE)
        and not re.search(r"\btrain", inside, re.IGNORECASE)
    ):
        return Verdict(False, "money.yearly-spending")
    return Verdict(True, f"{rule} ({scope})", scope=scope, period=None if period == "week" else period)


@cache
def _ours() -> frozenset[str]:
    """What may cost something and be a model, or the making of one (rules/figures/words.toml)."""
    return frozenset(rulebook.toml("figures/words.toml")["cost_subjects"].split())


_SUBJECT: Final = re.compile(
    r"(?:^|[\s(“\"])([A-Za-z’'-]+)(?:,? (?:alone|itself|together|by contrast|in turn|then|also|still|reportedly|probably|only|now|really|actually|just|already|will|would|could|may|might|has|have|had|typically|usually|often|normally|currently|eventually|at the time),?){0,3} (?:cost|costs|costing|come to|comes to|came to|sells? for|lists? for)\s+(?:[\w’-]+\s+){0,4}[“\"]?¤"
)
_PRICE_OF: Final = re.compile(
    r"\b(?:price|cost|bill|tab) (?:of|for) (?:the|a|an|his|her|my|their|its|our|one|each|this|that) (?:[\w-]+ ){0,3}?([\w-]+) (?:is|was|of|at|came to|comes to|stands at|runs to|ran to|,) (?:\w+ ){0,3}¤"
)


def _foreign_subject(inside: str, place: int) -> str:
    """Return the noun whose cost the sum is, where that is no model and no run; "" where it may be one."""
    for pattern in (_SUBJECT, _PRICE_OF):
        found = pattern.search(inside)
        if found is None:
            continue
        noun = found[1].strip("’'-").lower()
        if re.search(
            r"\b(?:serving|running|hosting|training|fine-?tuning|operating)\b",
            inside[: found.start()],
            re.IGNORECASE,
        ):
            continue
        if (
            not noun
            or (found[1][0].isupper())
            or noun in _ours()
            or any(c.isdigit() for c in noun)
            or (noun.endswith(("ing", "ly")) and noun != "building")
        ):
            continue
        return noun
    return ""


_OBJECT: Final = re.compile(
    r"¤,? (?:on|for|to (?:buy|hire|license|sponsor|promote)) ((?:[A-Za-z][\w’'-]*)(?: [A-Za-z][\w’'-]*){0,5})",
    re.IGNORECASE,
)


@cache
def _objects() -> tuple[frozenset[str], frozenset[str]]:
    """What money for a model may be spent on, and the words that end a noun phrase (rules/figures/words.toml)."""
    told = rulebook.toml("figures/words.toml")
    ours = (frozenset(told["cost_objects"].split()) | _ours()) - _ARTICLES
    return ours, frozenset(told["function_words"].split())


def _foreign_object(inside: str) -> str:
    """Return the noun that the sum was spent on, where that is no part of a model's making; "" where it may be one."""
    found = _OBJECT.search(inside)
    if found is None:
        return ""
    ours, stops = _objects()
    phrase: list[str] = []
    for number, word in enumerate(found[1].split()):
        low = word.lower()
        if (
            any(c.isdigit() for c in word)
            or word[0].isupper()
            or low in ours
            or low.removesuffix("s") in ours
        ):
            return ""
        if number and low in stops and low not in ("a", "an", "the", "its", "their", "our"):
            break
        phrase.append(low)
    head = phrase[-1] if phrase else ""
    return head if head not in _ARTICLES else ""


_ARTICLES: Final = frozenset(
    (
        "a",
        "an",
        "the",
        "its",
        "their",
        "his",
        "her",
        "our",
        "my",
        "your",
        "these",
        "those",
        "this",
        "that",
        "all",
        "one",
    )
)


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


_DEVICES_BEFORE: Final = re.compile(
    r"\b(?:GPUs?|TPUs?|chips?|cards?|accelerators?|nodes|machines|processors|[HAV]\d00s?|H20s?|MI\d{3}X?s?)\s+(?:about |around |roughly |some |just |only )?$"
)
_SPENT: Final = re.compile(
    r"train|fine-?tun|finetun|distil|run|learn|took|take|search|optimi|GPU|TPU|compute|for |in |over |within |~|about",
    re.IGNORECASE,
)
_TOOK: Final = re.compile(
    r"(?:(?:\b(?:it|they|we|that|this|which|runs?|training|job|model|whole thing|everything|stage|phase|version|ones?|process|pass|attempt|experiment)(?: \w+)?|\b(?-i:[A-Z])[\w.-]*|\d[\w.-]*|\)),? (?:only |just |itself |alone )?"
    r"(?:took|lasted|ran for|finished in|was done in|needed)(?: (?:us|them|me|him|her|it))?|\band (?:it )?(?:took|lasted|ran for)|\b(?:did|finished|completed|done|wrapped up|managed|trained)(?: (?:it|this|that|the (?:run|job|whole thing|training)))? in)\s+"
    r"(?:(?:about|around|roughly|some|just|only|nearly|almost|over|under|more|less|than|a|little|full|mere|further|the|whole|well|up|to)\s+){0,4}$",
    re.IGNORECASE,
)
#: A sentence that is a stretch of time and no more: "Well – thirty-three days."
_FRAGMENT: Final = re.compile(
    r"\W*(?:(?:well|oh|er|um|about|around|roughly|some|only|just|nearly|almost|over|under|took us|took|in|for|i\.e\.|that is)[\s,–—-]+){0,3}¤(?: (?!of |after |before |from |into |to (?!be )|and |on |per |a )[\w.]+(?: [\w.]+){0,4})?(?:,[^¤]*|\W*)",
    re.IGNORECASE,
)
_IN_TIME: Final = re.compile(
    r"(?:\b(?:for|over|in|within|took|takes|taking|lasting|lasted|during|across|after|at|on|spent|spending|and|plus|about|around|some|of|than|under|only|just|nearly|almost|or|roughly|approximately|running|ran|kept|planned|a|the|to|up|further|another|additional|an|extra|us|them|me|it|full|whole|mere|total)|[,:;(~|“\"‘\[]|^)\s*~?$",
    re.IGNORECASE,
)


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
    if (
        unit == "hour"
        and value >= 200
        and re.match(
            r"\s+of (?!(?:the )?(?:pre-?|re-?)?train|comput|GPU|TPU|work|wall|continuous|machine|processing|fine|run|node|chip)",
            behind,
            re.IGNORECASE,
        )
    ):
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
            r"\b(?:per|a|each|every) (?:day|month|week|hour|second)\b|daily|users|\bserv(?:e|es|ed|ing)\b|customers?|pric|context|API|crypto|coin|\bgenerat(?:es?|ing)\b|batch",
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


_USED: Final = re.compile(
    r"\b(?:used|using|uses|trained (?:it |them )?(?:on|with|across|using)|training (?:on|with|across|used|took)|ran on|run on|runs on|needed|required|took|takes|occupied|kept|tied up|consumed|employed|employing|utili[sz]\w+|(?:spread|distributed|parallelised|parallelized) (?:over|across))\s+"
    r"(?:(?:a|an|the|total|of|about|around|some|roughly|approximately|up|to|more|than|over|nearly|just|only|cluster|at|least|between|from|its|their|our|all|another|in|pool|consisting|comprising|array|set)\s+|~){0,6}$",
    re.IGNORECASE,
)


def hardware(
    sentence: str,
    at: int,
    end: int,
    before: str,
    counted: bool,
    *,
    named: bool = False,
    topical: bool = False,
) -> Verdict:
    """Judge devices: did a model train on them, do they serve one, or are they merely bought or owned?

    counted: their number is given. named: a model's name stands in the sentence.
    """
    start, stop = clause(sentence, at, end)
    inside = sentence[start:stop]
    trains = (
        re.search(r"\b(?:pre-?|re)?train(?:ed|ing|s)?\b|fine-?tun|finetun", inside, re.IGNORECASE) is not None
    )
    if people_trained(sentence, named=named, topical=topical):
        return Verdict(False, "hardware.training-of-people")
    refusal = cues("hardware", "not_near").search(
        f"{sentence[start:at]}¤{sentence[end : min(stop, end + 32)]}"
    )
    used = _USED.search(sentence[max(start, at - 90) : at]) is not None
    if refusal and not trains and not used:
        return Verdict(False, f"hardware.not-used ({refusal[0].strip().lower()})")
    if not trains and cues("hardware", "inference").search(inside):
        return Verdict(True, "hardware.inference", use="inference")
    if trains:
        return Verdict(True, "hardware.trained-on")
    if counted and (used or cues("hardware", "train").search(sentence)):
        return Verdict(True, "hardware.used")
    if re.search(r"\btrain(?:ed|ing)?\b|fine-?tun", sentence, re.IGNORECASE):
        return Verdict(True, "hardware.training-sentence")
    if counted and (
        named
        or topical
        or re.search(r"\btrain(?:ed|ing)?\b|\bruns?\b|hardware", before[-300:], re.IGNORECASE)
    ):
        return Verdict(True, "hardware.training-before")
    return Verdict(False, "hardware.no-training")
