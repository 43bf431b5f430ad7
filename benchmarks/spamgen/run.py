"""Clean generated pages with this checkout."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipeline.clean import clean
from schemas.errors import ReadError
from schemas.records import Page, Rejected


def predictions(folder: Path, truths: list[dict]) -> list[dict]:  # type: ignore[type-arg]
    """Clean each page that `truths` names; return lines as `costline clean --jsonl` would print them."""
    out = []
    for truth in truths:
        path = folder / truth["file"]
        media = "text" if path.suffix == ".txt" else "html"
        page = Page(
            truth["id"], str(path.name), path.read_bytes(), media, dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
        )
        try:
            made = clean(page)
        except ReadError as error:
            out.append(
                {
                    "id": truth["id"],
                    "title": None,
                    "text": "",
                    "rejected": f"read error: {error}",
                    "removed": [],
                }
            )
            continue
        line = {
            "id": truth["id"],
            "title": made.title,
            "removed": [{"text": cut.text, "reason": cut.reason, "rule": cut.rule} for cut in made.removed],
        }
        if isinstance(made, Rejected):
            out.append({**line, "text": "", "rejected": made.reason})
        else:
            out.append({**line, "text": made.text})
    return out
