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
SHARED = {"news_shared", "news_alerts", "news_metrics"}  # no DAG in them
SETTING = re.compile(r"^    (\w+): .* = ", re.MULTILINE)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("describe", tmp_path_factory.mktemp("describe"))


@pytest.fixture(scope="module")
def dags(told: dict[str, Any]) -> dict[str, Any]:
    return {dag["dag_id"]: dag for dag in told["dags"]}


@pytest.fixture(scope="module")
def tasks(dags: dict[str, Any]) -> dict[str, Any]:
    return {f"{dag_id}.{task['task_id']}": task for dag_id, dag in dags.items() for task in dag["tasks"]}


def test_every_dag_file_can_be_read(told: dict[str, Any], dags: dict[str, Any]) -> None:
    assert told["import_errors"] == {}
    assert set(dags) == {file.stem for file in DAGS.glob("news_*.py")} - SHARED


def test_reading_the_files_loads_nothing_heavy_and_costs_less_than_a_second(told: dict[str, Any]) -> None:
    assert told["loaded"] == []
    assert told["cpu_s"] < 1.0  # processor time of all of them together, whatever the clock says


def test_every_dag_says_what_it_is_when_it_runs_and_how_often_at_once(dags: dict[str, Any]) -> None:
    for dag_id, dag in dags.items():
        assert f"### {dag_id}" in dag["doc_md"]
        assert "What a red task means" in dag["doc_md"]
        assert "news" in dag["tags"]
        assert len(dag["tags"]) == 2, dag_id
        assert dag["catchup"] is False, dag_id
        assert 1 <= dag["max_active_runs"] <= 4, dag_id
        assert dag["timeout_s"] >= 3_600, dag_id
        assert dag["start_date"].startswith("2026-")


def test_the_pipeline_runs_once_at_a_time(dags: dict[str, Any]) -> None:
    of_hands = {"news_act", "news_backfill"}
    assert {dag_id for dag_id, dag in dags.items() if dag["max_active_runs"] > 1} == of_hands


def test_a_backfill_is_partitioned_by_day_and_everything_else_is_not(dags: dict[str, Any]) -> None:
    assert {dag_id for dag_id, dag in dags.items() if "Partition" in dag["schedule"]} == {"news_backfill"}


def test_every_dag_raises_an_alert_when_a_run_has_failed(dags: dict[str, Any]) -> None:
    assert {dag_id: dag["on_failure"] for dag_id, dag in dags.items()} == {dag_id: ["alert"] for dag_id in dags}


def test_an_alert_is_raised_too_when_crawling_or_publishing_hangs(dags: dict[str, Any]) -> None:
    deadlines = [(dag_id, *one) for dag_id, dag in dags.items() for one in dag["deadlines"]]
    assert sorted(deadlines) == [("news_crawl", 3_600, "news_alerts.late"), ("news_load", 3_600, "news_alerts.late")]
    assert all(dags[dag_id]["timeout_s"] > seconds for dag_id, seconds, _ in deadlines)


