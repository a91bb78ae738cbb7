"""A feed's bytes to text, whatever servers and declarations call them; no element is read here.

Order: byte order mark, the shape of UTF-16, UTF-8 that proves itself, what is declared, detection, cp1252.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding

from ingest.rules.charset import ALIASES

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SHAPES = ((re.compile(rb"(?>(?:\s\0)*)[<{]\0"), "utf-16-le"), (re.compile(rb"(?>(?:\0\s)*)\0[<{]"), "utf-16-be"))
WINDOW_BYTES = 4_096
DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']\s*([a-zA-Z0-9_:.-]{2,30})""")
EAST_ASIAN = frozenset({"gb18030", "cp932", "cp949", "big5hkscs", "euc-jp", "cp950"})
ESCAPED = frozenset({"iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "hz"})  # they use the bytes of ASCII alone
THREE_BYTES = 0x800  # the first code point that takes three bytes in UTF-8: East Asian letters do
WESTERN = "cp1252"
HANGUL = re.compile("[\uac00-\ud7a3]")
SPOILT_SHARE = 0.05  # of the characters beyond ASCII: above it the declared charset is taken for wrong
SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """A stray byte in UTF-8 is what an editor pasted from Windows."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(WESTERN, "replace"), error.end


codecs.register_error("ingest-western", _as_western)


def decode(body: bytes, http_charset: str | None) -> str:
    """The feed's text; a byte that fits no charset becomes U+FFFD."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return _marked(body[len(mark) :], name)
    head = body[:WINDOW_BYTES]
    for shape, name in SHAPES:
        if shape.match(head):
            return body.decode(name, "replace")
    found = DECLARATION.search(head)
    declared = _known(found[1].decode("ascii") if found else None)
    served = _known(http_charset)
    if body.isascii():
        escaped = next((name for name in (served, declared) if name in ESCAPED), None)
        return body.decode(escaped or "ascii", "replace")
    return _proven(body, served, declared) or _claimed(body, served, declared) or _guessed(body)


def _marked(body: bytes, name: str) -> str:
    return body.decode(name, "ingest-western" if name == "utf-8" else "replace")


def _known(claimed: str | None) -> str | None:
    """The codec of a claim; None for what no codec of text has, and for UTF-16, which shows in the bytes."""
    name = (claimed or "").strip("\"' ").lower()
    name = ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name) if name else None
        "".encode(name or "ascii")  # LookupError for codecs that are not of text, such as hex
    except (LookupError, ValueError):
        return None
    return None if codec is None or name.startswith(("utf-16", "utf_16", "utf-32", "utf_32", "utf-7")) else name


def _proven(body: bytes, served: str | None, declared: str | None) -> str | None:
    """Bytes that are UTF-8 are that, except in short texts of charsets of two bytes a letter, where it may be chance."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    claimed = declared or served
    if claimed in EAST_ASIAN and max(text) < chr(THREE_BYTES):
        return _strictly(body, claimed) or text
    return text


def _claimed(body: bytes, served: str | None, declared: str | None) -> str | None:
    """By HTTP, then by the declaration (RFC 7303); but what says Western is most often a server's default."""
    claims = [declared, served] if served == WESTERN and declared != "utf-8" else [served, declared]
    if claims in ([WESTERN, WESTERN], [WESTERN, None], [None, WESTERN]):
        return body.decode(WESTERN, "replace")
    names = [name for name in claims if name not in (None, "utf-8")]
    return next((text for name in names if name and (text := _strictly(body, name) or _mostly(body, name))), None)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, ValueError):
        return None


def _mostly(body: bytes, name: str) -> str | None:
    text = body.decode(name, "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= max(1, SPOILT_SHARE * beyond) else None


def _guessed(body: bytes) -> str:
    """UTF-8 with strays if most of it is that, else what its letters look like."""
    beyond_bytes = sum(byte > 127 for byte in body)
    if 2 * sum(map(len, SEQUENCE.findall(body))) > beyond_bytes:
        return body.decode("utf-8", "ingest-western")
    detected = _known(detect_encoding(body, html5_compatible=True))
    if detected in (None, "utf-8", WESTERN):
        korean = _mostly(body, "euc-kr")  # the detector takes it for Western; pairs of letters alone pass this
        if korean and 2 * len(HANGUL.findall(korean)) > beyond_bytes // 2:
            return _strictly(body, "cp949") or korean
        detected = WESTERN
    return _strictly(body, detected or WESTERN) or body.decode("utf-8", "ingest-western")
