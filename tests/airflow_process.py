"""Asks Airflow in a process of its own, since it reads its settings on import: `ask` starts this very file as a program.

describe    what the DAG files say, and which heavy modules reading them has loaded
run         `dag.test()` of both DAGs over the demo web, in good and in bad cases
page        the page News sources, with and without a login
"""

import json
import logging
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[1] / "dags"
HEAVY = ("bs4", "duckdb", "pyarrow", "requests", "trafilatura")
LOGIN = {"username": "admin", "password": "of the test"}
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
    bag = parsed()
    loaded = [name for name in HEAVY if name in sys.modules]
    return {"import_errors": bag.import_errors, "loaded": loaded, "dags": [described(dag) for dag in bag.dags.values()]}


def described(dag: Any) -> dict[str, Any]:
    return {
        "dag_id": dag.dag_id,
        "tags": sorted(dag.tags),
        "doc_md": dag.doc_md,
        "catchup": dag.catchup,
        "on_failure": [callback.__name__ for callback in dag.on_failure_callback],
        "max_active_runs": dag.max_active_runs,
        "start_date": dag.start_date.isoformat(),
        "params": {name: param.schema for name, param in dag.params.items()} if hasattr(dag.params, "items") else {},
        "tasks": [
            {
                "task_id": task.task_id,
                "owner": task.owner,
                "retries": task.retries,
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
        told["crawled"] = tested("news_crawl", {"source_ids": [web.papers[0].source_id, web.papers[1].source_id]})
        told["loaded"] = tested("news_load", {"publish_now": True})
        told["loaded_again"] = tested("news_load")
    told["published"] = published()
    return told


def tested(dag_id: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """The state of the run, the states of its tasks by name, and the alerts it raised."""
    listener = Alerts()
    logging.getLogger("news_shared").addHandler(listener)
    ended = parsed().dags[dag_id].test(run_conf=params)
    logging.getLogger("news_shared").removeHandler(listener)
    tasks: dict[str, list[str]] = {}
    for one in ended.get_task_instances():
        tasks.setdefault(one.task_id, []).append(str(one.state))
    names = [one.rendered_map_index for one in ended.get_task_instances() if one.map_index >= 0]
    return {"state": str(ended.state), "tasks": tasks, "names": names, "alerts": listener.lines}


class Alerts(logging.Handler):
    """Keeps the lines that the DAGs' shared file logs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def published() -> dict[str, int]:
    import duckdb

    from ingest.settings import load

    with duckdb.connect(str(load().published_file), read_only=True) as connection:
        rows = connection.execute("SELECT source_id, count(*) FROM mart.ledger GROUP BY ALL").fetchall()
    return dict(rows)


def page() -> dict[str, Any]:
    """Through the very application that `airflow api-server` serves, over HTTP without a socket."""
    from airflow.api_fastapi.app import create_app
    from airflow.utils.db import initdb
    from fastapi.testclient import TestClient

    from ingest.airflow_ui.plugin import NewsSources

    initdb()
    passwords = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    passwords.write_text(json.dumps({LOGIN["username"]: LOGIN["password"]}), "utf-8")
    with TestClient(create_app(), base_url="http://127.0.0.1") as client:
        answer = client.post("/auth/token", json=LOGIN)
        token = answer.json()["access_token"]
        login = {"Authorization": f"Bearer {token}"}
        shown = client.get("/news-sources/", headers=login)
        return {
            "open": {path: client.get(f"/news-sources{path}").status_code for path in ("/", "/docs", "/openapi.json")},
            "status": shown.status_code,
            "text": shown.text,
            "headers": dict(shown.headers),
            "links": [view["href"] for view in NewsSources.external_views],
            "plugins": [one["name"] for one in client.get("/api/v2/plugins", headers=login).json()["plugins"]],
        }


if __name__ == "__main__":
    answer = {"describe": describe, "run": run, "page": page}[sys.argv[1]]()
    print(f"\n{json.dumps(answer)}")
