"""Ways to hide a block or a span from readers and show it to crawlers."""

from __future__ import annotations

import random

# name -> (attributes of the hiding element, CSS rule with "@" for its class, or "")
STYLES: dict[str, tuple[str, ...]] = {
    "display": ("display:none", "display: none !important", "DISPLAY:NONE;"),
    "visibility": ("visibility:hidden", "visibility: collapse; visibility: hidden"),
    "opacity": ("opacity:0", "opacity: 0.0; pointer-events:none", "opacity:.01"),
    "off-screen": ("position:absolute;left:-9999px", "position: fixed; top: -5000px; left: 0", "position:absolute; left:-300em", "margin-left:-9999px"),
    "text-indent": ("text-indent:-9999px", "text-indent: -999em; overflow: hidden"),
    "font-size": ("font-size:0", "font-size: 0px; line-height: 0", "font-size:1px;color:#fefefe"),
    "height": ("height:0;overflow:hidden", "max-height: 0px; overflow: hidden", "height:1px; overflow:hidden"),
    "clip": ("position:absolute;clip:rect(0 0 0 0)", "position: absolute; clip: rect(1px, 1px, 1px, 1px); overflow: hidden", "position:absolute;clip-path:inset(100%)"),
    "colour": ("color:#fff;background:#fff", "color: white; background-color: #ffffff", "color:transparent", "color: rgba(0,0,0,0)"),
    "box": ("width:1px;height:1px;overflow:hidden", "width: 0; height: 0; overflow: hidden; display: block"),
    "scale": ("transform:scale(0)", "transform: translateX(-9999px)"),
}  # fmt: skip
WAYS = (
    *STYLES,
    "hidden-attribute",
    "class-rule",
    "id-rule",
    "aria-rule",
    "noscript",
    "marquee",
    "template-nest",
    "parent-rule",
)


def hide(rng: random.Random, inner: str, way: str, *, tag: str = "div") -> tuple[str, str]:
    """Wrap HTML so that it is hidden.

    way: one of WAYS.   tag: "div", or "span" inside a paragraph.
    Returns: the HTML, and a CSS rule for the head or "".
    """
    if way in STYLES:
        quote = rng.choice('""\'')
        return f"<{tag} style={quote}{rng.choice(STYLES[way])}{quote}>{inner}</{tag}>", ""
    name = rng.choice(("x", "mt", "blk", "wp", "k", "css", "inner")) + str(rng.randint(10, 9999))
    rule = rng.choice(STYLES[rng.choice(tuple(STYLES))])
    if way == "hidden-attribute":
        attribute = rng.choice(("hidden", 'hidden="hidden"', 'hidden=""'))
        return f"<{tag} {attribute}>{inner}</{tag}>", ""
    if way == "class-rule":
        return f'<{tag} class="{rng.choice(("", "entry "))}{name}">{inner}</{tag}>', f".{name} {{ {rule} }}"
    if way == "id-rule":
        return f'<{tag} id="{name}">{inner}</{tag}>', f"#{name}{{{rule}}}"
    if way == "aria-rule":
        return f'<{tag} class="{name}" aria-hidden="true">{inner}</{tag}>', f"body .{name}{{{rule}}}"
    if way == "parent-rule":
        return (
            f'<{tag} class="{name}"><span>{inner}</span></{tag}>'
            if tag == "span"
            else f'<div class="{name}"><div>{inner}</div></div>',
            f"div.a0, {tag}.{name} {{{rule}}}",
        )
    if way == "noscript":
        return f"<noscript>{inner}</noscript>", ""
    if way == "marquee":
        box = rng.choice(
            (
                'height="1" width="4" scrollamount="9000"',
                'style="position:absolute;width:0px"',
                'scrolldelay="8000" height="0"',
            )
        )
        return f"<marquee {box}>{inner}</marquee>", ""
    style = rng.choice(STYLES["display"] + STYLES["off-screen"])
    return f'<{tag} style="{style}"><{tag} class="in"><{tag}>{inner}</{tag}></{tag}></{tag}>', ""
