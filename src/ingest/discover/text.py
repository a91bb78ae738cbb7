"""What feeds write, as plain text of one line: markup, references and characters that cannot be shown are dealt with.

Which element says what is decided elsewhere.
"""

import re
from collections.abc import Iterable
from html import unescape
from inspect import signature
from itertools import islice
from typing import Literal, NamedTuple

from lxml import etree

# plain: as written; html: markup; guess: formats or their writers do not say, so only what can be nothing else is markup
Writing = Literal["plain", "html", "guess"]

MARKUP_SHARE = 4  # so many times its limit is read of a text that may hold markup
NAME_LIMIT_CHARS = 200
NAMES_LIMIT = 50  # authors or tags of one entry
NAMES_READ = 200  # of which so many are distinct and no addresses

MARKUP = re.compile(r"<[A-Za-z/!?]")
SECTION = re.compile(r"<!\[CDATA\[|\]\]>")
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*+)(?=[\s/>])")
VOID_OR_END = re.compile(r"<(?:br|img|hr|wbr|p)\b|</[A-Za-z]", re.IGNORECASE)
INLINE = frozenset({
    "a", "abbr", "b", "big", "blockquote", "br", "center", "cite", "code", "del", "dfn", "div", "em", "figure", "font",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "iframe", "img", "ins", "kbd", "li", "mark", "nobr", "ol", "p", "pre",
    "q", "s", "script", "small", "span", "strike", "strong", "style", "sub", "sup", "time", "tt", "u", "ul", "wbr",
})  # fmt: skip
REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
INSTRUCTION = re.compile(r"<\?[^>]*>?")
UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)  # surrogates are not stored
# C1 controls are cp1252 that was taken for Latin-1 or written as `&#146;` (HTML, section 13.2.5.80)
WESTERN = {number: bytes([number]).decode("cp1252", "replace") for number in range(0x80, 0xA0)}
WESTERN = {number: " " if letter == "\ufffd" else letter for number, letter in WESTERN.items()}
BLOCKS = frozenset({
    "address", "blockquote", "br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "td", "th", "tr", "ul",
})  # fmt: skip
UNSEEN = frozenset({"script", "style", "template", "title"})


class Text(NamedTuple):
    written: object  # a feed may put anything where text is due
    writing: Writing


def plain(said: Text | None, limit_chars: int) -> str | None:
    """Plain text of one line, at most so long; None if nothing is left."""
    if said is None or not isinstance(said.written, str):
        return None
    text = _shown(said.written[: MARKUP_SHARE * limit_chars])
    if said.writing != "plain":
        text = SECTION.sub("", INSTRUCTION.sub(" ", text))
        if MARKUP.search(text) and (said.writing == "html" or _is_markup(text)):
            text = _without_markup(text)
        elif "&" in text:  # escaped once more than the format asks
            text = REFERENCE.sub(lambda found: unescape(found[0]), text)
    return " ".join(_shown(text).split())[:limit_chars].rstrip() or None


def names(found: Iterable[Text], limit_chars: int = NAME_LIMIT_CHARS) -> tuple[str, ...]:
    """Each once, in order, without e-mail addresses."""
    read = (plain(name, limit_chars) for name in islice(found, NAMES_READ))
    distinct = dict.fromkeys(name for name in read if name and "@" not in name)
    return tuple(distinct)[:NAMES_LIMIT]


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    return UNPRINTABLE.sub(" ", text if text.isascii() else text.translate(WESTERN))


def _is_markup(text: str) -> bool:
    """`Generics<T>` and `How to use <b>` are not: every tag is HTML's, and one of them ends or stands alone."""
    tags = TAG.findall(text)
    return bool(tags) and all(tag.lower() in INLINE for tag in tags) and VOID_OR_END.search(text) is not None


def _without_markup(text: str) -> str:
    """What a reader sees, blocks apart; no tree is built, as the time of building one may grow with its square."""
    parser = etree.HTMLParser(target=_Seen(), huge_tree=True, no_network=True)
    parser.feed(f"<body>{text}")
    return str(parser.close())


class _Seen:
    """What lxml tells of a document, kept where a reader sees it (the names of the methods are lxml's)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unseen_depth = 0

    def start(self, tag: str | bytes, _attributes: object) -> None:
        self.unseen_depth += tag in UNSEEN
        if tag in BLOCKS:
            self.pieces.append(" ")

    def end(self, tag: str | bytes) -> None:
        self.unseen_depth -= tag in UNSEEN
        if tag in BLOCKS:
            self.pieces.append(" ")

    def data(self, data: str | bytes) -> None:
        if not self.unseen_depth:
            self.pieces.append(str(data))

    def comment(self, text: str | bytes) -> None:
        """Nobody sees it."""

    def close(self) -> str:
        return "".join(self.pieces)


# lxml looks at it for each parser, which takes as long as the parsing of a summary does (40 us) unless it is written down.
_Seen.start.__signature__ = signature(_Seen.start)  # type: ignore[attr-defined]
