"""Lines around a headline that are signed: which names they give, with a label, a link to a writer, or bare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipeline.clean.authors import author_names, is_byline_name, is_person, words
from pipeline.clean.dates import find_days, is_day_of_month
from pipeline.clean.metadata import loaded_json
from pipeline.clean.pieces import Node, Piece, fold, key
from schemas.records import Link

_SEPARATOR = re.compile(r"\s{0,3}[|•·∙●▪►\n\t]\s{0,3}|\s{1,3}[–—-]\s{1,3}|\s/\s|[／]")
#: Where a label with a colon begins inside a line ("… 来源:X 作者:Y", "Text: A Fotos: B").
_LABEL = re.compile(r"(?<=[\s)）\]】日])(?=[^\W\d_][^\s:：,，]{0,13}\s?[:：](?!//))")
_CLOCK = re.compile(
    r"\b(?:at\s)?\d{1,2}(?:[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?|\s?[ap]\.?m\.?)(?:\s(?:[A-Z]{2,4}|Uhr))?\b|\d{1,2}時\d{1,2}分",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"\bmin(?:ute)?s?\b|\bago\b|분|分", re.IGNORECASE)
_KOREAN = re.compile(r"(?:^|[\s\[(=])([가-힣]{2,4})\s?(?:기자|특파원|선임기자)(?![가-힣])")
_HAN_BEFORE = re.compile(r"^(?:[\u3400-\u9fff]{0,8})(?:記者|记者)\s?[:：]?\s?([\u3400-\u9fff·]{2,4})$")
_HAN_BEHIND = re.compile(r"^([\u3400-\u9fff·]{2,5})\s?(?:記者|记者|編集委員|論説委員)$")
_HAN_BRACKETS = re.compile(r"^[【［(（\[]記者\s?([\u3400-\u9fff\u3040-\u30ff]{2,6})[】］)）\]]$")
#: Who only edited has not written.
_EDITOR = re.compile(r"^(?:edited by|editors?|redaktion|red\.|責任編輯|责任编辑|編輯|编辑)\b", re.IGNORECASE)
_MAIL = re.compile(r"\s?[(\[<]?\b[\w.+-]{1,40}@[\w.-]{3,60}[)\]>]?|\s?[(\[]@\w{1,30}[)\]]")
#: What follows a name behind a comma and is no second name: a role, or the paper.
_ROLE = re.compile(
    r",\s(?:special to\b|for\b|[^,]{0,40}\b(?:writer|reporter|editor|correspondent|columnist|contributor|analyst|journalist"
    r"|redakteur|redakteurin|korrespondent|korrespondentin|rédact\w{2,5}|journaliste|redactora?|corresponsal|redattore)\b).*$",
    re.IGNORECASE,
)


def _is_dated(text: str) -> bool:
    return bool(find_days(text)) or is_day_of_month(text) or _MINUTES.search(text) is not None


def _segments(line: str) -> list[tuple[str, bool]]:
    """Return the parts of a byline between its signs and labels, days and hours taken out; and whether they had one."""
    made: list[tuple[str, bool]] = []
    parts = [part for part in _SEPARATOR.split(_MAIL.sub("", line).strip("[]【】()（） ")) if part]
    label = words().before.match(f"{parts[0]}: X") if len(parts) > 1 else None
    if label and label.end() == len(parts[0]) + 2:
        parts[:2] = [f"{parts[0]}: {parts[1]}"]  # "撰文 | 李明"
    for part in parts:
        for text in _LABEL.split(part):
            whole, dated = text, False
            for start, end, _ in reversed(find_days(text)):
                whole = f"{whole[:start]} \u0000 {whole[end:]}"
                dated = True
            for piece in _CLOCK.sub(" ", whole).split("\u0000") if dated else [whole]:
                if told := fold(piece).strip(" ,;:.|"):
                    made.append((told if dated else fold(piece), dated))
    return made


def signed_by(line: str) -> str | None:
    """Return the names that a line gives behind a label, in a reporter's form or behind "by", or None."""
    if len(line) > 220:
        return None
    told = words()
    if found := _KOREAN.search(line):
        return found[1]
    for text, dated in _segments(line):
        for form in (_HAN_BEFORE, _HAN_BEHIND, _HAN_BRACKETS):
            if (found := form.match(text)) and found[1] not in told.never:
                return found[1]
        label = told.before.match(text)
        name = text[label.end() :] if label else ""
        if label is None and (dated or told.begun.match(text)):
            midway = told.midway.search(text)
            if midway and len(text[: midway.start()].split()) <= 4:
                name = text[midway.end() :]
        if (
            name
            and not _EDITOR.match(text)
            and is_byline_name(name)
            and (names := author_names(_ROLE.sub("", name)))
        ):
            return without_places(names)
    return None


def without_places(names: str) -> str:
    """Return names less what stands behind the first and is no full name: a town, an office in capitals."""
    first, *rest = names.split(", ")
    if len(first.split()) < 2:
        return names
    kept = [name for name in rest if len(name.split()) > 1 and not (name.isupper() and not first.isupper())]
    return ", ".join([first, *kept])


#: Pages of forums that show a member, told by a number behind them.
_ACCOUNTS = ("member", "memberlist", "space", "userinfo", "viewprofile")


