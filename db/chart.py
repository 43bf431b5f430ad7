"""A timeline as a picture: SVG drawn here, PNG made from it without a network.

Money and sizes span many powers of ten, so the scale is logarithmic; a range is a bar from end to
end; what is reported, estimated, projected or hypothetical differs in shape and in colour (Okabe and
Ito's colours, told apart with any colour vision); labels never lie on each other or on a mark.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from schemas.terminal import safe_line

WIDTH, PLOT_HEIGHT = 1200.0, 560.0
LEFT, RIGHT, TOP = 104.0, 44.0, 122.0
FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK, SOFT, GRID, FAINT = "#1a1a1a", "#5c5c5c", "#dedede", "#efefef"

MOST_LABELLED = 400  # marks that are tried for a label, records and the greatest first
DENSE = 1500  # marks from which they are drawn small, and those on one spot only once
MANY = 6000  # marks from which no single one can be seen: shaded cells and the median of each year
CELL, SHADES = 8.0, 6  # pixels of a cell, and how many shades it may have

#: basis -> colour, name in the legend
STYLES = {
    "reported": ("#0072B2", "reported"),
    "estimated": ("#D55E00", "estimated"),
    "projected": ("#009E73", "projected"),
    "hypothetical": ("#8a5a9e", "hypothetical"),
}
_NARROW, _WIDE = set("ijlt.,:;'|!()[]f -·"), set("mwMW@%—")
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class Mark:
    """One claim to draw: day, value or ends (all > 0), op, basis, its label, and what hovering shows."""

    day: dt.date
    value: float | None
    low: float | None
    high: float | None
    op: str
    basis: str
    label: str
    figure: str
    tip: str

    @property
    def middle(self) -> float:
        """Where the mark stands: the value, else the geometric mean of the ends."""
        if self.low is not None and self.high is not None:
            return math.sqrt(self.low * self.high)
        return self.value or 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a picture says in words, beside its marks. unit: "$" or "", for the axis."""

    title: str
    subtitle: str
    marks: tuple[Mark, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    source: str = ""


@dataclass(slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return not (
            self.right <= other.left
            or other.right <= self.left
            or self.bottom <= other.top
            or other.bottom <= self.top
        )


class _Taken:
    """Where something is drawn already, in a grid of 40 pixels so that asking stays quick."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[_Box]] = {}

    def _over(self, box: _Box) -> list[tuple[int, int]]:
        return [
            (column, row)
            for column in range(int(box.left // 40), int(box.right // 40) + 1)
            for row in range(int(box.top // 40), int(box.bottom // 40) + 1)
        ]

    def add(self, box: _Box) -> None:
        for cell in self._over(box):
            self._cells.setdefault(cell, []).append(box)

    def free(self, box: _Box) -> bool:
        return not any(box.meets(other) for cell in self._over(box) for other in self._cells.get(cell, ()))


@dataclass(slots=True)
class _Frame:
    first: dt.date
    last: dt.date
    low: float
    high: float
    out: list[str] = field(default_factory=list)

    def x(self, day: dt.date) -> float:
        span = (self.last - self.first).days or 1
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / span

    def y(self, value: float) -> float:
        share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return TOP + PLOT_HEIGHT * (1 - share)


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a plain sans-serif, pixels (a little more than it takes)."""
    total = 0.0
    for c in text:
        if unicodedata.east_asian_width(c) in "WF":
            total += 1.02
        elif c in _NARROW:
            total += 0.34
        elif c in _WIDE:
            total += 0.92
        elif c.isupper():
            total += 0.71
        else:
            total += 0.565
    return total * size


def clean(text: str) -> str:
    """Return text safe inside an SVG element or attribute: escaped, and without what XML forbids."""
    told = "".join(c for c in safe_line(text) if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
    return escape(told, {'"': "&quot;", "'": "&apos;"})


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float = 13,
    colour: str = INK,
    anchor: str = "start",
    bold: bool = False,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{clean(text)}</text>"
    )


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return text in lines of at most width pixels (a longer word stands alone)."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def _tick(value: float, unit: str) -> str:
    if unit == "$" or value < 1e15:
        for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
            if value >= size:
                return f"{unit}{value / size:g}{word}"
        return f"{unit}{value:,.0f}" if value >= 1 else f"{unit}{value:g}"
    power = math.floor(math.log10(value) + 1e-9)
    front = value / 10**power
    head = "" if abs(front - 1) < 1e-6 else f"{front:g}×"
    return f"{head}10{str(power).translate(_SUPERSCRIPT)}"


def _ticks(low: float, high: float) -> list[tuple[float, bool]]:
    """Return values for the grid with whether each has a label: powers of ten, with 2 and 5 if few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = last - first
    step = max(1, math.ceil(decades / 9))
    out = []
    for power in range(first, last + 1):
        for front in (1, 2, 5):
            value = front * 10.0**power
            if low * 0.999 <= value <= high * 1.001:
                major = front == 1 and (power - first) % step == 0
                out.append((value, major or high / low <= 250))
    return out


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the scale: 1, 2 or 5 times a power of ten, with room around the values."""

    def nice(value: float, *, up: bool) -> float:
        power = math.floor(math.log10(value))
        steps = [front * 10.0**at for at in (power - 1, power, power + 1) for front in (1, 2, 5)]
        return min(s for s in steps if s >= value) if up else max(s for s in steps if s <= value)

    low, high = nice(min(values) / 1.3, up=False), nice(max(values) * 1.3, up=True)
    while high / low < 10:
        low, high = nice(low / 1.01, up=False), nice(high * 1.01, up=True)
    return low, high


def _days(marks: Sequence[Mark]) -> tuple[dt.date, dt.date]:
    first, last = min(m.day for m in marks), max(m.day for m in marks)
    room = dt.timedelta(days=max(60, int((last - first).days * 0.04)))
    return first - room, last + room


def _x_ticks(first: dt.date, last: dt.date) -> list[tuple[dt.date, str]]:
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 30:
        step = max(1, math.ceil(months / 12 / 13))
        days = [dt.date(y, 1, 1) for y in range(first.year, last.year + 1) if y % step == 0]
        return [(day, str(day.year)) for day in days if first <= day <= last]
    step = 1 if months <= 10 else 3
    out = []
    for at in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = dt.date(at // 12, at % 12 + 1, 1)
        if first <= day <= last and (day.month - 1) % step == 0:
            out.append((day, f"{day:%b} {day.year}"))
    return out


def _shape(x: float, y: float, basis: str, size: float = 6.5) -> str:
    """Return the mark of a basis: filled circle, hollow diamond, hollow triangle, hollow square."""
    colour = STYLES.get(basis, STYLES["reported"])[0]
    hollow = f'fill="#fff" fill-opacity="0.85" stroke="{colour}" stroke-width="2.2"'
    if basis == "estimated":
        s = size * 1.15
        return f'<path d="M{x:.1f} {y - s:.1f}L{x + s:.1f} {y:.1f}L{x:.1f} {y + s:.1f}L{x - s:.1f} {y:.1f}Z" {hollow}/>'
    if basis == "projected":
        s = size * 1.1
        return f'<path d="M{x:.1f} {y - s:.1f}L{x + s:.1f} {y + s * 0.8:.1f}L{x - s:.1f} {y + s * 0.8:.1f}Z" {hollow}/>'
    if basis == "hypothetical":
        s = size * 0.9
        return f'<rect x="{x - s:.1f}" y="{y - s:.1f}" width="{2 * s:.1f}" height="{2 * s:.1f}" {hollow}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.92:.1f}" fill="{colour}" stroke="#fff" stroke-width="1.2"/>'


def _mark(frame: _Frame, mark: Mark, size: float = 6.5) -> tuple[list[str], list[_Box]]:
    x, y = frame.x(mark.day), frame.y(mark.middle)
    colour = STYLES.get(mark.basis, STYLES["reported"])[0]
    parts, boxes = [], [_Box(x - size - 1.5, y - size - 1.5, x + size + 1.5, y + size + 1.5)]
    line = f'stroke="{colour}" stroke-width="2" stroke-linecap="round"'
    if mark.low is not None and mark.high is not None:
        top, bottom = frame.y(mark.high), frame.y(mark.low)
        parts.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}M{x - 5:.1f} {top:.1f}H{x + 5:.1f}M{x - 5:.1f} {bottom:.1f}H{x + 5:.1f}" fill="none" {line}/>')  # fmt: skip
        boxes.append(_Box(x - 6, top - 2, x + 6, bottom + 2))
    elif mark.op in "<>":
        way = -1 if mark.op == ">" else 1
        tip = y + way * 21
        parts.append(f'<path d="M{x:.1f} {y:.1f}V{tip:.1f}M{x - 4:.1f} {tip - way * 5:.1f}L{x:.1f} {tip:.1f}L{x + 4:.1f} {tip - way * 5:.1f}" fill="none" {line}/>')  # fmt: skip
        boxes.append(_Box(x - 5, min(y, tip) - 1, x + 5, max(y, tip) + 1))
    parts.append(_shape(x, y, mark.basis, size))
    return [f"<g><title>{clean(mark.tip)}</title>", *parts, "</g>"], boxes


def _labels(frame: _Frame, marks: Sequence[Mark], taken: _Taken, *, figures: bool) -> list[str]:
    """Place labels where nothing is, the greatest record first; a model is named once where it is dense."""
    out: list[str] = []
    size = 12.5
    best = 0.0
    records = set()
    for index, mark in sorted(enumerate(marks), key=lambda pair: pair[1].day):
        if mark.middle > best:
            best = mark.middle
            records.add(index)
    order = sorted(range(len(marks)), key=lambda i: (i not in records, -marks[i].middle, marks[i].day))
    named: dict[str, int] = {}
    often = 9 if len(marks) <= 14 else 3 if len(marks) <= 45 else 1
    for index in order[:MOST_LABELLED]:
        mark = marks[index]
        if not mark.label or named.get(mark.label, 0) >= often:
            continue
        text = f"{mark.label}, {mark.figure}" if figures else mark.label
        width, x, y = text_width(text, size), frame.x(mark.day), frame.y(mark.middle)
        spot = _spot(x, y, width, size, taken)
        if spot is None:
            continue
        box, far = spot
        named[mark.label] = named.get(mark.label, 0) + 1
        taken.add(box)
        if far:
            near_x = min(max(x, box.left), box.right)
            near_y = box.bottom - 2 if box.bottom < y else box.top + 2
            out.append(
                f'<path d="M{x:.1f} {y:.1f}L{near_x:.1f} {near_y:.1f}" stroke="#9a9a9a" stroke-width="0.8"/>'
            )
        out.append(_text(box.left, box.bottom - 4, text, size=size))
    return out


def _spot(x: float, y: float, width: float, size: float, taken: _Taken) -> tuple[_Box, bool] | None:
    height = size + 4
    near = [(11.0, -height / 2), (-11.0 - width, -height / 2), (-width / 2, -height - 9.0), (-width / 2, 10.0),
            (9.0, -height - 3.0), (9.0, 3.0), (-9.0 - width, -height - 3.0), (-9.0 - width, 3.0)]  # fmt: skip
    far = [
        (dx, dy)
        for reach in (26.0, 44.0)
        for dx, dy in (
            (14.0, -height - reach),
            (-14.0 - width, -height - reach),
            (14.0, reach),
            (-14.0 - width, reach),
        )
    ]
    for index, (dx, dy) in enumerate([*near, *far]):
        box = _Box(x + dx, y + dy, x + dx + width, y + dy + height)
        inside = box.left >= LEFT + 2 and box.right <= WIDTH - 6 and box.top >= TOP - 14 and box.bottom <= TOP + PLOT_HEIGHT - 2  # fmt: skip
        if inside and taken.free(box):
            return box, index >= len(near)
    return None


def svg(picture: Picture) -> str:
    """Return the picture as an SVG document."""
    marks = [m for m in picture.marks if m.middle > 0 and (m.low is None or m.low > 0)]
    body: list[str] = []
    bottom = TOP + PLOT_HEIGHT
    if marks:
        body += _plot(picture, marks)
    else:
        body.append(
            _text(WIDTH / 2, TOP + 60, "No claim with a known day.", size=15, colour=SOFT, anchor="middle")
        )
        bottom = TOP + 110
    below = bottom + 58
    for text in picture.listed:
        for line in wrapped(text, WIDTH - 2 * 24, 12.5):
            body.append(_text(24, below, line, size=12.5, colour=INK))
            below += 17
    below += 6 if picture.listed else 0
    for text in (*picture.notes, picture.source):
        for line in wrapped(text, WIDTH - 2 * 24, 11.5):
            body.append(_text(24, below, line, size=11.5, colour=SOFT))
            below += 15
    height = below + 8
    head = [
        _text(24, 38, picture.title, size=24, bold=True),
        _text(24, 62, picture.subtitle, size=14, colour=SOFT),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" font-family="{clean(FONT)}">\n'
        f"<title>{clean(picture.title)}</title>\n"
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="#ffffff"/>\n'
        + "\n".join([*head, *_legend({m.basis for m in marks}, marks), *body])
        + "\n</svg>\n"
    )


def _legend(bases: set[str], marks: Sequence[Mark]) -> list[str]:
    out, x, y = [], 32.0, 90.0
    many = len(marks) > MANY
    for basis, (colour, name) in STYLES.items():
        if basis in bases:
            square = f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{colour}"/>'
            out += [square if many else _shape(x, y, basis), _text(x + 13, y + 4.5, name, size=13)]
            x += 13 + text_width(name, 13) + 28
    if many:
        out.append(
            f'<path d="M{x - 8:.1f} {y:.1f}h20" stroke="{INK}" stroke-width="2.5"/><circle cx="{x + 2:.1f}" cy="{y:.1f}" r="4" fill="{INK}"/>'
        )
        told = "median of the year; the darker a cell, the more claims, in the colour of most"
        return [*out, _text(x + 20, y + 4.5, told, size=13)]
    if any(m.low is not None for m in marks):
        out.append(f'<path d="M{x:.1f} {y - 9:.1f}V{y + 9:.1f}M{x - 5:.1f} {y - 9:.1f}H{x + 5:.1f}M{x - 5:.1f} {y + 9:.1f}H{x + 5:.1f}" stroke="{SOFT}" stroke-width="2" fill="none"/>')  # fmt: skip
        out.append(_text(x + 13, y + 4.5, "range", size=13))
        x += 13 + text_width("range", 13) + 28
    if any(m.op in "<>" and m.low is None for m in marks):
        out.append(f'<path d="M{x:.1f} {y + 9:.1f}V{y - 9:.1f}M{x - 4:.1f} {y - 4:.1f}L{x:.1f} {y - 9:.1f}L{x + 4:.1f} {y - 4:.1f}" stroke="{SOFT}" stroke-width="2" fill="none"/>')  # fmt: skip
        out.append(_text(x + 13, y + 4.5, "more than (up), up to (down)", size=13))
    return out


def _crowd(frame: _Frame, marks: Sequence[Mark], taken: _Taken) -> list[str]:
    """Draw very many marks: small, one path a basis, those that cover each other once, without hovering."""
    size = 3.4
    paths: dict[str, list[str]] = {}
    bars: dict[str, list[str]] = {}
    spots: set[tuple[int, int, str]] = set()
    for mark in marks:
        x, y = frame.x(mark.day), frame.y(mark.middle)
        basis = mark.basis if mark.basis in STYLES else "reported"
        if mark.low is not None and mark.high is not None:
            bars.setdefault(basis, []).append(f"M{x:.1f} {frame.y(mark.high):.1f}V{frame.y(mark.low):.1f}")
        spot = (int(x // 2), int(y // 2), basis)
        if spot in spots:
            continue
        spots.add(spot)
        taken.add(_Box(x - size - 1, y - size - 1, x + size + 1, y + size + 1))
        outline = {
            "reported": f"M{x:.1f} {y:.1f}h0",
            "estimated": f"M{x:.1f} {y - size:.1f}l{size} {size}l-{size} {size}l-{size} -{size}Z",
            "projected": f"M{x:.1f} {y - size:.1f}l{size} {1.8 * size:.1f}h-{2 * size}Z",
            "hypothetical": f"M{x - size:.1f} {y - size:.1f}h{2 * size}v{2 * size}h-{2 * size}Z",
        }[basis]
        paths.setdefault(basis, []).append(outline)
    out = []
    for basis, lines in sorted(bars.items()):
        out.append(f'<path d="{"".join(lines)}" fill="none" stroke="{STYLES[basis][0]}" stroke-width="1.2"/>')
    for basis, outlines in sorted(paths.items()):
        look = 'stroke-width="5.6" stroke-linecap="round"' if basis == "reported" else 'stroke-width="1.3"'
        fill = "none" if basis == "reported" else "#fff"
        out.append(
            f'<path d="{"".join(outlines)}" fill="{fill}" fill-opacity="0.7" stroke="{STYLES[basis][0]}" {look}/>'
        )
    return out


def _cells(frame: _Frame, marks: Sequence[Mark], taken: _Taken) -> list[str]:
    """Draw more marks than can be told apart: cells shaded by how many lie in them, and each year's median."""
    found: dict[tuple[int, int], Counter[str]] = {}
    years: dict[int, list[float]] = {}
    for mark in marks:
        spot = int(frame.x(mark.day) // CELL), int(frame.y(mark.middle) // CELL)
        found.setdefault(spot, Counter())[mark.basis if mark.basis in STYLES else "reported"] += 1
        years.setdefault(mark.day.year, []).append(mark.middle)
    most = math.log1p(max(told.total() for told in found.values()))
    paths: dict[tuple[str, int], list[str]] = {}
    for (column, row), told in sorted(found.items()):
        basis = max(STYLES, key=lambda name: told[name])
        shade = max(1, math.ceil(SHADES * math.log1p(told.total()) / most))
        x, y = column * CELL, row * CELL
        taken.add(_Box(x, y, x + CELL, y + CELL))
        paths.setdefault((basis, shade), []).append(f"M{x:g} {y:g}h{CELL:g}v{CELL:g}h-{CELL:g}z")
    out = [
        f'<path d="{"".join(cells)}" fill="{STYLES[basis][0]}" fill-opacity="{shade / SHADES:.2f}"/>'
        for (basis, shade), cells in sorted(paths.items())
    ]
    spots = [
        (min(max(frame.x(dt.date(year, 7, 2)), LEFT), WIDTH - RIGHT), frame.y(statistics.median(values)))
        for year, values in sorted(years.items())
    ]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    for colour, width, radius in (("#fff", 6.0, 6.0), (INK, 2.5, 4.0)):
        out.append(f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>' for x, y in spots]
    return out


def _plot(picture: Picture, marks: Sequence[Mark]) -> list[str]:
    values = [v for m in marks for v in (m.low or m.middle, m.high or m.middle)]
    first, last = _days(marks)
    frame = _Frame(first, last, *_bounds(values))
    out: list[str] = []
    bottom = TOP + PLOT_HEIGHT
    for value, labelled in _ticks(frame.low, frame.high):
        y = frame.y(value)
        out.append(f'<path d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}" stroke="{GRID if labelled else FAINT}"/>')
        if labelled:
            out.append(
                _text(LEFT - 10, y + 4.5, _tick(value, picture.unit), size=13, colour=SOFT, anchor="end")
            )
    for day, name in _x_ticks(first, last):
        x = frame.x(day)
        out.append(f'<path d="M{x:.1f} {TOP:g}V{bottom + 6:g}" stroke="{FAINT}"/>')
        out.append(_text(x, bottom + 24, name, size=13, colour=SOFT, anchor="middle"))
    out.append(f'<path d="M{LEFT:g} {bottom:g}H{WIDTH - RIGHT:g}" stroke="#8c8c8c"/>')
    taken = _Taken()
    if len(marks) > MANY:
        drawn = _cells(frame, marks, taken)
    elif len(marks) > DENSE:
        drawn = _crowd(frame, marks, taken)
    else:
        drawn = []
        for mark in sorted(marks, key=lambda m: (-(m.high or 0), m.day)):
            parts, boxes = _mark(frame, mark)
            drawn += parts
            for box in boxes:
                taken.add(box)
    out += _labels(frame, marks, taken, figures=len(marks) <= 14)
    return out + drawn


def drawn_table(
    title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool]
) -> str:
    """Return rows of text as a picture of a table: at most 60 rows, a cell at most 240 pixels wide."""
    size, most, pad = 12.5, 240.0, 14.0
    shown = [[_fitted(cell, most, size) for cell in row] for row in cells[:60]]
    widths = [
        max([text_width(name, size) * 1.08, *(text_width(row[i], size) for row in shown)]) + 2 * pad
        for i, name in enumerate(columns)
    ]
    width = max(sum(widths), text_width(title, 20) + 2 * pad, 320.0) + 20
    out = [_text(10 + pad, 34, title, size=20, bold=True)]
    y = 68.0
    for bold, row in [(True, list(columns)), *((False, row) for row in shown)]:
        x = 10.0
        for i, cell in enumerate(row):
            at, anchor = (x + widths[i] - pad, "end") if right[i] else (x + pad, "start")
            out.append(_text(at, y, cell, size=size, anchor=anchor, bold=bold))
            x += widths[i]
        out.append(f'<path d="M10 {y + 7:.1f}H{width - 10:.1f}" stroke="{INK if bold else GRID}"/>')
        y += 23
    if len(cells) > 60:
        out.append(_text(10 + pad, y + 4, f"and {len(cells) - 60} rows more", size=size, colour=SOFT))
        y += 23
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {y:.0f}" width="{width:.0f}" '
        f'height="{y:.0f}" role="img" font-family="{clean(FONT)}">\n<title>{clean(title)}</title>\n'
        f'<rect width="{width:.0f}" height="{y:.0f}" fill="#ffffff"/>\n' + "\n".join(out) + "\n</svg>\n"
    )


def _fitted(text: str, width: float, size: float) -> str:
    """Return text cut, with an ellipsis, to at most so many pixels."""
    text = safe_line(text)
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def png(document: str, *, scale: float = 2.0) -> bytes:
    """Return an SVG document as a PNG, scale times as large, drawn offline by vl-convert."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(document, scale=scale))


def tip(row: dict[str, Any], name: str, figure: str) -> str:
    """Return what hovering over a claim shows: name, figure, basis, day, sentence and address."""
    basis = f", {row['basis']}" if row.get("basis") else ""
    return f"{name}: {figure}{basis} ({row['claim_date']}). “{row['quote']}” {row['url'] or ''}"
