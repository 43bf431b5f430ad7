"""Keys under which the ledger holds two records to be the same: names, documents, facts, claims."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import lru_cache

from schemas.records import Article, Fact, Page, Rejected, content_id

_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "π": "pi", "ω": "omega"})


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return a name in lower case with letters, digits, "." and "+" only: "GPT-3" and "gpt 3" agree.

    A name made of nothing else keeps its own characters, so that two such names stay apart.
    """
    told = unicodedata.normalize("NFKC", name).casefold().translate(_GREEK)
    return "".join(c for c in told if c.isalnum() or c in ".+").strip(".") or told


@lru_cache(maxsize=65536)
def _number(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def document_id(record: Article | Rejected, page: Page | None) -> str:
    """Return the id of the document that a page is a version of: its address, else the local input."""
    address = record.address if isinstance(record, Article) else record.url
    if address:
        return content_id("document", "address", address)
    source = page.source if page is not None else record.source
    return content_id("document", "local", source, record.id)


def fact_id(article_id: str, fact: Fact) -> str:
    """Return the fact's id, made from the article and all that the fact says (not from its rule)."""
    return content_id(
        "fact", article_id, fact.kind, fact.model, fact.op, _number(fact.value), _number(fact.low),
        _number(fact.high), fact.role, fact.device, fact.use, fact.currency, fact.scope, fact.basis,
        fact.period, fact.per, fact.provider, fact.organization, fact.subject, fact.direction,
        fact.derived, fact.negated, fact.part, fact.start, fact.end, fact.at, fact.at_end,
    )  # fmt: skip


def claim_key(article: Article, fact: Fact) -> str:
    """Return what stays the same of a claim when its page is read again with other rules.

    An analyst's correction is tied to it: page (its address, or its title where it has none), kind, model
    and figure, whatever the offsets and wherever a local file lies.
    """
    page = article.address or f"local {article.title or article.id}"
    return content_id(
        "claim", page, fact.kind, name_key(fact.model) if fact.model else "", _number(fact.value),
        _number(fact.low), _number(fact.high), fact.currency, fact.device, fact.role,
        name_key(fact.organization) if fact.organization else "", fact.per, fact.negated,
    )  # fmt: skip
