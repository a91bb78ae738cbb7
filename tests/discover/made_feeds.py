"""Small feeds to write cases with, and what is read in them."""

from datetime import UTC, datetime

from ingest.discover.feed import FeedReading, read_feed
from ingest.records import Entry, Feed

NOW = datetime(2024, 5, 4, 12, 0, tzinfo=UTC)
FEED = Feed(feed_id="news.example/rss", source_id="news-example", url="https://news.example/rss")
BASE_URL = "https://news.example/feeds/rss"

DC = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
CONTENT = ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
MEDIA = ' xmlns:media="http://search.yahoo.com/mrss/"'


def read(body: str | bytes, http_charset: str | None = None) -> FeedReading:
    return read_feed(
        body if isinstance(body, bytes) else body.encode(),
        feed=FEED,
        poll_id="poll-1",
        listed_at=NOW,
        base_url=BASE_URL,
        http_charset=http_charset,
    )


def only(body: str | bytes) -> Entry:
    reading = read(body)
    assert (reading.outcome, len(reading.entries)) == ("ok", 1), reading
    return reading.entries[0]


def seen(reading: FeedReading) -> list[tuple[str, str | None]]:
    return [(entry.url.removeprefix("https://news.example/"), entry.title) for entry in reading.entries]


def published(entry: Entry) -> str | None:
    """As precisely as it is known: `2024-05-03T10:11:12Z`, `2024-05-03T10:11Z`, `2024-05-03`."""
    if entry.published_at is None or entry.published_precision is None:
        return None
    form = {"second": "%Y-%m-%dT%H:%M:%SZ", "minute": "%Y-%m-%dT%H:%MZ", "day": "%Y-%m-%d"}[entry.published_precision]
    return entry.published_at.strftime(form)


def rss(items: str, names: str = "", declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}<rss version="2.0"{names}><channel><title>News</title>{items}</channel></rss>'


def item(path: str, title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://news.example/{path}</link>{more}</item>"


def atom(entries: str, names: str = ' xmlns="http://www.w3.org/2005/Atom"') -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><feed{names}><title>News</title>{entries}</feed>'


def atom_entry(path: str, title: str, more: str = "") -> str:
    return f'<entry>{title}<link href="https://news.example/{path}"/><id>urn:{path}</id>{more}</entry>'
