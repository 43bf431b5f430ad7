"""Undo content codings (gzip, deflate, br, zstd, stacked) without ever holding a bomb.

Every layer is pulled in pieces of at most PIECE bytes of output, and every layer counts: what a
few kilobytes can unfold to is bounded by `most_bytes` and by the ratio, whichever comes first.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from schemas.errors import FetchError

PIECE = 1 << 16
MOST_LAYERS = 3  # RFC 9110 sets none; two are seen in the wild
LARGEST_RATIO = 200  # honest HTML stays under 60
RATIO_COUNTS_FROM = 4 << 20  # bytes of output before the ratio is looked at
ZSTD_DROP = 256  # bytes fed at a time
ZSTD_WINDOW = 8 << 20  # RFC 9659, section 3: the most that an HTTP client has to offer
KNOWN = ("gzip", "x-gzip", "deflate", "br", "zstd")
ACCEPTED = "gzip, deflate, br, zstd"


def layers_of(header: str | None) -> tuple[str, ...]:
    """Return the codings of a Content-Encoding header in the order they were applied.

    Raises FetchError for a coding we do not know or more than MOST_LAYERS of them.
    """
    named = [part.strip().lower() for part in (header or "").split(",")]
    layers = tuple(part for part in named if part and part not in ("identity", "none"))
    for layer in layers:
        if layer not in KNOWN:
            raise FetchError(f"content coding {layer[:40]!r} is unknown", reason="content coding")
    if len(layers) > MOST_LAYERS:
        raise FetchError(f"{len(layers)} stacked content codings", reason="decompression bomb")
    return layers


def undo(pieces: Iterable[bytes], layers: tuple[str, ...], *, most_bytes: int) -> Iterator[bytes]:
    """Yield the body freed from its codings, in pieces.

    pieces: the body as sent, after transfer decoding.   layers: as layers_of gives them.
    Raises FetchError "decompression bomb" (too much, or too much for its size), "too large" (plain
    bytes beyond most_bytes), "truncated" (the coding does not end) or "content coding" (no such data).
    """
    count = _Counter()
    stream: Iterator[bytes] = count.over(pieces)
    for layer in reversed(layers):
        stream = _capped(_LAYERS[layer](stream), count, most_bytes)
    if not layers:
        return _limited(stream, most_bytes)
    return stream


class _Counter:
    """Bytes that came in so far."""

    def __init__(self) -> None:
        self.seen = 0

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.seen += len(piece)
            yield piece


def _limited(stream: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    out = 0
    for piece in stream:
        out += len(piece)
        if out > most_bytes:
            raise FetchError(f"body is larger than {most_bytes:,} bytes", reason="too large")
        yield piece


def _capped(stream: Iterator[bytes], count: _Counter, most_bytes: int) -> Iterator[bytes]:
    out = 0
    for piece in stream:
        out += len(piece)
        if out > most_bytes:
            raise FetchError(f"unfolds to more than {most_bytes:,} bytes", reason="decompression bomb")
        if out > RATIO_COUNTS_FROM and out > LARGEST_RATIO * count.seen:
            raise FetchError(f"{count.seen:,} bytes unfold to more than {out:,}", reason="decompression bomb")
        yield piece


def _inflate(stream: Iterator[bytes], wbits: int, name: str) -> Iterator[bytes]:
    """zlib in bounded steps; a gzip body may hold several members."""
    engine = zlib.decompressobj(wbits)
    begun = False
    for piece in stream:
        data = piece
        while data:
            if engine.eof:
                if wbits != 31 or not data.startswith(b"\x1f\x8b"):
                    return  # padding after the end, as browsers forgive it
                engine = zlib.decompressobj(wbits)
            begun = True
            try:
                out = engine.decompress(data, PIECE)
            except zlib.error as err:
                raise FetchError(f"body is no {name} data: {err}", reason="content coding") from err
            if out:
                yield out
            data = engine.unconsumed_tail or engine.unused_data
        while not engine.eof:  # output that waits for room, without new input
            out = engine.decompress(b"", PIECE)
            if not out:
                break
            yield out
    if begun and not engine.eof:
        raise FetchError(f"{name} data ends in the middle", reason="truncated", hint="try again later")


def _gzip(stream: Iterator[bytes]) -> Iterator[bytes]:
    return _inflate(stream, 31, "gzip")


def _deflate(stream: Iterator[bytes]) -> Iterator[bytes]:
    """ "deflate" is zlib by the book and raw deflate by habit: the first byte tells."""
    head = next(stream, b"")
    zlib_header = len(head) >= 1 and head[0] & 0x0F == 8 and head[0] >> 4 <= 7
    if zlib_header and len(head) >= 2:
        zlib_header = (head[0] << 8 | head[1]) % 31 == 0
    yield from _inflate(_chain(head, stream), 15 if zlib_header else -15, "deflate")


def _chain(head: bytes, stream: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from stream


class _Brotli(Protocol):
    def process(self, data: bytes, output_buffer_limit: int = ...) -> bytes: ...
    def can_accept_more_data(self) -> bool: ...
    def is_finished(self) -> bool: ...


def _brotli(stream: Iterator[bytes]) -> Iterator[bytes]:
    import brotli

    engine: _Brotli = brotli.Decompressor()
    begun = False
    for piece in stream:
        begun = True
        if engine.is_finished():
            return
        data = piece
        while True:
            try:
                out = engine.process(data, output_buffer_limit=PIECE)
            except brotli.error as err:
                raise FetchError("body is no brotli data", reason="content coding") from err
            data = b""
            if out:
                yield out
            if engine.is_finished() or (engine.can_accept_more_data() and not out):
                break
    if begun and not engine.is_finished():
        raise FetchError("brotli data ends in the middle", reason="truncated", hint="try again later")


def _zstd(stream: Iterator[bytes]) -> Iterator[bytes]:
    """zstd has no limit on one call's output, so it is fed drops: four bytes can mean 128 KiB."""
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    engine = unpacker.decompressobj()
    begun = False
    for piece in stream:
        data = piece
        while data:
            if engine.eof:
                engine = unpacker.decompressobj()
            begun = True
            drop, data = data[:ZSTD_DROP], data[ZSTD_DROP:]
            try:
                out = engine.decompress(drop)
            except zstandard.ZstdError as err:
                raise FetchError(f"body is no zstd data: {err}", reason="content coding") from err
            if out:
                yield out
            if engine.eof:
                data = engine.unused_data + data
    if begun and not engine.eof:
        raise FetchError("zstd data ends in the middle", reason="truncated", hint="try again later")


_LAYERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
