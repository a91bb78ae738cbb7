"""What every DAG promises before it runs: owner, words for ops, bounds, pools that exist, files that read fast."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_process import ask

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
DAGS = ROOT / "dags"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("describe", tmp_path_factory.mktemp("describe"))


@pytest.fixture(scope="module")
def dags(told: dict[str, Any]) -> dict[str, Any]:
    return {dag["dag_id"]: dag for dag in told["dags"]}


def test_every_dag_file_can_be_read(told: dict[str, Any], dags: dict[str, Any]) -> None:
    assert told["import_errors"] == {}
    assert set(dags) == {file.stem for file in DAGS.glob("news_*.py")} - {"news_shared"}


def test_reading_the_files_loads_nothing_heavy(told: dict[str, Any]) -> None:
    assert told["loaded"] == []


def test_every_dag_says_what_it_is_and_runs_once_at_a_time_without_catching_up(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert f"### {dag['dag_id']}" in dag["doc_md"]
        assert "What a red task means" in dag["doc_md"]
        assert "news" in dag["tags"]
        assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)
        assert dag["start_date"].startswith("2026-")


def test_every_dag_raises_an_alert_when_a_run_has_failed(dags: dict[str, Any]) -> None:
    assert {dag_id: dag["on_failure"] for dag_id, dag in dags.items()} == {dag_id: ["alert"] for dag_id in dags}


def test_every_task_has_an_owner_retries_and_an_end(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag["tasks"]:
            where = f"{dag['dag_id']}.{task['task_id']}"
            assert task["owner"] == "news", where
            assert task["retries"] >= 1, where
            assert 0 < task["timeout_s"] <= 3600, where
            assert f"`{task['task_id']}`" in dag["doc_md"], where


def test_every_pool_is_declared_and_the_writer_has_one_slot(dags: dict[str, Any]) -> None:
    pools = json.loads((DAGS / "pools.json").read_text("utf-8"))
    used = {task["pool"] for dag in dags.values() for task in dag["tasks"]}
    assert used - {"default_pool"} <= set(pools)
    assert pools["duckdb_writer"]["slots"] == 1
    assert {task["pool"] for task in dags["news_load"]["tasks"]} == {"duckdb_writer"}


def test_what_was_staged_is_announced_by_the_task_that_stages_it(dags: dict[str, Any]) -> None:
    outlets = {task["task_id"]: task["outlets"] for dag in dags.values() for task in dag["tasks"] if task["outlets"]}
    assert outlets == {"crawl_batch": ["news_staged"], "check_and_publish": ["news_published"]}


def test_the_last_task_of_a_crawl_is_the_one_that_judges_it(dags: dict[str, Any]) -> None:
    leaves = [task["task_id"] for task in dags["news_crawl"]["tasks"] if not task["downstream"]]
    assert leaves == ["judge"]


def test_the_page_for_ops_names_every_dag_task_pool_and_setting(dags: dict[str, Any]) -> None:
    readme = (DAGS / "README.md").read_text("utf-8")
    for dag in dags.values():
        assert f"## {dag['dag_id']}" in readme
        for task in dag["tasks"]:
            assert f"`{task['task_id']}`" in readme, task
    for pool in json.loads((DAGS / "pools.json").read_text("utf-8")):
        assert f"`{pool}`" in readme
    settings = (ROOT / "src" / "ingest" / "settings.py").read_text("utf-8")
    for field in re.findall(r"^    (\w+): .* = ", settings.split("class Settings")[1].split("@property")[0], re.M):
        assert f"`INGEST_{field.upper()}`" in readme


def test_every_dag_file_stays_short() -> None:
    for file in DAGS.glob("*.py"):
        assert len(file.read_text("utf-8").splitlines()) < 120, file.name


def test_a_committer_of_airflow_finds_nothing_to_flag() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "AIR", "--preview", "--no-cache", DAGS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
