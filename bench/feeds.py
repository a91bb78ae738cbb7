"""CPU milliseconds that a feed of 50 entries takes, by each route and by feedparser alone: `python bench/feeds.py`.

No network and no warehouse: one feed is made here, read as it stands and with a blemish.
"""

from datetime import UTC, datetime
from io import BytesIO
from time import process_time

import feedparser

from ingest.discover.feed import read_feed
from ingest.records import Feed

ROUNDS = 40
FEED = Feed(feed_id="news.example/rss", source_id="news-example", url="https://news.example/rss", feed_kind="feed")
SENTENCE = "The council agreed on Tuesday to rebuild the old bridge &amp;amp; both of its approaches. "
ENTRY = """<item><title>Bridge number {n} &amp;amp; its river</title><link>https://news.example/{n}?utm_source=rss</link>
<guid isPermaLink="false">tag:news.example,2024:{n}</guid><dc:creator>Ana Gómez</dc:creator><category>City</category>
<category>Roads</category><pubDate>Fri, 03 May 2024 10:11:12 +0200</pubDate>
<media:content url="https://news.example/{n}.jpg" medium="image" width="1200"/>
<description>&lt;p&gt;{text}&lt;/p&gt;&lt;p&gt;&lt;a href="/more"&gt;More&lt;/a&gt;&lt;/p&gt;</description>
<content:encoded><![CDATA[{long}]]></content:encoded></item>"""


def made() -> bytes:
    entries = "".join(
        ENTRY.format(n=n, text=SENTENCE * 4, long=f"<p>{SENTENCE * 4}</p><figure><img src='/x.jpg'></figure>" * 8)
        for n in range(50)
    )
    names = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {names}><channel>{entries}</channel></rss>'.encode()
    )


def read(body: bytes) -> str | None:
    reading = read_feed(
        body,
        feed=FEED,
        poll_id="bench",
        listed_at=datetime(2024, 5, 4, tzinfo=UTC),
        base_url=FEED.url,
        http_charset=None,
    )
    assert len(reading.entries) == 50
    return reading.parse_route


def main() -> None:
    body = made()
    blemished = body.replace(b"utm_source=rss", b"id=1&utm_source=rss")
    runs = {
        "strict": lambda: read(body),
        "repaired": lambda: read(blemished),
        "feedparser alone": lambda: str(len(feedparser.parse(BytesIO(body)).entries)),
    }
    print(f"{len(body)} bytes, 50 entries, CPU time, best of {ROUNDS}")
    for name, run in runs.items():
        times = []
        for _ in range(ROUNDS):
            started = process_time()
            said = run()
            times.append(process_time() - started)
        print(f"{name:18} {min(times) * 1000:8.1f} ms  ({said})")


if __name__ == "__main__":
    main()
