"""Take nodes out of a parsed page that its reader can't see.

A node is out of sight by its style attribute, by an attribute or a tag of its own (hidden, noscript,
template, marquee), by a simple rule of the page's <style> blocks, or by a line of script that
switches it off. Kept are what a click opens (details, accordions, tabs), words for listeners,
what a script fades in, and whatever holds most of the page's words: an article that waits for its
script is hidden in the source and not on the screen.

Source of the ways to hide: Google Search Essentials, "Hidden text and link abuse" (2024), and
reports on hacked sites; see docs/spam.md.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from pipeline import rulebook
from schemas.records import Removed

_LONGEST_STYLESHEET = 400_000  # characters; beyond that a <style> block is read up to here
_LISTENER_LIMIT = 160  # characters of a label for listeners
_FAR = 500.0  # CSS pixels beyond the edge that no layout needs
_EM = 16.0

_NEVER = frozenset({"html", "body", "head", "main", "script", "style", "meta", "link", "title", "base"})
_UNSHOWN_TAGS = {"noscript": "noscript", "template": "template", "marquee": "marquee"}
_WORDLESS = frozenset({"script", "style", "noscript", "template", "head", "title", "textarea", "select"})
_BLOCKS = frozenset(
    ["p", "div", "li", "br", "td", "tr", "th", "h1", "h2", "h3", "h4", "h5", "h6", "a", "ul", "ol", "dl", "dt", "dd", "section", "article", "table"]
)  # fmt: skip
_ANCESTORS = 6

# Cheap gate: a style that holds none of these can't hide anything.
_GATE = re.compile(
    r"none|hidden|collapse|opacity|-\d|font|(?:left|right|top)\s*:\s*[\d.]{4}|(?:width|height)\s*:\s*[01]?\.?\d?(?:px|;|\s|$|e|!)|clip|"
    r"color|scale|translate|transparent",
    re.I,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_LENGTH = re.compile(r"^([-+]?\d*\.?\d+)(px|em|rem|ex|ch|pt|pc|cm|mm|in|vw|vh|%)?$")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SIMPLE = re.compile(r"^[a-z0-9]*(?:[.#][\w-]+)+$", re.I)
_PLAIN_PLACE = re.compile(r"^(?:(?:html|body|main|article|section|div|p)\s*[\s>]\s*){1,4}(?=[.#\w])", re.I)
_CLEAR = re.compile(
    r"transparent$|rgba?\((?:[^,()]{1,12},){3}\s*0?\.?0*%?\s*\)$|rgba?\([^,/()]{3,20}/\s*0?\.?0*%?\s*\)$"
    r"|#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)$"
)
_NAMES = re.compile(r"[.#][\w-]+")
_SCRIPT_HIDES = re.compile(
    r"getElementById\(\s*['\"]([\w:-]{1,80})['\"]\s*\)\s*\.style\s*\.\s*(display|visibility)\s*=\s*['\"](\w{4,8})['\"]"
)
_PIECE = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])|\d+")
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "em": _EM,
    "rem": _EM,
    "ex": 8.0,
    "ch": 8.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "cm": 37.8,
    "mm": 3.78,
    "in": 96.0,
    "vw": 12.8,
    "vh": 8.0,
    "%": 10.0,
}
_COLOURS = {
    "white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "red": (255, 0, 0),
    "blue": (0, 0, 255), "green": (0, 128, 0), "yellow": (255, 255, 0), "navy": (0, 0, 128),
    "azure": (240, 255, 255), "mintcream": (245, 255, 250), "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211), "beige": (245, 245, 220), "linen": (250, 240, 230),
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]+%?))?\s*\)")

_WORD = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff]{2}")
_ABSOLUTE = re.compile(r"\s*(?:https?:)?//([\w.-]+)", re.I)
_END = re.compile(r"[.!?…。！？]")
_HONEST_WAYS = frozenset({"display", "visibility", "opacity", "hidden attribute"})

_MARKED = etree.XPath(
    ".//*[@style or @hidden or self::noscript or self::template or self::marquee or (self::font and @color)]"
)
_MARKED_OR_NAMED = etree.XPath(
    ".//*[@style or @hidden or @class or @id or self::noscript or self::template or self::marquee"
    " or (self::font and @color)]"
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)
_CONTROLS = etree.XPath("//@aria-controls | //@data-target | //@data-bs-target | //@data-toggle-target")
_TABS = etree.XPath("//a[@role='tab' or @role='button' or @data-toggle]/@href")
_OWN = etree.XPath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
_LINKS = etree.XPath("//a/@href")

Colour = tuple[int, int, int]


def declarations(style: str) -> dict[str, str]:
    """Return a style's properties, lower case, the last one winning, "!important" winning over all."""
    found: dict[str, str] = {}
    firm: set[str] = set()
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        if not colon:
            continue
        name, value = name.strip().lower(), value.strip().lower()
        important = value.endswith("!important")
        if important:
            value = value[:-10].rstrip()
        if name in firm and not important:
            continue
        if important:
            firm.add(name)
        found[name] = value
    return found


