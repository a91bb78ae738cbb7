"""Both DAGs run for real over the demo web: what is green, what is red, and what is in the published file then."""

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


def test_what_was_crawled_is_loaded_and_published(told: dict[str, Any]) -> None:
    assert told["loaded"]["state"] == "success"
    assert all(count > 0 for count in told["published"].values())


def test_loading_again_with_nothing_new_is_green(told: dict[str, Any]) -> None:
    assert told["loaded_again"]["state"] == "success"


def test_nothing_to_crawl_is_green_and_skips_the_batches(told: dict[str, Any]) -> None:
    assert told["all_paused"] == {
        "state": "success",
        "tasks": {"plan": ["success"], "crawl_batch": ["skipped"], "judge": ["success"]},
        "names": [],
        "alerts": [],
    }


def test_a_catalogue_that_cannot_be_used_is_red_at_once(told: dict[str, Any]) -> None:
    broken = told["catalogue_broken"]
    assert broken["state"] == "failed"
    assert broken["tasks"] == {"plan": ["failed"], "crawl_batch": ["upstream_failed"], "judge": ["failed"]}


def test_a_run_that_failed_raises_one_alert_that_names_it(told: dict[str, Any]) -> None:
    (line,) = told["catalogue_broken"]["alerts"]
    assert re.fullmatch(r"news_alert dag_id=news_crawl run_id=manual__\S+ task_ids=judge reason=task_failure", line)
    assert told["crawled"]["alerts"] == told["loaded"]["alerts"] == []


def test_a_crawl_without_a_contact_is_red_before_anything_is_fetched(told: dict[str, Any]) -> None:
    refused = told["without_contact"]
    assert refused["state"] == "failed"
    assert refused["tasks"]["plan"] == ["failed"]
    assert refused["tasks"]["judge"] == ["failed"]
