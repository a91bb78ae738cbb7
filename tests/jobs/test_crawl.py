"""The whole path over the demo news web: what it lists, and only that, ends in the warehouse, in the state the truth tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.demo.account import differences, wrongly_joined
from ingest.demo.web import ExtraArticle, NewsWeb
from ingest.errors import CatalogueError, IngestError, SettingsError
from ingest.jobs import build, crawl, load, publish
from ingest.jobs.crawl import CrawlSummary
from ingest.rules.url import identity
from ingest.settings import Settings
from ingest.warehouse import check, sql
from ingest.warehouse.read import reader
from killer import killed
from looks import ask, tables
from small_warehouse import doubled

Crawls = Callable[[NewsWeb], Settings]
LATER = timedelta(seconds=30)  # past the feeds' interval and any Retry-After of the demo web


def whole_run(settings: Settings, *, after: timedelta = LATER) -> CrawlSummary:
    summary = crawl.run(settings, now=datetime.now(UTC) + after)
    load.run(settings)
    build.run(settings)
    publish.run(settings)
    return summary


def told(settings: Settings) -> dict[tuple[str, str], tuple[str, str]]:
    rows = ask(settings, "SELECT source_id, entry_id::VARCHAR, state, reason FROM mart.ledger")
    return {(source_id, entry_id): (state, reason) for source_id, entry_id, state, reason in rows}


def story_of(settings: Settings) -> dict[tuple[str, str], str]:
    rows = ask(
        settings,
        "SELECT ledger.source_id, entry_id::VARCHAR, story_id::VARCHAR FROM mart.ledger AS ledger"
        " JOIN mart.story_article USING (article_id)",
    )
    return {(source_id, entry_id): story_id for source_id, entry_id, story_id in rows}


def test_every_item_of_both_editions_ends_in_the_state_that_the_truth_tells(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    whole_run(settings)
    assert differences(web.truth()["entries"], told(settings)) == []
    assert wrongly_joined(web.truth()["entries"], story_of(settings)) == []
    web.turn_to(2)
    whole_run(settings)
    whole_run(settings, after=2 * LATER)  # a feed rolled over between the editions: this one reads its paper's sitemap
    assert ask(settings, "SELECT source_id, refilled_at IS NOT NULL FROM mart.feed_gap") == [("tidewater-daily", True)]
    assert [url for url in web.truth()["unasked"] if web.fetch_count(url)] == []
    assert differences(web.truth()["entries"], told(settings)) == []
    assert wrongly_joined(web.truth()["entries"], story_of(settings)) == []
    with reader(settings.published_file) as connection:
        assert [model.name for model in sql.models() if doubled(connection, model)] == []
        assert check.run(connection, since_seq=-1) == []


def test_articles_say_what_the_papers_printed(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    whole_run(settings)
    rows = ask(settings, "SELECT article_id::VARCHAR, title, text, authors, published_at, language FROM mart.article")
    stored = {article_id: rest for article_id, *rest in rows}
    printed = [entry for entry in web.truth()["entries"] if entry["expected"] == "stored" and entry["body"]]
    assert len(printed) > 80
    for entry in printed:
        title, text, authors, published_at, language = stored[identity(entry["canonical_url"])]
        assert (title, text) == (entry["title"], entry["body"])
        assert authors == entry["authors"]
        assert published_at == datetime.fromisoformat(entry["published_at"])
        assert language.split("-")[0] == entry["language"].split("-")[0]


def test_a_second_run_with_nothing_new_fetches_no_page_and_changes_no_row(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    whole_run(settings)
    before = tables(settings.published_file)
    asked = {
        entry["url"]: web.fetch_count(entry["url"])
        for entry in web.truth()["entries"]
        if entry["expected"] != "waiting"
    }
    second = whole_run(settings)
    assert (second.failed_polls, second.unchanged_polls) == (0, second.polls)
    assert second.entries == 0
    assert {url: web.fetch_count(url) for url in asked} == asked
    after = tables(settings.published_file)
    for name in ("core.article", "core.revision", "core.entry", "mart.article"):
        assert after[name] == before[name]


def test_an_edit_that_the_feed_tells_of_becomes_a_revision(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    whole_run(settings)
    web.turn_to(2)
    whole_run(settings)
    edited = [entry for entry in web.truth()["entries"] if entry["edited_at"]]
    assert edited
    for entry in edited:
        article_id = identity(entry["canonical_url"])
        assert ask(
            settings, f"SELECT title, text, revision_count FROM mart.article WHERE article_id = '{article_id}'"
        ) == [(entry["title"], entry["body"], 2)]
        assert ask(settings, f"SELECT count(*) FROM mart.revision WHERE article_id = '{article_id}'") == [(2,)]


def test_a_young_article_is_looked_at_again_and_a_304_makes_no_capture(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    whole_run(settings)
    looked = whole_run(settings, after=timedelta(hours=2))
    assert looked.unchanged > 80
    assert looked.fetched == looked.extracted + looked.rejected
    assert ask(settings, "SELECT max(capture_count) FROM core.revision WHERE first_seen_at = last_seen_at") == [(1,)]
    assert ask(settings, "SELECT DISTINCT purpose FROM raw.fetch WHERE outcome = 'not_modified'") == [("second_look",)]


def test_a_crawl_that_is_killed_between_listing_and_fetching_loses_no_item(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    sealed_listing = 7  # fsyncs: source, poll and entry files, the manifest, and three folders
    assert killed(settings, "crawl", at="fsync", number=sealed_listing)
    assert not any(web.fetch_count(entry["url"]) for entry in web.truth()["entries"])
    resumed = whole_run(settings)
    assert resumed.entries == 0  # the feeds say nothing new: what is fetched is owed from the listing
    assert differences(web.truth()["entries"], told(settings)) == []


def test_a_crawl_that_is_killed_amid_fetching_loses_no_item(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    assert killed(settings, "crawl", at="fsync", number=10)
    whole_run(settings)
    assert differences(web.truth()["entries"], told(settings)) == []


def test_a_crawl_that_runs_before_the_loader_knows_what_was_staged(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    first = crawl.run(settings)
    second = crawl.run(settings, now=datetime.now(UTC) + LATER)
    assert first.fetched > 80
    assert (second.entries, second.extracted) == (0, 0)


def test_the_seed_article_comes_back_word_for_word_and_is_found(shared: Path, crawls: Crawls) -> None:
    text = (shared / "seed-article.txt").read_text("utf-8")
    seed = ExtraArticle(
        title="UN Envoy for Syria steps down",
        body=text,
        authors=("Jonathan Hessen",),
        published_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    )
    with NewsWeb(seed=11, extra_articles=[seed]) as web:
        settings = crawls(web)
        whole_run(settings)
    assert ask(settings, "SELECT text FROM mart.article WHERE title LIKE 'UN Envoy%'") == [(text.strip(),)]
    assert ask(settings, "SELECT title FROM search_articles('Mistura', 5)") == [("UN Envoy for Syria steps down",)]


def test_real_pages_are_stored_or_rejected_and_none_vanishes(saved_pages: Path, crawls: Crawls) -> None:
    with NewsWeb(seed=11, pages=saved_pages) as web:
        settings = crawls(web)
        crawl.run(settings, source_ids=["saved-pages"])
        load.run(settings)
        publish.run(settings)
    states = dict(ask(settings, "SELECT state, count(*) FROM mart.ledger GROUP BY state"))
    assert sum(states.values()) == 127
    assert states["stored"] >= 120
    assert states.keys() <= {"stored", "rejected"}


def test_a_plan_keeps_hosts_together_and_is_empty_when_nothing_is_due(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    now = datetime.now(UTC)
    planned = crawl.plan(settings, source_ids=None, now=now)
    assert sorted(source_id for batch in planned for source_id in batch) == sorted(
        paper.source_id for paper in web.papers
    )
    assert len(planned) <= settings.crawl_batches
    whole_run(settings)
    assert crawl.plan(settings, source_ids=None, now=now) == []


def test_a_feed_that_is_a_web_page_is_a_row_and_costs_no_other_feed(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    page = f"{web.origins['harbour-gazette']}/"
    sick = f'[[source]]\nsource_id = "sick"\nname = "Sick"\nhome_url = "{page}"\ncountry = "IE"\nlanguage = "en"\n'
    settings.catalogue.write_text(f'{web.catalogue()}\n{sick}feeds = ["{page}", "{page}nowhere.xml"]\n', "utf-8")
    summary = whole_run(settings)
    assert summary.failed_polls == 2
    assert ask(settings, "SELECT outcome, http_status FROM mart.feed_poll WHERE source_id = 'sick' ORDER BY ALL") == [
        ("http_error", 404),
        ("not_a_feed", 200),
    ]
    assert differences(web.truth()["entries"], told(settings)) == []


def test_a_source_that_a_person_chose_is_polled_though_it_is_not_due(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    now = datetime.now(UTC)
    crawl.run(settings, now=now)
    assert crawl.run(settings, source_ids=["harbour-gazette"], now=now).polls == 0
    assert crawl.run(settings, source_ids=["harbour-gazette"], now=now, poll_all=True).polls == 2
    assert crawl.plan(settings, source_ids=["harbour-gazette"], now=now) == [["harbour-gazette"]]


def test_when_time_is_up_what_is_left_waits_for_the_next_run(web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    slow = settings.home / "slow.toml"  # each host rests for longer than the crawl lasts
    slow.write_text(web.catalogue().replace("host_delay_s = 0.0", "host_delay_s = 3.0"), "utf-8")
    hurried = crawl.run(replace(settings, catalogue=slow, crawl_time_s=2.0))
    assert hurried.polls == sum(paper.discovery.by != "section" for paper in web.papers)  # these wait behind robots.txt
    assert hurried.put_off == hurried.targets > 50
    assert not any(web.fetch_count(entry["url"]) for entry in web.truth()["entries"])
    whole_run(settings)
    assert differences(web.truth()["entries"], told(settings)) == []


def test_a_source_that_is_not_in_the_catalogue_is_named(web: NewsWeb, crawls: Crawls) -> None:
    with pytest.raises(CatalogueError, match="no source nowhere"):
        crawl.run(crawls(web), source_ids=["nowhere"])


def test_nothing_is_fetched_without_a_contact(web: NewsWeb, crawls: Crawls) -> None:
    with pytest.raises(SettingsError, match="INGEST_CONTACT is empty"):
        crawl.run(replace(crawls(web), contact=" "))
    assert web.requests == ()


def test_a_run_is_judged_by_the_share_of_polls_that_failed(settings: Settings) -> None:
    fine = CrawlSummary(polls=10, failed_polls=4).as_dict()
    sick = CrawlSummary(polls=10, failed_polls=9).as_dict()
    assert crawl.judge(settings, [fine], batch_count=1).startswith("10 polls, 4 failed")
    with pytest.raises(IngestError, match="more than 50% of polls failed"):
        crawl.judge(settings, [fine, sick], batch_count=2)
    with pytest.raises(IngestError, match="1 of 2 crawl tasks gave no account"):
        crawl.judge(settings, [fine], batch_count=2)