def pixels(value: str | None) -> float | None:
    """Return a CSS length in pixels (em as 16, per cent of 1000), or None where it is none."""
    if value is None:
        return None
    match = _LENGTH.match(value)
    if match is None:
        return None
    return float(match[1]) * _UNITS[match[2] or ""]


def colour(value: str | None) -> Colour | None:
    """Return red, green, blue, or None where the value names no opaque colour that we know."""
    if not value:
        return None
    value = value.strip().lower()
    if value in _COLOURS:
        return _COLOURS[value]
    if match := _HEX.search(value):
        digits = match[1]
        if len(digits) < 6:
            digits = "".join(d * 2 for d in digits)
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if match := _RGB.search(value):
        if match[4] is not None and match[4].rstrip("%") in ("0", "0.0", ".0"):
            return None
        return int(match[1]), int(match[2]), int(match[3])
    first = value.split()[0]
    return _COLOURS.get(first)


def _near(one: Colour, other: Colour) -> bool:
    """Whether two colours can't be told apart on a screen (each part within 10 of 255)."""
    return all(abs(a - b) <= 10 for a, b in zip(one, other, strict=True))


def _zero(value: str | None, limit: float) -> bool:
    length = pixels(value)
    return length is not None and length <= limit


def unseen(style: dict[str, str]) -> str | None:
    """Return how a style takes a node out of sight ("display", "off-screen", …), or None.

    Font size and colour are not judged here: they depend on the nodes around and within.
    """
    if style.get("display") == "none":
        return "display"
    if style.get("visibility") in ("hidden", "collapse") or style.get("content-visibility") == "hidden":
        return "visibility"
    opacity = style.get("opacity")
    if opacity is not None:
        try:
            if float(opacity.rstrip("%")) <= (5 if opacity.endswith("%") else 0.05):
                return "opacity"
        except ValueError:
            pass
    if "opacity(0" in style.get("filter", "").replace(" ", "").replace("opacity(0.", "opacity(1."):
        return "opacity"
    position = style.get("position")
    if position in ("absolute", "fixed", "relative"):
        for side in ("left", "right", "top", "bottom", "inset-inline-start"):
            length = pixels(style.get(side))
            if length is not None and (length <= -_FAR or (length >= 3000 and position != "relative")):
                return "off-screen"
        layer = style.get("z-index")
        if position != "relative" and layer is not None and re.match(r"^-\d", layer):
            return "behind"
    for name in ("margin-left", "margin-top", "margin-right", "text-indent", "margin"):
        for value in style.get(name, "").split():
            length = pixels(value)
            if length is not None and (length <= -_FAR or (name == "text-indent" and length >= 3000)):
                return "off-screen"
    transform = style.get("transform", "") + style.get("-webkit-transform", "")
    if transform:
        flat = transform.replace(" ", "")
        if re.search(r"scale[xy3d]*\(0(?:\.0\d*)?[,)]", flat):
            return "scale"
        shift = re.search(r"translate[xy3d]*\((-?[\d.]+(?:px|em|rem|vw|vh|%)?)", flat)
        if shift and (pixels(shift[1]) or 0.0) <= -_FAR * (2 if shift[1].endswith("%") else 1):
            return "off-screen"
    if style.get("scale") in ("0", "0 0"):
        return "scale"
    clip = style.get("clip", "").replace(" ", "").replace(",", "")
    if clip in ("rect(0000)", "rect(0px0px0px0px)", "rect(1px1px1px1px)", "rect(0010)", "rect(1px110)"):
        return "clip"
    path = (style.get("clip-path", "") or style.get("-webkit-clip-path", "")).replace(" ", "")
    if path and re.match(
        r"^(?:inset\((?:100|[5-9]\d)%|circle\(0|polygon\(00,00|polygon\(0px0px,0px0px)", path
    ):
        return "clip"
    clipped = any(
        style.get(name, "").split(" ")[0] in ("hidden", "clip")
        for name in ("overflow", "overflow-x", "overflow-y")
    )
    if clipped and not any(
        pixels(style.get(name, "").split(" ")[0]) for name in ("padding", "padding-top", "padding-bottom")
    ):
        for name in ("height", "width", "max-height", "max-width"):
            if _zero(style.get(name), 1.5):
                return "tiny box"
    return None


