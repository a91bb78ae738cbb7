"""How an address and a rule's path of robots.txt are spelled, so that comparing them octet by octet is right.

Both sides become equal where RFC 9309 section 2.2.2 wants them equal: an unreserved character or `=` is bare, a reserved
one, or one beyond ASCII, an escape; in a query, where they delimit nothing, `/` and `?` equal their escapes. Which rule
wins is decided elsewhere.
"""

import re

from ingest.rules.url import without_dots

AFTER_HOST = re.compile(r"[^:/?#]+://[^/?#]*([^?#]*)(\?[^#]*)?")

# For Protego: an escape's digits are g..v instead of 0..F, and `?` is `~`, since it would take them for its own. It decodes
# escapes that are no UTF-8 to one and the same character, and counts `?` as three octets, so that `Disallow: /*?` beats
# `Allow: /ab/`.
BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/=")
PLAIN = re.compile(rb"[A-Za-z0-9._/=-]*")
UNIT = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._/=-]", re.DOTALL)
DIGITS = bytes.maketrans(b"0123456789ABCDEF", b"ghijklmnopqrstuv")
ESCAPES = [b"%" + f"{octet:02X}".encode().translate(DIGITS) for octet in range(256)]
IN_PATH = {bytes([octet]): ESCAPES[octet] for octet in range(256)} | {
    f"%{high}{low}".encode(): bytes([octet]) if octet in BARE and octet != ord("/") else ESCAPES[octet]
    for high in "0123456789ABCDEFabcdef"
    for low in "0123456789ABCDEFabcdef"
    for octet in [int(high + low, 16)]
}
IN_PATH[b"?"] = b"~"
IN_QUERY = IN_PATH | {b"%2F": b"/", b"%2f": b"/", b"%3F": b"~", b"%3f": b"~"}  # no delimiters there
STAR = {b"*": b"*"}  # in a rule alone
IN_RULE_PATH, IN_RULE_QUERY = IN_PATH | STAR, IN_QUERY | STAR


def path_of(url: str) -> str:
    """Path and query of a web address as it is sent, spelled for comparison."""
    found = AFTER_HOST.match(url)
    path, query = (found[1], found[2] or "") if found else ("", "")
    return _spelled(f"{without_dots(path)}{query}".encode("utf-8", "replace"), IN_PATH, IN_QUERY)


def pattern_of(value: bytes) -> str:
    """A rule's path, spelled for comparison; `*` and a last `$` stay what they are (section 2.2.3)."""
    end = b"$" if value.endswith(b"$") else b""
    return _spelled(value.removesuffix(end), IN_RULE_PATH, IN_RULE_QUERY) + end.decode()


def _spelled(text: bytes, in_path: dict[bytes, bytes], in_query: dict[bytes, bytes]) -> str:
    if PLAIN.fullmatch(text):
        return text.decode("ascii")
    path, mark, query = text.partition(b"?")
    path = UNIT.sub(lambda match: in_path[match[0]], path)
    return (path + b"~" * len(mark) + UNIT.sub(lambda match: in_query[match[0]], query)).decode("ascii")
