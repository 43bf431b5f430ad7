"""Figures -> facts without a model: kind, value, comparator, device, scope, basis, role, sense, evidence.

The linker (pipeline.facts.linking) then says which model each is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from pipeline.facts import judge
from pipeline.facts.senses import attributed, senses
from pipeline.mentions.figures import Figure, Words, find
from pipeline.mentions.sentences import Sentence
from pipeline.mentions.names import Name
from schemas.records import LONGEST_EVIDENCE, Fact, Mention, Quantity

HOURS: Final = {"minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24), "week": Decimal(168), "fortnight": Decimal(336),
                "month": Decimal("730.5"), "year": Decimal(8766)}  # fmt: skip
PETAFLOP_DAY: Final = Decimal("8.64e19")


def _number(quantity: Quantity, factor: Decimal = Decimal(1)) -> dict[str, Any]:
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


class Reader:
    """Reads one article; keeps the text, its sentences, and every mention met on the way."""

    def __init__(self, text: str, sentences: Sequence[Sentence], *, part: str = "text", names: Iterable[Name] = ()) -> None:
        self.text = text
        self.sentences = sentences
        self.part = part
        self.names = sorted((name.start, name.end) for name in names)
        self.facts: list[Fact] = []
        self.mentions: list[Mention] = []

    def read(self) -> None:
        """Fill facts and mentions, in text order."""
        for index, sentence in enumerate(self.sentences):
            figures, words = find(self.text, sentence)
            if not figures or words is None:
                continue
            following = ""
            if index + 1 < len(self.sentences) and self.sentences[index + 1].block == sentence.block:
                nxt = self.sentences[index + 1]
                following = self.text[nxt.start : nxt.end]
            before = self.text[max(0, sentence.start - 500) : sentence.start]
            self._sentence(sentence, figures, words, before, following)

    # ------------------------------------------------------------ one sentence
    def _sentence(
        self, sentence: Sentence, figures: list[Figure], words: Words, before: str, following: str
    ) -> None:
        text = self.text[sentence.start : sentence.end]
        for figure in figures:
            at, end = figure.at - sentence.start, figure.end - sentence.start
            decide = getattr(self, "_" + figure.kind, None)
            if decide is None:
                self._note(figure, "no kind")
                continue
            decide(figure, text, at, end, before, following, figures)

    def _note(self, figure: Figure, why: str) -> None:
        if figure.kind == "none":
            return
        kind = {
            "money": "cost",
            "time": "duration",
            "device": "device",
            "fold": "trend",
            "percent": "trend",
        }.get(figure.kind, figure.kind)
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

    def _add(
        self,
        figure: Figure,
        kind: str,
        rule: str,
        why: str,
        told: dict[str, str] | None = None,
        **fields: Any,
    ) -> Fact:
        start, stop = evidence(self.text, figure.sentence, figure.at, figure.end)
        told = told or {}
        end = min(figure.end, stop)
        negated = "negated" in told or "superseded" in told
        fact = Fact(kind=kind, start=start, end=stop, quote=self.text[start:stop], rule=rule, at=figure.at, at_end=end,
                    negated=negated, superseded="superseded" in told, part=self.part,
                    attributed_to=attributed(self.text[figure.sentence.start : figure.sentence.end]), **fields)  # fmt: skip
        self.facts.append(fact)
        self._note(replace(figure, kind=kind), f"fact: {why}")
        return fact

    # ------------------------------------------------------------ kinds
    def _parameters(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        behind = text[end : end + 60]
        if top < 1000:
            return self._note(figure, "too small for a parameter count")
        if re.match(r"\s*(?:fewer|less|more|times|additional|extra)\b", behind):
            return self._note(figure, "a difference, not a size")
        named = re.search(r"[A-Za-z][\w.’'-]*[ -](?:v?\d[\d.]*[ -])?$", text[:at])
        if figure.rule == "parameters.sized-model":
            if re.match(
                r"(?:[\s-]?(?:dollar|euro|pound|yuan|user|people|customer|token|word|image|row|page|document|hour|GPU|request|download|active user|monthly|daily|weekly|transistor|token|connection|synaps|neuron|pixel|subscriber|visitor|citizen|record|line|example|sample|pair|frame|video|song|book|query|queries|message|share|job|euro|FLOP|item|step|game|molecul|protein|sequence|base|cell|atom|gene|point|edge|node))",
                behind,
                re.IGNORECASE,
            ):
                return self._note(figure, "counts something else")
            if (
                named
                and re.match(r"[KMBT]\b", self.text[figure.end - 1 : figure.end])
                and not re.search(
                    r"(?:^|\s)(?:a|an|the|of|with|in|its|and|or|new|to|at|than|from|our|their|are|is|both|dense|has|sizes?|for|called|versions?|models?|was|,|introduc\w+|releas\w+|smaller|larger|only|two|three|like|small|large|big|full|as|by|on|open|using|about|around|this|that|one|previous|current|total|nearly|over)\s$",
                    text[:at],
                    re.IGNORECASE,
                )
                and re.search(r"[A-Z][\w.-]*[ -](?:v?\d[\d.]*[ -])?$", text[:at])
            ):
                return self._note(figure, "part of a name")
        role = figure.role
        if role is None and re.search(
            r"\b(?:each|per) expert|experts? (?:of|each)", text[max(0, at - 40) : end + 40], re.IGNORECASE
        ):
            role = "expert"
        told = senses(text, at, end, following)
        basis = "estimated" if "estimated" in told else None
        self._add(
            figure,
            "parameters",
            figure.rule,
            "a parameter count",
            told,
            role=role or "total",
            basis=basis,
            **_number(quantity),
        )

    def _none(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        """A bare number with a scale: "PaLM, 540 billion", "GPT-3 (175B)", "comes in 7B, 13B and 70B"."""
        quantity = figure.quantity
        if quantity is None or figure.rule != "figure.big" or quantity.unit is not None:
            return
        top = quantity.value if quantity.value is not None else quantity.high
        written = text[at:end]
        letter = re.search(r"\d ?[BMT]$", written)
        behind = text[end : end + 40]
        if top is None or top < 10**5:
            return
        if letter and re.search(r"\d ?M$", written) and top < 10**6:
            return
        if re.match(r"\s+(?:of )?(?:[a-z]+ ){0,2}[a-z]+", behind) and not re.match(
            r"\s+(?:and|or|to|for|in|on|with|that|which|is|was|are|were|but|while|by|at|as|respectively|total|active|dense|sparse|has|had|trained|from|of them|in total|at launch|across|using|variants?|models?|took|used|needs?|runs?|size|sizes)\b",
            behind,
        ):
            return
        in_brackets = re.search(
            r"\(\s*(?:about |roughly |~|approximately |over |up to )?$", text[:at]
        ) and re.match(r"\s*[),;/]", behind)
        if not letter and not in_brackets:
            if not re.search(r"param|\bmodel|\bsize|[A-Z][\w-]*\d", text, re.IGNORECASE) or re.search(
                r"\b(?:users?|people|valu|revenue|tokens?|market|downloads?|dollars?|images?|words)\b",
                text[max(0, at - 60) : end + 60],
                re.IGNORECASE,
            ):
                return
            if not re.search(r"param", text + before[-200:], re.IGNORECASE):
                return
        named = re.search(r"[A-Za-z][\w.’'-]*[ -](?:v?\d[\d.]*[ -])?$", text[:at])
        if (
            letter
            and named
            and not re.search(
                r"(?:^|[\s(])(?:a|an|the|of|with|in|its|and|or|new|to|at|than|from|our|their|are|is|both|dense|has|have|sizes?|for|versions?|models?|was|smaller|larger|only|like|as|by|on|about|around|this|that|total|nearly|over|between|up|roughly|reaches|reach|some|down|under)\s$",
                text[:at],
                re.IGNORECASE,
            )
        ):
            return
        told = senses(text, at, end, following)
        role = figure.role or (
            "active"
            if re.search(r"activ", text[max(0, at - 15) : at] + behind[:15], re.IGNORECASE)
            else "total"
        )
        self._add(
            replace(figure, kind="parameters"),
            "parameters",
            "parameters.unit-left-out",
            "a size that stands alone",
            told,
            role=role,
            **_number(quantity),
        )

    def _tokens(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        verdict = judge.tokens(text, at, end, before, float(top))
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        self._add(
            figure, "tokens", figure.rule, verdict.why, senses(text, at, end, following), **_number(quantity)
        )

    def _hardware(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        if quantity.value is not None and quantity.value != quantity.value.to_integral_value():
            return self._note(figure, "no whole number of devices")
        if re.match(r"(?:19|20)\d\d$", text[at:end]) and re.search(
            r"\b(?:in|since|until|of|by|from|during|late|early|mid)[ -]$", text[:at], re.IGNORECASE
        ):
            return self._note(figure, "a year")
        verdict = judge.hardware(text, at, end, before, True)
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        device = figure.device or self._shape_of_unknown(figure)
        if device == "CPU":
            return self._note(figure, "processors, not accelerators")
        self._add(
            figure,
            "hardware",
            figure.rule,
            verdict.why,
            senses(text, at, end, following),
            device=device,
            use=verdict.use or "training",
            **_number(quantity),
        )

    def _shape_of_unknown(self, figure: Figure) -> str:
        """Name an accelerator that no shape knows: the words with a digit, or in capitals, before the noun."""
        between = self.text[figure.end : figure.span[1]]
        words = [w.strip(",.’'s") if w.endswith("’s") else w.strip(",.") for w in between.split()][:-1]
        named = [w for w in words if any(c.isdigit() for c in w) and w[0].isalpha()]
        if named:
            return named[-1]
        capital = [
            w
            for w in words
            if w[:1].isupper()
            and w.lower()
            not in ("nvidia", "amd", "google", "intel", "huawei", "ai", "amazon", "tensor", "the")
        ]
        return capital[-1] if capital and len(words) <= 3 else "GPU"

    def _device(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        if figure.device in ("GPU", "CPU", "NPU"):
            return self._note(figure, "an accelerator without a type or a count")
        if any(
            other.kind in ("hardware", "device_hours", "price") and other.device == figure.device
            for other in figures
        ):
            return self._note(figure, "counted beside")
        verdict = judge.hardware(text, at, end, before, False)
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        told = senses(text, at, end, following)
        self._add(
            figure,
            "hardware",
            figure.rule,
            verdict.why,
            told,
            device=figure.device,
            use=verdict.use or "training",
            value=None,
        )

    def _device_hours(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        shown = self.text[figure.end : figure.span[1]]
        unit = next(
            (
                u
                for u in ("hour", "hr", "day", "week", "month", "year")
                if re.search(rf"(?<![a-z]){u}", shown, re.IGNORECASE)
            ),
            "hour",
        )
        factor = HOURS[{"hr": "hour"}.get(unit, unit)]
        self._add(
            figure,
            "device_hours",
            figure.rule,
            "hours of a device",
            senses(text, at, end, following),
            device=figure.device or "GPU",
            **_number(quantity, factor),
        )

    def _compute(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        factor = PETAFLOP_DAY if quantity.unit and quantity.unit.startswith("petaflop") else Decimal(1)
        if quantity.unit == "petaflop/s-year":
            factor *= Decimal("365.25")
        if quantity.unit == "petaflop/s-hour":
            factor /= 24
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        if top * factor < 10**15:
            return self._note(figure, "too few operations for a training run")
        if re.match(
            r"\s?(?:/|per|a|an|each|every) ?(?:s\b|sec|token|image|inference|step|forward|query|frame|dollar|watt|gpu|chip|H100|A100|device|node)",
            self.text[quantity.unit_end or figure.end :][:30],
            re.IGNORECASE,
        ):
            return self._note(figure, "a rate")
        self._add(
            figure,
            "compute",
            figure.rule,
            "operations in all",
            senses(text, at, end, following),
            **_number(quantity, factor),
        )

    def _energy(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        self._footprint(figure, text, at, end, before, following, "energy")

    def _emissions(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        self._footprint(figure, text, at, end, before, following, "emissions")

    def _footprint(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, kind: str
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        start, stop = judge.clause(text, at, end)
        inside = text[start:stop]
        other = judge.cues("mass", "not_run").search(inside)
        if other and not re.search(r"\btrain", inside, re.IGNORECASE):
            return self._note(figure, f"of something else ({other[0].lower()})")
        if not re.search(
            r"train|\brun|model|pre-?train|comput|footprint", text + before[-300:], re.IGNORECASE
        ):
            return self._note(figure, "no training in sight")
        self._add(
            figure, kind, figure.rule, "of a run", senses(text, at, end, following), **_number(quantity)
        )

    def _price(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        device = figure.device
        if device in (None, "GPU"):
            named = [f.device for f in figures if f.device not in (None, "GPU", "CPU")]
            device = named[0] if named else device
        if device is None and not re.search(
            r"GPU|TPU|chip|accelerator|rent|cloud|node|instance|hour", text + before[-300:], re.IGNORECASE
        ):
            return self._note(figure, "no device in sight")
        told = senses(text, at, end, following)
        self._add(
            figure,
            "price",
            figure.rule,
            "a price of a device",
            told,
            device=device or "GPU",
            currency=quantity.unit,
            per=figure.per,
            **_number(quantity),
        )

    def _money(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        low = quantity.value if quantity.value is not None else quantity.low
        assert low is not None
        unit_price = re.match(
            r"\s(?:each|apiece|per (?:card|chip|GPU|unit|accelerator|board|device|piece))\b",
            text[end : end + 30],
            re.IGNORECASE,
        )
        devices = [f.device for f in figures if f.device]
        if unit_price and devices:
            named = [d for d in devices if d not in ("GPU", "CPU")]
            self._add(
                figure,
                "price",
                "price.per-unit",
                "a price of a device",
                senses(text, at, end, following),
                device=(named or devices)[0],
                currency=quantity.unit,
                per="unit",
                **_number(quantity),
            )
            return
        verdict = judge.money(text, at, end, before, float(low))
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        told = senses(text, at, end, following)
        basis = next((b for b in ("hypothetical", "projected", "estimated") if b in told), "reported")
        self._add(
            figure,
            "cost",
            verdict.why,
            verdict.why,
            told,
            currency=quantity.unit,
            scope=verdict.scope,
            period=verdict.period,
            basis=basis,
            **_number(quantity),
        )

    def _time(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None and quantity.unit is not None
        unit_end = (quantity.unit_end or figure.end) - figure.sentence.start
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        verdict = judge.time(text, at, unit_end, before, quantity.unit, float(top))
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        self._add(
            figure,
            "duration",
            verdict.why,
            verdict.why,
            senses(text, at, unit_end, following),
            **_number(quantity, HOURS[quantity.unit]),
        )
