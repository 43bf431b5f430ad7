"""Compile a regular expression so that a search skips to the places where a match can begin.

re does so by itself for an expression that begins with plain letters. Most of ours begin with a word's edge, a
look-behind or words in any case; those are tried at every character of a text, at ten times the price. quick() reads
off the expression what a match can begin with, and writes it where re keeps it for the others: into the head of the
compiled code. Same matches as re.compile; where nothing can be told, the same code. That head is no promise of re's, so
other versions of Python than those it was tried with get what re.compile makes.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import re
import sys
from collections.abc import Iterable
from re import _compiler as sre_compiler  # type: ignore[attr-defined]
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

#: Versions of Python whose compiled code was compared with re's own, match for match.
TRIED: Final = ((3, 11), (3, 12), (3, 13))

#: What a match begins with: the codes of letters, and the classes of characters (\d) that are no letters.
_Start = frozenset[tuple[Any, Any]]

#: Classes of which there is one at nearly every place.
_WIDE: Final = (sre.CATEGORY_WORD, sre.CATEGORY_NOT_WORD, sre.CATEGORY_NOT_DIGIT, sre.CATEGORY_NOT_SPACE)
_LONGEST: Final = 300  # letters of a range that are spelled out
#: Letters beyond ASCII that are i, k or s where case is ignored: both Turkish i, long s, the sign of kelvin.
_ODD: Final = {*map(ord, "\u0130\u0131\u017f\u212a")}
_ODD_OF: Final = {*map(ord, "iksIKS")}


def quick(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile an expression whose matches are sought fast. Raises re.error on what is none."""
    if sys.version_info[:2] not in TRIED:
        return re.compile(pattern, flags)
    parsed = sre_parser.parse(pattern, flags)
    flags |= parsed.state.flags
    code: list[int] = sre_compiler._code(parsed, flags)
    operation, skip, knows, least, most = code[:5]
    if operation == sre.INFO and not knows and flags & re.UNICODE:
        start, empty = _start(parsed, flags)
        if start is not None and not empty:
            head = [sre.INFO, 0, sre.SRE_INFO_CHARSET, least, most]
            sre_compiler._compile_charset(_charset(start), flags, head)
            head[1] = len(head) - 1
            code = head + code[1 + skip :]
    groups = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in groups.items():
        names[number] = name
    made: re.Pattern[str] = _sre.compile(pattern, flags, code, len(names) - 1, groups, tuple(names))
    return made


def _charset(start: _Start) -> list[tuple[Any, Any]]:
    """A set of characters as re writes one: a bit for each of the first 256, the others one by one."""
    low = bytearray(256)
    rest = []
    for kind, value in sorted(start, key=lambda item: (str(item[0]), int(item[1]))):
        if kind is sre.LITERAL and value < 256:
            low[value] = 1
        else:
            rest.append((kind, value))
    return [(sre.CHARSET, sre_compiler._mk_bitmap(low)), *rest]


def _letters(codes: Iterable[int], flags: int) -> _Start | None:
    """Letters, in either case where it is ignored; None where that is too much to say of letters beyond ASCII."""
    out = set(codes)
    if flags & re.IGNORECASE:
        if any(code > 127 and _sre.unicode_iscased(code) for code in out):
            return None
        out.update(
            [ord(case) for code in out if code < 128 for case in (chr(code).lower(), chr(code).upper())]
        )
        out |= _ODD if out & _ODD_OF else set()
    return frozenset((sre.LITERAL, code) for code in out)


def _start(items: Any, flags: int) -> tuple[_Start | None, bool]:
    """Return (what the matches of a sequence begin with, or None where it can't be told; whether one may be empty)."""
    found: _Start = frozenset()
    ahead: _Start | None = None  # what a look-ahead in front asks for
    for op, value in items:
        if op is sre.ASSERT and value[0] >= 0:
            asked, empty = _start(value[1], flags)
            ahead = asked if asked is not None and not empty and not found else ahead
            continue
        if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            continue
        start, empty = _element(op, value, flags)
        if start is None:
            return (ahead, False) if not found else (None, False)
        found |= start
        if not empty:
            return (ahead if ahead is not None and len(ahead) < len(found) else found), False
    return found or None, True


def _element(op: Any, value: Any, flags: int) -> tuple[_Start | None, bool]:
    """The same for one element of an expression."""
    if op is sre.LITERAL:
        return _letters([value], flags), False
    if op is sre.IN:
        return _union((_of_class(kind, held, flags) for kind, held in value)), False
    if op is sre.SUBPATTERN:
        return _start(value[3], sre_compiler._combine_flags(flags, value[1], value[2]))
    if op is sre.BRANCH:
        parts = [_start(part, flags) for part in value[1]]
        return _union(start for start, _ in parts), any(empty for _, empty in parts)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        start, empty = _start(value[2], flags)
        return start, empty or value[0] == 0
    return None, False


def _of_class(kind: Any, held: Any, flags: int) -> _Start | None:
    """The same for one member of a class of characters."""
    if kind is sre.LITERAL:
        return _letters([held], flags)
    if kind is sre.RANGE and held[1] - held[0] <= _LONGEST:
        return _letters(range(held[0], held[1] + 1), flags)
    if kind is sre.CATEGORY and held not in _WIDE:
        return frozenset([(kind, held)])
    return None


def _union(parts: Iterable[_Start | None]) -> _Start | None:
    found: _Start = frozenset()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found
