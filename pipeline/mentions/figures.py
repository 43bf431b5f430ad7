"""Sentences -> figures: every number that says something of a model, its kind read off the words beside it.

The rules are data (pipeline/rules/figures/*.toml), matched by spaCy's Matcher over tokens in which a
quantity, a unit and a device are one token each. What a sum of money was for, and whether a stretch of
time was spent on training, is not decided here: such figures leave as "money" and "time".
No Doc or Span leaves this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from pipeline import currencies, rulebook
from pipeline.expressions import quick
from pipeline.mentions.devices import Device, devices
from pipeline.mentions.sentences import Sentence
from pipeline.numbers import read_quantities
from schemas.errors import RuleError
from schemas.records import Quantity

if TYPE_CHECKING:
    from spacy.matcher import Matcher
    from spacy.vocab import Vocab

MONEY: Final = currencies.CODES
TIME: Final = frozenset(("second", "minute", "hour", "day", "week", "fortnight", "month", "year", "decade"))
_TAGS: Final = {"%": "PERCENT", "fold": "FOLD", "FLOP": "FLOP", "FLOP/s": "RATE", "kWh": "ENERGY", "J": "JOULE", "byte": "BYTES",
                "W": "POWER", "kg": "KG", "kgCO2e": "CO2"}  # fmt: skip

#: A sentence without any of these can't hold a figure.
GATE: Final = quick(
    r"\d|[GT]PU|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundreds?|thousands?|millions?|billions?|trillions?|half|halved|halving|dozens?|double[ds]?|doubling|tripled?|quadrupled?|tenfold|"
    r"thirteen|fourteen|sixteen|seventeen|eighteen|nineteen|(?:week|month|year|day|hour)s?|one|several|couple|few|chips?|accelerators?|cards)\b",
    re.IGNORECASE,
)
_DIGIT: Final = quick(r"\d")
_TOKEN: Final = quick(r"\((?:B|M|T|K|bn|mn)\)|[^\W_]+(?:['’][A-Za-z]{1,2}(?![^\W_]))?|[^\w\s]|_+")
_STOP: Final = frozenset(rulebook.toml("figures/words.toml")["function_words"].split())


_CARD: Final = quick(
    r"[ -](?:GPU|card|chip|accelerator|processor)\b(?![ -](?:hour|day|instance|cluster|node|server))"
)
#: "on a single 48GB GPU" counts one.
_SINGLE: Final = quick(r"\b(single|lone)[ -](?:[\w.-]+[ -]){0,3}$")
#: "on an NVIDIA K20 GPU" counts one too; "on a V100" leaves it open.
_ONE_CARD: Final = quick(r"\b(an?)[ -](?:[\w.-]+[ -]){0,2}$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what the words beside it make of it.

    kind:     a kind of fact, "money", "time", "device" (an accelerator without a count), or "none".
    quantity: the number; None for a device without a count.
    at, end:  the figure's place in the text. rule: the rule that told its kind.
    span:     what the rule matched, [start, end) of the text.
    role:     of parameters. device: of hardware, device hours and prices, canonical.
    size_mark: the number carries a scale, so that it may be a size without saying so (175B).
    """

    kind: str
    at: int
    end: int
    sentence: Sentence
    rule: str
    quantity: Quantity | None = None
    role: str | None = None
    device: str | None = None
    per: str | None = None
    span: tuple[int, int] = (0, 0)
    slice: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence's tokens: text, tag, and where each stands; with its quantities and devices by token."""

    words: list[str]
    tags: list[str]
    starts: list[int]
    ends: list[int]
    quantities: dict[int, Quantity]
    devices: dict[int, Device]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule of kinds.toml."""

    id: str
    label: str
    priority: int
    last: bool


def _is_big(text: str, quantity: Quantity) -> bool:
    top = quantity.high if quantity.value is None else quantity.value
    return bool(
        top is not None
        and (
            top >= 10**6
            or (re.search(r"[A-Za-z]", text[quantity.start : quantity.end]) and top >= 10**5)
            or text[quantity.end - 1 : quantity.end] in "KMBT"
        )
    )


def tag(text: str, quantity: Quantity) -> str:
    """Return the token tag of a quantity (see kinds.toml)."""
    unit = quantity.unit
    if unit in MONEY:
        return "MONEY"
    if unit in TIME:
        return "TIME"
    if unit and unit.startswith("petaflop"):
        return "PFS"
    if unit in _TAGS:
        return _TAGS[unit]
    if _is_big(text, quantity):
        return "BIG"
    return "NUM"


@lru_cache(maxsize=8192)
def _plain_tag(word: str) -> str:
    """Return the tag of a word or sign that is part of no figure; "" for what is passed over: hyphens, "(bn)"."""
    if word in "-\u2010\u2011" or (word[0] == "(" and len(word) > 1):
        return ""
    return "P" if not word[0].isalnum() else "F" if word.lower() in _STOP else "W"


def words_of(text: str, sentence: Sentence, names: Sequence[tuple[int, int]] = ()) -> Words:
    """Cut a sentence into tokens around its quantities and devices.

    names: [start, end) of models' names, in order; a number inside one is a part of it.
    """
    found_devices = devices(text, sentence.start, sentence.end)
    spans: list[tuple[int, int, str, Quantity | Device | None]] = [
        (d.start, d.end, "GEN" if d.name in ("GPU", "TPU", "NPU", "CPU") else "DEV", d) for d in found_devices
    ]
    for quantity in read_quantities(text, sentence.start, sentence.end):
        if any(d.start < quantity.end and quantity.start < d.end for d in found_devices):
            continue
        if any(
            start <= quantity.start and quantity.end <= end and (start, end) != (quantity.start, quantity.end)
            for start, end in names
        ):
            continue
        label = tag(text, quantity)
        spans.append((quantity.start, quantity.end, label, quantity))
        if quantity.unit_end is not None and label not in ("NUM", "BIG"):
            spans.append((quantity.end, quantity.unit_end, "UNIT", None))
    for device in found_devices:
        alone = _SINGLE.search(text, max(sentence.start, device.start - 60), device.start)
        if (
            alone is None
            and device.name not in ("GPU", "TPU", "NPU", "CPU")
            and _CARD.match(text, device.end)
        ):
            alone = _ONE_CARD.search(text, max(sentence.start, device.start - 30), device.start)
        if alone:
            spans.append(
                (alone.start(1), alone.end(1), "NUM", Quantity(alone.start(1), alone.end(1), Decimal(1)))
            )
    spans.sort(key=lambda span: (span[0], -span[1]))
    out = Words([], [], [], [], {}, {})

    said, tags, starts, ends = out.words, out.tags, out.starts, out.ends

    def plain(start: int, end: int) -> None:
        for match in _TOKEN.finditer(text, start, end):
            word = match[0]
            if label := _plain_tag(word):
                said.append(word)
                tags.append(label)
                first, last = match.span()
                starts.append(first)
                ends.append(last)

    at = sentence.start
    for start, end, label, item in spans:
        if start < at:
            continue
        plain(at, start)
        if isinstance(item, Quantity):
            out.quantities[len(out.words)] = item
        elif isinstance(item, Device):
            out.devices[len(out.words)] = item
        said.append(text[start:end].strip(" -\u00a0") or text[start:end])
        tags.append(label)
        starts.append(start)
        ends.append(end)
        at = end
    plain(at, sentence.end)
    return out


# ---------------------------------------------------------------- rules
_ITEM: Final = quick(r"(\([^()\s]+\)|[^\s?*+{}]+?|\*)((?:[?*+]|\{\d+,\d+\})?)(?=\s|$)")
_CLASSES: Final[dict[str, dict[str, Any]]] = {
    "Q": {"TAG": {"IN": ["NUM", "BIG"]}},
    "NUM": {"TAG": "NUM"},
    "BIG": {"TAG": "BIG"},
    "W": {"TAG": "W"},
    "ANY": {"TAG": {"IN": ["W", "F"]}},
    "DEV": {"TAG": {"IN": ["DEV", "GEN"]}},
    "GEN": {"TAG": "GEN"},
    "LPAR": {"ORTH": "("},
    "RPAR": {"ORTH": ")"},
    "UNIT": {"TAG": "UNIT"},
    **{
        name: {"TAG": name}
        for name in (
            "MONEY",
            "TIME",
            "PERCENT",
            "FOLD",
            "FLOP",
            "RATE",
            "PFS",
            "ENERGY",
            "BYTES",
            "KG",
            "CO2",
            "POWER",
            "JOULE",
        )
    },
}


def compile_pattern(pattern: str, name: str) -> list[dict[str, Any]]:
    """Turn one line of kinds.toml into a spaCy token pattern. Raises RuleError naming the rule."""
    out: list[dict[str, Any]] = []
    rest = pattern.strip()
    while rest:
        match = _ITEM.match(rest)
        if match is None:
            raise RuleError(f"rule {name}: can't read {rest!r}")
        word, times = match[1], match[2]
        if "(" in word[1:] or word.startswith("(") != word.endswith(")"):
            raise RuleError(f"rule {name}: can't read {rest!r}")
        if word.startswith("(") and len(word) > 2:
            choices = word[1:-1].split("|")
            classes = [choice for choice in choices if choice in _CLASSES]
            if classes:
                tags = [
                    t
                    for c in classes
                    for t in (
                        _CLASSES[c]["TAG"]["IN"]
                        if isinstance(_CLASSES[c]["TAG"], dict)
                        else [_CLASSES[c]["TAG"]]
                    )
                ]
                plain = [c for c in choices if c not in _CLASSES]
                token: dict[str, Any] = (
                    {"TAG": {"IN": tags}} if not plain or "W" in classes else {"LOWER": {"IN": plain}}
                )
            else:
                token = {"LOWER": {"IN": choices}}
        elif word in _CLASSES:
            token = dict(_CLASSES[word])
        else:
            token = {"LOWER": word.removeprefix("\\").lower()}
        if times:
            token["OP"] = times
        out.append(token)
        rest = rest[match.end() :].lstrip()
    return out


#: A sentence no longer than this may be the answer to a question.
_SHORT: Final = 100
#: A longer sentence that has bare numbers only, and none of these words, says nothing of a model.
_SPEAKING: Final = frozenset(
    ("BIG", "MONEY", "TIME", "FLOP", "PFS", "ENERGY", "JOULE", "CO2", "KG", "FOLD", "PERCENT")
)
_COUNTED: Final = quick(
    r"[Pp]aram|[Tt]oken|\b[Cc]hip|\b[Cc]ard|[Aa]ccelerator|PU|\b[Cc]ore|[Pp]rocessor|\b[Ee]ach|\b[Ss]ame|\bthem\b|[Ff]actor|[Hh]ours|[Ww]eights|[Cc]ount|only|needed|used|machine|device|doubl|halv|tripl"
)


#: Between a token's tag and its word in the string that the matcher sees.
_BETWEEN_TAG_AND_WORD: Final = "\x1f"
_FLAGS: Final = 60  # spaCy keeps 63 flags a lexeme


@dataclass(frozen=True, slots=True)
class _Machine:
    """spaCy's Matchers, one a rule, and what their tokens are made of.

    The rules ask only for a token's tag and for the words that they name; every other word is the same to
    them. So a token is the string "TAG<sep>word", without the word where no rule names it: the vocabulary
    is closed, and a test of a set of words is a flag of the lexeme, set once.

    rules: each with its matcher and, for each of its patterns, the tests that a sentence's tokens must meet
    between them for it to match (bits); a rule without such a pattern is not asked.
    """

    vocab: Vocab
    rules: tuple[tuple[Rule, Matcher, tuple[int, ...]], ...]
    spoken: frozenset[str]
    tests: tuple[tuple[bool, frozenset[str]], ...]
    met: dict[str, int]

    def token(self, tag: str, word: str) -> str:
        """Return the string that stands for a token."""
        word = word.lower()
        return f"{tag}{_BETWEEN_TAG_AND_WORD}{word}" if word in self.spoken else tag

    def matches(self, tokens: list[str]) -> Iterator[tuple[Rule, int, int]]:
        """Yield each rule's matches, [first, last) of the tokens."""
        from spacy.tokens import Doc

        held = 0
        for told in tokens:
            bits = self.met.get(told)
            if bits is None:
                tag, word = _tag_in(told), _word_in(told)
                bits = sum(
                    1 << place
                    for place, (is_tag, members) in enumerate(self.tests)
                    if (tag if is_tag else word) in members
                )
                self.met[told] = bits
            held |= bits
        doc = None
        for rule, matcher, needed in self.rules:
            for bits in needed:
                if bits & held == bits:
                    doc = Doc(self.vocab, words=tokens) if doc is None else doc
                    for _, first, last in matcher(doc):
                        yield rule, first, last
                    break


