"""Backfills over the demo news web: what its archives list, and only that, ends in the state that the truth tells, certified."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from backfills import BOTE, GAZETTE, asked, brought_in, day_of, month, published, roomy, told, wanted
from ingest.demo.account import differences
from ingest.demo.web import NewsWeb
from ingest.errors import IngestError, InputError
from ingest.jobs import backfill, build, crawl, erase, load, publish
from ingest.settings import Settings
from ingest.stage import batch as stage
from inputs.archive_host import ArchiveHost
from killed_backfill import killed
from looks import ask

Crawls = Callable[[NewsWeb], Settings]
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    """Of yesterday: a day is certified when it is over."""
    with NewsWeb(seed=11, now=datetime.now(UTC) - timedelta(days=1)) as running:
        yield running


def test_a_month_of_sitemaps_is_certified_item_by_item(web: NewsWeb, crawls: Crawls) -> None:
    settings = roomy(crawls(web))
    request_ids = asked(settings, web, BOTE)
    brought_in(settings)
    published(settings)
    truth = wanted(web, BOTE)
    assert Counter(one["expected_reason"] for one in truth)["redirect_home"] == 1
    assert differences(truth, told(settings, BOTE)) == []
    proven = backfill.certificate(settings)
    assert proven.is_signed
    days = {day.counted_on: day for day in proven.days}
    assert {day: one.listed_count for day, one in days.items() if one.listed_count} == Counter(map(day_of, truth))
    for day, one in days.items():
        states = Counter(entry["expected"] for entry in truth if day_of(entry) == day)
        assert (one.added_count, one.rejected_count, one.failed_count) == (
            states["stored"], states["rejected"], states["failed"],
        )  # fmt: skip
    assert {hole.url for hole in proven.holes} == {one["url"] for one in truth if one["expected"] != "stored"}
    assert asked(settings, web, BOTE) == request_ids  # asked again, it is the same, and nothing is left of it
    assert backfill.plan(settings, on=None) == []


def test_what_a_crawl_holds_is_not_fetched_again_and_counts_as_held(web: NewsWeb, crawls: Crawls) -> None:
    settings = roomy(crawls(web))
    crawl.run(settings, source_ids=[BOTE])
    before = {one["url"]: web.fetch_count(one["url"]) for one in web.truth()["entries"]}
    asked(settings, web, BOTE)
    (summary,) = brought_in(settings)
    assert {url: web.fetch_count(url) for url in before} == before
    published(settings)
    proven = backfill.certificate(settings)
    assert proven.is_signed
    held = ask(settings, "SELECT count(*) FROM raw.listed WHERE was_held")
    assert held == [(sum(day.held_count for day in proven.days),)] == [(summary.held,)]
    assert summary.held == sum(
        one["source_id"] == BOTE and one["expected"] == "stored" for one in web.truth()["entries"]
    )
    # its archive's articles are no news: they are not looked at again, and their lag is not counted
    assert ask(
        settings, "SELECT count(*) FROM raw.fetch WHERE feed_id LIKE 'sitemap:%' AND next_attempt_at IS NOT NULL"
    ) == [(0,)]


def test_sources_one_after_the_other_and_a_run_again_after_a_kill_are_all_certified(
    web: NewsWeb, crawls: Crawls
) -> None:
    settings = replace(roomy(crawls(web)), batch_pages=5)
    first = asked(settings, web, BOTE)
    brought_in(settings)
    second = asked(settings, web, GAZETTE)  # the catalogue names no sitemap of it, but its robots.txt does
    assert killed(settings, 25) is None
    brought_in(settings)
    published(settings)
    proven = backfill.certificate(settings)
    assert {one.request_id: one.is_signed for one in proven.requests} == {first[0]: True, second[0]: True}
    assert differences(wanted(web, BOTE, GAZETTE), told(settings, BOTE, GAZETTE)) == []
    for once in ("raw.listed GROUP BY request_id, entry_id", "raw.fetch GROUP BY entry_id"):
        assert ask(settings, f"SELECT count(*) FROM {once} HAVING count(*) > 1") == []


def test_days_are_planned_by_themselves_and_what_is_of_no_day_goes_with_the_last(web: NewsWeb, crawls: Crawls) -> None:
    settings = roomy(crawls(web))
    asked(settings, web, BOTE)
    first, last = month(web)
    assert backfill.plan(settings, on=first - timedelta(days=1)) == []
    assert backfill.plan(settings, on=first) == []
    (work,) = backfill.plan(settings, on=last)
    listing = backfill.run(settings, work=work, now=datetime.now(UTC))
    assert (listing.parts_done, listing.left) == (3, 0)
    assert backfill.plan(settings, on=last) == []
    assert backfill.judge(settings, [listing.as_dict()], batch_count=1).startswith("3 of 1 parts read")
    with pytest.raises(IngestError, match="1 of 2 tasks gave no account"):
        backfill.judge(settings, [listing.as_dict()], batch_count=2)


def test_what_is_erased_is_brought_back_by_no_backfill(web: NewsWeb, crawls: Crawls) -> None:
    settings = roomy(crawls(web))
    asked(settings, web, BOTE)
    brought_in(settings)
    published(settings)
    (gone, *_) = [one for one in wanted(web, BOTE) if one["expected"] == "stored" and one["listed_by"] == "archive"]
    erase.run(settings, erase.order(url=gone["url"], reason="asked for"))
    publish.run(settings)
    assert ask(settings, "SELECT count(*) FROM raw.listed")[0][0] == len(wanted(web, BOTE)) - 1
    first, last = month(web)
    before = web.fetch_count(gone["url"])
    backfill.request(
        settings,
        source_ids=[BOTE],
        input_kind="sitemap",
        input_address=None,
        from_on=first,
        to_on=last,
        url_pattern=".",
    )
    (again,) = brought_in(settings)
    assert (again.erased, again.fetched, web.fetch_count(gone["url"])) == (1, 0, before)


def test_a_full_disk_pauses_backfills_first(web: NewsWeb, crawls: Crawls) -> None:
    settings = replace(crawls(web), disk_pause_backfill_bytes=2**62, disk_pause_crawl_bytes=0)
    asked(settings, web, BOTE)
    assert backfill.plan(settings, on=None) == []
    assert backfill.run(settings, work=["a"]).is_paused
    assert backfill.until_done(settings).is_paused
    assert crawl.plan(settings, source_ids=None)


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
ROW = "<url><loc>{home}/2019/03/{day:02}/story-of-that-day</loc></url>"


def test_what_was_gone_or_cut_is_not_signed_and_is_read_again_when_it_is_asked_for_again(settings: Settings) -> None:
    with ArchiveHost({}) as host:
        home = host.url("")
        whole = SITEMAP.format("".join(ROW.format(home=home, day=day) for day in range(1, 21))).encode()
        host.files["/robots.txt"] = b""
        given = replace(roomy(settings), catalogue=one_source(settings, home), allow_networks=LOOPBACK)
        signed, listed = [], []
        for body in (None, whole[: len(whole) // 2], whole, whole):
            if body:
                host.files["/sitemap.xml"] = body
            (asked,) = backfill.request(
                given,
                source_ids=["daily"],
                input_kind="sitemap",
                input_address=None,
                from_on=date(2019, 3, 1),
                to_on=date(2019, 3, 31),
            )
            backfill.until_done(given, request_ids=[asked.request_id])
            published(given)
            proven = backfill.certificate(given)
            signed.append(proven.is_signed)
            listed.append(sum(day.listed_count for day in proven.days))
    assert signed == [False, False, True, True]
    assert listed[0] == 0 < listed[1] < listed[2] == listed[3] == 20
    assert [path for path, _ in host.asked].count("/sitemap.xml") == 3


def one_source(settings: Settings, home: str) -> Path:
    settings.home.mkdir(parents=True)
    catalogue = settings.home / "sources.toml"
    catalogue.write_text(
        f'[[source]]\nsource_id = "daily"\nname = "Daily"\nhome_url = "{home}/"\ncountry = "IE"\nlanguage = "en"\n'
        f'sitemaps = ["{home}/sitemap.xml"]\nhost_delay_s = 0.0\n',
        "utf-8",
    )
    return catalogue


def test_a_listing_that_is_taken_out_unsigns_its_days_and_is_read_again(web: NewsWeb, crawls: Crawls) -> None:
    settings = roomy(crawls(web))
    asked(settings, web, BOTE)
    brought_in(settings)
    named = [stage.open_batch(settings.stage, name) for name in stage.sealed(settings.stage)]
    bad = max((one for one in named if one.tables.get("listed")), key=lambda one: one.tables["listed"])
    (bad.folder / "listed.parquet").write_bytes(b"damaged")
    assert load.run(settings)["quarantined"] == [bad.batch_id]
    build.run(settings)
    publish.run(settings)
    assert not backfill.certificate(settings).is_signed
    brought_in(settings)
    published(settings)
    assert backfill.certificate(settings).is_signed
    assert differences(wanted(web, BOTE), told(settings, BOTE)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": ("https://daily.example/",)},
        {"hosts": ("elsewhere.example",)},
        {"url_pattern": "("},
        {"url_pattern": "a{99999999999}"},
        {"url_pattern": "(a+)+$"},
        {"from_on": date(2026, 1, 1), "to_on": date(2025, 1, 1)},
        {"source_ids": ["nobody"]},
    ],
)
def test_what_could_only_bring_in_nothing_is_no_request(wrong: dict[str, Any], web: NewsWeb, crawls: Crawls) -> None:
    settings = crawls(web)
    usual = {"source_ids": [BOTE], "from_on": date(2025, 1, 1), "to_on": date(2025, 1, 2)}
    with pytest.raises(InputError):
        backfill.request(settings, input_kind="sitemap", input_address=None, **(usual | wrong))
