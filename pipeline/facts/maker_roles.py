"""How likely it is that an organization made a model: evidence of every kind, each with a fitted weight.

Where an organization and a model stand in a paragraph (pipeline.facts.makers gives it with its names as marks),
what they are to each other shows in which words lie between and beside them, whatever the turn of phrase:
words are taken by class (verbs of making, of money, of judging; what a firm, a product, its people are called), and
each class on each side is evidence. So is a frame that matched, a heading the sentence stands under, and what else
the document says of the organization. Weights are in rules/names/maker_weights.csv, fitted over the
labelled texts by python -m benchmarks.fit_makers.

sightings(paragraphs) -> Sighting: one place where both stand, or one stands under the other as its topic.
worth(evidence) -> log-odds. No piece of evidence decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline import rulebook
from pipeline.facts.known_makers import known
from pipeline.facts.maker_frames import CHAIN, FIRM, IT, MODEL, ORG, WE, Hit
from pipeline.facts.makers import Mark, Paragraphs, Passage, is_house
from pipeline.mentions.chains import has_inner_cap
from pipeline.mentions.names import Name, is_reporter, squash
from pipeline.mentions.vocabulary import vocabulary

#: How many models before and behind a firm are looked at, and how many sentences away the nearest may stand.
_NEAREST: Final = 3
_APART: Final = 2
#: How many words beside a name are looked at.
_BESIDE: Final = 12
#: Longest way between two names that is evidence as a whole, in words that matter.
_LONGEST_PATH: Final = 4

_TOKEN: Final = re.compile(r"[\ue000-\ue005]|'s?|[^\W_][\w&-]*|[.,;:!?()|\n\t]|[—–]|[$€£¥]")
_SIGNS: Final = {
    ",": "comma", ";": "semicolon", ":": "colon", ".": "stop", "!": "stop", "?": "query", "(": "open", ")": "close", "|": "cell", "\t": "cell",
    "\n": "line", "—": "dash", "–": "dash", "'": "small", "'s": "owns", "$": "number", "€": "number", "£": "number", "¥": "number",
    ORG: "FIRM", CHAIN: "FIRM", FIRM: "FIRM", WE: "FIRM", MODEL: "MODEL", IT: "MODEL",
}  # fmt: skip
#: Classes that say little of how two names stand to each other.
_LIGHT: Final = frozenset(("small", "word", "Word", "number", "be", "verb"))
#: Classes that a noun phrase after a possessive may hold.
_NOUNS: Final = frozenset(
    ("product", "people", "maker", "judge", "machine", "money", "post", "lead", "user", "firm", "make", "rival", "done")
)  # fmt: skip
_KIND: Final = {ORG: "named", CHAIN: "maybe", FIRM: "the company", WE: "we"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where an organization may be told as a model's maker. rule: the frame that matched best, or ""."""

    firm: Name
    model: Name
    evidence: Mapping[str, float]
    rule: str
    denied: bool


@cache
def _classes() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the words of a class, and the expression of the others: its group names the class."""
    rules = rulebook.toml("names/makers.toml")
    words = {word: name for name, forms in rules["classes"].items() for word in forms}
    pattern = "|".join(
        f"(?P<{name}>{'|'.join(form for form in rules['words'][key] if ' ' not in form)})"
        for name, key in (
            ("make", "make"),
            ("done", "made"),
            ("product", "product"),
            ("maker", "maker"),
            ("people", "people"),
            ("firm", "firm"),
            ("post", "post"),
        )
    )
    return words, re.compile(pattern)


@lru_cache(maxsize=8192)
def word_class(word: str) -> str:
    """Return what a word is in a sentence about makers: a class of makers.toml, or its outer shape."""
    words, pattern = _classes()
    lower = word.lower()
    if (found := words.get(lower)) is not None:
        return found
    if (match := pattern.fullmatch(lower)) is not None and match.lastgroup is not None:
        return match.lastgroup
    if word[0].isdigit():
        return "number"
    if word[0].isupper():
        return "Word"
    return "verb" if lower.endswith(("ed", "ing")) else "word"


@cache
def weights() -> Mapping[str, float]:
    """Return evidence -> log-odds. Evidence that is not listed is worth nothing."""
    return {row["evidence"]: float(row["weight"]) for row in rulebook.table("names/maker_weights.csv")}


def worth(evidence: Mapping[str, float]) -> float:
    """Return the log-odds that an organization made a model, given what one place shows."""
    known = weights()
    return sum(known.get(key, 0.0) * amount for key, amount in evidence.items())


class _Token(NamedTuple):
    """One word, sign or mark: its class, which mark it is, and which sentence of the paragraph it stands in."""

    kind: str
    mark: int | None
    sentence: int


def _tokens(flat: str) -> list[_Token]:
    out: list[_Token] = []
    mark = sentence = 0
    for match in _TOKEN.finditer(flat):
        text = match[0]
        kind = _SIGNS.get(text) or word_class(text)
        if kind in ("FIRM", "MODEL"):
            out.append(_Token(kind, mark, sentence))
            mark += 1
            continue
        out.append(_Token(kind, None, sentence))
        if kind in ("stop", "query"):
            sentence += 1
    return out


def _way(between: Iterable[str]) -> list[str]:
    """What matters between two names, repeats left out."""
    out: list[str] = []
    for kind in between:
        if kind not in _LIGHT and (not out or out[-1] != kind):
            out.append(kind)
    return out


def _beside(tokens: Sequence[_Token], at: int, step: int) -> tuple[str, str]:
    """Return (the class right beside a name, the first that matters) on one side, up to its sentence's end."""
    sentence, first = tokens[at].sentence, ""
    for index in range(at + step, at + step * _BESIDE, step):
        if not 0 <= index < len(tokens) or tokens[index].sentence != sentence:
            return first or "end", "end"
        kind = tokens[index].kind
        if not first and kind != "small":
            first = kind
        if kind not in _LIGHT:
            return first, kind
    return first or "end", "none"


