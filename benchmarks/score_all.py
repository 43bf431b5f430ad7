"""make score: the project over the labelled sets, as the shared scorers print it.

Needs ../shared beside the project. Usage:
python -m benchmarks.score_all                       every table
python -m benchmarks.score_all FOLDER [--errors N]   one folder of labelled texts (a batch of gold2)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def cli(command: str, *inputs: Path, into: Path) -> Path:
    """Run a costline command over inputs, its JSON lines into a file; return the file."""
    with into.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "cli", command, *map(str, inputs), "--jsonl"],
            cwd=ROOT,
            stdout=out,
            check=False,
        )
    if done.returncode not in (0, 1):
        raise SystemExit(f"costline {command} ended with {done.returncode}")
    return into


def score(script: str, *arguments: str | Path) -> None:
    """Run one of the shared scorers and let it print."""
    subprocess.run([sys.executable, str(SHARED / "benchmarks" / script), *map(str, arguments)], check=True)


def texts(gold: Path, into: Path) -> Path:
    """Write the gold documents' clean texts as extract takes them."""
    with into.open("w", encoding="utf-8") as out:
        for path in sorted(gold.glob("*.json")):
            doc = json.loads(path.read_text(encoding="utf-8"))
            kept = {
                "id": doc["id"],
                "text": doc["clean_text"],
                "title": doc["title"],
                "published": doc["published"],
            }
            out.write(json.dumps(kept, ensure_ascii=False) + "\n")
    return into


def main() -> None:
    """Print every table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        gold, epoch = SHARED / "gold" / "articles", SHARED / "benchmarks" / "epoch" / "dev.jsonl"
        print("== facts: gold, from text")
        clean_texts = texts(gold, place / "texts.jsonl")
        score("score.py", gold, cli("extract", clean_texts, into=place / "a.jsonl"), "--by-kind")
        print("\n== facts: gold, from pages")
        score(
            "score.py", gold, cli("extract", SHARED / "gold" / "pages", into=place / "b.jsonl"), "--by-kind"
        )
        print("\n== facts: Epoch, development half")
        score("score.py", epoch, cli("extract", epoch, into=place / "c.jsonl"), "--by-kind")
        print("\n== cleaning: gold pages")
        score(
            "score_clean.py", SHARED / "gold", cli("clean", SHARED / "gold" / "pages", into=place / "d.jsonl")
        )


def one_folder(folder: Path, errors: str) -> None:
    """Print the table of one folder of labelled texts."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        found = cli("extract", texts(folder, place / "texts.jsonl"), into=place / "found.jsonl")
        score("score.py", folder, found, "--by-kind", "--errors", errors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Score the project over the labelled sets.")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--errors", default="0")
    given = parser.parse_args()
    one_folder(given.folder, given.errors) if given.folder else main()
