"""Make the pictures of the report that the README shows: python -m benchmarks.screenshots

Reads the example pages into a new ledger, writes the report and photographs it in a headless browser
(apt-get install chromium chromium-driver). The pictures go to docs/images.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser import browser, prefer, visit

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 300_000  # bytes


def photograph(driver: Any, name: str, *, width: int, height: int, scale: float = 1.0) -> None:
    """Write what the window shows to docs/images/NAME.png."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 500},
    )
    target = IMAGES / f"{name}.png"
    driver.save_screenshot(str(target))
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}: {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"{target.name} is larger than {LARGEST:,} bytes")


def point_at(driver: Any, name: str) -> None:
    """Show what a reader sees who points at the mark whose label begins so."""
    driver.execute_script(
        "const marks = [...document.querySelectorAll('#chart .mark')];"
        "(marks.find((one) => one.getAttribute('aria-label').startsWith(arguments[0])) || marks[0]).focus({preventScroll: true});",
        name,
    )


def main() -> None:
    """Make all three."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        db, page = Path(folder) / "examples.duckdb", Path(folder) / "ledger.html"
        for command in (
            ["ingest", "examples", "--db", str(db)],
            ["check", "--db", str(db)],
            ["report", str(page), "--db", str(db)],
        ):
            subprocess.run(
                [sys.executable, "-m", "cli", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
        with browser(width=1280, height=1130) as driver:
            prefer(driver, "light")
            visit(driver, page.as_uri())
            photograph(driver, "report-light", width=1280, height=1130)
            prefer(driver, "dark")
            visit(driver, page.as_uri() + "#timeline")
            point_at(driver, "DeepSeek-V3")
            photograph(driver, "report-dark", width=1280, height=900)
            prefer(driver, "light")
        with browser(width=390, height=844) as driver:
            visit(driver, page.as_uri() + "#timeline-title")
            photograph(driver, "report-phone", width=390, height=844, scale=1.5)


if __name__ == "__main__":
    main()
