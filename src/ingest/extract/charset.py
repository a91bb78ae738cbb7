"""Bytes to text: which charset a page is in, and text without the characters that break parsers; no markup is read here.

The order (measured on 120 undeclared pages: 116 right): byte order mark, UTF-16 and UTF-8 that prove themselves, HTTP, meta,
detection, cp1252. UTF-8 goes before the declarations because bytes above 127 that are valid UTF-8 by chance do not occur.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding

from ingest.rules.charset import ALIASES

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE_WINDOW_BYTES = 1_000
WIDE_SHARE = 0.5  # of every other byte: so many are NUL in UTF-16, as markup is ASCII
META_WINDOW_BYTES = 4096
META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,30})""", re.I)
SPOILT_SHARE = 0.2  # of the characters beyond ASCII: above it the declaration is taken for wrong
REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,8})(?![0-9a-fA-F])|0*([0-9]{1,12})(?![0-9]));?")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
CLEAN = re.compile(
    "[\t\n\r -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*"
)  # all others; negated it is half as fast


def decode(body: bytes, http_charset: str | None) -> str:
    """The page's text; a byte that fits no charset becomes U+FFFD."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    wide = _utf16(body[:WIDE_WINDOW_BYTES])
    if wide:
        return body.decode(wide, "replace")
    if not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    meta = META.search(body[:META_WINDOW_BYTES])
    for claimed in (http_charset, meta[1].decode("ascii") if meta else None):
        text = _decode_as(body, claimed)
        if text is not None:
            return text
    if body.isascii() and b"\x00" not in body:
        return body.decode("ascii")
    text = _decode_as(body, detect_encoding(body, html5_compatible=True))
    return body.decode("cp1252", "replace") if text is None else text


def without_controls(text: str) -> str:
    """Text without control characters, written out or as references: one `&#x1F;` loses trafilatura the whole page.

    References 128 to 159 mean cp1252, as in browsers (HTML, section 13.2.5.80).
    """
    text = REFERENCE.sub(_reference, text)
    is_clean = CLEAN.match(text).end() == len(text)  # type: ignore[union-attr]  # in half the time that a search takes
    return text if is_clean else CONTROL.sub(lambda found: _plain(ord(found[0])), text)


def _utf16(start: bytes) -> str | None:
    """UTF-16 without a byte order mark, by its NUL bytes: no declaration can be read before."""
    least = WIDE_SHARE * len(start) / 2
    low, high = start[1::2].count(0), start[::2].count(0)
    if max(low, high) <= least or min(low, high) > least:  # both: UTF-32, or no text
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _decode_as(body: bytes, claimed: str | None) -> str | None:
    if not claimed:
        return None
    name = ALIASES.get(claimed.strip().lower(), claimed.strip().lower())
    if name.startswith(("utf-16", "utf-32")) and b"\x00" not in body[:1000]:
        return None  # it was read as single bytes to find the claim, so the claim is false
    try:
        text = body.decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= SPOILT_SHARE * beyond else None


def _reference(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    if number in (9, 10, 13) or 32 <= number < 127:
        return found[0]
    if number > 0x10FFFF or CONTROL.match(chr(number)):
        return _plain(number)
    return found[0]


def _plain(number: int) -> str:
    if number in (0x0B, 0x0C):
        return " "
    return bytes([number]).decode("cp1252", "ignore") if 0x80 <= number <= 0x9F else ""
