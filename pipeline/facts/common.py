"""What the readers of all kinds share: the page they read, the figure before them, numbers, evidence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts import judge
from pipeline.facts.senses import attributed, senses
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import Figure
from pipeline.mentions.names import Name
from pipeline.mentions.sentences import Sentence
from schemas.errors import RuleError
from schemas.records import LONGEST_EVIDENCE, Fact, Mention, Quantity

HOURS: Final = {"minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24), "week": Decimal(168), "fortnight": Decimal(336),
                "month": Decimal("730.5"), "year": Decimal(8766), "second": Decimal(1) / 3600, "decade": Decimal(87660)}  # fmt: skip
PETAFLOP_DAY: Final = Decimal("8.64e19")
#: Above these a number is a slip of the pen or of ours: parameters, devices, hours, FLOP, money in any currency, kWh, kg.
_MOST: Final = {"parameters": Decimal(10) ** 16, "hardware": Decimal(10) ** 8, "duration": Decimal(10) ** 5, "device_hours": Decimal(10) ** 11, "compute": Decimal(10) ** 32,
                "tokens": Decimal(10) ** 17, "cost": Decimal(10) ** 14, "price": Decimal(10) ** 9, "energy": Decimal(10) ** 13, "emissions": Decimal(10) ** 13, "trend": Decimal(10) ** 12}  # fmt: skip
_SUM: Final = quick(r"[*×][^=\n]{1,58}[=≈~]\s*(?:about |roughly |~|≈)?[$€£]?$")


@cache
def phrase(name: str) -> re.Pattern[str]:
    """Return a compiled phrase of rules/figures/phrases.toml. Raises RuleError naming it."""
    told = rulebook.toml("figures/phrases.toml")
    if name not in told["phrase"]:
        raise RuleError(f"phrases.toml has no phrase {name}")
    entry = told["phrase"][name]
    try:
        return quick(entry["pattern"], 0 if entry.get("case") else re.IGNORECASE)
    except re.error as err:
        raise RuleError(f"phrase {name}: {err}") from err


def provider(sentence: str) -> str | None:
    """Return the cloud that a sentence names, or None."""
    found = phrase("provider").search(sentence)
    return found[1] if found else None


def amount(quantity: Quantity, factor: Decimal = Decimal(1)) -> dict[str, Any]:
    """Return a quantity's comparator and value (or low and high), times a factor, as a fact's fields."""

    def times(value: Decimal | None) -> Decimal | None:
        return None if value is None else value * factor

    out: dict[str, Any] = {"op": quantity.op, "value": times(quantity.value)}
    if quantity.low is not None:
        out.update(low=times(quantity.low), high=times(quantity.high))
    if quantity.vague:
        out.update(vague=True)
    return out


def evidence(text: str, sentence: Sentence, at: int, end: int) -> tuple[int, int]:
    """Return [start, end) of the words to show: the sentence, or as much of it around the figure as may be shown."""
    start, stop = sentence.start, sentence.end
    if stop - start <= LONGEST_EVIDENCE:
        return start, stop
    first, last = judge.clause(text[start:stop], at - start, end - start)
    first, last = start + first, start + last
    while last > end and text[last - 1].isspace():
        last -= 1
    if last - first > LONGEST_EVIDENCE:
        first = max(first, at - 250)
        last = min(last, first + LONGEST_EVIDENCE)
        if last < end:
            first, last = at, min(end, at + LONGEST_EVIDENCE)
    while first < at and text[first].isspace():
        first += 1
    return first, last


def active_near(text: str, at: int, end: int) -> bool:
    """Whether the size at [at, end) of a sentence is the part of a sparse model that one token uses.

    What stands behind it speaks of it only where no other number follows: "132B total with 36B active".
    """
    if phrase("active-size-of").search(text[max(0, at - 45) : at]):
        return True
    if phrase("out-of-its").search(text[:at]):
        return False
    ahead = re.split(r"[,;\d]", text[max(0, at - 25) : at])[-1]
    behind = re.split(r"[,;.)]", text[end : end + 45])[0]
    if phrase("the-whole").match(behind):
        return False
    at_work = phrase("at-work")
    return at_work.search(ahead) is not None or (
        at_work.search(behind) is not None and phrase("a-number").search(behind) is None
    )


@dataclass(frozen=True, slots=True)
class Here:
    """A figure and its surroundings.

    text: its sentence; at, end: where the figure stands in it. before: the 500 characters in front of the sentence.
    following: the next sentence of its paragraph, or "". figures: all figures of the sentence.
    """

    figure: Figure
    text: str
    at: int
    end: int
    before: str
    following: str
    figures: tuple[Figure, ...]

    @property
    def quantity(self) -> Quantity:
        """The figure's number; only a device without a count has none, and those are not asked."""
        assert self.figure.quantity is not None
        return self.figure.quantity

    @property
    def top(self) -> Decimal:
        """The number, or the upper end of a range."""
        top = self.quantity.value if self.quantity.value is not None else self.quantity.high
        assert top is not None
        return top

    def of(self, **changes: Any) -> Here:
        """Return the same surroundings of the figure read in another way."""
        return replace(self, figure=replace(self.figure, **changes))

    def told(self, end: int | None = None) -> dict[str, str]:
        """Return the senses in which the figure (with its unit, up to `end`) is said."""
        return senses(self.text, self.at, self.end if end is None else end, self.following)


