"""What a page is about, in which language and script: the measure for what is foreign to it.

The page is cut into units (sentences, or what stands between two end marks). A unit that shows no
sign of spam tells which words, letters, scripts and subjects are at home; nothing is decided here.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline.expressions import quick
from pipeline.spam import words
from pipeline.spam.records import SpamContext
from pipeline.spam.words import Hit, Token
from schemas.records import Block, Link

_END = quick(
    r"[.!?…]{1,4}[\"'”’»)\]“]{0,3}(?=\s|$)|[。！？｡]{1,4}[」』”’）)\]]{0,3}|[।؟۔][\"”»)]{0,2}(?=\s|$)|\n+"
    # glued tight to another script
    r"|(?<=[a-z])[.!?](?=[\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af])"
    # Thai ends a sentence with a space: on either side of what is too long for a term
    r"|(?<=[\u0e00-\u0e7f]{20})\s+|\s+(?=[\u0e00-\u0e7f]{20})"
)
_ABBREVIATION = quick(
    r"(?:^|[\s(\"“.])(?:[A-Za-zА-Яа-я]|Mr|Mrs|Ms|Dr|St|Prof|Inc|Ltd|Co|Corp|Jr|Sr|No|Nr|Nos|Gen|Sen|Rep|Gov|Lt|Col|Sgt|vs|"
    r"cf|ca|al|etc|eg|ie|approx|est|vol|pp|ed|eds|fig|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|bzw|ggf|usw|Abs|"
    r"Art|Str|Mio|Mrd|tzv|napr|ул|гг|тыс|млн|млрд|руб|им|т|г|dll|dsb|Sra|Sr|Dra|núm|tel|Tel|\d{1,3})$"
)
_BRAND = re.compile(r"(?:[a-z]{3,14}\d{2,4}|\d{1,3}[a-z]{3,12}\d{0,3}|[a-z]{2,8}\d{3})$")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z][a-z]")

#: Endings that make a dotted word an address.
TOP_DOMAINS = frozenset(
    ["com", "net", "org", "info", "biz", "xyz", "vip", "top", "club", "site", "online", "shop", "store", "live", "win", "bet", "casino", "pro", "me", "io", "co", "cc", "tv", "ru", "cn", "tk", "ml", "ga", "cf", "pw", "icu", "buzz", "link", "click", "asia", "id", "my", "th", "vn", "pl", "de", "es", "fr", "it", "uk", "us", "in", "br", "mx", "tr", "kr", "jp", "example", "test", "invalid", "app", "dev", "fun", "world", "today", "life"]
)  # fmt: skip

#: Scripts that are written without capital letters.
UNCASED = frozenset({"cjk", "kana", "thai", "hangul", "arabic", "hebrew", "indic", "other"})


@dataclass(slots=True)
class Unit:
    """A sentence, or what stands in its place: text[start:end] of one block.

    ended:     it closes with an end mark.
    functions: share of closed-class words of the page's language, by size.
    honest:    without any sign of spam: its words vouch for others.
    shows:     the signs of its register (promos.shown); None until somebody asks.
    """

    block: int
    start: int
    end: int
    ended: bool
    tokens: list[Token]
    hits: list[Hit]
    functions: float
    size: float
    honest: bool = False
    shows: frozenset[str] | None = field(default=None, init=False)

    def offers(self) -> set[str]:
        """Return the kinds of offer that the unit's words make."""
        return {hit.kind for hit in self.hits if hit.family == "offer"}

    def subjects(self) -> set[str]:
        """Return the subjects of spam that the unit's words belong to."""
        return {hit.kind for hit in self.hits if hit.family == "subject"}