def _writers(links: Sequence[Link], text: str) -> list[str]:
    """Return the texts of links that lead to people's own pages on the site."""
    found: list[str] = []
    for link in links:
        try:
            parts = urlsplit(link.href)
        except ValueError:
            continue
        way = [part.casefold() for part in unquote(parts.path).split("/") if part]
        names = text[link.start : link.end].strip(" ,|")
        led = way and (
            (bool(parts.query) and way[-1].partition(".")[0] in (*words().paths, *_ACCOUNTS))
            or way[-1].startswith(("@", "~"))
            or (len(way) > 1 and any(part in words().paths for part in way[:-1]))
        )
        if not led or not (is_person(names) or (len(names) > 1 and len(names.split()) == 1)):
            continue
        if name := author_names(names):
            found.append(name)
    return found


def linked_writers(lines: Sequence[Piece], site: str | None) -> str | None:
    """Return the names of people whose own pages the first such line around the headline links to."""
    for piece in lines:
        if len(piece.text) > 160 or piece.kind == "quote":
            continue
        names = [name for name in _writers(piece.links, piece.text) if not (site and key(name) == key(site))]
        if names:
            return ", ".join(dict.fromkeys(names))
    return None


def bare_names(above: Sequence[Piece], nodes: Sequence[Node], taken: frozenset[str]) -> str | None:
    """Return the persons' names that stand alone between headline and text, borne out by what is beside them.

    above: the lines there, the headline left out.  taken: keys of titles and sites, which are no people.
    What bears a name out: a day or a time to read in the line or in the next ones, a role, a portrait, an address,
    a class of bylines, a second name.
    """
    found: list[str] = []
    for at, piece in enumerate(above):
        portrayed = _in_person(nodes, piece.node)
        elsewhere = piece.linked and not (
            portrayed or piece.reason in ("byline", "author_box") or piece.links[0].href.startswith("mailto:")
        )
        names = [] if elsewhere else _persons(piece, taken)
        if not names:
            if found:
                break
            continue
        near = [
            other.text
            for other in above[max(0, at - 1) : at + 3]
            if other is not piece and len(other.text) < 80
        ]
        if (
            found
            or len(names) > 1
            or piece.reason in ("byline", "author_box")
            or (piece.text != names[0] and (_is_dated(piece.text) or _ROLE.search(piece.text)))
            or any(_is_dated(text) for text in near)
            or portrayed
        ):
            found += names
    return ", ".join(dict.fromkeys(found)) or None


def _persons(piece: Piece, taken: frozenset[str]) -> list[str]:
    """Return the names that a short line consists of, beside days, roles and a town."""
    if len(piece.text) > 120 or piece.kind in ("heading", "quote", "table_row", "code"):
        return []
    whole = piece.text
    if piece.links:  # name and handle stand without a blank: "Ann Daleadale", linked to "/adale"
        handle = piece.links[0].href.rstrip("/").rpartition("/")[2].lstrip("@")
        if len(handle) > 2 and len(whole) > len(handle) + 4 and whole[-len(handle) - 1].isalpha():
            whole = whole.removesuffix(handle)
    for text, _ in _segments(whole):
        names = [name for name in _AND.split(_ROLE.sub("", text)) if name]
        full = [name for name in names if is_person(name) and key(name) not in taken]
        if full and (
            len(full) == len(names)
            or (text.startswith(f"{full[0]}, ") and len(names) == 2 and " " not in names[1])
        ):
            return full
    return []


_AND = re.compile(r"\s?[/&]\s?|,\s|\s(?:and|und|et|og|och)\s")


def _in_person(nodes: Sequence[Node], index: int) -> bool:
    """Whether a line stands in an address, or beside a portrait in a small box."""
    for _ in range(3):
        node = nodes[index]
        if node.tag == "address":
            return True
        if node.text > 120 or index == 0:
            return False
        if next(node.element.iter("img"), None) is not None:
            return True
        index = node.parent
    return False


def last_line(below: Sequence[Piece]) -> str | None:
    """Return the name that the last line of a text consists of: a signature."""
    for piece in reversed(below):
        if piece.kind == "heading" or piece.linked or len(piece.text) > 60:
            return None
        text = fold(piece.text).strip("—–-()[] .")
        return text if is_person(text) else None
    return None


_TITLES = ("headline", "title", "name")
_BY = ("author", "authors", "writer", "writers", "byline", "bylines", "creator", "contributors")


def in_state(root: HtmlElement, titles: frozenset[str]) -> str | None:
    """Return the author that a page's embedded state gives for the entry of the page's own title.

    titles: keys of what the page calls itself. State is JSON in script elements, as pages filled by scripts have it.
    """
    for script in root.iter("script"):
        text = script.text or ""
        if (
            "json" not in (script.get("type") or "")
            or len(text) > 2_000_000
            or not any(f'"{by}"' in text for by in _BY)
        ):
            continue
        left = [loaded_json(text)]
        for _ in range(50_000):
            if not left:
                break
            item = left.pop()
            if isinstance(item, list):
                left += item[:500]
            elif isinstance(item, dict):
                if any(isinstance(item.get(name), str) and key(item[name]) in titles for name in _TITLES):
                    for by in _BY:
                        if by in item and (names := _state_names(item[by])):
                            return names
                left += [value for value in item.values() if isinstance(value, dict | list)]
    return None


def _state_names(value: object) -> str | None:
    """Return the names in an author's entry: a text, an object with a name, or a list of these."""
    names: list[str] = []
    for entry in value[:8] if isinstance(value, list) else [value]:
        told = entry.get("name") or entry.get("displayName") if isinstance(entry, dict) else entry
        if isinstance(told, str) and is_byline_name(told) and (name := author_names(told)):
            names.append(name)
    return ", ".join(dict.fromkeys(names)) or None
