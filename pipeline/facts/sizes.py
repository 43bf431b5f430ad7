"""Parameters and training tokens."""

from __future__ import annotations

import re

from pipeline.facts import judge
from pipeline.facts.common import Here, Page, amount, phrase


def parameters(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    top = here.top
    behind = text[end : end + 60]
    if quantity.vague:
        return page.note(figure, "only an order of magnitude")
    if (
        figure.rule == "parameters.active-noun"
        and re.search(r"\bused\b", page.text[figure.end : figure.span[1]])
        and not re.search(r"token|time|inference|query|forward|once|any|each", behind, re.IGNORECASE)
    ):
        return page.note(figure, "used for something else")
    if re.search(
        r"\b[Tt]here(?:[’']s| is| was| were) (?:a |some )?(?:talk|rumou?rs?)\b[^.;]{0,40}$|\basking about an? $",
        text[:at],
    ):
        return page.note(figure, "only talked of")
    if top < 10**5 and re.search(r"\b(?:config\w*|settings?|knobs?|tweak|tunable)\b", text):
        return page.note(figure, "settings, no weights")
    if top < 1000:
        return page.note(figure, "too small for a parameter count")
    if re.match(r"\s*(?:fewer|less|more|times|additional|extra)\b", behind):
        return page.note(figure, "a difference, not a size")
    named = re.search(r"[A-Za-z][\w.’'-]*[ -](?:v?\d[\d.]*[ -])?$", text[:at])
    if figure.rule == "parameters.sized-model":
        if re.search(r"\b(?:context|length|window|sequence)\b", page.text[figure.end : figure.span[1]]):
            return page.note(figure, "a length")
        if phrase("other-noun").match(behind):
            return page.note(figure, "counts something else")
        if (
            named
            and re.match(r"[KMBT]\b", page.text[figure.end - 1 : figure.end])
            and not phrase("before-noun-size").search(text[:at])
            and re.search(r"[A-Z][\w.-]*[ -](?:v?\d[\d.]*[ -])?$", text[:at])
        ):
            return page.note(figure, "part of a name")
    role = figure.role
    if (
        role == "expert"
        and re.search(r"mixture[ -]of[ -]experts?(?:\W+[\w-]+){0,3}\W+$", text[:at], re.IGNORECASE)
        and not re.search(r"\beach\b|\bper expert|\bapiece", text[max(0, at - 30) : end + 30], re.IGNORECASE)
    ):
        role = None
    if (
        role is None
        and phrase("per-token").search(text[end : end + 70])
        and not re.search(r"token-?s?\b[^.]{0,10}$|\bof (?:its |the |a |their )?$", text[:at])
    ):
        role = "active"
    if (
        role is None
        and re.search(
            r"\b(?:each|per) expert|experts? (?:of|each)|\bexperts?\b[^.;]{0,24}\beach (?:holds?|has|have|counts?)\b",
            text[max(0, at - 40) : at],
            re.IGNORECASE,
        )
    ) or (
        role is None
        and re.search(
            r"^\W*(?:parameters? |params )?(?:per|each|every|for each|in each) expert",
            text[end : end + 40],
            re.IGNORECASE,
        )
    ):
        role = "expert"
    told = here.told()
    said = "estimated" if "estimated" in told else None
    page.add(
        figure,
        "parameters",
        figure.rule,
        "a parameter count",
        told,
        role=role or "total",
        basis=said,
        **amount(quantity),
    )
    return None


def tokens(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    top = here.top
    if quantity.vague:
        return page.note(figure, "only an order of magnitude")
    if re.search(r"\b(?!tokens\b)[a-z]{3,}s\b", page.text[figure.end : figure.span[1]]):
        return page.note(figure, "counts something else")
    verdict = judge.tokens(text, at, end, here.before, float(top))
    if not verdict.is_fact:
        return page.note(figure, verdict.why)
    page.add(figure, "tokens", figure.rule, verdict.why, here.told(), **amount(quantity))
    return None