@dataclass(frozen=True, slots=True)
class Habits:
    """How many sentences of each block, and of the page, show each sign of a register."""

    blocks: tuple[Counter[str], ...]
    units: tuple[int, ...]
    all: Counter[str]
    of: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How this page writes. All are shares in 0..1.

    classes:   of its words.   lower_start: of its sentences that open in lower case.
    unended:   of its paragraphs without a mark at their end.   capitals: of its words behind a lower-case
    word that begin with a capital.   gapped: of its unspaced stretches that a space parts from the next.
    """

    classes: dict[str, float]
    lower_start: float
    unended: float
    capitals: float
    gapped: float


@dataclass(slots=True)
class PageView:
    """The page as a measure.

    known:    keys of content words in honest units, with the number of units.
    at_home:  subjects of spam that the article is about.
    letters:  letters beyond ASCII in honest units.
    prose:    the page's language is one whose closed-class words we know and find on the page.
    mortar:   share of closed-class words in all that is longer than four words.
    sample:   some honest text, for the language of its letters.
    tongues:  share of the longer units that another language's closed-class words hold together.
    threes:   three words in a row of honest units, with the first block that has them.
    echoes:   three words in a row that several blocks have.
    blocks:   what was read.   rates: how it is written; None until somebody asks.
    spoken:   share of honest sentences that address the reader; None until somebody asks.
    pairs:    words that follow each other within a unit; None until somebody asks.
    """

    context: SpamContext
    language: str | None
    functions: frozenset[str]
    units: list[list[Unit]]
    tokens: list[list[Token]]
    hits: list[list[Hit]]
    script: str
    scripts: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    at_home: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    prose: bool = True
    mortar: float = 0.0
    sample: str = ""
    tongues: dict[str, float] = field(default_factory=dict)
    threes: dict[tuple[str, str, str], int] = field(default_factory=dict)
    echoes: set[tuple[str, str, str]] = field(default_factory=set)
    blocks: tuple[Block, ...] = ()
    rates: Rates | None = None
    spoken: float | None = None
    sold: int | None = None
    traded: float | None = None
    habits: Habits | None = None
    pairs: frozenset[tuple[str, str]] | None = None

    def joined(self, left: Token, right: Token) -> bool:
        """Whether two words follow each other somewhere on the page."""
        if self.pairs is None:
            self.pairs = frozenset(
                (one.plain, two.plain)
                for group in self.units
                for unit in group
                for one, two in itertools.pairwise(unit.tokens)
            )
        return (left.plain, right.plain) in self.pairs

    def reads_as_told(self) -> bool:
        """Whether the letters of the page's honest text are those of its language."""
        return bool(
            self.language and len(self.sample) > 120 and words.strangeness(self.sample, self.language) <= 0.01
        )

    def share_in(self, language: str) -> float:
        """Return the share of the page's longer units that are written in another language."""
        if language not in self.tongues:
            longer = [unit for group in self.units for unit in group if unit.size >= 8]
            counts = [words.function_counts(token.plain for token in unit.tokens) for unit in longer]
            other = sum(
                count[language] >= 2 and count[language] > count[self.language or ""] for count in counts
            )
            self.tongues[language] = other / len(longer) if longer else 0.0
        return self.tongues[language]

    def addressing(self) -> float:
        """Return the share of the page's honest sentences that speak to the reader or of "us"."""
        if self.spoken is None:
            honest = [unit for group in self.units for unit in group if unit.honest]
            told = sum(not unit.offers().isdisjoint(("you", "we")) for unit in honest)
            self.spoken = max(0, told - 1) / len(honest) if honest else 0.0
        return self.spoken

    def trading(self) -> float:
        """Return the share of the words of the page's honest sentences that ask or offer to buy."""
        if self.traded is None:
            honest = [unit for group in self.units for unit in group if unit.honest]
            asked = sum(hit.family == "intent" for unit in honest for hit in unit.hits)
            self.traded = asked / (sum(unit.size for unit in honest) + 1.0)
        return self.traded

    def at_home_script(self, script: str) -> bool:
        """Whether a script is the page's own."""
        return script in (self.script, "none") or (
            script == "kana" and self.language == "ja" and self.script == "cjk"
        )

    def is_function(self, token: Token) -> bool:
        """Whether a spaced word is a closed-class word of the page's language.

        In a script foreign to the page: of any language of that script.
        """
        if token.script != self.script and token.script != "none":
            return token.plain in words.functions_of_script(token.script)
        if token.plain in self.functions:
            return True
        if "'" in token.plain or "-" in token.plain:
            return any(part in self.functions for part in re.split(r"['-]", token.plain))
        return False

    def familiar(self, token: Token, unit: Unit) -> float:
        """Return how far a word of a unit is at home on the rest of the page, 0 to 1."""
        told = _keys(token.plain, token.script)
        if not told:
            return 0.0
        own = 1 if unit.honest else 0
        if len(told) == 1:
            return 1.0 if self.known.get(told[0], 0) > own else 0.0
        return sum(self.known.get(key, 0) > own for key in told) / len(told)

    def foreign_links(self, block: Block) -> list[Link]:
        """Return the block's links to other sites."""
        return [link for link in block.links if self.is_foreign(link.href)]

    def is_foreign(self, href: str) -> bool:
        """Whether an address leads to another site than the page's own."""
        host = host_of(href)
        own = (self.context.host or "").lower().removeprefix("www.")
        return bool(host) and not (
            own and (host == own or host.endswith("." + own) or own.endswith("." + host))
        )


