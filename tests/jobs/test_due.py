"""What a crawl takes on: which sources are due, in which batches, how many pages of each, and how far back."""

import json
import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ingest.demo.web import NewsWeb
from ingest.jobs import account, crawl, watch
from ingest.settings import Settings


def test_what_is_due_is_said_source_by_source_and_nobody_is_asked(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings], caplog: pytest.LogCaptureFixture
) -> None:
    settings = crawls(web)
    with caplog.at_level(logging.INFO, "ingest"):
        due = {one.source.source_id: (one.feed_count, one.owed_count) for one in crawl.due(settings)}
    assert due["harbour-gazette"] == (2, 0)
    assert "source_due source_id=harbour-gazette feeds=2 owed=0" in caplog.messages
    assert web.requests == ()


def test_a_limit_of_pages_holds_for_each_source_and_the_rest_stays_owed(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings]
) -> None:
    settings = crawls(web)
    now = datetime.now(UTC)
    first = crawl.run(settings, pages_most=2, now=now)
    fetches = Counter(
        {name: one.fetched + one.failed.total() for name, one in account.read(settings, first.batches).items()}
    )
    assert set(fetches.values()) == {2}
    owed = {one.source.source_id: one.owed_count for one in crawl.due(settings, now=now)}
    assert min(owed.values()) > 0
    assert crawl.run(settings, now=now).targets == sum(owed.values())


def test_looking_back_reads_the_sitemaps_of_the_chosen_sources_again_from_that_day_on(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings]
) -> None:
    settings = crawls(web)
    crawl.run(settings)
    hour, bote = timedelta(hours=1), ["rheintaler-bote"]
    again = crawl.run(settings, source_ids=bote, now=datetime.now(UTC) + hour)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    back = crawl.run(settings, source_ids=bote, now=datetime.now(UTC) + 2 * hour, look_back_to=long_ago)
    assert (again.entries, again.unchanged_polls) == (0, again.polls)
    assert back.unchanged_polls == 0
    assert back.polls > again.polls  # older ones below the index too
    assert back.entries > 0


def test_two_hundred_sources_that_are_due_at_once_are_a_handful_of_tasks(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings]
) -> None:
    settings = crawls(web)
    settings.catalogue.write_text("".join(map(listed, range(200))), "utf-8")
    batches = crawl.plan(settings, source_ids=None)
    assert [len(batch) for batch in batches] == [25] * settings.crawl_batches
    assert len({source_id for batch in batches for source_id in batch}) == 200


def listed(number: int) -> str:
    keys = {
        "source_id": f"s{number}", "name": f"Paper {number}", "home_url": f"https://s{number}.example/", "country": "ZZ",
        "language": "en", "feeds": [f"https://s{number}.example/feed"],
    }  # fmt: skip
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def test_a_source_that_a_person_paused_is_in_no_plan_until_somebody_lets_it_go_on(
    web: NewsWeb, crawls: Callable[[NewsWeb], Settings], caplog: pytest.LogCaptureFixture
) -> None:
    settings = crawls(web)

    def planned() -> set[str]:
        return {one.source.source_id for one in crawl.due(settings)}

    assert "harbour-gazette" in planned()
    decided = {"source_id": "harbour-gazette", "reason": "a court order", "actor": "Ann Lee"}
    watch.act(settings, action="pause", **decided)
    assert "harbour-gazette" not in planned()
    assert crawl.plan(settings, source_ids=["harbour-gazette"]) == []
    assert crawl.run(settings, source_ids=["harbour-gazette"], poll_all=True).polls == 0
    assert "source_paused source_id=harbour-gazette" in caplog.messages
    assert web.requests == ()
    watch.act(settings, action="resume", **decided)
    assert "harbour-gazette" in planned()
