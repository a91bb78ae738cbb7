"""The page **News sources** inside Airflow's own application: found by its entry point, closed without a login."""

from typing import Any

import pytest

from airflow_process import ask

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("page", tmp_path_factory.mktemp("page"))


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
def test_without_a_login_there_is_nothing_to_see(told: dict[str, Any], path: str) -> None:
    assert told["open"][path] in (401, 404)
    assert told["open"]["/"] == 401


def test_with_a_login_the_page_is_there(told: dict[str, Any]) -> None:
    assert told["status"] == 200
    assert "Nothing published yet" in told["text"]


def test_the_page_may_load_nothing_and_be_framed_by_airflow_alone(told: dict[str, Any]) -> None:
    policy = told["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_airflow_finds_the_plugin_by_its_entry_point_and_links_it_relatively(told: dict[str, Any]) -> None:
    assert "news_sources" in told["plugins"]
    assert told["links"] == ["news-sources/"]
