"""The pages' addresses: who may see them, what they answer, and under which policy. What they show is in the other modules."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import duckdb
from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.types import Receive, Scope, Send

from ingest.airflow_ui import PREFIX, act, airflow_api, html, overview, read, source
from ingest.airflow_ui.act import ACTIONS, ActionName
from ingest.airflow_ui.overview import Asked
from ingest.airflow_ui.read import Overview, Row
from ingest.errors import IngestError, WarehouseMissing
from ingest.settings import load

OLD_AFTER_S = 3600  # the file is published every ten minutes
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" a browser hides even from us that a form was ours
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REFUSALS = {
    401: "You are not logged in, or your login has run out.",
    403: "You may not do this.",
    404: "There is nothing here.",
    405: "There is nothing here.",
    422: "That cannot be used.",
}


class NewsSourcesApp(FastAPI):
    """Remembers the application that it is mounted in: Airflow's, whose REST API it asks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["airflow"] = scope.get("app")
        scope["airflow_root"] = scope.get("root_path", "").removesuffix(PREFIX)
        if scope["type"] == "http" and scope["method"] == "POST" and not _is_short(Headers(scope=scope)):
            # before anybody is asked who they are, because FastAPI reads the body first
            await PlainTextResponse("That is too long.", status_code=413)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who may do what, as dependencies of FastAPI."""

    reader: Callable[..., Any]  # raises 401 without a login, 403 for who may not read
    triggerable: Callable[..., frozenset[str]]  # the DAGs of `act` that the person may start
    hosts: frozenset[str]  # besides the request's own: those under which people reach Airflow


def make_app(gate: Gate) -> NewsSourcesApp:
    """The application; everything in it is behind `gate`."""
    # FastAPI's own pages (docs, openapi.json) would stay outside of the dependencies: there are none
    app = NewsSourcesApp(
        title="News sources", dependencies=[Depends(gate.reader)], docs_url=None, redoc_url=None, openapi_url=None
    )
    Triggerable = Annotated[frozenset[str], Depends(gate.triggerable)]

    def own(request: Request) -> None:
        """Refuses what another site's page sends with a person's cookies."""
        if not act.is_own(request.headers, gate.hosts | {request.headers.get("host", "").lower()}):
            raise HTTPException(403, "This was not sent from this page. Open it anew and try again.")

    @app.get("/", response_class=HTMLResponse)
    async def show_overview(
        request: Request,
        asked: Annotated[Asked, Depends(_asked)],
        triggerable: Triggerable,
        dag_id: str = "",
        run_id: str = "",
    ) -> HTMLResponse:
        found = await run_in_threadpool(_overview)
        return _page(
            request, "overview.html", overview=found, shown=overview.shown(found, asked), alarms=found.alarms,
            is_old=(datetime.now(UTC) - found.published_at).total_seconds() > OLD_AFTER_S,
            may_poll=ACTIONS["poll"].dag_id in triggerable, run=await _run(request, dag_id, run_id),
        )  # fmt: skip

    @app.get("/source/{source_id}", response_class=HTMLResponse)
    async def show_source(
        request: Request, source_id: str, triggerable: Triggerable, dag_id: str = "", run_id: str = ""
    ) -> HTMLResponse:
        found = await run_in_threadpool(_overview)
        row = _source(found, source_id)
        details = await run_in_threadpool(source.details, load().published_file, row)
        return _page(
            request, "source.html", overview=found, source=row, details=details, actions=act.offered(row, triggerable),
            run=await _run(request, dag_id, run_id),
        )  # fmt: skip

    @app.post("/source/{source_id}/{action}", dependencies=[Depends(own)])
    async def take_action(
        request: Request,
        source_id: str,
        action: ActionName,
        triggerable: Triggerable,
        reason: Annotated[str, Form(max_length=act.REASON_LIMIT)] = "",
    ) -> RedirectResponse:
        row = _source(await run_in_threadpool(_overview), source_id)
        chosen, reason = ACTIONS[action], reason.strip()
        _may(chosen.dag_id, triggerable)
        if chosen.wants_reason and not reason:
            raise HTTPException(422, f"{chosen.title}: say why. Whoever looks next wants to know.")
        note = f"{chosen.title}: {row['source_name'] or source_id}" + (f" ({reason})" if reason else "")
        run_id = await airflow_api.trigger(request, chosen.dag_id, conf=chosen.conf(source_id, reason), note=note)
        return _started(request, f"/source/{quote(source_id, safe='')}", chosen.dag_id, run_id)

    @app.post("/poll", dependencies=[Depends(own)])
    async def poll_several(
        request: Request,
        triggerable: Triggerable,
        source_ids: Annotated[list[str], Form(min_length=1, max_length=overview.PAGE_SIZE)],
    ) -> RedirectResponse:
        """Those that a filter showed, after an outage that they had in common."""
        dag_id = ACTIONS["poll"].dag_id
        _may(dag_id, triggerable)
        known = {row["source_id"] for row in (await run_in_threadpool(_overview)).sources}
        asked = [source_id for source_id in dict.fromkeys(source_ids) if source_id in known]
        if not asked:
            raise HTTPException(404, "None of these sources was ever polled.")
        note = f"Poll now: {len(asked)} sources"
        run_id = await airflow_api.trigger(request, dag_id, conf={"source_ids": asked}, note=note)
        return _started(request, "/", dag_id, run_id)

    @app.get("/source/{source_id}/log")
    async def show_log(request: Request, source_id: str, at: datetime) -> Response:
        """To the log of the task that visited a source at a moment, in Airflow's own UI."""
        place = await airflow_api.log_of(request, source_id, at if at.tzinfo else at.replace(tzinfo=UTC))
        if place is None:
            raise HTTPException(404, "Airflow keeps no task of that time any more, or it ran outside of Airflow.")
        return RedirectResponse(f"{request.scope['airflow_root']}/{place}", status_code=303, headers=HEADERS)

    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(airflow_api.Refused, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(WarehouseMissing, _nothing_yet)
    app.add_exception_handler(IngestError, _unreadable)
    app.add_exception_handler(duckdb.Error, _unreadable)
    return app


def _is_short(headers: Headers) -> bool:
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length) <= act.BODY_LIMIT_BYTES


