"""Find names of models and organizations never seen before, by shape and surroundings.

find_names(article) -> Names. A candidate is a chain of words in capitals, with digits, or with
capitals inside. Evidence for a spelling is gathered over the whole document: its own shape, what
stands around it wherever it occurs (rules/names/cues.toml), and what its family got. The lexicons
give spelling and a little evidence; they never decide alone against the surroundings.

Offsets are code points into the article's text (or title, for title_models), half-open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pipeline.expressions import quick
from pipeline.mentions.chains import ADJECTIVE, Chain, chains_of, drop_first, has_inner_cap, split_chain
from pipeline.mentions.evidence import (
    ACCEPT,
    LEFT,
    LOOKS,
    NATIONAL,
    RIGHT,
    Candidate,
    gather,
    gather_title,
    has_grade,
    head_of,
    particular,
    possessed,
    relations_of,
    root_of,
    shape_of,
    stand_alone,
    traits_of,
)
from pipeline.mentions.neighbours import beside
from pipeline.mentions.numbers import number_names
from pipeline.mentions.organizations import organization_score, organizations_of
from pipeline.mentions.spellings import Name, Names, build
from pipeline.mentions.together import together
from pipeline.mentions.vocabulary import Words, bare_forms, cues, is_english, is_reporter, squash, vocabulary
from schemas.records import Article

#: So much more where the article is given with its model's name.
GIVEN: Final = 3.8

#: So much less for all: a name missed costs more than a false one.
LEAN: Final = 0.3

#: And so much less in a paragraph with figures of training and no name.
NEARBY: Final = 1.5

#: So much less where a text names no other model.
ADOPTED: Final = 2.5

#: With so much less evidence than a name needs, a spelling may still be one.
DOUBTFUL: Final = 3.5

#: Words of a text that may hold a fact about a model.
_SUBJECT: Final = quick(
    r"(?i)\bparameters?\b|\btokens\b|\btrain(?:ed|ing|s)?\b|\b(?:GPU|TPU|chip|core|accelerator)s?\b|-hours|\bFLOPs?\b|\bcompute\b|\bweights\b|\bcheckpoint|[AHV]\d{2,3}\b|\bmodel"
)

#: A figure of training.
_FIGURE: Final = quick(
    r"\d[\d.,]*\s?(?:[BMT]\b|bn\b|tn\b|mn\b|billion|million|trillion|thousand|hundred)?[\s-]?(?:\w+[\s-]){0,2}?(?:parameters?|params|weights|tokens|GPUs?|TPUs?|chips|cards|accelerators|[AHV]\d{2,3}s?|GPU-hours|days|weeks|months)\b"
)

#: A name in small letters stands where only a name can.
_LOW_NAME: Final = quick(
    r"(?:(?<!\w)|(?<=\w)(?=[A-Z\n.!?]))(?:"  # where any of them begins: most places are no such
    r"\b(?:model|LLM|network|chatbot|system|bot|it|which is|transformer|thing|result),?\s(?:is\s|was\s)?(?:called|named|dubbed|code-?named|christened)\s[“\"‘']?([a-z][a-z0-9-]{2,20})\b"
    r"|\b(?:[Hh]er|[Hh]is|[Mm]y|[Oo]ur|[Tt]heir|[Ii]ts)\s(?:\w+\s)?(?:model|network|chatbot|bot|LLM),\s([a-z][a-z0-9-]{2,20}),"
    r"|(?:^|\n|[.!?]\s)([a-z][a-z0-9-]{3,20})(?:\s\([^()\n]{2,40}\))?(?=\s(?:is|was)\s(?:an?|our|the)\s(?:[\w-]+\s){0,4}(?:model|network|LLM|transformer|chatbot)\b|\shas \d)"
    r"|[A-Z]\w*(?:’s|'s)\s([a-z][a-z0-9-]{3,20})(?=\s(?:comes? in\b|has \d|have \d|was (?:pre-?)?trained|cost [$€£¥]))"
    r"|(?:^|\n)([a-z][a-z0-9-]{1,20})(?:\s\([^()\n]{2,40}\))?(?=,\s|:\s|\s[—–-]\s|\s(?:is|was|has|had|cost|took|needed|used|ran|comes|came|from|by)\s)"
    r"|\b(?:[Mm]eet|[Ii]ntroducing|christened|called|named|dubbed)\s([a-z][a-z0-9-]{2,20})(?=[.,;:!)]|\s(?:is|was|has)\b)"
    r"|(?:^|\n|[.!?]\s)([a-z][a-z0-9-]{3,20})(?=\s(?:is|was|has|had|saw|cost|took)\s(?:about\s|around\s|only\s|just\s|roughly\s|~)?[$€£]?\d)"
    r"|(?<![\w-])([a-z]{3,15}-(?:mini|nano|micro|tiny|small|base|large|xl|lite|pro))(?![\w-])"
    r"|(?:^|\n)\d{1,2}[.)]\s([a-z][a-z0-9-]{2,20})(?=\n|\s\(|,\s|:\s))"
)

#: "another ChatGPT", with no noun behind it: one of a kind.
_ONE_OF_A_KIND: Final = quick(
    r"\b(?:an?|another|own|best|next|homegrown|home-grown|no)\s(?:new\s|other\s|second\s)?$"
)
_NO_NOUN: Final = quick(r"[.,;:!?”\"’)]|\s(?:that|of|for|to|on|with|in|but|and|or)\b|\s?$")

#: Words that are counted, or are one of a kind.
_COUNTED: Final = quick(
    r"(?:\d|\b(?:[mbtr]{1,2}illion|hundred|thousand|lakh|crore|k|an?|one|two|three|four|five|six|seven|eight|nine|ten|dozen|few|many|more))\s(?=([a-z]{4,30})\b)"
)

#: "Farid: Longer.": who speaks in an interview or a transcript.
_SPEAKER: Final = quick(
    r"(?:^|\n)(?:\[[\d:.]{4,11}\]\s)?(?:u/|@)?([^\W\d_][\w.-]{1,24}(?:\s[A-Z][\w-]{1,20})?)(?:\s\([^()\n]{1,40}\)|,\s[^\n:]{2,50})?:\s"
)


def find_names(article: Article) -> Names:
    """Find the models and organizations that an article names.

    Any text is safe; the same text gives the same names. Linear in the length of the text.
    """
    return find_in(article.text, article.title or "", default_model=article.default_model)


def find_in(text: str, title: str = "", *, default_model: str | None = None) -> Names:
    """As find_names, for a bare text and title."""
    w = vocabulary()
    models, others = _gathered(text, title, default_model, w)
    threshold = ACCEPT - LEAN + (GIVEN if default_model else 0.0)
    accepted = {key for key, c in models.items() if c.score >= threshold}
    # The first word of a longer name, said alone again and again: "Draig" beside "Draig Fach".
    firsts = {models[key].usual.split()[0] for key in accepted if " " in models[key].usual}
    for key, candidate in models.items():
        name = candidate.usual
        if (
            key not in accepted
            and name in firsts
            and len(candidate.spans) > 1
            and len(name) > 3
            and candidate.score >= 0
            and key not in w.organizations
            and key not in w.places
        ):
            candidate.evidence["name.first-word"] = 2.5
            accepted.add(key)
    # A family vouches for its members: the same letters, with another version, size or grade.
    roots = Counter(root_of(models[key].usual) for key in accepted if models[key].score >= threshold + 0.5)
    heads = {squash(head_of(models[key].usual, w)) for key in accepted}
    stems = {squash(models[key].usual) for key in accepted}
    for key, candidate in models.items():
        if key in accepted or candidate.shape < -2.5:
            continue
        name = candidate.usual
        root = root_of(name)
        parts = re.split(r"[\s-]", name)
        member = len(parts) > 1 and any(
            squash("".join(parts[:n])) in stems or squash("".join(parts[:n])) in heads
            for n in range(1, len(parts))
        )
        versioned = (
            len(root) > 1 and bool(roots.get(root)) and (any(c.isdigit() for c in name) or has_grade(name, w))
        )
        alone = (
            key in heads
            and key not in w.organizations
            and key not in w.places
            and len(key) > 2
            and candidate.score > -1.0
        )
        if alone and organization_score(text, candidate, w) >= 1.5:
            alone = False
        if alone or (
            (versioned or (member and parts[-1].lower() not in w.heads)) and candidate.score >= -1.0
        ):
            candidate.evidence["name.family"] = 2.0
            if alone or candidate.score >= ACCEPT - 1.0:
                accepted.add(key)

    organizations = organizations_of(text, models, others, accepted, w)
    if accepted and not default_model:
        _adopt_nearby(text, models, accepted, organizations)
    if not accepted and not default_model:
        _adopt(text, models, accepted, organizations)
    names = build(text, title, models, accepted, organizations, w)
    names = replace(names, models=tuple(name for name in names.models if not _is_common_noun(text, name, w)))
    return replace(names, doubtful=_doubtful(text, models, accepted, names))


def _is_common_noun(text: str, name: Name, w: Words) -> bool:
    """Whether a well-known name is used for its kind: "the best ChatGPT that $100 can buy", "not a new ChatGPT"."""
    return (
        name.text.isalpha()
        and squash(name.text) in w.known
        and _ONE_OF_A_KIND.search(text, max(0, name.start - 16), name.start) is not None
        and _NO_NOUN.match(text, name.end, name.end + 8) is not None
    )


def _doubtful(
    text: str, models: Mapping[str, Candidate], accepted: set[str], names: Names
) -> tuple[Name, ...]:
    """Return where spellings stand that have some evidence of a model's name, and not enough."""
    taken = sorted((name.start, name.end) for name in (*names.models, *names.organizations))
    starts = [start for start, _ in taken]
    out = []
    for key, candidate in models.items():
        if key in accepted or candidate.score < ACCEPT - DOUBTFUL or candidate.usual.islower():
            continue
        for start, end in candidate.spans:
            at = bisect_left(starts, end)
            if at and taken[at - 1][1] > start:
                continue
            out.append(Name(start, end, text[start:end], candidate.usual, candidate.rule, candidate.score))
    return tuple(sorted(out, key=lambda name: (name.start, name.end)))


