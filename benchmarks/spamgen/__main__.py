"""Command line of the generator: write, score, run. See the package's docstring."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.spamgen import build, score


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spamgen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--half", choices=("tune", "report", "all"), default="all")
    shared.add_argument("--seed", type=int, default=1)
    shared.add_argument("--count", type=int, default=720, help="articles with spam, over both halves")
    shown = argparse.ArgumentParser(add_help=False)
    shown.add_argument(
        "--errors",
        type=int,
        default=0,
        help='describe so many of the worst pages (of the half "tune" if both are scored)',
    )
    shown.add_argument("--json", action="store_true")
    writing = commands.add_parser("write", parents=[shared], help="write pages and truth.jsonl")
    writing.add_argument("folder", type=Path)
    scoring = commands.add_parser("score", parents=[shown], help="score `costline clean --jsonl` output")
    scoring.add_argument("folder", type=Path)
    scoring.add_argument("predictions", type=Path)
    running = commands.add_parser(
        "run", parents=[shared, shown], help="write, clean with this checkout, score"
    )
    running.add_argument(
        "--pages", type=Path, help="clean and score the pages of a folder with a truth.jsonl instead"
    )
    asked = parser.parse_args(arguments)

    if asked.command == "write":
        made = build.write(asked.folder, build.documents(seed=asked.seed, count=asked.count, half=asked.half))
        print(f"{made} pages and truth.jsonl in {asked.folder}", file=sys.stderr)
        return 0
    if asked.command == "score":
        results = score.score(
            score.read_lines(asked.folder / "truth.jsonl"), score.read_lines(asked.predictions)
        )
    else:
        from benchmarks.spamgen import run  # only here: the program need not exist to write or score

        if asked.pages is not None:
            truths = score.read_lines(asked.pages / "truth.jsonl")
            truths = [truth for truth in truths if asked.half in ("all", truth["half"])]
            _show(score.score(truths, run.predictions(asked.pages, truths)), asked)
            return 0
        with tempfile.TemporaryDirectory() as folder:
            build.write(Path(folder), build.documents(seed=asked.seed, count=asked.count, half=asked.half))
            truths = score.read_lines(Path(folder) / "truth.jsonl")
            results = score.score(truths, run.predictions(Path(folder), truths))
    _show(results, asked)
    return 0


def _show(results: list[score.Result], asked: argparse.Namespace) -> None:
    """Print the figures and, where asked for, the worst pages."""
    print(
        json.dumps(score.summary(results), ensure_ascii=False, indent=1)
        if asked.json
        else score.tables(results)
    )
    if asked.errors:
        print(score.worst(results, asked.errors))


if __name__ == "__main__":
    raise SystemExit(main())
