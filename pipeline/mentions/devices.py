"""Names of accelerators -> their canonical short family, by shape, with a lexicon for spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.sieve import Sieve

_VENDORS: Final = (
    r"(?:(?:NVIDIA|Nvidia|nvidia|NVidia|AMD|Google|Google Cloud|Cloud|Intel|Huawei|Amazon|AWS|Graphcore|Habana|Cerebras|Cambricon|Baidu)(?:['’]s)?[ -])?"
    r"(?:(?:Tesla|GeForce|Geforce|Quadro|Instinct|Radeon(?: Instinct)?|Ampere|Hopper|Volta|Pascal|Blackwell|Ada|Turing)[ -])?"
)
_TAIL: Final = r"(?:[ -]?(?:SXM\d?|PCI-?[Ee]|NVL(?:72|\d)?|Tensor[ -]Core))?(?:[ -]?\(?\d{1,3}[ ]?G[Bb](?:[ ]HBM\d?e?)?\)?)?(?:[ -](?:SXM\d?|PCI-?[Ee]|NVL\d?|Tensor[ -]Core))?(?:s(?![\w]))?"
_ORDINALS: Final = {
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "sixth": "6",
    "seventh": "7",
}


@dataclass(frozen=True, slots=True)
class Device:
    """An accelerator's name in the text: [start, end), its canonical family, the shape's id.

    slice: the number of a TPU slice ("v3-512": 512), else None.
    """

    start: int
    end: int
    name: str
    rule: str
    slice: int | None = None


@cache
def _shapes() -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    shapes = rulebook.toml("figures/devices.toml")["shape"]
    body = "|".join(f"(?P<s{i}>{shape['pattern']})" for i, shape in enumerate(shapes))
    pattern = quick(
        rf"(?:(?<![A-Za-z0-9_.$/])(?<![A-Z]-)|(?<=\d[x×])){_VENDORS}(?:{body})(?:(?P<slice>-\d{{1,5}})(?=\b))?{_TAIL}(?![A-Za-z0-9_])"
    )
    return pattern, tuple((shape["id"], shape["name"]) for shape in shapes)


@cache
def _families() -> dict[str, str]:
    """Every spelling of the lexicon, squashed, -> its family."""
    out: dict[str, str] = {}
    for row in rulebook.table("lexicon/accelerators.csv"):
        for spelling in [row["family"], row["name"], *row["aliases"].split(";")]:
            out.setdefault(_squash(spelling), row["family"])
    return out


def _squash(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def canonical(name: str, shape: str) -> str:
    """Return the short family of a name that a shape matched ("Nvidia Tesla V100-SXM2" -> "V100")."""
    if shape == "tpu":
        version = re.search(
            r"v?[ -]?([1-9])(?:[ -]?(lite|e|p|i))?\b",
            re.sub(r"TPU", " ", name, flags=re.IGNORECASE),
            re.IGNORECASE,
        )
        word = re.match(r"(\w+)[ -]generation", name, re.IGNORECASE)
        if word and word[1].lower() in _ORDINALS:
            return f"TPU v{_ORDINALS[word[1].lower()]}"
        if version:
            letter = {"lite": "e"}.get((version[2] or "").lower(), (version[2] or "").lower())
            return f"TPU v{version[1]}{letter}"
        return "TPU"
    if shape == "codename":
        return "TPU v6e" if "Trillium" in name else "TPU v7"
    if shape == "generic":
        upper = name.upper()
        return (
            "TPU"
            if upper.startswith(("TPU", "TENSOR"))
            else "NPU"
            if upper.startswith(("NPU", "NEURAL"))
            else "GPU"
        )
    if shape == "cpu":
        return "CPU"
    known = _families().get(_squash(name))
    if known:
        return known
    if re.fullmatch(r"[1-5]0[5-9]0[ -]?(?:Ti)?", name):
        number = name[:4]
        series = "RTX" if number[0] in "2345" and number != "1080" else "GTX"
        return f"{series} {number}{' Ti' if 'Ti' in name else ''}"
    name = re.sub(r"^(RTX|GTX)[ -]?(?=A?\d)", r"\1 ", name)
    name = re.sub(r"^(DGX|HGX)[ -](?=[A-Z])", r"\1 ", name)
    name = re.sub(r"^Tesla ", "", name)
    return re.sub(r"[ -]?(?:\d{1,3} ?GB)$", "", name).strip()


@cache
def _ambiguous() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    told = rulebook.toml("figures/devices.toml")["ambiguous"]
    return (
        quick(told["names"]),
        quick(told["needs"]),
        quick(told["not_before_noun"], re.IGNORECASE),
        quick(told["sure"]),
    )


@cache
def _sieve() -> Sieve:
    return Sieve([quick(shape["pattern"]) for shape in rulebook.toml("figures/devices.toml")["shape"]])


def devices(text: str, start: int, end: int) -> list[Device]:
    """Find the accelerators named in text[start:end], in order, not overlapping."""
    out: list[Device] = []
    if not _sieve().of(text[start:end]):
        return out
    pattern, shapes = _shapes()
    for match in pattern.finditer(text, start, end):
        index = next(i for i in range(len(shapes)) if match[f"s{i}"] is not None)
        rule, shape = shapes[index]
        name = match[f"s{index}"]
        size = match["slice"]
        is_tpu = shape in ("tpu", "codename")
        stop = match.end()
        names, needs, not_noun, sure = _ambiguous()
        if names.match(name) and (
            not_noun.match(text[stop : stop + 24])
            or (not sure.match(name) and needs.search(text, max(0, start - 200), end + 80) is None)
        ):
            continue
        out.append(
            Device(
                match.start(), stop, canonical(name, shape), rule, int(size[1:]) if size and is_tpu else None
            )
        )
    return out
