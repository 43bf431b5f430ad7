"""Characters -> quantities: one reader for every number in a text, with exact offsets.

read_quantities(text) finds digits, decimals, powers of ten, numbers in words, scale words and
letters, currencies before and after, ranges, and the comparators and units that stand directly
beside a number. It works on raw characters, before any tokenizer, because token rules cut "14.8T",
"$80-100m" and "2,048" in surprising places. All patterns are linear: every repeat is bounded, and a
number is looked at once.

What it does not do: say what a number is a number of. That is the business of pipeline.mentions.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from pipeline import currencies
from pipeline.expressions import quick
from pipeline.sieve import Sieve
from schemas.records import Quantity

_SPELLINGS: Final = (
    512  # words, scales and currencies whose value is remembered: a text says few, again and again
)

SPACE: Final = "[ \u00a0\u2009\u202f\u2007]"
DASH: Final = "[-\u2010\u2011\u2012\u2013\u2014\u2212]"

_SMALL: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES: Final = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "quadrillion": 10**15, "quintillion": 10**18, "sextillion": 10**21, "septillion": 10**24,
    "octillion": 10**27, "lakh": 10**5, "crore": 10**7, "mln": 10**6, "mio": 10**6, "mil": 10**6,
    "mn": 10**6, "bln": 10**9, "bil": 10**9, "bn": 10**9, "trn": 10**12, "tril": 10**12, "tn": 10**12,
    "thousands": 10**3, "millions": 10**6, "billions": 10**9, "trillions": 10**12, "hundreds": 10**2,
    "dozen": 12, "lakhs": 10**5, "crores": 10**7, "grand": 10**3, "dozens": 12, "tens": 10,
}  # fmt: skip
_LETTERS: Final = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12, "q": 10**15}
_SUPER: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

#: Words that a scale may follow without a number ("several hundred", "a few million").
_VAGUE: Final = {"several": 3, "a few": 3, "few": 3, "many": 3}

# ---------------------------------------------------------------- the number itself
_DIGITS = (
    r"\d{1,3}(?:,\d{3}){1,8}(?![\d])(?:\.\d{1,12})?"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f']\d{3}){1,8}(?!\d)(?:\.\d{1,12})?"
    r"|\d{1,3}(?: \d{3}){0,6} 000(?![\d.,]\d|\d)"
    r"|\d{1,30}(?!\d)(?:\.\d{1,20})?"
    r"|\.\d{1,12}"
)
_POWER = (
    rf"(?:{SPACE}?(?:[×x*·\u22c5]|\\times){SPACE}?10{SPACE}?(?:\^|\*\*)?{SPACE}?\{{?[+\u2212-]?\d{{1,3}}\}}?(?!\d|[,.]\d)"
    rf"|{SPACE}?(?:[×x*·\u22c5]|\\times){SPACE}?10[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]{{1,4}}"
    r"|[eE][+\u2212-]?\d{1,3}(?![\w]))"
)
_BARE_POWER = rf"10(?:{SPACE}?\^{SPACE}?\{{?[+\u2212-]?\d{{1,3}}\}}?|\*\*\d{{1,3}}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}})"
_WORD = "(?:" + "|".join(sorted([*_SMALL, *_TENS], key=len, reverse=True)) + ")"
_MERE = "(?:mere|full|whole|cool|good|round|further)"
_NUMBER_WORDS = (
    rf"(?:half{SPACE}an?|half(?=[ -](?:billion|million|trillion))|(?:a{SPACE})?quarter(?:{SPACE}of{SPACE}an?|(?=[ -](?:billion|million|trillion)))"
    rf"|three[ -]quarters{SPACE}of{SPACE}an?|a{SPACE}third{SPACE}of{SPACE}an?"
    rf"|(?:a{SPACE})?(?:few|couple{SPACE}of){SPACE}(?:tens|hundreds)(?={SPACE}of\b)"
    rf"|(?:a{SPACE})?pair{SPACE}of(?={SPACE}(?:the{SPACE})?[A-Z\d])"
    rf"|(?:a{SPACE})?couple(?:{SPACE}of|(?=[ ](?:hundred|thousand|million|billion|dozen)))|(?:a{SPACE})?few|several|many"
    rf"|(?:an?|{_WORD}(?:[ -]{_WORD})?)(?:{SPACE}{_MERE})?{SPACE}thousand{SPACE}(?:(?:an?|{_WORD}){SPACE}hundred(?:{SPACE}and)?{SPACE}|and{SPACE})?{_WORD}(?:[ -]{_WORD})?(?![ -](?:{_WORD}|hundred|thousand|million|billion|trillion)\b)"
    rf"|(?:an?|{_WORD}(?:[ -]{_WORD})?){SPACE}thousand{SPACE}(?:an?|{_WORD}){SPACE}hundred\b(?![ -](?:{_WORD}|and)\b)"
    rf"|(?:an?|{_WORD})(?:{SPACE}{_MERE})?{SPACE}hundred{SPACE}(?:and{SPACE})?{_WORD}(?:[ -]{_WORD})?(?![ -](?:{_WORD}|hundred)\b)"
    rf"|{_WORD}(?:[ -]{_WORD}){{0,2}}(?:{SPACE}point(?:{SPACE}(?:{_WORD}|oh)){{1,4}})?(?:{SPACE}and{SPACE}(?:a{SPACE}half|a{SPACE}quarter))?"
    rf"|an?(?={SPACE}(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore|dollar|euro)\b)"
    rf"|an?(?={SPACE}(?:(?:single|full|whole|entire|further|mere|solid|single){SPACE})?(?:hour|day|week|fortnight|month|year)\b)"
    r"|(?:hundreds|thousands|tens|dozens|millions|billions|trillions)(?=[ ]of\b|\b))"
)
_SCALE_WORD = (
    "(?:hundreds?|thousands?|millions?|billions?|trillions?|quadrillions?|quintillions?|sextillions?"
    "|septillions?|octillions?|lakhs?|crores?|mln|mio|mil|mn|bln|bil|bn|trn|tril|tn|dozens?|grand)"
)
_SCALES_RX = (
    rf"(?:(?:{SPACE}|{DASH}|\.{SPACE}(?-i:(?=[A-Z])))?{_SCALE_WORD}\b(?:\.(?={SPACE}(?:Dollars|Euros|Pounds|Yuan|Francs|Kroner|Kronor|Rupees)\b))?(?:(?:{SPACE}|-){_SCALE_WORD}\b){{0,2}}"
    rf"(?:{SPACE}of{SPACE}{_SCALE_WORD}\b)?"
    rf"|(?-i:{SPACE}?[KMBTk])(?![\w'’&])(?!{SPACE}?/)|[kmbtMBTKQ](?![\w])|[MBT](?=(?:FLOP|param|USD|EUR)))"
)
_NUMBER = rf"(?:(?P<digits>{_BARE_POWER}(?!\w)|(?:{_DIGITS})(?:{_POWER})?)(?P<plus>\+)?|(?P<words>\b{_NUMBER_WORDS}\b))"
_ONE = quick(
    rf"(?P<cur>(?<![A-Za-z$€£¥])(?:{currencies.BEFORE}){SPACE}?)?"
    r"(?(cur)|(?<![\w.])(?<!\d,)(?:(?<![A-Za-z]-)|(?<=\d[kmb]-)|(?<=\d[mb]n-)|(?=[A-Za-z])))"
    rf"{_NUMBER}"
    rf"(?P<scale>{_SCALES_RX})?(?P<plus2>\+|{SPACE}?-?plus\b)?",
    re.IGNORECASE,
)
#: A currency behind a number: it is sought where a word of one follows, for it is one of two hundred.
_CURRENCY_BEHIND: Final = quick(rf"(?:{SPACE}|-)?(?:of{SPACE})?(?:{currencies.AFTER})(?![\w])", re.IGNORECASE)
_WORD_BEHIND: Final = re.compile(rf"(?:{SPACE}|-)?(?:of{SPACE})?([^\W\d_]+|[^\w\s])", re.IGNORECASE)
#: Where a number can begin: one cheap scan decides which offsets are tried at all.
_START = quick(
    rf"(?<![A-Za-z$€£¥])(?:{currencies.BEFORE})(?={SPACE}?[\d.~])"
    rf"|(?<![\w.])(?<!\d,)(?<![A-Za-z]-)(?:\.?\d)|(?:(?<=\d[kmb]-)|(?<=\d[mb]n-))\d"
    rf"|\b(?:{_NUMBER_WORDS})\b",
    re.IGNORECASE,
)
#: What a number can begin with, sought first: most words of a text are none of these.
_HINT = quick(rf"\d+|\.(?=\d)|[{currencies.FIRST_CHARACTERS}]|[A-Za-z]+")
#: What goes on after "a" or "an" where a number begins with it, and after the letters of a currency.
_AFTER_ARTICLE: Final = quick(
    rf"\$|{SPACE}(?:quarter|third|few|couple|pair|mere|full|whole|cool|good|round|further|single|entire|solid|"
    r"hundred|thousand|million|billion|trillion|dozen|lakh|crore|dollar|euro|hour|day|week|fortnight|month|year)",
    re.IGNORECASE,
)
_AFTER_LETTERS: Final = quick(rf"{SPACE}{{0,2}}[.\d~{re.escape(currencies.INNER_CHARACTERS)}]")
_FIRST_WORDS: Final = frozenset([
    *_SMALL, *_TENS, "half", "a", "an", "quarter", "pair", "couple", "few", "several", "many",
    "hundreds", "thousands", "tens", "dozens", "millions", "billions", "trillions",
])  # fmt: skip
# ---------------------------------------------------------------- units that stand beside it
_UNIT = quick(
    rf"(?:{SPACE}|{DASH})?(?:"
    r"(?P<percent>%|per[ -]?cent\b|percent\b|percentage\b)"
    r"|(?P<pfs>(?P<pfsp>peta|exa|zetta|tera)?(?:pfs|flops?|flop/s|flops/s|flop/sec)[/ -]?(?:s|sec|second)?[ -](?:days?|d\b))"
    r"|(?P<pfs2>(?:pf|PF|petaflops?|petaFLOPS?|exaflops?|PFLOPS?|EFLOPS?)(?:[/-](?:s|sec|second)s?|[/ -]second)?[ -/](?P<pfs2u>days?|hours?|years?))\b"
    r"|(?P<rate>(?:(?:kilo|mega|giga|tera|peta|exa|zetta|yotta)?flops?|[KMGTPEZY]?FLOPS?|[TPE]OPS)(?:/s(?:ec(?:ond)?)?\b|[ ]per[ -]second\b|ps\b))"
    r"|(?P<flop>(?P<flopp>kilo|mega|giga|tera|peta|exa|zetta|yotta|[KMGTPEZY])?(?:flop(?:s|\(s\))?|flopS)\b|floating[ -]?point[ ](?:operations?|calculations?|ops)|(?:compute[ ]|mathematical[ ]|arithmetic[ ])?operations\b)"
    r"|(?P<energy>(?P<energyp>kilo|mega|giga|tera|[kMGT])(?:watt[ -]?hours?|Wh)\b)"
    r"|(?P<joule>(?P<joulep>kilo|mega|giga|tera)?joules?\b|(?P<joulep2>[kMGT])J\b)"
    r"|(?P<power>(?:kilo|mega|giga|[kMG])?(?:watts?|W)\b)"
    r"|(?P<bytes>(?:kilo|mega|giga|tera|peta|exa)(?:bytes?|bits?)\b|[KMGTPE]i?B(?:ytes)?\b(?:/s)?|[GMT]bps\b|bits?\b|bytes?\b)"
    r"|(?:(?:wall[ -]?clock|straight|full|consecutive|calendar|whole|long|short|total|continuous|solid|extra|additional|more|further|working|training|compute|entire|gruelling|uninterrupted|elapsed|real-time)[ -]){0,2}(?P<time>hours?|hrs?|h|(?-i:d(?=[;,.)\s]|$))|days?|weeks?|wks?|mos?(?=\.|\s*$)|months?|years?|yrs?|minutes?|mins?|seconds?|secs?|fortnights?|decades?)(?![\w'’])(?!-(?:gen|hand|place|largest|best|order|rate|half|old))"
    r"|(?P<fold>fold\b|times\b|x\b|×)"
    r"|(?P<mass>(?P<massp>metric[ ]|kilo|mega|giga)?(?:tonnes?|tons?|kg|kilos?|kilograms?|kilogrammes?|grams?|kt|Mt|t|mt|lbs?|pounds))(?![\w'’])"
    r"(?P<co2>[ ]?(?:of[ ])?(?:(?:the[ ])?(?:net[ ]|gross[ ]|total[ ])?(?:carbon[ -]dioxide|carbon|CO[2₂]|CO[ ]2|greenhouse[ ]gas(?:es)?|GHG)(?:[ -]?(?:e|eq\.?|equivalents?|equiv\.?)\b)?)\b|CO[2₂](?:e|eq)?\b)?"
    r"|(?P<co2short>tCO[2₂](?:e|eq)?|kgCO[2₂](?:e|eq)?|MtCO[2₂](?:e|eq)?|ktCO[2₂](?:e|eq)?|gCO[2₂](?:e|eq)?)"
    r"|(?P<params>parameters?\b|params?\b)"
    r"|(?P<tokens>tokens?\b)"
    r")",
    re.IGNORECASE,
)
_SI: Final = {"kilo": 3, "mega": 6, "giga": 9, "tera": 12, "peta": 15, "exa": 18, "zetta": 21, "yotta": 24,
              "k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18, "z": 21, "y": 24}  # fmt: skip
_TIME: Final = {"h": "hour", "d": "day", "hr": "hour", "hrs": "hour", "wk": "week",
    "mo": "month",
    "mos": "month", "wks": "week", "yr": "year", "yrs": "year",
                "min": "minute", "mins": "minute", "sec": "second", "secs": "second"}  # fmt: skip

# ---------------------------------------------------------------- comparators
_OVER = (
    r"more than|over|above|upwards? of|in excess of|exceed(?:s|ed|ing)?|at least|no (?:less|fewer) than|not less than|north of|"
    r"greater than|larger than|bigger than|higher than|surpass(?:es|ed|ing)?|a minimum of|minimum of|beyond|topp(?:ed|ing)|tops|"
    r"a little over|just over|slightly over|well over|slightly more than|just above|well above|upward of|longer than|not more than that of|past|better than|nothing less than|nothing under|a (?:bit|little|shade|touch|hair|tad) (?:over|more than|above)|pass(?:es|ed|ing)?|crosse[sd]|(?:break|breaks|broke|broken|breaking) through"
)
_UNDER = (
    r"less than|under|below|fewer than|up to|as (?:much|many|high|long) as|at most|no more than|not more than|"
    r"not quite|not even|just under|well under|a little under|slightly under|within|a maximum of|maximum of|shy of|lower than|smaller than|just below|only up to|down to as little as|"
    r"not exceeding|cheaper than|shorter than|just shy of|well below|capped at"
)
_ABOUT = (
    r"about|around|approximately|approx\.?|roughly|some|circa|ca\.|c\.|nearly|almost|close to|nearing|on the order of|"
    r"in the (?:region|neighbou?rhood|vicinity|ballpark|range) of|in the order of|somewhere (?:around|near)|give or take|of the order of|"
    r"closer to|nearer(?: to)?|call it|I[’']d (?:guess|say)|guess|perhaps|maybe|something like|order of|a rough|a reported|approaching|probably|loosely|very roughly|"
    r"near|(?<!they )(?<!we )(?<!people )(?<!to )(?<!sources )(?<!will )(?<!not )(?<!can )say,?|it was like|spent,? what,|or so|more or less|a ballpark(?: of)?|ballpark|a nominal|not far (?:off|from)|a good"
)
_BEFORE = quick(
    rf"(?:(?P<over>\b(?:{_OVER})|[>≥⩾]=?)|(?P<under>\b(?:{_UNDER})|[<≤⩽]=?)|(?P<about>\b(?:{_ABOUT})|[~≈∼≃˜]))"
    rf"[\s\u00a0]*[\"“‘']?(?:(?:a|an|the|just|its|their|another|only|whopping|mere|cool|staggering|estimated|total|of|some|about|around|roughly|approximately|about an?)[\s\u00a0]+){{0,2}}(?P<tilde>~)?$",
    re.IGNORECASE,
)
_SAYS_HOW_MUCH: Final = Sieve([_BEFORE])
_AFTER_OP = quick(
    rf"{SPACE}?(?:\(?(?P<over>or (?:more|above|higher|longer|greater|upwards?)\b|and (?:up|above|counting)\b|at (?:the )?(?:minimum|least)\b|plus\b(?! \d)|and (?:a bit|change|some change)\b|and then some\b)|(?P<about>or (?:so|thereabouts)\b|-?ish\b|-odd\b|, give or take|, (?:approximately|roughly|more or less)\b|, near enough\b|, plus or minus)|(?P<under>or (?:less|fewer|below|under)\b|at (?:the )?most\b|at (?:the )?maximum\b|, at most|, tops\b|less a bit\b))",
    re.IGNORECASE,
)
_JOIN = quick(
    rf"(?:,{SPACE}|{SPACE}?{DASH}{{1,2}}{SPACE}?|{SPACE}to{SPACE}|-to-|{SPACE}or{SPACE}|{SPACE}and{SPACE}|{SPACE}through{SPACE}|{SPACE}up{SPACE}to{SPACE})"
    rf"(?:even{SPACE})?(?P<tilde>~{SPACE}?)?",
    re.IGNORECASE,
)
_CHANGE = quick(
    r"\b(?:fell|falls?|falling|rose|rises?|rising|risen|drop(?:s|ped|ping)?|grew|grows?|grown|growing|increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|cut(?:s|ting)?|went|gone|goes|going|"
    r"jump(?:s|ed|ing)?|climb(?:s|ed|ing)?|declin(?:e|es|ed|ing)|plung(?:e|es|ed|ing)|soar(?:s|ed|ing)?|reduc(?:e|es|ed|ing)|lower(?:s|ed|ing)?|rais(?:e|es|ed|ing)|up|down|slashed|revised|moved|"
    r"expand(?:s|ed|ing)?|shr[aiu]nk|came|come|doubled|tripled|upgraded|swelled|slid|dipped|halved|scal(?:e|es|ed|ing) up)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


class _Number:
    """A number before ranges are made: value, scale, currency, and where it stands."""

    __slots__ = (
        "after_unit",
        "base",
        "currency",
        "end",
        "last_scale",
        "plus",
        "scale",
        "start",
        "unit",
        "vague",
        "value",
        "word",
    )

    def __init__(
        self, start: int, end: int, base: Decimal, scale: Decimal | None, currency: str | None
    ) -> None:
        self.start, self.end, self.base, self.scale, self.currency = start, end, base, scale, currency
        self.value = base * (scale if scale is not None else 1)
        self.last_scale = scale if scale is not None else Decimal(1)
        self.plus = False
        self.vague = 0
        self.word = False
        self.unit: str | None = None
        self.after_unit = end


@lru_cache(maxsize=_SPELLINGS)
def _words_value(words: str) -> Decimal | None:
    """'two and a half' -> 2.5, 'forty-two' -> 42, 'half a' -> 0.5; None for no number."""
    text = re.sub(r"[\s\u00a0\u2009\u202f-]+", " ", words.lower()).strip()
    fixed = {"half a": "0.5", "half an": "0.5", "half": "0.5", "couple of": "2", "a couple of": "2", "couple": "2",
             "a couple": "2", "pair of": "2", "a pair of": "2", "a": "1", "an": "1", "a quarter of a": "0.25", "quarter of a": "0.25", "quarter": "0.25",
             "a quarter": "0.25", "three quarters of a": "0.75", "a third of a": "0.3333333"}  # fmt: skip
    if text in fixed:
        return Decimal(fixed[text])
    if text in _VAGUE:
        return Decimal(_VAGUE[text])
    extra = Decimal(0)
    if " point " in text:
        text, _, fraction = text.partition(" point ")
        digits = [0 if word == "oh" else _SMALL.get(word, -1) for word in fraction.split(" ")]
        if any(not 0 <= digit <= 9 for digit in digits):
            return None
        extra = Decimal("0." + "".join(str(digit) for digit in digits))
    for ending, add in ((" and a half", "0.5"), (" and a quarter", "0.25")):
        if text.endswith(ending):
            text, extra = text[: -len(ending)], Decimal(add)
    total = 0
    for word in text.split(" "):
        if word == "hundred":
            total = total // 1000 * 1000 + (total % 1000 or 1) * 100
        elif word == "thousand":
            total = (total or 1) * 1000
        elif word in ("a", "an", "and", "mere", "full", "whole", "cool", "good", "round", "further"):
            continue
        elif word in _SMALL:
            total += _SMALL[word]
        elif word in _TENS:
            total += _TENS[word]
        else:
            return None
    return total + extra


_PLAIN: Final = 28  # digits that Decimal keeps
_TIMES_TEN: Final = quick(
    rf"(?:{SPACE}?[×x*·\u22c5]{SPACE}?10{SPACE}?(?:\^|\*\*)?{SPACE}?\{{?([+-]?\d{{1,3}})\}}?)$", re.IGNORECASE
)
_TO_THE_POWER: Final = quick(rf"10{SPACE}?(?:\^|\*\*)?{SPACE}?\{{?([+-]?\d{{1,3}})\}}?")
_SCIENCE: Final = quick(r"[eE]([+-]?\d{1,3})$")


def _digits_value(text: str) -> Decimal | None:
    """'2,048' -> 2048, '3.14e23', '2 x 10^24', '10²⁴'."""
    if len(text) < _PLAIN and text.isascii() and text.replace(",", "").replace(".", "", 1).isdigit():
        return Decimal(text.replace(",", ""))
    if text.startswith("10") and len(text) > 2 and text[2] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻":
        text = f"10^{text[2:]}"
    text = text.translate(_SUPER).replace("\u2212", "-").replace("\\times", "x")
    power = _TIMES_TEN.search(text)
    mantissa, exponent = text, 0
    if power:
        mantissa, exponent = text[: power.start()], int(power[1])
    elif bare := _TO_THE_POWER.fullmatch(text):
        if re.search(r"\^|\*\*", text) or len(bare[1]) < len(text) - 2:
            mantissa, exponent = "1", int(bare[1])
    elif science := _SCIENCE.search(text):
        mantissa, exponent = text[: science.start()], int(science[1])
    mantissa = re.sub(r"[,'\s\u00a0\u2009\u202f]", "", mantissa)
    try:
        return Decimal(mantissa).scaleb(exponent) if abs(exponent) < 60 else None
    except InvalidOperation:
        return None


@lru_cache(maxsize=_SPELLINGS)
def _scale_value(text: str) -> Decimal:
    """' hundred million' -> 10**8, 'bn' -> 10**9, ' thousands of' -> 1000."""
    text = (
        re.sub(r"[\s\u00a0\u2009\u202f\u2010-\u2015\u2212-]+", " ", text.strip().lower()).rstrip(".").strip()
    )
    if text in _LETTERS:
        return Decimal(_LETTERS[text])
    result = Decimal(1)
    for word in text.split(" "):
        if word != "of":
            result *= _SCALES.get(word, 1)
    return result


_HALVES: Final = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_AND_A_HALF: Final = quick(rf"{SPACE}and{SPACE}a{SPACE}(half|quarter)\b", re.IGNORECASE)
_AFTER_CURRENCY: Final = quick(rf"{SPACE}({currencies.AFTER})(?![\w])", re.IGNORECASE)
_DURATIONS: Final = frozenset(("minute", "hour", "day", "week", "fortnight", "month", "year"))
_YEAR = quick(r"(?:19|20)\d\d$")
#: A sum written the same way shortly before: "of the £5.2m, 3.1m went on the cloud".
_MILLIONS: Final = quick(r"[$€£]\s?\d[\d.,]{0,8}m\b")


_A_FEW: Final = quick(r"(?:a )?(?:few|couple of) (?=tens$|hundreds$)")
_OF_SCALES: Final = quick(
    rf"{SPACE}of{SPACE}{_SCALE_WORD}\b(?:{SPACE}of{SPACE}{_SCALE_WORD}\b)?", re.IGNORECASE
)
_OF_CURRENCY: Final = quick(rf"{SPACE}(?:of{SPACE})?({currencies.AFTER})(?![\w])", re.IGNORECASE)
#: What makes the m of "100m" millions.
_COUNTED: Final = quick(
    r"[ -]?(?:param|token|model|word|weight|dollar|GPU|TPU|[AHVB]\d{2,3}|[A-Za-z]+[ -](?:param|token|hour))",
    re.IGNORECASE,
)
_CENTS: Final = quick(
    rf"{SPACE}((?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\b",
    re.IGNORECASE,
)


def _read_one(text: str, at: int) -> _Number | None:
    match = _ONE.match(text, at)
    if match is None:
        return None
    digits, words, scale_text = match["digits"], match["words"], match["scale"]
    after = None
    follows = _WORD_BEHIND.match(text, match.end())
    if follows is not None and follows[1].lower() in currencies.FIRST_WORDS:
        after = _CURRENCY_BEHIND.match(text, match.end())
    end = match.end("scale") if scale_text else match.end("digits") if digits else match.end("words")
    scale = _scale_value(scale_text) if scale_text else None
    vague = 0
    if digits:
        base = _digits_value(digits)
        if base is None:
            return None
        tail = text[match.end("digits") : match.end("digits") + 1]
        if (
            not scale_text
            and tail.isalpha()
            and match["cur"] is None
            and after is None
            and not _glued_unit(text, match.end("digits"))
        ):
            return None  # part of a name: 4o, 3D, 8x7B
    else:
        low = " ".join(words.lower().split())
        few = _A_FEW.match(low)
        low = low[few.end() :] if few else low
        if low in _SCALES:  # hundreds, millions, tens (of thousands)
            base, scale = Decimal(1), Decimal(_SCALES[low])
            following = _OF_SCALES.match(text[match.end("words") : match.end("words") + 40])
            end = match.end("words")
            if following:
                scale *= _scale_value(following[0])
                end += following.end()
            if few:
                base = Decimal(3)
            vague = 10 if low in ("tens", "dozens", "hundreds") and following else 100
            owned = _OF_CURRENCY.match(text[end : end + 40])
            if owned and match["cur"] is None:
                money = currencies.code_of(owned[1], text, at)
                if money and not money[1]:
                    number = _Number(match.start(), end + owned.end(), base, scale, money[0])
                    number.word, number.vague = True, vague
                    return number
        else:
            value = _words_value(words)
            if value is None:
                return None
            base = value
            if low in _VAGUE or low.endswith("few"):
                vague = 3
                if scale is None and not _glued_unit(text, end):
                    return None
    currency, hundredth = None, False
    if sign := match["cur"] or (after and after[0]):
        known = currencies.code_of(sign, text, at)
        if known is not None and not (after is not None and after[0] == "p" and base >= 100):  # 1080p
            currency, hundredth = known
            end = end if match["cur"] or after is None else after.end()
    if (  # "100m": metres unless what follows is counted
        scale_text == "m"
        and currency is None
        and not _COUNTED.match(text[end : end + 30])
        and not _MILLIONS.search(text, max(0, at - 120), at)
    ):
        return None
    if (
        currency is not None
        and digits is None
        and not scale_text
        and after is not None
        and after[0].lower().endswith("dollar")
    ):
        cents = _CENTS.match(text[end : end + 20])
        if cents and (small := _words_value(cents[1])) is not None:  # "a dollar forty"
            base, end = base + small / 100, end + cents.end()
    if currency is not None and after and scale is None and (half := _AND_A_HALF.match(text, end)):
        base, end = base + _HALVES[half[1].lower()], half.end()  # "two dollars and a half"
    if currency is None and scale_text and scale_text.strip().lower() == "grand":
        currency = "USD"
    if scale_text and (half := _AND_A_HALF.match(text, match.end("scale"))):
        base, end = base + _HALVES[half[1].lower()], half.end()
        if owned_by := _AFTER_CURRENCY.match(text, end):
            known = currencies.code_of(owned_by[1], text, at)
            currency, end = known[0] if known else currency, owned_by.end()
    number = _Number(match.start(), end, base, scale, currency)
    if scale_text and scale is not None:
        number.last_scale = _scale_value(scale_text.replace("-", " ").split()[-1])
    if hundredth:
        number.value /= 100
    number.word = digits is None
    number.vague = vague
    number.plus = bool(match["plus"] or match["plus2"])
    if number.plus and not after:
        number.end = end = max(
            end, match.end("plus2") if match["plus2"] else end, match.end("plus") if match["plus"] else end
        )
    return number


_TIMES_SOMETHING: Final = quick(rf"[x×]{SPACE}?(?:[A-Z]|\d{{1,2}}\b(?!{SPACE}?[BbMT]\b))")


def _glued_unit(text: str, at: int) -> bool:
    """Whether a unit (or a device's multiplication sign) begins at `at`."""
    if text[at : at + 1] in "x×" and _TIMES_SOMETHING.match(text[at : at + 4]):
        return True
    return _UNIT.match(text, at) is not None


_AND_HALF: Final = quick(rf"{SPACE}and{SPACE}a{SPACE}half\b")
_NAME_AFTER: Final = quick(rf"{SPACE}?[A-Z0-9]")
_WORD_AFTER: Final = quick(r"\s(?:[a-z]|[A-Z][a-z])")


def _unit(text: str, number: _Number) -> None:
    """Read the unit right after a number; sets unit, after_unit and converts SI prefixes."""
    match = _UNIT.match(text, number.end)
    if match is None:
        return
    found = match.lastgroup or ""
    piece = match[0]
    exponent = 0
    spaced = piece[:1] in " -\u00a0\u2009\u202f\u2013\u2014"
    if found == "percent":
        unit = "%"
    elif found == "pfs":
        unit, exponent = "petaflop/s-day", _SI.get((match["pfsp"] or "peta").lower(), 15) - 15
    elif found == "pfs2":
        unit = "petaflop/s-" + match["pfs2u"].lower().rstrip("s")
        exponent = 3 if match["pfs2"].lower().startswith("e") else 0
    elif found == "rate":
        unit = "FLOP/s"
    elif found == "flop":
        prefix = match["flopp"]
        if prefix and len(prefix) == 1 and prefix.islower():
            prefix = None
        unit, exponent = "FLOP", _SI.get((prefix or "").lower(), 0)
        if "operations" in piece and number.value < 10**15:
            return
    elif found == "energy":
        unit, exponent = "kWh", _SI[match["energyp"].lower()] - 3
    elif found == "joule":
        prefix = (match["joulep"] or match["joulep2"] or "").lower()
        unit, exponent = "J", _SI.get(prefix, 0)
    elif found == "power":
        unit = "W"
    elif found == "bytes":
        unit = "byte"
    elif found == "time":
        word = match["time"].lower()
        if word == "h" and not (piece == "h" or spaced):
            return
        if word == "d" and not spaced:
            return  # 3d
        unit = _TIME.get(word, word.rstrip("s"))
    elif found == "fold":
        unit = "fold"
        if (
            piece[-1] in "xX×"
            and _NAME_AFTER.match(text[match.end() : match.end() + 2])
            and not _WORD_AFTER.match(text[match.end() : match.end() + 3])
        ):
            return  # 8x H100, 8 x 7B
    elif found in ("mass", "co2"):
        mass = match["mass"].lower()
        if match["mass"] in ("T", "MT") and not match["co2"]:
            return
        factor = {"kt": 6, "mt": 9}.get(
            match["mass"].lower(), 3 if mass.endswith(("t", "ton", "tons", "tonne", "tonnes")) else 0
        )
        if mass.startswith(("mega",)):
            factor = 9
        if mass.startswith("giga"):
            factor = 12
        if mass.startswith(("gram",)):
            factor = -3
        if mass.startswith(("lb", "pound")):
            number.value *= Decimal("0.45359237")
        unit, exponent = ("kgCO2e" if match["co2"] else "kg"), factor
        if mass == "t" and not match["co2"] and not spaced:
            return
    elif found == "co2short":
        prefix = match["co2short"][: match["co2short"].upper().index("C")].lower()
        unit, exponent = "kgCO2e", {"t": 3, "kg": 0, "mt": 9, "kt": 6, "g": -3}[prefix]
    elif found == "params":
        unit = "parameters"
    elif found == "tokens":
        unit = "tokens"
    else:
        raise AssertionError(found)
    number.unit, number.after_unit = unit, match.end()
    if found == "time" and (half := _AND_HALF.match(text[match.end() : match.end() + 12])):
        number.value, number.after_unit = number.value + Decimal("0.5"), match.end() + half.end()
    if exponent:
        number.value = number.value.scaleb(exponent)


_LASTED: Final = quick(
    r"\b(?:took|takes|taking|lasted|lasts|lasting|for|well|just|needed|required|spent|a little|slightly|of|is|was|at)\s+$",
    re.IGNORECASE,
)
_ROUGHLY: Final = quick(r"\b(?:some|about|around|roughly|approximately|nearly)\b|~")
_GOING: Final = quick(
    r"\b(?:goes|went|going|gone|scal(?:es|ed|ing)|all the way|range[sd]?|ranging|sizes|adds?|added|adding|owns?|owned|amounts?|amounted|sums?|totals?|comes?|came)\s+$",
    re.IGNORECASE,
)
#: Spread over so many machines: no comparator.
_SPREAD: Final = quick(
    r"\b(?:spread|scaled(?: out)?|distributed|split|sharded|parallelised|parallelized)(?: out)?\s*$",
    re.IGNORECASE,
)
#: "an improvement over 7": a comparison, no comparator.
_GAIN: Final = quick(r"\b(?:improv|gain|advantage|lead|speed-?up|increase|win)\w*\s*$", re.IGNORECASE)
_NOT: Final = quick(r"\b(?:not|n[’']t|no|never)\s+$", re.IGNORECASE)


def _op(text: str, number: _Number, begin: int) -> str:
    """Read the comparator around a number; begin: where the previous number ended."""
    window = text[max(begin, number.start - 48) : number.start]
    found = _BEFORE.search(window) if _SAYS_HOW_MUCH.of(window) else None
    after = _AFTER_OP.match(text, number.after_unit)
    if (
        found
        and number.unit in _DURATIONS
        and found["over"]
        and found["over"].lower() == "over"
        and not _LASTED.search(window[: found.start()])
    ):
        return "~" if _ROUGHLY.search(found[0]) else (after and ("~" if after["about"] else "=")) or "="
    if (
        found
        and found["under"]
        and found["under"].lower() == "up to"
        and _GOING.search(window[: found.start()])
    ):
        return "="
    if found and found["under"] and found["under"].lower() == "within" and number.unit in _DURATIONS:
        return "="  # trained within 40 days: it took them
    if found:
        if found["tilde"] or found["about"]:
            return "~"
        op = ">" if found["over"] else "<"
        if (
            found["over"]
            and found["over"].lower() in ("over", "above", "under", "past")
            and (_GAIN.search(window[: found.start()]) or _SPREAD.search(window[: found.start()]))
        ):
            return "="
        negative = _NOT.search(window[: found.start()])
        if negative and not found[0].lower().startswith("no"):
            op = {">": "<", "<": ">"}[op]
        return op
    if number.plus:
        return ">"
    if after:
        return ">" if after["over"] else "~" if after["about"] else "<"
    if number.vague == 3 or text[number.start : number.start + 8].lower().removeprefix("a ").startswith(
        "couple"
    ):
        return "~"
    return "="


def _begins(text: str, at: int, stop: int) -> re.Match[str] | None:
    """Return the first place in text[at:stop] where a number can begin, as _START.search finds it."""
    for hint in _HINT.finditer(text, at, stop):
        word = hint[0]
        if word[0].isalpha():
            word = word.lower()
            if word in ("a", "an"):
                goes_on = _AFTER_ARTICLE
            elif word in _FIRST_WORDS:
                goes_on = None
            elif word in currencies.FIRST_LETTERS:
                goes_on = _AFTER_LETTERS
            else:
                continue
            if goes_on is not None and goes_on.match(text, hint.end(), stop) is None:
                continue
        found = _START.match(text, hint.start(), stop)
        if found is not None:
            return found
    return None


def read_quantities(text: str, start: int = 0, end: int | None = None) -> tuple[Quantity, ...]:
    """Find every number in text[start:end].

    Returns quantities in text order, not overlapping. start and end cover the number with its
    currency and its scale, without comparator and unit; of a range, both ends. unit is the
    currency's ISO code for money, else the unit that stands directly beside the number, in one
    spelling ("parameters", "tokens", "FLOP", "FLOP/s", "petaflop/s-day", "hour" ... "year", "kWh",
    "kg", "kgCO2e", "%", "fold", "byte", "W"); SI prefixes are already in the value. A denied
    comparator is turned ("not more than" is "<").
    """
    stop = len(text) if end is None else end
    numbers: list[_Number] = []
    at = start
    while True:
        begin = _begins(text, at, stop)
        if begin is None:
            break
        number = _read_one(text, begin.start())
        if number is not None and _inside_a_name(text, begin.start(), numbers):
            number = None
        if number is None or number.end > stop or number.end <= begin.start():
            at = max(begin.end(), begin.start() + 1)
            continue
        _unit(text, number)
        numbers.append(number)
        at = max(number.end, begin.start() + 1)
    return tuple(_joined(text, numbers, start))


def read_parts(text: str, at: int) -> tuple[Decimal, Decimal] | None:
    """Return (number as written, its scale) of the number that begins at `at`: (40, 10**6) of "forty million"; None for none.

    The number may stand a currency sign behind `at`; the scale is 1 where it has none.
    """
    number = _read_one(text, at)
    return None if number is None else (number.base, number.scale if number.scale is not None else Decimal(1))


def read_currencies(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Return (place, ISO code) of each currency that is named or signed in text[start:end], in order."""
    out = []
    for match in currencies.ALONE.finditer(text, start, end):
        known = currencies.code_of(match[0], text, match.start())
        if known is not None and not known[1]:
            out.append((match.start(), known[0]))
    return out


_ONE_UNIT: Final = quick(
    r"(?:\b(?:in|within|for|about|than|over|under|took|takes?|just|nearly|around|of|almost|only|roughly|approximately|after|or|spans?|lasted|last|lasts|needs?|needed|required)|[(~,])[\s\u00a0]*~?$",
    re.IGNORECASE,
)


_A_WHILE: Final = quick(
    r"an?[ \u00a0](?:(?:single|full|whole|entire|further|mere|solid) )?(?:hour|day|week|fortnight|month|year)\b",
    re.IGNORECASE,
)


def _inside_a_name(text: str, at: int, numbers: list[_Number]) -> bool:
    """Whether a number stands behind the hyphen of a name (Falcon-2-7B), or is an article that is no number."""
    if at >= 2 and text[at - 1] == "-" and text[at - 2].isdigit():
        return not (numbers and at - 1 in (numbers[-1].end, numbers[-1].after_unit))
    if text[at] not in "aA":
        return False
    article = _A_WHILE.match(text[at : at + 20])
    return article is not None and _ONE_UNIT.search(text, max(0, at - 24), at) is None


def _joined(text: str, numbers: list[_Number], start: int) -> list[Quantity]:
    """Make ranges of neighbours, give units and scales that the first end lacks, read comparators."""
    out: list[Quantity] = []
    previous_end = start
    index = 0
    while index < len(numbers):
        first = numbers[index]
        second = numbers[index + 1] if index + 1 < len(numbers) else None
        if second is not None:
            if _compound(text, first, second) or _spelled_out(text, first, second):
                out.append(_single(text, first, previous_end))
                previous_end = second.end
                index += 2
                continue
            ranged = _range(text, first, second)
            if ranged is not None:
                out.append(ranged)
                previous_end = second.end
                index += 2
                continue
        out.append(_single(text, first, previous_end))
        previous_end = first.end
        index += 1
    return out


_IN_HOURS: Final = {"minute": Decimal(1) / 60, "hour": Decimal(1), "day": Decimal(24), "week": Decimal(168), "month": Decimal("730.5"), "year": Decimal(8766)}  # fmt: skip


def _compound(text: str, first: _Number, second: _Number) -> bool:
    """Add the second number to the first where both are one stretch of time: "37 days and 14 hours"."""
    if first.unit not in _IN_HOURS or second.unit not in _IN_HOURS or first.currency or second.currency:
        return False
    if (
        _IN_HOURS[second.unit] >= _IN_HOURS[first.unit]
        or second.value * _IN_HOURS[second.unit] >= _IN_HOURS[first.unit]
    ):
        return False
    if text[first.after_unit : second.start].strip(" \u00a0") not in ("", "and", ",", ", and"):
        return False
    first.value += second.value * _IN_HOURS[second.unit] / _IN_HOURS[first.unit]
    first.after_unit = second.after_unit
    return True


def _spelled_out(text: str, first: _Number, second: _Number) -> bool:
    """Add the second number to the first where both are one: "a million and eighty-two thousand"."""
    if not (first.word and second.word) or first.unit or first.currency or (first.scale or 0) < 10**6:
        return False
    if (
        text[first.end : second.start] not in (" ", " and ")
        or second.scale is None
        or second.value >= (first.scale or 0)
    ):
        return False
    first.value += second.value
    first.end, first.unit, first.after_unit, first.currency = (
        second.end,
        second.unit,
        second.after_unit,
        second.currency,
    )
    return True


def _single(text: str, number: _Number, previous_end: int) -> Quantity:
    op = _op(text, number, previous_end)
    unit = number.currency or number.unit
    unit_end = number.after_unit if number.unit and not number.currency else None
    if number.vague >= 10 and number.base == 3:  # "a few tens of millions"
        return Quantity(
            number.start,
            number.end,
            number.value,
            number.value / 3 * 2,
            number.value * 3,
            "~",
            unit,
            True,
            unit_end,
        )
    if number.vague >= 10:
        return Quantity(
            number.start,
            number.end,
            number.value,
            number.value,
            number.value * number.vague,
            ">",
            unit,
            True,
            unit_end,
        )
    return Quantity(number.start, number.end, number.value, None, None, op, unit, False, unit_end)


_BETWEEN: Final = quick(
    r"\bbetween(?:\s+(?:about|roughly|around|some|an estimated|approximately))?\s*[~]?$", re.IGNORECASE
)
_FROM: Final = quick(
    r"\bfrom(?:\s+(?:about|roughly|around|some|as little as|as low as|an estimated|just|only))?\s*[~]?$",
    re.IGNORECASE,
)
_CAME_FROM: Final = quick(r"\bfrom\b")


def _range(text: str, first: _Number, second: _Number) -> Quantity | None:
    """Return the range that two neighbouring numbers are the ends of, or None."""
    gap_from = first.after_unit if first.unit and first.after_unit <= second.start else first.end
    join = _JOIN.fullmatch(text, gap_from, second.start)
    if join is None or first.vague >= 10 or second.vague >= 10:
        return None
    word = join[0].strip().lower()
    before = text[max(0, first.start - 90) : first.start]
    between, came_from = _BETWEEN.search(before), _FROM.search(before)
    if word == "and" and not between:
        return None
    signed = (
        second.currency is not None
        and not text[second.start : second.start + 1].isdigit()
        and not second.word
    )
    if signed and first.currency is None and not between and not came_from:
        return None  # "Grok 4 to $490m"
    if word == "," and not (
        first.word and second.word and first.scale is None and second.base - first.base == 1
    ):  # "six, seven million"
        return None
    if word.endswith("or") and (
        (first.scale is not None and first.scale >= 1000)
        or first.unit
        or not second.scale
        or (first.currency and first.scale)
    ):
        return None
    if first.unit and second.unit and first.unit != second.unit:
        return None
    if first.unit and not second.unit and not second.currency and "–" in word + "—" and len(join[0]) > 1:
        return None
    if first.currency and second.currency and first.currency != second.currency:
        return None
    if second.currency is None and first.currency and second.unit:
        return None
    if first.currency is None and second.currency and first.unit:
        return None
    if came_from and _CHANGE.search(before):
        return None
    if (
        word == "to"
        and not came_from
        and not between
        and _CHANGE.search(before)
        and _CAME_FROM.search(before[-40:])
    ):
        return None
    low, high = first.value, second.value
    if first.scale is None and second.scale is not None and not first.unit and first.base < 1000:
        for scale in (second.scale, second.last_scale):
            if first.base * scale <= high:
                low = first.base * scale
                break
    if first.unit is None and second.unit and second.value and second.base:
        factor = second.value / (second.base * (second.scale or 1))
        low *= factor
    if low >= high:
        return None
    if _bare_year(text, first) and _bare_year(text, second):
        return None
    unit = second.currency or first.currency or second.unit or first.unit
    unit_end = second.after_unit if second.unit and not (second.currency or first.currency) else None
    return Quantity(first.start, second.end, None, low, high, "range", unit, False, unit_end)


def _bare_year(text: str, number: _Number) -> bool:
    return (
        number.unit is None
        and number.currency is None
        and _YEAR.fullmatch(text[number.start : number.end]) is not None
    )
