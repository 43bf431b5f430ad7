"""Everything a server can do wrong, as routes of tests.webserver, each with what must come of it.

`expected` is "stored", "rejected: REASON", or "STAGE: REASON" of the failure. docs/faults.md lists those of
`faults()`; `wire_faults()` are variants for the transport alone.
"""

from __future__ import annotations

import gzip
import itertools
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import brotli
import zstandard

from tests.webserver import Handler, Route, Server


@dataclass(frozen=True, slots=True)
class Fault:
    """A route and what must come of it; `about` is a line of docs/faults.md."""

    name: str
    about: str
    route: Route
    expected: str

    def allows(self, got: str) -> bool:
        """Say whether an outcome is the expected one, or (on a busy machine) a heavy page set aside."""
        return got == self.expected or (self.expected == OR_LATE and got in ("stored", "clean: deadline", "extract: deadline"))  # fmt: skip

    @property
    def on_the_wire(self) -> bool:
        """Whether the transport itself raises it, whatever is made of the body."""
        return self.expected.startswith("fetch: ") and self.expected not in _AFTER


OR_LATE = "stored, or set aside by its deadline"
_AFTER = ("fetch: http 404", "fetch: http 500", "fetch: empty")


def story(key: str, extra: str = "") -> str:
    """Return a small honest article as HTML; key tells it from others."""
    told = "".join(
        f"<p>Paragraph {n} about {key}: the engineers said that the Brisling-{len(key) + n} model has {n + 2} billion parameters,"
        f" that it was trained on {n + 64} H100 GPUs for {n + 3} weeks, and that the bill came to ${n + 1} million.</p>"
        for n in range(4)
    )
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>The bill for {key}</title></head>"
        f"<body><article><h1>The bill for {key}</h1>{told}{extra}</article></body></html>"
    )


