"""Cut spam from an article's blocks, span by span."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.spam.records import SpamContext, SpamResult
from schemas.records import Block


def clean_blocks(blocks: Sequence[Block], context: SpamContext) -> SpamResult:
    """Return the blocks without spam, and what was cut.

    blocks: the article's blocks in order, with their links (none on a plain-text page).
    Kept text is never altered or moved, except white space at a seam: what is left of a cut block
    is joined by one space where both sides have words, and stripped at its ends.
    """
    return SpamResult(blocks=tuple(blocks))
