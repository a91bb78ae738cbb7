"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read into what it says; a file cut short keeps its whole entries.

Values of a type they should not have are as if they were not there.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.discover.entry import Channel, Said
from ingest.discover.text import Text

VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/")
ENTRIES = re.compile(r'"items"\s*+:\s*+\[')
BETWEEN = re.compile(r"[\s,]*+")
IMAGE_TYPE = "image/"

_json = json.JSONDecoder(strict=False)  # line breaks and tabs stand in strings as they are


def read_json_feed(text: str) -> Channel:
    """ValueError if it is no JSON Feed. The format has no word for how often a feed changes."""
    try:
        feed, _ = _json.raw_decode(text.lstrip())
    except json.JSONDecodeError:
        feed = _salvaged(text)
    if not VERSION.match(str(feed.get("version", ""))) and not (feed.get("feed_url") and feed.get("items")):
        raise ValueError("no feed in it: JSON without the version of JSON Feed")
    return Channel(
        language=_string(feed.get("language")),
        ttl=None,
        update_period=None,
        update_frequency=None,
        entries=list(feed["items"]),
    )


def said_in_json(entry: Any, *, language: str | None, base_url: str) -> Said:
    """TypeError for what cannot be an entry."""
    if not isinstance(entry, dict):
        raise TypeError(f"an entry that is {type(entry).__name__}")
    authors = entry.get("authors") or [entry.get("author")]  # 1.1, else 1.0
    links = (entry.get("url"), entry.get("external_url"))
    guid = entry.get("id")
    return Said(
        base_url=base_url,
        links=tuple(link for link in links if isinstance(link, str) and link),
        guid=str(guid) if isinstance(guid, str | int | float) and not isinstance(guid, bool) else None,
        title=Text(entry.get("title"), "guess"),
        summary=_summary(entry),
        authors=tuple(Text(author.get("name"), "guess") for author in authors if isinstance(author, dict)),
        tags=tuple(Text(tag, "guess") for tag in entry.get("tags") or [] if isinstance(tag, str)),
        language=_string(entry.get("language")) or language,
        images=tuple(_images(entry)),
        published=_string(entry.get("date_published")),
        updated=_string(entry.get("date_modified")),
    )


def _salvaged(text: str) -> dict[str, Any]:
    """What can be read of a file that ends too early or holds a fault: the head, and entries up to the fault."""
    start = ENTRIES.search(text)
    if start is None:
        raise ValueError("no feed in it: JSON that cannot be read")
    head = text[: start.start()].rstrip().removesuffix(",")
    feed = _json.decode(head.lstrip() + "}")
    entries: list[Any] = []
    position = start.end()
    while True:
        position = BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing, too
        try:
            entry, position = _json.raw_decode(text, position)
        except json.JSONDecodeError:
            return {**feed, "items": entries}
        entries.append(entry)


def _summary(entry: dict[str, Any]) -> Text | None:
    for key, writing in (("summary", "guess"), ("content_text", "plain"), ("content_html", "html")):
        if entry.get(key):
            return Text(entry[key], writing)  # type: ignore[arg-type]  # the words above are those of Writing
    return None


def _images(entry: dict[str, Any]) -> Iterator[str]:
    for key in ("image", "banner_image"):
        if isinstance(entry.get(key), str):
            yield entry[key]
    attachments = entry.get("attachments")
    for one in attachments if isinstance(attachments, list) else []:
        if isinstance(one, dict) and str(one.get("mime_type", "")).startswith(IMAGE_TYPE):
            yield str(one.get("url") or "")


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