class Page:
    """What is known of an article while it is read: text, names, the sentence at hand, the facts and mentions so far."""

    def __init__(self, text: str, *, part: str = "text", names: Iterable[Name] = ()) -> None:
        self.text = text
        self.part = part
        self.names = sorted((name.start, name.end) for name in names)
        self.facts: list[Fact] = []
        self.mentions: list[Mention] = []
        self.sentence = Sentence(0, 0, "paragraph", 0)
        self.named = False
        self.only_type: str | None = None
        self.weighed: list[tuple[str, Figure, tuple[str, ...]]] = []
        self.topical = bool(self.names) or judge.about_models(text)

    def names_in(self, sentence: Sentence) -> list[tuple[int, int]]:
        """Return [start, end) of the models' names of a sentence."""
        return self.names_between(sentence.start, sentence.end)

    def names_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return [start, end) of the models' names that begin in text[start:end]."""
        return self.names[bisect_left(self.names, (start, 0)) : bisect_left(self.names, (end, 0))]

    def note(self, figure: Figure, why: str, kind: str = "") -> None:
        """Keep a figure as a mention, with the reason for or against it. kind: what it is read as, if not its own."""
        kind = kind or figure.kind
        if kind == "none":
            return
        kind = {
            "money": "cost",
            "time": "duration",
            "device": "device",
            "fold": "trend",
            "percent": "trend",
        }.get(kind, kind)
        self.mentions.append(
            Mention(
                kind,
                figure.at,
                figure.end,
                self.text[figure.at : figure.end],
                figure.rule,
                figure.device or "",
                why,
            )
        )

    def add(
        self,
        figure: Figure,
        kind: str,
        rule: str,
        why: str,
        told: dict[str, str] | None = None,
        **fields: Any,
    ) -> None:
        """Keep a figure as a fact, unless its number is beyond belief or the result of a sum that is written out."""
        start, stop = evidence(self.text, figure.sentence, figure.at, figure.end)
        told = told or {}
        if (
            most := fields.get("value") if fields.get("value") is not None else fields.get("high")
        ) is not None and most > _MOST.get(kind, most):
            self.note(figure, "more than there can be", kind)
            return
        if kind in ("compute", "device_hours", "duration", "cost", "tokens") and _SUM.search(
            self.text, max(0, figure.at - 60), figure.at
        ):
            self.note(figure, "the result of a sum that is written out", kind)
            return
        end = min(figure.end, stop)
        negated = "negated" in told or "superseded" in told
        fact = Fact(kind=kind, start=start, end=stop, quote=self.text[start:stop], rule=rule, at=figure.at, at_end=end,
                    negated=negated, superseded="superseded" in told, part=self.part,
                    attributed_to=attributed(self.text[figure.sentence.start : figure.sentence.end]), **fields)  # fmt: skip
        self.facts.append(fact)
        self.note(figure, f"fact: {why}", kind)

    def device_before(self, at: int) -> str | None:
        """Return the last type of accelerator named in the 800 characters before a place."""
        found = [
            d for d in devices(self.text, max(0, at - 800), at) if d.name not in ("GPU", "TPU", "NPU", "CPU")
        ]
        return found[-1].name if found else None

    def _of_another(self, first: int, start: int, stop: int) -> bool:
        """Whether text[start:stop] names models and text[first:start] only others, so that its devices are not theirs."""
        here = {self.text[a:b] for a, b in self.names_between(start, stop)}
        before = {self.text[a:b] for a, b in self.names_between(first, start)}
        return bool(here and before) and not here & before

    def type_near(self, at: int, end: int, *, only: bool = True) -> str:
        """Return the type of accelerator that a place speaks of: named in its sentence (before it, then behind), or in the
        400 characters before, or the only one of the text; "GPU" where no type is named."""
        start, stop = self.sentence.start, self.sentence.end

        def typed(first: int, last: int) -> list[str]:
            return [
                re.sub(r"^(?:DGX|HGX) (?=[A-Z]\d)", "", d.name)
                for d in devices(self.text, first, last)
                if d.name not in ("GPU", "NPU", "CPU", "TPU")
            ]

        if found := typed(start, at):
            return found[-1]
        behind = re.search(r";|, (?:while|whereas|but)\b", self.text[end:stop])
        if found := typed(end, end + behind.start() if behind else stop):
            return found[0]
        block = max(self.text.rfind("\n\n", 0, start), 0)
        if not only and self._of_another(max(block, start - 500), start, stop):
            return "GPU"
        held = [
            f
            for f in self.facts[-6:]
            if f.kind == "hardware"
            and f.device not in (None, "GPU", "CPU", "CPU core")
            and f.at >= max(block, start - 500)
        ]
        if held:
            return re.sub(r"^(?:DGX|HGX) (?=[A-Z]\d)", "", held[-1].device or "GPU")
        if found := typed(max(block, start - 500), start):
            return found[-1]
        if not only:
            return "GPU"
        if self.only_type is None:
            every = set(typed(0, min(len(self.text), 60000)))
            self.only_type = every.pop() if len(every) == 1 else "GPU"
        return self.only_type
