"""Bytes in, article out: decoding, main text, metadata, the original source of a repost.

    article = clean(page)

Spam is cut by pipeline.spam, called from here. What is cut is kept in the article with its reason.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.clean import page as _page
from pipeline.clean.tame import tame_page
from schemas.records import Article, Page, Rejected


def clean(page: Page, *, restored: frozenset[str] = frozenset()) -> Article | Rejected:
    """Return the article that a page holds, or why it holds none; see pipeline.clean.page.clean.

    A page whose markup or length no parser survives is tamed first (pipeline.clean.tame); what that
    leaves out is among the removed, behind the rest.
    """
    tamed, beyond = tame_page(page)
    cleaned = _page.clean(tamed, restored=restored)
    if tamed is page:
        return cleaned
    return replace(cleaned, page_sha256=page.sha256, removed=(*cleaned.removed, *beyond))


__all__ = ["clean"]
