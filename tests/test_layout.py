"""The floor plan, held: who may import whom, and what stands at the top."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"cli", "pipeline", "db", "schemas"}
MAY_IMPORT = {
    "schemas": {"schemas"},
    "pipeline": {"pipeline", "schemas"},
    "db": {"db", "schemas"},
    "cli": OURS,
}
#: Rooms inside pipeline/, and the other rooms of ours that each may look into (DESIGN: data flows one way).
ROOMS = {
    "rulebook": set(),
    "expressions": set(),
    "currencies": {"rulebook"},
    "sieve": set(),
    "numbers": {"rulebook", "expressions", "currencies", "sieve"},
    "spam": {"rulebook", "expressions"},
    "clean": {"rulebook", "expressions", "sieve", "spam"},
    "gate": {"rulebook", "expressions", "numbers"},
    "mentions": {"rulebook", "expressions", "currencies", "sieve", "numbers"},
    "facts": {"rulebook", "expressions", "currencies", "sieve", "numbers", "gate", "mentions"},
    "stories": set(),
    "crosscheck": set(),
    "fetch": {"rulebook"},
}


def sources() -> list[Path]:
    return [
        ROOT / "cli.py",
        *(path for room in ("pipeline", "db", "schemas") for path in (ROOT / room).rglob("*.py")),
    ]


def imports(path: Path) -> set[str]:
    """Return the dotted names of ours that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name}: relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] in OURS}


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_wings_do_not_import_each_other(path: Path) -> None:
    wing = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert {name.split(".")[0] for name in imports(path)} <= MAY_IMPORT[wing]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_rooms_of_the_pipeline_flow_one_way(room: str) -> None:
    base = ROOT / "pipeline" / room
    for path in [*base.rglob("*.py"), base.with_suffix(".py")]:
        if path.exists():
            seen = {
                name.split(".")[1] for name in imports(path) if name.startswith("pipeline.") and "." in name
            }
            assert seen <= ROOMS[room] | {room}, path


def test_rules_are_data_only() -> None:
    assert not list((ROOT / "pipeline" / "rules").rglob("*.py"))


def test_no_spacy_object_leaves_mentions_and_no_sql_leaves_db() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        room = path.relative_to(ROOT).as_posix()
        if "import spacy" in text or "from spacy" in text:
            assert room.startswith("pipeline/mentions"), room
        if "import duckdb" in text:
            assert room.startswith("db/"), room


def test_the_top_level_is_what_the_project_promises() -> None:
    allowed = {
        "pyproject.toml", "pipeline", "schemas", "db", "cli.py", "tests", "README.md", "Makefile", "LICENSE",
        "CHANGELOG.md", "CONTRIBUTING.md", "docs", "examples", "benchmarks", "constraints.txt", "out", "build",
    }  # fmt: skip
    made = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".") and not path.name.endswith((".egg-info", ".duckdb"))
    }
    assert made - {"__pycache__"} <= allowed
