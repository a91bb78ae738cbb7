"""A real `airflow standalone` over the demo web: switched on, triggered, backfilled, looked at in a browser, and stopped."""

import csv
import os
import shutil
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests

from ingest.demo.standalone import Standalone
from ingest.demo.web import NewsWeb
from ingest.settings import Settings
from looks import ask
from real_airflow import holders, prints, standalone

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
WAIT_S = 600.0
LIVE, PAST, KILLED = ("harbour-gazette", "tidewater-daily"), "prairie-ledger", "donauer-abendblatt"
NEVER = {"schedule": "0 0 29 2 *"}  # while this runs: these two are polled when they are asked for alone
# two papers that are crawled, one whose past is brought in, and one that takes its time, so that its task can be killed
PAPERS: dict[str, dict[str, object]] = {
    **{key: {} for key in LIVE}, PAST: {**NEVER}, KILLED: NEVER | {"host_delay_s": 0.4},
}  # fmt: skip
DAYS = [datetime.now(UTC).date() - timedelta(days=days) for days in (4, 3, 2)]  # yesterday is the clock's own
STATES = "SELECT source_id, state, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a person saw and did on the page News sources."""

    heading: str
    rows: list[str]
    polled: str  # what the page says after *Poll now*
    led_to: str
    complaints: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it all; the tests look at a part each."""

    crawl: dict[str, str | None]
    loads: list[str]
    live: list[tuple[str, str, int]]
    statuses: dict[str, int]
    backfill: dict[str, str]
    backfill_again: dict[str, str]
    backfill_tasks: list[dict[str, str | None]]
    both: list[tuple[str, str, int]]
    cleared: list[str]
    after_reruns: list[tuple[str, str, int]]
    cpu_s: float
    killed: str
    killed_truth: dict[str, int]
    twice: list[str]
    listed: list[tuple[date, int]]
    looked: Looked
    button: str  # what became of the run that it started
    exit_code: int | None
    is_gone: bool


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    if find_spec("airflow") is None:
        pytest.skip("Airflow is not installed: it comes with the extra `airflow`")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    home = tmp_path_factory.mktemp("end_to_end")
    with NewsWeb(seed=1) as web:
        prints(home, web, PAPERS)
        past(web, home / "past.csv")
        return lived(home, web)


def past(web: NewsWeb, file: Path) -> None:
    """A list of what one paper has printed, as if it had been over three days."""
    urls = [one["url"] for one in web.truth()["entries"] if one["source_id"] == PAST and one["expected"] == "stored"]
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("url", "published_at"))
        rows.writerows((url, f"{DAYS[at % len(DAYS)]}T12:00:00Z") for at, url in enumerate(urls))


def lived(home: Path, web: NewsWeb) -> Told:
    settings = Settings(home=home / "data")
    airflow = standalone(home)
    with airflow:
        leader = airflow.pid
        run_id = airflow.trigger("news_crawl", {"source_ids": list(LIVE)})
        for dag_id in ("news_load", "news_crawl", "news_backfill"):
            airflow.unpause(dag_id)
        assert airflow.wait("news_crawl", run_id, WAIT_S) == "success"
        airflow.until("crawled news are loaded", lambda: "asset_triggered" in loads(airflow), within_s=WAIT_S)
        live = published(airflow, settings)
        killed_run = killed_in_flight(airflow, web, settings)
        asked = {"input_kind": "list", "input_address": str(home / "past.csv"), "source_ids": [PAST]}
        first = airflow.wait_backfill(airflow.backfill("news_backfill", DAYS[0], DAYS[-1], asked), WAIT_S)
        tasks = [
            airflow.task_states("news_backfill", run["dag_run_id"])
            for run in airflow.runs("news_backfill")
            if run["run_type"] == "backfill"
        ]
        killed = airflow.wait("news_crawl", killed_run, WAIT_S)
        both = published(airflow, settings)
        ended = next(run["dag_run_id"] for run in airflow.runs("news_load") if run["state"] == "success")
        cleared = [airflow.clear("news_crawl", run_id), airflow.clear("news_load", ended)]
        again = airflow.wait_backfill(airflow.backfill("news_backfill", DAYS[0], DAYS[-1], asked, again=True), WAIT_S)
        after_reruns = published(airflow, settings)
        statuses = {
            path: requests.get(f"{airflow.url}{path}", timeout=60).status_code
            for path in ("/news-sources/", f"/news-sources/source/{LIVE[0]}", "/api/v2/dags")
        }
        looked = looked_at(airflow)
        asked_for = unquote(urlsplit(looked.led_to).path.partition("/runs/")[2].partition("/")[0])
        button = airflow.wait("news_crawl", asked_for, WAIT_S)
        airflow.until("what that run set off has ended", lambda: is_idle(airflow), within_s=WAIT_S)
        told: dict[str, Any] = {
            "crawl": airflow.task_states("news_crawl", run_id), "loads": loads(airflow), "live": live, "both": both,
            "backfill": first, "backfill_again": again, "backfill_tasks": tasks, "statuses": statuses, "killed": killed,
            "looked": looked, "button": button, "cleared": cleared, "after_reruns": after_reruns, "cpu_s": cpu_s(leader),
        }  # fmt: skip
    entries = [one for one in web.truth()["entries"] if one["source_id"] == KILLED]
    told["killed_truth"] = Counter(one["expected"] for one in entries)
    told["twice"] = [one["url"] for one in entries if web.fetch_count(one["url"]) > 1]
    listed = ask(settings, "SELECT counted_on, count(*) FROM raw.listed GROUP BY ALL ORDER BY ALL")
    print(f"Airflow has used {told['cpu_s']:.0f} s of processor time")
    return Told(**told, listed=listed, exit_code=airflow.exit_code, is_gone=is_gone(leader))


def loads(airflow: Standalone) -> list[str]:
    return [run["run_type"] for run in airflow.runs("news_load") if run["state"] == "success"]


def published(airflow: Standalone, settings: Settings) -> list[tuple[str, str, int]]:
    """After a load that was asked for: what is staged is published then."""
    assert airflow.wait("news_load", airflow.trigger("news_load", {"publish_now": True}), WAIT_S) == "success"
    return ask(settings, STATES)


def killed_in_flight(airflow: Standalone, web: NewsWeb, settings: Settings) -> str:
    """A crawl whose task's process is killed (kill -9) when it has some of its pages; Airflow notices, and tries again."""
    urls = [one["url"] for one in web.truth()["entries"] if one["source_id"] == KILLED]
    run_id = airflow.trigger("news_crawl", {"source_ids": [KILLED]})
    airflow.until("pages come in", lambda: sum(map(web.fetch_count, urls)) >= 3, within_s=WAIT_S)
    (pid,) = holders(settings.raw)
    os.kill(pid, signal.SIGKILL)
    return run_id


