"""Ingest N pages from a local server twice: time, requests, what is stored, memory as it goes.

    python -m benchmarks.crawl_runs 1000             pages are read in full
    python -m benchmarks.crawl_runs 10000 --fetch    pages are only fetched and stored (memory of the crawler)

The server runs in a process of its own, so that nothing of it is counted.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path

from db.crawl import CrawlStore
from pipeline.crawl import Crawler
from pipeline.fetch.sources import source_of
from pipeline.run import WARM_UP, process
from pipeline.settings import load
from schemas.records import Outcome, Page, Rejected
from tests.faults import story
from tests.webserver import Handler, Server, serving


def set_aside(page: Page) -> Outcome:
    """A stage that reads nothing."""
    rejected = Rejected(page.id, page.source, page.sha256, page.fetched_at, "no_article", url=page.url)
    return Outcome(input=page.source, page=page, rejected=rejected)


def lay_out(server: Server, pages: int) -> None:
    """Serve so many small pages and a sitemap of them."""
    for n in range(pages):
        server.page(f"/2026/story-{n}", story(f"story number {n}").encode())
    urls = "".join(f"<url><loc>{server.url(f'/2026/story-{n}')}</loc></url>" for n in range(pages))
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    server.page("/sitemap.xml", body.encode(), kind="application/xml")

    def counted(handler: Handler) -> None:
        asked, server.seen = server.seen[:-1], []
        conditional = sum("If-None-Match" in headers for _, headers in asked)
        handler.answer(f"{len(asked)} requests, {conditional} of them conditional".encode())

    server.routes["/counted"] = counted


def resident() -> float:
    """Return this process's resident memory in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Run twice and print a line a thousand pages and a line a run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pages", nargs="?", type=int, default=1_000)
    options.add_argument("--fetch", action="store_true")
    told = options.parse_args()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with serving() as server:
            lay_out(server, told.pages)
            os.write(writer, server.authority.encode())
            signal.pause()
    authority = os.read(reader, 100).decode()
    marks = 0

    def progress(done: int, total: int) -> None:
        nonlocal marks
        if done // 1_000 > marks:
            marks = done // 1_000
            print(f"  {done} pages: {resident():.0f} MB", flush=True)

    settings = load(allow_hosts=[authority], host_delay=0, environ={})
    stage = set_aside if told.fetch else partial(process, triage=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("first", "second"):
                marks = 0
                begun = time.monotonic()
                with CrawlStore.open(Path(folder) / "ledger.duckdb") as store:
                    crawler = Crawler(store, settings, stage, warm_up=WARM_UP, progress=progress)
                    summary = crawler.run([source_of(f"http://{authority}/sitemap.xml")])
                seconds = time.monotonic() - begun
                with urllib.request.urlopen(f"http://{authority}/counted") as counted:
                    asked = counted.read().decode()
                print(
                    f"{name} run: {seconds:.1f} s; {asked}; {summary.counts}; {resident():.0f} MB", flush=True
                )
    finally:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