def _asked(
    state: Annotated[str, Query(max_length=100)] = "",
    country: Annotated[str, Query(max_length=100)] = "",
    language: Annotated[str, Query(max_length=100)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    sort: Annotated[str, Query(max_length=100)] = "state",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Asked:
    return Asked(state=state, country=country, language=language, text=text.strip(), sort=sort, page=page)


def _overview() -> Overview:
    return read.overview(load().published_file)


def _source(found: Overview, source_id: str) -> Row:
    for row in found.sources:
        if row["source_id"] == source_id:
            return row
    raise HTTPException(404, f"No source {source_id!r} was ever polled, as far as is published.")


def _may(dag_id: str, triggerable: frozenset[str]) -> None:
    if dag_id not in triggerable:
        raise HTTPException(403, f"You may not start the DAG {dag_id}.")


def _started(request: Request, path: str, dag_id: str, run_id: str) -> RedirectResponse:
    """To a page that says how the run is doing."""
    told = urlencode({"dag_id": dag_id, "run_id": run_id})
    return RedirectResponse(f"{_base(request)}{path}?{told}", status_code=303, headers=HEADERS)


async def _run(request: Request, dag_id: str, run_id: str) -> airflow_api.Run | None:
    """The run that an action started, as Airflow tells of it now."""
    if not run_id or dag_id not in {one.dag_id for one in ACTIONS.values()}:
        return None
    try:
        return await airflow_api.run(request, dag_id, run_id)
    except airflow_api.Refused:
        return None


def _base(request: Request) -> str:
    return f"{request.scope['airflow_root']}{PREFIX}"


def _page(request: Request, template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    body = html.page(
        template,
        nonce=nonce,
        base=_base(request),
        airflow=request.scope["airflow_root"],
        now=datetime.now(UTC),
        **values,
    )
    policy = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
    return HTMLResponse(body, status_code=status_code, headers=HEADERS | policy)


def _refused(request: Request, error: Exception) -> HTMLResponse:
    """What went wrong, as a page for a person, with the status that a program goes by."""
    status_code = getattr(error, "status_code", 422)
    detail = getattr(error, "detail", None)
    told = detail if isinstance(detail, str) and not isinstance(error, RequestValidationError) else None
    return _page(
        request, "notice.html", status_code=status_code, title=REFUSALS.get(status_code, "That did not work."), told=told
    )  # fmt: skip


def _nothing_yet(request: Request, error: Exception) -> HTMLResponse:
    return _page(request, "nothing_yet.html", told=str(error))


def _unreadable(request: Request, error: Exception) -> HTMLResponse:
    title = "The published warehouse cannot be read. The next green run of news_load makes it anew."
    return _page(request, "notice.html", status_code=503, title=title, told=str(error))
