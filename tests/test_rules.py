"""Every rule of pipeline/rules/figures and senses.toml runs its own examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import rulebook
from pipeline.facts import unnamed
from pipeline.facts.common import phrase
from pipeline.facts.senses import senses
from pipeline.mentions.devices import devices
from pipeline.mentions.figures import compile_pattern, find
from pipeline.mentions.sentences import Sentence
from schemas.errors import RuleError

KINDS = rulebook.toml("figures/kinds.toml")["rule"]
SHAPES = rulebook.toml("figures/devices.toml")["shape"]
TRIGGERS = rulebook.toml("senses.toml")["trigger"]


def _spans(text: str, rule: str) -> list[str]:
    figures, _ = find(text, Sentence(0, len(text), "paragraph", 0))
    return [text[f.at : f.end] for f in figures if f.rule == rule]


@pytest.mark.parametrize("rule", KINDS, ids=[rule["id"] for rule in KINDS])
def test_kind(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"id", "label", "why", "pattern", "fires_on", "quiet_on", "priority", "last"}
    assert rule["why"] and rule["fires_on"] and rule["quiet_on"]
    for example in rule["fires_on"]:
        figures, _ = find(example["text"], Sentence(0, len(example["text"]), "paragraph", 0))
        kinds = {(example["text"][f.at : f.end], f.kind) for f in figures}
        assert (example["span"], rule["label"].partition(".")[0]) in kinds, example["text"]
    for text in rule["quiet_on"]:
        assert _spans(text, rule["id"]) == [], text


def test_ids_are_unique() -> None:
    ids = [rule["id"] for rule in [*KINDS, *SHAPES, *TRIGGERS]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z_]+\.[a-z0-9-]+", name) for name in ids)


@pytest.mark.parametrize("rule", TRIGGERS, ids=[rule["id"] for rule in TRIGGERS])
def test_trigger(rule: dict[str, Any]) -> None:
    for key, wanted in (("fires_on", True), ("quiet_on", False)):
        for example in rule[key]:
            text, figure = example["text"], example["figure"]
            at = text.index(figure)
            sentence, following = text, ""
            cut = re.search(r"[.?!] (?=[A-Z])", text[at:])
            if rule["scope"] == "previous" and cut:
                sentence, following = text[: at + cut.end()].strip(), text[at + cut.end() :]
            found = senses(sentence, at, at + len(figure), following)
            assert (found.get(rule["sense"]) == rule["id"]) is wanted, (text, found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("on 2,048 Nvidia H800s", ["H800"]),
        ("NVIDIA A100-SXM4-80GB GPUs", ["A100", "GPU"]),
        ("a TPU v3-512 slice", ["TPU v3"]),
        ("64 fourth-generation TPUs", ["TPU v4"]),
        ("eight GTX 1080 Ti cards", ["GTX 1080 Ti"]),
        ("four 1080Ti cards", ["GTX 1080 Ti"]),
        ("560 DGX A100 servers", ["DGX A100"]),
        ("512 Ascend 910B NPUs", ["Ascend 910B", "NPU"]),
        ("8xH100", ["H100"]),
        ("the A10 motorway", []),
        ("Trillium chips", ["TPU v6e"]),
        ("the A100 motorway in Berlin", []),
        ("a model called GPT-4", []),
        ("B200 printers", []),
    ],
)
def test_devices(text: str, names: list[str]) -> None:
    assert [d.name for d in devices(text, 0, len(text))] == names


def test_a_bad_pattern_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="my-rule"):
        compile_pattern("Q ((", "my-rule")


def test_every_phrase_is_used_and_every_used_one_exists() -> None:
    told = rulebook.toml("figures/phrases.toml")["phrase"]
    room = Path(__file__).resolve().parent.parent / "pipeline" / "facts"
    used = {
        name
        for path in room.glob("*.py")
        for name in re.findall(r'(?<!def )\bphrase\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used | {*unnamed.IN_FRONT, *unnamed.BEHIND} == set(told)
    for name, entry in told.items():
        assert set(entry) <= {"why", "pattern", "case"}
        assert entry["why"] and phrase(name).pattern
    with pytest.raises(RuleError, match="no-such"):
        phrase("no-such")
