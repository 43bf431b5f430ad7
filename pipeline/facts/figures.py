"""Figures -> facts without a model: kind, value, comparator, device, scope, basis, role, sense, evidence.

The linker (pipeline.facts.linking) then says which model each is about.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from pipeline import rulebook
from pipeline.facts import judge, tables, trends
from pipeline.facts.senses import attributed, basis, senses
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import MONEY, Figure, Words, between_members, find
from pipeline.mentions.names import Name
from pipeline.mentions.sentences import Sentence
from pipeline.numbers import read_quantities
from schemas.records import LONGEST_EVIDENCE, Fact, Mention, Quantity

HOURS: Final = {"minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24), "week": Decimal(168), "fortnight": Decimal(336),
                "month": Decimal("730.5"), "year": Decimal(8766), "second": Decimal(1) / 3600, "decade": Decimal(87660)}  # fmt: skip
#: A sentence with more figures than this is no prose and is passed over.
MOST_FIGURES: Final = 60
PETAFLOP_DAY: Final = Decimal("8.64e19")
#: Above these a number is a slip of the pen or of ours: parameters, devices, hours, FLOP, money in any currency, kWh, kg.
_MOST: Final = {"parameters": Decimal(10) ** 16, "hardware": Decimal(10) ** 8, "duration": Decimal(10) ** 5, "device_hours": Decimal(10) ** 11, "compute": Decimal(10) ** 32,
                "tokens": Decimal(10) ** 17, "cost": Decimal(10) ** 14, "price": Decimal(10) ** 9, "energy": Decimal(10) ** 13, "emissions": Decimal(10) ** 13, "trend": Decimal(10) ** 12}  # fmt: skip
_LISTING: Final = re.compile(
    r"[^.!?]{2,70}?(?:\((?:19|20)\d\d\))?\s?(?::|–|—|-|\|)\s?(?:about |around |roughly |~|an estimated |approximately |up to |more than |over |less than |under |nearly )*[$€£¥]?[\d.,]+",
    re.IGNORECASE,
)
_WAGES: Final = re.compile(
    r"\b(?:paid|wages?|workers?|annotators?|labell?(?:ers?|ed|ing)?|earn\w*|salar\w+|contractors?|tutors?|freelanc\w+|staff|people|experts|engineers|consultants?|lawyers?|nurses?|pay)\b",
    re.IGNORECASE,
)
_RENTED: Final = re.compile(
    r"GPU|TPU|\bchips?\b|accelerator|\brent|\bcloud|\bnodes?\b|\binstances?\b|\bcards?\b|\b[HAVB]\d00|MI\d{3}|Trainium|Gaudi|Ascend|device|core",
    re.IGNORECASE,
)
_CARDS: Final = re.compile(
    r"\b(?:cards?|chips?|GPUs?|boards?|accelerators?|TPUs?|[HAVB]\d00s?)\b", re.IGNORECASE
)
_COST_BEFORE: Final = re.compile(
    r"\b(?:cost|costs|costing|costed|spent|bill (?:of|was|is)|spending|price tag of|budget of|paid)\s+(?:(?:it|them|us|about|around|roughly|nearly|over|more than|less than|some|an estimated|close to|closer to|up to|at least|only|just|under|almost|well|perhaps|maybe|something like|in the)\s+){0,4}[\"“‘']?$",
    re.IGNORECASE,
)
_RUN_WAS: Final = re.compile(
    r"\b(?:run|runs|training|bill|cost|costs|total|figure|sum|price|it|that)(?: itself| alone)? (?:was|were|is|came to|come to|comes to|would be|had been)\s+(?:(?:closer|close|nearer|near|to|about|around|roughly|more|like|between|some|under|over|just|only|less|than|well)\s+){0,4}[\"“‘']?(?:between )?$",
    re.IGNORECASE,
)
_SUM: Final = re.compile(r"[*×][^=\n]{1,58}[=≈~]\s*(?:about |roughly |~|≈)?[$€£]?$")
_LIST: Final = re.compile(
    r"[ -]?(?:minutes?|hours?|days?|weeks?|months?)?(?: (?:for|on) [\w -]{1,30})?(?:\s?[,/]\s?(?:and )?|\s(?:and|or)\s)(?:about |around |~|<)?"
)
_SIZED: Final = re.compile(
    r"\b(?:go(?:es)?|went|tops? out|topped out|stop(?:s|ped)|weigh(?:s|ed|ing)(?: in)?|comes? in|came in|sits?|size[ds]?|scal(?:es|ed)|ends?|ended|starts?|started|stands?|stood)(?: \w+)? (?:at|to|up to)\s+(?:(?:about|around|roughly|some|just|only|nearly|over|under|more|than)\s+){0,2}$",
    re.IGNORECASE,
)
_KEY_VALUE: Final = re.compile(r"[-*•\s]{0,4}([A-Z][^:.!?\n]{2,78}):\s+(?=[^\n]{1,90}$)")
_SPOKEN_MONEY: Final = re.compile(
    r"[$€£¥₩₹]\s?\d|\b(?:dollars|euros|pounds|yuan|yen|won|rupees|francs|cost|costs|bill|paid|spent|price|budget|money)\b",
    re.IGNORECASE,
)
#: What a question asks for, the first that matches.
_ASKED: Final = (
    (
        "device_hours",
        re.compile(r"\b(?:GPU|TPU|chip|card|device|core|[AHV]\d00)s?[ -]?(?:hours?|days?)", re.IGNORECASE),
    ),
    ("tokens", re.compile(r"\btokens?\b|training data", re.IGNORECASE)),
    ("parameters", re.compile(r"\bparam|how big|how large|\bsize\b|\bweights\b", re.IGNORECASE)),
    (
        "hardware",
        re.compile(
            r"how many (?:\w+ ){0,2}(?:GPUs?|chips?|cards?|TPUs?|accelerators?|machines)|\bcount\b|number of (?:GPUs?|chips?|cards?)|^(?:GPUs?|chips|cards|TPUs?|accelerators)$",
            re.IGNORECASE,
        ),
    ),
    (
        "cost",
        re.compile(
            r"\bcosts?\b|how much|\bpaid?\b|\bprice|\bbill\b|\bbudget|\bspen[dt]|\bmoney\b|expensive|cheap",
            re.IGNORECASE,
        ),
    ),
)
_SPEED: Final = re.compile(
    r"\b(?:peak\w*|precision|performance|capable|speed|per second|FP\d+|BF16|INT8|deliver\w*|sustain\w*|supercomputer|machine|throughput|utili[sz]\w+|reach(?:es|ed)?|achiev\w+)\b",
    re.IGNORECASE,
)
_PROVIDER: Final = re.compile(
    r"\b(Google Cloud(?: Platform)?|Amazon(?: Web Services| EC2)?|AWS|Microsoft Azure|Azure|Oracle(?: Cloud)?|CoreWeave|Lambda(?: Labs)?|RunPod|Vast\.ai|Paperspace|Nebius|Crusoe|Together(?: AI)?|Alibaba Cloud|Tencent Cloud|OVHcloud|Scaleway|Hetzner|Genesis Cloud|"
    r"[A-Z][\w-]+ Cloud|[A-Z][\w]*(?:Cloud|Compute|Grid))\b"
)


def _provider(sentence: str) -> str | None:
    """Return the cloud that a sentence names, or None."""
    found = _PROVIDER.search(sentence)
    return found[1] if found else None


#: Makers' names that stand before a device without being its type.
_MAKERS: Final = frozenset(rulebook.toml("figures/words.toml")["makers"].split())
_NODE: Final = re.compile(
    r"(?P<count>\b(?:\d{1,3}(?:,\d{3})+|\d{1,6}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|twenty|thirty(?:[ -]two)?|forty|fifty|sixty(?:[ -]four)?|a hundred|single))"
    r"(?:[ -](?:[A-Za-z][\w-]{0,14}|\d{1,4}GB)){0,4}?[ -](?:nodes?|servers?|machines?|systems?|boxes|box|hosts?|workstations?|instances?|VMs|trays|DGX(?:[ -][A-Z0-9]{1,5})?(?=,| each| with| having))\b",
    re.IGNORECASE,
)
_EACH: Final = re.compile(
    r"\b(?:each|every|apiece|per|contain(?:ing|s)?|with|of|hous(?:ing|es)|holding|holds|equipped|packing|comprising|consisting|having|has|carrying|featuring|fitted|that have|which have)\b",
    re.IGNORECASE,
)
#: Words after which a size stands for itself and is no part of a name.
_BEFORE_SIZE: Final = re.compile(
    r"(?:^|[\s(])(?:a|an|the|of|with|in|its|and|or|new|to|at|than|from|our|their|are|is|both|dense|has|have|had|sizes?|for|versions?|models?|was|were|smaller|larger|bigger|only|like|as|by|on|about|around|this|that|total|nearly|over|between|up|"
    r"roughly|reaches|reach|some|down|under|more|less|just|almost|approximately|approx|exceeding|totaling|totalling|being|counts?|parameters|just|even|all|three|two|four|sized|called|released|includ\w+|namely|respectively|small|large|medium|tiny|open|full|using|these|each|either|see)\s$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Node:
    """Servers that hold devices: where they are counted, the count's comparator, the devices' type if the name gives it."""

    at: int
    end: int
    op: str
    device: str | None


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

    def __init__(
        self, text: str, sentences: Sequence[Sentence], *, part: str = "text", names: Iterable[Name] = ()
    ) -> None:
        self.text = text
        self.sentences = sentences
        self.part = part
        self.names = sorted((name.start, name.end) for name in names)
        self.facts: list[Fact] = []
        self.mentions: list[Mention] = []
        self.last_device: tuple[str, int] = ("GPU", -10000)
        self.sentence = Sentence(0, 0, "paragraph", 0)
        self.named = False
        self.only_type: str | None = None
        self.topical = bool(self.names) or judge.about_models(text)

    def read(self) -> None:
        """Fill facts and mentions, in text order."""
        heads: list[tables.Column | None] = []
        table: int | None = None
        for index, sentence in enumerate(self.sentences):
            if sentence.kind == "table_row":
                if sentence.table != table or table is None:
                    table, heads = sentence.table, []
                    row = [self.text[a:b] for a, b in tables.cells(self.text, sentence.start, sentence.end)]
                    found = tables.columns(row)
                    if (
                        any(column is not None and column.kind != "none" for column in found[1:])
                        and sum(
                            bool(re.search(r"\d", re.sub(r"\(.*?\)|CO2\S*", "", cell))) for cell in row[1:]
                        )
                        <= len(row) // 3
                    ):
                        heads = found
                        continue
                self._row(sentence, heads)
                continue
            figures, words = find(self.text, sentence, self._names_in(sentence))
            if not figures or words is None or len(figures) > MOST_FIGURES:
                if (
                    trends.GATE.search(self.text, sentence.start, sentence.end)
                    and len(figures) <= MOST_FIGURES
                ):
                    self.sentence = sentence
                    self._trends(sentence, self.text[sentence.start : sentence.end], figures)
                continue
            following = ""
            if index + 1 < len(self.sentences) and (
                self.sentences[index + 1].block == sentence.block or self.text[sentence.end - 1] == "?"
            ):
                nxt = self.sentences[index + 1]
                following = self.text[nxt.start : nxt.end]
            before = self.text[max(0, sentence.start - 500) : sentence.start]
            self._sentence(sentence, figures, words, before, following)

    def _row(self, sentence: Sentence, heads: list[tables.Column | None]) -> None:
        """Read a row by the heads of its columns, or by its first cell; other cells like sentences."""
        places = tables.cells(self.text, sentence.start, sentence.end)
        self.sentence = sentence
        first = (
            tables.column(self.text[places[0][0] : places[0][1]])
            if not heads and 2 <= len(places) <= 9
            else None
        )
        typed = [
            d.name
            for d in devices(self.text, sentence.start, sentence.end)
            if d.name not in ("GPU", "CPU", "NPU")
        ]
        counted = any(
            number < len(heads)
            and (head := heads[number]) is not None
            and head.kind == "hardware"
            and re.fullmatch(r"[\s\d,.~≈kK]+", self.text[a:b])
            for number, (a, b) in enumerate(places)
        )
        for number, (start, end) in enumerate(places):
            if (number == 0 and (heads or first is not None)) or start >= end:
                continue
            if heads and number < len(heads) and (held := heads[number]) is not None and held.kind == "price":
                self._price_cell(sentence, start, end, held, typed)
                continue
            column = heads[number] if number < len(heads) else first if number else None
            cell = Sentence(start, end, sentence.kind, sentence.block, sentence.table)
            if column is None:
                if not heads:
                    self._cell(cell, sentence)
                continue
            if (
                column.kind == "hardware"
                and counted
                and not re.match(r"[\s\d,.~≈kK]+$", self.text[start:end])
            ):
                continue  # the device of the count beside it
            if column.kind != "none":
                self._number_cell(sentence, cell, column, typed)

    def _price_cell(
        self, row: Sentence, start: int, end: int, column: tables.Column, typed: list[str]
    ) -> None:
        """A device's hourly price: the row names the device, the head the money."""
        for quantity in read_quantities(self.text, start, end)[:1]:
            currency = quantity.unit if quantity.unit in MONEY else column.currency
            if currency is None or not typed or quantity.value is None or quantity.value > 2000:
                continue
            figure = Figure("price", quantity.start, quantity.end, row, "table.price", quantity)
            provider = _provider(self.text[row.start : row.end])
            self._add(
                figure,
                "price",
                "table.price",
                "by its column",
                None,
                device=typed[0],
                currency=currency,
                per="hour",
                provider=provider,
                **_number(quantity),
            )

    def _cell(self, cell: Sentence, row: Sentence) -> None:
        figures, words = find(self.text, cell, self._names_in(cell))
        if figures and words is not None:
            self._sentence(row, [replace(figure, sentence=row) for figure in figures], words, "", "")

    def _number_cell(self, row: Sentence, cell: Sentence, column: tables.Column, typed: list[str]) -> None:
        """Make the facts of one cell whose column is known."""
        text = self.text[cell.start : cell.end]
        kind = column.kind
        quantities = list(read_quantities(self.text, cell.start, cell.end))
        named = devices(self.text, cell.start, cell.end)
        quantities = [q for q in quantities if not any(d.start < q.end and q.start < d.end for d in named)]
        if kind == "hardware" and not quantities and named and named[0].name not in ("GPU", "CPU"):
            figure = Figure(
                "hardware", named[0].start, named[0].end, row, "table.device", device=named[0].name
            )
            self._add(
                figure,
                "hardware",
                "table.device",
                "by its column",
                device=named[0].name,
                use="training",
                value=None,
            )
            return
        for quantity in quantities:
            figure = Figure(kind, quantity.start, quantity.end, row, f"table.{kind}", quantity)
            scaled = re.search(r"[A-Za-z×^]", self.text[quantity.start : quantity.end]) is not None
            scale = Decimal(1) if scaled else column.scale
            unit = quantity.unit
            extra: dict[str, Any] = {}
            if kind == "parameters":
                near = text[max(0, quantity.start - cell.start - 12) : quantity.end - cell.start + 14]
                extra["role"] = column.role or (
                    "active" if re.search(r"activ", near, re.IGNORECASE) else "total"
                )
            elif kind == "hardware":
                extra.update(
                    device=(named[0].name if named else None)
                    or column.device
                    or (typed[0] if typed else None)
                    or "GPU",
                    use="training",
                )
                if (
                    unit not in (None, "fold")
                    or quantity.value is None
                    or quantity.value != quantity.value.to_integral_value()
                ):
                    continue
                if extra["device"] in ("GPU", "TPU") and typed:
                    extra["device"] = typed[0]
            elif kind == "cost":
                extra.update(
                    currency=unit if unit in MONEY else column.currency, scope="training", basis="reported"
                )
                if extra["currency"] is None or unit in HOURS:
                    continue
                if column.estimated or re.search(r"est|~|approx", text, re.IGNORECASE):
                    extra["basis"] = "estimated"
            elif kind == "duration":
                spoken = unit if unit in HOURS else column.unit
                if spoken is None:
                    continue
                scale *= HOURS[spoken]
            elif kind == "device_hours":
                extra["device"] = (
                    (named[0].name if named else None) or column.device or (typed[0] if typed else "GPU")
                )
                if extra["device"] == "GPU" and typed:
                    extra["device"] = typed[0]
                scale *= HOURS.get(column.unit or "hour", Decimal(1))
            elif kind == "energy":
                if unit != "kWh" and column.unit != "kWh":
                    continue
                scale = Decimal(1) if unit == "kWh" else column.scale
            elif kind == "emissions":
                if unit in ("kg", "kgCO2e"):
                    scale = Decimal(1)
                elif column.unit != "kg":
                    continue
            elif kind == "compute" and unit is not None and unit.startswith("petaflop"):
                scale = PETAFLOP_DAY
            number = _number(quantity, scale)
            top = number["value"] if number["value"] is not None else number.get("high")
            low = {"parameters": 10**5, "tokens": 10**6, "compute": 10**15, "cost": 20}.get(kind, 0)
            if top is None or top <= low or (unit in ("%", "fold", "byte", "W") and kind != "hardware"):
                continue
            self._add(figure, kind, f"table.{kind}", "by its column", None, **number, **extra)

    def _names_in(self, sentence: Sentence) -> list[tuple[int, int]]:
        first = bisect_left(self.names, (sentence.start, 0))
        last = bisect_left(self.names, (sentence.end, 0))
        return self.names[first:last]

    # ------------------------------------------------------------ one sentence
    def _sentence(
        self, sentence: Sentence, figures: list[Figure], words: Words, before: str, following: str
    ) -> None:
        text = self.text[sentence.start : sentence.end]
        self.sentence = sentence
        self.named = bool(self._names_in(sentence))
        if sentence.kind != "table_row":
            self._trends(sentence, text, figures)
        count = len(self.facts)
        # times last: whether one was spent on training hangs on the devices and costs beside it
        for figure in sorted(figures, key=lambda held: held.kind == "time"):
            at, end = figure.at - sentence.start, figure.end - sentence.start
            decide = getattr(self, "_" + figure.kind, None)
            if decide is None:
                self._note(figure, "no kind")
                continue
            decide(figure, text, at, end, before, following, figures)
        if (
            len(self.facts) == count
            and sentence.kind != "table_row"
            and (line := _KEY_VALUE.match(text))
            and (column := tables.column(line[1])) is not None
            and column.kind not in ("none", "price")
        ):
            typed = [d.name for d in devices(text, 0, len(text)) if d.name not in ("GPU", "CPU", "NPU")]
            self._number_cell(sentence, replace(sentence, start=sentence.start + line.end()), column, typed)

    def _trends(self, sentence: Sentence, text: str, figures: list[Figure]) -> None:
        placed = [
            (f.at - sentence.start, f.end - sentence.start, f.quantity)
            for f in figures
            if f.quantity is not None
        ]
        for trend in trends.trends(text, placed):
            figure = Figure(
                "trend", sentence.start + trend.at, sentence.start + trend.end, sentence, trend.rule
            )
            self._add(
                figure,
                "trend",
                trend.rule,
                "a change over time",
                None,
                op=trend.op,
                value=trend.factor,
                low=trend.low,
                high=trend.high,
                subject=trend.subject,
                direction=trend.direction,
                period=trend.period,
            )

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
    ) -> None:
        start, stop = evidence(self.text, figure.sentence, figure.at, figure.end)
        told = told or {}
        if (
            most := fields.get("value") if fields.get("value") is not None else fields.get("high")
        ) is not None and most > _MOST.get(kind, most):
            self._note(replace(figure, kind=kind), "more than there can be")
            return
        if kind in ("compute", "device_hours", "duration", "cost", "tokens") and _SUM.search(
            self.text, max(0, figure.at - 60), figure.at
        ):
            self._note(replace(figure, kind=kind), "the result of a sum that is written out")
            return
        end = min(figure.end, stop)
        negated = "negated" in told or "superseded" in told
        fact = Fact(kind=kind, start=start, end=stop, quote=self.text[start:stop], rule=rule, at=figure.at, at_end=end,
                    negated=negated, superseded="superseded" in told, part=self.part,
                    attributed_to=attributed(self.text[figure.sentence.start : figure.sentence.end]), **fields)  # fmt: skip
        self.facts.append(fact)
        self._note(replace(figure, kind=kind), f"fact: {why}")

    # ------------------------------------------------------------ kinds
    def _parameters(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        behind = text[end : end + 60]
        if quantity.vague:
            return self._note(figure, "only an order of magnitude")
        if (
            figure.rule == "parameters.active-noun"
            and re.search(r"\bused\b", self.text[figure.end : figure.span[1]])
            and not re.search(r"token|time|inference|query|forward|once|any|each", behind, re.IGNORECASE)
        ):
            return self._note(figure, "used for something else")
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
        if (
            role == "expert"
            and re.search(r"mixture[ -]of[ -]experts?(?:\W+[\w-]+){0,3}\W+$", text[:at], re.IGNORECASE)
            and not re.search(
                r"\beach\b|\bper expert|\bapiece", text[max(0, at - 30) : end + 30], re.IGNORECASE
            )
        ):
            role = None
        if (
            role is None
            and re.search(
                r"^[\w\s-]{0,40}?\b(?:for|per|at) (?:each |every |any |a |any given |a given |one )?(?:token|time step|input|forward pass)",
                text[end : end + 70],
            )
            and not re.search(r"token-?s?\b[^.]{0,10}$|\bof (?:its |the |a |their )?$", text[:at])
        ):
            role = "active"
        if (
            role is None
            and re.search(
                r"\b(?:each|per) expert|experts? (?:of|each)", text[max(0, at - 40) : at], re.IGNORECASE
            )
        ) or (
            role is None
            and re.search(
                r"^\W*(?:parameters? |params )?(?:per|each|every|for each|in each) expert",
                text[end : end + 40],
                re.IGNORECASE,
            )
        ):
            role = "expert"
        told = senses(text, at, end, following)
        said = "estimated" if "estimated" in told else None
        self._add(
            figure,
            "parameters",
            figure.rule,
            "a parameter count",
            told,
            role=role or "total",
            basis=said,
            **_number(quantity),
        )
        return None

    def _none(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        """A number whose unit is left out: "PaLM, 540 billion", "GPT-3 (175B)", "552 tonnes", "the newer one saw 9 trillion"."""
        quantity = figure.quantity
        if quantity is None:
            return None
        if quantity.unit == "kg":
            return self._mass(figure, text, at, end, before, following)
        if (
            quantity.unit is None
            and not quantity.vague
            and self._answer(figure, text, at, end, before, following, figures)
        ):
            return None
        if (
            figure.rule == "figure.num"
            and quantity.unit is None
            and re.search(r"thousand|hundred", text[at:end], re.IGNORECASE)
            and self._money_left_out(figure, text, at, end, before, following, figures)
        ):
            return None
        if (
            figure.rule == "figure.num"
            and quantity.unit is None
            and self._count_left_out(figure, text, at, end, before, following, figures)
        ):
            return None
        if (
            figure.rule == "figure.big"
            and quantity.unit is None
            and self._money_left_out(figure, text, at, end, before, following, figures)
        ):
            return None
        if figure.rule != "figure.big" or quantity.unit is not None or quantity.vague:
            return None
        if (
            self.facts
            and self.facts[-1].kind == "device_hours"
            and self.facts[-1].start == figure.sentence.start
            and quantity.value
            and quantity.value >= 1000
            and re.search(r"\b(?:needed|took|used|required|consumed|ate)\s+$", text[:at])
            and re.match(r"\s*(?:$|[.,;)])", text[end:])
        ):
            self._add(
                replace(figure, kind="device_hours"),
                "device_hours",
                "hours.unit-left-out",
                "hours, said before",
                senses(text, at, end, following),
                device=self.facts[-1].device,
                **_number(quantity),
            )
            return None
        spent = next(
            (
                f
                for f in reversed(self.facts[-4:])
                if f.kind == "device_hours" and f.start == figure.sentence.start
            ),
            None,
        )
        if (
            spent is not None
            and spent.value
            and quantity.value
            and spent.value / 2000 < quantity.value < spent.value * 2
            and re.match(r"\s(?:went|for|to|on|were|was|of)\b", text[end:])
        ):
            self._add(
                replace(figure, kind="device_hours"),
                "device_hours",
                "hours.unit-left-out",
                "hours, said before",
                senses(text, at, end, following),
                device=spent.device,
                **_number(quantity),
            )
            return None
        if re.match(r"(?:a )?(?:few|couple|several)\b", text[at:end], re.IGNORECASE):
            return None
        top = quantity.value if quantity.value is not None else quantity.high
        if top is None or top < 10**6:
            return None
        written = text[at:end]
        if (
            not re.search(r"[A-Za-z]", written)
            or re.search(r"[*×/]\s*\(?$", text[:at])
            or re.match(r"\)?\s*[*×]", text[end:])
        ):
            return None
        letter = re.search(r"\d ?[BMT]$", written)
        behind = text[end : end + 50]
        counts = re.match(r"\s+(?:of (?:the |its |those )?)?(?:[a-z-]+ ){0,2}?[a-z-]+", behind)
        free = re.match(
            r"\s*(?:$|[),;:./!?\]]|[–—-]|\s(?:and|or|to|for|in|on|with|that|which|is|was|are|were|but|while|by|at|as|respectively|total|active|activated|dense|sparse|has|had|have|trained|from|of them|of those|across|using|took|used|uses|needs?|runs?|per|when|if|because|so|than|over|though|although|overall|altogether|each|apiece|only|under|after|before|beats?|outperform\w*|matche[sd]|,|\())",
            behind,
        )
        if counts and not free:
            return None
        near = text[max(0, at - 60) : end + 40]
        if re.search(
            r"\b(?:users?|people|valu\w+|revenue|market|downloads?|dollars?|images?|words|context|windows?|degrees?|visits?|views?|transistors?|miles|euros?|yuan|raised|funding|invest\w*|customers?|subscribers?|pages|lines|rows|examples|pairs|documents|queries|messages|requests|years ago|population|sold|sales|cap|budget|bytes|vocab\w*)\b",
            text[max(0, at - 24) : at] + " ¤ " + text[end : end + 30],
            re.IGNORECASE,
        ):
            return self._note(replace(figure, kind="parameters"), "counts something else")
        earlier = self.text[max(0, figure.sentence.start - 1000) : figure.at]
        tokens_at = max((m.start() for m in re.finditer(r"\btokens?\b", earlier, re.IGNORECASE)), default=-1)
        params_at = max(
            (
                m.start()
                for m in re.finditer(
                    r"\bparam\w*|\b\d[\d.]*B\b|\bexperts?\b|\bweights\b|\bmixture\b", earlier, re.IGNORECASE
                )
            ),
            default=-1,
        )
        fed = re.search(
            r"\b(?:seen|saw|sees|fed|read|reads|got|learn(?:s|ed|t) from|ingested|trained on|pre-?trained on|consumed|on|tokens)\s+(?:about |around |roughly |some |only |just |nearly |over |more than |fewer than |less than |up to |a |an |another |the |first )*$",
            text[:at],
            re.IGNORECASE,
        )
        if (
            fed
            and (tokens_at >= 0 or re.search(r"\btoken", self.text, re.IGNORECASE))
            and top >= 10**9
            and (fed[0].split()[0].lower() != "on" or tokens_at > params_at)
        ):
            self._add(
                replace(figure, kind="tokens"),
                "tokens",
                "tokens.unit-left-out",
                "tokens, said before",
                senses(text, at, end, following),
                **_number(quantity),
            )
            return None
        said = next(
            (f for f in reversed(self.facts[-6:]) if f.start == figure.sentence.start and f.kind == "tokens"),
            None,
        )
        if (
            said is not None
            and said.value
            and quantity.value
            and not letter
            and 10**10 <= quantity.value <= said.value * 100
            and (
                (quantity.value >= 10**12 and quantity.value <= said.value * 3)
                or not re.search(r"param", text[said.at_end - figure.sentence.start : at], re.IGNORECASE)
            )
        ):
            self._add(
                replace(figure, kind="tokens"),
                "tokens",
                "tokens.unit-left-out",
                "tokens, said before",
                senses(text, at, end, following),
                **_number(quantity),
            )
            return None
        if not letter and top < 10**9:
            money_at = max((m.start() for m in _SPOKEN_MONEY.finditer(earlier)), default=-1)
            if (
                money_at > max(tokens_at, params_at)
                and len(earlier) - money_at < 320
                and self._money_left_out(figure, text, at, end, before, following, figures, spoken=True)
            ):
                return None
        if re.search(
            r"\b(?:no|without|any)\s$|\b(?:best|thing|anything|everything|models?|class|one)\s(?:under|below|over|above)\s$",
            text[:at],
            re.IGNORECASE,
        ):
            return self._note(replace(figure, kind="parameters"), "nobody's size")
        in_brackets = re.search(
            r"\(\s*(?:about |roughly |~|approximately |over |up to |with )?$", text[:at]
        ) and re.match(r"\s*[),;/]", behind)
        if letter:
            named = re.search(
                r"(?:\b[A-Z][\w.’'-]*|\b[\w.-]*\d[\w.-]*)[ -](?:v?\d[\d.]*[ -])?$", text[max(0, at - 40) : at]
            )
            if named and not _BEFORE_SIZE.search(text[:at]):
                return self._note(replace(figure, kind="parameters"), "part of a name")
            if re.search(r"\d ?M$", written) and re.search(r"\d ?K\b|context|window|length", near):
                return self._note(replace(figure, kind="parameters"), "a length")
            if (
                written.endswith("T")
                and top < 10**15
                and re.search(r"\btoken", text, re.IGNORECASE)
                and not re.search(r"param|model", near, re.IGNORECASE)
            ):
                return self._note(replace(figure, kind="tokens"), "tokens or parameters, not said")
        elif not in_brackets:
            if top < 10**8 and not re.search(r"param", text, re.IGNORECASE):
                return self._note(replace(figure, kind="parameters"), "counts what is not said")
            if (
                re.search(
                    r"\b(?:(?:it|that|ours|this) (?:was|is|were)|it[’']s)\s+(?:(?:about|only|just|more like|closer to|really)\s+){0,2}$",
                    text[:at],
                    re.IGNORECASE,
                )
                and self.facts
                and self.facts[-1].kind == "tokens"
                and figure.at - self.facts[-1].at < 250
                and top >= 10**9
            ):
                self._add(
                    replace(figure, kind="tokens"),
                    "tokens",
                    "tokens.unit-left-out",
                    "tokens, said before",
                    senses(text, at, end, following),
                    **_number(quantity),
                )
                return None
            beside_name = (
                self.topical
                and top >= 10**8
                and re.search(
                    r"(?:\b[A-Z][\w.-]*(?: [\w.-]+)?,\s(?:a mere |at |now |with |some |about |roughly |just )?|\b(?:at|claimed|boasted|boasts)\s)$",
                    text[:at],
                )
                and re.match(r"\s*(?:$|[.,;)]|and\b|though\b)", text[end:])
            )
            sized = beside_name or (
                (self.named or self.topical)
                and (
                    _SIZED.search(text[:at])
                    or re.search(r"\bsizes?\b[^.;]{0,40}$", text[:at])
                    or (
                        self.named
                        and re.match(r"\s*[.,;]?\s*$", text[end:])
                        and re.search(r",\s*$", text[:at])
                    )
                )
                and re.search(r"\bparam", self.text, re.IGNORECASE)
            )
            if not sized and (tokens_at > params_at or params_at < 0):
                return self._note(replace(figure, kind="parameters"), "counts what is not said")
        role = figure.role or (
            "active"
            if re.search(
                r"activ|in use|at (?:a|any) time|per token|per forward",
                text[max(0, at - 25) : at].rpartition(",")[2] + re.split(r"[,;]", behind[:30])[0],
                re.IGNORECASE,
            )
            and not re.search(r"\bof\s+(?:its |the |a )?(?:total )?$", text[:at])
            else "total"
        )
        self._add(
            replace(figure, kind="parameters"),
            "parameters",
            "parameters.unit-left-out",
            "a size that stands alone",
            senses(text, at, end, following),
            role=role,
            **_number(quantity),
        )
        stem = re.match(r"[\d.]+", written)
        right = figure
        if stem and quantity.value:  # "in sizes of 7, 13, 33 and 65 billion"
            for left in reversed([f for f in figures if f.end <= figure.at]):
                held = left.quantity
                if (
                    left.rule != "figure.num"
                    or held is None
                    or held.value is None
                    or held.value >= 1000
                    or not between_members(self.text, left.end, right.at)
                ):
                    break
                number = replace(held, value=held.value * quantity.value / Decimal(stem[0]))
                self._add(
                    replace(left, kind="parameters"),
                    "parameters",
                    "parameters.unit-left-out",
                    "in a list of sizes",
                    senses(text, at, end, following),
                    role=role,
                    **_number(number),
                )
                right = left
        return None

    def _answer(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> bool:
        """Read a bare number that answers a question or a label ("GPU hours? Around 400k."); return whether it was one."""
        quantity = figure.quantity
        assert quantity is not None
        label = re.match(r"(?:[\d.)\s]{0,5})?([A-Za-z][^.?!:]{2,70})[?:]\s", text)
        if label and label.end() <= at and any(pattern.search(label[1]) for _, pattern in _ASKED):
            asked, lead = label[1], text[label.end() : at]
        elif found := re.search(r"([^.?!\n]{3,140})\?[\"”’]?\s*$", before):
            asked, lead = found[1], re.sub(r"^[\"“‘]?[A-Z][\w.-]{1,15}:\s", "", text[:at])
        else:
            return False
        if (
            len(lead) > 24
            or len(text) > 110
            or not re.fullmatch(
                r"[\"“‘]?(?:\w+, )?(?:(?:about|around|maybe|roughly|some|only|just|over|under|nearly|almost|up|to|say|like|it|was|is|were|had|has|took|used|~|well|than|more|less|a|so|er|uh|um)[ ,]*)*",
                lead,
                re.IGNORECASE,
            )
            or not re.match(
                r"\s*(?:$|[.,;!?\"”)]|\b(?:of them|or so|in total|all in|i think|total|give or take|sometimes|plus|at)\b)",
                text[end:],
                re.IGNORECASE,
            )
        ):
            return False
        kind = next((name for name, pattern in _ASKED if pattern.search(asked)), None)
        value = quantity.value if quantity.value is not None else quantity.high
        if kind is None or value is None:
            return False
        told = senses(text, at, end, following)
        held = replace(figure, kind=kind)
        if kind == "cost":
            return value >= 1000 and self._money_left_out(
                figure, text, at, end, before, following, figures, spoken=True
            )
        if kind == "hardware" and 1 < value < 10**7:
            device = self._device_before(figure.at)
            self._add(
                held,
                kind,
                "hardware.answer",
                "the answer to a question",
                told,
                device=device or "GPU",
                use="training",
                **_number(quantity),
            )
        elif kind == "device_hours" and value >= 10:
            self._add(
                held,
                kind,
                "hours.answer",
                "the answer to a question",
                told,
                device=self._type_near(figure.at, figure.end),
                **_number(quantity),
            )
        elif (kind == "tokens" and value >= 10**8) or (kind == "parameters" and value >= 10**6):
            extra = {"role": "total"} if kind == "parameters" else {}
            self._add(
                held, kind, f"{kind}.answer", "the answer to a question", told, **extra, **_number(quantity)
            )
        else:
            return False
        return True

    def _count_left_out(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> bool:
        """Read "which used 1,024 A800s, Shale needed only 128" as a count of the devices before; return whether it was."""
        last = self.facts[-1] if self.facts else None
        quantity = figure.quantity
        assert quantity is not None
        if (
            last is None
            or last.kind != "hardware"
            or last.value is None
            or figure.at - last.at_end > 90
            or quantity.value is None
            or quantity.value < 2
        ):
            return False
        if not re.search(
            r"\b(?:used|needed|took|required|uses|needs|on|with|and)\s+(?:(?:only|just|about|roughly|merely|over|some)\s+)?$",
            text[:at],
        ) or not re.match(r"\s*(?:$|[.,;)]|\b(?:for (?:the|its|both)|of them)\b)", text[end:]):
            return False
        if quantity.value < 8 or re.match(r"(?:19|20)\d\d$", text[at:end]):
            return False
        self._add(
            replace(figure, kind="hardware"),
            "hardware",
            "hardware.count-left-bare",
            "a count of the devices before",
            senses(text, at, end, following),
            device=last.device,
            use="training",
            **_number(quantity),
        )
        return True

    def _money_left_out(
        self,
        figure: Figure,
        text: str,
        at: int,
        end: int,
        before: str,
        following: str,
        figures: list[Figure],
        *,
        spoken: bool = False,
    ) -> bool:
        """Read "it cost a billion" as money, in the currency that the text uses; return whether it was."""
        quantity = figure.quantity
        assert quantity is not None
        if (
            (
                not spoken
                and not _COST_BEFORE.search(text[max(0, at - 60) : at])
                and not re.search(r"\d ?mil$|\bhundred mil$", text[at:end])
                and not (
                    self.facts
                    and self.facts[-1].kind == "cost"
                    and figure.at - self.facts[-1].at < 400
                    and _RUN_WAS.search(text[max(0, at - 60) : at])
                )
            )
            or re.match(r"\s?(?:param|token|of (?:them|those)|[a-z]+ (?:param|token))", text[end:])
            or re.match(r"\s(?:GPU|H100|A100|chips?|hours?|[A-Z]\w+ hours?)", text[end:])
        ):
            return False
        codes = [f.currency for f in self.facts if f.currency]
        if not codes:
            codes = [
                q.unit for q in read_quantities(self.text, 0, min(len(self.text), 8000)) if q.unit in MONEY
            ]
        if not codes:
            return False
        code = max(sorted(set(codes)), key=codes.count)
        self._money(
            replace(
                figure,
                kind="money",
                rule="figure.money-currency-left-out",
                quantity=replace(quantity, unit=code),
            ),
            text,
            at,
            end,
            before,
            following,
            figures,
        )
        return True

    def _mass(self, figure: Figure, text: str, at: int, end: int, before: str, following: str) -> None:
        carbon = judge.cues("mass", "carbon")
        if (
            not carbon.search(text)
            and not carbon.search(before[-250:])
            and not any(f.kind in ("emissions", "energy") for f in self.facts[-6:])
        ) or judge.cues("mass", "not_carbon").search(text[max(0, at - 40) : end + 40]):
            return
        self._footprint(
            replace(figure, kind="emissions", rule="emissions.mass-left-bare"),
            text,
            at,
            end,
            before,
            following,
            "emissions",
        )

    def _tokens(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        if quantity.vague:
            return self._note(figure, "only an order of magnitude")
        if re.search(r"\b(?!tokens\b)[a-z]{3,}s\b", self.text[figure.end : figure.span[1]]):
            return self._note(figure, "counts something else")
        verdict = judge.tokens(text, at, end, before, float(top))
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        self._add(
            figure, "tokens", figure.rule, verdict.why, senses(text, at, end, following), **_number(quantity)
        )
        return None

    def _hardware(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        if (quantity.value is None and quantity.low is None) or (
            quantity.value is not None and quantity.value != quantity.value.to_integral_value()
        ):
            return self._note(figure, "no whole number of devices")
        if quantity.vague:
            return self._note(figure, "no count, only an order of magnitude")
        if re.match(r"(?:19|20)\d\d$", text[at:end]) and re.search(
            r"\b(?:in|since|until|from|during|late|early|mid)[ -]$", text[:at], re.IGNORECASE
        ):
            return self._note(figure, "a year")
        if (
            re.search(
                r"\b(?:each|every)\b[^.;]{0,45}\b(?:carr\w+|has|have|hold\w*|contain\w*|packs?|with|houses?)\s+(?:up to |about )?$",
                text[:at],
                re.IGNORECASE,
            )
            and self._nodes(text, at, end) is None
        ):
            return self._note(figure, "the inside of a machine")
        if re.match(r"[ -]ways?\b", text[end : end + 6]):
            return self._note(figure, "a kind of server")
        if re.search(r"\b(?:without|no|not) (?:a |even |any )?$", text[:at], re.IGNORECASE):
            return self._note(figure, "none were used")
        if figure.device == "CPU":
            return self._processors(figure, text, at, end, before, following)
        device = figure.device
        if figure.rule == "hardware.of-them":
            counted = re.match(
                r"\s(?:of|more|such)[\w ]{0,20}?\b(?:cards|chips|gpus|accelerators|machines|devices|processors)\b",
                text[end:],
                re.IGNORECASE,
            )
            device = self._device_before(figure.at)
            if (
                device is None
                or (not counted and re.search(r"\b(?:and|but|all|any|one|some)\s*$", text[:at]))
                or (not counted and quantity.value is not None and quantity.value < 4)
            ):
                return self._note(figure, "of what, is not said")
        elif device is None or device == "GPU":
            device = self._shape_of_unknown(figure)
        if device == "GPU":
            device = self._resolved(figure, text, at, end)
        nodes = self._nodes(text, at, end)
        verdict = judge.hardware(
            text,
            at,
            end,
            before,
            True,
            named=self.named,
            topical=self.topical
            or any(
                f.start == figure.sentence.start and f.kind in ("parameters", "tokens")
                for f in self.facts[-6:]
            ),
        )
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        told = senses(text, at, end, following)
        number = _number(quantity)
        if nodes is not None:
            node, count = nodes
            if node.device and (
                device == "GPU" or (device is not None and device.startswith(("DGX", "HGX")))
            ):
                device = node.device
            if count != 1 and quantity.value is not None:
                number = {"op": node.op, "value": quantity.value * count}
                self._add(
                    replace(figure, device=device),
                    "hardware",
                    "hardware.nodes-times-devices",
                    f"{count} nodes of {quantity.value}",
                    told,
                    device=device,
                    use=verdict.use or "training",
                    **number,
                )
                return None
        self.last_device = (device, figure.at) if device != "GPU" else self.last_device
        self._add(
            figure,
            "hardware",
            figure.rule,
            verdict.why,
            told,
            device=device,
            use=verdict.use or "training",
            **number,
        )
        return None

    def _processors(self, figure: Figure, text: str, at: int, end: int, before: str, following: str) -> None:
        """Processors count where a model was trained on them: "128,000 CPU cores", "200 CPUs"."""
        verdict = judge.hardware(text, at, end, before, True)
        if (
            not verdict.is_fact
            or verdict.use == "inference"
            or not re.search(r"train|learn|self-play|evol|comput", text, re.IGNORECASE)
        ):
            return self._note(figure, "processors without a run")
        cores = re.search(r"cores?\b", self.text[figure.end : figure.span[1]], re.IGNORECASE)
        assert figure.quantity is not None
        self._add(
            figure,
            "hardware",
            figure.rule,
            verdict.why,
            senses(text, at, end, following),
            device="CPU core" if cores else "CPU",
            use="training",
            **_number(figure.quantity),
        )
        return None

    def _nodes(self, text: str, at: int, end: int) -> tuple[_Node, Decimal] | None:
        """Return the nodes that hold the devices counted at [at, end) of a sentence, and how many there are."""
        base = self.sentence.start
        found = None
        for match in _NODE.finditer(text, max(0, at - 140), at):
            between = text[match.end() : at]
            if (
                _EACH.search(between)
                and not read_quantities(between)
                and not re.search(r"[.;]|\b(?:plus|versus|then|or|while)\b", between)
                and len(between) < 80
            ) or re.fullmatch(
                r",?\s*(?:each )?(?:of|with|w/|x|×|having|containing|housing)\s*(?:up to )?", between
            ):
                found = match
        if found is None:
            for match in _NODE.finditer(text, end, min(len(text), end + 110)):
                between = text[end : match.start()]
                # "8 GPUs on each of 16 nodes", "8 A100s per node on 4 nodes"
                if re.search(
                    r"\b(?:on each of|in each of|per (?:node|server|machine|host)(?: (?:on|across|over|with))?|each (?:on|across))\s*$",
                    between,
                ) and not re.search(r"[.;]", between):
                    found = match
        if found is None and (
            each := re.search(
                r"\bper (?:node|server|machine|host|box)\b", text[end : end + 60], re.IGNORECASE
            )
        ):
            del each
            others = [m for m in _NODE.finditer(text) if m.end() <= at or m.start() >= end]
            found = others[0] if others else None
        if found is None:
            return None
        quantities = read_quantities(found["count"])
        if not quantities or quantities[0].value is None:
            return (
                (_Node(base + found.start(), base + found.end(), "=", None), Decimal(1))
                if re.match(r"an?\b|single|one", found["count"], re.IGNORECASE)
                else None
            )
        named = devices(found[0], 0, len(found[0]))
        device = None
        if named:
            device = re.sub(r"^(?:DGX|HGX)[ -]?", "", named[0].name) or None
            device = {"1": "V100", "2": "V100"}.get(device or "", device)
        return _Node(base + found.start(), base + found.end(), quantities[0].op, device), quantities[0].value

    def _device_before(self, at: int) -> str | None:
        """Return the last type of accelerator named in the 800 characters before a place."""
        found = [
            d for d in devices(self.text, max(0, at - 800), at) if d.name not in ("GPU", "TPU", "NPU", "CPU")
        ]
        return found[-1].name if found else None

    def _resolved(self, figure: Figure, text: str, at: int, end: int) -> str:
        """Return the type that an untyped accelerator stands for, or "GPU"."""
        quantity = figure.quantity
        for fact in self.facts:
            if (
                fact.kind == "hardware"
                and fact.device not in ("GPU", None)
                and quantity is not None
                and fact.value is not None
                and fact.value == quantity.value
            ):
                return fact.device
        if re.search(r"\b(?:same|those|these)\b", text[max(0, at - 15) : end + 25]):
            return self._device_before(figure.at) or "GPU"
        beside = [
            d
            for d in devices(text, end, min(len(text), end + 60))
            if d.name not in ("GPU", "TPU", "NPU", "CPU")
        ]
        if beside and re.match(
            r"[\w\s]{0,25}\((?:NVIDIA |Nvidia |all )?$|[\w\s]{0,20}, (?:all|mostly|each an?) $|[\w\s]{0,20} of (?:the )?(?:type )?$",
            text[end : beside[0].start],
        ):
            return beside[0].name
        return self._type_near(figure.at, figure.end, only=False)

    def _shape_of_unknown(self, figure: Figure) -> str:
        """Name an accelerator that no shape knows: the words with a digit, or in capitals, before the noun."""
        between = self.text[figure.end : figure.span[1]]
        words = [word.strip(",.()") for word in re.sub(r"['’]s\b", "", between).split()][:-1]
        named = [word for word in words if any(c.isdigit() for c in word) and word[:1].isalpha()]
        if named:
            return named[-1]
        capital = [word for word in words if word[:1].isupper() and word.lower() not in _MAKERS]
        return capital[-1] if capital and len(words) <= 3 else "GPU"

    def _device(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        if figure.device in ("GPU", "CPU", "NPU", "TPU"):
            return self._note(figure, "an accelerator without a type or a count")
        self.last_device = (figure.device or "GPU", figure.at)
        if any(
            other.kind in ("hardware", "device_hours", "price") and other.device == figure.device
            for other in figures
        ):
            return self._note(figure, "counted beside")
        verdict = judge.hardware(text, at, end, before, False, topical=self.topical)
        if (
            verdict.why == "hardware.no-training"
            and self.topical
            and re.search(
                r"\b(?:built|developed|made|created|trained|prepared)\b[^.;]{0,60}\b(?:on|from|with|using)\s+(?:the |an? )?(?:\w+ )?$",
                text[:at],
                re.IGNORECASE,
            )
        ):
            verdict = judge.Verdict(True, "hardware.built-on")
        if not verdict.is_fact or verdict.use == "inference":
            return self._note(figure, verdict.why)
        start, _ = judge.clause(text, at, end)
        if not re.search(
            r"\b(?:train\w*|run|ran|runs|using|used|uses|experiments?|hardware|on|with|across)\b",
            text[max(start, at - 90) : at],
            re.IGNORECASE,
        ) and not re.search(r"\btrain", text[end : end + 40], re.IGNORECASE):
            return self._note(figure, "no training in front of it")
        if re.search(
            r"\b(?:like|than|as fast as|versus|vs\.?|compared (?:to|with)|such as|faster than|cheaper than|cousin of|including|successor|per)\s+(?:an? |the |Nvidia['’]s )?$",
            text[:at],
            re.IGNORECASE,
        ):
            return self._note(figure, "named to compare")
        told = senses(text, at, end, following)
        device = figure.device
        if figure.slice:
            return self._slice(figure, told, verdict.use)
        self._add(
            figure,
            "hardware",
            figure.rule,
            verdict.why,
            told,
            device=device,
            use=verdict.use or "training",
            value=None,
        )
        return None

    def _slice(self, figure: Figure, told: dict[str, str], use: str | None) -> None:
        """TPU v3-512: a slice of 512 cores (v2, v3: two a chip) or chips, as the text counts them."""
        assert figure.slice is not None
        self._add(
            figure,
            "hardware",
            "hardware.tpu-slice",
            "a slice's number",
            told,
            device=figure.device,
            use=use or "training",
            value=Decimal(figure.slice),
        )

    def _type_near(self, at: int, end: int, *, only: bool = True) -> str:
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
        if found := typed(end, stop):
            return found[0]
        block = max(self.text.rfind("\n\n", 0, start), 0)
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
        device = figure.device or "GPU"
        if figure.device == "CPU" or (
            figure.device is None and re.search(r"\bcores?[ -]", shown, re.IGNORECASE)
        ):
            device = "CPU core"
        if device == "GPU":
            device = self._type_near(figure.at, figure.span[1])
        if re.search(
            r"\b(?:save[sd]?|saving|free|worth of|donat\w+|grant\w*|alloc\w+|award\w*|credits?|sells?|sold|offers?|rent out|available)\b",
            text[max(0, at - 50) : at],
            re.IGNORECASE,
        ) and not re.search(r"train|run\b", text, re.IGNORECASE):
            return self._note(figure, "given or sold, not spent on a run")
        if quantity.vague:
            return self._note(figure, "only an order of magnitude")
        self._add(
            figure,
            "device_hours",
            figure.rule,
            "hours of a device",
            senses(text, at, end, following),
            device=device,
            **_number(quantity, HOURS[{"hr": "hour"}.get(unit, unit)]),
        )
        return None

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
        if judge.law(text[slice(*judge.clause(text, at, end))]) and not re.search(
            r"\b(?:used|took|required|consumed|needed|spent)\s+(?:about |around |roughly |some |~)?$",
            text[:at],
        ):
            return self._note(figure, "a legal threshold")
        if (
            quantity.unit == "FLOP"
            and re.search(
                r"[a-z]flops$|[PETZ]FLOPS$", self.text[figure.end : quantity.unit_end or figure.end]
            )
            and _SPEED.search(text[max(0, at - 70) : end + 70])
        ):
            return self._note(figure, "a machine's speed")
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
        return None

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
        inside = re.split(
            r",\s|\b(?:as much as|equivalent to|enough (?:to|for)|what |the same as|comparable to|roughly the|about the|equal to|like )",
            text[at:stop],
        )[0]
        inside = text[start:at] + inside
        other = judge.cues("mass", "not_run").search(inside)
        if other and not re.search(r"\btrain", inside, re.IGNORECASE):
            return self._note(figure, f"of something else ({other[0].lower()})")
        if not self.topical and not re.search(
            r"train|\brun|model|pre-?train|comput|footprint", text + before[-300:], re.IGNORECASE
        ):
            return self._note(figure, "no training in sight")
        factor = Decimal(1) / 3600000 if quantity.unit == "J" else Decimal(1)
        self._add(
            figure,
            kind,
            figure.rule,
            "of a run",
            senses(text, at, end, following),
            **_number(quantity, factor),
        )
        return None

    def _price(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        device = figure.device
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        start, stop = judge.clause(text, at, end)
        inside = text[start:stop]
        near = any(f.device for f in figures)
        if device in (None, "GPU"):
            if not near and (_WAGES.search(inside) or not _RENTED.search(text + " " + before[-300:])):
                return self._note(figure, "no device in sight, or people's pay")
            device = self._type_near(figure.at, figure.end)
        if (
            figure.per == "unit"
            and top < 50
            and re.search(r"\brates?\b|\bhours?\b|hourly|on-demand|rent", text + before[-150:], re.IGNORECASE)
        ):
            figure = replace(figure, per="hour")
        if quantity.unit in ("USD", "EUR", "GBP") and (
            (figure.per == "hour" and top > 2000) or (figure.per == "unit" and not 50 <= top <= 5 * 10**6)
        ):
            return self._note(figure, "not in the range of a device's price")
        self._add(
            figure,
            "price",
            figure.rule,
            "a price of a device",
            senses(text, at, end, following),
            device=device or "GPU",
            currency=quantity.unit,
            per=figure.per,
            provider=_provider(text),
            **_number(quantity),
        )
        return None

    def _money(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None
        low = quantity.value if quantity.value is not None else quantity.low
        assert low is not None
        near = [f.device for f in figures if f.device]
        each = re.match(
            r"\s(?:each|apiece|per (?:card|chip|GPU|unit|accelerator|board|device|piece))\b",
            text[end : end + 30],
            re.IGNORECASE,
        )
        if each and low < 50 and re.search(r"\bhours?\b", before[-200:] + text, re.IGNORECASE):
            self._price(
                replace(figure, kind="price", rule="price.each-hour", per="hour", device=None),
                text,
                at,
                end,
                before,
                following,
                figures,
            )
            return None
        if each and (near or _CARDS.search(text)):
            self._price(
                replace(figure, kind="price", rule="price.each", per="unit", device=None),
                text,
                at,
                end,
                before,
                following,
                figures,
            )
            return None
        hourly = next(
            (
                f
                for f in figures
                if f.kind == "price" and f.per == "hour" and f.at > figure.at and f.at - figure.end < 30
            ),
            None,
        )
        if (
            hourly is not None
            and low < 1000
            and re.fullmatch(
                r"[\w\s,.-]*?\b(?:to|and|or|from|now|then|today|by)\b[\w\s,.-]{0,18}",
                text[end : hourly.at - self.sentence.start],
            )
        ):
            self._price(
                replace(
                    figure, kind="price", rule="price.beside-an-hourly-one", per="hour", device=hourly.device
                ),
                text,
                at,
                end,
                before,
                following,
                figures,
            )
            return None
        if (
            low < 500
            and re.search(
                r"\bhourly\b|\b(?:an|per|by the)[ -](?:\w+[ -])?hour\b|/h(?:ou)?r\b", text, re.IGNORECASE
            )
            and (near or _CARDS.search(text))
            and not judge.is_rate(text, end)
            and not _WAGES.search(text)
            and not re.search(r"\b(?:train\w*|run|total|bill)\b", text[max(0, at - 30) : at], re.IGNORECASE)
        ):
            self._price(
                replace(figure, kind="price", rule="price.hourly-rate", per="hour", device=None),
                text,
                at,
                end,
                before,
                following,
                figures,
            )
            return None
        earlier = next(
            (
                f
                for f in reversed(self.facts[-4:])
                if f.kind == "price" and f.per == "hour" and f.part == self.part
            ),
            None,
        )
        if (
            earlier is not None
            and not judge.is_rate(text, end)
            and earlier.value
            and figure.at - earlier.at < 420
            and earlier.value / 20 < low < earlier.value * 20
            and low < 100
            and not re.search(
                r"\b(?:wages?|workers?|annotators?|labell?\w+|earn\w*|salar\w+|contractors?|subscri\w+|tokens?|users?)\b",
                text[max(0, at - 60) : end + 40],
                re.IGNORECASE,
            )
        ):
            self._price(
                replace(figure, kind="price", rule="price.after-an-hourly-one", per="hour", device=None),
                text,
                at,
                end,
                before,
                following,
                figures,
            )
            return None
        own = any(
            first == figure.end + gap
            for first, _ in self._names_in(figure.sentence)
            for gap in self._gaps_to_name(figure.end)
        )
        verdict = judge.money(
            text,
            at,
            end,
            before,
            float(low),
            named=self.named,
            topical=self.topical,
            of_name=own,
            listing=_LISTING.match(text) is not None,
        )
        if (
            verdict.is_fact
            and low >= 3 * 10**8
            and re.search(r"\b(?:paid|pays|pay|paying)\s+(?:\w+\s+){0,2}$", text[:at])
            and re.match(r"\s(?:in cash |in stock )?for [A-Z]", text[end:])
            and not re.search(r"\btrain", text)
        ):
            return self._note(figure, "the price of a company")
        if verdict.is_fact and figure.sentence.kind == "heading" and quantity.value is None:
            return self._note(figure, "a heading's range over several models")
        if not verdict.is_fact:
            return self._note(figure, verdict.why)
        if judge.law(text[slice(*judge.clause(text, at, end))]):
            return self._note(figure, "a legal threshold")
        told = senses(text, at, end, following)
        self._add(
            figure,
            "cost",
            verdict.why.partition(" ")[0],
            verdict.why,
            told,
            currency=quantity.unit,
            scope=verdict.scope,
            period=verdict.period,
            basis=self._basis(told, text, before),
            **_number(quantity),
        )
        return None

    def _gaps_to_name(self, end: int) -> list[int]:
        """Return how far behind a sum a name begins that the sum is "for" or "on", if one does."""
        lead = re.match(r"\s(?:for|on) (?:the )?", self.text[end : end + 10])
        return [lead.end()] if lead else []

    def _basis(self, told: dict[str, str], text: str, before: str) -> str:
        """Return a cost's basis; a line of a list takes its introduction's."""
        found = basis(told)
        if (
            found == "reported"
            and re.search(r"\b(?:list|table|ranking|chart|top)\b", text)
            and re.search(r"\bestimat", before[-320:])
        ):
            return "estimated"
        if (
            found == "reported"
            and _LISTING.match(text)
            and re.search(
                r"\bestimate|\bestimated\b|\breckon|at (?:\w+ )?cloud prices",
                self.text[max(0, self.sentence.start - 1500) : self.sentence.start],
                re.IGNORECASE,
            )
        ):
            return "estimated"
        return found

    def _time(
        self, figure: Figure, text: str, at: int, end: int, before: str, following: str, figures: list[Figure]
    ) -> None:
        quantity = figure.quantity
        assert quantity is not None and quantity.unit is not None
        unit_end = (quantity.unit_end or figure.end) - figure.sentence.start
        top = quantity.value if quantity.value is not None else quantity.high
        assert top is not None
        if (
            ((quantity.unit == "hour" and top >= 20000) or (quantity.unit == "year" and top >= 50))
            and not judge.cues("time", "not_after").match(text[unit_end : unit_end + 70])
            and (any(f.device for f in figures) or _RENTED.search(before[-300:]))
        ):
            device = self._type_near(figure.at, figure.end)
            self._add(
                replace(figure, kind="device_hours"),
                "device_hours",
                "hours.too-many-for-a-clock",
                "hours of devices, summed",
                senses(text, at, unit_end, following),
                device=device,
                **_number(quantity, HOURS[quantity.unit]),
            )
            return None
        verdict = judge.time(text, at, unit_end, before, quantity.unit, float(top), named=self.named, topical=self.topical, paid=any(fact.kind == "cost" and fact.scope == "training" and 0 < figure.at - fact.at_end < 22 for fact in self.facts[-8:]),
                             devices=any(fact.kind in ("hardware", "device_hours") and fact.use != "inference" and fact.start == figure.sentence.start for fact in self.facts[-8:]))  # fmt: skip
        if not verdict.is_fact:
            last = self.facts[-1] if self.facts else None  # durations come last, so it is the one before
            if (
                last is None
                or last.kind != "duration"
                or not _LIST.fullmatch(self.text, last.at_end, figure.at)
                or verdict.why.startswith("time.of")
            ):
                return self._note(figure, verdict.why)
            verdict = judge.Verdict(True, "time.in-a-list")
        self._add(
            figure,
            "duration",
            verdict.why,
            verdict.why,
            senses(text, at, unit_end, following),
            **_number(quantity, HOURS[quantity.unit]),
        )
        return None
