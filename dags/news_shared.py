"""What the news DAGs have in common: pools, assets, retries, settings. When and in what order is in each DAG's file."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule

import news_metrics

if TYPE_CHECKING:
    from ingest.settings import Settings

news_metrics.listen()  # in every process that runs a task or a callback of ours

CRAWL_POOL = "crawl"
BACKFILL_POOL = "backfill"
WRITER_POOL = "duckdb_writer"  # one slot: DuckDB has one writer
# Celery's queues, where each has workers of its own; every other executor knows none.
CRAWL_QUEUE, BACKFILL_QUEUE, WRITER_QUEUE = (
    os.environ.get(f"NEWS_{name}_QUEUE", "default") for name in ("CRAWL", "BACKFILL", "WRITER")
)
# Who goes first where slots are scarce: the news of today before those of years ago.
SOON, USUAL, LAST = 10, 5, 1
NICENESS = 10  # of backfills and reprocessing: a crawl beside them gets the processor whenever it wants it
ACCESS_CONNECTION = "news_access"
NOTIFY_CONNECTION = "news_notify"
EVERY_TEN_MINUTES = "*/10 * * * *"
START = datetime(2026, 1, 1, tzinfo=UTC)
TAGS = ["news"]

STAGED = Asset(name="news_staged", uri="x-ingest://staged", group="news")
BACKFILLED = Asset(name="news_backfilled", uri="x-ingest://backfilled", group="news")
PUBLISHED = Asset(name="news_published", uri="x-ingest://published", group="news")

# What a person must mend is red at once, not after two retries; what passes is tried again when it may have passed.
PERMANENT = [
    f"ingest.errors.{name}"
    for name in (
        "SettingsError", "CatalogueError", "InputError", "NotWritable", "WarehouseMissing", "WarehouseTooNew",
        "MigrationError", "ModelError", "CheckFailed",
    )
]  # fmt: skip
RETRY_RULES = [
    RetryRule(exception=PERMANENT, action=RetryAction.FAIL, reason="it stays so until a person mends it"),
    RetryRule(exception="ingest.errors.WriterBusy", retry_delay=timedelta(minutes=2), reason="another writer works"),
    RetryRule(exception="ingest.errors.DiskFull", retry_delay=timedelta(minutes=10), reason="the disk is full"),
]
DEFAULT_ARGS = {
    "owner": "news",
    "retries": 2,  # tasks are idempotent, and "ran, but was marked failed" really happens on a busy machine
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy(RETRY_RULES),
    "weight_rule": "absolute",
    "priority_weight": USUAL,
}


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
    """`source_id` -> name for the forms' pickers; empty if the catalogue cannot be used, and `plan` says why, in red."""
    from ingest.catalogue import read
    from ingest.errors import IngestError

    try:
        return {source.source_id: source.name for source in read(settings().catalogue)}
    except IngestError:
        return {}


def sources_param(description: str) -> Param:
    """A picker of any number of sources; none chosen is an answer."""
    names = source_names()
    return Param(
        None,
        type=["null", "array"],  # null first: an empty field is null
        items={"type": "string"},
        uniqueItems=True,
        examples=list(names),
        values_display=names,
        title="Sources",
        description=description,
    )


def optional_param(title: str, description: str, **schema: Any) -> Param:
    """A text, a day (`format="date"`) or a number (`type="integer"`) that may be left out."""
    kind = schema.pop("type", "string")
    return Param(None, type=["null", kind], title=title, description=description, **schema)
