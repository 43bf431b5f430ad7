"""Article -> Reading: its facts, each with the words it rests on, and every mention on the way.

read(article) finds the names (pipeline.mentions.names), reads the figures sentence by sentence
(pipeline.facts.figures), names the model each is about (pipeline.facts.linking), adds who made what
(pipeline.facts.developers), and states each fact once, at its clearest place. The same text gives the
same facts whatever was read before it. Nothing here raises on any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pipeline import gate
from pipeline.facts import language
from pipeline.facts.developers import developers
from pipeline.facts.figures import Reader
from pipeline.facts.linking import link
from pipeline.mentions.names import Name, find_names
from pipeline.mentions.sentences import Sentence, sentences, title_sentence
from schemas.records import Article, Fact, Mention, Reading

#: Kinds whose subject is not a model.
_UNLINKED: Final = ("price", "trend")


def figure_facts(
    article: Article, cut: Sequence[Sentence] | None = None, names: Iterable[Name] = ()
) -> Reading:
    """Return the facts about figures with no model named yet, in text order, repeats included.

    cut: the sentences to read, if they are known already. names: models' names, so that a number inside
    one is not read as a size.
    """
    reader = Reader(article.text, sentences(article) if cut is None else cut, names=names)
    reader.read()
    return Reading(tuple(reader.facts), tuple(reader.mentions))


def _same(fact: Fact) -> tuple[object, ...]:
    """What makes two statements one fact."""
    number = tuple(None if v is None else f"{v:.6e}" for v in (fact.value, fact.low, fact.high))
    role = fact.role if fact.kind == "parameters" else None
    return (fact.kind, fact.model, number, role, fact.device, fact.currency, fact.per, fact.organization, fact.direction,
            fact.negated, fact.subject if fact.kind == "trend" and fact.value is None else None)  # fmt: skip


def _rank(fact: Fact) -> tuple[int, ...]:
    """Smaller is a clearer place: said of the text, exactly, with its model beside it, in training."""
    sure = {"noun-phrase": 0, "respectively": 0, "table": 0, "subject": 1, "object": 1}.get(
        fact.linked_by or "", 2
    )
    return (fact.use == "inference", fact.part != "text", fact.op == "~", sure)


def once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Keep each fact once, at its clearest place (the first of equals), in text order.

    A figure denied or taken back in one place is kept apart from the same figure stated in another.
    """
    best: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        key = _same(fact)
        held = best.get(key)
        if held is None or _rank(fact) < _rank(held):
            best[key] = fact
    return tuple(
        sorted(
            best.values(),
            key=lambda fact: (
                fact.part,
                fact.at,
                fact.at_end,
                fact.kind,
                fact.model or "",
                fact.organization or "",
            ),
        )
    )


def _stated(fact: Fact) -> tuple[object, ...]:
    """What a title must add to be worth a fact of its own: kind and number, whatever the model."""
    return (fact.kind, *(None if v is None else f"{v:.3e}" for v in (fact.value, fact.low, fact.high)))


def _from_title(article: Article, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts that only the title states."""
    if not article.title:
        return []
    reader = Reader(article.title, [title_sentence(article.title)], part="title")
    reader.read()
    known = {_stated(fact) for fact in facts}
    low_high = [
        (fact.kind, fact.low, fact.high) for fact in facts if fact.low is not None and fact.high is not None
    ]
    out = []
    for fact in reader.facts:
        if _stated(fact) in known or (fact.kind in ("trend", "hardware") and fact.value is None):
            continue
        near = any(
            other.kind == fact.kind and other.value is not None and fact.value is not None
            and abs(other.value - fact.value) <= abs(other.value) / 10 for other in facts
        ) or any(kind == fact.kind and fact.value is not None and low <= fact.value <= high for kind, low, high in low_high)  # fmt: skip
        if not near:
            out.append(fact)
    return out


def read(article: Article, *, anyway: bool | None = None) -> Reading:
    """Read an article's facts. Never raises on any text.

    anyway: read it even if no figure in it stands near a word about models, training or their machines
    (pipeline.gate); None lets the text's length decide.
    Returns facts in text order (the title's last), the mentions they were made from with the reason for or
    against each, the names with their other spellings. Passages in another language than English are
    passed over; where that is all of the text, skipped says so ("language: de").
    """
    if anyway is None:
        anyway = len(article.text) < gate.SHORT_TEXT
    if not anyway and not gate.speaks(gate.flat(f"{article.title or ''} {article.text}")):
        return Reading(skipped="no figure near a word about models, training or their machines")
    whole = sentences(article)
    cut, told = language.english(article, whole)
    if not cut:
        return Reading(skipped=f"language: {told}" if told else "")
    names = find_names(article)
    figures = figure_facts(article, cut, names.models)
    facts = [*figures.facts, *_from_title(article, figures.facts)]
    made = developers(article, names, whole)
    linked = link(article, facts, names, whole, made)
    makers = [fact for fact in made if any(s.start <= fact.at < s.end for s in cut) or fact.part == "title"]
    mentions = [
        *figures.mentions,
        *(Mention("model", n.start, n.end, n.text, n.rule, n.canonical, f"a name, evidence {n.confidence:.1f}") for n in names.models),
        *(Mention("organization", n.start, n.end, n.text, n.rule, n.canonical, f"a name, evidence {n.confidence:.1f}") for n in names.organizations),
    ]  # fmt: skip
    return Reading(
        facts=once([*linked, *makers]),
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end, m.kind, m.rule))),
        models=dict(sorted(names.aliases.items())),
        organizations=dict(sorted(names.organization_aliases.items())),
    )


__all__ = ["figure_facts", "once", "read"]
