"""What the news DAGs have in common: pools, assets, retries, settings. When and in what order is in each DAG's file."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

if TYPE_CHECKING:
    from ingest.settings import Settings

CRAWL_POOL = "crawl"
WRITER_POOL = "duckdb_writer"  # one slot: DuckDB has one writer
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


def settings() -> "Settings":
    """The INGEST_* settings; the catalogue is the one beside the DAGs, unless INGEST_CATALOGUE names another."""
    from ingest.settings import load

    return load({"INGEST_CATALOGUE": str(Path(__file__).with_name("sources.toml")), **os.environ})


def source_names() -> dict[str, str]:
    """`source_id` -> name for the form's picker; empty if the catalogue cannot be used, and `plan` says why, in red."""
    from ingest.catalogue import read
    from ingest.errors import IngestError

    try:
        return {source.source_id: source.name for source in read(settings().catalogue)}
    except IngestError:
        return {}
