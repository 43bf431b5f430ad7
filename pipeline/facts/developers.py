"""Which organization made a model: one fact for each pair that the text states.

developers(article, names) -> facts of kind "developer". What sentences show is read by pipeline.facts.makers and weighed by
pipeline.facts.maker_roles; labels, columns of tables and a firm's name inside its model's are read here and weighed with it.
Nothing is taken from the lexicon: a developer that the text does not name is no fact.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.expressions import quick
from pipeline.facts.maker_roles import Sighting, sightings, worth
from pipeline.facts.makers import Paragraphs
from pipeline.mentions.names import Name, Names, find_names, is_reporter, squash
from pipeline.mentions.sentences import Sentence, sentences
from schemas.records import LONGEST_EVIDENCE, Article, Fact

#: How likely an organization must be a model's maker, and how likely beside the likeliest.
LIKELY: Final = 0.35
SHARE: Final = 0.85

#: A label in a list of facts or a table: "Developer: Borealine Oy".
_LABEL: Final = quick(
    r"(?:^|\n|\|\s)[ \t]{0,4}(?:[-–•*]\s)?(?:Developers?|Organi[sz]ations?|Makers?|Vendors?|Compan(?:y|ies)|Creators?|Built by|Developed by|Created by|Trained by)\s?(?::|\s\|)\s([^\n|;(]{2,60})",
)
_COLUMN: Final = quick(
    r"(?i)developers?|organi[sz]ations?|makers?|vendors?|compan(?:y|ies)|labs?|creators?|built by|developed by|trained by|by|who"
)
#: A model named only to compare has no part in what is said of the other.
_COMPARED: Final = quick(
    r"\b(?:than|outperform(?:s|ed|ing)?|beat(?:s|ing)?|unlike|rival(?:s|ling)?|surpass(?:es|ed|ing)?|exceed(?:s|ed)?|match(?:es|ed)?|ahead of|compared (?:to|with)|similar to)"
    r"\s(?:(?:[A-Z][\w&.-]*\s){0,3}[A-Z][\w&.-]*(?:’s|'s)\s)?(?:the\s|new\s|older\s){0,2}$"
)
#: What the maker of a model does in a sentence about it.
_ACTS: Final = quick(
    r"(?:\s\([^()]{1,40}\))?(?:,\s[^,.;]{2,90},)?\s(?:(?:has|had|have|also|itself|now|then|first|only|never|not|did|does|will|is|was)\s){0,3}"
    r"(?:said|says|claims?|claimed|spent|paid|put|puts|used|needed|trained|estimates?|estimated|disclosed|published|reports?|reported|denies|denied|rejected|plans?|expects?|hopes|"
    r"wants|priced|rented|keeps|kept|calls|called|describes?|described|insists?|revealed|confirmed|declined|would not|shipped|gives|gave|boasts?|boasted|dubs|dubbed|open-sourced)\b"
)
_NO_MAKER: Final = quick(
    r"(?i)\b(?:rivals?|customers?|competitors?|users?|clients?|than|like|unlike|from|by|at|on|via|through|with)\s(?:the\s)?(?:\w+\s)?$"
)


def developers(
    article: Article, names: Names | None = None, cut: Sequence[Sentence] | None = None
) -> list[Fact]:
    """Return the article's developer facts in text order, each pair once.

    names, cut: what find_names(article) and sentences(article) gave, to save doing it twice.
    """
    known = find_names(article) if names is None else names
    if not known.models:
        return []
    return _Finder(article, known, sentences(article) if cut is None else cut).find()


class _Finder:
    """One article's pass over its organizations. Made, used once, dropped."""

    def __init__(self, article: Article, names: Names, cut: Sequence[Sentence]) -> None:
        self.article = article
        self.text = article.text
        self.lines = cut
        self.starts = [s.start for s in self.lines]
        self.firms = names.organizations
        self.firm_starts = [f.start for f in self.firms]
        self.models = sorted(names.models, key=lambda m: (m.start, m.end))
        self.model_starts = [m.start for m in self.models]
        self.names = names

    def candidates(
        self,
    ) -> dict[tuple[str, str], list[tuple[Sighting | None, dict[str, float], Fact | None]]]:
        """Return (model, organization), squashed -> what each place that tells of both shows, and the fact read there.

        A label, a column of a table and a firm's name inside its model's are evidence too, for every place of the pair.
        """
        out: dict[tuple[str, str], list[tuple[Sighting | None, dict[str, float], Fact | None]]] = {}
        paragraphs = Paragraphs(self.text, self.lines, self.names.models, self.firms, self.article.site)
        for seen in sightings(paragraphs):
            key = (squash(seen.model.canonical), squash(seen.firm.canonical))
            out.setdefault(key, []).append((seen, dict(seen.evidence), None))
        for name, read in (
            ("only firm", self._only_firm),
            ("label", self._labels),
            ("inside name", self._by_name),
        ):
            told: dict[tuple[str, str], Fact] = {}
            read(told)
            for key, fact in told.items():
                for _, evidence, _ in out.get(key, []):
                    evidence["also " + name] = 1.0
                out.setdefault(key, []).append((None, {"always": 1.0, "also " + name: 1.0}, fact))
        return out

    def find(self) -> list[Fact]:
        likely: dict[tuple[str, str], float] = {}
        found: dict[tuple[str, str], Fact] = {}
        for key, places in self.candidates().items():
            denied = next((seen for seen, _, _ in places if seen is not None and seen.denied), None)
            if denied is not None and not any(seen is not None and seen.rule for seen, _, _ in places):
                fact = self._fact(denied.firm, denied.model, "developer.denied")
                if fact is not None:
                    found[key] = replace(fact, negated=True)
                continue
            ranked = sorted(places, key=lambda place: -worth(place[1]))
            likely[key] = 1 / (1 + math.exp(-worth(ranked[0][1])))
            if likely[key] < LIKELY:
                continue
            for seen, _, fact in ranked:
                if seen is not None:
                    fact = self._fact(seen.firm, seen.model, seen.rule or "developer.roles")
                if fact is not None:
                    found[key] = fact
                    break
        best: dict[str, float] = {}
        for (model, _), chance in likely.items():
            best[model] = max(best.get(model, 0.0), chance)
        kept = (fact for key, fact in found.items() if fact.negated or likely[key] >= SHARE * best[key[0]])
        return sorted(kept, key=lambda f: (f.at, f.start, f.model or ""))

    def _fact(self, firm: Name, model: Name, rule: str) -> Fact | None:
        lines, starts = self.lines, self.starts
        low = lines[max(0, bisect_right(starts, min(firm.start, model.start)) - 1)].start
        high = lines[max(0, bisect_right(starts, max(firm.start, model.start)) - 1)].end
        low, high = min(low, firm.start, model.start), max(high, firm.end, model.end)
        if high - low > LONGEST_EVIDENCE:
            low = max(low, min(firm.start, model.start) - 40)
            high = min(high, max(firm.end, model.end) + 40)
        if high - low > LONGEST_EVIDENCE:
            return None
        return Fact(
            kind="developer", start=low, end=high, quote=self.text[low:high], rule=rule, at=firm.start, at_end=firm.end,
            model=model.canonical, organization=firm.canonical, linked_by="developer",
        )  # fmt: skip

    def _only_firm(self, found: dict[tuple[str, str], Fact]) -> None:
        """Where nothing else names a maker: the one firm that acts in a sentence about the model."""
        told = {model for model, _ in found}
        for line in self.lines:
            if line.kind == "table_row":
                continue
            low, high = bisect_left(self.firm_starts, line.start), bisect_left(self.firm_starts, line.end)
            firms = {f.canonical: f for f in reversed(self.firms[low:high])}
            if len(firms) != 1:
                continue
            firm = next(iter(firms.values()))
            if (
                firm.confidence < 2.5
                or is_reporter(firm.canonical)
                or not _ACTS.match(self.text, firm.end, line.end)
            ):
                continue
            if _NO_MAKER.search(self.text, max(line.start, firm.start - 40), firm.start):
                continue
            here = self.models[
                bisect_left(self.model_starts, line.start) : bisect_left(self.model_starts, line.end)
            ]
            named = {m.canonical for m in here}
            if len(named) != 1 or squash(here[0].canonical) in told:
                continue
            if _COMPARED.search(self.text, max(0, here[0].start - 70), here[0].start):
                continue
            fact = self._fact(firm, here[0], "developer.only-firm")
            if fact is not None:
                found[squash(here[0].canonical), squash(firm.canonical)] = fact
                told.add(squash(here[0].canonical))

    def _labels(self, found: dict[tuple[str, str], Fact]) -> None:
        """ "Developer: Borealine Oy" below a model's name."""
        starts = [m.start for m in self.names.models]
        self._columns(found)
        for match in _LABEL.finditer(self.text):
            line_end = self.text.find("\n", match.start(1))
            line = self.text[
                self.text.rfind("\n", 0, match.start(1)) + 1 : line_end if line_end >= 0 else len(self.text)
            ]
            if line.count(" | ") > 1:
                continue
            index = bisect_right(starts, match.start(1)) - 1
            model = self.names.models[max(0, index)]
            at = match.start(1)
            for name in re.split(r",\s|\sand\s|\s&\s", match[1].strip().rstrip(".")):
                end = at + len(name)
                if name[:1].isupper() and self.text[at:end] == name:
                    firm = next((f.canonical for f in self.firms if f.start == at), name)
                    low = min(at, match.start() + 1)
                    fact = Fact(
                        kind="developer", start=low, end=end, quote=self.text[low:end], rule="developer.label", at=at, at_end=end,
                        model=model.canonical, organization=firm, linked_by="developer",
                    )  # fmt: skip
                    found.setdefault((squash(model.canonical), squash(firm)), fact)
                at = self.text.find(name, at) + len(name)
                at += len(re.match(r"(?:,\s|\sand\s|\s&\s)?", self.text[at:])[0])  # type: ignore[index]

    def _columns(self, found: dict[tuple[str, str], Fact]) -> None:
        """A table with a column of developers."""
        column, table = -1, -1
        for line in self.lines:
            if line.kind != "table_row" or line.table is None:
                continue
            cells, at = [], line.start
            for cell in self.text[line.start : line.end].split(" | "):
                cells.append((at, cell))
                at += len(cell) + 3
            if line.table != table:
                table = line.table
                column = next((n for n, (_, cell) in enumerate(cells) if _COLUMN.fullmatch(cell.strip())), -1)
                continue
            if not 0 <= column < len(cells):
                continue
            here = bisect_left(self.model_starts, line.start)
            at, name = cells[column]
            name = name.strip()
            if here < len(self.models) and self.models[here].start < line.end and name[:1].isalpha():
                model = self.models[here]
                at = self.text.index(name, at)
                firm = next((f.canonical for f in self.firms if f.start == at), name)
                fact = self._fact(
                    Name(at, at + len(name), name, firm, "organization", 2.0), model, "developer.column"
                )
                if fact is not None:
                    found.setdefault((squash(model.canonical), squash(firm)), fact)

    def _by_name(self, found: dict[tuple[str, str], Fact]) -> None:
        """A model that carries its firm's name ("BloombergGPT", "Tessella-40B"), where the firm acts in the text."""
        told = {model for model, _ in found}
        firms = {f.text: f for f in self.firms if len(f.text) >= 4 and not is_reporter(f.canonical)}
        for model in self.names.models:
            key, name = squash(model.canonical), model.text
            if key in told:
                continue
            for short, firm in sorted(firms.items(), key=lambda item: (-len(item[0]), item[0])):
                rest = name[len(short) :]
                if name.startswith(short) and rest and (not rest[0].isalpha() or rest[0].isupper()):
                    near = Name(
                        model.start, model.start + len(short), short, firm.canonical, "organization", 1.0
                    )
                    fact = self._fact(near, model, "developer.name")
                    if fact is not None:
                        found[key, squash(firm.canonical)] = fact
                        told.add(key)
                    break


def pairs(article: Article, names: Names) -> dict[tuple[str, str], list[dict[str, float]]]:
    """Return (model, organization) -> what each place that tells of both shows; denied ones are left out.

    For fitting the weights.
    """
    out = {}
    for places in _Finder(article, names, sentences(article)).candidates().values():
        seen, _, fact = places[0]
        if any(seen is not None and seen.denied for seen, _, _ in places):
            continue
        pair = (
            (seen.model.canonical, seen.firm.canonical)
            if seen is not None
            else ((fact and fact.model) or "", (fact and fact.organization) or "")
        )
        out[pair] = [evidence for _, evidence, _ in places]
    return out
