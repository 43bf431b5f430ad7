"""Numbers whose unit is left out, read from what was said before: answers, lists, sums, sizes."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pipeline.facts import judge
from pipeline.facts.carried import answer, carried, currency_of, sum_of
from pipeline.facts.common import Here, Page, active_near, amount, phrase
from pipeline.facts.money import money, price
from pipeline.facts.runs import mass
from pipeline.mentions.figures import between_members
from pipeline.numbers import read_currencies, read_parts

_BEFORE_SIZE: Final = phrase("before-size")
_COST_BEFORE: Final = phrase("cost-before")
_RUN_WAS: Final = phrase("run-was")
_SIZED: Final = phrase("sized")
_SPOKEN_MONEY: Final = phrase("spoken-money")


def _said_before(page: Page, here: Here, kind: str, **fields: str | None) -> None:
    """State the number as a fact of a kind whose unit was said before."""
    unit = {"device_hours": "hours"}.get(kind, kind)
    page.add(
        here.figure,
        kind,
        f"{unit}.unit-left-out",
        f"{unit}, said before",
        here.told(),
        **fields,
        **amount(here.quantity),
    )


def _hourly(page: Page, here: Here) -> bool:
    """Read "2.75 per card-hour", its currency left out, as the price of a device; return whether it was one."""
    text, end = here.text, here.end
    if here.top >= 500 or not re.match(
        r"\s?(?:/|an?|per|each|every)\s?(?:[\w]+[ -](?:(?:and|an|per|a)[ -])?)?(?:h(?:ou)?r|h)\b",
        text[end:],
        re.IGNORECASE,
    ):
        return False
    spoken = re.fullmatch(r"(\w+)[ -](\w+)", text[here.at : end])
    if (
        spoken
        and (whole := read_parts(spoken[1], 0))
        and (part := read_parts(spoken[2], 0))
        and 20 <= part[0] < 100
    ):
        here = here.of(
            quantity=replace(here.quantity, value=whole[0] + part[0] / 100)
        )  # "two thirty an hour"
    code = currency_of(page, here)
    if (
        code is None
        or re.search(r"\b(?:my|his|her) (?:own )?rate\b", text)
        or not phrase("rented").search(text + here.before[-300:])
    ):
        return False
    price(
        page,
        here.of(
            kind="price",
            rule="price.currency-left-out",
            per="hour",
            quantity=replace(here.quantity, unit=code),
        ),
    )
    return True


def _operations(page: Page, here: Here) -> bool:
    """Read a power of ten that counts nothing else as operations ("needed about 1.7 × 10^25"); return whether it was one."""
    text, at, end = here.text, here.at, here.end
    if here.figure.quantity is None or here.quantity.unit is not None or not 10**20 <= here.top <= 10**29:
        return False
    if not re.search(r"\d[eE]\d\d|10\s?\^|10[⁰¹²³⁴⁵⁶⁷⁸⁹]", text[at:end]) or re.match(
        r"\s*(?:[*×/=^]|[a-z]+s\b)", text[end:]
    ):
        return False
    if (
        judge.law(text)
        or re.search(r"[*×/=]\s*$", text[:at])
        or not phrase("speaks-of-operations").search(page.text)
    ):
        return False
    _said_before(page, here, "compute")
    return True


def bare(page: Page, here: Here) -> None:
    """A number whose unit is left out: "PaLM, 540 billion", "GPT-3 (175B)", "552 tonnes", "the newer one saw 9 trillion"."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    quantity = figure.quantity
    if quantity is None:
        return None
    if text[max(0, at - 1) : at] == "(" and any(
        f.end <= figure.at
        and figure.at - f.end <= 3
        and f.quantity is not None
        and f.quantity.value == quantity.value
        for f in here.figures
    ):
        return None  # the same number in other words: "5.2 lakh crore (5.2 trillion)"
    if quantity.unit == "kg":
        return mass(page, here)
    if quantity.unit is None and not quantity.vague and (_hourly(page, here) or answer(page, here)):
        return None
    if (
        figure.rule == "figure.big"
        and quantity.unit is None
        and re.match(r",? in (?:US )?[a-z]{3,10}\b", text[end:])
    ):
        coded = read_currencies(text, end, min(len(text), end + 20))
        if coded:
            return money(page, here.of(kind="money", quantity=replace(quantity, unit=coded[0][1])))
    if (
        figure.rule == "figure.num"
        and quantity.unit is None
        and re.search(r"thousand|hundred|\d ?k$", text[at:end], re.IGNORECASE)
        and money_left_out(page, here)
    ):
        return None
    if figure.rule == "figure.num" and quantity.unit is None and count_left_out(page, here):
        return None
    if figure.rule == "figure.big" and quantity.unit is None and money_left_out(page, here):
        return None
    if _operations(page, here) or carried(page, here):
        return None
    if figure.rule != "figure.big" or quantity.unit is not None or quantity.vague:
        return None
    if (
        page.facts
        and page.facts[-1].kind == "device_hours"
        and page.facts[-1].start == figure.sentence.start
        and quantity.value
        and quantity.value >= 1000
        and re.search(r"\b(?:needed|took|used|required|consumed|ate)\s+$", text[:at])
        and re.match(r"\s*(?:$|[.,;)])", text[end:])
    ):
        return _said_before(page, here, "device_hours", device=page.facts[-1].device)
    spent = next(
        (
            f
            for f in reversed(page.facts[-4:])
            if f.kind == "device_hours" and f.start == figure.sentence.start
        ),
        None,
    )
    if (
        spent is not None
        and spent.value
        and quantity.value
        and spent.value / 2000 < quantity.value < spent.value * 2
        and re.match(r"\s(?:went|for|to|on|were|was|of)\b", text[end:])
    ):
        return _said_before(page, here, "device_hours", device=spent.device)
    if re.match(r"(?:a )?(?:few|couple|several)\b", text[at:end], re.IGNORECASE):
        return None
    top = quantity.value if quantity.value is not None else quantity.high
    if top is None or top < 10**6:
        return None
    written = text[at:end]
    if (
        not re.search(r"[A-Za-z]", written)
        or (re.search(r"[*×/]\s*\(?$", text[:at]) and not re.search(r"\d[BMT]/$", text[:at]))
        or re.match(r"\)?\s*[*×]", text[end:])
    ):
        return None
    letter = re.search(r"\d ?[BMT]$", written)
    behind = text[end : end + 50]
    counts = re.match(r"\s+(?:of (?:the |its |those )?)?(?:[a-z-]+ ){0,2}?[a-z-]+", behind)
    free = phrase("stands-free").match(behind)
    if counts and not free:
        return None
    near = text[max(0, at - 60) : end + 40]
    if phrase("other-counts").search(text[max(0, at - 24) : at] + " ¤ " + text[end : end + 30]):
        return page.note(replace(figure, kind="parameters"), "counts something else")
    earlier = page.text[max(0, figure.sentence.start - 1000) : figure.at]
    tokens_at = max((m.start() for m in re.finditer(r"\btokens?\b", earlier, re.IGNORECASE)), default=-1)
    params_at = max(
        (
            m.start()
            for m in re.finditer(
                r"\bparam\w*|\b\d[\d.]*B\b|\bexperts?\b|\bweights\b|\bmixture\b", earlier, re.IGNORECASE
            )
        ),
        default=-1,
    )
    if tokens_at > params_at and re.search(
        r"\bof (?:which|these|those|them)\s(?:about |around |some |only |just |roughly )?$", text[:at]
    ):
        return page.note(replace(figure, kind="tokens"), "a part of the tokens")
    fed = phrase("fed").search(text[:at])
    if (
        fed
        and (tokens_at >= 0 or re.search(r"\btoken", page.text, re.IGNORECASE))
        and top >= 10**9
        and (fed[0].split()[0].lower() != "on" or tokens_at > params_at)
    ):
        return _said_before(page, here, "tokens")
    said = next(
        (f for f in reversed(page.facts[-6:]) if f.start == figure.sentence.start and f.kind == "tokens"),
        None,
    )
    if (
        said is not None
        and said.value
        and quantity.value
        and not letter
        and 10**10 <= quantity.value <= said.value * 100
        and (
            (quantity.value >= 10**12 and quantity.value <= said.value * 3)
            or not re.search(r"param", text[said.at_end - figure.sentence.start : at], re.IGNORECASE)
        )
    ):
        return _said_before(page, here, "tokens")
    if (
        not letter
        and top < 10**9
        and not re.search(r"\b(?:larger|bigger|smaller|compact|sized)\b[^,;.]{0,20}$", text[:at])
    ):
        money_at = max((m.start() for m in _SPOKEN_MONEY.finditer(earlier)), default=-1)
        if (
            money_at > max(tokens_at, params_at)
            and len(earlier) - money_at < 320
            and money_left_out(page, here, spoken=True)
        ):
            return None
    if phrase("nobodys-size").search(text[:at]):
        return page.note(replace(figure, kind="parameters"), "nobody's size")
    in_brackets = re.search(
        r"\(\s*(?:about |roughly |~|approximately |over |up to |with )?$", text[:at]
    ) and re.match(r"\s*[),;/]", behind)
    if letter:
        named = re.search(
            r"(?:\b[A-Z][\w.’'-]*|\b[\w.-]*\d[\w.-]*)[ -](?:v?\d[\d.]*[ -])?$", text[max(0, at - 40) : at]
        )
        if named and not _BEFORE_SIZE.search(text[:at]):
            return page.note(replace(figure, kind="parameters"), "part of a name")
        if re.search(r"\d ?M$", written) and re.search(r"\d ?K\b|context|window|length", near):
            return page.note(replace(figure, kind="parameters"), "a length")
        if (
            written.endswith("T")
            and top < 10**15
            and re.search(r"\btoken", text, re.IGNORECASE)
            and not re.search(r"param|model", near, re.IGNORECASE)
        ):
            return page.note(replace(figure, kind="tokens"), "tokens or parameters, not said")
    elif not in_brackets:
        if top < 10**8 and not re.search(r"param", text, re.IGNORECASE):
            return page.note(replace(figure, kind="parameters"), "counts what is not said")
        if (
            phrase("it-was").search(text[:at])
            and page.facts
            and page.facts[-1].kind == "tokens"
            and figure.at - page.facts[-1].at < 250
            and top >= 2 * 10**11
        ):
            return _said_before(page, here, "tokens")
        named_before = re.search(
            r"\s(?:is|was|has|had|counts|carries) (?:about |around |some |only |just |roughly )?$", text[:at]
        )
        own = named_before is not None and any(
            stop == figure.sentence.start + named_before.start() for _, stop in page.names_in(figure.sentence)
        )
        beside_name = (
            page.topical
            and top >= 10**8
            and phrase("beside-name").search(text[:at])
            and re.match(r"\s*(?:$|[.,;)]|and\b|though\b)", text[end:])
        )
        sized = (
            beside_name
            or (top >= 10**8 and page.topical and (own or phrase("model-of").search(text[:at])))
            or (
                10**8 <= top < 2 * 10**11
                and params_at >= 0
                and phrase("it-was").search(text[:at]) is not None
            )
        ) or (
            (page.named or page.topical)
            and (
                _SIZED.search(text[:at])
                or re.search(r"\bsizes?\b[^.;]{0,40}$", text[:at])
                or (page.named and re.match(r"\s*[.,;]?\s*$", text[end:]) and re.search(r",\s*$", text[:at]))
            )
            and re.search(r"\bparam", page.text, re.IGNORECASE)
        )
        if not sized and (tokens_at > params_at or params_at < 0):
            return page.note(replace(figure, kind="parameters"), "counts what is not said")
    role = figure.role or ("active" if active_near(text, at, end) else "total")
    page.add(
        figure,
        "parameters",
        "parameters.unit-left-out",
        "a size that stands alone",
        here.told(),
        role=role,
        **amount(quantity),
    )
    stem = re.match(r"[\d.]+", written)
    right = figure
    if stem and quantity.value:  # "in sizes of 7, 13, 33 and 65 billion"
        for left in reversed([f for f in here.figures if f.end <= figure.at]):
            held = left.quantity
            if (
                left.rule != "figure.num"
                or held is None
                or held.value is None
                or held.value >= 1000
                or not between_members(page.text, left.end, right.at)
            ):
                break
            sized_like = replace(held, value=held.value * quantity.value / Decimal(stem[0]))
            page.add(
                left,
                "parameters",
                "parameters.unit-left-out",
                "in a list of sizes",
                here.told(),
                role=role,
                **amount(sized_like),
            )
            right = left
    return None