def _owned(tokens: Sequence[_Token], at: int) -> str:
    """What a possessive at `at` opens: the head of the noun phrase behind it, by its class."""
    head = "word"
    for token in tokens[at + 1 : at + 9]:
        if token.kind == "MODEL":
            return "MODEL"
        if token.kind in _NOUNS:
            head = token.kind
        elif token.kind not in _LIGHT or token.kind in ("be", "verb"):
            break
    return head


def _owners(tokens: Sequence[_Token], firms: Iterable[int]) -> dict[int, int]:
    """Return model's token -> token of the firm whose possessive opens the noun phrase that it ends."""
    out = {}
    for firm in firms:
        if firm + 1 >= len(tokens) or tokens[firm + 1].kind != "owns":
            continue
        for index in range(firm + 2, min(len(tokens), firm + 8)):
            kind = tokens[index].kind
            if kind == "MODEL":
                out[index] = firm
            if kind not in _LIGHT and kind != "product":
                break
    return out


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(rulebook.toml("names/makers.toml")["spellings"]["legal"])


@lru_cache(maxsize=8192)
def spelling(name: str) -> tuple[str, ...]:
    """Return what an organization's name, or a chain of capitals that may be one, is like by itself."""
    w = vocabulary()
    words = name.replace("’", "'").split()
    lower = [word.strip(".,'").lower() for word in words]
    out = ["one word" if len(words) == 1 else "two words" if len(words) == 2 else "more words"]
    if squash(name) in w.organizations:
        out.append("known firm")
    if lower[-1] in w.heads or lower[0] in w.of_heads:
        out.append("ends as a firm does")
    if lower[-1] in _legal_forms():
        out.append("legal form")
    if len(words) == 1 and has_inner_cap(name):
        out.append("inner capital")
    if len(words) == 1 and name.isupper():
        out.append("all capitals")
    if all(word in w.common_words for word in lower):
        out.append("common words")
    if squash(name) in w.places or lower[0] in w.languages or words[0] in w.languages:
        out.append("place or language")
    if lower[0] in w.given_names or words[0] in w.given_names:
        out.append("given name")
    if lower[0] in w.persons or lower[-1] in w.surnames or words[-1] in w.surnames:
        out.append("person")
    if squash(name) in w.known:
        out.append("model's name")
    return tuple(out)


def _size(count: int) -> str:
    """A number of words, roughly."""
    return next(name for name, top in (("0", 0), ("1", 1), ("3", 3), ("7", 7), ("15", 15), ("more", 1 << 30)) if count <= top)  # fmt: skip


