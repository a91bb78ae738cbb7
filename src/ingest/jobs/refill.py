"""Sitemaps of sources that have a gap and none in the catalogue: those that their robots.txt names. Reading them is a poll."""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from ingest.catalogue import feed_id
from ingest.fetch.pace import in_turn
from ingest.jobs.manners import Manners
from ingest.records import Feed, FeedState, Source
from ingest.rules.due import DueFeed, Gap, due_feed, fills
from ingest.rules.timetable import is_due
from ingest.rules.url import host
from ingest.settings import Settings

MOST = 5  # sitemaps of a source: some name one a language and section


def refills(
    sources: Mapping[str, Source],
    states: Mapping[str, FeedState],
    gaps: Mapping[str, Gap],
    *,
    manners: Manners,
    settings: Settings,
    now: datetime,
) -> list[DueFeed]:
    """What is read to fill the gaps of these sources; nothing for those whose own sitemaps do."""
    lacking = [
        source
        for source_id, source in sources.items()
        if source_id in gaps and not any(feed.feed_kind == "sitemap" for feed in source.feeds)
    ]
    answers = in_turn(
        lacking,
        manners.sitemaps,
        host_of=lambda source: host(source.home_url),
        delay_s_of=lambda source: manners.rest_s(source, source.home_url),
        put_off=lambda source, wait_s: () if manners.is_put_off(source.home_url, wait_s) else None,
        leases=manners.leases,
        threads=settings.fetch_threads,
    )
    found: dict[tuple[str, str], DueFeed] = {}
    with closing(answers):
        for source, urls in answers:
            for feed in _sitemaps(source, urls):
                before = states.get(feed.feed_id)
                if before is not None and before.source_id != source.source_id:
                    before = None  # another source's reading fills another source's gap
                if (
                    before is None
                    or fills(gaps[source.source_id], before)
                    or is_due(source, before.next_poll_at, now=now)
                ):
                    key = (source.source_id, feed.feed_id)
                    found[key] = due_feed(source, feed, before, gap=gaps[source.source_id], now=now)
    return list(found.values())


def _sitemaps(source: Source, urls: tuple[str, ...]) -> list[Feed]:
    """Each once, whatever its spelling."""
    feeds = {
        feed_id(url): Feed(feed_id=feed_id(url), source_id=source.source_id, url=url, feed_kind="sitemap")
        for url in reversed(urls)
    }
    return list(feeds.values())[::-1][:MOST]
