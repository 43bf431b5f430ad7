"""Load the rules and vocabularies under pipeline/rules, refuse bad ones by name, give their digest.

Rules are data: .toml and .csv files that an analyst can read and extend. Nothing here knows what
a rule means; the rooms that use a file check its content when they compile it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from schemas.errors import RuleError


def _root() -> Traversable:
    return files("pipeline") / "rules"


def _bytes(name: str) -> bytes:
    try:
        return _root().joinpath(*name.split("/")).read_bytes()
    except FileNotFoundError as err:
        raise RuleError(f"rule file {name} is missing from the installation") from err


@cache
def toml(name: str) -> dict[str, Any]:
    """Return a rule file's tables. name: path under pipeline/rules, with "/" ("spam/terms.toml").

    Raises RuleError naming the file (and line) if it is missing or not TOML.
    The result is shared: do not change it.
    """
    try:
        return tomllib.loads(_bytes(name).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise RuleError(f"rule file {name}: {err}") from err


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a .csv lexicon with a header row; cells are stripped.

    Lines that begin with "#" are comments (source, licence).
    """
    lines = [line for line in _bytes(name).decode("utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(io.StringIO("\n".join(lines)), strict=True)
    try:
        return tuple({key: (value or "").strip() for key, value in row.items()} for row in rows)
    except (csv.Error, AttributeError) as err:
        raise RuleError(f"lexicon {name}: {err}") from err


@cache
def lines(name: str) -> tuple[str, ...]:
    """Return the entries of a .txt list, one a line, without blanks and "#" comments."""
    text = _bytes(name).decode("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def digest() -> str:
    """Return 16 hexadecimal digits over every rule file, in path order: which rules read a page."""
    told = hashlib.sha256()

    def walk(folder: Traversable, prefix: str) -> None:
        for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if item.is_dir():
                walk(item, f"{prefix}{item.name}/")
            elif item.name.endswith((".toml", ".csv", ".txt")):
                told.update(f"{prefix}{item.name}\0".encode() + item.read_bytes() + b"\0")

    walk(_root(), "")
    return told.hexdigest()[:16]