def prose(size: int) -> bytes:
    """Return about so many bytes of sentences without a line end."""
    first = "The Brisling-9 model has 7 billion parameters and cost $3 million to train on 64 H100 GPUs. "
    line = "The laboratory said on Monday that its next system would be trained on more data than any before it. "
    return (first + line * (size // len(line) + 1)).encode()[:size]


def drip(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(2_000):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def hang(handler: Handler) -> None:
    time.sleep(30)
    handler.close_connection = True


def reset(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    socket.close(handler.connection.detach())


def endless(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        handler.wfile.write(b"z" * 65536)


def endless_chunks(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"10000\r\n" + b"z" * 65536 + b"\r\n")


def endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-A: b\r\n" * 1_000)


def sending(body: bytes | Callable[[], bytes], **headers: str) -> Route:
    """A route that sends a fixed body."""
    return lambda h: h.answer(body if isinstance(body, bytes) else body(), **headers)  # type: ignore[arg-type]


def redirecting(location: str) -> Route:
    return lambda h: h.answer(b"", status=302, Location=location)


def first(times: int, status: int, then: bytes, **headers: str) -> Route:
    """A route that refuses some times before it gives its page."""
    asked = itertools.count()

    def route(handler: Handler) -> None:
        if next(asked) < times:
            handler.answer(b"not now", status=status, **headers)
        else:
            handler.answer(then)

    return route


@cache
def bomb(pack: str) -> bytes:
    """64 MiB of zeros, packed; a thousandth of it on the wire."""
    zeros = bytes(64 << 20)
    if pack == "gzip, gzip":
        return gzip.compress(bomb("gzip"))
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress,
        "br": lambda data: brotli.compress(data, quality=4),
    }  # fmt: skip
    return packers[pack](zeros)


def make_bombs() -> None:
    """Pack the bombs before anyone waits for them."""
    for pack in ("gzip", "deflate", "br", "zstd", "gzip, gzip"):
        bomb(pack)


def packed(coding: str, body: bytes | None = None) -> Route:
    """A route that sends a body under a content coding; a bomb unless the body is given."""
    return lambda h: h.answer(bomb(coding) if body is None else body, Content_Encoding=coding)


def raw(data: bytes) -> Route:
    """A route that sends bytes as they are."""
    return lambda h: h.raw(data)


def latin() -> bytes:
    return (
        story("caf\u00e9 na\u00efve \u2013 r\u00e9sum\u00e9")
        .replace("<meta charset='utf-8'>", "")
        .encode("cp1252")
    )


def faults() -> list[Fault]:
    """Return every fault, fresh (some count how often they were asked)."""
    page = story("a fault").encode()
    many = "".join(f"<p>Short paragraph {n}.</p>" for n in range(100_000))
    return [
        Fault("drip", "sends a byte every 50 ms", drip, "fetch: timeout"),
        Fault("hang", "accepts and says nothing", hang, "fetch: timeout"),
        Fault("reset", "resets the connection", reset, "fetch: connection lost"),
        Fault("flaky", "500 twice, then fine", first(2, 500, story("flaky").encode()), "stored"),
        Fault("busy", "429 with Retry-After: 1, then fine", first(1, 429, story("busy").encode(), Retry_After="1"), "stored"),
        Fault("broken", "500 for ever", first(10**9, 500, b""), "fetch: http 500"),
        Fault("gone", "404", first(10**9, 404, b""), "fetch: http 404"),
        Fault("circle", "redirects to itself", redirecting("/f/circle"), "fetch: redirect loop"),
        Fault("chain", "redirects without end", lambda h: h.answer(b"", status=301, Location=f"{h.path}?x" if "?" not in h.path else f"{h.path}x"), "fetch: too many redirects"),
        Fault("private", "redirects to a private address", redirecting("http://10.0.0.1/"), "fetch: forbidden address"),
        Fault("file", "redirects to file:", redirecting("file:///etc/passwd"), "fetch: forbidden redirect"),
        Fault("bomb-gzip", "64 MB of zeros in gzip", packed("gzip"), "fetch: decompression bomb"),
        Fault("bomb-deflate", "the same in deflate", packed("deflate"), "fetch: decompression bomb"),
        Fault("bomb-br", "the same in brotli", packed("br"), "fetch: decompression bomb"),
        Fault("bomb-zstd", "the same in zstd", packed("zstd"), "fetch: decompression bomb"),
        Fault("endless", "a body without end", endless, "fetch: too large"),
        Fault("charset", "Windows-1252, called UTF-8", sending(latin, kind="text/html; charset=utf-8"), "stored"),
        Fault("klingon", "a charset that does not exist", sending(page, kind="text/html; charset=klingon"), "stored"),
        Fault("utf8", "invalid UTF-8", sending(story("utf-8").encode().replace(b"engineers", b"eng\xff\xfeineers\xc3")), "stored"),
        Fault("nul", "NUL bytes", sending(story("nul").encode().replace(b"about", b"ab\x00out")), "stored"),
        Fault("nested", "200,000 nested tags", sending(lambda: b"<html><body>" + b"<div>" * 200_000 + page), "stored"),
        Fault("attribute", "an attribute of 10 MB", sending(lambda: page.replace(b"<article>", b"<article data-x='" + b"a" * (10 << 20) + b"'>")), "stored"),
        Fault("paragraphs", "100,000 paragraphs", sending(lambda: story("many", many).encode()), OR_LATE),
        Fault("line", "20 MB of text in one line", sending(lambda: prose(20 << 20), kind="text/plain"), "stored"),
        Fault("line-html", "20 MB in one paragraph", sending(lambda: b"<html><title>Long</title><body><p>" + prose(20 << 20)), "stored"),
        Fault("truncated", "breaks off before its Content-Length", raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n" + page), "fetch: truncated"),
        Fault("pdf", "a PDF that says it is HTML", sending(b"%PDF-1.7\n" + page), "decode: not a page: PDF"),
        Fault("picture", "a picture", sending(b"\x89PNG\r\n\x1a\n", kind="image/png"), "decode: not a page: PNG picture"),
        Fault("empty", "200 without a byte", sending(b""), "fetch: empty"),
        Fault("soft404", "says 'not found' with status 200", sending(b"<html><title>Page not found</title><body><h1>404</h1><p>Sorry, the page you were looking for could not be found.</p>"), "rejected: soft_404"),
        Fault("headers", "headers without end", endless_headers, "fetch: bad answer"),
        Fault("smtp", "does not speak HTTP", raw(b"220 mail.example ESMTP\r\n"), "fetch: bad answer"),
    ]  # fmt: skip


def wire_faults() -> list[Fault]:
    """Return more ways to fail on the wire, for the transport alone."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [
        Fault("drip-headers", "sends its headers a byte every 50 ms", drip_headers, "fetch: timeout"),
        Fault("endless-chunks", "chunks without end", endless_chunks, "fetch: too large"),
        Fault("announced", "announces 100 GB", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"), "fetch: too large"),
        Fault("short-chunk", "breaks off in a chunk", raw(chunked + b"ff\r\nab"), "fetch: truncated"),
        Fault("last-chunk", "sends no last chunk", raw(chunked + b"2\r\nab\r\n"), "fetch: truncated"),
        Fault("bad-chunk", "sends a chunk of no size", raw(chunked + b"zz\r\nab\r\n"), "fetch: truncated"),
        Fault("nothing", "closes without a word", raw(b""), "fetch: connection lost"),
        Fault("bomb-in-bomb", "gzip in gzip", packed("gzip, gzip"), "fetch: decompression bomb"),
        Fault("cut-gzip", "gzip that breaks off", packed("gzip", gzip.compress(b"abc" * 1_000)[:-12]), "fetch: truncated"),
        Fault("no-gzip", "says gzip and sends text", packed("gzip", b"plain"), "fetch: content coding"),
        Fault("rot13", "an unknown coding", packed("rot13", b"plain"), "fetch: content coding"),
    ]  # fmt: skip


ENTITY_FEED = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><title>&lol9;</title></channel></rss>"
).encode()
LINKS_FEED = (
    b"<rss version='2.0'><channel><title>links</title><item><title>a</title><link>javascript:alert(1)</link></item>"
    b"<item><title>b</title><link>data:text/html,hello</link></item></channel></rss>"
)
ENTITIES = Fault("entities", "a feed with an entity bomb", sending(ENTITY_FEED, kind="application/rss+xml"), "source: entity bomb")  # fmt: skip
LINKS = Fault("links", "a feed with javascript: and data: links", sending(LINKS_FEED, kind="application/rss+xml"), "source: forbidden address")  # fmt: skip


def lay_out(server: Server, *, honest: int = 8) -> list[Fault]:
    """Serve the faults under /f/, honest pages between them under /ok/, and a sitemap of them all."""
    wrong = faults()
    make_bombs()
    paths = []
    for number, fault in enumerate(wrong):
        server.routes[f"/f/{fault.name}"] = fault.route
        paths.append(f"/f/{fault.name}")
        if number < honest:
            server.page(f"/ok/{number}", story(f"honest story number {number}").encode())
            paths.append(f"/ok/{number}")
    for query in ("?a=1", "?a=2&utm_source=x"):
        paths.append(f"/ok/0{query}")
    server.routes["/entities.xml"] = ENTITIES.route
    server.routes["/links.xml"] = LINKS.route
    urls = "".join(f"<url><loc>{server.url(path).replace('&', '&amp;')}</loc></url>" for path in paths)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    server.page("/sitemap.xml", body, kind="application/xml")
    return wrong
