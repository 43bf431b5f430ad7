"""Show what cleaning cut and what reading made of a text, for a person at a terminal.

Text in, text out. What a page says is made harmless (schemas.terminal) before any colour is added.
"""

from __future__ import annotations

from schemas.records import Article, Reading, Rejected, Removed
from schemas.terminal import safe, safe_line

_RED, _GREY, _GREEN, _BOLD, _END = "\x1b[31m", "\x1b[90m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def _paint(text: str, style: str, *, colour: bool) -> str:
    return f"{style}{text}{_END}" if colour else text


def _cut(cut: Removed, *, colour: bool) -> str:
    why = f"{cut.reason}, {cut.rule}" + (f": {', '.join(cut.evidence)}" if cut.evidence else "")
    name = f" {cut.cut_id}" if cut.cut_id else ""
    return _paint(f"[-{safe_line(cut.text)}-]", _RED, colour=colour) + _paint(
        f" ({safe_line(why)}){name}", _GREY, colour=colour
    )


def cleaned(page: Article | Rejected, *, colour: bool = False) -> str:
    """Return a page with its cuts shown where they stood, each with reason, rule and evidence.

    page:   what pipeline.clean gave.
    colour: with terminal colours; without, cuts stand between [- and -].
    """
    if isinstance(page, Rejected):
        head = f"{safe_line(page.id)}: rejected as {page.reason}. {safe_line(page.detail)}"
        return "\n".join(
            [_paint(head, _BOLD, colour=colour), *(_cut(cut, colour=colour) for cut in page.removed)]
        )
    facts = [("title", page.title), ("author", page.author), ("published", page.published), ("language", page.language),
             ("site", page.site), ("original source", page.original_source)]  # fmt: skip
    lines = []
    for name, value in facts:
        basis = page.bases.get(name.replace(" ", "_"), "")
        shown = "-" if value is None else safe_line(str(value)) + (f"  ({basis})" if basis else "")
        lines.append(_paint(f"{name}: ", _GREY, colour=colour) + shown)
    lines += [_cut(cut, colour=colour) for cut in page.removed if cut.part == "title"]
    lines.append("")
    done = 0
    for cut in sorted((cut for cut in page.removed if cut.part == "text"), key=lambda cut: cut.position):
        lines.append(safe(page.text[done : cut.position].strip("\n")))
        lines.append(_cut(cut, colour=colour))
        done = max(done, cut.position)
    lines.append(safe(page.text[done:].strip("\n")))
    if page.flagged:
        lines += [
            "",
            "kept, with one kind of evidence against it:",
            *(_cut(cut, colour=colour) for cut in page.flagged),
        ]
    return "\n".join(line for line in lines if line or not lines)


def read(article: Article, reading: Reading, *, colour: bool = False) -> str:
    """Return every mention with its rule and what became of it, then the facts with their clauses."""
    lines = [_paint(safe_line(article.title or article.id), _BOLD, colour=colour)]
    if reading.skipped:
        lines.append(f"nothing was read: {safe_line(reading.skipped)}")
    lines += ["", "mentions:"] if reading.mentions else []
    for mention in reading.mentions:
        note = f"  {_paint(safe_line(mention.note), _GREY, colour=colour)}" if mention.note else ""
        name = f" = {safe_line(mention.name)}" if mention.name and mention.name != mention.text else ""
        lines.append(
            f"  {mention.start:>6}  {mention.kind:<13} {safe_line(mention.text)!r}{name}  [{mention.rule}]{note}"
        )
    lines += ["", "facts:"] if reading.facts else []
    for fact in reading.facts:
        told = {
            key: value
            for key, value in fact.to_json().items()
            if key not in ("start", "end", "at", "quote", "rule")
        }
        lines.append(
            "  "
            + _paint(
                safe_line(" ".join(f"{key}={value}" for key, value in told.items())), _GREEN, colour=colour
            )
        )
        lines.append(f"          “{safe_line(fact.quote)}”  [{fact.rule}]")
    return "\n".join(lines)
