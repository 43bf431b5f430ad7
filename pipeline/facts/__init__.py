"""Article -> Reading: its facts, each with the words it rests on, and every mention on the way.

read(article) finds the figures sentence by sentence (pipeline.facts.figures), names the model each is about
(pipeline.facts.linking), and states each fact once, at its clearest place. The same text gives the same facts
whatever was read before it.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.facts.figures import Reader
from pipeline.mentions.sentences import sentences
from schemas.records import Article, Fact, Reading


def figure_facts(article: Article) -> Reading:
    """Return the facts about figures with no model named yet, in text order, repeats included."""
    reader = Reader(article, sentences(article))
    reader.read()
    return Reading(tuple(reader.facts), tuple(reader.mentions))


def _same(fact: Fact) -> tuple[object, ...]:
    """What makes two statements one fact."""
    number = tuple(None if v is None else float(v) for v in (fact.value, fact.low, fact.high))
    return (fact.kind, fact.model, number, fact.role, fact.device, fact.use, fact.currency, fact.scope, fact.per,
            fact.organization, fact.direction, fact.negated, fact.subject if fact.kind == "trend" else None)  # fmt: skip


def once(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Keep each fact once: the first place that states it, an exact place before an approximate one."""
    best: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        key = _same(fact)
        held = best.get(key)
        if held is None or (held.op == "~" and fact.op == "=" and held.kind == fact.kind):
            best[key] = fact
    return tuple(
        sorted(best.values(), key=lambda fact: (fact.part, fact.at, fact.at_end, fact.kind, fact.model or ""))
    )


def read(article: Article) -> Reading:
    """Read an article's facts. Never raises on any text; what is not English yields none and says so."""
    reading = figure_facts(article)
    return replace(reading, facts=once(reading.facts))
