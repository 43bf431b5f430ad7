"""Frozen records, from bytes to facts. A wrong one can't be built.

Offsets are code points into Article.text (or Article.title where a fact's part is "title"),
half-open [start, end). They are made at the match and never searched for again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlsplit

from schemas import words
from schemas.errors import ProvenanceError, RecordError

LONGEST_EVIDENCE = 600  # characters; a clause or a sentence, never the page


def content_id(kind: str, *parts: object) -> str:
    """Make an id from content, the same on every machine.

    kind:  a word that keeps the ids of different records apart ("fact", "cut", "article").
    parts: anything with a stable str(); None and "" are told apart.
    Returns 16 hexadecimal digits (64 bits of SHA-256).
    """
    told = "\x1f".join([kind, *["\x00" if part is None else str(part) for part in parts]])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def same_host(one: str, two: str) -> bool:
    """Say whether two addresses lie on one host, "www.", "amp." and "m." aside."""
    hosts = []
    for address in (one, two):
        try:
            host = (urlsplit(address).hostname or "").casefold()
        except ValueError:
            return False
        for prefix in ("www.", "amp.", "m."):
            host = host.removeprefix(prefix)
        hosts.append(host)
    return hosts[0] == hosts[1]


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise RecordError(f"{name} is {value!r}; it may be {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Page:
    """One input as it came.

    id:           the input's short name: a file's stem, a line's "id", or a hash of the URL.
    source:       what was asked for: a path or a URL.
    body:         the bytes as received, after transfer and content decoding.
    media:        "html", "text" (a page without markup), or "clean" (text taken as clean).
    url:          where it was found in the end, or None for a local file that names none.
    charset:      the character set that the transport declared, or None.
    fetched_at:   aware, UTC.
    hints:        what the place that named the page said of it: "title", "published", "author",
                  "model" (what an otherwise unnamed "our model" refers to), "language", "site".
    """

    id: str
    source: str
    body: bytes
    media: str
    fetched_at: dt.datetime
    url: str | None = None
    charset: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _one_of("media", self.media, ("html", "text", "clean"))
        if self.fetched_at.tzinfo is None:
            raise RecordError("fetched_at needs a time zone")

    @property
    def sha256(self) -> str:
        """Hash of the raw bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor inside a block: start and end into the block's text, and where it leads."""

    start: int
    end: int
    href: str
    rel: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of an article before assembly: its kind, its text, its anchors in order.

    table: number of the table that a row belongs to (0-based), else None. A row's cells are joined
           with " | ".
    level: heading level 1-6, else 0.
    """

    kind: str
    text: str
    links: tuple[Link, ...] = ()
    table: int | None = None
    level: int = 0

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, words.BLOCKS)


@dataclass(frozen=True, slots=True)
class Removed:
    """A span cut from the article region: the audit trail.

    text:     what was cut, as a reader (or a crawler) would have seen it.
    reason:   one of words.REASONS.
    rule:     permanent name of the rule that cut it.
    evidence: the independent kinds of evidence, in words ("repeats", "off-site link", ...).
    position: code points of kept text before the cut; several cuts may share one.
    part:     "text" or "title".
    cut_id:   made from page key, part and content (set by Article.of).
    """

    text: str
    reason: str
    rule: str
    evidence: tuple[str, ...] = ()
    position: int = 0
    part: str = "text"
    cut_id: str = ""

    def __post_init__(self) -> None:
        _one_of("reason", self.reason, words.REASONS)
        _one_of("part", self.part, words.PARTS)

    def to_json(self) -> dict[str, object]:
        """Return the cut in the public format."""
        return {
            "text": self.text,
            "reason": self.reason,
            "rule": self.rule,
            "evidence": list(self.evidence),
            "position": self.position,
            "part": self.part,
            "cut_id": self.cut_id,
        }


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Where a block lies in Article.text: [start, end), its kind, table number, heading level."""

    start: int
    end: int
    kind: str
    table: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Dated:
    """A day and how it is known: "json-ld", "meta", "byline", "url", "feed", "text", "fetched"."""

    day: dt.date
    basis: str