def looked_at(airflow: Standalone) -> Looked:
    """As a person would: the login's form, the page in Airflow's own frame, a source, its button, and the run that it started."""
    from playwright.sync_api import sync_playwright

    user, password = airflow.login()
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{airflow.url}/")
        page.locator("input[name=username]").fill(user)
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").click()
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(f"{airflow.url}/plugin/news-sources")
        frame = page.frame_locator("iframe")
        heading = frame.get_by_role("heading", level=1).inner_text(timeout=60_000)
        links = frame.locator("tbody th a")
        rows = links.all_inner_texts()
        links.filter(has_text="Harbour Gazette").click()
        frame.get_by_role("button", name="Poll now").click(timeout=60_000)
        polled = frame.locator("[role=status]")
        said = polled.inner_text(timeout=60_000)
        polled.get_by_role("link").first.click()
        page.wait_for_url("**/dags/news_crawl/runs/**")
        led_to = page.url
        browser.close()
    return Looked(heading=heading, rows=rows, polled=said, led_to=led_to, complaints=complaints)


def is_idle(airflow: Standalone) -> bool:
    runs = [run for dag_id in ("news_crawl", "news_load", "news_backfill") for run in airflow.runs(dag_id)]
    return all(run["state"] in ("success", "failed") for run in runs)


def cpu_s(leader: int) -> float:
    """Of all processes of the session so far, those that ended and were waited for included."""
    ticks = sum(sum(map(int, fields[11:15])) for fields in session(leader))
    return ticks / os.sysconf("SC_CLK_TCK")


def is_gone(leader: int) -> bool:
    """Whether nothing of the session runs any more; what ended and nobody has asked for does not."""
    return all(fields[0] == "Z" for fields in session(leader))


def session(leader: int) -> list[list[str]]:
    """What /proc says of each of its processes, from the state on (proc(5))."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                found.append(fields)
    return found


def test_a_crawl_that_was_asked_for_over_rest_is_green_down_to_its_last_task(told: Told) -> None:
    assert set(told.crawl.values()) == {"success"}
    assert f"crawl_batch[{', '.join(LIVE)}]" in told.crawl or len(told.crawl) == 4


def test_what_was_staged_wakes_the_load(told: Told) -> None:
    assert "asset_triggered" in told.loads


def test_what_was_crawled_is_published(told: Told) -> None:
    stored = {source_id: count for source_id, state, count in told.live if state == "stored"}
    assert set(stored) == set(LIVE)
    assert min(stored.values()) >= 3


def test_a_backfill_of_three_days_is_three_runs_that_bring_in_their_own_day(told: Told) -> None:
    assert told.backfill == {f"{day}": "success" for day in DAYS}
    assert [day for day, _ in told.listed] == DAYS
    for tasks in told.backfill_tasks:
        assert {task.partition("[")[0] for task in tasks} == {"plan", "bring_in", "judge"}
        assert set(tasks.values()) == {"success"}


def test_what_a_backfill_brought_in_is_published_beside_the_live_news(told: Told) -> None:
    past = {state: count for source_id, state, count in told.both if source_id == PAST}
    assert past == {"stored": sum(count for _, count in told.listed)}
    assert [row for row in told.both if row[0] in LIVE] == told.live


def test_a_crawl_whose_process_was_killed_is_tried_again_and_has_lost_nothing(told: Told) -> None:
    assert told.killed == "success"
    assert {state: count for source_id, state, count in told.both if source_id == KILLED} == told.killed_truth
    assert len(told.twice) <= sum(told.killed_truth.values()) / 2  # what was not sealed yet is fetched again


def test_whatever_is_cleared_or_backfilled_again_runs_again_and_changes_nothing(told: Told) -> None:
    assert told.cleared == ["success", "success"]
    assert set(told.backfill_again.values()) == {"success"}
    assert told.after_reruns == told.both


def test_the_page_news_sources_is_for_who_is_logged_in_alone(told: Told) -> None:
    assert set(told.statuses.values()) == {401}
    assert told.looked.heading == "News sources"
    assert sorted(told.looked.rows) == [
        "Donauer Abendblatt",
        "Prairie Ledger",  # only its past was brought in
        "The Harbour Gazette",
        "Tidewater Daily",
    ]
    assert told.looked.complaints == []


def test_a_button_of_the_page_starts_a_run_and_leads_to_it(told: Told) -> None:
    assert "of news_crawl is" in told.looked.polled
    assert told.button == "success"


def test_one_interrupt_ends_all_of_it(told: Told) -> None:
    assert told.exit_code == 0
    assert told.is_gone