def _word_in(told: str) -> str:
    """The word that a rule names, or the separator alone, which none does."""
    return told.partition(_BETWEEN_TAG_AND_WORD)[2] or _BETWEEN_TAG_AND_WORD


def _tag_in(told: str) -> str:
    return told.partition(_BETWEEN_TAG_AND_WORD)[0]


@cache
def _machine() -> _Machine:
    from spacy.attrs import LOWER, SHAPE  # type: ignore[import-not-found]
    from spacy.matcher import Matcher as Built
    from spacy.vocab import Vocab as Vocabulary

    vocab = Vocabulary(lex_attr_getters={LOWER: _word_in, SHAPE: _tag_in})
    entries = rulebook.toml("figures/kinds.toml")["rule"]
    patterns = [[compile_pattern(line, entry["id"]) for line in entry["pattern"]] for entry in entries]
    asked = Counter(  # what a rule begins with is asked of every token, the rest of few
        (place == 0, attribute, frozenset(held["IN"]))
        for lines in patterns
        for line in lines
        for place, token in enumerate(line)
        for attribute, held in token.items()
        if isinstance(held, dict)
    )
    flags: dict[tuple[str, frozenset[str]], int] = {}
    for _, attribute, members in sorted(asked, key=lambda what: (not what[0], -asked[what], sorted(what[2]))):
        if (attribute, members) not in flags and len(flags) < _FLAGS:
            part = _tag_in if attribute == "TAG" else _word_in
            flags[attribute, members] = vocab.add_flag(_member(part, members))
    tests: dict[tuple[bool, frozenset[str]], int] = {}

    def compiled(token: dict[str, Any]) -> tuple[dict[Any, Any], int]:
        """The token as the matcher takes it, and the bit of its test (0 where it may be left out)."""
        out: dict[Any, Any] = {}
        bit = 0
        for attribute, held in token.items():
            if attribute == "OP":
                out[attribute] = held
                continue
            members = frozenset(held["IN"]) if isinstance(held, dict) else frozenset([held])
            if isinstance(held, dict) and (attribute, members) in flags:
                out[flags[attribute, members]] = True
            else:
                out["SHAPE" if attribute == "TAG" else "LOWER"] = held
            bit = 1 << tests.setdefault((attribute == "TAG", members), len(tests))
        return out, 0 if token.get("OP", "+")[0] in "?*{" else bit

    rules = []
    for entry, lines in zip(entries, patterns, strict=True):
        made = [[compiled(token) for token in line] for line in lines]
        matcher = Built(vocab, validate=False)
        matcher.add(entry["id"], [[token for token, _ in line] for line in made], greedy="LONGEST")
        needed = {reduce(or_, (bit for _, bit in line), 0) for line in made}
        rule = Rule(entry["id"], entry["label"], entry.get("priority", 1), entry.get("last", False))
        rules.append((rule, matcher, tuple(sorted(needed))))
    spoken = frozenset[str]().union(*(members for is_tag, members in tests if not is_tag))
    machine = _Machine(vocab, tuple(rules), spoken, tuple(tests), {})
    for word in sorted(spoken):  # a lexeme's flags are told when it is made
        _ = vocab[machine.token(_plain_tag(word), word)]
    return machine