def host_of(href: str) -> str:
    """Return an absolute address's host without "www.", "" for any other address."""
    match = re.match(r"\s*(?:https?:)?//([^/?#\s:]{1,253})", href, re.I)
    return match[1].lower().removeprefix("www.") if match else ""


@lru_cache(maxsize=32768)
def is_brand(plain: str) -> bool:
    """Whether a word is letters with figures behind or before, as coined names are."""
    return not plain.isalpha() and _BRAND.match(plain) is not None


def keys(token: Token) -> tuple[str, ...]:
    """Return what a word is recognised by elsewhere: its beginning, or its pairs of signs."""
    return _keys(token.plain, token.script)


@lru_cache(maxsize=32768)
def _keys(plain: str, script: str) -> tuple[str, ...]:
    if script in ("cjk", "kana"):
        return tuple(plain[at : at + 2] for at in range(len(plain) - 1)) or (plain,)
    if script in ("thai", "other"):
        return tuple(plain[at : at + 4] for at in range(0, max(1, len(plain) - 3), 2))
    if script == "hangul":
        return (plain[:2],)
    if script == "none" or len(plain) < 3:
        return ()
    return (plain[:5],)


def particle_share(token: Token) -> float:
    """Return the share of an unspaced stretch that its script's particles make up."""
    particles = words.inside_words(token.script)
    if not particles:
        return 0.0
    covered = sum(token.plain.count(particle) * len(particle) for particle in particles)
    return min(1.0, covered / max(1, len(token.plain)))


@lru_cache(maxsize=400)  # as words.tokens
def split_units(text: str) -> Sequence[tuple[int, int, bool]]:
    """Return the sentences of a block as (start, end, closes with an end mark), white space left out."""
    found: list[tuple[int, int, bool]] = []
    start = 0
    for match in _END.finditer(text):
        mark = match[0][0]
        if mark == "." and match.end() < len(text):
            before = text[max(start, match.start() - 14) : match.start()]
            after = text[match.end() :].lstrip()[:1]
            if _ABBREVIATION.search(before) and not (
                before[-1:].isdigit() and (after.isupper() or ord(after or "a") > 0x36F)
            ):
                continue
            if after.islower() and match.start() - start < 12:
                continue
        end = match.start() if mark.isspace() else match.end()
        if text[start:end].strip():
            found.append((start, end, mark != "\n"))
        start = match.end()
    if text[start:].strip():
        found.append((start, len(text), False))
    trimmed = []
    for low, high, ended in found:
        while low < high and text[low].isspace():
            low += 1
        while high > low and text[high - 1].isspace():
            high -= 1
        trimmed.append((low, high, ended))
    return trimmed


def view(blocks: Sequence[Block], context: SpamContext) -> PageView:
    """Read the page: its language, its units, and what is at home on it."""
    tokens = [list(_parted(block.text)) for block in blocks]
    scripts: Counter[str] = Counter()
    for block in tokens:
        _count_scripts(scripts, block)
    del scripts["none"]
    if scripts["kana"] * 8 > scripts["cjk"]:
        scripts["cjk"] += scripts["kana"]
    main = scripts.most_common(1)[0][0] if scripts else "latin"
    language = (context.language or "").split("-")[0].lower() or None
    if language in ("zh", "ja") and scripts["cjk"] > scripts["latin"] / 4:
        main = "cjk"
    if language is None:
        by_script = {
            "cjk": "ja" if scripts["kana"] * 8 > scripts["cjk"] else "zh",
            "hangul": "ko",
            "thai": "th",
        }
        language = by_script.get(main) or words.guess_language(
            [token.plain for block in tokens for token in block]
        )
    functions = words.function_words(language)
    page = PageView(context, language, functions, [], tokens, [], main, blocks=tuple(blocks))
    for number, item in enumerate(blocks):
        page.hits.append(words.hits(item.text))
        if page.hits[-1] and not item.text.isascii():
            page.tokens[number] = _part_repeats(page.tokens[number])
        page.units.append(_units(page, number, item))
    _learn(page, blocks)
    return page


