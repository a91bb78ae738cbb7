"""Asks Airflow's own REST API, inside the same process and as the person who asks us: its answers are its permissions.

No permission is decided here, and no table of Airflow's is read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import Request

CREDENTIALS = ("authorization", "cookie", "referer")  # the person's own; by the referer Airflow tells UI from API
LOGGED_TASKS = (("news_crawl", "crawl_batch"), ("news_backfill", None))  # named after the sources that they visit
CUT_SHORT = "..."  # a name that does not hold all of them ends so


class Refused(Exception):
    """Airflow's own answer where it would not do what was asked."""

    def __init__(self, status_code: int, detail: str) -> None:
        super().__init__(detail)
        self.status_code = status_code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A DAG run as Airflow knows it; `is_dag_paused`: it waits until somebody switches its DAG on."""

    dag_id: str
    run_id: str
    state: str
    is_dag_paused: bool


async def trigger(request: Request, dag_id: str, *, conf: dict[str, Any], note: str) -> str:
    """Starts a run as the person who asks; its id. Raises Refused with Airflow's words."""
    body = {"logical_date": None, "conf": conf, "note": note}
    answer = await _asked(request, "POST", f"dags/{quote(dag_id)}/dagRuns", json=body)
    return str(answer["dag_run_id"])


async def run(request: Request, dag_id: str, run_id: str) -> Run:
    """How a run is doing. Raises Refused where there is none, or where the person may not see it."""
    told = await _asked(request, "GET", f"dags/{quote(dag_id)}/dagRuns/{quote(run_id, safe='')}")
    dag = await _asked(request, "GET", f"dags/{quote(dag_id)}")
    return Run(dag_id=dag_id, run_id=told["dag_run_id"], state=told["state"], is_dag_paused=dag["is_paused"])


async def log_of(request: Request, source_id: str, at: datetime) -> str | None:
    """Where in Airflow's UI the log of the task is that visited a source at a moment; None: Airflow keeps none of then."""
    for dag_id, task_id in LOGGED_TASKS:
        for label in (source_id, CUT_SHORT):
            found = await _tasks(request, dag_id, task_id, at, label=label)
            if len(found) == 1 or (found and label == source_id):
                return _place(found[0])
            if found:
                return f"dags/{dag_id}/runs/{quote(found[0]['dag_run_id'], safe='')}"
    return None


async def _tasks(
    request: Request, dag_id: str, task_id: str | None, at: datetime, *, label: str
) -> list[dict[str, Any]]:
    """Tasks that were running at `at` and have `label` in their name, the latest start first."""
    asked = {
        "start_date_lte": at.isoformat(), "rendered_map_index_pattern": label, "order_by": "-start_date", "limit": "50",
    }  # fmt: skip
    asked |= {"task_id": task_id} if task_id else {}
    try:
        told = await _asked(request, "GET", f"dags/{dag_id}/dagRuns/~/taskInstances", params=asked)
    except Refused as refused:
        if refused.status_code == httpx.codes.NOT_FOUND:
            return []
        raise
    return [
        one
        for one in told["task_instances"]
        if one["end_date"] is None or datetime.fromisoformat(one["end_date"]) >= at
    ]


def _place(task: dict[str, Any]) -> str:
    run_id, task_id = quote(task["dag_run_id"], safe=""), quote(task["task_id"], safe="")
    mapped = f"/mapped/{task['map_index']}" if task["map_index"] >= 0 else ""
    return f"dags/{quote(task['dag_id'])}/runs/{run_id}/tasks/{task_id}{mapped}"


async def _asked(request: Request, method: str, path: str, **given: Any) -> Any:
    headers = {name: request.headers[name] for name in CREDENTIALS if name in request.headers}
    root = request.scope["airflow_root"]
    transport = httpx.ASGITransport(app=request.scope["airflow"], raise_app_exceptions=False, root_path=root)
    address = f"{request.url.scheme}://{request.url.netloc}{root}/api/v2/{path}"
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.request(method, address, headers=headers, **given)
    if answer.is_error:
        raise Refused(answer.status_code, _words(answer))
    return answer.json()


def _words(answer: httpx.Response) -> str:
    """What Airflow says of its refusal, in one line."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase
    return str(detail)[:500]
