"""Rows of tables, and lines like "Training cost: 40": the head or the first cell says what a number is."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from pipeline.facts import tables
from pipeline.facts.common import HOURS, PETAFLOP_DAY, Page, amount, provider
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import MONEY, Figure
from pipeline.mentions.sentences import Sentence
from pipeline.numbers import read_quantities

#: A cell that is a device's name and nothing else.
_NAMED: Final = re.compile(
    r"(?:(?:NVIDIA|Nvidia|AMD|Google|Intel|Huawei) )?[A-Z][\w-]*(?: ?v?\d[\w.-]*)?(?: (?:SXM|PCIe|\d+ ?GB))?"
)


def heads(page: Page, sentence: Sentence) -> list[tables.Column | None]:
    """Return what the columns hold, where a table's first row is a row of heads; [] where it is none."""
    row = [page.text[a:b] for a, b in tables.cells(page.text, sentence.start, sentence.end)]
    found = tables.columns(row)
    numbers = sum(bool(re.search(r"\d", re.sub(r"\(.*?\)|CO2\S*", "", cell))) for cell in row[1:])
    told = any(column is not None and column.kind != "none" for column in found[1:])
    return found if told and numbers <= len(row) // 3 else []


def row(page: Page, sentence: Sentence, heads: list[tables.Column | None]) -> bool:
    """Read a row by the heads of its columns, or by its first cell; return whether either speaks."""
    places = tables.cells(page.text, sentence.start, sentence.end)
    first = None
    if not heads and 2 <= len(places) <= 9:
        first = tables.column(page.text[places[0][0] : places[0][1]])
        if (
            first is not None
            and first.kind == "hardware"
            and _NAMED.fullmatch(page.text[slice(*places[0])].strip())
        ):
            first = None  # a device, and what is said of it
    if not heads and first is None:
        return False
    typed = [
        d.name
        for d in devices(page.text, sentence.start, sentence.end)
        if d.name not in ("GPU", "CPU", "NPU")
    ]
    counted = any(
        number < len(heads)
        and (head := heads[number]) is not None
        and head.kind == "hardware"
        and re.fullmatch(r"[\s\d,.~≈kK]+", page.text[a:b])
        for number, (a, b) in enumerate(places)
    )
    for number, (start, end) in enumerate(places):
        column = heads[number] if number < len(heads) else first
        if number == 0 or start >= end or column is None:
            continue
        if column.kind == "hardware" and counted and not re.match(r"[\s\d,.~≈kK]+$", page.text[start:end]):
            continue  # the device of the count beside it
        if column.kind == "price" and heads:
            price_cell(page, sentence, start, end, column, typed)
        elif column.kind != "none":
            cell = Sentence(start, end, sentence.kind, sentence.block, sentence.table)
            number_cell(page, sentence, cell, column, typed)
    return True


def price_cell(
    page: Page, row: Sentence, start: int, end: int, column: tables.Column, typed: list[str]
) -> None:
    """A device's hourly price: the row names the device, the head the money."""
    for quantity in read_quantities(page.text, start, end)[:1]:
        currency = quantity.unit if quantity.unit in MONEY else column.currency
        if currency is None or not typed or quantity.value is None or quantity.value > 2000:
            continue
        figure = Figure("price", quantity.start, quantity.end, row, "table.price", quantity)
        rented_by = provider(page.text[row.start : row.end])
        page.add(
            figure,
            "price",
            "table.price",
            "by its column",
            None,
            device=typed[0],
            currency=currency,
            per="hour",
            provider=rented_by,
            **amount(quantity),
        )


def number_cell(page: Page, row: Sentence, cell: Sentence, column: tables.Column, typed: list[str]) -> None:
    """Make the facts of one cell whose column is known."""
    text = page.text[cell.start : cell.end]
    kind = column.kind
    quantities = list(read_quantities(page.text, cell.start, cell.end))
    named = devices(page.text, cell.start, cell.end)
    quantities = [q for q in quantities if not any(d.start < q.end and q.start < d.end for d in named)]
    if kind == "hardware" and not quantities and named and named[0].name not in ("GPU", "CPU"):
        figure = Figure("hardware", named[0].start, named[0].end, row, "table.device", device=named[0].name)
        page.add(
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
        scaled = re.search(r"[A-Za-z×^]", page.text[quantity.start : quantity.end]) is not None
        scale = Decimal(1) if scaled else column.scale
        unit = quantity.unit
        extra: dict[str, Any] = {}
        if kind == "parameters":
            near = text[max(0, quantity.start - cell.start - 12) : quantity.end - cell.start + 14]
            paired = len(quantities) == 2 and re.search(r"\d\w* ?/ ?~?\d", text) is not None
            extra["role"] = (
                ("total" if quantity is quantities[0] else "active")
                if paired and column.role
                else column.role or ("active" if re.search(r"activ", near, re.IGNORECASE) else "total")
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
            if extra["device"] in ("GPU", "TPU"):
                extra["device"] = typed[0] if typed else page.type_near(row.start, row.end)
        elif kind == "cost":
            extra.update(
                currency=unit if unit in MONEY else column.currency, scope="training", basis="reported"
            )
            if extra["currency"] is None or unit in HOURS:
                continue
            if column.estimated or re.search(r"est|~|approx", text, re.IGNORECASE):
                extra["basis"] = "estimated"
        elif kind == "duration":
            short = re.match(r"\s?([dhw])\b", page.text[quantity.end : cell.end])
            spoken = (
                unit
                if unit in HOURS
                else {"d": "day", "h": "hour", "w": "week"}[short[1]]
                if short
                else column.unit
            )
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
        number = amount(quantity, scale)
        top = number["value"] if number["value"] is not None else number.get("high")
        low = {"parameters": 10**5, "tokens": 10**6, "compute": 10**15, "cost": 20}.get(kind, 0)
        if top is None or top <= low or (unit in ("%", "fold", "byte", "W") and kind != "hardware"):
            continue
        page.add(figure, kind, f"table.{kind}", "by its column", None, **number, **extra)
