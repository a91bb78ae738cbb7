"""What the papers of the demo web list, by feed, sitemap and section page: read as by a crawl, it is what the truth says."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import requests

from ingest import catalogue
from ingest.catalogue import feed_id
from ingest.demo import sitemap
from ingest.demo.papers import PAST_WAYS
from ingest.demo.web import NewsWeb
from ingest.discover.feed import read_feed
from ingest.discover.section import SectionReading, read_section
from ingest.discover.sitemap import SitemapReading, read_sitemap
from ingest.records import Entry, Feed, Source
from ingest.rules.robots import read_robots
from ingest.rules.sitemap import children_to_poll

NOW = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
WITH_SITEMAPS, WITH_A_SHORT_FEED, WITH_A_FEED_THAT_MOVES = "rheintaler-bote", "tidewater-daily", "courrier-du-lac"
WITH_PAGES_ALONE, WITH_A_SELECTOR = "gaceta-del-golfo", "kitamisaki-nippo"
WITH_A_DELAY, WITH_A_RESERVATION = "gaceta-del-golfo", "donauer-abendblatt"


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    with NewsWeb(seed=7, now=NOW) as running:
        yield running


def test_papers_are_found_by_feed_sitemap_or_section_page(web: NewsWeb) -> None:
    kinds = {source.source_id: {feed.feed_kind for feed in source.feeds} for source in sources(web)}
    assert kinds.pop(WITH_SITEMAPS) == {"sitemap"}
    assert kinds.pop(WITH_PAGES_ALONE) == kinds.pop(WITH_A_SELECTOR) == {"section"}
    assert all(kind == {"feed"} for kind in kinds.values())
    assert [source.source_id for source in sources(web) if source.section_links] == [WITH_A_SELECTOR]


@pytest.mark.parametrize("edition", [1, 2])
def test_sitemaps_that_are_worth_asking_for_list_exactly_the_truth(
    web: NewsWeb, client: requests.Session, edition: int
) -> None:
    web.turn_to(edition)
    index, children = sitemaps_asked_for(web, client)
    assert index.parse_route == "index"
    assert [paths_of(web, one.url) for one in index.children] == [sitemap.NEWS, sitemap.WEEKS, "/sitemaps/2025.xml.gz"]
    assert [child.parse_route for child in children] == ["news", "urlset"]
    for child in children:
        assert addresses(child.entries) == truly_listed(web, WITH_SITEMAPS)
    news, weeks = children
    assert (news.outside_count, weeks.outside_count) == (0, 12)
    printed = {one["url"]: one for one in truths(web, WITH_SITEMAPS)}
    for entry in news.entries:
        assert entry.title == printed[entry.url]["title"]
        assert entry.published_at == datetime.fromisoformat(printed[entry.url]["published_at"])
    for entry in weeks.entries:
        assert entry.modified_at == datetime.fromisoformat(printed[entry.url]["modified_at"])


def test_what_is_older_is_there_for_who_asks_but_no_crawl_has_a_reason_to(
    web: NewsWeb, client: requests.Session
) -> None:
    unasked = web.truth()["unasked"]
    sitemaps_asked_for(web, client)
    assert not any(web.fetch_count(url) for url in unasked)
    assert not set(unasked) & {one["url"] for one in truths(web)}
    for one in web.truth()["archived"]:
        assert client.get(one["url"], allow_redirects=False).status_code == PAST_WAYS[one["way"]][0]
    (old,) = [url for url in unasked if url.endswith(".xml.gz")]
    assert addresses(read(client, feed_of(web, old), since=datetime(2000, 1, 1, tzinfo=UTC)).entries) < set(unasked)


def test_a_packed_sitemap_is_a_gzip_file_and_not_packed_twice(web: NewsWeb, client: requests.Session) -> None:
    answer = client.get(web.origins[WITH_SITEMAPS] + sitemap.WEEKS, headers={"Accept-Encoding": "gzip"})
    assert answer.content.startswith(b"\x1f\x8b")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("source_id", [WITH_PAGES_ALONE, WITH_A_SELECTOR])
def test_section_pages_list_exactly_the_truth(
    web: NewsWeb, client: requests.Session, edition: int, source_id: str
) -> None:
    web.turn_to(edition)
    source = source_of(web, source_id)
    reading = read_page(client, source, source.section_links)
    assert addresses(reading.entries) == truly_listed(web, source_id)
    printed = {one["url"]: one for one in truths(web, source_id)}
    for entry in reading.entries:
        assert entry.title == printed[entry.url]["title"]
        assert entry.published_at == datetime.fromisoformat(printed[entry.url]["published_at"])


@pytest.mark.parametrize("source_id", [WITH_PAGES_ALONE, WITH_A_SELECTOR])
def test_section_pages_have_links_that_lead_to_no_article(
    web: NewsWeb, client: requests.Session, source_id: str
) -> None:
    page = client.get(source_of(web, source_id).feeds[0].url).text
    for start in ("/login", "/newsletter", "/section/", "/author/", "/tag/", "/about", "/latest?page=2"):
        assert f'href="{start}' in page, start


def test_an_offer_that_looks_like_an_article_is_what_the_selector_leaves_out(
    web: NewsWeb, client: requests.Session
) -> None:
    by_their_looks = addresses(read_page(client, source_of(web, WITH_A_SELECTOR), None).entries)
    offer = f"{web.origins[WITH_A_SELECTOR]}/offers/2026110001"
    assert by_their_looks == truly_listed(web, WITH_A_SELECTOR) | {offer}


def test_a_feed_moves_for_good_in_edition_2(web: NewsWeb, client: requests.Session) -> None:
    old = source_of(web, WITH_A_FEED_THAT_MOVES).feeds[0]
    new_url = f"{web.origins[WITH_A_FEED_THAT_MOVES]}/flux/une.xml"
    assert [client.get(url).status_code for url in (old.url, new_url)] == [200, 404]
    web.turn_to(2)
    answer = client.get(old.url, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, new_url)
    assert addresses(shown(client, feed_of(web, new_url))) == truly_listed(web, WITH_A_FEED_THAT_MOVES)


def test_a_feed_rolls_over_between_the_editions_and_the_sitemap_of_its_robots_txt_has_all(
    web: NewsWeb, client: requests.Session
) -> None:
    (feed,) = source_of(web, WITH_A_SHORT_FEED).feeds
    before = addresses(shown(client, feed))
    assert before == truly_listed(web, WITH_A_SHORT_FEED)
    web.turn_to(2)
    after = addresses(shown(client, feed))
    assert len(after) == len(before)
    assert not after & before
    missed = {one["url"] for one in truths(web, WITH_A_SHORT_FEED) if one["listed_by"] == "sitemap"}
    assert missed == truly_listed(web, WITH_A_SHORT_FEED) - after - before
    assert len(missed) == 4
    (named,) = read_robots(robots_of(web, client, WITH_A_SHORT_FEED), product="ingest").sitemaps
    reading = read(client, feed_of(web, named), since=SINCE)
    assert addresses(reading.entries) == truly_listed(web, WITH_A_SHORT_FEED)


def test_no_other_feed_rolls_over(web: NewsWeb, client: requests.Session) -> None:
    feeds = [feed for source in sources(web) for feed in source.feeds if feed.feed_kind == "feed"]
    before = {feed.feed_id: addresses(shown(client, feed)) for feed in feeds}
    web.turn_to(2)
    rolled_over = {feed.source_id for feed in feeds if not before[feed.feed_id] <= addresses(shown(client, feed))}
    assert rolled_over == {WITH_A_SHORT_FEED}


def test_a_robots_txt_asks_for_a_rest_and_another_reserves_training(web: NewsWeb, client: requests.Session) -> None:
    rules = {
        source.source_id: read_robots(robots_of(web, client, source.source_id), product="ingest")
        for source in sources(web)
    }
    assert {key: one.crawl_delay_s for key, one in rules.items() if one.crawl_delay_s} == {WITH_A_DELAY: 0.1}
    reserved = {key: one.optouts("/any") for key, one in rules.items() if one.optouts("/any")}
    assert reserved == {WITH_A_RESERVATION: ("robots:gptbot", "robots:ccbot")}
    assert all(one.is_allowed("/any") and not one.is_allowed("/members/any") for one in rules.values())


def sources(web: NewsWeb) -> tuple[Source, ...]:
    return catalogue.parse(tomllib.loads(web.catalogue()), "demo")


def source_of(web: NewsWeb, source_id: str) -> Source:
    return next(source for source in sources(web) if source.source_id == source_id)


def feed_of(web: NewsWeb, url: str) -> Feed:
    kind = "sitemap" if "sitemap" in url else "feed"
    return Feed(feed_id=feed_id(url), source_id="any", url=url, feed_kind=kind)


def truths(web: NewsWeb, source_id: str | None = None) -> list[dict]:
    return [one for one in web.truth()["entries"] if source_id in (None, one["source_id"])]


def truly_listed(web: NewsWeb, source_id: str) -> set[str]:
    return {url for one in truths(web, source_id) for url in one["listed_as"]}


def addresses(entries: Sequence[Entry]) -> set[str]:
    return {entry.url for entry in entries}


def paths_of(web: NewsWeb, url: str) -> str:
    return url.removeprefix(web.origins[WITH_SITEMAPS])


def robots_of(web: NewsWeb, client: requests.Session, source_id: str) -> bytes:
    return client.get(f"{web.origins[source_id]}/robots.txt").content


def shown(client: requests.Session, feed: Feed) -> tuple[Entry, ...]:
    """What a feed lists now."""
    body = client.get(feed.url).content
    return read_feed(body, feed=feed, poll_id="p", listed_at=NOW, base_url=feed.url, http_charset=None).entries


def read(client: requests.Session, feed: Feed, *, since: datetime) -> SitemapReading:
    return read_sitemap(
        client.get(feed.url).content,
        feed=feed,
        poll_id="p",
        listed_at=NOW,
        base_url=feed.url,
        http_charset=None,
        since=since,
        limit_bytes=1_000_000,
    )


def sitemaps_asked_for(web: NewsWeb, client: requests.Session) -> tuple[SitemapReading, list[SitemapReading]]:
    """The index, and those of its sitemaps that the rules of a first crawl choose, in its order."""
    (feed,) = source_of(web, WITH_SITEMAPS).feeds
    index = read(client, feed, since=SINCE)
    chosen = children_to_poll(index.children, {}, since=SINCE, now=NOW)
    return index, [read(client, feed_of(web, one.url), since=SINCE) for one in index.children if one in chosen]


def read_page(client: requests.Session, source: Source, selector: str | None) -> SectionReading:
    (feed,) = source.feeds
    return read_section(
        client.get(feed.url).content,
        feed=feed,
        poll_id="p",
        listed_at=NOW,
        base_url=feed.url,
        http_charset="utf-8",
        selector=selector,
    )
