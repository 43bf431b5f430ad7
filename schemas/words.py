"""Closed lists of words: what a fact, a cut, a rejected page or a failure may say.

A word that is not here cannot be stored. Adding one is a change that readers of the ledger see,
so it goes with a line in CHANGELOG.md.
"""

from __future__ import annotations

from typing import Final

KINDS: Final = (
    "parameters",
    "hardware",
    "cost",
    "duration",
    "compute",
    "device_hours",
    "tokens",
    "price",
    "energy",
    "emissions",
    "developer",
    "trend",
)

#: Name under which each kind's number leaves the program; "value" for the rest.
NUMBER_FIELD: Final[dict[str, str]] = {
    "hardware": "count",
    "duration": "hours",
    "compute": "flop",
    "energy": "kwh",
    "emissions": "kg_co2e",
    "trend": "factor",
}

#: The unit of each kind's number, as the SQL surface shows it (money: the currency instead).
UNITS: Final[dict[str, str | None]] = {
    "parameters": "parameters",
    "hardware": "devices",
    "cost": None,
    "duration": "hours",
    "compute": "FLOP",
    "device_hours": "device-hours",
    "tokens": "tokens",
    "price": None,
    "energy": "kWh",
    "emissions": "kg CO2e",
    "developer": None,
    "trend": "ratio",
}

OPS: Final = ("=", "~", ">", "<", "range")
BASES: Final = ("reported", "estimated", "projected", "hypothetical")
SCOPES: Final = ("training", "inference", "finetuning", "hardware", "development", "other")
ROLES: Final = ("total", "active", "expert")
USES: Final = ("training", "inference")
PERIODS: Final = ("day", "month", "year")
PER: Final = ("hour", "unit")
DIRECTIONS: Final = ("up", "down")
PARTS: Final = ("text", "title")

#: Kinds of block that an article's text is made of.
BLOCKS: Final = ("paragraph", "heading", "list_item", "table_row", "quote", "code")

#: Why a span was cut from a page.
REASONS: Final = (
    "hidden",  # a reader of the page cannot see it
    "keyword_run",  # search terms without a sentence
    "spam_paragraph",  # a block that advertises something foreign to the page
    "spam_sentence",  # a promotional sentence spliced into an honest paragraph
    "spam_link",  # an anchor that cloaks a foreign target (its honest words stay)
    "link_farm",  # a list of foreign links
    "comment_spam",  # a reader's comment that advertises
    "obfuscation",  # look-alike letters, zero-width characters, spaced-out words
    "headline",  # the title given again
    "byline",  # author and date lines
    "caption",  # picture captions
    "credit",  # picture and source credits
    "source",  # the line that names where a repost came from
    "teaser",  # standfirsts and summaries of other articles
    "navigation",
    "newsletter",
    "cookie_notice",
    "author_box",
    "comments",
    "related",
    "share",
    "boilerplate",  # page furniture of no more special kind
)

#: Why a whole page was set aside. A result, not a failure.
REJECTIONS: Final = (
    "spam",  # nothing but spam
    "no_article",  # no running text (a front page, a listing, a log-in wall)
    "empty",  # no visible words at all
    "soft_404",  # says "not found" with status 200
    "passed_over",  # nothing on it can be a figure of a model's making: not read (see --no-triage)
)

#: Which step of the road a failure stopped.
STAGES: Final = ("source", "robots", "fetch", "decode", "clean", "extract", "store")
