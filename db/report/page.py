"""Put the report together: template, style, script and data make one page of bytes.

Nothing in the page may run but the one script, named by its hash in the Content-Security-Policy;
what the ledger holds stands in a block of JSON that the script reads and draws as text. Trusted
Types are demanded, so not even our own script could turn text into markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from db.formats import escape_html
from db.report.gather import Gathered, gather
from db.store import Store
from db.views import views

#: Bytes of data for every 10,000 facts (or fewer); beside it stand 90 kB of style and script.
ROOM = 2_860_000
WHOLE = 600  # characters: no sentence is longer
#: How much of a paragraph stands around a sentence, and how long a sentence may be: the first that fits.
WIDTHS = ((900, WHOLE), (240, WHOLE), (100, WHOLE), (0, WHOLE), (0, 300), (0, 180), (0, 100))


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
            "connect-src " + ("'self'" if live else "'none'"),
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


def fitted(gathered: Gathered, room: int = ROOM) -> str:
    """Return the data as JSON for its block, within so many bytes for every 10,000 facts.

    Plain, as long as whole sentences fit; beyond that compressed ({"z": base64 of zlib}), with as
    much of their paragraphs around them as there is room for.
    """
    room = room * max(gathered.told["about"]["shown"], 10_000) // 10_000
    rest = embedded(gathered.told)[:-1] + ',"texts":'
    size = len(rest.encode("utf-8"))
    made: dict[tuple[int, int], str] = {}
    for width in WIDTHS:
        if width[1] == WHOLE and size < room:
            made[width] = embedded(gathered.excerpts(*width))
            if size + len(made[width].encode("utf-8")) < room:
                return rest + made[width] + "}"
    body = ""
    for width in WIDTHS:
        text = rest + (made.get(width) or embedded(gathered.excerpts(*width))) + "}"
        body = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
        if len(body) <= room:
            break
    return embedded({"z": body})


def render(store: Store, *, live: bool = False, room: int = ROOM) -> bytes:
    """Return the report on a ledger as a page, the same bytes for the same ledger.

    live: for `costline serve`: with a box for SQL, which asks the server at /query.
    room: bytes of data for every 10,000 facts or fewer.
    """
    gathered = gather(store)
    gathered.told["live"] = live
    if live:
        gathered.told["views"] = [
            {"name": view.name, "question": view.questions[0]} for view in views() if view.questions
        ]
    parts = _parts()
    filled = {
        "policy": escape_html(policy(live=live)),
        "style": parts.style,
        "data": fitted(gathered, room),
        "script": parts.script,
    }
    pieces = parts.page.split("{{")
    out = [pieces[0]]
    for piece in pieces[1:]:  # one pass: what is put in is never looked at again
        name, _, rest = piece.partition("}}")
        out += [filled[name], rest]
    return "".join(out).encode("utf-8")