def candidates(text: str, title: str = "", *, default_model: str | None = None) -> dict[str, Candidate]:
    """Spellings that may be models' names, each with its evidence: what the weights are fitted on."""
    return _gathered(text, title, default_model, vocabulary())[0]


def _gathered(
    text: str, title: str, default_model: str | None, w: Words
) -> tuple[dict[str, Candidate], dict[str, Candidate]]:
    """Find the spellings that may be names and weigh them: (names, firms cut off in front)."""
    lower_words = set(re.findall(r"(?<![\w-])[a-z][a-z]{2,}(?![\w-])", text))
    odd = {word for word in lower_words if len(word) > 3 and not is_english(word)}
    if odd:  # "900 million reais", "a reasoner": units and nouns
        odd.difference_update(_COUNTED.findall(text))
    chains = list(chains_of(text, w, odd))
    models: dict[str, Candidate] = {}
    others: dict[str, Candidate] = {}
    heading_lines = _headings(text)

    within = {(c.words[0][2], c.words[1][2]) for c in chains if len(c.words) > 1 and not c.opens}
    alone = {text[c.start : c.end] for c in chains}
    pieces: list[tuple[Chain, list[tuple[int, int, str]]]] = []
    for chain in chains:
        words = chain.words
        while words and words[-1][2].lower() in (
            "of",
            "for",
            "the",
            "des",
            "de",
            "du",
            "di",
            "für",
            "der",
            "la",
            "les",
        ):
            words = words[:-1]
        firm = words[-1][2].lower() in w.heads and words[0][2].lower() not in lower_words if words else False
        if (
            chain.opens
            and len(words) > 1
            and not firm
            and (words[0][2], words[1][2]) not in within
            and squash(text[words[0][0] : words[1][1]]) not in w.organizations
            and drop_first(words[0][2], lower_words, w)
        ):
            words = words[1:]
        if chain.opens and len(words) > 1 and words[0][2].lower() in w.firm_nouns:  # "Consultancy Oriel"
            words = words[1:]
        while len(words) > 1 and ADJECTIVE.search(words[0][2]):  # "Paris-based Oriel AI"
            words = words[1:]
        if len(words) > 1 and _is_people(words[0][2], w):  # "the Swiss Apertus"
            rest = text[words[1][0] : words[-1][1]]
            article = text[max(0, words[0][0] - 4) : words[0][0]].lower() == "the "
            if (article or rest in alone) and words[-1][2].lower() not in w.heads:
                words = words[1:]
        if words and words[0][2] == "AI" and squash(text[words[0][0] : words[-1][1]]) not in w.organizations:
            words = words[1:]
        if not words:
            continue
        pieces.append((chain, words))

    def note(
        table: dict[str, Candidate], start: int, end: int, chain: Chain, *, opens: bool
    ) -> Candidate | None:
        name = text[start:end]
        key = squash(name)
        if not key:
            return None
        candidate = table.get(key)
        if candidate is None:
            candidate = table[key] = Candidate(key)
        candidate.spans.append((start, end))
        candidate.spellings[name] += 1
        candidate.opens += opens
        candidate.title = candidate.title or chain.title_before
        return candidate

    labels = Counter(match[1] for match in _SPEAKER.finditer(text))
    speakers = {label for label, count in labels.items() if count > 1}
    starts = re.findall(r"(?m)^[^\W\d_]", text)
    small = 4 * sum(c.islower() for c in starts) > len(starts)  # written without capitals
    low_names = {
        word
        for match in _LOW_NAME.finditer(text)
        if (word := match[match.lastindex or 0]) not in w.closed
        and word not in speakers
        and word not in w.variants
        and (
            (match.lastindex or 0) < 5
            or not (
                (match.lastindex == 5 and small)
                or len(word) < 2
                or bare_forms(word.split("-")[0]) & (w.common_words | w.variants)
            )
        )
    }
    for word in sorted(low_names):  # "a model called tsuzumi"
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            note(models, *match.span(), Chain([], False), opens=False)
    for start, end in number_names(text):  # "1848 has 3.8 billion parameters"
        found = note(models, start, end, Chain([], False), opens=False)
        if found is not None:
            found.number = True
    for chain, words in pieces:
        for start, end, kind in split_chain(text, words, w):
            opens = chain.opens and start == chain.start
            if _in_heading(start, heading_lines):
                opens = True
            found = note(models if kind == "name" else others, start, end, chain, opens=opens)
            if found is not None and kind == "name" and start > words[0][0]:
                found.behind_firm = True

    firm_words = {
        parts[0].lower()
        for candidate in models.values()
        if len(parts := candidate.usual.split()) > 1
        and parts[-1].lower() in w.heads
        and parts[-1].lower() not in w.variants
    }
    relations = relations_of(models, w)
    wanted = squash(default_model) if default_model else ""
    for key, candidate in models.items():
        name = candidate.usual
        candidate.shape = shape_of(name, w, particular=key in w.generic and particular(text, candidate))
        if candidate.number:
            candidate.shape = 0.0
        if wanted and len(key) > 2 and (key in wanted or wanted in key):
            candidate.shape += 1.5
        if candidate.title:
            candidate.shape -= 4.0
        if key in w.organizations and key not in w.families:
            candidate.shape -= 3.0
        if name in speakers:
            candidate.shape -= 6.0
        if name.lower() in w.variants:
            candidate.shape -= 1.5
        if name.lower() in w.numbered:
            candidate.shape -= 4.0
        if name.lower() in firm_words:  # "Vesper" beside "Vesper Labs"
            candidate.shape -= 3.0
        if (
            candidate.opens == len(candidate.spans)
            and " " not in name
            and not any(c.isdigit() for c in name)
            and not has_inner_cap(name)
        ):
            if name.lower() in lower_words:
                candidate.shape -= 3.0
            elif key not in w.known:
                candidate.shape -= 0.7
                candidate.opening = 0.7
        elif " " not in name and name.istitle() and name.lower() in lower_words and key not in w.families:
            candidate.shape -= 1.0
        candidate.traits = traits_of(candidate, name, text, title, lower_words, relations, w)
        candidate.base = ACCEPT + sum(w.traits.get(t, 0.0) * value for t, value in candidate.traits.items())
        if candidate.shape > -4.0:
            gather(text, candidate, w)
            if name in title:
                gather_title(title, name, candidate, w)
            if "owned.firm" in candidate.evidence and any(
                possessed(text, start, w) for start, _ in candidate.spans[:LOOKS]
            ):
                candidate.evidence["owned.known-firm"] = w.traits.get("owned.known-firm", 0.0)
        candidate.slots = beside(text, candidate.spans[:LOOKS])
        candidate.evidence["beside"] = sum(
            w.slots.get(slot, 0.0) * value for slot, value in candidate.slots.items()
        )

    stand_alone(text, models)
    compare(text, models, {key: candidate.score - ACCEPT for key, candidate in models.items()}, w)
    return models, others


