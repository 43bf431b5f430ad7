"""Bytes in, article out: decoding, main text, metadata, the original source of a repost.

    article = clean(page)

Spam is cut by pipeline.spam, called from here. What is cut is kept in the article with its reason.
"""

from __future__ import annotations

from pipeline.clean.page import clean

__all__ = ["clean"]