def _member(part: Callable[[str], str], members: frozenset[str]) -> Callable[[str], bool]:
    return lambda told: part(told) in members


_NUMBERS: Final = frozenset(
    (
        "NUM",
        "BIG",
        "MONEY",
        "TIME",
        "PERCENT",
        "FOLD",
        "FLOP",
        "RATE",
        "PFS",
        "ENERGY",
        "BYTES",
        "KG",
        "CO2",
        "POWER",
        "JOULE",
    )
)
_KIND_TAGS: Final[dict[str, frozenset[str]]] = {
    "price": frozenset(["MONEY"]), "compute": frozenset(["FLOP", "PFS"]), "energy": frozenset(["ENERGY", "JOULE"]), "emissions": frozenset(["CO2", "KG"]),
}  # fmt: skip


def find(
    text: str, sentence: Sentence, names: Sequence[tuple[int, int]] = ()
) -> tuple[list[Figure], Words | None]:
    """Find the figures of one sentence, in text order, each number once; and its tokens.

    A number that no rule knows leaves as "money", "time", "none"; a device without a count as "device".
    """
    if (
        _DIGIT.search(text, sentence.start, sentence.end) is None  # most often enough, and ten times as fast
        and GATE.search(text, sentence.start, sentence.end) is None
    ):
        return [], None
    words = words_of(text, sentence, names)
    if not words.quantities and not words.devices:
        return [], words
    if (
        not words.devices
        and sentence.end - sentence.start > _SHORT
        and not _SPEAKING.intersection(words.tags)
        and _COUNTED.search(text, sentence.start, sentence.end) is None
    ):
        return [], words
    machine = _machine()
    best: dict[int, tuple[tuple[int, int, str], Rule, int, int]] = {}
    for rule, first, last in machine.matches(list(map(machine.token, words.tags, words.words))):
        kind = rule.label.split(".")[0]
        wanted = _KIND_TAGS.get(kind, _NUMBERS)
        places = [i for i in range(first, last) if i in words.quantities and words.tags[i] in wanted]
        if not places:
            continue
        place = places[-1] if rule.last else places[0]
        rank = (-rule.priority, first - last, rule.id)
        if place not in best or rank < best[place][0]:
            best[place] = (rank, rule, first, last)
    out: list[Figure] = []
    counted: set[int] = set()
    for place, quantity in words.quantities.items():
        if place in best:
            _, rule, first, last = best[place]
            kind, _, detail = rule.label.partition(".")
            device = next((i for i in range(last - 1, first - 1, -1) if i in words.devices), None)
            if kind == "hardware":
                typed = [i for i in range(first, last) if i in words.devices and words.tags[i] == "DEV"]
                device = typed[0] if typed else device
                counted.update(i for i in range(first, last) if i in words.devices)
                if device is not None:  # "A100 GPUs": the noun is counted with its type
                    counted.update(
                        i
                        for i in range(device, min(device + 3, len(words.words)))
                        if i in words.devices and words.tags[i] == "GEN"
                    )
            elif device is not None:
                typed = [i for i in range(first, last) if i in words.devices and words.tags[i] == "DEV"]
                device = typed[0] if typed else device
                counted.update(i for i in range(first, last) if i in words.devices)
            out.append(
                Figure(kind, quantity.start, quantity.end, sentence, rule.id, quantity,
                       detail if kind == "parameters" and detail else None,
                       words.devices[device].name if device is not None else None,
                       detail if kind == "price" else None,
                       (words.starts[first], words.ends[last - 1]),
                       words.devices[device].slice if device is not None else None)
            )  # fmt: skip
        else:
            label = words.tags[place]
            kind = {"MONEY": "money", "TIME": "time", "FOLD": "fold", "PERCENT": "percent"}.get(label, "none")
            out.append(
                Figure(
                    kind,
                    quantity.start,
                    quantity.end,
                    sentence,
                    f"figure.{label.lower()}",
                    quantity,
                    span=(quantity.start, quantity.end),
                )
            )
    for place, named in words.devices.items():
        if place not in counted:
            if words.tags[place] == "GEN" and place and place - 1 in words.devices:
                continue
            out.append(
                Figure(
                    "device",
                    named.start,
                    named.end,
                    sentence,
                    named.rule,
                    None,
                    None,
                    named.name,
                    span=(named.start, named.end),
                    slice=named.slice,
                )
            )
    out.sort(key=lambda figure: (figure.at, figure.end))
    return _lists(text, out), words


