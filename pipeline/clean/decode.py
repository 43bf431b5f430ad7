"""Bytes to characters: byte order marks, declared and undeclared character sets, wrong declarations.

Any bytes come back as text, save those that are no text at all (pictures, archives, PDF):
these raise ReadError and say what they are.
Labels follow the WHATWG Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels):
what a page calls iso-8859-1 is windows-1252, gb2312 is gb18030, and so on.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

import chardet

from schemas.errors import ReadError

#: First bytes of what is no text, and its name.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"\x7fELF", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x28\xb5\x2f\xfd", "zstandard-compressed data"),
)

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: WHATWG labels whose meaning differs from what Python makes of the same name.
_ALIASES: dict[str, str] = {
    **dict.fromkeys(("ascii", "us-ascii", "ansi_x3.4-1968", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1",
                     "latin-1", "l1", "cp819", "windows-1252", "x-cp1252", "ansi", "cp1252"), "cp1252"),
    **dict.fromkeys(("gb2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "csgb2312", "chinese", "gb18030",
                     "iso-ir-58", "cp936", "ms936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5", "csbig5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "csshiftjis", "windows-31j",
                     "ms932", "cp932"), "cp932"),
    **dict.fromkeys(("euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ksc_5601", "korean",
                     "windows-949", "cp949", "uhc"), "cp949"),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "eucjp", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("iso-8859-9", "latin5", "iso8859-9", "windows-1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8_u"),
    **dict.fromkeys(("koi8-r", "koi8", "koi", "cskoi8r"), "koi8_r"),
    **dict.fromkeys(("windows-1251", "x-cp1251", "win-1251", "win1251", "cp1251"), "cp1251"),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "ucs-2", "unicode", "csunicode", "iso-10646-ucs-2"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859_8",
    "logical": "iso8859_8",
}  # fmt: skip

_META = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:\-]{2,40})""", re.IGNORECASE
)
_XML = re.compile(rb"""^\s{0,99}<\?xml\b[^>]{0,120}?\bencoding\s{0,9}=\s{0,9}["']([A-Za-z0-9_.:\-]{2,40})""")
_TAG = re.compile(rb"<script\b[^>]*>.*?</script|<style\b[^>]*>.*?</style|<[^<>]{0,2000}>", re.I | re.S)
_ASCII_RUN = re.compile(rb"[\x00-\x7f]{200,}")
_META_WINDOW = 4096  # bytes; HTML asks for 1024, pages in the wild are late
_SAMPLE = 60_000  # bytes that the detector reads

#: What windows-1252 has where ISO 8859-1 has control characters, for numeric entities like &#150;
_C1 = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_CONTROLS: dict[int, str | None] = {
    **{code: None for code in range(0x20) if code not in (9, 10, 12, 13)},
    12: "\n",
    0x7F: None,
    **_C1,
    0xFFFE: None,
    0xFFFF: None,
}
_HAS_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def normal(text: str) -> str:
    """Return text without control characters (C1 ones read as windows-1252), in normal form C."""
    if text.isascii() and "\x00" not in text and _HAS_CONTROL.search(text) is None:
        return text
    if _HAS_CONTROL.search(text):
        text = _SURROGATE.sub("\ufffd", text.translate(_CONTROLS))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _whole(text: str) -> str:
    """Return a decoded page without NULs and marks of byte order; the rest of normal() waits for its parts."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text.removeprefix("\ufeff")


def codec_of(label: str | None) -> str | None:
    """Return Python's codec for a label as pages write it, or None for one that nobody knows."""
    if not label:
        return None
    name = label.strip().strip("\"'").lower()
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return found.name if getattr(found, "_is_text_encoding", True) and found.name not in _UNSAFE else None


_UNSAFE = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}
)


def _bad_share(text: str) -> float:
    """Share of replacement and control characters among the characters that are not ASCII."""
    wide = sum(1 for char in text if char > "\x7f")
    if not wide:
        return 0.0
    bad = text.count("\ufffd") + sum(1 for char in text if "\x80" <= char <= "\x9f")
    return bad / wide


def _looks_wide(body: bytes) -> str | None:
    """Return UTF-16 or UTF-32 for text that has no mark but a zero in every other byte."""
    head = body[:2000]
    if len(head) < 8 or head.count(0) < len(head) // 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if head.count(0) > len(head) * 0.7:
        return "utf-32-le" if head[3:4] == b"\0" and head[0] else "utf-32-be"
    if odd > 4 * (even + 1):
        return "utf-16-le"
    return "utf-16-be" if even > 4 * (odd + 1) else None