def _count_scripts(scripts: Counter[str], tokens: Sequence[Token]) -> None:
    """Add up how many words each script has."""
    counted = Counter([(token.script, token.size) for token in tokens])
    for (script, size), times in counted.items():
        scripts[script] += max(1, int(size)) * times


@lru_cache(maxsize=400)  # as words.tokens
def _parted(text: str) -> tuple[Token, ...]:
    """Return the words of a text with the glued ones parted."""
    return tuple(_part_tight(words.tokens(text)))


_TIGHT = re.compile(r"([^\W_]{3,})[.!?]([^\W\d_]{3,})$")
_TIGHT_SCRIPT = re.compile(
    r"([\u0400-\u04ff]{3,})([A-Z][a-z]+)$|([a-z]{3,})([\u0410-\u042f][\u0430-\u044f]+)$"
)
_TIGHT_CAPITAL = re.compile(r"([^\W\d_]{3,}[a-z])([A-Z][a-z]+)$")


def _part_tight(tokens: list[Token]) -> list[Token]:
    """Part two words that were glued at an end mark ("years.guest") or at a sentence's first word ("factoryThe")."""
    out = []
    lower = bool(tokens) and tokens[0].raw[:1].islower()
    for token in tokens:
        match = None
        if not token.raw.islower() or "." in token.raw:
            match = _TIGHT.match(token.raw)
            if match is not None and match[2].lower() in TOP_DOMAINS:
                match = None
            if match is None and (match := _TIGHT_CAPITAL.match(token.raw)):
                listed = words.functions_of_script(token.script)
                sure = lower and len(match[1]) >= 3 <= len(match[2]) and token is not tokens[0]
                match = match if sure or (match[2].lower() in listed and len(match[2]) > 1) else None
            if match is None:
                match = _TIGHT_SCRIPT.match(token.raw)
        if match is None or len(token.raw) != len(token.plain):
            out.append(token)
            continue
        parts = [number for number in range(1, match.re.groups + 1) if match[number] is not None]
        low, high = match.end(parts[0]), match.start(parts[1])
        out.append(replace(token, end=token.start + low, raw=token.raw[:low], plain=token.plain[:low]))
        out.append(replace(token, start=token.start + high, raw=token.raw[high:], plain=token.plain[high:]))
    return out


def _part_repeats(tokens: list[Token]) -> list[Token]:
    """Part an unspaced stretch where it begins or ends with another whole stretch of the same block."""
    whole = {
        token.plain for token in tokens if token.script in ("cjk", "kana", "thai") and len(token.plain) >= 3
    }
    if not whole:
        return tokens
    parted = []
    for token in tokens:
        if (
            token.script not in ("cjk", "kana", "thai")
            or len(token.plain) < 5
            or len(token.raw) != len(token.plain)
        ):
            parted.append(token)
            continue
        cut = max(
            (size for size in range(3, min(24, len(token.plain) - 1)) if token.plain[:size] in whole),
            default=0,
        )
        if not cut:
            parted.append(token)
            continue
        for low, high in ((0, cut), (cut, len(token.raw))):
            parted.append(
                Token(
                    token.start + low, token.start + high, token.raw[low:high], token.plain[low:high],
                    token.script, max(0.5, token.size * (high - low) / len(token.raw)), token.disguised,
                )
            )  # fmt: skip
    return parted


def _units(page: PageView, number: int, block: Block) -> list[Unit]:
    units = []
    tokens, hits = page.tokens[number], page.hits[number]
    functions, script = page.functions, page.script
    spaced = script not in ("cjk", "kana", "thai", "hangul")
    at = seen = 0
    for start, end, ended in _part_glued(page, block, split_units(block.text), tokens, hits):
        inside = []
        while at < len(tokens) and tokens[at].start < end:
            inside.append(tokens[at])
            at += 1
        found = []
        while seen < len(hits) and hits[seen].start < end:
            found.append(hits[seen])
            seen += 1
        size = mortar = 0.0
        for token in inside:
            size += token.size
            if token.plain in functions:
                mortar += 1.0
            elif spaced and token.script == script and token.plain.isalpha():
                continue
            elif token.script in ("cjk", "kana", "thai"):
                mortar += token.size * min(1.0, 2 * particle_share(token))
            elif token.script == "hangul":
                mortar += 0.5 * token.plain.endswith(words.korean_endings())
            elif (token.script != script or not token.plain.isalpha()) and page.is_function(token):
                mortar += 1.0
        units.append(Unit(number, start, end, ended, inside, found, mortar / size if size else 0.0, size))
    return units


