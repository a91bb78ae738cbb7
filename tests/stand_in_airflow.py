"""Stands in for Airflow's server: a login by cookie, its frame around the page, and the few routes of its REST API that we ask.

The frame's sandbox is word for word that of Airflow 3.3.2, from which no link leads out by itself.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse

from ingest.airflow_ui import PREFIX
from ingest.airflow_ui.routes import Gate, make_app

DAGS = ("news_act", "news_crawl", "news_reprocess")
MAY = {"ops": frozenset(DAGS), "half": frozenset({"news_crawl"}), "viewer": frozenset()}
FRAME = """<!doctype html><html lang="en" class="{theme}"><title>Airflow</title><style>body{{margin:0}}
iframe{{border:none;display:block;height:100vh;width:100%}}</style>
<iframe title="News sources" sandbox="allow-scripts allow-same-origin allow-forms allow-downloads" src="{src}"></iframe>"""


class StandInAirflow:
    """`.app` is what the server serves, `.triggered` what was started through its API, by whom."""

    def __init__(self, root: str = "") -> None:
        self.root = root  # the path under which a proxy shows it
        self.address = ""  # while it is served
        self.triggered: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.paused = {"news_act"}
        self.page = make_app(Gate(reader=person, triggerable=triggerable, hosts=frozenset({"airflow.example"})))
        self.app = FastAPI()
        self.app.add_api_route("/api/v2/dags/{dag_id}/dagRuns", self._trigger, methods=["POST"])
        self.app.add_api_route("/api/v2/dags/{dag_id}/dagRuns/{run_id}", self._run)
        self.app.add_api_route("/api/v2/dags/{dag_id}", self._dag)
        self.app.add_api_route("/api/v2/dags/{dag_id}/dagRuns/~/taskInstances", self._tasks)
        self.app.add_api_route("/plugin", frame, response_class=HTMLResponse)
        self.app.mount(PREFIX, self.page)
        self.app.add_api_route("/{path:path}", elsewhere, response_class=HTMLResponse)

    async def _trigger(self, dag_id: str, request: Request) -> dict[str, Any]:
        name = person(request)
        if dag_id not in MAY[name]:
            raise HTTPException(403, "Forbidden")
        body = await request.json()
        self.triggered.append({"dag_id": dag_id, "by": name, **body})
        return {"dag_run_id": f"manual__{len(self.triggered)}", "dag_id": dag_id}

    def _run(self, dag_id: str, run_id: str, request: Request) -> dict[str, Any]:
        person(request)
        if run_id not in {f"manual__{number + 1}" for number in range(len(self.triggered))}:
            raise HTTPException(404, "no such run")
        return {"dag_id": dag_id, "dag_run_id": run_id, "state": "queued"}

    def _dag(self, dag_id: str, request: Request) -> dict[str, Any]:
        person(request)
        return {"dag_id": dag_id, "is_paused": dag_id in self.paused}

    def _tasks(self, dag_id: str, request: Request) -> dict[str, Any]:
        person(request)
        asked = dict(request.query_params)
        found = [
            task
            for task in self.tasks
            if task["dag_id"] == dag_id
            and asked.get("rendered_map_index_pattern", "") in task["rendered_map_index"]
            and datetime.fromisoformat(task["start_date"]) <= datetime.fromisoformat(asked["start_date_lte"])
        ]
        return {"task_instances": found, "total_entries": len(found)}

    def answers(self, path: str, *, to: str | None = "ops", method: str = "GET", **given: Any) -> httpx.Response:
        """What a person gets; a POST comes from a page of ours, unless `headers` say otherwise."""
        headers = {"sec-fetch-site": "same-origin"} | given.pop("headers", {})
        cookies = {"_token": to} if to else {}

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, root_path=self.root)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://airflow.test", cookies=cookies
            ) as client:
                return await client.request(method, f"{self.root}{PREFIX}{path}", headers=headers, **given)

        return asyncio.run(asked())

    def runs(self, source_ids: str, start: datetime, end: datetime | None, *, index: int = 0) -> None:
        """A task of news_crawl that visits these sources."""
        self.tasks.append({
            "dag_id": "news_crawl", "dag_run_id": "scheduled__2026-11-22T06:00:00+00:00", "task_id": "crawl_batch",
            "map_index": index, "rendered_map_index": source_ids, "start_date": start.astimezone(UTC).isoformat(),
            "end_date": end and end.astimezone(UTC).isoformat(),
        })  # fmt: skip

    @contextmanager
    def served(self) -> Iterator[str]:
        """The server's address, for as long as it runs."""
        server = uvicorn.Server(uvicorn.Config(self.app, host="127.0.0.1", port=0, log_level="error", ws="none"))
        started = threading.Event()
        startup = server.startup

        async def starting(sockets: Any = None) -> None:
            await startup(sockets)
            started.set()

        server.startup = starting  # type: ignore[method-assign]
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert started.wait(30)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


def person(request: Request) -> str:
    name = request.cookies.get("_token") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if name not in MAY:
        raise HTTPException(401, "Not authenticated")
    return name


def triggerable(name: str = Depends(person)) -> frozenset[str]:
    return MAY[name]


def frame(theme: str = "light", src: str = "/news-sources/") -> HTMLResponse:
    return HTMLResponse(FRAME.format(theme=theme, src=src))


def elsewhere(path: str) -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><title>Airflow</title><p>Airflow's own page: /{path}</p>")
