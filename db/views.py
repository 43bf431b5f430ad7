"""The documented views: files under db/queries, each a SELECT with what it answers and what its columns mean.

Kept apart from the migrations so that a question needs little more than DuckDB.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class View:
    """A documented view: what a row is, questions it answers, a comment on each column, the SELECT."""

    name: str
    about: str
    questions: tuple[str, ...]
    columns: dict[str, str]
    sql: str


@cache
def views() -> tuple[View, ...]:
    """Return every documented view, in the order in which they are made.

    A file db/queries/NNN_name.sql starts with "-- About the view.", then "-- ask: question" and
    "-- column: name: comment" lines, then one SELECT.
    """
    found = []
    for item in sorted(FOLDER.iterdir(), key=lambda entry: entry.name):
        match = re.match(r"\d{3}_(\w+)\.sql$", item.name)
        if not match:
            continue
        about: list[str] = []
        questions: list[str] = []
        columns: dict[str, str] = {}
        text = item.read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("--"):
                break
            said = line[2:].strip()
            if said.startswith("ask:"):
                questions.append(said[4:].strip())
            elif said.startswith("column:"):
                name, _, comment = said[7:].strip().partition(":")
                columns[name.strip()] = comment.strip()
            else:
                about.append(said)
        found.append(View(match[1], " ".join(about), tuple(questions), columns, text))
    return tuple(found)


def folder_digest(folder: Path) -> str:
    """Return 16 hexadecimal digits over the .sql and .csv files of a folder, names included."""
    told = hashlib.sha256()
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith((".sql", ".csv")):
            told.update(item.name.encode() + b"\0" + item.read_bytes() + b"\0")
    return told.hexdigest()[:16]


@cache
def views_digest() -> str:
    """Return the digest of the views as they are in this program; a ledger keeps that of its own."""
    return folder_digest(FOLDER)
