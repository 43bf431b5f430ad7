"""Days written out in words or figures, in the usual ways of many languages."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from pipeline import rulebook

FIRST_YEAR = 1994  # no web page is older
_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?(?:\.\d{1,9})?)?"
)
_CJK = re.compile(r"(?<!\d)(\d{4})\s?[年년]\s{0,2}(\d{1,2})\s?[月월]\s{0,2}(\d{1,2})\s?[日日일]?")
_YMD = re.compile(r"(?<!\d)(\d{4})\s?[./]\s?(\d{1,2})\s?[./]\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_YEAR = re.compile(r"\d{4}")
_DAY_AND_YEAR = re.compile(r"\d(?:st|nd|rd|th)?[,.]?[ \u00a0-]{1,3}\d{4}", re.IGNORECASE)  # behind a month
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?\d{2,6}Z?)?$")


@cache
def _months() -> tuple[dict[str, int], re.Pattern[str], re.Pattern[str]]:
    numbers = {
        name: int(number)
        for number, names in rulebook.toml("clean/metadata.toml")["months"].items()
        for name in names
    }
    names = "|".join(re.escape(name) for name in sorted(numbers, key=len, reverse=True))
    day_first = re.compile(
        rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª)?[.,]?[ \u00a0-]{{1,3}}(?:of |de |d['’])?({names})\b\.?,?[ \u00a0-]{{0,3}}"
        rf"(?:de |del )?(\d{{4}})(?!\d)",
        re.IGNORECASE,
    )
    month_first = re.compile(
        rf"\b({names})\b\.?[ \u00a0-]{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?:,|\.)?[ \u00a0-]{{1,3}}(\d{{4}})(?!\d)",
        re.IGNORECASE,
    )
    return numbers, day_first, month_first


def is_day_of_month(text: str) -> bool:
    """Whether a text is a day without its year and little else ("March 5", "Published 5 März")."""
    if len(text) > 40 or not any(char.isdigit() for char in text):
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    return 1 <= len(words) <= 4 and any(word in _months()[0] and len(word) > 2 for word in words)


def day_of(year: int, month: int, day: int, latest: dt.date | None = None) -> dt.date | None:
    """Return the day, or None where there is none such, or it lies in the future or before the web."""
    try:
        made = dt.date(year, month, day)
    except ValueError:
        return None
    if made.year < FIRST_YEAR or (latest is not None and made > latest):
        return None
    return made


def read_stamp(text: str, latest: dt.date | None = None) -> dt.date | None:
    """Read a machine's date ("2024-05-02T09:00:00+02:00", "20240502", "1714636800"), or a written one."""
    text = text.strip()[:80]
    if found := _ISO.search(text):
        return day_of(int(found[1]), int(found[2]), int(found[3]), latest)
    if found := _COMPACT.match(text):
        return day_of(int(found[1]), int(found[2]), int(found[3]), latest)
    if text.isdigit() and len(text) in (10, 13):
        seconds = int(text) // (1000 if len(text) == 13 else 1)
        moment = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
        return day_of(moment.year, moment.month, moment.day, latest)
    days = find_days(text, latest)
    return days[0][2] if days else None


def find_days(
    text: str, latest: dt.date | None = None, *, day_first: bool = True
) -> list[tuple[int, int, dt.date]]:
    """Return (start, end, day) for each date in a text, in order, overlaps left out.

    day_first: how 02/03/2024 is read where both are possible.
    """
    if _YEAR.search(text) is None:
        return []
    found: list[tuple[int, int, dt.date]] = []

    def add(match: re.Match[str], year: int, month: int, day: int) -> None:
        made = day_of(year, month, day, latest)
        if made is not None:
            found.append((match.start(), match.end(), made))

    for match in _ISO.finditer(text):
        add(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _CJK.finditer(text):
        add(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _YMD.finditer(text):
        add(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _DMY.finditer(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if second > 12 or (not day_first and match[2] == "/" and first <= 12):
            add(match, year, first, second)
        else:
            add(match, year, second, first)
    numbers, by_day, by_month = _months()
    for match in by_day.finditer(text):
        add(match, int(match[3]), numbers[match[2].lower()], int(match[1]))
    for match in by_month.finditer(text) if _DAY_AND_YEAR.search(text) else ():
        add(match, int(match[3]), numbers[match[1].lower()], int(match[2]))
    found.sort()
    kept: list[tuple[int, int, dt.date]] = []
    for item in found:
        if not kept or item[0] >= kept[-1][1]:
            kept.append(item)
    return kept
