"""Spun spam: runs of keywords, promotional sentences, invented names, disguised spellings."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace

from benchmarks.spamgen import stock
from benchmarks.spamgen.stock import Phrases

_SPIN = re.compile(r"\{([^{}]{0,400})\}")
_SLOT = re.compile(r"<([a-z]{1,10})>")
_HEADS = [
    "zav",
    "kor",
    "mel",
    "bri",
    "tus",
    "qua",
    "lim",
    "dor",
    "fen",
    "rax",
    "vil",
    "jup",
    "nes",
    "hob",
    "wex",
    "pil",
    "gar",
    "sot",
    "mub",
    "cha",
    "ruk",
    "ald",
]
_TAILS = [
    "ora",
    "ixo",
    "ent",
    "ulla",
    "ano",
    "iko",
    "eta",
    "ard",
    "ivo",
    "umba",
    "esto",
    "alo",
    "ick",
    "onda",
    "ury",
    "elle",
    "agon",
    "isto",
]
_JOINTS = ("", "-", "", "")
_ENDS = ("com", "net", "xyz", "top", "vip", "club", "info", "site", "shop", "org", "co", "bet", "live")
_SPACELESS = ("zh-Hans", "zh-Hant", "ja", "th")
_LOOKALIKE = str.maketrans("aeopcxyiABEHKMOPCTX", "аеорсхуіАВЕНКМОРСТХ")
_LEET = str.maketrans("aeiost", "431057")


_SCRIPTS = {
    "zh-Hans": "金凯鑫博乐盈天宝皇富利达盛恒亿龙鼎悦嘉瑞",
    "zh-Hant": "金凱鑫博樂盈天寶皇富利達盛恆億龍鼎悅嘉瑞",
    "ja": ("ミラ", "カジ", "トレ", "ゼン", "ルク", "ソラ", "ベル", "ナビ", "プロ", "リア"),
    "ko": ("미라", "골드", "베스", "하늘", "로얄", "빅토", "제우", "다온", "스타", "모아"),
    "th": ("ทอง", "รวย", "เฮง", "ดี", "พลัส", "มณี", "โชค", "เพชร"),
    "ru": ("Вега", "Мир", "Люкс", "Рос", "Про", "Торг", "Астра", "Флор", "Дом"),
    "ar": ("نور", "دار", "الأمل", "روي", "ماس", "فيرا", "سما"),
}


def brand(rng: random.Random, language: str = "") -> str:
    """Invent a brand, with or without digits; at times in the language's own script."""
    if language in _SCRIPTS and rng.random() < 0.4:
        made = "".join(rng.sample(_SCRIPTS[language], 2))
        return made + (str(rng.randint(11, 999)) if rng.random() < 0.3 else "")
    name = rng.choice(_HEADS) + rng.choice(_TAILS)
    if rng.random() < 0.25:
        name += rng.choice(_TAILS)
    kind = rng.random()
    if kind < 0.45:
        name += str(rng.choice((rng.randint(11, 99), rng.randint(100, 999), 88, 77, 365, 303)))
    elif kind < 0.6:
        name = name.capitalize() + rng.choice(_HEADS).capitalize()
    elif kind < 0.8:
        name = name.capitalize()
    return name


def domain(rng: random.Random, terms: tuple[str, ...] = ()) -> str:
    """Invent a host name, at times with a keyword in it."""
    name = brand(rng).lower()
    latin = [term for term in terms if re.fullmatch(r"[a-z ]{3,24}", term.lower())]
    if latin and rng.random() < 0.35:
        name = rng.choice(latin).lower().replace(" ", "-") + rng.choice(("", "-" + name))
    return name + rng.choice(_JOINTS).rstrip("-") + "." + rng.choice(_ENDS)


def address(rng: random.Random, terms: tuple[str, ...] = ()) -> str:
    """Invent a spam link's target."""
    path = rng.choice(
        ("/", "", "/?ref=" + str(rng.randint(100, 99999)), "/go/" + brand(rng).lower(), "/index.html")
    )
    return f"{rng.choice(('https', 'https', 'http'))}://{rng.choice(('', 'www.', 'm.'))}{domain(rng, terms)}{path}"


def fill(rng: random.Random, template: str, phrases: Phrases) -> str:
    """Spin "{a|b}" and fill the slots <brand> <site> <term> <word> <n> <pct> <money> <year> <phone> <city>."""
    template = spun(rng, template)
    own = brand(rng, phrases.language)

    def slot(found: re.Match[str]) -> str:
        made = {
            "brand": lambda: own,
            "site": lambda: domain(rng, phrases.terms),
            "word": lambda: rng.choice(phrases.subject or phrases.terms),
            "term": lambda: rng.choice(phrases.terms),
            "n": lambda: str(rng.choice((2, 3, 5, 7, 10, 12, 20, 24, 30, 50, 60))),
            "pct": lambda: str(rng.choice((5, 15, 20, 35, 50, 70, 80, 90, 100, 120, 200))) + "%",
            "money": lambda: str(rng.choice((10, 19, 25, 49, 88, 100, 150, 200, 500, 888, "1,000", "5,000"))),
            "year": lambda: str(rng.randint(2021, 2026)),
            "phone": lambda: f"{rng.randint(100, 999)}-{rng.randint(1000, 9999)}-{rng.randint(100, 999)}",
            "city": lambda: rng.choice(stock.words("cities")),
        }
        return made[found[1]]()

    return _SLOT.sub(slot, template)


