"""Pages from files: what each kind gives, and one clear failure for what can't be read."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.fetch.codings import layers_of, undo
from pipeline.fetch.local import read_local
from schemas.errors import FetchError
from schemas.records import Failure, Page

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HTML = b"<html><body><p>It cost $5 million to train.</p></body></html>"


def read(path: Path) -> list[Page | Failure]:
    return list(read_local(path, now=NOW))


def test_files_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(HTML)
    (tmp_path / "b.HTM").write_bytes(HTML)
    (tmp_path / "c.txt").write_text("Title\n\nText")
    lines = [
        {"id": "x", "text": "T", "published": "2024-01-02", "model": "Q", "title": "H", "url": "http://e.x/"}
    ]
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    (tmp_path / "ignored.css").write_text("p{}")
    (tmp_path / ".hidden.html").write_bytes(HTML)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "e.html").write_bytes(HTML)
    got = read(tmp_path)
    assert [(p.id, p.media) for p in got if isinstance(p, Page)] == [
        ("a", "html"), ("b", "html"), ("c", "text"), ("x", "clean"), ("e", "html"),
    ]  # fmt: skip
    line = got[3]
    assert isinstance(line, Page) and line.url == "http://e.x/" and line.body == b"T"
    assert dict(line.hints) == {"title": "H", "published": "2024-01-02", "model": "Q"}
    assert all(p.fetched_at == NOW for p in got if isinstance(p, Page))


@pytest.mark.parametrize(
    ("name", "content", "stage", "reason"),
    [
        ("a.html", b"", "source", "empty"),
        ("a.html", b"%PDF-1.7\n...", "decode", "not a page: PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n....", "decode", "not a page: PNG picture"),
        ("a.docx", b"PK", "source", "unknown kind of file"),
        ("a.jsonl", b"\n\n", "source", "empty"),
        ("a.jsonl", b"{bad", "source", "bad line"),
        ("a.jsonl", b"[1]", "source", "bad line"),
        ("a.jsonl", b'{"id": "x"}', "source", "bad line"),
        ("a.jsonl", b'{"text": "x"}', "source", "bad line"),
        ("a.jsonl", b"\xff\xfe{", "source", "bad line"),
        ("a.jsonl", b"[" * 100_000, "source", "bad line"),
        ("a.warc", b"nothing of the kind", "source", "broken archive"),
        ("a.warc.gz", b"\x1f\x8b\x08broken", "source", "broken archive"),
    ],
)
def test_bad_file_is_one_failure(tmp_path: Path, name: str, content: bytes, stage: str, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    got = read(tmp_path / name)
    assert len(got) == 1 and isinstance(got[0], Failure), got
    assert (got[0].stage, got[0].reason) == (stage, reason)
    assert name in got[0].input and "\n" not in got[0].hint


def test_missing_unreadable_and_empty_folder(tmp_path: Path) -> None:
    assert [f.reason for f in read(tmp_path / "no.html") if isinstance(f, Failure)] == ["no such file"]
    assert [f.reason for f in read(tmp_path) if isinstance(f, Failure)] == ["nothing to read"]
    locked = tmp_path / "l.html"
    locked.write_bytes(HTML)
    locked.chmod(0)
    if os.geteuid() != 0:
        assert [f.reason for f in read(locked) if isinstance(f, Failure)] == ["permission denied"]


def test_a_bad_line_leaves_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "one"}\nbroken\n{"id": "3", "text": "\\ud800x"}\n')
    got = read(tmp_path / "a.jsonl")
    assert [type(item).__name__ for item in got] == ["Page", "Failure", "Page"]
    assert isinstance(got[1], Failure) and got[1].input.endswith("a.jsonl:2")


def warc(path: Path, *records: tuple[str, bytes, list[tuple[str, str]]], packed: bool = True) -> None:
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        for url, body, headers in records:
            http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http)
            )


def test_warc_records_become_pages(tmp_path: Path) -> None:
    html = [("Content-Type", "text/html; charset=ISO-8859-1")]
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML)
    warc(
        tmp_path / "a.warc.gz",
        ("http://e.x/1", HTML, html),
        ("http://e.x/2", gzip.compress(HTML), [*html, ("Content-Encoding", "gzip")]),
        ("http://e.x/3", chunked, [*html, ("Transfer-Encoding", "chunked")]),
        ("http://e.x/4", b"\x89PNG", [("Content-Type", "image/png")]),
        ("http://e.x/5", b"%PDF-1.4", html),
        ("http://e.x/6", gzip.compress(b"0" * (70 << 20)), [*html, ("Content-Encoding", "gzip")]),
        ("http://e.x/1", HTML, html),
    )
    got = read(tmp_path / "a.warc.gz")
    pages = [item for item in got if isinstance(item, Page)]
    assert [p.url for p in pages] == ["http://e.x/1", "http://e.x/2", "http://e.x/3"]
    assert all(p.body == HTML and p.charset == "iso-8859-1" for p in pages)
    assert [f.reason for f in got if isinstance(f, Failure)] == ["not a page: PDF", "decompression bomb"]


def test_a_revisit_of_another_address_is_followed(tmp_path: Path) -> None:
    with (tmp_path / "a.warc").open("wb") as out:
        writer = WARCWriter(out, gzip=False)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        first = writer.create_warc_record(
            "http://e.x/1", "response", payload=io.BytesIO(HTML), http_headers=http
        )
        writer.write_record(first)
        digest = first.rec_headers.get_header("WARC-Payload-Digest")
        for url in ("http://e.x/2", "http://e.x/1"):
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            date = "2026-02-03T04:05:06Z"
            writer.write_record(
                writer.create_revisit_record(url, digest, "http://e.x/1", date, http_headers=http)
            )
    got = read(tmp_path / "a.warc")
    assert [p.url for p in got if isinstance(p, Page)] == ["http://e.x/1", "http://e.x/2"]


PACK = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize(
    "layers", ["", "gzip", "x-gzip", "deflate", "br", "zstd", "gzip, br", "deflate,zstd,gzip"]
)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_codings_round_trip(layers: str, size: int) -> None:
    body = os.urandom(300_000) + b"a" * 300_000
    data = body
    for layer in layers_of(layers):
        data = PACK[layer.removeprefix("x-")](data)
    size = max(size, len(data) // 5000) if size < 100 else size
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert b"".join(undo(pieces, layers_of(layers), most_bytes=1 << 20)) == body


def test_raw_deflate_and_several_gzip_members() -> None:
    engine = zlib.compressobj(wbits=-15)
    raw = engine.compress(HTML) + engine.flush()
    assert b"".join(undo([raw], ("deflate",), most_bytes=1000)) == HTML
    two = gzip.compress(HTML) + gzip.compress(HTML)
    assert b"".join(undo([two], ("gzip",), most_bytes=1000)) == HTML * 2


@pytest.mark.parametrize("layer", ["gzip", "deflate", "br", "zstd"])
def test_bombs_truncation_and_rubbish(layer: str) -> None:
    bomb = PACK[layer](b"\0" * (64 << 20))
    with pytest.raises(FetchError) as stopped:
        for _ in undo([bomb], (layer,), most_bytes=32 << 20):
            pass
    assert stopped.value.reason == "decompression bomb"
    stacked = gzip.compress(bomb)
    with pytest.raises(FetchError, match="unfold"):
        for _ in undo([stacked], (layer, "gzip"), most_bytes=1 << 30):
            pass
    with pytest.raises(FetchError):
        list(undo([b"no such data at all" * 9], (layer,), most_bytes=1000))
    whole = PACK[layer](os.urandom(5000))
    with pytest.raises(FetchError) as stopped:
        list(undo([whole[:3000]], (layer,), most_bytes=10_000))
    assert stopped.value.reason == "truncated"


@pytest.mark.parametrize("header", ["compress", "gzip, gzip, gzip, gzip", "aws-chunked"])
def test_unknown_codings_are_refused(header: str) -> None:
    with pytest.raises(FetchError):
        layers_of(header)
