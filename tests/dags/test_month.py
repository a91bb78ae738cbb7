"""A month of the demo web through Airflow's Backfill API while crawls run: its certificate is the truth, item by item.

It takes six minutes on two quiet cores, and so it runs only where it is asked for: `MONTH=1 pytest -n0 tests/dags/test_month.py`.
"""

import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from backfills import BOTE, GAZETTE, day_of, month, wanted
from backfills import told as told_of
from ingest.demo.account import differences
from ingest.demo.standalone import Standalone
from ingest.demo.web import NewsWeb
from ingest.jobs import backfill
from ingest.jobs.backfill import Certificate
from ingest.rules.url import identity
from ingest.settings import Settings
from looks import ask
from real_airflow import holders, prints, standalone

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.skipif("MONTH" not in os.environ, reason="minutes on end: it runs where MONTH=1 asks for it"),
]

LIVE = "tidewater-daily"
# a paper that is crawled and whose past is brought in, one whose past alone is, slowly, and one that is crawled alone
SLOWLY = {"schedule": "0 0 29 2 *", "host_delay_s": 0.4}  # no crawl while this runs, and time to kill its task
PAPERS: dict[str, dict[str, object]] = {BOTE: {}, GAZETTE: SLOWLY, LIVE: {}}
WAIT_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it all; the tests look at a part each."""

    days: dict[str, str]
    crawls_beside: dict[str, str]
    rerun: str
    killed: str
    again: str
    proven: Certificate
    ledger: dict[tuple[str, str], tuple[str, str]]
    listed: set[tuple[str, str, str]]
    truth: dict[str, list[dict[str, Any]]]
    fetched: dict[str, int]
    looks: set[str]
    sitemap_reads: dict[str, int]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    if find_spec("airflow") is None:
        pytest.skip("Airflow is not installed: it comes with the extra `airflow`")
    home = tmp_path_factory.mktemp("month")
    # a day ago, so that the month ends on a day that is over
    with NewsWeb(seed=1, now=datetime.now(UTC) - timedelta(days=1)) as web:
        prints(home, web, PAPERS)
        return lived(home, web)


def lived(home: Path, web: NewsWeb) -> Told:
    settings = Settings(home=home / "data")
    airflow = standalone(home)
    first, last = month(web)
    by_sitemap = {"input_kind": "sitemap", "source_ids": [BOTE]}
    with airflow:
        for dag_id in ("news_load", "news_crawl", "news_backfill"):
            airflow.unpause(dag_id)
        began_s = time.monotonic()
        by_day = airflow.backfill("news_backfill", first, last, by_sitemap, again=True, at_once=2)
        crawls_beside = {}
        for source_ids in ([BOTE], [BOTE, LIVE], [BOTE, LIVE]):
            run_id = airflow.trigger("news_crawl", {"source_ids": source_ids})
            crawls_beside[run_id] = airflow.wait("news_crawl", run_id, WAIT_S)
        days = airflow.wait_backfill(by_day, WAIT_S)
        print(f"{len(days)} days in {time.monotonic() - began_s:.0f} s")
        # the second source over the same dates, in one request; its task is killed and tried again
        of_month = {"input_kind": "sitemap", "source_ids": [GAZETTE], "from_on": f"{first}", "to_on": f"{last}"}
        run_id = airflow.trigger("news_backfill", of_month)
        killed_in_flight(airflow, web, settings)
        killed = airflow.wait("news_backfill", run_id, WAIT_S)
        again = airflow.clear("news_backfill", run_id, WAIT_S)
        rerun = airflow.wait_backfill(airflow.backfill("news_backfill", last, last, by_sitemap, again=True), WAIT_S)[
            f"{last}"
        ]
        run_id = airflow.trigger("news_load", {"publish_now": True})
        assert airflow.wait("news_load", run_id, WAIT_S) == "success"
    truth = {source_id: wanted(web, source_id) for source_id in (BOTE, GAZETTE)}
    listed = ask(settings, "SELECT DISTINCT source_id, entry_id::VARCHAR, counted_on::VARCHAR FROM raw.listed")
    looks = {url for (url,) in ask(settings, "SELECT DISTINCT url FROM raw.fetch WHERE next_attempt_at IS NOT NULL")}
    paths = Counter(one.path for one in web.requests if one.host == web.origins[BOTE].partition("//")[2])
    return Told(
        days=days, crawls_beside=crawls_beside, killed=killed, again=again, rerun=rerun,
        proven=backfill.certificate(settings), ledger=told_of(settings, BOTE, GAZETTE), listed=set(listed), truth=truth,
        fetched={one["url"]: web.fetch_count(one["url"]) for found in truth.values() for one in found}, looks=looks,
        sitemap_reads={path: count for path, count in paths.items() if "sitemap" in path},
    )  # fmt: skip


def killed_in_flight(airflow: Standalone, web: NewsWeb, settings: Settings) -> None:
    """When it has fetched some of the paper's pages (its sitemap lists them under other addresses than its feed)."""
    place = web.origins[GAZETTE].partition("//")[2]
    listings = ("/robots.txt", "/sitemap.xml")

    def pages() -> int:
        return sum(one.host == place and one.path not in listings for one in web.requests)

    airflow.until("pages come in", lambda: pages() >= 4, within_s=WAIT_S)
    for pid in holders(settings.home / "backfill"):  # who has a part
        os.kill(pid, signal.SIGKILL)


def test_each_day_is_a_run_and_ends_well_beside_crawls(told: Told) -> None:
    assert len(told.days) == 31
    assert {day: state for day, state in told.days.items() if state != "success"} == {}
    assert set(told.crawls_beside.values()) == {"success"}


def test_a_task_that_was_killed_and_runs_again_end_well(told: Told) -> None:
    assert (told.killed, told.again, told.rerun) == ("success", "success", "success")


def test_the_certificate_is_the_truth_item_by_item(told: Told) -> None:
    assert [one for one in told.proven.requests if not one.is_signed] == []
    truth = {
        (source_id, identity(one["url"]), f"{day_of(one)}") for source_id, found in told.truth.items() for one in found
    }
    assert told.listed == truth
    for source_id, found in told.truth.items():
        ledger = {key: state for key, state in told.ledger.items() if key[0] == source_id}
        lines = differences(found, {key: ledger[key] for key in ledger if (*key,) in {one[:2] for one in truth}})
        assert lines == []
        by_day: Counter[tuple[str, str]] = Counter()
        for day in told.proven.days:
            if day.source_id == source_id:
                by_day[f"{day.counted_on}", "stored"] += day.held_count + day.added_count + day.duplicate_count
                by_day[f"{day.counted_on}", "rejected"] += day.rejected_count
                by_day[f"{day.counted_on}", "failed"] += day.failed_count
        states = Counter((f"{day_of(one)}", one["expected"].partition("_or_")[0]) for one in found)
        assert +by_day == states


def test_no_page_of_the_past_is_fetched_twice_and_none_is_looked_at_again(told: Told) -> None:
    archived = {one["url"] for found in told.truth.values() for one in found if one["listed_by"] == "archive"}
    assert {url: count for url, count in told.fetched.items() if url in archived and count != 1} == {}
    assert told.looks & archived == set()
    print(told.sitemap_reads, Counter(told.fetched.values()))
