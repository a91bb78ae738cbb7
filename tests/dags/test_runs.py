"""All DAGs run for real over the demo web: what is green, what is red, what people are told, and what is published then."""

import re
from typing import Any

import pytest

from airflow_process import ask

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("run", tmp_path_factory.mktemp("run"))


def test_a_crawl_of_chosen_sources_is_green_and_its_tasks_carry_their_names(told: dict[str, Any]) -> None:
    crawled = told["crawled"]
    assert crawled["state"] == "success"
    assert set(crawled["tasks"]["crawl_batch"]) == {"success"}
    chosen = sorted(source for name in crawled["names"] for source in name.split(", "))
    assert chosen == sorted(told["published"])
    assert len(chosen) == 2


def test_the_log_of_a_crawl_ends_with_a_table_of_its_sources(told: dict[str, Any]) -> None:
    events = told["crawled"]["events"]
    heads = next(at for at, line in enumerate(events) if line.startswith("source  "))
    assert [line.split()[0] for line in events[heads + 1 : heads + 3]] == sorted(told["published"])
    assert events[heads + 3].startswith("crawl_finished polls=")


def test_a_dry_run_says_what_is_due_and_asks_nobody(told: dict[str, Any]) -> None:
    assert told["dry_run"]["state"] == "success"
    assert told["dry_run"]["tasks"]["crawl_batch"] == ["skipped"]
    due = [line for line in told["dry_run"]["events"] if line.startswith("source_due source_id=")]
    assert len(due) > 10
    assert told["asked_in_vain"] == 0


def test_what_was_crawled_is_loaded_and_published(told: dict[str, Any]) -> None:
    assert told["loaded"]["state"] == "success"
    assert all(count > 0 for count in told["published"].values())


def test_loading_again_with_nothing_new_is_green_and_publishes_nothing(told: dict[str, Any]) -> None:
    again = told["loaded_again"]
    assert (again["state"], again["alerts"]) == ("success", [])
    assert again["tasks"] == {"load": ["success"], "build": ["success"], "check_and_publish": ["skipped"]}
    assert "nothing_to_publish" in again["events"]


def test_nothing_to_crawl_is_green_and_skips_the_batches(told: dict[str, Any]) -> None:
    paused = told["all_paused"]
    assert (paused["state"], paused["names"], paused["alerts"]) == ("success", [], [])
    assert paused["tasks"] == {"plan": ["success"], "crawl_batch": ["skipped"], "judge": ["success"]}


def test_a_catalogue_that_cannot_be_used_is_red_at_once(told: dict[str, Any]) -> None:
    broken = told["catalogue_broken"]
    assert broken["state"] == "failed"
    assert broken["tasks"] == {"plan": ["failed"], "crawl_batch": ["upstream_failed"], "judge": ["failed"]}


def test_a_run_that_failed_raises_one_alert_that_names_it(told: dict[str, Any]) -> None:
    (line,) = told["catalogue_broken"]["alerts"]
    assert re.fullmatch(r"news_alert dag_id=news_crawl run_id=manual__\S+ task_ids=judge reason=task_failure", line)
    assert told["crawled"]["alerts"] == told["loaded"]["alerts"] == []


def test_the_digest_tells_of_a_run_that_failed_even_where_nothing_was_ever_published(told: dict[str, Any]) -> None:
    told_by = [line for line in told["catalogue_broken"]["events"] if line.startswith("digest")]
    assert any("news_crawl: the run manual__" in line for line in told_by)
    assert told_by[-1].startswith("digest_finished told=1")


def test_a_run_that_is_late_is_an_alert_and_told(told: dict[str, Any]) -> None:
    (line,) = told["late"]["alerts"]
    assert line == "news_alert dag_id=news_load run_id=scheduled__2026-11-23 task_ids=- reason=deadline_missed"
    assert any(
        "news_load: the run scheduled__2026-11-23 has not ended in time" in event for event in told["late"]["events"]
    )


def test_an_alert_stays_in_the_log_where_the_digest_fails(told: dict[str, Any]) -> None:
    line, why = told["late_and_no_digest"]["alerts"]
    assert line == told["late"]["alerts"][0]
    assert why.startswith("news_alert_not_sent")


def test_a_crawl_without_a_contact_is_red_before_anything_is_fetched(told: dict[str, Any]) -> None:
    refused = told["without_contact"]
    assert refused["state"] == "failed"
    assert refused["tasks"]["plan"] == ["failed"]
    assert refused["tasks"]["judge"] == ["failed"]


@pytest.mark.parametrize("run", ["watched_nothing", "watched"])
def test_a_watch_is_green_before_the_first_publish_and_after_it(told: dict[str, Any], run: str) -> None:
    assert told[run]["tasks"] == {"watch": ["success"], "digest": ["success"]}


def test_a_source_that_a_person_paused_is_crawled_no_more_though_it_is_chosen(told: dict[str, Any]) -> None:
    assert told["acted"]["state"] == "success"
    paused, other = told["chosen"]
    assert told["crawled_what_goes_on"]["names"] == [other]
    assert f"source_paused source_id={paused}" in told["crawled_what_goes_on"]["events"]


def test_a_decision_on_a_source_that_is_not_there_is_red_at_once(told: dict[str, Any]) -> None:
    assert told["acted_on_nobody"]["tasks"] == {"act": ["failed"]}


@pytest.mark.parametrize("run", ["reprocessed", "upkeep"])
def test_what_a_person_may_try_dry_is_green(told: dict[str, Any], run: str) -> None:
    assert (told[run]["state"], told[run]["alerts"]) == ("success", [])


def test_a_backfill_of_which_nothing_was_asked_is_green_and_skips_the_batches(told: dict[str, Any]) -> None:
    assert told["backfilled_nothing"]["tasks"] == {
        "plan": ["success"],
        "bring_in": ["skipped"],
        "judge": ["success"],
    }


def test_nothing_of_all_this_changes_what_was_published(told: dict[str, Any]) -> None:
    assert told["published_again"] == told["published"]


def test_a_statsd_server_hears_what_the_pipeline_did(told: dict[str, Any]) -> None:
    counters = told["counters"]
    (finished,) = [line for line in told["crawled"]["events"] if line.startswith("crawl_finished")]
    first = dict(pair.split("=") for pair in finished.split()[1:])
    assert counters["airflow.ingest.polls"] >= int(first["polls"])
    assert counters["airflow.ingest.pages_fetched"] == int(first["fetched"])
    assert counters["airflow.ingest.pages_read"] + counters["airflow.ingest.pages_rejected"] == int(first["fetched"])
    assert counters["airflow.ingest.published"] >= 1
    assert counters["airflow.ingest.alerts"] == 5