def test_every_task_has_an_owner_retries_a_policy_and_an_end(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag["tasks"]:
            where = f"{dag['dag_id']}.{task['task_id']}"
            assert task["owner"] == "news", where
            assert task["retries"] >= 1, where
            assert "SettingsError" in task["retry_policy"], where
            assert 0 < task["timeout_s"] <= dag["timeout_s"], where
            assert f"`{task['task_id']}`" in dag["doc_md"], where


def test_what_a_person_must_mend_is_red_at_once_and_what_passes_is_tried_again_when_it_may_have_passed(
    told: dict[str, Any],
) -> None:
    by_decision: dict[tuple[str, float | None], set[str]] = {}
    for error, (action, delay_s) in told["decisions"].items():
        by_decision.setdefault((action, delay_s), set()).add(error)
    assert by_decision.pop(("fail", None)) == {
        "SettingsError", "CatalogueError", "InputError", "NotWritable", "WarehouseMissing", "WarehouseTooNew", "MigrationError",
        "ModelError", "CheckFailed",
    }  # fmt: skip
    assert by_decision.pop(("retry", 120)) == {"WriterBusy"}
    assert by_decision.pop(("retry", 600)) == {"DiskFull"}
    ((usual, others),) = by_decision.items()
    assert usual == ("default", None)
    assert {"MemoryError", "ConnectionError", "BatchCorrupt", "ExtractorBroken"} <= others


def test_every_pool_is_declared_and_the_writer_has_one_slot(dags: dict[str, Any], tasks: dict[str, Any]) -> None:
    pools = json.loads((DAGS / "pools.json").read_text("utf-8"))
    assert {task["pool"] for task in tasks.values()} - {"default_pool"} == set(pools)
    assert pools["duckdb_writer"]["slots"] == 1
    assert {task["pool"] for task in dags["news_load"]["tasks"]} == {"duckdb_writer"}


def test_the_past_never_starves_the_present(dags: dict[str, Any]) -> None:
    pools = json.loads((DAGS / "pools.json").read_text("utf-8"))
    past = [task for dag_id in ("news_backfill", "news_reprocess") for task in dags[dag_id]["tasks"]]
    assert {task["pool"] for task in past} == {"backfill"}
    assert pools["backfill"]["slots"] < pools["crawl"]["slots"]
    present = [task for dag_id in ("news_crawl", "news_load") for task in dags[dag_id]["tasks"]]
    assert max(task["priority_weight"] for task in past) < min(task["priority_weight"] for task in present)
    assert not {task["pool"] for task in present} & {"backfill"}


def test_mapped_tasks_carry_names(tasks: dict[str, Any]) -> None:
    assert {name for name, task in tasks.items() if task["map_name"]} == {
        "news_crawl.crawl_batch",
        "news_backfill.bring_in",
    }


def test_what_was_staged_is_announced_by_the_task_that_stages_it(tasks: dict[str, Any]) -> None:
    assert {name: task["outlets"] for name, task in tasks.items() if task["outlets"]} == {
        "news_crawl.crawl_batch": ["news_staged"],
        "news_backfill.bring_in": ["news_staged", "news_backfilled"],
        "news_act.act": ["news_staged"],
        "news_reprocess.reprocess": ["news_staged"],
        "news_load.check_and_publish": ["news_published"],
    }


def test_a_run_whose_task_failed_cannot_end_green(dags: dict[str, Any]) -> None:
    """A last task that runs whatever happened must be one that judges."""
    for dag in dags.values():
        leaves = [task for task in dag["tasks"] if not task["downstream"]]
        assert len(leaves) == 1, dag["dag_id"]
        assert leaves[0]["trigger_rule"] == "all_success" or leaves[0]["task_id"] == "judge"


def test_every_field_of_a_form_has_a_title_and_may_be_left_as_it_is(dags: dict[str, Any]) -> None:
    for dag_id, dag in dags.items():
        for name, param in dag["params"].items():
            assert param["schema"].get("title"), f"{dag_id}.{name}"


def test_the_page_for_ops_names_every_dag_task_pool_and_setting(dags: dict[str, Any]) -> None:
    readme = (DAGS / "README.md").read_text("utf-8")
    for dag in dags.values():
        assert f"## {dag['dag_id']}" in readme
        for task in dag["tasks"]:
            assert f"`{task['task_id']}`" in readme, task
    for pool in json.loads((DAGS / "pools.json").read_text("utf-8")):
        assert f"`{pool}`" in readme
    settings = (ROOT / "src" / "ingest" / "settings.py").read_text("utf-8")
    for field in SETTING.findall(settings.split("class Settings")[1].split("@property")[0]):
        assert f"`INGEST_{field.upper()}`" in readme


def test_the_page_for_ops_names_every_counter(told: dict[str, Any]) -> None:
    readme = (DAGS / "README.md").read_text("utf-8")
    assert "ingest.polls" in told["counters"]
    assert [name for name in told["counters"] if f"`{name}`" not in readme] == []


def test_every_dag_file_stays_short() -> None:
    for file in DAGS.glob("*.py"):
        assert len(file.read_text("utf-8").splitlines()) < 170, file.name


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
