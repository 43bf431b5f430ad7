"""A real headless browser for tests: Debian's chromium through its own driver, nothing downloaded."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def browser(*, width: int = 1280, height: int = 900) -> Iterator[Any]:
    """Start a browser; where none is found, skip (or fail, if COSTLINE_NO_SKIPS is set)."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        why = "needs chromium and chromedriver: apt-get install chromium chromium-driver"
        if os.environ.get("COSTLINE_NO_SKIPS"):
            pytest.fail(why)
        pytest.skip(why)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    # Chrome's own services (updates, field trials) would make requests that are not the page's
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
                 "--disable-component-update", "--no-first-run", "--disable-sync", "--hide-scrollbars"):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    try:
        resize(made, width, height)
        yield made
    finally:
        made.quit()


def resize(driver: Any, width: int, height: int = 900) -> None:
    """Give the page a size in CSS pixels (a window can't be as narrow as a phone)."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def prefer(driver: Any, scheme: str) -> None:
    """Let the page think that its reader prefers "light" or "dark"."""
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


def visit(driver: Any, address: str) -> None:
    """Open a page afresh and wait until its script has drawn it."""
    from selenium.webdriver.support.ui import WebDriverWait

    driver.get("about:blank")
    driver.get_log("performance")
    driver.get_log("browser")
    driver.get(address)
    WebDriverWait(driver, 60).until(
        lambda d: d.execute_script("return document.documentElement.dataset.ready === 'yes'")
    )


def requests(driver: Any) -> list[str]:
    """Return every address that was asked for since visit() or the last call."""
    told = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]


def complaints(driver: Any) -> list[str]:
    """Return what the browser's console said: script errors, refusals of the content policy."""
    return [
        entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")
    ]
