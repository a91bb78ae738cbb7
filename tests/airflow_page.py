"""Asks Airflow's own application for the page News sources, in a process of its own: started as a program by `told`."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from airflow_process import DEADLINE_S, environ, parsed

SOURCE = "daily"
USERS = {"ops": "op", "reader": "viewer"}
OURS = {"sec-fetch-site": "same-origin"}
FOREIGN = {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}


def told(home: Path) -> dict[str, Any]:
    """What this file prints when it is run; skips where Airflow is not installed."""
    if find_spec("airflow") is None:
        import pytest

        pytest.skip("Airflow is not installed: it comes with the extra `airflow`")
    users = ",".join(f"{name}:{role}" for name, role in USERS.items())
    given = environ(home) | {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users}
    ended = subprocess.run(
        [sys.executable, __file__], env=given, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert ended.returncode == 0, f"{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answer


def main() -> dict[str, Any]:
    """Through the very application that `airflow api-server` serves, over HTTP without a socket."""
    before = loaded_by_the_plugin()
    prepare()
    from airflow.api_fastapi.app import create_app
    from fastapi.testclient import TestClient

    with TestClient(create_app(), base_url="http://127.0.0.1", follow_redirects=False) as client:
        tokens = {
            name: client.post("/auth/token", json={"username": name, "password": name}).json()["access_token"]
            for name in USERS
        }
        empty = client.get("/news-sources/", headers={"cookie": f"_token={tokens['reader']}"})
        publish()
        visits = Visits(client, tokens)
        return {
            "loaded": before,
            "empty": [empty.status_code, empty.text],
            "open": visits.nobody(),
            "seen": {name: seen(visits.get(name, f"/news-sources/source/{SOURCE}")) for name in USERS},
            "refused": [visits.post("reader", OURS), visits.post("ops", FOREIGN), visits.runs()],
            "acted": visits.acts(),
            "logs": visits.logs(),
            "plugins": visits.get("ops", "/api/v2/plugins").json()["plugins"],
        }


class Visits:
    """Asks as one of USERS, by cookie as a browser does."""

    def __init__(self, client: Any, tokens: dict[str, str]) -> None:
        self._client = client
        self._tokens = tokens

    def get(self, name: str, path: str) -> Any:
        return self._client.get(path, headers={"cookie": f"_token={self._tokens[name]}"})

    def post(self, name: str, headers: dict[str, str]) -> int:
        """The status of a pause that is asked for."""
        return self._pause({"cookie": f"_token={self._tokens[name]}"} | headers).status_code

    def acts(self) -> dict[str, Any]:
        """A pause from the first click to what Airflow then knows of it."""
        answer = self._pause({"cookie": f"_token={self._tokens['ops']}", "referer": "http://127.0.0.1/"} | OURS)
        shown = self.get("ops", answer.headers["location"])
        audit = self.get("ops", "/api/v2/eventLogs?event=trigger_dag_run").json()["event_logs"]
        keys = ("dag_id", "state", "conf", "note", "triggering_user_name", "triggered_by", "run_type", "dag_run_id")
        return {
            "status": answer.status_code,
            "shown": shown.text,
            "runs": [{key: run[key] for key in keys} for run in self.runs()],
            "audit": [[entry["owner"], entry["dag_id"]] for entry in audit],
        }

    def logs(self) -> list[Any]:
        """Where a visit's log is, before and after a task that visited the source has run."""
        asked = f"/news-sources/source/{SOURCE}/log?at=2026-11-22T06:00:00Z"
        before = self.get("ops", asked)
        self._client.post(
            "/news-sources/poll",
            headers={"cookie": f"_token={self._tokens['ops']}"} | OURS,
            data={"source_ids": SOURCE},
        )
        ran("news_crawl", "crawl_batch", "other, daily", datetime(2026, 11, 22, 6, tzinfo=UTC))
        after = self.get("ops", asked)
        return [before.status_code, after.status_code, after.headers.get("location")]

    def runs(self) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = self.get("ops", "/api/v2/dags/news_act/dagRuns").json()["dag_runs"]
        return runs

    def nobody(self) -> dict[str, int]:
        """The status of each of the page's addresses for somebody who is not logged in."""
        from ingest.airflow_ui.plugin import NewsSources

        (mounted,) = NewsSources().fastapi_apps
        found = {}
        for route in mounted["app"].routes:
            for method in route.methods:
                path = mounted["url_prefix"] + route.path.format(source_id=SOURCE, action="pause")
                given = {"data": {"reason": "r", "source_ids": SOURCE}} if method == "POST" else {}
                answer = self._client.request(method, path, params={"at": "2026-11-22T06:00:00Z"}, **given)
                found[f"{method} {path}"] = answer.status_code
        return found

    def _pause(self, headers: dict[str, str]) -> Any:
        return self._client.post(
            f"/news-sources/source/{SOURCE}/pause", headers=headers, data={"reason": "a court order"}
        )


def ran(dag_id: str, task_id: str, name: str, at: datetime) -> None:
    """As if the mapped task of that name had run around that moment."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import update

    span = {"start_date": at - timedelta(minutes=1), "end_date": at + timedelta(minutes=1)}
    told = update(TaskInstance).where(TaskInstance.dag_id == dag_id, TaskInstance.task_id == task_id)
    with create_session() as session:
        session.execute(told.values(map_index=2, _rendered_map_index=name, **span))


def seen(answer: Any) -> dict[str, Any]:
    return {"status": answer.status_code, "text": answer.text, "headers": dict(answer.headers)}


def loaded_by_the_plugin() -> list[str]:
    """The heavy modules that a task loads with the plugin, beyond what it has anyway."""
    import airflow.sdk.execution_time.task_runner  # noqa: F401

    known = set(sys.modules)
    import ingest.airflow_ui.plugin  # noqa: F401

    heavy = ("airflow.api_fastapi", "airflow.models", "duckdb", "fastapi", "jinja2")
    return sorted(name for name in set(sys.modules) - known if name.startswith(heavy))


def prepare() -> None:
    """Airflow's database with the DAGs, and the passwords of USERS."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import sync_bag_to_db
    from airflow.utils.db import initdb

    initdb()
    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(parsed(), "dags-folder", None)
    passwords = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    passwords.write_text(json.dumps({name: name for name in USERS}), "utf-8")


def publish() -> None:
    from ingest.settings import load
    from watched_sources import Sources

    sources = Sources(load())
    sources.polls(SOURCE)
    sources.publishes()


if __name__ == "__main__":
    answer = main()
    print(f"\n{json.dumps(answer)}")
