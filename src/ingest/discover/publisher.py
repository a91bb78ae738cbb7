"""Who publishes a site: its name, country and language by what its pages say; each can be unknown.

What a person says goes before all of it, elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

from ingest.discover.home import HomePage
from ingest.discover.text import Text, plain
from ingest.records import Entry
from ingest.rules.url import host

NAME_LIMIT_CHARS = 80
HEAD_CHARS = 20_000
DEFAULT_TAG = "en-us"  # what publishing systems write where nobody chose: a language, but no country
# Endings of a country's that anybody takes; `.is` and `.am` are Iceland's and Armenia's newspapers all the same.
OF_ALL_COUNTRIES = frozenset(("eu", "io", "tv", "me", "co", "ai", "fm", "cc", "to", "ly", "gg", "ws", "sh", "su", "nu"))
COUNTRY_OF_ENDING = {"uk": "GB"}
TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?(?:[-_](?P<region>[A-Za-z]{2}))?(?![A-Za-z])"
)
TITLE_BREAK = re.compile(r"\s+[|–—»·:-]\s+|\s*\|\s*")
FEED_WORD = re.compile(r"\s*[-–»|(]*\s*\b(?:rss(?: ?2\.0)?|atom|feeds?)\b\s*\)?\s*$", re.IGNORECASE)
FEED_TITLE = re.compile(r"<title\b[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,300})", re.IGNORECASE)
FEED_ENTRY = re.compile(r"<(?:item|entry)\b", re.IGNORECASE)


def name_of(pages: Iterable[HomePage], feed_title: str | None, home_url: str) -> str:
    """What the page calls the site, else the best feed's title, else the page's, else the host."""
    pages = tuple(pages)
    said = [page.site_name for page in pages] + [feed_title] + [_first_part(page.title) for page in pages]
    name = next((name for name in said if name), None) or host(home_url).removeprefix("www.")
    return name[:NAME_LIMIT_CHARS].rstrip()


def title_of_feed(text: str) -> str | None:
    """The title that an XML feed gives itself, without `RSS` at its end; None for JSON."""
    head = text[:HEAD_CHARS]
    entry = FEED_ENTRY.search(head)
    title = FEED_TITLE.search(head, 0, entry.start() if entry else len(head))
    words = plain(Text(unescape(title[1]), "guess"), NAME_LIMIT_CHARS) if title else None
    return FEED_WORD.sub("", words).strip() or None if words else None


def country_of(pages: Iterable[HomePage], home_url: str) -> str | None:
    """By the ending of the host's name, else by the region of the language that the page declares."""
    ending = (urlsplit(home_url).hostname or "").rpartition(".")[2]
    if len(ending) == 2 and ending.isalpha() and ending not in OF_ALL_COUNTRIES:
        return COUNTRY_OF_ENDING.get(ending, ending.upper())
    regions = (TAG.match(tag)["region"] for tag in tags_of(pages) if _plain(tag) != DEFAULT_TAG and TAG.match(tag))  # type: ignore[index]
    return next((region.upper() for region in regions if region), None)


def language_of(pages: Iterable[HomePage], entries: Iterable[Entry]) -> str | None:
    """A BCP 47 tag: what the page declares, else what most entries of its feeds say."""
    told = Counter(entry.language for entry in entries if entry.language)
    said = [*(page.language for page in pages), *(language for language, _ in told.most_common(1))]
    said += [page.locale for page in pages]
    return next((tag for one in said if one and (tag := _tag(one))), None)


def tags_of(pages: Iterable[HomePage]) -> list[str]:
    """Language tags as the pages write them, those of <html lang> first."""
    pages = tuple(pages)
    return [tag for tag in (*(page.language for page in pages), *(page.locale for page in pages)) if tag]


def _tag(written: str) -> str | None:
    """`en_gb` as `en-GB`; the default's region says nothing."""
    found = TAG.match(written)
    if found is None:
        return None
    region = None if _plain(written) == DEFAULT_TAG else found["region"]
    parts = (found["language"].lower(), (found["script"] or "").title(), (region or "").upper())
    return "-".join(part for part in parts if part)


def _plain(tag: str) -> str:
    return tag.strip().lower().replace("_", "-")


def _first_part(title: str | None) -> str | None:
    return TITLE_BREAK.split(title, maxsplit=1)[0].strip() or None if title else None
