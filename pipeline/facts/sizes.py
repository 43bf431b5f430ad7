"""Parameters and training tokens."""

from __future__ import annotations

import re

from pipeline.facts import judge
from pipeline.facts.common import Here, Page, active_near, amount, phrase


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
    role = _role(here)
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


def _role(here: Here) -> str | None:
    """Return what part of a model a size is of: "active", "expert", or None for the whole."""
    text, at, end, role = here.text, here.at, here.end, here.figure.role
    near = text[max(0, at - 30) : end + 30]
    if phrase("mixture-of-experts-of").search(text[:at]) and not phrase("each-expert").search(near):
        return None if role == "expert" else role
    if role == "expert" and not phrase("speaks-of-experts").search(here.before + text):
        role = None
    if role is not None:
        return role
    each = phrase("size-of-each-expert")
    if each.search(text[max(0, at - 40) : at]) or phrase("per-expert").match(text[end : end + 40]):
        return "expert"
    if phrase("token-counted-before").search(text[:at]):
        return None
    active = phrase("per-token").search(text[end : end + 70]) or active_near(text, at, end)
    return "active" if active else None


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