def _is_people(word: str, w: Words) -> bool:
    """Whether a word is a people's adjective: "Swiss", "Korean"."""
    return word in w.languages or (NATIONAL.match(word) is not None and squash(word) in w.places)


def compare(text: str, models: dict[str, Candidate], odds: Mapping[str, float], w: Words) -> None:
    """Add what the spellings of a text say of each other, given each one's own log-odds."""
    told = together(text, {key: candidate.spans[:LOOKS] for key, candidate in models.items()}, odds)
    for key, candidate in models.items():
        candidate.together = told[key]
        candidate.evidence["together"] = sum(
            w.traits.get(trait, 0.0) * value for trait, value in candidate.together.items()
        )


def _adopt(
    text: str,
    models: dict[str, Candidate],
    accepted: set[str],
    organizations: Mapping[str, Candidate],
) -> None:
    """A text full of figures of training must be about something: its likeliest candidate."""
    left = {
        key: candidate.score
        for key, candidate in models.items()
        if key not in organizations
        and candidate.shape >= -2.5
        and candidate.context > -0.6
        and not key.isdigit()
        and "nationality, of a kind" not in candidate.traits
    }
    best = max(left.values(), default=0.0)
    if best < ACCEPT - ADOPTED or not _SUBJECT.search(text):
        return
    for key, score in left.items():
        if score > best - 0.3:
            models[key].evidence["adopted"] = 0.0
            accepted.add(key)


