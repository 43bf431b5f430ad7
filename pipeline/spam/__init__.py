"""Spam in, reasons out: what someone put on a page that its author did not.

Four steps, called by pipeline.clean in this order:

    removed        = strip_hidden(tree)                         on the parsed page, before extraction
    title, removed = clean_title(candidates, context=context)   on what the page calls itself
    result         = clean_blocks(blocks, context)              on the article's blocks
    title, removed = free_again(title, cut texts, context=...)  where blocks were cut

What a reader of the page can't see goes on that alone. Anything visible needs two independent
kinds of evidence; one kind only flags. Nothing here remembers an earlier page.
"""

from pipeline.spam.blocks import clean_blocks
from pipeline.spam.hidden import strip_hidden
from pipeline.spam.records import SpamContext, SpamResult
from pipeline.spam.titles import clean_title, free_again

#: Reasons of cuts that are terms, not sentences.
TERMS = frozenset({"keyword_run", "spam_link", "link_farm"})

__all__ = ["TERMS", "SpamContext", "SpamResult", "clean_blocks", "clean_title", "free_again", "strip_hidden"]
