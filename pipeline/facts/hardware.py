"""Devices: how many of which, in how many servers, what for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from pipeline import rulebook
from pipeline.facts import judge
from pipeline.facts.bare import bare
from pipeline.facts.common import Here, Page, amount, phrase
from pipeline.facts.evidence import weighed
from pipeline.mentions.devices import Device, devices
from pipeline.mentions.figures import Figure
from pipeline.numbers import read_quantities

_MAKERS: Final = frozenset(rulebook.toml("figures/words.toml")["makers"].split())
#: What is only ever said of devices named before.
_UNTYPED: Final = re.compile(r"\b(?:cards?|chips?|boards?|processors?|accelerators?|units)$", re.IGNORECASE)
_NODE: Final = phrase("node")
_EACH: Final = phrase("each")


@dataclass(frozen=True, slots=True)
class _Node:
    """Servers that hold devices: where they are counted, the count's comparator, the devices' type if the name gives it."""

    at: int
    end: int
    op: str
    device: str | None


def hardware(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = here.quantity
    if (quantity.value is None and quantity.low is None) or (
        quantity.value is not None and quantity.value != quantity.value.to_integral_value()
    ):
        return page.note(figure, "no whole number of devices")
    if quantity.vague:
        return page.note(figure, "no count, only an order of magnitude")
    if re.match(r"(?:19|20)\d\d$", text[at:end]) and re.search(
        r"\b(?:in|since|until|from|during|late|early|mid)[ -]$", text[:at], re.IGNORECASE
    ):
        return page.note(figure, "a year")
    if phrase("inside-of-each").search(text[:at]) and nodes_of(page, text, at, end) is None:
        return page.note(figure, "the inside of a machine")
    if re.search(
        r"\b(?:one|two|three|four|five|nine|\d+) (?:in|out of|of every) $",
        text[max(0, at - 20) : at],
        re.IGNORECASE,
    ):
        return page.note(figure, "a share")
    if any(
        other.rule == "hardware.part-of" and other.at < figure.at < other.span[1] for other in here.figures
    ) or (phrase("of-which").match(text[end:]) and any(other.at > figure.at for other in here.figures)):
        return page.note(figure, "the pool that a part was taken from")
    if figure.sentence.kind == "heading" and re.match(r"From\b[^:]* to\b", text):
        return page.note(figure, "a heading's span of years")
    if phrase("got-some-other-way").search(text[max(0, at - 60) : at]):
        return page.note(figure, "not said to have been used")
    if phrase("an-hour-on").search(text[:at]):
        return page.note(figure, "the unit of a price")
    if re.match(r"[ -]ways?\b", text[end : end + 6]):
        return page.note(figure, "a kind of server")
    if re.search(r"\b(?:without|no|not) (?:a |even |any )?$", text[:at], re.IGNORECASE):
        return page.note(figure, "none were used")
    if figure.device == "CPU":
        return processors(page, here)
    if re.search(
        r"(?<!more )(?<!fewer )(?<!less )\b(?:than|versus|vs\.?)\s+(?:\w+ )?$",
        text[max(0, at - 25) : at],
        re.IGNORECASE,
    ):
        return page.note(figure, "named to compare")
    device = figure.device
    if figure.rule == "hardware.of-them":
        if any(other.kind == "device_hours" and other.at < figure.at for other in here.figures):
            return bare(page, here.of(kind="none", rule="figure.num"))
        counted = phrase("of-such-devices").match(text[end:])
        device = page.device_before(figure.at)
        if (
            device is None
            or (not counted and re.match(r"\s+of (?:those|these) [a-z]+s\b", text[end:]))
            or (not counted and re.search(r"\b(?:and|but|all|any|one|some)\s*$", text[:at]))
            or (
                quantity.value is not None
                and quantity.value < 8
                and not re.search(r"\b(?:on|with|using|used|took|needed|across)\s+(?:\w+ )?$", text[:at])
            )
        ):
            return page.note(figure, "of what, is not said")
    elif device is None or device == "GPU":
        device = shape_of_unknown(page, figure)
    if device == "GPU":
        device = resolved(page, here)
    nodes = nodes_of(page, text, at, end)
    is_fact, why = used(page, here)
    if not is_fact:
        return page.note(figure, why)
    use = "inference" if judge.served_on(text, at, end) else "training"
    told = here.told()
    number = amount(quantity)
    if nodes is not None:
        node, count = nodes
        if node.device and (device == "GPU" or (device is not None and device.startswith(("DGX", "HGX")))):
            device = node.device
        if count != 1 and quantity.value is not None:
            number = {"op": node.op, "value": quantity.value * count}
            page.add(
                replace(figure, device=device),
                "hardware",
                "hardware.nodes-times-devices",
                f"{count} nodes of {quantity.value}",
                told,
                device=device,
                use=use,
                **number,
            )
            return None
    page.add(
        figure,
        "hardware",
        figure.rule,
        why,
        told,
        device=device,
        use=use,
        **number,
    )
    return None


def used(page: Page, here: Here) -> tuple[bool, str]:
    """Return whether devices were used on a model, by their surroundings; and why."""
    rule = ""
    if judge.people_trained(here.text, named=page.named, topical=page.topical):
        rule = "hardware.training-of-people"
    end = max(here.end, here.figure.span[1] - here.figure.sentence.start)
    return weighed(page, here, "hardware", end, rule)


def processors(page: Page, here: Here) -> None:
    """Processors count where a model was trained on them: "128,000 CPU cores", "200 CPUs"."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    is_fact, why = used(page, here)
    if (
        not is_fact
        or judge.served_on(text, at, end)
        or not (
            re.search(r"train|learn|\bplay|evol|comput", text, re.IGNORECASE)
            or any(f.kind == "hardware" and f.start == figure.sentence.start for f in page.facts[-4:])
        )
    ):
        return page.note(figure, "processors without a run")
    cores = re.search(r"cores?\b", page.text[figure.end : figure.span[1]], re.IGNORECASE)
    page.add(
        figure,
        "hardware",
        figure.rule,
        why,
        here.told(),
        device="CPU core" if cores else "CPU",
        use="training",
        **amount(here.quantity),
    )
    return None


