"""Sitemaps of sources that have a gap and none in the catalogue: those that their robots.txt names. Reading them is a poll."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime

from ingest.catalogue import feed_id
from ingest.crawl_state import FeedState
from ingest.fetch.pace import in_turn
from ingest.jobs.manners import Manners
from ingest.records import Feed, Source
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
        if source_id in gaps
        and not any(feed.feed_kind == "sitemap" for feed in source.feeds)
        and is_due(source, None, now=now)  # by its schedule, where it has one
    ]
    _ask_rules([one for one in lacking if not manners.knows_rules(one, one.home_url)], manners, settings)
    found = []
    for source in lacking:
        if not manners.knows_rules(source, source.home_url):
            continue  # put off
        for feed in _sitemaps(source, manners.sitemaps(source, source.home_url)):
            before, gap = states.get(feed.feed_id), gaps[source.source_id]
            if before is not None and before.source_id != source.source_id:
                before = None  # another source's reading fills another source's gap
            if fills(source, gap, before) or is_due(source, before, now=now):
                found.append(due_feed(source, feed, before, gap=gap, now=now))
    return found


def _ask_rules(sources: Sequence[Source], manners: Manners, settings: Settings) -> None:
    visits = in_turn(
        sources,
        lambda source: manners.ask_rules(source, source.home_url),
        host_of=lambda source: host(source.home_url),
        delay_s_of=lambda source: manners.rest_s(source, source.home_url),
        put_off=lambda source, wait_s: manners.is_put_off(source.home_url, wait_s) or None,
        leases=manners.leases,
        threads=settings.fetch_threads,
    )
    with closing(visits):
        deque(visits, maxlen=0)


def _sitemaps(source: Source, urls: Iterable[str]) -> list[Feed]:
    """Each once, whatever its spelling."""
    feeds: dict[str, Feed] = {}
    for url in urls:
        key = feed_id(url)
        feeds.setdefault(key, Feed(feed_id=key, source_id=source.source_id, url=url, feed_kind="sitemap"))
    return list(feeds.values())[:MOST]
