"""The demo news web: every address answers as its truth says, and two webs of one seed are alike."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import combinations
from urllib.parse import urlsplit

import feedparser
import pytest
import requests

from ingest import catalogue
from ingest.demo.papers import RETRY_AFTER_S, WAYS, Paper
from ingest.demo.web import ExtraArticle, NewsWeb

NOW = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)
EXTRA = ExtraArticle(
    title="Envoy “to step down”",
    body="First paragraph — with a dash.\n\nSecond & last, vis-à-vis <nobody>.",
    authors=("Jo Doe",),
    published_at=datetime(2018, 10, 18, 12, 30, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def web() -> Iterator[NewsWeb]:
    with NewsWeb(seed=7, now=NOW, extra_articles=[EXTRA]) as running:
        yield running


@pytest.fixture
def later() -> Iterator[NewsWeb]:
    with NewsWeb(seed=7, edition=2, now=NOW) as running:
        yield running


def entries(web: NewsWeb, **asked: object) -> list[dict]:
    return [one for one in web.truth()["entries"] if all(one[key] == value for key, value in asked.items())]


def without_ports(web: NewsWeb) -> str:
    """The truth as text, with the hosts' names in place of their addresses."""
    text = json.dumps(web.truth()["entries"], ensure_ascii=False)
    for name, origin in web.origins.items():
        text = text.replace(f"{origin}/", f"http://{name}/")
    return text


def test_two_webs_with_one_seed_have_the_same_truth() -> None:
    for edition in (1, 2):
        with NewsWeb(seed=3, edition=edition, now=NOW) as one, NewsWeb(seed=3, edition=edition, now=NOW) as other:
            assert one.origins != other.origins
            assert without_ports(one) == without_ports(other)


def test_another_seed_gives_other_texts(web: NewsWeb) -> None:
    with NewsWeb(seed=8, now=NOW) as other:
        own = {one["body"] for one in entries(other) if one["body"]}
        assert not own & {one["body"] for one in entries(web)}


def test_there_are_papers_in_many_languages_with_about_a_dozen_articles_each(web: NewsWeb) -> None:
    counts = Counter(one["source_id"] for one in entries(web))
    assert len(counts) >= 6
    assert all(8 <= count <= 20 for count in counts.values()), counts
    assert {"en", "de", "es", "fr", "ru", "ja"} == {one["language"] for one in entries(web)}


def test_articles_are_of_plausible_length_and_not_alike(web: NewsWeb) -> None:
    bodies = {one["canonical_url"]: one for one in entries(web, group=None) if one["body"] and "extra" not in one["id"]}
    shingles = {}
    for url, one in bodies.items():
        words = one["body"].split()
        if one["language"] == "ja":
            assert 400 <= len(one["body"]) <= 1200
            words = list(one["body"])
        else:
            assert 150 <= len(words) <= 600, one["id"]
        shingles[url] = {tuple(words[start : start + 5]) for start in range(len(words) - 4)}
    for one, other in combinations(shingles.values(), 2):
        assert len(one & other) / len(one | other) < 0.4


def test_every_listed_address_answers_as_told(web: NewsWeb, client: requests.Session) -> None:
    for one in entries(web):
        answer = client.get(one["url"], allow_redirects=False)
        assert answer.status_code == WAYS[one["way"]][0], one["id"]
        if one["way"] == "moved":
            assert answer.headers["Location"] == one["canonical_url"]
            answer = client.get(one["url"])
            assert answer.url == one["canonical_url"]
        if one["way"] == "pdf":
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF-")
        elif answer.status_code == 200:
            assert answer.headers["Content-Type"].startswith("text/html")


def test_an_article_page_holds_every_paragraph_and_its_canonical_address(
    web: NewsWeb, client: requests.Session
) -> None:
    for one in (one for one in entries(web) if one["body"] and one["expected"] != "waiting"):
        answer = client.get(one["url"])
        page = answer.content.decode("windows-1252" if one["source_id"] == "courrier-du-lac" else "utf-8")
        for paragraph in one["body"].split("\n"):
            assert f"<p>{paragraph.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>" in page
        assert f'<link rel="canonical" href="{one["canonical_url"]}">' in page


def test_a_page_that_is_no_article_does_not_hold_one(web: NewsWeb, client: requests.Session) -> None:
    for one in entries(web, expected="rejected"):
        assert "<article" not in client.get(one["url"]).text, one["id"]