def nodes_of(page: Page, text: str, at: int, end: int) -> tuple[_Node, Decimal] | None:
    """Return the nodes that hold the devices counted at [at, end) of a sentence, and how many there are."""
    base = page.sentence.start
    found = None
    for match in _NODE.finditer(text, max(0, at - 140), at):
        between = text[match.end() : at]
        if (
            _EACH.search(between)
            and not read_quantities(between)
            and not re.search(r"[.;]|\b(?:plus|versus|then|or|while)\b", between)
            and len(between) < 80
        ) or re.fullmatch(
            r",?\s*(?:each )?(?:of|with|w/|x|×|having|containing|housing)\s*(?:up to )?", between
        ):
            found = match
    if found is None:
        for match in _NODE.finditer(text, end, min(len(text), end + 110)):
            between = text[end : match.start()]
            # "8 GPUs on each of 16 nodes", "8 A100s per node on 4 nodes"
            if phrase("on-each-of").search(between) and not re.search(r"[.;]", between):
                found = match
    if found is None and (
        each := re.search(r"\bper (?:node|server|machine|host|box)\b", text[end : end + 60], re.IGNORECASE)
    ):
        del each
        others = [m for m in _NODE.finditer(text) if m.end() <= at or m.start() >= end]
        found = others[0] if others else None
    if found is None or (
        re.match(r"(?:19|20)\d\d$", found["count"]) and re.match(r",? an?\b", text[found.end("count") :])
    ):
        return None
    quantities = read_quantities(found["count"])
    if not quantities or quantities[0].value is None:
        return (
            (_Node(base + found.start(), base + found.end(), "=", None), Decimal(1))
            if re.match(r"an?\b|single|one", found["count"], re.IGNORECASE)
            else None
        )
    named = devices(found[0], 0, len(found[0]))
    device = None
    if named:
        device = re.sub(r"^(?:DGX|HGX)[ -]?", "", named[0].name) or None
        device = {"1": "V100", "2": "V100"}.get(device or "", device)
    return _Node(base + found.start(), base + found.end(), quantities[0].op, device), quantities[0].value