def _detected(body: bytes) -> str | None:
    """Return the codec that the statistics of the visible bytes speak for, or None."""
    visible = _TAG.sub(b" ", body[: 4 * _SAMPLE])
    # long ASCII stretches tell nothing
    sample = _ASCII_RUN.sub(b" ", visible)[:_SAMPLE]
    return codec_of(chardet.detect(sample).get("encoding"))


#: Control characters that no text has; escape sequences (0x1b) belong to ISO-2022 texts.
_ODD_BYTES = bytes(byte for byte in range(32) if (byte < 9 or byte >= 14) and byte != 0x1B)


def not_text(body: bytes) -> str | None:
    """Return what bytes are that are no text ("a PDF document"), by their beginning, else None."""
    head = body[:4096]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        return "a recording or picture"
    if any(head.startswith(mark) for mark, _ in _BOMS) or _looks_wide(body):
        return None
    odd = len(head) - len(head.translate(None, _ODD_BYTES))
    return "binary data" if len(head) > 16 and odd > len(head) * 0.1 else None


def decode(body: bytes, *, declared: str | None = None, name: str = "the page") -> tuple[str, str]:
    """Return the text of a page and the codec that it was read with.

    body:     any bytes.
    declared: the character set that the transport named, or None; a mark in the bytes wins over it,
              it wins over what the page says of itself, and valid UTF-8 wins over both.
    name:     the input's name, for the error.
    Bytes that are wrong in the chosen character set become U+FFFD; NULs are dropped. Control characters
    and normal forms are left to normal(), which is for the parts that a reader sees.
    Raises:   ReadError (stage "decode", reason "not text") for pictures, archives and the like.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _whole(body[len(mark) :].decode(codec, "replace")), codec
    if (what := not_text(body)) is not None:
        raise ReadError(
            f"{name}: this is {what}, not a page of text",
            stage="decode",
            reason="not text",
            hint="give an HTML page or a plain-text file",
        )
    if (wide := _looks_wide(body)) is not None:
        return _whole(body.decode(wide, "replace")), wide
    found = _META.search(body[:_META_WINDOW]) or _XML.search(body[:200])
    told = codec_of(declared) or codec_of(found.group(1).decode("ascii") if found else None)
    if told in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf_16", "utf_32"):
        told = None  # bytes that could carry an ASCII declaration are not UTF-16
    if body.isascii() and (told is None or (b"\x1b" not in body and "2022" not in told and told != "hz")):
        return _whole(body.decode("ascii")), "ascii"
    if told is None or not (told.startswith("iso2022") or told == "hz"):
        try:
            return _whole(body.decode("utf-8")), "utf-8"
        except UnicodeDecodeError:
            pass
    loose = body.decode("utf-8", "replace")
    wide_bytes = sum(1 for byte in body if byte > 0x7F)
    # a few broken sequences in what is UTF-8 otherwise (cut off, mixed in)
    good_utf8 = sum(1 for char in loose if char > "\x7f" and char != "\ufffd")
    if loose.count("\ufffd") * 8 < good_utf8 and good_utf8 * 4 > wide_bytes:
        return _whole(loose), "utf-8"
    if told is not None and told != "utf-8":
        text = body.decode(told, "replace")
        if _bad_share(text) < 0.02 and not (
            told == "cp1252" and (_letters_dense(text) or _mostly_high(body))
        ):
            return _whole(text), told
    guess = _detected(body)
    for choice in filter(None, (guess, told, "cp1252")):
        text = body.decode(choice, "replace")
        if _bad_share(text) < 0.2 or choice == "cp1252":
            return _whole(text), choice
    return _whole(loose), "utf-8"


_HIGH_BYTES = bytes(range(0x80, 0x100))


def _mostly_high(body: bytes) -> bool:
    """Whether a third of the visible bytes lie above ASCII: no Latin script, whatever the page declares."""
    visible = b"".join(_TAG.sub(b" ", body[:_SAMPLE]).split())
    low = len(visible.translate(None, _HIGH_BYTES))
    return len(visible) > 20 and len(visible) - low > 0.33 * len(visible)


_ACCENTED_RUN = re.compile("[\u00c0-\u00ff]{3}")


def _letters_dense(text: str) -> bool:
    """Whether text read as windows-1252 has runs of accented letters, as wrongly read Cyrillic has."""
    wide = sum(1 for char in text if char > "\x7f")
    runs = sum(1 for _ in _ACCENTED_RUN.finditer(text[:200_000]))
    return runs * 3 * 3 > wide