def _adopt_nearby(
    text: str, models: dict[str, Candidate], accepted: set[str], organizations: Mapping[str, Candidate]
) -> None:
    """A paragraph with figures of training but none of the names is about something: its likeliest candidate."""
    sure = sorted(start for key in accepted for start, _ in models[key].spans)
    likely = sorted(
        (start, key)
        for key, candidate in models.items()
        if key not in accepted
        and key not in organizations
        and candidate.score >= ACCEPT - NEARBY
        and candidate.context > 0
        and "not.share" not in candidate.evidence
        and candidate.shape >= -2.5
        and not key.isdigit()
        for start, _ in candidate.spans
    )
    starts = [start for start, _ in likely]
    for match in re.finditer(r"[^\n]+", text):
        first, last = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if first == last or bisect_left(sure, match.end()) > bisect_left(sure, match.start()):
            continue
        if _FIGURE.search(text, match.start(), match.end()) is None:
            continue
        best = max(likely[first:last], key=lambda item: (models[item[1]].score, -item[0]))[1]
        models[best].evidence["adopted"] = 0.0
        accepted.add(best)


def _headings(text: str) -> list[tuple[int, int]]:
    """Lines written like titles: most of their longer words in capitals, no full stop at the end."""
    out = []
    for match in re.finditer(r"[^\n]+", text):
        line = match[0]
        if len(line) < 120 and line[-1] not in ".!?:;" and " | " not in line:
            out.append(match.span())
    return out


def _in_heading(at: int, lines: list[tuple[int, int]]) -> bool:
    low, high = 0, len(lines)
    while low < high:
        mid = (low + high) // 2
        if lines[mid][1] <= at:
            low = mid + 1
        else:
            high = mid
    return low < len(lines) and lines[low][0] <= at


__all__ = [
    "ACCEPT",
    "LEFT",
    "RIGHT",
    "Name",
    "Names",
    "candidates",
    "cues",
    "find_in",
    "find_names",
    "is_reporter",
    "squash",
]
