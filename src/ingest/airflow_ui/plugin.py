"""Puts the page **News sources** into the Airflow UI, behind its login. What the page shows is in the other modules."""

from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from ingest.airflow_ui import PREFIX


class NewsSources(AirflowPlugin):
    """Mounts the page at `/news-sources/` and puts it into the navigation."""

    name = "news_sources"
    external_views = [  # noqa: RUF012
        {
            "name": "News sources",
            "href": f"{PREFIX.lstrip('/')}/",  # relative: works behind a reverse proxy with a path of its own
            "destination": "nav",
            "url_route": "news-sources",
        }
    ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """Made where the API server asks for it, and nowhere else: every task loads its plugins, and this costs 0.7 CPU-s."""
        from ingest.airflow_ui.airflow_gate import gate
        from ingest.airflow_ui.routes import make_app

        return [{"app": make_app(gate()), "url_prefix": PREFIX, "name": "News sources"}]
