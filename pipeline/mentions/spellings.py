"""Accepted spellings -> mentions: merge spellings, cut firms off the front, find short forms, lay them out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.chains import SIZE, chains_of, split_chain
from pipeline.mentions.evidence import ACCEPT, Candidate, gather, shape_of
from pipeline.mentions.vocabulary import Words, squash

#: Rules of a name that the text introduces.
_INTRODUCED: Final = frozenset(
    ("named.kind", "named.called", "name.called", "name.it-is-called", "name.is-called", "name.noun-before", "name.apposition", "name.apposition-kind",
     "name.is-a-model", "is.model", "is.model-apposed", "is.released", "name.label", "stands.run-in, again", "name.release-before", "object.release",
     "name.it-has", "name.has-parameters", "has.size")
)  # fmt: skip

#: Of these, the ones that tell a name from a short form of another.
_SETTLED: Final = frozenset(
    ("name.noun-before", "name.it-has", "name.called", "name.it-is-called", "name.apposition", "name.is-a-model", "name.has-parameters",
     "name.parenthesis-size", "name.apposition-kind")
)  # fmt: skip

_EARLIER: Final = quick(r"\b(?:first|original|older|earlier|previous|old)\s$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text: [start, end), as it stands there, its canonical form, and why."""

    start: int
    end: int
    text: str
    canonical: str
    rule: str
    confidence: float
    introduced: bool = False  # the text says what it is ("X, a language model"), not in passing