def _font_pixels(style: dict[str, str]) -> float | None:
    size = style.get("font-size")
    if size is None and "font" in style:
        match = re.search(r"(?:^|\s)([\d.]+(?:px|em|rem|pt|%)?)(?:\s*/|\s|$)", style["font"])
        size = match[1] if match else None
    if size is None:
        return None
    length = pixels(size)
    if length is not None and size.endswith("%"):
        length = length * 0.016
    return length


@dataclass(slots=True)
class _Sheet:
    """What the page's own style blocks and scripts say, by class or id name (".name", "#name")."""

    rules: list[tuple[tuple[str, ...], str, dict[str, str]]] = field(default_factory=list)
    index: dict[str, list[int]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    backgrounds: dict[str, Colour] = field(default_factory=dict)
    page: Colour | None = None
    fonts: set[str] = field(default_factory=set)

    def of(self, node: HtmlElement) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
        """Yield names and declarations of the rules that fit the node."""
        names = {"." + name for name in (node.get("class") or "").split()}
        if node.get("id"):
            names.add("#" + str(node.get("id")))
        if names.isdisjoint(self.index):
            return
        seen: set[int] = set()
        for name in sorted(names):
            for number in self.index.get(name, ()):
                if number in seen:
                    continue
                seen.add(number)
                needed, tag, style = self.rules[number]
                if all(part in names for part in needed) and tag in ("", node.tag):
                    yield needed, style


def _screen_rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield (selectors, declarations) that hold on a screen of any size."""
    css = _COMMENT.sub(" ", css[:_LONGEST_STYLESHEET])
    position, depth, unwanted = 0, 0, 0
    while position < len(css):
        opening = css.find("{", position)
        closing = css.find("}", position)
        if opening == -1 and closing == -1:
            return
        if closing != -1 and (opening == -1 or closing < opening):
            depth = max(0, depth - 1)
            unwanted = min(unwanted, depth)
            position = closing + 1
            continue
        head = css[position:opening].strip()
        if head.startswith("@"):
            depth += 1
            plain = re.match(r"@(?:supports|layer|media\s*(?:only\s+)?(?:screen|all)\s*$)", head)
            if not plain and not unwanted:
                unwanted = depth
            position = opening + 1
            continue
        end = css.find("}", opening)
        if end == -1:
            return
        if not unwanted:
            yield head, css[opening + 1 : end]
        position = end + 1


def _names_of(tree: HtmlElement) -> set[str]:
    """Return the class and id names that a page's elements bear, as selectors write them."""
    classes = {name for told in set(cast(list[str], _CLASSES(tree))) for name in told.split()}
    return {f".{name}" for name in classes} | {f"#{name}" for name in cast(list[str], _IDS(tree))}


def _read_sheet(tree: HtmlElement) -> _Sheet:
    """Read the page's style blocks: class and id rules that may hide, and the page's background."""
    sheet = _Sheet()
    here: set[str] | None = None  # most rules of a site's sheet are for other pages: those are not read
    for node in tree.iter("style"):
        if node.get("amp-boilerplate") is not None or node.get("media") in ("print", "speech"):
            continue
        parent = node.getparent()
        if parent is not None and parent.tag == "noscript":
            continue
        for selectors, body in _screen_rules(node.text or ""):
            named = _NAMES.findall(selectors)
            if named and here is None:
                here = _names_of(tree)
            if not named or here is None or not here.isdisjoint(named):
                _add_rule(sheet, selectors, body)
    for node in tree.iter("script"):
        source = node.text or ""
        if ".style" not in source:
            continue
        for name, what, value in _SCRIPT_HIDES.findall(source[:_LONGEST_STYLESHEET]):
            if value in ("none", "hidden"):
                _add_rule(sheet, f"#{name}", f"{what}:{value}")
            else:
                sheet.shown.add(f"#{name}")
    return sheet


def _add_rule(sheet: _Sheet, selectors: str, body: str) -> None:
    may_hide = _GATE.search(body) is not None
    if not may_hide and "background" not in body and "display" not in body:
        return
    style = declarations(body)
    shows = style.get("display", "none") not in ("none",) or style.get("visibility") == "visible"
    background = colour(style.get("background-color") or style.get("background"))
    hides = may_hide and _may_hide(style, background)
    for selector in selectors.split(","):
        selector = _PLAIN_PLACE.sub("", selector.strip())
        if background is not None and selector in ("body", "html", ":root"):
            sheet.page = background
        names = tuple(_NAMES.findall(selector))
        if not names:
            continue
        if not _SIMPLE.match(selector):
            # A state or a place in the page: ".open .panel", ".panel.is-open". What it shows is a thing
            # that opens. What it hides we can't tell.
            if shows:
                sheet.shown.update(_NAMES.findall(selector.split()[-1]))
            continue
        if len(names) > 1 and shows:
            sheet.shown.update(names)
        if background is not None:
            sheet.backgrounds[names[0]] = background
        if shows and names[0] in sheet.index:
            sheet.shown.update(names)
        if not hides:
            continue
        tag = re.match(r"^[a-z0-9]*", selector, re.I)
        number = len(sheet.rules)
        sheet.rules.append((names, tag[0].lower() if tag else "", style))
        sheet.index.setdefault(names[0], []).append(number)


def _may_hide(style: dict[str, str], background: Colour | None) -> bool:
    """Whether a rule can put text out of sight, on its own or on a background of its colour."""
    if unseen(style) is not None:
        return True
    size = _font_pixels(style)
    if size is not None and size < 3:
        return True
    told = style.get("color")
    if told is None:
        return False
    ink = colour(told)
    return told == "transparent" or (
        ink is not None and (background is not None or _near(ink, (255, 255, 255)))
    )


@cache
def _names(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    told = rulebook.toml("spam/hidden.toml")[kind]
    return frozenset(told["pieces"]), frozenset(told.get("pairs", ()))


@cache
def _pieces(value: str) -> tuple[str, ...]:
    return tuple(piece.lower() for piece in _PIECE.findall(value))


def _named(node: HtmlElement, kind: str, *, levels: int) -> bool:
    """Whether the node's class, id or role, or one of its ancestors', uses a name of that kind."""
    single, pairs = _names(kind)
    current: HtmlElement | None = node
    for _ in range(levels + 1):
        if current is None or current.tag in ("body", "html"):
            return False
        for name in ("class", "id", "role"):
            value = current.get(name)
            if not value:
                continue
            pieces = _pieces(value[:300])
            if not single.isdisjoint(pieces):
                return True
            if any(f"{one} {two}" in pairs for one, two in itertools.pairwise(pieces)):
                return True
        current = current.getparent()
    return False


def _text(node: HtmlElement) -> str:
    """Return the node's words as a reader of them would see them, white space folded."""
    parts: list[str] = []
    for event, item in etree.iterwalk(node, events=("start", "end")):
        if not isinstance(item.tag, str):
            continue
        if item.tag in _BLOCKS:
            parts.append(" ")
        if event == "start":
            if item.text and item.tag not in ("script", "style"):
                parts.append(item.text)
        elif item.tail and item is not node:
            parts.append(item.tail)
    return " ".join("".join(parts).split())


def _length(node: HtmlElement) -> int:
    return sum(len(text.strip()) for text in node.itertext() if text.strip())


def _foreign_link_share(node: HtmlElement, size: int, home: str) -> float:
    """Return the share of a node's characters that stand in links to other sites than home."""
    linked = 0
    for anchor in node.iter("a"):
        host = _host(anchor.get("href"))
        if host and not (home and (host == home or host.endswith("." + home) or home.endswith("." + host))):
            linked += _length(anchor)
    return linked / size if size else 0.0


def _host(href: str | None) -> str:
    """Return the host of an absolute address without "www.", "" for any other."""
    match = _ABSOLUTE.match(href or "")
    return match[1].lower().removeprefix("www.") if match else ""


def _home(tree: HtmlElement) -> str:
    """Return the page's own host: canonical link, og:url, or the host that most links lead to."""
    for address in cast(list[str], _OWN(tree)):
        if host := _host(str(address)):
            return host
    hosts = Counter(host for href in cast(list[str], _LINKS(tree)) if (host := _host(str(href))))
    common = hosts.most_common(1)
    return common[0][0] if common and common[0][1] >= 5 else ""


def _opens(node: HtmlElement, openers: frozenset[str]) -> bool:
    """Whether the node is a thing that a reader's click opens."""
    if node.get("hidden") == "until-found" or node.get("role") in ("tabpanel", "dialog"):
        return True
    if node.get("id") in openers:
        return True
    ancestor: HtmlElement | None = node
    while ancestor is not None:
        if ancestor.tag in ("details", "dialog"):
            return True
        ancestor = ancestor.getparent()
    before = node.getprevious()
    if before is not None and isinstance(before.tag, str):
        if before.tag in ("button", "summary", "label") or before.get("aria-expanded") is not None:
            return True
        if before.get("role") in ("button", "tab"):
            return True
        inner = before.find(".//button")
        if before.tag in ("h2", "h3", "h4", "h5", "div", "dt") and inner is not None:
            return True
    return _named(node, "disclosure", levels=_ANCESTORS)


def _openers(tree: HtmlElement) -> frozenset[str]:
    """Return the ids that some control of the page opens (aria-controls, data-target, href="#id")."""
    found = {part.lstrip("#") for value in cast(list[str], _CONTROLS(tree)) for part in str(value).split()}
    found.update(
        str(href)[1:] for href in cast(list[str], _TABS(tree)) if len(href) > 1 and str(href).startswith("#")
    )
    return frozenset(found)


def _for_listeners(node: HtmlElement, text: str, home: str) -> bool:
    """Whether the node is a label for screen readers or a skip link."""
    if node.tag == "a" and (node.get("href") or "").startswith("#"):
        return True
    if len(text) > _LISTENER_LIMIT or not _named(node, "listener", levels=1):
        return False
    return _foreign_link_share(node, max(1, len(text)), home) == 0.0


def _small_print(node: HtmlElement) -> bool:
    """Whether nothing within a node of font size 0 sets a size of its own.

    Size 0 around boxes that set their own is an old cure for gaps between them.
    """
    for inner in node.iterdescendants():
        if not isinstance(inner.tag, str):
            continue
        if inner.get("class") or inner.tag in ("div", "section", "li", "article"):
            return False
        size = _font_pixels(declarations(inner.get("style") or ""))
        if size is not None and size >= 3:
            return False
    return True


def _background_at(node: HtmlElement, sheet: _Sheet) -> tuple[Colour | None, bool]:
    """Return the background behind a node as far as the page says, and whether anything may paint it."""
    current: HtmlElement | None = node
    painted = False
    while current is not None and isinstance(current.tag, str):
        style = declarations(current.get("style") or "")
        told = style.get("background-color") or style.get("background") or current.get("bgcolor")
        if told and told not in ("none", "transparent", "inherit", "initial"):
            return colour(told), True
        if "background-image" in style:
            return None, True
        for name in (current.get("class") or "").split():
            if "." + name in sheet.backgrounds:
                return sheet.backgrounds["." + name], True
        current = current.getparent()
    return sheet.page, painted


def _same_colour(node: HtmlElement, told: str, sheet: _Sheet) -> bool:
    """Whether text of that colour can't be seen where the node stands.

    Where the page does not say what is behind the node, white is believed to be, and then only
    for words among others of another colour: a light colour on a dark page paints all of them.
    """
    ink = colour(told)
    if _CLEAR.match(told):
        style = declarations(node.get("style") or "")
        return "text" not in style.get("background-clip", "") + style.get("-webkit-background-clip", "")
    if ink is None:
        return False
    behind, painted = _background_at(node, sheet)
    if behind is not None:
        return _near(ink, behind)
    if painted or not _near(ink, (255, 255, 255)):
        return False
    if node.get("class") or node.tag in ("a", "button", "h1", "h2", "h3", "th", "td", "table", "header"):
        return False
    parent = node.getparent()
    if parent is None:
        return False
    beside = (parent.text or "").strip() + (node.tail or "").strip()
    if beside:
        return True
    siblings = [item for item in parent if item is not node and item.tag == node.tag]
    plain = [
        item
        for item in siblings
        if not item.get("style") and item.get("color") is None and not item.get("class")
    ]
    return (
        node.tag in ("p", "font", "span", "div") and bool(plain) and any(_length(item) > 40 for item in plain)
    )


def _way(node: HtmlElement, sheet: _Sheet) -> tuple[str, str] | None:
    """Return how a node is hidden and where that is said ("style", "rule", "attribute", "tag")."""
    tag = node.tag
    if tag in _UNSHOWN_TAGS:
        return _UNSHOWN_TAGS[tag], "tag"
    if node.get("hidden") is not None:
        return "hidden attribute", "attribute"
    inline = node.get("style")
    if inline and _GATE.search(inline):
        style = declarations(inline)
        way = unseen(style)
        if way is not None:
            return way, "style"
        size = _font_pixels(style)
        if size is not None and size < 3 and _small_print(node):
            return "font size", "style"
        if "color" in style and _same_colour(node, style["color"], sheet):
            return "colour", "style"
        if colour(style.get("-webkit-text-fill-color")) is None and (
            style.get("-webkit-text-fill-color") == "transparent"
            and "text" not in style.get("-webkit-background-clip", "") + style.get("background-clip", "")
        ):
            return "colour", "style"
    if tag == "font":
        told = node.get("color")
        if told and _same_colour(node, told, sheet):
            return "colour", "attribute"
    merged: dict[str, str] = {}
    names: set[str] = set()
    for needed, style in sheet.of(node):
        merged.update(style)
        names.update(needed)
    if merged:
        if inline:
            merged.update(declarations(inline))
        way = unseen(merged)
        if way is not None and sheet.shown.isdisjoint(names):
            return way, "rule"
        size = _font_pixels(merged)
        if size is not None and size < 3 and _small_print(node):
            return "font size", "rule"
        ink = merged.get("color")
        behind = colour(merged.get("background-color") or merged.get("background"))
        if (
            ink
            and behind is not None
            and (ink_colour := colour(ink)) is not None
            and _near(ink_colour, behind)
        ):
            return "colour", "rule"
        if ink and behind is None and _same_colour(node, ink, sheet) and not node.get("class"):
            return "colour", "rule"
    return None


def _fades_in(node: HtmlElement, way: str) -> bool:
    """Whether a script is expected to show the node once it is loaded or scrolled to."""
    if way not in ("opacity", "visibility", "scale", "off-screen"):
        return False
    style = node.get("style") or ""
    if "transition" in style or "animation" in style or "will-change" in style:
        return True
    if any(
        name.startswith(("data-aos", "data-wow", "data-animat", "data-scroll", "data-sal"))
        for name in node.attrib
    ):
        return True
    return _named(node, "reveal", levels=0)


def _drop(node: HtmlElement) -> None:
    """Remove a node, keep its tail, and keep what holds metadata and not words."""
    parent = node.getparent()
    if parent is None:
        return
    text = "".join(node.itertext())
    edge = text[:1].isspace() or text[-1:].isspace()
    tail = node.tail or ""
    before = node.getprevious()
    left = (before.tail if before is not None else parent.text) or ""
    if edge and tail and left and not tail[0].isspace() and not left[-1].isspace():
        node.tail = " " + tail
    for inner in list(node.iterdescendants("script", "meta", "link")):
        if inner.tag != "script" or "json" in (inner.get("type") or ""):
            inner.tail = None
            node.addprevious(inner)
    node.drop_tree()


def strip_hidden(tree: HtmlElement) -> list[Removed]:
    """Remove nodes that a reader of the page can't see, in place.

    tree: the page's root element, changed in place; text behind a removed node (its tail) stays, and
          so do JSON-LD, meta and link elements inside one. Read microdata before: hidden spans hold it.
    Returns one Removed a node that held text, in page order: reason "hidden", position 0 (the
    caller knows where the article region begins), text with white space folded.
    """
    sheet = _read_sheet(tree)
    body = tree.find(".//body")
    root = body if body is not None else tree
    found: list[tuple[HtmlElement, str, str]] = []
    inside: set[HtmlElement] = set()
    asked = _MARKED_OR_NAMED if sheet.index else _MARKED
    for node in cast(list[HtmlElement], asked(root)):
        if not isinstance(node.tag, str) or node.tag in _NEVER:
            continue
        if node in inside:
            continue
        way = _way(node, sheet)
        if way is not None:
            found.append((node, *way))
            inside.update(node.iterdescendants())
    if not found:
        return []
    total = sum(len(text.strip()) for text in root.itertext()) - sum(
        len(node.text or "") for node in root.iter("script", "style")
    )
    openers, home = _openers(tree), _home(tree)
    page_stems = _Stems(tree, frozenset(id(node) for node, _, _ in found))
    doomed: list[tuple[HtmlElement, str, str, str]] = []
    faded = 0
    for node, how, where in found:
        text = _text(node)
        if not text:
            continue
        if how not in ("noscript", "template", "marquee") and (
            _opens(node, openers) or _for_listeners(node, text, home) or _fades_in(node, how)
        ):
            continue
        if _is_the_page(node, text, total, home) or (
            how in _HONEST_WAYS and _continues(node, text, page_stems, home)
        ):
            continue
        if how in ("opacity", "visibility") and _foreign_link_share(node, len(text), home) == 0.0:
            faded += len(text)
        doomed.append((node, how, where, text))
    if faded > total / 2:
        doomed = [item for item in doomed if item[1] not in ("opacity", "visibility")]
    removed = []
    for node, how, where, text in doomed:
        _drop(node)
        slug = how.replace(" ", "-")
        removed.append(Removed(text, "hidden", f"spam.hidden.{slug}", (f"{how} by {where}",)))
    return removed


class _Stems:
    """Beginnings of the words that the title and the visible part of a page use, read when asked for."""

    def __init__(self, tree: HtmlElement, hidden: frozenset[int]) -> None:
        self._tree = tree
        self._hidden = hidden
        self._told: tuple[frozenset[str], frozenset[str]] | None = None

    def told(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return (stems of title and headlines, stems of all visible words)."""
        if self._told is None:
            heads = " ".join(" ".join(node.itertext()) for node in self._tree.iter("title", "h1"))
            visible: list[str] = []
            walk = etree.iterwalk(self._tree, events=("start", "end"))
            for event, node in walk:
                if not isinstance(node.tag, str):
                    continue
                if event == "end":
                    if node.tail:
                        visible.append(node.tail)
                elif id(node) in self._hidden or node.tag in _WORDLESS:
                    walk.skip_subtree()
                elif node.text:
                    visible.append(node.text)
            self._told = stems(heads), stems(" ".join(visible))
        return self._told


def stems(text: str) -> frozenset[str]:
    """Return the first six letters of each longer word, and pairs of signs where words aren't spaced."""
    return frozenset(word[:6].lower() for word in _WORD.findall(text))


def _continues(node: HtmlElement, text: str, page: _Stems, home: str) -> bool:
    """Whether hidden prose goes on with the visible article: a later slide, a text behind "more".

    Asked of ways to hide that scripts use, never of ways that only deceive. Three sentences at
    least, no foreign link, words of the headline, and half of the words at home on the page.
    """
    if len(text) < 200 or len(_END.findall(text)) < 3 or _foreign_link_share(node, len(text), home) > 0:
        return False
    heads, visible = page.told()
    here = stems(text)
    named, known = len(here & heads), len(here & visible)
    return named >= 3 or (named >= 2 and len(text) >= 600) or (named >= 1 and known >= len(here) / 3)


def _is_the_page(node: HtmlElement, text: str, total: int, home: str) -> bool:
    """Whether a hidden node holds the page's article: most of its words, and those no foreign links."""
    if node.find(".//h1") is not None and len(text) > total / 4:
        return True
    return len(text) > total / 2 and _foreign_link_share(node, len(text), home) < 0.3