_STROKED = quick(r"[|•·►★✓✔｜]|\s[/–—-]\s|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")


def _part_glued(
    page: PageView, block: Block, units: Sequence[tuple[int, int, bool]], tokens: list[Token], hits: list[Hit]
) -> Sequence[tuple[int, int, bool]]:
    """Part a sentence from what is glued to its front without an end mark.

    A capital on a closed-class word in mid-sentence ("… bonus codes 2025 The clearest example is …")
    opens another where the front holds several marks of spam; any capital does where the front opens in
    lower case or is a list with strokes, and has none of the closed-class words that the rest has.
    """
    if page.script in UNCASED:
        return units
    parted: list[tuple[int, int, bool]] = []
    at = 0
    for start, end, ended in units:
        while at < len(tokens) and tokens[at].start < start:
            at += 1
        border = None
        if at < len(tokens) and (
            hits or tokens[at].raw[:1].islower() or _STROKED.search(block.text, start, end)
        ):
            behind = bisect_left(tokens, end, at, key=lambda token: token.start)
            inside = tokens[at:behind]
            marks = [hit for hit in hits if start <= hit.start < end and hit.family != "praise"]
            border = _border_by_marks(page, inside, marks)
            if border is None:
                border = _border_by_mortar(page, block.text, inside, ended)
        if border is None:
            parted.append((start, end, ended))
        else:
            front = len(block.text[start:border].rstrip())
            parted += [(start, start + front, False), (border, end, ended)]
    return parted


def _border_by_marks(page: PageView, inside: list[Token], marks: list[Hit]) -> int | None:
    """Return where a closed-class word with a capital opens a sentence behind several marks of spam."""
    if len(marks) < 2:
        return None
    for one, two in itertools.pairwise(inside):
        if (
            two.raw[:1].isupper()
            and two.plain in page.functions
            and not two.raw[1:].isupper()
            and (not one.raw[:1].isupper() or one.raw.isupper())
            and two.start - one.end == 1
            and one.start > inside[0].start
        ):
            before = {(hit.family, hit.kind) for hit in marks if hit.end <= two.start}
            return two.start if len(before) >= 2 else None
    return None


def _border_by_mortar(page: PageView, text: str, inside: list[Token], ended: bool) -> int | None:
    """Return where a capital parts words without closed-class ones from a sentence with them, or None."""
    if len(inside) < 8 or not ended:
        return None
    if not (inside[0].raw[:1].islower() or _STROKED.search(text, inside[0].start, inside[-1].start)):
        return None
    small = [token.plain in page.functions for token in inside]
    best, border, score, front, whole = 1.0, None, 0.0, 0, sum(small)
    for at in range(1, len(inside) - 2):
        one, two = inside[at - 1], inside[at]
        score += -3.0 if small[at - 1] else 1.0
        front += small[at - 1]
        if at < 3 or score <= best or small[at - 1] or front * 4 > at:
            continue
        if not two.raw[:1].isupper() or two.raw[1:].isupper() or one.raw[:1].isupper():
            continue
        between = text[one.end : two.start]
        if between and not between.isspace() and not (_STROKED.search(between) and between[-1:].isspace()):
            continue
        back = whole - front
        if back >= 2 and back * 6 >= len(inside) - at:
            best, border = score, two.start
    return border


def as_unit(page: PageView, block: Block) -> Unit:
    """Return a text from outside the page (its title) as one unit."""
    tokens, hits = words.tokens(block.text), words.hits(block.text)
    size = sum(token.size for token in tokens)
    mortar = sum(page.is_function(token) for token in tokens)
    return Unit(-1, 0, len(block.text), False, tokens, hits, mortar / size if size else 0.0, size)