@dataclass(frozen=True, slots=True)
class Names:
    """All names of an article, in text order; offsets of title_* point into the title.

    models:      mentions of models; organizations: mentions of organizations; they do not overlap.
    doubtful:    mentions of what may be a model's name, with too little evidence to be taken for one.
    aliases:     canonical name of a model -> its other spellings in this text.
    """

    models: tuple[Name, ...] = ()
    organizations: tuple[Name, ...] = ()
    title_models: tuple[Name, ...] = ()
    title_organizations: tuple[Name, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organization_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubtful: tuple[Name, ...] = ()


#: "against 18,400 GPU-hours for 1.0": a version by its number alone.
_BARE_VERSION: Final = quick(
    r"\b(?:for|than|of|from|supersedes|replaces|with|over|since|like)\s(\d\.\d)(?=[.,;:)](?:\s|$)|\s(?:and|was|is|had|used|needed|took|by)\b)"
)

_PAIR: Final = quick(
    r"\s?\(\s?[“\"‘']?(?:or |called |the )?([^\s()“”\"]{2,14}(?: \d[\w.]{0,5})?)[”\"’']?\s?\)"
)


def _ends_in(name: str, tail: str) -> bool:
    """Whether a name's last word is `tail`."""
    return name.endswith(tail) and _is_gap(name[: -len(tail)][-1:])


def _is_gap(letter: str) -> bool:
    """Whether a letter stands between the words of a name."""
    return letter == "-" or letter.isspace()


def _abbreviates(short: str, long: str) -> bool:
    """Schwartz and Hearst (2003): the short form's letters stand in order in the long form.

    The first letter must begin a word of the long form.
    """
    letters = [c for c in short.lower() if c.isalnum()]
    if not 2 <= len(letters) <= 12 or not any(c.isupper() for c in short) or len(long) <= len(short) + 2:
        return False
    at = len(long) - 1
    low = long.lower()
    for index in range(len(letters) - 1, -1, -1):
        while at >= 0 and (low[at] != letters[index] or (index == 0 and at > 0 and low[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
        at -= 1
    return True


def _long_start(text: str, end: int, short: str) -> int | None:
    """Where the long form begins that stands before "(short)" at a place: the fewest words that fit."""
    low = max(text.rfind("\n", 0, end), text.rfind(". ", 0, end), end - 110) + 1
    words = list(re.finditer(r"[^\s()|]+", text[max(0, low) : end]))
    for count in range(2, min(len(words), 10) + 1):
        first = words[-count]
        at = max(0, low) + first.start()
        if not (text[at].isupper() and text[at].lower() == short[0].lower()):
            continue
        long = text[at:end].rstrip()
        if long[-1].isalnum() and _near(short, long):
            return at
    return None


def _near(short: str, long: str) -> bool:
    """An abbreviation, also one with a slip in its last letter ("MT-NLP" of "... Language Generation")."""
    return _abbreviates(short, long) or (len(squash(short)) >= 4 and _abbreviates(short[:-1], long))


def build(
    text: str,
    title: str,
    models: dict[str, Candidate],
    accepted: set[str],
    organizations: dict[str, Candidate],
    w: Words,
) -> Names:
    """Merge spellings, cut firms off the front, add short forms, and lay out the mentions."""
    spelling = {key: models[key].usual for key in accepted}
    canonical: dict[str, str] = {}
    organization_keys = set(organizations) | set(w.organizations)
    cut: dict[str, int] = {}

    # A firm in front of a name that also stands alone, or of a plain name: "Brightwater Kestrel 3".
    for key, name in sorted(spelling.items()):
        parts = name.split()
        for count in range(1, min(len(parts), 4)):
            front, rest = " ".join(parts[:count]), " ".join(parts[count:])
            generic = rest[0].isdigit() or rest.lower() in w.variants
            if (
                squash(front) in organization_keys
                and not generic
                and (squash(rest) in accepted or squash(rest) in w.known)
            ):
                cut[key] = len(name) - len(rest)

    # Long form and short form: "Megatron-Turing Natural Language Generation (MT-NLP)".
    pairs: dict[str, str] = {}
    long_forms: list[tuple[int, int, str]] = []
    for match in _PAIR.finditer(text):
        short = match[1]
        start = _long_start(text, match.start(), short)
        if start is None or squash(short).isdigit():
            continue
        key = squash(text[start : match.start()])
        is_firm = (
            key in organizations
            or key in w.organizations
            or text[start : match.start()].split()[-1].lower() in w.heads
        )
        table = organizations if is_firm else models
        if key not in table:
            spelled = text[start : match.start()].rstrip()
            table[key] = Candidate(
                key, [(start, start + len(spelled))], Counter([spelled]), {}, 3.0 if is_firm else 0.0
            )
            if not is_firm:
                long_forms.append((start, start + len(spelled), key))
        pairs.setdefault(squash(short), key)
        if not is_firm and squash(short) not in models:
            models[squash(short)] = Candidate(squash(short), [match.span(1)], Counter([short]), {}, 0.0)
    for start, end, key in long_forms:  # pieces of a long form are no names of their own
        for other, candidate in models.items():
            if other != key and any(start <= a and b <= end for a, b in candidate.spans):
                if other in accepted:
                    models[key].shape = max(models[key].shape, candidate.score)
                    accepted.add(key)
                    spelling[key] = models[key].usual
                candidate.spans = [
                    span for span in candidate.spans if not (start <= span[0] and span[1] <= end)
                ]
                if not candidate.spans:
                    accepted.discard(other)
        if w.aliases.get(key):
            accepted.add(key)
            spelling[key] = models[key].usual
    for short_key, key in sorted(pairs.items()):
        if key in organizations and short_key in accepted and key not in accepted:
            accepted.discard(short_key)
            organizations.setdefault(short_key, models[short_key])
        elif short_key in accepted and key not in accepted and key in models:
            accepted.add(key)
            spelling[key] = models[key].usual
        elif (
            key in accepted
            and short_key not in accepted
            and short_key in models
            and models[short_key].shape > -4
        ):
            accepted.add(short_key)
            spelling[short_key] = models[short_key].usual

    for key in sorted(accepted):
        if key not in spelling:
            continue
        name = spelling[key][cut.get(key, 0) :]
        own = squash(name)
        canonical[key] = w.aliases.get(own) or _spelled(own, name, spelling, w)
    for key in sorted(canonical):  # "V3", of a lab whose name the known model begins with: DeepSeek-V3
        if re.fullmatch(r"[a-z]\d{1,2}", key):
            full = [
                known
                for known in w.known.values()
                if known.lower().endswith("-" + spelling[key].lower())
                and (lab := known[: -len(spelling[key]) - 1]).isalpha()
                and len(lab) > 2
                and lab in text
            ]
            if len(full) == 1:
                canonical[key] = full[0]
    for short_key, key in sorted(pairs.items()):
        if short_key in canonical and key in canonical:
            target = w.aliases.get(squash(spelling[key])) or canonical[short_key]
            for other in (short_key, key):
                canonical[other] = target

    # Short forms of one longer name: the family alone, a version or a grade alone.
    mains = {key: canonical[key] for key in canonical}
    first_seen: dict[str, int] = {}
    for key, name in canonical.items():
        first_seen[name] = min(models[key].spans[0][0], first_seen.get(name, len(text)))
    # "V3" after DeepSeek-V3, "Max" after Kestrel 3 Max: the end of one longer name
    for key in sorted(canonical):
        tail = spelling[key]
        if (
            " " in tail
            or "-" in tail
            or not (tail.lower() in w.variants or re.fullmatch(r"[A-Za-z]{1,2}\d{1,2}(?:\.\d)?", tail))
        ):
            continue
        ends = {
            name
            for name in mains.values()
            if _ends_in(name, tail) and (first_seen[name] <= models[key].spans[0][0] or tail.islower())
        }
        if len(ends) == 1:
            canonical[key] = ends.pop()
    for key in sorted(canonical):
        name = canonical[key]
        if any(c.isdigit() for c in name) or _SETTLED & set(models[key].evidence):
            continue
        if any(_EARLIER.search(text, max(0, start - 12), start) for start, _ in models[key].spans):
            continue  # "the first Llama" is not Llama 2
        longer = {
            other
            for other in mains.values()
            if other != name
            and squash(other) != squash(name)
            and first_seen.get(other, len(text)) < models[key].spans[0][0]
            and _is_gap(other[len(name) : len(name) + 1])
            and other[: len(name)].lower() == name.lower()
        }
        if len(longer) == 1:
            canonical[key] = longer.pop()

    mentions: dict[int, Name] = {}
    for key in canonical:
        candidate = models[key]
        for start, end in candidate.spans:
            at = start + (
                cut[key]
                if key in cut and squash(text[start:end]) == key and end - start == len(spelling[key])
                else 0
            )
            mentions[at] = Name(
                at, end, text[at:end], canonical[key], candidate.rule, round(candidate.score, 2),
                bool(_INTRODUCED & set(candidate.evidence)),
            )  # fmt: skip
    covered = sorted((m.start, m.end) for m in mentions.values())
    for start, end, alias_of, rule in _short_forms(text, canonical, models, accepted, w):
        if not _overlaps(covered, start, end):
            mentions[start] = Name(start, end, text[start:end], alias_of, rule, 2.0)
    found = tuple(mentions[at] for at in sorted(mentions))
    found = _without_overlap(found)

    # Organizations: the longest name that begins with a short one.
    names = {key: c.usual for key, c in organizations.items()}
    own_names: dict[str, str] = {}
    for key, name in names.items():
        longer_names = [
            n
            for k, n in names.items()
            if k != key and n.startswith(name + " ") and n.split()[-1].lower() in w.heads
        ]
        best = max(longer_names, key=len, default=name)
        if key in pairs and pairs[key] in names:
            best = names[pairs[key]]
        own_names[key] = best
    taken = sorted((m.start, m.end) for m in found)
    firms = []
    for key, candidate in organizations.items():
        for start, end in candidate.spans:
            if not _overlaps(taken, start, end):
                firms.append(
                    Name(
                        start, end, text[start:end], own_names[key], "organization", round(candidate.shape, 2)
                    )
                )
    for key, offset in cut.items():
        if key not in canonical:
            continue
        for start, end in models[key].spans:
            front = text[start : start + offset].rstrip()
            if front and end - start == len(spelling[key]):
                firms.append(
                    Name(
                        start,
                        start + len(front),
                        front,
                        own_names.get(squash(front), front),
                        "organization",
                        2.0,
                    )
                )
    organizations_found = _without_overlap(tuple(sorted(firms, key=lambda m: (m.start, -m.end))))

    title_models, title_firms = _in_title(title, found, organizations_found, w)
    aliases: dict[str, set[str]] = defaultdict(set)
    for mention in (*found, *title_models):
        aliases[mention.canonical].add(mention.text)
    firm_aliases: dict[str, set[str]] = defaultdict(set)
    for mention in organizations_found:
        firm_aliases[mention.canonical].add(mention.text)
    return Names(
        found,
        organizations_found,
        title_models,
        title_firms,
        {name: tuple(sorted(spellings - {name})) for name, spellings in sorted(aliases.items())},
        {name: tuple(sorted(spellings - {name})) for name, spellings in sorted(firm_aliases.items())},
    )


def _spelled(key: str, name: str, spelling: Mapping[str, str], w: Words) -> str:
    """The lexicon's spelling where it differs in case and marks only, else the text's."""
    known = w.known.get(key)
    if known is not None and (
        key in w.families or known.lower().replace("-", " ") == name.lower().replace("-", " ")
    ):
        # a family's two spellings (LLaMA, Llama) are both right: keep the text's case there
        return name if known.lower() == name.lower() and not name.islower() else known
    return name


def _without_overlap(mentions: tuple[Name, ...]) -> tuple[Name, ...]:
    out: list[Name] = []
    for mention in mentions:
        if out and mention.start < out[-1].end:
            if mention.end - mention.start > out[-1].end - out[-1].start:
                out[-1] = mention
            continue
        out.append(mention)
    return tuple(out)


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    low, high = 0, len(spans)
    while low < high:
        mid = (low + high) // 2
        if spans[mid][1] <= start:
            low = mid + 1
        else:
            high = mid
    return low < len(spans) and spans[low][0] < end


def _short_forms(
    text: str, canonical: Mapping[str, str], models: Mapping[str, Candidate], accepted: set[str], w: Words
) -> Iterable[tuple[int, int, str, str]]:
    """Find "V3" for DeepSeek-V3 and "Nano" for Kestrel 3 Nano, where only one name ends so."""
    endings: dict[str, set[str]] = defaultdict(set)
    for name in set(canonical.values()):
        parts = re.split(r"[\s-]", name)
        if len(parts) < 2:
            continue
        tail = parts[-1]
        if (
            (re.fullmatch(r"[A-Za-z]{1,3}\d{1,2}(?:\.\d)?", tail) and not w.device.fullmatch(tail))
            or (tail.lower() in w.variants and tail[0].isupper())
            or (
                tail[0].isupper()
                and tail.isalpha()
                and len(tail) > 3
                and len(parts) > 2
                and squash(tail) not in w.places
            )
        ):
            endings[tail].add(name)
        if (
            len(parts) > 2
            and parts[-2][0].isupper()
            and parts[-2].isalpha()
            and parts[-2].lower() in w.variants
            and SIZE.fullmatch(tail)
        ):
            endings[parts[-2]].add(name)
        if len(parts) > 2 and re.fullmatch(r"\d(?:\.\d)?", parts[-2]) and parts[-1][0].isalpha():
            endings[f"{parts[-2]} {parts[-1]}"].add(name)
    for name in set(canonical.values()):
        tail = re.search(r"\s(\d+(?:\.\d+)?-[A-Z]\w*)$", name)  # "1.5-G" of OASIS 1.5-G
        if tail:
            endings[tail[1]].add(name)
    single = {tail: names.pop() for tail, names in endings.items() if len(names) == 1}
    stems = {
        m[1] for name in set(canonical.values()) if (m := re.fullmatch(r"(.{3,}?)[\s-]\d\.\d(?:-\w+)?", name))
    }
    if len(stems) == 1:
        stem = stems.pop()
        for match in _BARE_VERSION.finditer(text):
            yield match.start(1), match.end(1), f"{stem} {match[1]}", "name.short-form"
    last = 0
    for at, less, form in sorted((at, -len(tail), tail) for tail in single for at in _stands(text, tail)):
        if at >= last:  # the longest of those that begin here
            last = at - less
            yield at, last, single[form], "name.short-form"


def _stands(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands by itself, and is no part of a longer name or number."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 2]
        goes_on = (
            after[:1].isalnum() or after[:1] in ("_", "-") or (after[:1] == "." and after[1:].isdecimal())
        )
        if not goes_on and not before.isalnum() and before not in ("_", ".", "-"):
            yield at
        at = text.find(word, at + 1)


def _in_title(
    title: str, models: tuple[Name, ...], firms: tuple[Name, ...], w: Words
) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Find the text's names in the title; where the text has none, names of a telling shape."""
    if not title:
        return (), ()
    out: list[Name] = []
    spellings = sorted({(m.text, m.canonical) for m in models}, key=lambda pair: (-len(pair[0]), pair))
    taken: list[tuple[int, int]] = []
    for text, name in spellings:
        at = title.find(text)
        while at >= 0:
            end = at + len(text)
            before, after = title[at - 1 : at], title[end : end + 1]
            if not (before.isalnum() or after.isalnum() or any(a < end and at < b for a, b in taken)):
                taken.append((at, end))
                out.append(Name(at, end, text, name, "name.title", 3.0))
            at = title.find(text, end)
    for chain in chains_of(title, w):
        for start, end, kind in split_chain(title, chain.words, w):
            if kind != "name" or any(a < end and start < b for a, b in taken):
                continue
            name = title[start:end]
            probe = Candidate(squash(name), [(start, end)], Counter([name]))
            probe.shape = shape_of(name, w)
            if probe.shape > -1:
                gather(title, probe, w)
            if probe.score >= ACCEPT + 0.5 and any(c.isdigit() or c.isupper() for c in name[1:]):
                taken.append((start, end))
                out.append(
                    Name(
                        start,
                        end,
                        name,
                        _spelled(probe.key, name, {}, w),
                        "name.title-shape",
                        round(probe.score, 2),
                    )
                )
    found_firms = []
    for text, name in sorted({(m.text, m.canonical) for m in firms}, key=lambda pair: (-len(pair[0]), pair)):
        at = title.find(text)
        if at >= 0 and not any(a < at + len(text) and at < b for a, b in taken):
            taken.append((at, at + len(text)))
            found_firms.append(Name(at, at + len(text), text, name, "organization", 2.0))
    return tuple(sorted(out, key=lambda m: m.start)), tuple(sorted(found_firms, key=lambda m: m.start))
