"""The wheel, installed elsewhere, does its work: rule files and migrations travel with it."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "budget-lab-upends-frontier.html"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin folder of an empty environment that holds the wheel and what it asks for."""
    place = tmp_path_factory.mktemp("elsewhere")
    source = place / "source"
    run("git", "clone", "-q", ROOT, source, cwd=place)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", place, source, cwd=place)
    venv.create(place / "env", with_pip=True)
    wheel = next(place.glob("*.whl"))
    pip = [place / "env" / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run(*pip, "-c", ROOT / "constraints.txt", wheel, cwd=place)
    return place / "env" / "bin"


def test_the_wheel_ingests_and_shows_a_timeline(installed: Path, tmp_path: Path) -> None:
    run(installed / "costline", "ingest", EXAMPLE, "--db", tmp_path / "ledger.duckdb", cwd=tmp_path)
    shown = run(
        installed / "costline", "timeline", "--format", "json", "--basis", "all", "--db", tmp_path / "ledger.duckdb",
        cwd=tmp_path,
    )  # fmt: skip
    assert any(row["model"] == "DeepSeek-V3" for row in json.loads(shown.stdout))


def test_a_file_we_write_opens_in_duckdb_1_5(installed: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.duckdb"
    run(installed / "costline", "ingest", EXAMPLE, "--db", ledger, cwd=tmp_path)
    older = tmp_path / "older"
    run(
        sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--target", older,
        "duckdb==1.5.5", cwd=tmp_path,
    )  # fmt: skip
    script = (
        f"import sys; sys.path.insert(0, {str(older)!r}); import duckdb; assert duckdb.__version__ == '1.5.5';"
        f"print(duckdb.connect({str(ledger)!r}, read_only=True).sql('select count(*) from facts').fetchone()[0])"
    )
    assert int(run(sys.executable, "-c", script, cwd=tmp_path).stdout) > 0
