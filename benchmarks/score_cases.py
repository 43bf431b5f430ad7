"""How the reader does on our own sentences (tests/cases/*.jsonl), by theme.

Facts are compared as the shared scorer compares them (kind, number within its tolerance, currency,
scope, device, direction; the model for the strict score), in a form short enough to need nothing
beside the project. A case is one line: id, theme, lookalike, text, facts, and where they apply
tolerated, decoys, aliases. Facts marked "negated" are denials: each must be stored as negated, with
its number, and must not be affirmed. A look-alike must yield no fact that stands.

Usage: python -m benchmarks.score_cases [--errors N] [--theme THEME]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import facts as reading
from schemas.records import Article, content_id
from schemas.words import NUMBER_FIELD

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
#: Largest relative difference between two equal numbers; one percent for kinds not named here.
TOLERANCE = {
    "duration": 0.03,
    "device_hours": 0.03,
    "energy": 0.02,
    "emissions": 0.02,
    "compute": 0.02,
    "trend": 0.02,
}
_VENDOR = re.compile(
    r"\b(nvidia|google|cloud|amd|intel|huawei|amazon|aws|instinct|geforce|tesla|habana|gpus?|cards?|chips?|"
    r"accelerators?|servers?|systems?|pods?|nodes?|superchips?|\d+ ?gb)\b"
)
_SIZE = re.compile(r"(?<![\d.])(\d+[x×])?\d+(\.\d+)?[bmt]$")

Record = dict[str, Any]


@dataclass
class Score:
    """Counts over some cases; every property is a share, 1.0 where there was nothing to do."""

    found: int = 0
    strict: int = 0
    missed: int = 0
    extra: int = 0
    lookalikes: int = 0
    clean_lookalikes: int = 0
    denials: int = 0
    kept_denials: int = 0
    details: dict[str, list[bool]] = field(default_factory=lambda: {"op": [], "basis": [], "role": []})
    errors: list[tuple[str, str, Record]] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """F1 of facts with the right kind and number."""
        return _share(2 * self.found, 2 * self.found + self.missed + self.extra)

    @property
    def strict_f1(self) -> float:
        """F1 of facts with the right model as well."""
        return _share(2 * self.strict, 2 * self.found + self.missed + self.extra)

    @property
    def quiet(self) -> float:
        """Share of look-alikes that yield nothing."""
        return _share(self.clean_lookalikes, self.lookalikes)

    @property
    def negated(self) -> float:
        """Share of denied figures stored as negated and not affirmed."""
        return _share(self.kept_denials, self.denials)

    def detail(self, name: str) -> float:
        """Share of the found facts whose op, basis or role is right, where the label says one."""
        return _share(sum(self.details[name]), len(self.details[name]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def load() -> list[Record]:
    """Return every case, in the order of files and lines."""
    lines = (line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text("utf-8").split("\n"))
    return [json.loads(line) for line in lines if line]


def article(case: Record) -> Article:
    """Return a case's text as a cleaned article without title, date or address."""
    return Article(
        id=case["id"],
        source=f"{case['id']}.txt",
        page_sha256=content_id("case", case["text"]),
        fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        text=case["text"],
    )


def read(case: Record) -> list[Record]:
    """Return the facts that the reader finds in a case, in the public format."""
    return [fact.to_json() for fact in reading.read(article(case)).facts]


def _squash(text: object) -> str:
    plain = unicodedata.normalize("NFKC", str(text or "")).lower().replace("×", "x")
    return "".join(letter for letter in plain if letter.isalnum())


def _device(name: object) -> str:
    return re.sub(r"s$", "", _squash(_VENDOR.sub(" ", str(name or "").lower().replace("-", " ")))) or "gpu"


def _bounds(fact: Record) -> tuple[float, float] | None:
    if fact.get("low") is not None and fact.get("high") is not None:
        return float(fact["low"]), float(fact["high"])
    value = fact.get(NUMBER_FIELD.get(fact["kind"], "value"))
    return None if value is None else (float(value), float(value))


