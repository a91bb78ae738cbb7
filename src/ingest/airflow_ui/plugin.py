"""Puts the page **News sources** into the Airflow UI, behind its login. What the page shows is in `sources_page`."""

from datetime import UTC, datetime

from airflow.api_fastapi.core_api.security import get_user
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

# Apps that a plugin mounts are open to anyone unless they ask for the login themselves; FastAPI's own pages
# (docs, openapi.json) would stay outside of that, so there are none.
app = FastAPI(title="News sources", dependencies=[Depends(get_user)], docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/", response_class=HTMLResponse)
def sources() -> HTMLResponse:
    import duckdb  # here, because every task of Airflow may load its plugins, and this costs 0.3 s

    from ingest.airflow_ui import sources_page
    from ingest.errors import IngestError
    from ingest.settings import load

    now = datetime.now(UTC)
    try:
        file = load().published_file
        if not file.exists():
            page = sources_page.nothing_published(file)
        else:
            page = sources_page.table(sources_page.read(file), datetime.fromtimestamp(file.stat().st_mtime, UTC), now)
    except (IngestError, duckdb.Error) as error:
        return HTMLResponse(sources_page.unreadable(str(error)), status_code=503, headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)


class NewsSources(AirflowPlugin):
    """Mounts the page at `/news-sources/` and puts it into the navigation."""

    name = "news_sources"
    fastapi_apps = [{"app": app, "url_prefix": "/news-sources", "name": "News sources"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "News sources",
            "href": "news-sources/",  # relative: works behind a reverse proxy with a path of its own
            "destination": "nav",
            "url_route": "news-sources",
        }
    ]
