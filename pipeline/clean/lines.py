"""Lines that are furniture by their wording (rules/clean/lines.toml), and names of pages that are none."""

from __future__ import annotations

import re
from functools import cache

from pipeline import rulebook
from pipeline.sieve import Sieve


@cache
def _lines(where: str) -> tuple[Sieve, list[tuple[re.Pattern[str], str, str, int, float]]]:
    """Compile clean/lines.toml: (pattern, reason, id, longest, least share of links), and what tells which to try."""
    lines = [
        (re.compile(line["pattern"], re.IGNORECASE), line["reason"], line["id"], line.get("longest", 300),
         float(line.get("linked", 0.0)))
        for line in rulebook.toml("clean/lines.toml")["line"]
        if line.get("where", "any") == where
    ]  # fmt: skip
    return Sieve([line[0] for line in lines]), lines


def judge_line(text: str, *, linked: float = 0.0, where: str = "any") -> tuple[str, str] | None:
    """Return (reason, rule) for a line that is furniture by its wording, or None.

    linked: share of the line that stands in links; some wordings count only where they lead elsewhere.
    where:  "end" asks for the wordings that count only behind the last paragraph.
    """
    sieve, lines = _lines(where)
    if len(text) > max(longest for _, _, _, longest, _ in lines):
        return None
    for place in sieve.places(text):
        pattern, reason, rule, longest, least = lines[place]
        if len(text) <= longest and linked >= least and pattern.search(text):
            return reason, rule
    return None


@cache
def _refusals() -> list[tuple[re.Pattern[str], str, str]]:
    return [
        (re.compile(item["pattern"], re.IGNORECASE), item["reason"], item["id"])
        for item in rulebook.toml("clean/refusals.toml")["refusal"]
    ]


def refuse(names: list[str]) -> tuple[str, str] | None:
    """Return (reason, id of the rule) where a page calls itself missing or locked, else None."""
    for name in names:
        for pattern, reason, rule in _refusals():
            if len(name) < 160 and pattern.search(name):
                return reason, rule
    return None