def _close(one: Any, other: Any, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * abs(other) + 1e-12


def _number(want: Record, got: Record) -> bool:
    if want["kind"] == "hardware":
        counts = want["count"] if isinstance(want["count"], list) else [want["count"]]
        count = got.get("count")
        return any(
            count == other if None in (count, other) else _close(count, other, 0.01) for other in counts
        )
    mine, theirs = _bounds(want), _bounds(got)
    if mine is None or theirs is None:
        return mine == theirs
    tolerance = TOLERANCE.get(want["kind"], 0.01)
    if want.get("vague"):
        return mine[0] * 0.99 <= theirs[0] <= mine[1] * 1.01
    return _close(theirs[0], mine[0], tolerance) and _close(theirs[1], mine[1], tolerance)


def _organization(one: object, other: object) -> bool:
    """Tell whether the words of one name stand in the other, or are its initials."""
    short, long = sorted((re.findall(r"\w+", str(x or "").lower()) for x in (one, other)), key=len)
    initials = "".join(word[0] for word in long if word not in ("of", "the", "for"))
    inside = any(long[i : i + len(short)] == short for i in range(len(long)))
    return bool(short) and (inside or "".join(short) == initials)


def same_model(want: Record, got: Record, aliases: dict[str, list[str]]) -> bool | None:
    """Tell whether both name one model (a family and its size agree); None where want names none."""
    if not want.get("model"):
        return None
    if not got.get("model"):
        return False

    def parts(name: str) -> tuple[str, str]:
        text = unicodedata.normalize("NFKC", name).lower().replace("×", "x").strip()
        size = _SIZE.search(text)
        return (_squash(text[: size.start()]), size[0]) if size and size.start() else (_squash(text), "")

    names = [want["model"], *aliases.get(want["model"], ())]
    family, size = parts(got["model"])
    return any(
        _squash(name) == _squash(got["model"]) or (parts(name)[0] == family and "" in (size, parts(name)[1]))
        for name in names
    )


def same(want: Record, got: Record, aliases: dict[str, list[str]]) -> bool:
    """Tell whether a fact that was read says what a labelled one says; the model is left aside."""
    if want["kind"] != got["kind"]:
        return False
    if want["kind"] == "developer":
        right_model = same_model(want, got, aliases) is not False
        return right_model and _organization(want["organization"], got.get("organization"))
    if not _number(want, got):
        return False
    named = want.get("device") if isinstance(want.get("device"), list) else [want.get("device")]
    devices, device = {_device(name) for name in named}, _device(got.get("device"))
    scopes = [want.get("scope"), *want.get("scope_or", ())]
    checks = {
        "hardware": device in devices,
        "price": want.get("currency") == got.get("currency") and device in {*devices, "gpu"},
        "cost": want.get("currency") == got.get("currency") and got.get("scope") in scopes,
        "trend": want.get("direction") == got.get("direction"),
    }
    return checks.get(want["kind"], True)


def _pair(
    wanted: list[Record], got: list[Record], aliases: dict[str, list[str]]
) -> tuple[dict[int, int], set[int]]:
    """Pair wanted facts with read ones, right models first: {wanted: read}, and the read ones used."""
    pairs: dict[int, int] = {}
    for strict in (True, False):
        for w, want in enumerate(wanted):
            for g, fact in enumerate(got):
                if w in pairs or g in pairs.values() or not same(want, fact, aliases):
                    continue
                if not strict or same_model(want, fact, aliases) is not False:
                    pairs[w] = g
    return pairs, set(pairs.values())


def _details(score: Score, want: Record, got: Record) -> None:
    """Count what a found fact says beside its number."""
    if want["kind"] != "developer":
        score.details["op"].append(want["op"] == got["op"])
    if "basis" in want and want["kind"] == "cost":
        score.details["basis"].append(got.get("basis") in [want["basis"], *want.get("basis_or", ())])
    if want["kind"] == "parameters":
        score.details["role"].append(want.get("role", "total") == got.get("role", "total"))


def add(score: Score, case: Record, facts: list[Record]) -> None:
    """Count one case: facts as read, in the public format."""
    aliases = case.get("aliases", {})
    standing = [fact for fact in facts if not fact.get("negated")]
    got = [fact for fact in standing if not fact.get("derived")]
    wanted = [fact for fact in case["facts"] if not fact.get("negated")]
    tolerated = case.get("tolerated", [])
    pairs, used = _pair(wanted, got, aliases)
    for w, want in enumerate(wanted):
        if w not in pairs:
            score.missed += 1
            score.errors.append(("miss", case["id"], want))
            continue
        score.found += 1
        _details(score, want, got[pairs[w]])
        if same_model(want, got[pairs[w]], aliases) is False:
            score.errors.append(("link", case["id"], {**want, "read": got[pairs[w]].get("model")}))
        else:
            score.strict += 1
    free = [*tolerated, *(wanted[w] for w in pairs)]
    for g, fact in enumerate(got):
        if g not in used and not any(same(want, fact, aliases) for want in free):
            score.extra += 1
            score.errors.append(("extra", case["id"], fact))
    if case["lookalike"]:
        score.lookalikes += 1
        score.clean_lookalikes += not standing
    for denied in (fact for fact in case["facts"] if fact.get("negated")):
        score.denials += 1
        kept = any(fact.get("negated") and same(denied, fact, aliases) for fact in facts)
        affirmed = any(same(denied, fact, aliases) for fact in standing)
        score.kept_denials += kept and not affirmed
        if not kept or affirmed:
            score.errors.append(("affirmed" if affirmed else "lost", case["id"], denied))


def score_all(cases: Iterable[Record]) -> dict[str, Score]:
    """Read and count the cases: {theme: Score}, with "overall" last."""
    themes: dict[str, Score] = {}
    overall = Score()
    for case in cases:
        facts = read(case)
        add(themes.setdefault(case["theme"], Score()), case, facts)
        add(overall, case, facts)
    return {**dict(sorted(themes.items())), "overall": overall}


def main(argv: list[str] | None = None) -> None:
    """Print the table, then the first errors where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="list the first N errors")
    parser.add_argument("--theme", help="only the cases of this theme")
    options = parser.parse_args(argv)
    cases = [case for case in load() if options.theme in (None, case["theme"])]
    scores = score_all(cases)
    print(f"{'theme':14} {'facts':>6} {'F1':>6} {'strict':>6} {'look-alikes quiet':>18} {'denials kept':>13}")
    for theme, score in scores.items():
        quiet = f"{score.clean_lookalikes}/{score.lookalikes}" if score.lookalikes else "-"
        denied = f"{score.kept_denials}/{score.denials}" if score.denials else "-"
        facts = score.found + score.missed
        print(f"{theme:14} {facts:6} {score.f1:6.3f} {score.strict_f1:6.3f} {quiet:>18} {denied:>13}")
    overall = scores["overall"]
    print("of the facts found:", ", ".join(f"{name} {overall.detail(name):.3f}" for name in overall.details))
    for what, case_id, fact in overall.errors[: options.errors]:
        print(what, case_id, json.dumps(fact, ensure_ascii=False))


if __name__ == "__main__":
    main()
