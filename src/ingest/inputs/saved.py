"""What a saved page says of itself: the address that it was saved from, and when.

Browsers and savers write it into a comment, publishers into the head. What the page is about is read elsewhere.
"""

import re
from datetime import datetime
from html import unescape
from typing import NamedTuple

from dateutil import parser

from ingest.rules.url import as_found

HEAD_BYTES = 262_144
# Internet Explorer's mark, which Chrome and Firefox write too; HTTrack's; SingleFile's; the Wayback Machine's.
BY_SAVERS = (
    re.compile(r"<!--\s{0,20}saved from url=\(\d{1,6}\)(?P<url>\S{1,4096}?)\s{0,20}-->", re.IGNORECASE),
    re.compile(r"<!-- Mirrored from (?P<url>\S{1,4096}) by HTTrack[^>]{0,200}?, (?P<at>[^>]{1,60}?) -->"),
    re.compile(
        r"Page saved with SingleFile\s{1,20}url: (?P<url>\S{1,4096})\s{1,20}saved date: (?P<at>[^\r\n(]{1,60})",
        re.IGNORECASE,
    ),
    re.compile(r"FILE ARCHIVED ON (?P<at>[^\r\n]{1,40}?) AND RETRIEVED FROM THE"),
)
LINK = re.compile(r"<(?:link|meta)\s[^<>]{0,2000}+>", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"""\b(rel|href|property|name|content)\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)'|([^\s"'<>]++))""", re.IGNORECASE
)


class Saved(NamedTuple):
    """None where the page does not say it."""

    url: str | None
    at: datetime | None  # naive where no zone was said


def saved_from(body: bytes) -> Saved:
    """By a saver's comment, else rel=canonical, else og:url."""
    text = body[:HEAD_BYTES].decode("latin-1")  # addresses are ASCII
    url: str | None = None
    at: datetime | None = None
    for mark in BY_SAVERS:
        if found := mark.search(text):
            said = found.groupdict()
            url = url or _address(said.get("url"))
            at = at or _moment(said.get("at"))
    return Saved(url or _claimed(text), at)


def _claimed(text: str) -> str | None:
    claims: dict[str, str] = {}
    for element in LINK.finditer(text):
        said = {name.lower(): unescape(one or two or three) for name, one, two, three in ATTRIBUTE.findall(element[0])}
        kind = (said.get("rel") or said.get("property") or said.get("name") or "").strip().lower()
        if kind in ("canonical", "og:url"):
            claims.setdefault(kind, said.get("href") or said.get("content") or "")
    return _address(claims.get("canonical")) or _address(claims.get("og:url"))


def _address(said: str | None) -> str | None:
    if not said:
        return None
    return as_found(said if "://" in said else f"http://{said.lstrip('/')}")


def _moment(said: str | None) -> datetime | None:
    if not said:
        return None
    try:
        return parser.parse(said)
    except (ValueError, OverflowError):
        return None
