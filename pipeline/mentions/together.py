"""What the candidates of one text say of each other: lists, parallel places, and who stands beside the figures.

together(text, spans, odds) -> spelling -> trait -> size. `odds` are the log-odds of each spelling by its own evidence;
the traits are weighed by traits.csv, fitted as all weights are (python -m benchmarks.fit_names).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.neighbours import around, class_of

#: The traits that together() gives.
TRAITS: Final = (
    "together.rival", "together.best", "together.figures", "together.others", "together.listed", "together.listed-wrong",
    "together.same-place", "together.same-place-wrong", "together.same-words", "together.same-words-wrong",
)  # fmt: skip

_FIGURE: Final = quick(
    r"[$€£¥₹]\s?\d|\d[\d.,]*\s?(?:[BMT]\b|bn\b|million|billion|trillion)|\d[\d.,]*[\s-](?:\w{1,20}[\s-]){0,2}?(?:parameters?|params|weights|tokens|GPUs?|TPUs?|chips|cards|accelerators|[AHV]\d{2,3}s?|hours|days|weeks|months|MWh|GWh|kWh|tonnes)\b"
)

_SENTENCE: Final = quick(r"\n|[.!?][”\"’)]*\s(?=[A-Z“\"\[(])")

#: What joins two names of a list, a pair or a comparison.
_JOINED: Final = quick(
    r",?\s(?:and|or|as well as|plus|then)\s(?:(?:the|its)\s|[A-Z][\w.]*(?:’s|'s)\s)?|,\s(?:the\s|[A-Z][\w.]*(?:’s|'s)\s)?|\s?/\s?|\s&\s"
    r"|\s(?:\([^()\n]{1,30}\),?|at \d[\w.]*,)\s(?:and\s|or\s)?|\s(?:vs\.?|versus|over|than|beats|beat|from|replaced|replaces|like)\s"
)

#: Places that begin a line, a clause or an aside.
_OPENINGS: Final = frozenset(("line", "edge", ":", "|", ";", "(", "—", "–", "•", "-"))

#: A joint is at most so long (code points).
_GAP: Final = 45


def together(
    text: str, spans: Mapping[str, Sequence[tuple[int, int]]], odds: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Compare the spellings of a text. Linear in the text, apart from spellings in the same place (counted by their best)."""
    if not spans:
        return {}
    sure = {key: math.tanh(value / 2) for key, value in odds.items()}
    out: dict[str, dict[str, float]] = {key: {} for key in spans}
    ranked = sorted(odds.values())
    top, second = ranked[-1], ranked[-2] if len(ranked) > 1 else -5.0
    strong = sum(value > 1 for value in ranked)
    places = sorted((start, end, key) for key, found in spans.items() for start, end in found)
    shares = _figures(text, places, odds)
    for key, traits in out.items():
        best = odds[key] >= top
        likely = (1 + sure[key]) / 2  # the odds as a probability
        traits["together.rival"] = math.tanh((second if best else top) / 3)
        traits["together.best"] = likely * best
        traits["together.figures"] = likely * shares.get(key, 0.0)
        traits["together.others"] = math.log1p(strong - (odds[key] > 1))
    for (_, end, left), (start, _, right) in pairwise(places):
        if left != right and 0 < start - end < _GAP and _JOINED.fullmatch(text, end, start):
            _tell(out[left], "together.listed", sure[right])
            _tell(out[right], "together.listed", sure[left])
    _parallel(text, spans, sure, out)
    return out


def _tell(traits: dict[str, float], trait: str, value: float) -> None:
    """Keep the surest that speaks for it, and the surest that speaks against it."""
    if value > 0:
        traits[trait] = max(value, traits.get(trait, 0.0))
    else:
        traits[f"{trait}-wrong"] = min(value, traits.get(f"{trait}-wrong", 0.0))


def _figures(
    text: str, places: Sequence[tuple[int, int, str]], odds: Mapping[str, float]
) -> dict[str, float]:
    """Share of a text's figures in whose sentence each spelling is the likeliest name."""
    starts = [start for start, _, _ in places]
    count: dict[str, int] = defaultdict(int)
    total, begin = 0, 0
    stops = [match.end() for match in _SENTENCE.finditer(text)]
    for stop in (*stops, len(text)):
        first, last = bisect_left(starts, begin), bisect_left(starts, stop)
        figures = sum(1 for _ in _FIGURE.finditer(text, begin, stop))
        total += figures
        if figures and first < last:
            best = max(odds[key] for _, _, key in places[first:last])
            for key in {key for _, _, key in places[first:last] if odds[key] >= best}:
                count[key] += figures
        begin = stop
    return {key: found / total for key, found in count.items()}


def _parallel(
    text: str,
    spans: Mapping[str, Sequence[tuple[int, int]]],
    sure: Mapping[str, float],
    out: dict[str, dict[str, float]],
) -> None:
    """Spellings between the same neighbours: "X, at 7B ... Y, at 7B", rows of a list, labels of a line."""
    frames: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, found in spans.items():
        for start, end in found:
            before, after, behind = around(text, start, end)
            left = class_of(before, before=True)
            if left in _OPENINGS:
                frames["same-place", left, class_of(after), class_of(behind)].add(key)
            frames[
                "same-words",
                before.lower() if before.isalpha() else left,
                after.lower() if after.isalpha() else class_of(after),
            ].add(key)
    for frame, keys in frames.items():
        if len(keys) < 2:
            continue
        trait = f"together.{frame[0]}"
        ordered = sorted(keys, key=lambda key: (sure[key], key))
        for key in keys:
            high = ordered[-1] if ordered[-1] != key else ordered[-2]
            low = ordered[0] if ordered[0] != key else ordered[1]
            _tell(out[key], trait, sure[high])
            _tell(out[key], trait, sure[low])
