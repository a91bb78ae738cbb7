"""Feeds, sitemaps and section pages over a web that moves, forgets and lies: nothing listed is missed, nothing is asked twice."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from fetch.hostile import HostileWeb
from ingest.jobs import build, crawl, load, publish
from ingest.jobs.crawl import CrawlSummary
from ingest.settings import Settings
from looks import ask

RSS = '<rss version="2.0"><channel>%s</channel></rss>'
Crawl = Callable[..., CrawlSummary]


class Paper:
    """One publisher on a host of its own, whose front can be printed anew."""

    def __init__(self, web: HostileWeb) -> None:
        self.web = web

    def prints(self, *numbers: int) -> None:
        """The pages of these stories."""
        for number in numbers:
            parts = (
                f"<p>This is part {part} of the long story number {number}, with words for a record."
                for part in range(40)
            )
            self.web.page(
                f"/story-of-the-day-{number}", f"<html><h1>Story number {number}</h1>{''.join(parts)}".encode()
            )

    def link(self, number: int) -> str:
        return self.web.url(f"/story-of-the-day-{number}")

    def lists(self, *numbers: int, headers: tuple[str, ...] = ()) -> None:
        entries = "".join(f"<item><title>Story {one}</title><link>{self.link(one)}</link></item>" for one in numbers)
        self.shows("/feed", RSS % entries, "application/rss+xml", *headers)

    def maps(self, *numbers: int, at: datetime, path: str = "/sitemap.xml") -> None:
        urls = "".join(f"<url><loc>{self.link(one)}</loc><lastmod>{at.isoformat()}</lastmod></url>" for one in numbers)
        self.shows(path, f"<urlset>{urls}</urlset>", "text/xml")

    def shows(self, path: str, body: str, content_type: str, *headers: str, status: str = "200 OK") -> None:
        self.web.forget(path)
        self.web.page(path, body.encode(), f"Content-Type: {content_type}", *headers, status=status)

    def asked(self, path: str) -> int:
        return sum(head.startswith(f"GET {path} ") for head in self.web.heads)


@pytest.fixture
def paper() -> Iterator[Paper]:
    with HostileWeb() as web:
        yield Paper(web)


@pytest.fixture
def crawls(settings: Settings, paper: Paper) -> Crawl:
    """Crawls, loads, publishes, `after` some time; keywords are keys of the source."""
    settings.home.mkdir(parents=True)
    began = datetime.now(UTC)

    def run(*, after: timedelta = timedelta(0), **keys: Any) -> CrawlSummary:
        given = {"source_id": "daily", "name": "Daily", "home_url": paper.web.url("/"), "country": "IE", "language": "en",
                 "host_delay_s": 0.0} | keys  # fmt: skip
        if not {"feeds", "sitemaps", "sections"} & given.keys():
            given["feeds"] = [paper.web.url("/feed")]
        catalogue = settings.home / "sources.toml"
        catalogue.write_text("[[source]]\n" + "".join(f"{key} = {value!r}\n" for key, value in given.items()), "utf-8")
        summary = crawl.run(
            replace(settings, catalogue=catalogue, allow_networks=(ip_network("127.0.0.0/8"),)), now=began + after
        )
        for job in (load, build, publish):
            job.run(settings)
        return summary

    return run


DAY = timedelta(days=1)


def stored(settings: Settings) -> set[str]:
    return {url for (url,) in ask(settings, "SELECT url FROM mart.ledger WHERE state = 'stored'")}


def test_a_healthy_source_costs_one_fetch_an_article_and_unchanged_polls_no_parse(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.prints(1, 2, 3)
    paper.lists(1, 2, 3)
    crawls()
    for hours in (1, 2, 3):
        crawls(after=timedelta(days=hours, minutes=5), look_after_s=[])
    fetches = ask(settings, "SELECT count(*), count(DISTINCT entry_id) FROM raw.fetch WHERE purpose = 'new'")
    assert fetches == [(3, 3)]
    routes = ask(settings, "SELECT outcome, parse_route FROM mart.feed_poll ORDER BY polled_at")
    assert routes == [("ok", "strict"), *[("not_modified", None)] * 3]


def test_a_feed_that_rolled_over_is_refilled_from_the_sitemap_that_robots_names(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.shows("/robots.txt", f"Sitemap: {paper.web.url('/sitemap.xml')}", "text/plain")
    paper.prints(*range(30))
    paper.lists(*range(4))
    crawls()
    paper.lists(*range(20, 24))  # 4 to 19 came and went
    paper.maps(*range(24), at=datetime.now(UTC))
    crawls(after=DAY)
    assert ask(settings, "SELECT refilled_at, found_count FROM mart.feed_gap") == [(None, 0)]
    assert paper.asked("/sitemap.xml") == 0
    crawls(after=2 * DAY)
    assert stored(settings) == {paper.link(number) for number in range(24)}
    ((refilled_at,),) = ask(settings, "SELECT refilled_at FROM mart.feed_gap")
    assert refilled_at is not None
    crawls(after=3 * DAY)
    assert paper.asked("/sitemap.xml") == 1  # the gap is closed


def test_a_source_may_have_sitemaps_alone_and_only_what_is_recent_is_listed(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    now, long_ago = datetime.now(UTC), datetime(2019, 3, 1, tzinfo=UTC)
    index = "".join(
        f"<sitemap><loc>{paper.web.url(path)}</loc><lastmod>{at.isoformat()}</lastmod></sitemap>"
        for path, at in (("/2019-03.xml", long_ago), ("/recent.xml", now - DAY))
    )
    paper.shows("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", "text/xml")
    paper.maps(1, 2, at=now - DAY, path="/recent.xml")
    paper.maps(3, at=long_ago, path="/2019-03.xml")
    paper.prints(1, 2, 3)
    crawls(sitemaps=[paper.web.url("/sitemap.xml")])
    assert stored(settings) == {paper.link(1), paper.link(2)}
    assert paper.asked("/2019-03.xml") == 0
    kinds = ask(
        settings, "SELECT DISTINCT listed_by, published_evidence FROM mart.ledger JOIN mart.article USING (article_id)"
    )
    assert kinds == [("sitemap", "first-seen")]  # a lastmod is no date of publication
    assert ask(settings, "SELECT parent_feed_id IS NULL, state FROM mart.feed ORDER BY 1") == [
        (False, "ok"),
        (True, "ok"),
    ]


def test_a_section_page_lists_where_there_is_no_feed(paper: Paper, crawls: Crawl, settings: Settings) -> None:
    paper.prints(1, 2)
    links = "".join(f"<h2><a href='{paper.link(one)}'>A headline of several words, {one}</a></h2>" for one in (1, 2))
    paper.shows("/news", f"<html><body><a href='/login'>Log in</a>{links}</body></html>", "text/html")
    crawls(sections=[paper.web.url("/news")])
    assert stored(settings) == {paper.link(1), paper.link(2)}
    paper.shows("/robots.txt", "User-agent: *\nDisallow: /news", "text/plain")


def test_a_section_page_that_robots_forbids_is_not_asked_for(paper: Paper, crawls: Crawl, settings: Settings) -> None:
    paper.shows("/robots.txt", "User-agent: *\nDisallow: /news", "text/plain")
    crawls(sections=[paper.web.url("/news")])
    assert paper.asked("/news") == 0
    assert ask(settings, "SELECT outcome FROM mart.feed_poll") == [("robots_denied",)]


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address_and_leaves_an_audit_row(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.prints(1)
    paper.lists(1)
    crawls()
    new = paper.web.url("/new-feed")
    paper.shows("/new-feed", RSS % f"<item><link>{paper.link(1)}</link></item>", "application/rss+xml")
    paper.shows("/feed", "", "text/html", "Location: /new-feed", status="301 Moved")
    crawls(after=DAY)
    asked_before = paper.asked("/feed")
    crawls(after=2 * DAY)
    assert (paper.asked("/feed"), paper.asked("/new-feed")) == (asked_before, 2)
    assert ask(settings, "SELECT from_url, to_url FROM mart.feed_move") == [(paper.web.url("/feed"), new)]


def test_a_server_that_says_not_modified_for_ever_is_found_out_within_a_day(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.prints(1, 2)
    paper.lists(1, headers=('ETag: "for ever"',))
    crawls()

    def lies(sock: Any, _: Any) -> None:
        if "if-none-match" in paper.web.heads[-1].lower():
            sock.sendall(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n")
        else:
            body = (RSS % f"<item><link>{paper.link(2)}</link></item>").encode()
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    paper.web.forget("/feed")
    paper.web.does("/feed", lies)
    crawls(after=timedelta(hours=13))
    assert stored(settings) == {paper.link(1)}
    crawls(after=timedelta(hours=26))
    assert stored(settings) == {paper.link(1), paper.link(2)}


def test_a_feed_that_is_gone_is_retired_and_back_when_it_answers(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.shows("/feed", "", "text/html", status="410 Gone")
    crawls()
    assert ask(settings, "SELECT state, outcome FROM mart.feed") == [("retired", "gone")]
    assert crawls(after=29 * DAY).polls == 0
    paper.prints(1)
    paper.lists(1)
    crawls(after=31 * DAY)
    assert ask(settings, "SELECT state FROM mart.feed") == [("ok",)]
    assert stored(settings) == {paper.link(1)}


def test_an_article_is_looked_at_again_when_its_source_wants_it_and_may_be_gone_by_then(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.prints(1)
    paper.lists(1)
    crawls(look_after_s=[7_200])
    assert crawls(after=timedelta(hours=1), look_after_s=[7_200]).targets == 0
    paper.shows("/story-of-the-day-1", "", "text/html", status="410 Gone")
    crawls(after=timedelta(hours=3), look_after_s=[7_200])
    ((is_gone, text),) = ask(settings, "SELECT gone_at IS NOT NULL, text FROM mart.article")
    assert is_gone
    assert "long story" in text
    assert crawls(after=timedelta(hours=30), look_after_s=[7_200]).targets == 0


def test_reservations_against_mining_are_recorded_and_change_nothing_else(
    paper: Paper, crawls: Crawl, settings: Settings
) -> None:
    paper.shows("/robots.txt", "User-agent: GPTBot\nDisallow: /\n", "text/plain")
    story = (
        "<html><meta name='tdm-reservation' content='1'><h1>A story</h1>"
        + "<p>"
        + "Words of a story, and more words. " * 60
    )
    paper.shows("/story-of-the-day-1", story, "text/html", "X-Robots-Tag: noai")
    paper.lists(1)
    crawls()
    assert ask(settings, "SELECT optouts FROM mart.article") == [
        (["header:noai", "meta:tdm-reservation", "robots:gptbot"],)
    ]