def count_left_out(page: Page, here: Here) -> bool:
    """Read "which used 1,024 A800s, Shale needed only 128" as a count of the devices before; return whether it was."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    last = page.facts[-1] if page.facts else None
    quantity = here.quantity
    if (
        last is None
        or last.kind != "hardware"
        or last.value is None
        or figure.at - last.at_end > 90
        or quantity.value is None
        or quantity.value < 2
    ):
        return False
    if not phrase("needed-only").search(text[:at]) or not re.match(
        r"\s*(?:$|[.,;)]|\b(?:for (?:the|its|both)|of them)\b)", text[end:]
    ):
        return False
    if quantity.value < 8 or re.match(r"(?:19|20)\d\d$", text[at:end]):
        return False
    page.add(
        figure,
        "hardware",
        "hardware.count-left-bare",
        "a count of the devices before",
        here.told(),
        device=last.device,
        use="training",
        **amount(quantity),
    )
    return True


def money_left_out(page: Page, here: Here, *, spoken: bool = False) -> bool:
    """Read "it cost a billion" as money, in the currency that the text uses; return whether it was."""
    figure, text, at, end = here.figure, here.text, here.at, here.end
    if (
        (
            not spoken
            and not _COST_BEFORE.search(text[max(0, at - 60) : at])
            and not re.search(r"\d ?mil$|\bhundred mil$", text[at:end])
            and not (
                page.facts
                and page.facts[-1].kind == "cost"
                and figure.at - page.facts[-1].at < 400
                and _RUN_WAS.search(text[max(0, at - 60) : at])
            )
        )
        or re.match(r"\s?(?:param|token|of (?:them|those)|[a-z]+ (?:param|token))", text[end:])
        or re.match(r"\s(?:GPU|H100|A100|chips?|hours?|[A-Z]\w+ hours?)", text[end:])
    ):
        return False
    return sum_of(page, here)
