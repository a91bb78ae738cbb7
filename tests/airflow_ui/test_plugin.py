"""The page **News sources** inside Airflow's own application: its login, its permissions, its API, its audit log."""

import re
from typing import Any

import pytest

import airflow_page

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return airflow_page.told(tmp_path_factory.mktemp("page"))


def test_without_a_login_there_is_nothing_to_see(told: dict[str, Any]) -> None:
    assert len(told["open"]) == 5
    assert set(told["open"].values()) == {401}


def test_with_a_login_the_page_is_there_before_anything_is_published(told: dict[str, Any]) -> None:
    status, text = told["empty"]
    assert status == 200
    assert "Nothing published yet" in text


def test_whoever_may_trigger_sees_buttons_and_whoever_may_only_read_does_not(told: dict[str, Any]) -> None:
    ops, reader = told["seen"]["ops"], told["seen"]["reader"]
    assert (ops["status"], reader["status"]) == (200, 200)
    assert "<button" in ops["text"]
    assert "<button" not in reader["text"]
    assert "You may look, but not act" in reader["text"]


def test_whoever_may_only_read_and_whatever_comes_from_elsewhere_starts_nothing(told: dict[str, Any]) -> None:
    assert told["refused"] == [403, 403, []]


def test_an_action_is_a_run_of_airflow_by_the_person_with_its_reason_and_its_place_in_the_audit_log(
    told: dict[str, Any],
) -> None:
    acted = told["acted"]
    assert acted["status"] == 303
    (run,) = acted["runs"]
    run_id = run.pop("dag_run_id")
    assert run == {
        "dag_id": "news_act", "state": "queued", "note": "Pause: daily (a court order)", "triggering_user_name": "ops",
        "triggered_by": "ui", "run_type": "manual",
        "conf": {"action": "pause", "source_id": "daily", "reason": "a court order"},
    }  # fmt: skip
    assert ["ops", "news_act"] in acted["audit"]
    assert f">{run_id.replace('+', '&#43;')}</a>" in acted["shown"] or f">{run_id}</a>" in acted["shown"]
    assert "news_act</a> is switched off in Airflow" in acted["shown"]


def test_a_visit_leads_to_the_log_of_the_task_that_airflow_knows(told: dict[str, Any]) -> None:
    before, after, place = told["logs"]
    assert (before, after) == (404, 303)
    assert re.fullmatch(r"/dags/news_crawl/runs/manual__[^/]+/tasks/crawl_batch/mapped/2", place)


def test_the_page_may_load_nothing_and_be_framed_by_airflow_alone(told: dict[str, Any]) -> None:
    policy = told["seen"]["reader"]["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_airflow_finds_the_plugin_by_its_entry_point_and_links_it_relatively(told: dict[str, Any]) -> None:
    (plugin,) = [one for one in told["plugins"] if one["name"] == "news_sources"]
    assert [view["href"] for view in plugin["external_views"]] == ["news-sources/"]
    assert [one["url_prefix"] for one in plugin["fastapi_apps"]] == ["/news-sources"]


def test_a_task_does_not_pay_for_the_page(told: dict[str, Any]) -> None:
    assert told["loaded"] == []