def spun(rng: random.Random, template: str) -> str:
    """Choose among the variants of every "{a|b}" of a template, innermost first."""
    for _ in range(6):
        made = _SPIN.sub(lambda found: rng.choice(found[1].split("|")), template)
        if made == template:
            break
        template = made
    return " ".join(template.split())


def vary(rng: random.Random, phrases: Phrases) -> Phrases:
    """Return phrases whose terms are spun anew: no two pages share them all."""
    return replace(phrases, terms=tuple(dict.fromkeys(spun(rng, term) for term in phrases.terms)))


def _marks(rng: random.Random, run: list[str]) -> str:
    """Join terms with emoji or as hashtags."""
    if rng.random() < 0.5:
        return " ".join("#" + term.replace(" ", "") for term in run)
    signs = rng.sample("🔥💰🎁✅👉⭐💊📞🚀💎", 3)
    return " ".join(f"{rng.choice(signs)} {term}" for term in run) + " " + signs[0] * rng.randint(1, 3)


def keyword_run(rng: random.Random, phrases: Phrases, *, least: int = 5, most: int = 16) -> str:
    """Join terms the way stuffers do: bare, with commas or bars, repeated, with brands, years or cities."""
    terms = list(phrases.terms)
    rng.shuffle(terms)
    amount = rng.randint(least, most)
    style = rng.randrange(9)
    own = brand(rng, phrases.language)
    run: list[str] = []
    for number in range(amount):
        term = terms[number % len(terms)]
        if style == 1 and rng.random() < 0.4:
            term = f"{own} {term}"
        elif style == 2 and rng.random() < 0.4:
            term = f"{term} {rng.choice(stock.words('cities')).lower()}"
        elif style == 3 and rng.random() < 0.4:
            term = f"{term} {rng.randint(2021, 2026)}"
        elif style == 4 and rng.random() < 0.3:
            term = rng.choice((term.title(), term.upper(), term))
        run.append(term)
    if style == 5:
        run = run[: max(3, amount // 2)] + [own] * rng.randint(3, 9)
    if style == 6:
        again = rng.choice(run)
        run = [item for term in run for item in ((term, again) if rng.random() < 0.5 else (term,))]
    if style == 7:
        return _marks(rng, run)
    spaceless = phrases.language in _SPACELESS
    joint = rng.choice(
        (" ", " ", "、", "，", "|", " ") if spaceless else (" ", " ", " ", ", ", " | ", " - ", " • ", " / ")
    )
    return joint.join(run)


def promo(rng: random.Random, phrases: Phrases, *, sentences: int = 1) -> str:
    """Make promotional prose of so many sentences."""
    known = [*phrases.promos, *stock.generic("sentences", phrases.language)]
    chosen = rng.sample(known, min(sentences, len(known)))
    joint = "" if phrases.language in ("zh-Hans", "zh-Hant", "ja") else " "
    return joint.join(fill(rng, template, phrases) for template in chosen)


def story(rng: random.Random, phrases: Phrases) -> str | None:
    """Make a testimonial or an advertorial of several sentences, or None where the language has none."""
    known = stock.generic("stories", phrases.language)
    return fill(rng, rng.choice(known), phrases) if known else None


DISGUISES = (
    "zero-width",
    "look-alike",
    "fullwidth",
    "maths",
    "spaced",
    "leet",
    "soft-hyphen",
    "circled",
    "marks",
    "dotted",
)


def disguise(rng: random.Random, text: str, way: str) -> str:
    """Respell text in one of DISGUISES."""
    if way == "zero-width":
        return "".join(
            mark + rng.choice(("\u200b", "\u200c", "\u2060", "")) if mark.isalnum() else mark for mark in text
        )
    if way == "soft-hyphen":
        return "".join(mark + ("\u00ad" if mark.isalpha() and rng.random() < 0.5 else "") for mark in text)
    if way == "look-alike":
        return text.translate(_LOOKALIKE)
    if way == "fullwidth":
        return "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in text)
    if way == "maths":
        base = rng.choice((0x1D400, 0x1D5D4, 0x1D670))
        return "".join(_maths(mark, base) for mark in text)
    if way == "circled":
        return "".join(
            chr(0x24D0 + ord(mark.lower()) - 97) if "a" <= mark.lower() <= "z" else mark for mark in text
        )
    if way == "leet":
        return text.translate(_LEET)
    if way == "marks":
        return unicodedata.normalize(
            "NFC",
            "".join(
                mark + (rng.choice("\u0301\u0308\u0323") if mark.lower() in "aeiou" else "") for mark in text
            ),
        )
    words = text.split(" ")
    joint = " " if way == "spaced" else "."
    return (" " if way == "dotted" else "  ").join(
        joint.join(word) if word.isascii() else word for word in words
    )


def _maths(mark: str, base: int) -> str:
    if "A" <= mark <= "Z":
        return chr(base + ord(mark) - 65)
    return chr(base + 26 + ord(mark) - 97) if "a" <= mark <= "z" else mark