class _Reader:
    """One article's pass over its paragraphs. Made, used once, dropped."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self.paragraphs = paragraphs
        self.speakers = {firm.canonical for firm in paragraphs.speakers}
        self.counts: dict[str, int] = {}
        for firm in paragraphs.firms:
            self.counts[firm.canonical] = self.counts.get(firm.canonical, 0) + 1
        #: Model -> firms that frames join to it anywhere in the text.
        self.makers: dict[str, set[str]] = {}
        #: The model that heads what is read now, and the one named last in the paragraphs before.
        self.head: Mark | None = None
        self.last: Mark | None = None

    def read(self) -> Iterator[Sighting]:
        passages = list(self.paragraphs.passages())
        for passage in passages:
            for hit in passage.hits:
                if not hit.denied and hit.frame.tier != "weak":
                    for model in passage.marks[hit.model].names:
                        makers = self.makers.setdefault(model.canonical, set())
                        makers.update(firm.canonical for firm in passage.marks[hit.firm].names)
        for passage in passages:
            named = [mark for mark in passage.marks if mark.kind in (MODEL, IT)]
            if len(named) < len(passage.marks):
                tokens = _tokens(passage.flat)
                firms = [i for i, token in enumerate(tokens) if token.kind == "FIRM"]
                models = [i for i, token in enumerate(tokens) if token.kind == "MODEL"]
                yield from self._passage(passage, tokens, firms, models)
            elif len(passage.flat) < 70 and not passage.flat.rstrip().endswith("."):
                self.head = named[0]
            if named:
                self.last = named[-1]

    def _document(self, firm: Name) -> dict[str, float]:
        """What the whole text says of an organization."""
        out = {"always": 1.0, "confidence": min(getattr(firm, "confidence", 0.0), 5.0) / 5}
        if is_reporter(firm.canonical):
            out["reports or rents"] = 1.0
        if is_house(firm.canonical):
            out["named as a house of money or print"] = 1.0
        if firm.canonical in self.speakers:
            out["its people speak"] = 1.0
        if len(self.counts) == 1:
            out["only firm"] = 1.0
        if self.paragraphs.only_model is not None:
            out["only model"] = 1.0
        if self.paragraphs.stands_apart(firm):
            out["in another part"] = 1.0
        if firm.rule == "chain":
            out["told by surroundings"] = 1.0
        if self.paragraphs.firms and self.paragraphs.firms[0].canonical == firm.canonical:
            out["named before other firms"] = 1.0
        count = self.counts.get(firm.canonical, 0)
        out["named " + ("once" if count < 2 else "again" if count < 4 else "often")] = 1.0
        return out

    def _passage(
        self, passage: Passage, tokens: Sequence[_Token], firms: Sequence[int], models: Sequence[int]
    ) -> Iterator[Sighting]:
        hits: dict[tuple[int, int], list[Hit]] = {}
        for hit in passage.hits:
            hits.setdefault((hit.firm, hit.model), []).append(hit)
        owners = _owners(tokens, firms)
        holders = {firm: model for model, firm in owners.items()}
        for firm in firms:
            number = tokens[firm].mark or 0
            mark = passage.marks[number]
            base = {**self._document(mark.names[0]), "firm: " + _KIND[mark.kind]: 1.0}
            if mark.kind in (ORG, CHAIN):
                for trait in spelling(mark.names[0].text):
                    base[f"{_KIND[mark.kind]}: {trait}"] = 1.0
            if len(mark.names) > 1:
                base["several firms"] = 1.0
            after, _ = _beside(tokens, firm, 1)
            before, _ = _beside(tokens, firm, -1)
            owned = _owned(tokens, firm + 1) if after == "owns" else ""
            if owned:
                base["owned: " + owned] = 1.0
            if firm == firms[0]:
                base["first firm"] = 1.0
            sentence = tokens[firm].sentence
            left = [i for i in models if i < firm][-_NEAREST:]
            right = [i for i in models if i > firm][:_NEAREST]
            near = []
            for i in (*left, *right):
                apart = tokens[i].sentence - sentence
                if apart == 0 or (abs(apart) <= _APART and i in (*left[-1:], *right[:1])):
                    near.append((i, apart))
            near += [
                (i, tokens[i].sentence - sentence)
                for i in models
                if (number, tokens[i].mark or 0) in hits and all(i != j for j, _ in near)
            ]
            closest = min((abs(i - firm) for i, apart in near if apart == 0), default=0)
            for i, apart in near:
                found = hits.get((number, tokens[i].mark or 0), [])
                evidence = dict(base)
                evidence.update(
                    self._pair(tokens, firm, i, apart, firms, closest, owners, holders, passage.marks)
                )
                link = ("fm" if firm < i else "mf") if apart == 0 else "apart"
                evidence[f"after firm {link}: {after}"] = 1.0
                evidence[f"before firm {link}: {before}"] = 1.0
                for hit in found:
                    evidence[f"{'denied' if hit.denied else 'frame'} {hit.frame.id}"] = 1.0
                yield from self._named(mark, passage.marks[tokens[i].mark or 0], evidence, found)
            if all(abs(apart) > 1 for _, apart in near):
                for topic, model in self._topics(passage, tokens, left, near):
                    evidence = {
                        **base, f"topic {topic}": 1.0, f"after firm topic: {after}": 1.0, f"before firm topic: {before}": 1.0
                    }  # fmt: skip
                    if owned:
                        evidence["owned under topic: " + owned] = 1.0
                    if firm in holders:
                        evidence["firm has another"] = 1.0
                    if firm == firms[0]:
                        evidence[f"first firm of topic {topic}"] = 1.0
                    yield from self._named(mark, model, evidence, ())

    def _pair(
        self,
        tokens: Sequence[_Token],
        firm: int,
        model: int,
        apart: int,
        firms: Sequence[int],
        closest: int,
        owners: Mapping[int, int],
        holders: Mapping[int, int],
        marks: Sequence[Mark],
    ) -> dict[str, float]:
        """What the words between and beside a firm and a model show."""
        out = {"model: " + ("named" if marks[tokens[model].mark or 0].kind == MODEL else "it"): 1.0}
        between = [token.kind for token in tokens[min(firm, model) + 1 : max(firm, model)]]
        if apart == 0:
            link = "fm" if firm < model else "mf"
            way = _way(between)
            if len(way) <= _LONGEST_PATH:
                out[f"way {link}: {' '.join(way)}"] = 1.0
            out.update((f"between {link}: {kind}", 1.0) for kind in set(way))
            out[f"words {link}: {_size(len(between))}"] = 1.0
            if abs(model - firm) > closest:
                out[f"another model nearer {link}"] = 1.0
            if any(i != firm and tokens[i].sentence == tokens[firm].sentence and abs(i - model) < abs(firm - model) for i in firms):  # fmt: skip
                out[f"another firm nearer {link}"] = 1.0
        else:
            link = "apart"
            out[f"sentences {apart:+d}"] = 1.0
            out.update((f"between apart: {kind}", 1.0) for kind in {"FIRM", "MODEL", "rival"} & set(between))
        for side, step in (("after", 1), ("before", -1)):
            first, weighty = _beside(tokens, model, step)
            out[f"{side} model {link}: {first}"] = 1.0
            out[f"first {side} model {link}: {weighty}"] = 1.0
        if owners.get(model, firm) != firm:
            out["model is another's"] = 1.0
        if holders.get(firm, model) != model:
            out["firm has another"] = 1.0
        return out

    def _topics(
        self,
        passage: Passage,
        tokens: Sequence[_Token],
        left: Sequence[int],
        near: Sequence[tuple[int, int]],
    ) -> Iterator[tuple[str, Mark]]:
        """The models that a sentence without one may be about."""
        if left:
            if all(i != left[-1] for i, _ in near):
                yield "paragraph", passage.marks[tokens[left[-1]].mark or 0]
            return
        if self.head is not None:
            yield "heading", self.head
        if self.last is not None and (
            self.head is None or self.last.names[0].canonical != self.head.names[0].canonical
        ):
            yield "before", self.last

    def _elsewhere(self, firm: str, model: str) -> dict[str, float]:
        """What the rest of the text and the lexicon say of the two."""
        out: dict[str, float] = {}
        share = known(model, firm)
        if share is not None:
            out["known maker"], out["known of another"] = share, 1.0 - share
        if self.makers.get(model, set()) - {firm}:
            out["another made it"] = 1.0
        return out

    def _named(
        self, firm: Mark, model: Mark, evidence: Mapping[str, float], hits: Sequence[Hit]
    ) -> Iterator[Sighting]:
        best = max(
            (hit for hit in hits if not hit.denied),
            key=lambda hit: weights().get("frame " + hit.frame.id, 0.0),
            default=None,
        )
        denied = bool(hits) and best is None
        for name in firm.names:
            if firm.kind == FIRM and self.paragraphs.stands_apart(name):
                continue
            for one in model.names:
                told = {**evidence, **self._elsewhere(name.canonical, one.canonical)}
                yield Sighting(name, one, told, best.frame.id if best is not None else "", denied)


def sightings(paragraphs: Paragraphs) -> Iterator[Sighting]:
    """Yield every place where an organization may be told as a model's maker, in the order of text."""
    yield from _Reader(paragraphs).read()