_BETWEEN: Final = quick(
    r"\s*(?:,\s*(?:and|or)?|and|or|&|/|to|vs\.?|versus|against|,\s*(?:and|or)\s+a|and\s+(?:even\s+)?(?:a|an)?)\s*(?:about |around |roughly |~)?",
    re.IGNORECASE,
)


def between_members(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] stands between two members of a list: ", ", " and ", " or "."""
    return _BETWEEN.fullmatch(text, start, end) is not None


def _lists(text: str, figures: list[Figure]) -> list[Figure]:
    """Give the members of a list the kind (and the scale) of its last one: "7, 13 and 70 billion parameters"."""
    out = list(figures)
    listed: set[int] = set()
    for index in range(len(out) - 2, -1, -1):
        this, nxt = out[index], out[index + 1]
        if (
            this.quantity is None
            or nxt.quantity is None
            or this.kind not in ("none",)
            or nxt.kind not in ("parameters", "tokens", "hardware", "device_hours", "time", "compute")
        ):
            continue
        if not _BETWEEN.fullmatch(text, this.end, nxt.at) or re.search(
            r"[=×*]\s*$", text[max(0, this.at - 4) : this.at]
        ):
            continue
        bare_comma = text[this.end : nxt.at].strip() == ","
        if (
            bare_comma
            and index + 1 not in listed
            and not (index + 2 < len(out) and _BETWEEN.fullmatch(text, nxt.end, out[index + 2].at))
        ):
            continue
        quantity = this.quantity
        if quantity.unit is not None or quantity.value is None:
            continue
        if nxt.kind == "hardware" and this.rule != "figure.num":
            continue
        base = re.match(r"[\d.,]*\d", text[nxt.at : nxt.end])
        if (
            base
            and not re.search(r"[A-Za-z]", text[this.at : this.end])
            and quantity.value < 1000
            and nxt.quantity.value
        ):
            stem = Decimal(base[0].replace(",", ""))
            if stem and nxt.quantity.value / stem >= 1000:
                quantity = replace(quantity, value=quantity.value * (nxt.quantity.value / stem))
        if nxt.kind in ("parameters", "tokens") and quantity.value is not None and quantity.value < 1000:
            continue
        if nxt.kind == "time":
            quantity = replace(quantity, unit=nxt.quantity.unit, unit_end=nxt.quantity.unit_end)
        listed.add(index)
        out[index] = replace(
            this,
            kind=nxt.kind,
            role=nxt.role,
            device=nxt.device,
            quantity=quantity,
            rule=nxt.rule,
            span=(this.at, nxt.span[1]),
        )
    return out
