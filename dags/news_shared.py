"""What the news DAGs have in common: pools, assets, retries, settings. When and in what order is in each DAG's file."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

if TYPE_CHECKING:
    from ingest.settings import Settings

CRAWL_POOL = "crawl"
WRITER_POOL = "duckdb_writer"  # one slot: DuckDB has one writer
ACCESS_CONNECTION = "news_access"
EVERY_TEN_MINUTES = "*/10 * * * *"
START = datetime(2026, 1, 1, tzinfo=UTC)
TAGS = ["news"]

STAGED = Asset(name="news_staged", uri="x-ingest://staged", group="news")
PUBLISHED = Asset(name="news_published", uri="x-ingest://published", group="news")

# A setting or a catalogue that cannot be used stays so until a person mends it: red at once, not after two retries.
FAIL_AT_ONCE = [
    "ingest.errors.SettingsError",
    "ingest.errors.CatalogueError",
    "ingest.errors.WarehouseTooNew",
    "ingest.errors.MigrationError",
    "ingest.errors.ModelError",
    "ingest.errors.CheckFailed",
]
DEFAULT_ARGS = {
    "owner": "news",
    "retries": 2,  # tasks are idempotent, and "ran, but was marked failed" really happens on a busy machine
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy([RetryRule(exception=FAIL_AT_ONCE, action=RetryAction.FAIL)]),
}


def alert(context: dict[str, Any]) -> None:
    """One line for whatever watches the logs, when a DAG run has failed (not when a task will be retried)."""
    dag_id, run_id, ti = context["dag"].dag_id, context["run_id"], context.get("ti")
    try:
        states = ti.get_task_states(dag_id=dag_id, run_ids=[run_id])[run_id] if ti else {}
    except Exception:  # noqa: BLE001  no alert may be lost because Airflow cannot say more
        states = {}
    failed = sorted(task_id for task_id, state in states.items() if state == "failed") or [ti.task_id if ti else "-"]
    logging.getLogger(__name__).error(
        "news_alert dag_id=%s run_id=%s task_ids=%s reason=%s", dag_id, run_id, ",".join(failed), context.get("reason")
    )


ON_FAILURE = [alert]  # a notifier goes here too, e.g. SmtpNotifier(...) or SlackWebhookNotifier(...)


def settings() -> "Settings":
    """The INGEST_* settings; the catalogue is the one beside the DAGs, unless INGEST_CATALOGUE names another."""
    from ingest.settings import load

    return load({"INGEST_CATALOGUE": str(Path(__file__).with_name("sources.toml")), **os.environ})


def access() -> dict[str, Any] | None:
    """Proxies, cookies, headers and logins by source: the extra (JSON) of the connection `news_access`, if there is one.

    Its form is that of the file INGEST_ACCESS, which is read where there is no such connection.
    """
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return dict(Connection.get(ACCESS_CONNECTION).extra_dejson)
    except AirflowNotFoundException:
        return None


def source_names() -> dict[str, str]:
    """`source_id` -> name for the form's picker; empty if the catalogue cannot be used, and `plan` says why, in red."""
    from ingest.catalogue import read
    from ingest.errors import IngestError

    try:
        return {source.source_id: source.name for source in read(settings().catalogue)}
    except IngestError:
        return {}