def resolved(page: Page, here: Here) -> str:
    """Return the type that an untyped accelerator stands for, or "GPU"."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    for fact in page.facts:
        if (
            fact.kind == "hardware"
            and fact.device not in ("GPU", None)
            and fact.value is not None
            and fact.value == here.quantity.value
        ):
            return fact.device
    if re.search(r"\b(?:same|those|these)\b", text[max(0, at - 15) : end + 25]):
        counted = [
            f.device for f in page.facts[-12:] if f.kind == "hardware" and f.device not in ("GPU", None)
        ]
        return counted[-1] if counted and counted[-1] else page.device_before(figure.at) or "GPU"
    beside = _typed(text, end, min(len(text), end + 60))
    if beside and phrase("type-behind").match(text[end : beside[0].start]):
        return beside[0].name
    after = _typed(here.following, 0, min(len(here.following), 70))
    if after and re.fullmatch(
        r"(?:They|These|All|Each|Every one|Both|Mostly)\b[\w\s’',-]{0,45}", here.following[: after[0].start]
    ):
        return after[0].name
    near = page.type_near(figure.at, figure.end, only=False)
    if near == "GPU" and _UNTYPED.search(page.text, figure.end, figure.span[1]):
        return page.type_near(figure.at, figure.end)
    return near


def _typed(text: str, start: int, end: int) -> list[Device]:
    """Return the accelerators with a type named in text[start:end]."""
    return [d for d in devices(text, start, end) if d.name not in ("GPU", "TPU", "NPU", "CPU")]


def shape_of_unknown(page: Page, figure: Figure) -> str:
    """Name an accelerator that no shape knows: the words with a digit, or in capitals, before the noun."""
    between = page.text[figure.end : figure.span[1]]
    words = [word.strip(",.()") for word in re.sub(r"['’]s\b", "", between).split()][:-1]
    named = [word for word in words if any(c.isdigit() for c in word) and word[:1].isalpha()]
    if named:
        before = words[words.index(named[-1]) - 1] if words.index(named[-1]) else ""
        brand = len(named[-1]) <= 3 and before[:1].isupper() and before.lower() not in _MAKERS
        return f"{before} {named[-1]}" if brand else named[-1]
    capital = [word for word in words if word[:1].isupper() and word.lower() not in _MAKERS]
    return capital[-1] if capital and len(words) <= 3 else "GPU"


def device(page: Page, here: Here) -> None:
    figure, text, at, end = here.figure, here.text, here.at, here.end
    if figure.device in ("GPU", "CPU", "NPU", "TPU"):
        return page.note(figure, "an accelerator without a type or a count")
    if any(
        other.kind in ("hardware", "device_hours", "price") and other.device == figure.device
        for other in here.figures
    ) or any(
        fact.kind == "hardware"
        and fact.device == figure.device
        and fact.value is not None
        and fact.at >= figure.sentence.start
        for fact in page.facts[-6:]
    ):
        return page.note(figure, "counted beside")
    is_fact, why = used(page, here)
    if not is_fact:
        return page.note(figure, why)
    if judge.served_on(text, at, end):
        return page.note(figure, "devices that serve, not counted")
    if phrase("compared").search(text[:at]):
        return page.note(figure, "named to compare")
    told = here.told()
    device = figure.device
    if figure.slice:
        return slice_of(page, figure, told)
    page.add(
        figure,
        "hardware",
        figure.rule,
        why,
        told,
        device=device,
        use="training",
        value=None,
    )
    return None


def slice_of(page: Page, figure: Figure, told: dict[str, str]) -> None:
    """TPU v3-512: a slice of 512 cores (v2, v3: two a chip) or chips, as the text counts them."""
    assert figure.slice is not None
    page.add(
        figure,
        "hardware",
        "hardware.tpu-slice",
        "a slice's number",
        told,
        device=figure.device,
        use="training",
        value=Decimal(figure.slice),
    )
