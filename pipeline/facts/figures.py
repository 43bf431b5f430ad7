"""Figures -> facts without a model: kind, value, comparator, device, scope, basis, role, sense, evidence.

The reader goes through an article sentence by sentence and hands each figure to the reader of its kind: sizes, hardware,
money, runs, bare (numbers whose unit is left out), rows (of tables). The linker (pipeline.facts.linking) then says which
model each fact is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from pipeline.facts import bare, hardware, money, rows, runs, sizes, tables, trends
from pipeline.facts.common import Here, Page
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import Figure, find
from pipeline.mentions.names import Name
from pipeline.mentions.sentences import Sentence

#: A sentence with more figures than this is no prose and is passed over.
MOST_FIGURES: Final = 60
_KEY_VALUE: Final = re.compile(r"[-*•\s]{0,4}([A-Z][^:.!?\n]{2,78}):\s+(?=[^\n]{1,90}$)")
_READERS: Final[dict[str, Callable[[Page, Here], None]]] = {
    "parameters": sizes.parameters,
    "tokens": sizes.tokens,
    "hardware": hardware.hardware,
    "device": hardware.device,
    "money": money.money,
    "price": money.price,
    "time": runs.time,
    "device_hours": runs.device_hours,
    "compute": runs.compute,
    "energy": runs.footprint,
    "emissions": runs.footprint,
    "none": bare.bare,
}


class Reader(Page):
    """Reads one article; keeps its facts and every mention met on the way."""

    def __init__(
        self, text: str, sentences: Sequence[Sentence], *, part: str = "text", names: Iterable[Name] = ()
    ) -> None:
        super().__init__(text, part=part, names=names)
        self.sentences = sentences

    def read(self) -> None:
        """Fill facts and mentions, in text order."""
        heads: list[tables.Column | None] = []
        table: int | None = None
        for index, sentence in enumerate(self.sentences):
            if sentence.kind == "table_row":
                if sentence.table != table or table is None:
                    table, heads = sentence.table, []
                    if found := rows.heads(self, sentence):
                        heads = found
                        continue
                self._row(sentence, heads)
                continue
            figures, words = find(self.text, sentence, self.names_in(sentence))
            if len(figures) > MOST_FIGURES:
                continue
            if not figures or words is None:
                self.sentence = sentence
                self._trends(sentence, figures)
                continue
            following = ""
            if index + 1 < len(self.sentences) and (
                self.sentences[index + 1].block == sentence.block or self.text[sentence.end - 1] == "?"
            ):
                nxt = self.sentences[index + 1]
                following = self.text[nxt.start : nxt.end]
            before = self.text[max(0, sentence.start - 500) : sentence.start]
            self._sentence(sentence, figures, before, following)

    def _row(self, sentence: Sentence, heads: list[tables.Column | None]) -> None:
        """Read a row by the heads of its columns, or by its first cell; where neither speaks, its cells like sentences."""
        self.sentence = sentence
        if rows.row(self, sentence, heads):
            return
        for start, end in tables.cells(self.text, sentence.start, sentence.end):
            cell = Sentence(start, end, sentence.kind, sentence.block, sentence.table)
            figures, words = find(self.text, cell, self.names_in(cell)) if start < end else ([], None)
            if figures and words is not None:
                self._sentence(sentence, [replace(figure, sentence=sentence) for figure in figures], "", "")

    def _sentence(self, sentence: Sentence, figures: list[Figure], before: str, following: str) -> None:
        text = self.text[sentence.start : sentence.end]
        self.sentence = sentence
        self.named = bool(self.names_in(sentence))
        if sentence.kind != "table_row":
            self._trends(sentence, figures)
        count = len(self.facts)
        # times last: whether one was spent on training hangs on the devices and costs beside it
        for figure in sorted(figures, key=lambda held: held.kind == "time"):
            read = _READERS.get(figure.kind)
            if read is None:
                self.note(figure, "no kind")
                continue
            at, end = figure.at - sentence.start, figure.end - sentence.start
            read(self, Here(figure, text, at, end, before, following, tuple(figures)))
        if (
            all(fact.kind == "price" for fact in self.facts[count:])
            and sentence.kind != "table_row"
            and (line := _KEY_VALUE.match(text))
            and (column := tables.column(line[1])) is not None
            and column.kind not in ("none", "price")
        ):
            typed = [d.name for d in devices(text, 0, len(text)) if d.name not in ("GPU", "CPU", "NPU")]
            rows.number_cell(
                self, sentence, replace(sentence, start=sentence.start + line.end()), column, typed
            )

    def _trends(self, sentence: Sentence, figures: list[Figure]) -> None:
        placed = [
            (f.at - sentence.start, f.end - sentence.start, f.quantity)
            for f in figures
            if f.quantity is not None
        ]
        for trend in trends.trends(self.text[sentence.start : sentence.end], placed):
            figure = Figure(
                "trend", sentence.start + trend.at, sentence.start + trend.end, sentence, trend.rule
            )
            self.add(
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