def test_each_way_to_end_is_there_and_told_with_its_reason(web: NewsWeb) -> None:
    ends = {(one["expected"], one["expected_reason"]) for one in entries(web)}
    assert ends == {(state, reason) for _, state, reason in WAYS.values()}


def test_a_group_carries_one_text_and_names_its_first_copy(web: NewsWeb) -> None:
    agency = entries(web, group="agency-1")
    assert len({one["source_id"] for one in agency}) == 3
    assert len({one["body"] for one in agency}) == 1
    first = min(agency, key=lambda one: datetime.fromisoformat(one["published_at"]))
    assert {one["syndicated_of"] for one in agency if one is not first} == {first["canonical_url"]}
    assert first["syndicated_of"] is None
    variants = entries(web, group=entries(web, way="amp")[0]["group"])
    assert len(variants) == 2
    assert len({one["canonical_url"] for one in variants}) == 1
    assert {one["syndicated_of"] for one in variants} == {None}


def test_a_members_page_lies_under_what_robots_txt_closes(web: NewsWeb, client: requests.Session) -> None:
    for one in entries(web, way="members"):
        origin = web.origins[one["source_id"]]
        robots = client.get(f"{origin}/robots.txt").text
        closed = robots.split("Disallow: ")[1].split()[0]
        assert urlsplit(one["url"]).path.startswith(closed)
        assert f"Sitemap: {origin}/sitemap.xml" in robots


def test_feeds_list_exactly_the_truth(web: NewsWeb, client: requests.Session) -> None:
    for paper in with_feeds(web):
        listed: set[str] = set()
        for address in feeds_of(web)[paper.source_id]:
            parsed = feedparser.parse(BytesIO(client.get(address).content))
            assert not parsed.bozo, (address, parsed.get("bozo_exception"))
            listed |= {one.link for one in parsed.entries}
        assert listed == {url for one in entries(web, source_id=paper.source_id) for url in one["listed_as"]}


def test_a_feed_tells_titles_dates_authors_and_tags(web: NewsWeb, client: requests.Session) -> None:
    for paper in with_feeds(web):
        address = feeds_of(web)[paper.source_id][0]
        told = {one.link: one for one in feedparser.parse(BytesIO(client.get(address).content)).entries}
        for one in entries(web, source_id=paper.source_id):
            entry = told[one["url"]]
            published_at = datetime(*entry.published_parsed[:6], tzinfo=UTC)
            assert entry.title == one["title"].replace("<", "&lt;")
            assert published_at == datetime.fromisoformat(one["published_at"])
            assert [author["name"] for author in entry.get("authors", []) if author] == one["authors"]
            assert [tag.term for tag in entry.tags] == one["tags"]


