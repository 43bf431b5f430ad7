"""Tell by its first bytes what a body is, whatever its name or Content-Type says."""

from __future__ import annotations

#: Magic numbers of what is no page (WHATWG MIME Sniffing, sections 6 and 7, and libmagic).
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"%!PS-Adobe", "PostScript"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF87a", "GIF picture"),
    (b"GIF89a", "GIF picture"),
    (b"PK\x03\x04", "zip archive"),
    (b"\x1f\x8b\x08", "gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "rar archive"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
    (b"OggS", "sound"),
    (b"ID3", "sound"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"SQLite format 3\x00", "database"),
    (b"{\\rtf", "RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office document"),
)


def not_a_page(body: bytes) -> str:
    """Return what the bytes are if they are no page ("PDF", "zip archive", ...), else ""."""
    head = body[:1024].lstrip(b"\t\n\x0c\r ")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "picture or sound"
    if head[4:8] == b"ftyp":
        return "video"
    return ""


def looks_like_markup(body: bytes) -> bool:
    """Say whether the first kilobyte begins like HTML or XHTML (after a byte-order mark and space)."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00\t\n\x0c\r ").replace(b"\x00", b"").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<?xml", b"<div", b"<p", b"<article", b"<h1", b"<title", b"<meta", b"<main", b"<section"))  # fmt: skip