@dataclass(frozen=True, slots=True)
class Article:
    """A cleaned page.

    text:     blocks separated by a blank line; without title, byline, captions and credits.
    blocks:   cover every non-blank character of text, in order.
    bases:    for each of title, author, published, modified, language, site, original_source that
              is known: where it was read.
    flagged:  spans with one kind of evidence only: kept in text, listed for a reader.
    default_model: what an otherwise unnamed "our model" refers to, given from outside, or None.
    """

    id: str
    source: str
    page_sha256: str
    fetched_at: dt.datetime
    text: str
    blocks: tuple[TextBlock, ...] = ()
    url: str | None = None
    canonical_url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None
    language: str | None = None
    original_source: str | None = None
    bases: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    flagged: tuple[Removed, ...] = ()
    default_model: str | None = None

    @property
    def address(self) -> str | None:
        """What names the page: its own canonical address if that is on the host it was found at, else
        where it was found. A page may not pass for one of another site."""
        if self.canonical_url and (not self.url or same_host(self.canonical_url, self.url)):
            return self.canonical_url
        return self.url

    @property
    def article_id(self) -> str:
        """Made from address, title and text, so the same on every machine."""
        return content_id("article", self.address or "", self.title, self.text)

    def to_json(self) -> dict[str, object]:
        """Return the article in the public format (schemas/json/clean.schema.json)."""
        return {
            "id": self.id,
            "url": self.canonical_url or self.url,
            "title": self.title,
            "author": self.author,
            "published": self.published.isoformat() if self.published else None,
            "modified": self.modified.isoformat() if self.modified else None,
            "language": self.language,
            "site": self.site,
            "original_source": self.original_source,
            "text": self.text,
            "removed": [cut.to_json() for cut in self.removed],
            "flagged": [cut.to_json() for cut in self.flagged],
            "basis": dict(sorted(self.bases.items())),
        }


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page seen and set aside: a result, not a failure."""

    id: str
    source: str
    page_sha256: str
    fetched_at: dt.datetime
    reason: str
    detail: str = ""
    url: str | None = None
    title: str | None = None
    removed: tuple[Removed, ...] = ()

    def __post_init__(self) -> None:
        _one_of("reason", self.reason, words.REJECTIONS)

    def to_json(self) -> dict[str, object]:
        """Return the rejected page in the public format: an empty text and the reason."""
        return {
            "id": self.id,
            "url": self.url,
            "title": self.title,
            "author": None,
            "published": None,
            "modified": None,
            "language": None,
            "site": None,
            "original_source": None,
            "text": "",
            "removed": [cut.to_json() for cut in self.removed],
            "rejected": self.reason,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be had or read: which, where, why, and what to do."""

    input: str
    stage: str
    reason: str
    hint: str = ""

    def __post_init__(self) -> None:
        _one_of("stage", self.stage, words.STAGES)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the text: a value, or a range with low and high.

    start, end: the figure with its comparator left out ("$80 to 100 million").
    value:      None exactly where low and high are given.
    op:         what the words around say: "=", "~", ">", "<", "range".
    unit:       the unit as read ("parameters", "USD", "day", ...), or None.
    vague:      "millions of dollars": low and high are the usual reading.
    unit_end:   where the unit's word ends, if one stands beside the number; else None.
    """

    start: int
    end: int
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    op: str = "="
    unit: str | None = None
    vague: bool = False
    unit_end: int | None = None

    def __post_init__(self) -> None:
        _one_of("op", self.op, words.OPS)
        if (self.value is None) != (self.low is not None and self.high is not None) and not self.vague:
            raise RecordError("a quantity has a value or both ends, not both and not neither")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something the rules recognised, before anyone knows whether it is a fact.

    kind:   "model", "organization", "device", or a kind of fact.
    name:   canonical name for the first three, else "".
    rule:   the rule that found it.
    note:   why it became a fact, or why it did not (for --explain).
    """

    kind: str
    start: int
    end: int
    text: str
    rule: str
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One claim that a text makes, with the words it rests on.

    value:       the kind's number in its unit (words.UNITS): hours, FLOP, kWh, kg CO2e, count ...;
                 None for a range, a developer, or hardware without a count.
    low, high:   the ends of a range, or the usual reading of a vague figure.
    start, end:  the evidence clause, code points into the text (or title); quote is that slice.
    at, at_end:  the figure itself inside the evidence (the name, for developers).
    linked_by:   the linking pass that named the model; written as "pass" in JSON.
    """

    kind: str
    start: int
    end: int
    quote: str
    rule: str
    at: int
    at_end: int
    model: str | None = None
    op: str = "="
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    role: str | None = None
    device: str | None = None
    use: str | None = None
    currency: str | None = None
    scope: str | None = None
    basis: str | None = None
    period: str | None = None
    per: str | None = None
    provider: str | None = None
    organization: str | None = None
    subject: str | None = None
    direction: str | None = None
    derived: bool = False
    formula: str | None = None
    negated: bool = False
    vague: bool = False
    superseded: bool = False
    as_of: str | None = None
    attributed_to: str | None = None
    linked_by: str | None = None
    part: str = "text"
    description: str | None = None  # of the unnamed system a figure is about ("a system to play Go")

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, words.KINDS)
        _one_of("op", self.op, words.OPS)
        _one_of("role", self.role, words.ROLES)
        _one_of("use", self.use, words.USES)
        _one_of("scope", self.scope, words.SCOPES)
        _one_of("basis", self.basis, words.BASES)
        _one_of("per", self.per, words.PER)
        _one_of("direction", self.direction, words.DIRECTIONS)
        _one_of("part", self.part, words.PARTS)
        if not 0 <= self.start < self.end or len(self.quote) != self.end - self.start:
            raise ProvenanceError(f"[{self.start}, {self.end}) does not hold {self.quote[:40]!r}")
        if self.end - self.start > LONGEST_EVIDENCE:
            raise ProvenanceError(
                f"evidence of {self.end - self.start} characters; {LONGEST_EVIDENCE} at most"
            )
        if not self.start <= self.at < self.at_end <= self.end:
            raise ProvenanceError(f"the figure [{self.at}, {self.at_end}) is outside its evidence")

    def to_json(self) -> dict[str, object]:
        """Return the fact in the public format (schemas/json/fact.schema.json)."""
        out: dict[str, object] = {"kind": self.kind, "model": self.model, "op": self.op}
        if self.kind != "developer":
            name = words.NUMBER_FIELD.get(self.kind, "value")
            if self.kind == "hardware" or not (self.value is None and self.low is not None):
                out[name] = plain_number(self.value)
        if self.low is not None and self.high is not None:
            out["low"], out["high"] = plain_number(self.low), plain_number(self.high)
        if self.kind in ("hardware", "device_hours", "price"):
            out["device"] = self.device
        if self.kind == "price":
            out["provider"] = self.provider
        optional = ("role", "use", "currency", "scope", "basis", "period", "per", "organization", "subject",
                    "direction", "formula", "as_of", "attributed_to", "description")  # fmt: skip
        out.update({key: getattr(self, key) for key in optional if getattr(self, key) is not None})
        out.update({key: True for key in ("derived", "negated", "vague", "superseded") if getattr(self, key)})
        if self.linked_by is not None:
            out["pass"] = self.linked_by
        out.update(
            start=self.start, end=self.end, quote=self.quote, at=self.at, rule=self.rule, part=self.part
        )
        return out


def plain_number(value: Decimal | None) -> int | float | None:
    """Return the JSON number for an exact one: an int where it is whole and below 2**53."""
    if value is None:
        return None
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return float(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one article: its facts in text order, and every mention for --explain.

    models:        canonical name of each model in the text -> the other spellings used there.
    organizations: likewise.
    language:      of the text, as used for the decision to read it.
    skipped:       why nothing was read ("language: zh"), or "".
    """

    facts: tuple[Fact, ...] = ()
    mentions: tuple[Mention, ...] = ()
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organizations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """A current fact with where and when it was said: what cross-checks start from.

    fact.model is the name shown for all spellings of the model; day is the day of the claim.
    """

    fact_id: str
    fact: Fact
    article_id: str
    story_id: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Finding:
    """A cross-check: arithmetic that adds up or does not, or claims that conflict.

    verdict: "agrees", "differs" or "conflicts"; formula in words with the figures put in.
    fact_ids: the inputs.
    """

    check_name: str
    model: str | None
    verdict: str
    formula: str
    fact_ids: tuple[str, ...]
    expected: float | None = None
    stated: float | None = None
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """Marks by which copies of one story are found, whoever compares them.

    certain:   marks that settle it when shared (an address).
    likely:    marks that need some likeness of the texts beside (a named source with a title).
    bands:     hashes of parts of the signature; sharing one makes two articles worth comparing.
    signature: 60 minima of 32 bits, little-endian (MinHash); empty for a text too short to tell.
    """

    certain: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one input came to: exactly one of article, rejected, failure is not None.

    rules: digest of the rules that read it, or "".
    """

    input: str
    page: Page | None
    article: Article | None = None
    reading: Reading = field(default_factory=Reading)
    rejected: Rejected | None = None
    failure: Failure | None = None
    marks: StoryMarks = field(default_factory=StoryMarks)
    rules: str = ""