def _learn(page: PageView, blocks: Sequence[Block]) -> None:
    """Fill in what the honest units tell."""
    prose = [unit for block in page.units for unit in block if unit.functions >= 0.15 and unit.size >= 5]
    told: Counter[str] = Counter()
    for unit in prose:
        if not unit.hits:
            continue
        offers = unit.offers()
        if len(offers - {"you", "we"}) <= 2 and not _asks(offers) and not _sells(unit):
            links = page.foreign_links(blocks[unit.block]) if unit.subjects() else []
            told.update(
                {
                    hit.kind
                    for hit in unit.hits
                    if hit.family == "subject"
                    and not any(link.start <= hit.start < link.end for link in links)
                }
            )
    enough = 2 if len(prose) <= 8 else max(3, len(prose) // 12)
    titled = {hit.kind for hit in words.hits(page.context.title or "") if hit.family == "subject"}
    page.at_home = frozenset(
        kind for kind, count in told.items() if count >= enough or (kind in titled and count >= 1)
    )
    letters: set[str] = set()
    honest_words: list[Token] = []
    told_keys: list[str] = []
    odd: set[tuple[str, str, str]] = set()
    for group, block in zip(page.units, blocks, strict=True):
        for unit in group:
            unit.honest = _honest(page, unit, block)
            if (
                not unit.honest
                and unit.functions < 0.12
                and unit.size >= 4
                and block.kind == "paragraph"
                and not unit.tokens[0].raw[:1].isupper()
            ):
                plain = [token.plain for token in unit.tokens]
                odd.update(zip(plain, plain[1:], plain[2:], strict=False))
    for group in page.units:
        for unit in group:
            if not unit.honest:
                continue
            seen: set[str] = set()
            again = _echoed(page, unit, odd)
            honest_words += unit.tokens
            for at, token in enumerate(unit.tokens):
                if at not in again:
                    seen.update(_keys(token.plain, token.script))
                if not token.raw.isascii():
                    letters.update(token.raw.lower())
            told_keys += seen
    _count_scripts(page.scripts, honest_words)
    page.known.update(told_keys)
    for token in words.tokens(page.context.title or ""):
        page.known.update(keys(token))
    page.known.update(word[:5] for word in page.context.topics)
    size = sum(unit.size for block in page.units for unit in block if unit.size >= 5)
    mortar = sum(unit.size * unit.functions for block in page.units for unit in block if unit.size >= 5)
    page.mortar = mortar / size if size else 0.0
    page.prose = page.mortar >= 0.12
    honest: list[str] = []
    for group, block in zip(page.units, blocks, strict=True):
        if len(honest) >= 6:
            break
        honest += [
            block.text[unit.start : unit.end].lower() for unit in group if unit.honest and unit.size >= 8
        ]
    page.sample = " ".join(honest[:6])[:700]
    page.letters = frozenset(letter for letter in letters if not letter.isascii())


def _echoed(page: PageView, unit: Unit, odd: set[tuple[str, str, str]]) -> set[int]:
    """Return which words of a unit stand in three that an earlier unit, or an odd one, has in the same order.

    What is pasted into several places of a page doesn't vouch for itself.
    """
    again: set[int] = set()
    plain = [token.plain for token in unit.tokens]
    block, first = unit.block, page.threes.setdefault
    for at, three in enumerate(zip(plain, plain[1:], plain[2:], strict=False)):
        if first(three, block) != block:
            page.echoes.add(three)
            again.update((at, at + 1, at + 2))
        elif three in odd:
            again.update((at, at + 1, at + 2))
    return again


def _asks(offers: set[str]) -> bool:
    """Whether a unit asks the reader for an order, and says for what."""
    return "order" in offers and not offers.isdisjoint(("you", "we", "price", "waiver"))


def _sells(unit: Unit) -> bool:
    """Whether a unit has a mark of selling that honest reports of the subject lack."""
    return any(is_brand(token.plain) for token in unit.tokens)


def _honest(page: PageView, unit: Unit, block: Block) -> bool:
    """Whether a unit shows no sign of spam, so that its words may vouch for others."""
    if block.kind in ("heading", "table_row") and unit.subjects() <= page.at_home:
        return unit.size <= 14 and not any(token.disguised for token in unit.tokens)
    if unit.functions < 0.12 or unit.size < 4:
        return False
    if not unit.subjects() <= page.at_home:
        return False
    if not unit.ended and block.kind == "paragraph" and unit.tokens[0].raw[:1].islower():
        return False
    offers = unit.offers()
    if len(offers) >= 4 or (len(offers) >= 3 and "you" in offers and "order" in offers):
        return False
    own = ("none", page.script, "latin")
    return not any(token.disguised or token.script not in own for token in unit.tokens)
