"""Put the report together: template, style, script and data make one page of bytes.

Nothing in the page may run but the one script, named by its hash in the Content-Security-Policy;
what the ledger holds stands in a block of JSON that the script reads and draws as text. Trusted
Types are demanded, so not even our own script could turn text into markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from db.formats import escape_html
from db.migrate import views
from db.report.gather import gather
from db.store import Store

LIVE = "live"


class _Parts(NamedTuple):
    """The page's fixed files."""

    page: str
    style: str
    script: str


@cache
def _parts() -> _Parts:
    folder = files("db") / "report"
    return _Parts(
        *((folder / name).read_text(encoding="utf-8") for name in ("report.html", "report.css", "report.js"))
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


@cache
def policy(*, live: bool) -> str:
    """Return the page's Content-Security-Policy; the live page may ask the server that sent it."""
    parts = _parts()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(parts.script)}",
            f"style-src {_hash(parts.style)}",
            "img-src data:",
            f"connect-src {chr(39) + 'self' + chr(39) if live else chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def embedded(told: object) -> str:
    """Return a value as JSON that may stand inside a <script> element: no "<", ">" or "&" in it."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    # a lone surrogate is no text that could be sent
    return text.encode("utf-8", "replace").decode("utf-8")


def render(store: Store, *, live: bool = False) -> bytes:
    """Return the report on a ledger as a page, the same bytes for the same ledger.

    live: for `costline serve`: with a box for SQL, which asks the server at /query.
    """
    told = gather(store)
    told["live"] = live
    if live:
        told["views"] = [
            {"name": view.name, "question": view.questions[0]} for view in views() if view.questions
        ]
    parts = _parts()
    filled = {
        "policy": escape_html(policy(live=live)),
        "style": parts.style,
        "data": embedded(told),
        "script": parts.script,
    }
    pieces = parts.page.split("{{")
    out = [pieces[0]]
    for piece in pieces[1:]:  # one pass: what is put in is never looked at again
        name, _, rest = piece.partition("}}")
        out += [filled[name], rest]
    return "".join(out).encode("utf-8")