def test_the_sitemap_lists_the_same_articles_without_tracking(web: NewsWeb, client: requests.Session) -> None:
    for paper in with_feeds(web):
        sitemap = client.get(f"{web.origins[paper.source_id]}/sitemap.xml").text
        for one in entries(web, source_id=paper.source_id):
            on_this_host = one["url"].startswith(web.origins[paper.source_id])
            assert (f"<loc>{one['url'].partition('?')[0]}</loc>" in sitemap) is on_this_host


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_an_unchanged_feed_or_page_answers_304(web: NewsWeb, client: requests.Session, validator: str) -> None:
    asks = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[validator]
    for address in (feeds_of(web)["harbour-gazette"][0], entries(web, way="plain")[0]["url"]):
        first = client.get(address)
        again = client.get(address, headers={asks: first.headers[validator]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert client.get(address, headers={asks: '"else"' if validator == "ETag" else "no date"}).status_code == 200


def test_an_overloaded_host_names_its_wait_and_answers_in_edition_2(client: requests.Session, later: NewsWeb) -> None:
    healed = entries(later, way="overloaded")[0]
    assert client.get(healed["url"]).status_code == 200
    assert (healed["expected"], healed["expected_reason"]) == ("stored", None)
    later.turn_to(1)
    waiting = entries(later, way="overloaded")[0]
    answer = client.get(waiting["url"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert waiting["expected"] == "waiting"
    others = {urlsplit(one["url"]).netloc for one in entries(later) if one["id"] != waiting["id"]}
    assert urlsplit(waiting["url"]).netloc not in others, "its Retry-After would hold back other articles"


def test_a_host_that_is_overloaded_once_answers_who_comes_again(client: requests.Session) -> None:
    with NewsWeb(seed=7, is_overloaded_once=True) as web:
        (refused,) = entries(web, way="overloaded")
        assert [client.get(refused["url"]).status_code for _ in range(3)] == [503, 200, 200]


def test_edition_2_brings_new_articles_edits_and_another_copy(later: NewsWeb, client: requests.Session) -> None:
    after = {one["id"]: one for one in entries(later)}
    later.turn_to(1)
    before = {one["id"]: one for one in entries(later)}
    feeds = {source_id: client.get(addresses[0]) for source_id, addresses in feeds_of(later).items()}
    later.turn_to(2)
    assert before.keys() < after.keys()
    assert len(entries(later, group="agency-2")) == 3

    edited = {key: one for key, one in after.items() if one["edited_at"]}
    assert len(edited) >= 5
    assert any(one["title"] != before[key]["title"] for key, one in edited.items())
    for key, one in edited.items():
        assert one["url"] == before[key]["url"]
        assert one["body"].startswith(before[key]["body"])
        assert one["modified_at"] == one["edited_at"] > before[key]["modified_at"]
        page = client.get(one["url"])
        page.encoding = "windows-1252" if one["source_id"] == "courrier-du-lac" else "utf-8"
        assert one["body"].rpartition("\n")[2] in page.text
        assert one["edited_at"] in page.text
        if one["listed_by"] != "feed":
            continue  # how a sitemap tells of edits: test_listing.py
        parsed = feedparser.parse(BytesIO(client.get(feeds_of(later)[one["source_id"]][0]).content))
        entry = next(entry for entry in parsed.entries if entry.link == one["url"])
        assert entry.title == one["title"]
        assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == datetime.fromisoformat(one["edited_at"])

    for source_id, old in feeds.items():
        again = client.get(old.url, headers={"If-None-Match": old.headers["ETag"]})
        assert again.status_code == 200, f"{source_id} has something new"


def test_no_date_lies_in_the_future(later: NewsWeb) -> None:
    for one in entries(later):
        assert datetime.fromisoformat(one["modified_at"]) < NOW
        assert datetime.fromisoformat(one["published_at"]) > NOW - timedelta(hours=48)


def test_the_catalogue_is_one_the_crawler_accepts(web: NewsWeb) -> None:
    sources = catalogue.parse(tomllib.loads(web.catalogue()), "demo")
    assert [source.source_id for source in sources] == [paper.source_id for paper in web.papers]
    assert {(source.poll_every_s, source.host_delay_s) for source in sources} == {(1, 0.0)}


def test_an_extra_article_is_printed_in_the_first_paper(web: NewsWeb, client: requests.Session) -> None:
    one = next(one for one in entries(web) if one["title"] == EXTRA.title)
    assert one["source_id"] == web.papers[0].source_id
    assert one["body"] == "First paragraph — with a dash.\nSecond & last, vis-à-vis <nobody>."
    assert datetime.fromisoformat(one["published_at"]) == EXTRA.published_at
    assert "Second &amp; last, vis-à-vis &lt;nobody&gt;." in client.get(one["url"]).text


def test_the_wire_serves_truth_and_catalogue(web: NewsWeb, client: requests.Session) -> None:
    assert client.get(f"{web.origins['wire']}/truth.json").json() == web.truth()
    assert client.get(f"{web.origins['wire']}/sources.toml").text == web.catalogue()


def test_the_log_counts_what_was_asked_for(client: requests.Session, later: NewsWeb) -> None:
    url = entries(later, way="plain")[0]["url"]
    client.get(url)
    client.get(url)
    client.head(url.partition("?")[0])
    assert later.fetch_count(url) == 2
    assert [one.status for one in later.requests] == [200, 200, 200]


def test_front_and_section_pages_link_only_to_articles_that_exist(web: NewsWeb, client: requests.Session) -> None:
    for paper in web.papers:
        front = client.get(f"{web.origins[paper.source_id]}/")
        assert front.status_code == 200
        front.encoding = paper.charset
        for one in entries(web, source_id=paper.source_id, way="plain"):
            assert one["canonical_url"] in front.text


def with_feeds(web: NewsWeb) -> list[Paper]:
    return [paper for paper in web.papers if paper.discovery.by == "feed"]


def feeds_of(web: NewsWeb) -> dict[str, list[str]]:
    sources = catalogue.parse(tomllib.loads(web.catalogue()), "demo")
    return {source.source_id: [feed.url for feed in source.feeds] for source in sources}
