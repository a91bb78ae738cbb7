"""Asks Airflow in a process of its own, since it reads its settings on import: `ask` starts this very file as a program.

describe    what the DAG files say, and which heavy modules reading them has loaded
run         `dag.test()` of all DAGs over the demo web, in good and in bad cases, and what a StatsD server hears of it
"""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[1] / "dags"
HEAVY = ("bs4", "croniter", "duckdb", "pandas", "pyarrow", "requests", "trafilatura")
DEADLINE_S = 300


def ask(what: str, home: Path) -> dict[str, Any]:
    """The answer of `what`, with AIRFLOW_HOME and INGEST_HOME under `home`; skips where Airflow is not installed."""
    if find_spec("airflow") is None:
        import pytest

        pytest.skip("Airflow is not installed: it comes with the extra `airflow`")
    answer = subprocess.run(
        [sys.executable, __file__, what],
        env=environ(home),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert answer.returncode == 0, f"{answer.stdout[-4000:]}\n{answer.stderr[-4000:]}"
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return told


def environ(home: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout=60",
        "AIRFLOW__API_AUTH__JWT_SECRET": "of the test " * 8,
        "INGEST_HOME": str(home / "data"),
        "INGEST_CATALOGUE": str(home / "sources.toml"),
        "INGEST_CONTACT": "mailto:test@example.org",
        "INGEST_ALLOW_NETWORKS": "127.0.0.0/8",
    }


def parsed() -> Any:
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(dag_folder=DAGS, bundle_path=DAGS, bundle_name="dags-folder")


def describe() -> dict[str, Any]:
    import_module("airflow.dag_processing.dagbag")  # what a process that parses has loaded before
    before = set(sys.modules)

    began_s = time.process_time()
    bag = parsed()
    cpu_s = time.process_time() - began_s
    loaded = [name for name in HEAVY if name in set(sys.modules) - before]
    return {
        "import_errors": bag.import_errors,
        "loaded": loaded,
        "cpu_s": cpu_s,
        "counters": sorted(counters()),
        "decisions": decisions(bag.dags["news_load"].get_task("load").retry_policy),
        "dags": [described(dag) for dag in bag.dags.values()],
    }


def decisions(policy: Any) -> dict[str, tuple[str, float | None]]:
    """What becomes of a task by the error that ends it: action, and seconds until the next try where they are not the usual."""
    from ingest import errors

    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    made = {one.__name__: policy.evaluate(one("said"), 1, 3) for one in [*kinds, ConnectionError, MemoryError]}
    return {
        name: (one.action.value, one.retry_delay.total_seconds() if one.retry_delay else None)
        for name, one in made.items()
    }


def counters() -> set[str]:
    """Names as StatsD gets them, without Airflow's own prefix."""
    import news_metrics

    tables = [*news_metrics.COUNTERS.values(), *news_metrics.GAUGES.values()]
    return {news_metrics.PREFIX + name for table in tables for name in table.values()}


def described(dag: Any) -> dict[str, Any]:
    return {
        "dag_id": dag.dag_id,
        "tags": sorted(dag.tags),
        "doc_md": dag.doc_md,
        "catchup": dag.catchup,
        "on_failure": [callback.__name__ for callback in dag.on_failure_callback],
        "deadlines": [(one.interval.total_seconds(), one.callback.path) for one in dag.deadline or []],
        "timeout_s": dag.dagrun_timeout and dag.dagrun_timeout.total_seconds(),
        "max_active_runs": dag.max_active_runs,
        "schedule": type(dag.timetable).__name__,
        "start_date": dag.start_date.isoformat(),
        "params": {name: dag.params.get_param(name).serialize() for name in dag.params},
        "tasks": [
            {
                "task_id": task.task_id,
                "owner": task.owner,
                "retries": task.retries,
                "retry_policy": str(task.retry_policy.serialize()),
                "priority_weight": task.priority_weight,
                "queue": task.queue,
                "trigger_rule": task.trigger_rule.value,
                "map_name": getattr(task, "map_index_template", None) or task.partial_kwargs.get("map_index_template")
                if task.is_mapped
                else "",
                "timeout_s": task.execution_timeout and task.execution_timeout.total_seconds(),
                "pool": task.pool,
                "outlets": [outlet.name for outlet in task.outlets],
                "downstream": sorted(task.downstream_task_ids),
            }
            for task in dag.tasks
        ],
    }


def run() -> dict[str, Any]:
    from airflow.utils.db import initdb

    from ingest.demo.web import NewsWeb

    with Counters() as counters:
        initdb()
        told: dict[str, Any] = {}
        catalogue = Path(os.environ["INGEST_CATALOGUE"])
        with NewsWeb(seed=1) as web:
            text = web.catalogue()
            catalogue.write_text("nonsense = 1\n", "utf-8")
            told["catalogue_broken"] = tested("news_crawl")
            catalogue.write_text(text.replace("[[source]]", "[[source]]\npaused = true"), "utf-8")
            told["all_paused"] = tested("news_crawl")
            catalogue.write_text(text, "utf-8")
            contact = os.environ.pop("INGEST_CONTACT")
            told["without_contact"] = tested("news_crawl")
            os.environ["INGEST_CONTACT"] = contact
            told["dry_run"] = tested("news_crawl", {"dry_run": True})
            told["asked_in_vain"] = len(web.requests)
            told["watched_nothing"] = tested("news_watch")
            chosen = told["chosen"] = [paper.source_id for paper in web.papers[:2]]
            told["crawled"] = tested("news_crawl", {"source_ids": chosen})
            told["loaded"] = tested("news_load", {"publish_now": True})
            told["published"] = published()
            told["loaded_again"] = tested("news_load")
            told["acted"] = tested("news_act", {"action": "pause", "source_id": chosen[0], "reason": "a court order"})
            told["acted_on_nobody"] = tested("news_act", {"action": "pause", "source_id": "nowhere", "reason": "none"})
            told["crawled_what_goes_on"] = tested("news_crawl", {"source_ids": chosen})
            told["watched"] = tested("news_watch")
            told["reprocessed"] = tested("news_reprocess", {"source_ids": chosen, "everything": True, "dry_run": True})
            told["upkeep"] = tested("news_upkeep", {"dry_run": True})
            told["backfilled_nothing"] = tested("news_backfill")
        told["published_again"] = published()
        told["late"] = late()
        os.environ["INGEST_NO_SUCH_SETTING"] = "1"  # so that the digest cannot even begin
        told["late_and_no_digest"] = late()
        told["counters"] = counters.told()
    return told


class Counters:
    """What a StatsD server hears: Airflow sends it everything while it listens."""

    def __enter__(self) -> "Counters":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        os.environ["AIRFLOW__METRICS__STATSD_ON"] = "True"
        os.environ["AIRFLOW__METRICS__STATSD_HOST"] = "127.0.0.1"
        os.environ["AIRFLOW__METRICS__STATSD_PORT"] = str(self._socket.getsockname()[1])
        from airflow.sdk.observability import stats
        from airflow.sdk.observability.metrics import stats_utils

        stats.initialize(
            factory=stats_utils.get_stats_factory(), export_legacy_names=False
        )  # as each task process does
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def told(self) -> dict[str, int]:
        """Counters of ours, added up."""
        self._socket.setblocking(False)
        added: dict[str, int] = {}
        while True:
            try:
                name, _, said = self._socket.recv(65_536).decode().partition(":")
            except BlockingIOError:
                return added
            if name.startswith("airflow.ingest.") and said.endswith("|c"):
                added[name] = added.get(name, 0) + int(said.removesuffix("|c"))


def tested(dag_id: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """The state of the run, the states of its tasks by name, the alerts it raised and what its tasks logged."""
    dag = parsed().dags[dag_id]  # read anew: dag.test() leaves the parameters of a run in its DAG
    dag.deadline = None  # dag.test() of Airflow 3.3 looks for deadlines in a table that it did not write
    with heard() as listener:
        ended = dag.test(run_conf=params)
    tasks: dict[str, list[str]] = {}
    for one in ended.get_task_instances():
        tasks.setdefault(one.task_id, []).append(str(one.state))
    names = [one.rendered_map_index for one in ended.get_task_instances() if one.map_index >= 0]
    return {"state": str(ended.state), "tasks": tasks, "names": names} | listener.told()


def late() -> dict[str, list[str]]:
    """What is heard when Airflow says that a run has missed its deadline, as its executor calls it."""
    import news_alerts

    run = {"dag_id": "news_load", "dag_run_id": "scheduled__2026-11-23"}
    with heard() as listener:
        news_alerts.late({"dag_run": run, "deadline": {"id": "1", "deadline_time": None}})
    return listener.told()


@contextmanager
def heard() -> Iterator["Alerts"]:
    listener = Alerts()
    loggers = [logging.getLogger(name) for name in ("news_alerts", "ingest")]
    for logger in loggers:
        logger.addHandler(listener)
    yield listener
    for logger in loggers:
        logger.removeHandler(listener)


class Alerts(logging.Handler):
    """Keeps the lines that alerts and the pipeline log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def told(self) -> dict[str, list[str]]:
        alerts = [line for line in self.lines if line.startswith("news_alert")]
        return {"alerts": alerts, "events": [line for line in self.lines if line not in alerts]}


def published() -> dict[str, int]:
    import duckdb

    from ingest.settings import load

    with duckdb.connect(str(load().published_file), read_only=True) as connection:
        rows = connection.execute("SELECT source_id, count(*) FROM mart.ledger GROUP BY ALL").fetchall()
    return dict(rows)


if __name__ == "__main__":
    answer = {"describe": describe, "run": run}[sys.argv[1]]()
    print(f"\n{json.dumps(answer)}")
