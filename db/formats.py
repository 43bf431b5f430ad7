"""Rows to text, one function a format; each format escapes its cells here and nowhere else.

Cells are None, bool, int, float, Decimal, date, datetime, str, bytes, or a list of these. Numbers are
written so that a reader of the format gets the same number back.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.errors import UsageError
from schemas.terminal import safe_line

WIDEST = 60  # characters of a cell in a terminal table
TEXT_FORMATS = ("table", "csv", "json", "md", "html")
FORMATS = (*TEXT_FORMATS, "parquet")
#: A cell that begins with one of these is a formula to a spreadsheet (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows. types: DuckDB's names of the columns' types where they are known, else ""."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    types: tuple[str, ...] = ()

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def plain(cell: object) -> object:
    """Return a cell as JSON takes it: exact numbers as numbers, times as ISO 8601."""
    if cell is None or type(cell) is str:  # most cells
        return cell
    if isinstance(cell, Decimal):
        if cell == cell.to_integral_value() and abs(cell) < 2**53:
            return int(cell)
        return float(cell)
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep="T", timespec="seconds") + ("Z" if cell.tzinfo is None else "")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, list | tuple | set):
        return [plain(item) for item in cell]
    if isinstance(cell, dict):
        return {str(key): plain(value) for key, value in cell.items()}
    if cell is None or isinstance(cell, str | bool | int):
        return cell
    return str(cell)


def _string(cell: object) -> str:
    """Return a cell as text for CSV: "" for none, true and false, lists as JSON."""
    value = plain(cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value)
    return str(value)


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet shows instead of running: a "'" before what begins a formula."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    """Plain ASCII numbers only: -1.5e3 is data, -1+cmd|'...' is not."""
    return text.lstrip("-").replace(".", "", 1).replace("e+", "", 1).replace("e-", "", 1).isascii() and (
        text.lstrip("-").replace(".", "", 1).replace("e+", "", 1).replace("e-", "", 1).isdigit()
    )


def csv_text(table: Table, *, spreadsheet: bool = False) -> str:
    """Return RFC 4180 CSV with a header row and newline line ends.

    spreadsheet: texts that a spreadsheet would take for formulas get a "'" in front.
    """
    lines = [",".join(_quoted(name) for name in table.columns)]
    for row in table.rows:
        cells = [_string(cell).replace("\0", "") for cell in row]  # NUL is no text, and breaks every reader
        if spreadsheet:
            cells = [spreadsheet_safe(cell) for cell in cells]
        lines.append(",".join(_quoted(cell) for cell in cells) or '""')
    return "\n".join(lines) + "\n"


_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def _quoted(cell: str) -> str:
    """Quote a CSV cell where it needs it (Python's csv leaves a lone carriage return bare)."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def json_text(table: Table) -> str:
    """Return a JSON array of objects, one row a line."""
    lines = [json.dumps({c: plain(v) for c, v in row.items()}, ensure_ascii=False) for row in table.dicts()]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def human(cell: object) -> str:
    """Return a cell as a person reads it in a table: thousands separated, dates as ISO 8601."""
    if type(cell) is str:
        return cell
    value = plain(cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        if abs(value) < 10_000:  # a year has no comma
            return str(value)
        return f"{value:,}" if abs(value) < 1e15 else f"{value:.4g}"
    if isinstance(value, float):
        if value and (abs(value) >= 1e15 or abs(value) < 1e-3):
            return f"{value:.4g}"
        told = f"{value:,.4f}" if abs(value) >= 10_000 else f"{value:.4f}"
        return told.rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(human(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else str(value)


def numeric(table: Table, index: int) -> bool:
    """Say whether a column holds numbers only (and at least one)."""
    told = [row[index] for row in table.rows if row[index] is not None]
    return bool(told) and all(
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in told
    )


def shortened(text: str, width: int) -> str:
    """Return text of at most width characters, with an ellipsis where it was cut."""
    return text if len(text) <= width else text[: max(width - 1, 1)].rstrip() + "…"


def table_text(table: Table, *, widest: int = WIDEST) -> str:
    """Return a table for a terminal: aligned columns, numbers to the right, control characters shown."""
    if not table.columns:
        return ""
    cells = [[shortened(safe_line(human(cell)), widest) for cell in row] for row in table.rows]
    heads = [safe_line(name) for name in table.columns]
    widths = [max([len(head), *(len(row[i]) for row in cells)]) for i, head in enumerate(heads)]
    right = [numeric(table, i) for i in range(len(heads))]

    def line(parts: Sequence[str]) -> str:
        padded = (
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(parts, widths, right, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([line(heads), rule, *(line(row) for row in cells)]) + "\n"


_MARKDOWN = str.maketrans({c: "\\" + c for c in "\\`*_{}[]()#+!|~$>"} | {"<": "&lt;", "&": "&amp;", "\0": ""})


def markdown_cell(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no HTML, no link."""
    told = safe_line(text).translate(_MARKDOWN)
    return told.replace("://", ":&#47;&#47;").replace("www.", "www&#46;").replace("@", "&#64;")


def markdown_text(table: Table) -> str:
    """Return a GitHub-flavoured Markdown table."""
    marks = ["---:" if numeric(table, i) else "---" for i in range(len(table.columns))]
    lines = [
        "| " + " | ".join(markdown_cell(name) for name in table.columns) + " |",
        "| " + " | ".join(marks) + " |",
    ]
    lines += ["| " + " | ".join(markdown_cell(human(cell)) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines) + "\n"


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")
_MARKED = re.compile(r"[\x00-\x08\x0b-\x1f&<>\"']")


def escape_html(text: str) -> str:
    """Return text safe in HTML content and in quoted attributes; controls are shown, not sent."""
    return html.escape(_CONTROLS.sub("\ufffd", text), quote=True) if _MARKED.search(text) else text


def html_table(table: Table) -> str:
    """Return a <table> element; addresses become links only if they are http or https."""
    right = [numeric(table, i) for i in range(len(table.columns))]
    out = ["<table>", "<thead><tr>"]
    out += [f'<th scope="col">{escape_html(name)}</th>' for name in table.columns]
    out.append("</tr></thead>")
    out.append("<tbody>")
    link = [name in ("url", "canonical_url") for name in table.columns]
    for row in table.rows:
        cells = []
        for cell, to_right, is_link in zip(row, right, link, strict=True):
            shown = escape_html(human(cell))
            if is_link and shown.lower().startswith(("http://", "https://")):
                shown = f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>'
            cells.append(f'<td class="n">{shown}</td>' if to_right else f"<td>{shown}</td>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    out += ["</tbody>", "</table>"]
    return "\n".join(out)


STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } .note { color: GrayText; font-size: .9rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { max-width: 100%; height: auto; background: #fff; }
"""


def html_page(title: str, body: str) -> str:
    """Return a whole page without scripts or anything from elsewhere. body must be escaped already."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape_html(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def html_text(table: Table, *, title: str = "Costline") -> str:
    """Return a page that holds the table."""
    return html_page(title, f'<h1>{escape_html(title)}</h1>\n<div class="scroll">{html_table(table)}</div>')


def parquet_bytes(table: Table) -> bytes:
    """Return the table as a Parquet file, the same bytes for the same table."""
    import pyarrow as pa
    from pyarrow import parquet

    def column(cells: list[object]) -> Any:
        try:
            return pa.array(cells)
        except (
            pa.ArrowInvalid,
            pa.ArrowTypeError,
            OverflowError,
        ):  # whole numbers beyond 64 bits, mixed kinds
            if all(cell is None or isinstance(cell, int | float | Decimal) for cell in cells):
                return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())  # type: ignore[arg-type]
            return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())

    arrays = [column([_arrow_cell(row[i]) for row in table.rows]) for i in range(len(table.columns))]
    names = [f"{name}_{i}" if name in table.columns[:i] else name for i, name in enumerate(table.columns)]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, names=names), out, compression="zstd")
    return out.getvalue()


def _arrow_cell(cell: object) -> object:
    if isinstance(cell, None.__class__ | bool | int | float | Decimal | str | bytes | dt.date | list):
        return cell
    return str(cell)


_TEXT: dict[str, Callable[[Table], str]] = {
    "table": table_text,
    "csv": csv_text,
    "json": json_text,
    "md": markdown_text,
    "html": html_text,
}


def render(table: Table, format: str) -> str | bytes:
    """Return the table in one of FORMATS: text, or bytes for parquet. UsageError for another word."""
    if format == "parquet":
        return parquet_bytes(table)
    if format not in _TEXT:
        raise UsageError(f"there is no format {format!r}; choose from {', '.join(FORMATS)}")
    return _TEXT[format](table)
