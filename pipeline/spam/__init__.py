"""Spam in, reasons out: what someone put on a page that its author did not.

Three steps, called by pipeline.clean in this order:

    removed        = strip_hidden(tree)                         on the parsed page, before extraction
    title, removed = clean_title(candidates, context=context)   on what the page calls itself
    result         = clean_blocks(blocks, context)              on the article's blocks

What a reader of the page can't see goes on that alone. Anything visible needs two independent
kinds of evidence; one kind only flags. Nothing here remembers an earlier page.
"""

from pipeline.spam.blocks import clean_blocks
from pipeline.spam.hidden import strip_hidden
from pipeline.spam.records import SpamContext, SpamResult
from pipeline.spam.titles import clean_title

__all__ = ["SpamContext", "SpamResult", "clean_blocks", "clean_title", "strip_hidden"]
