"""Counters of what the pipeline says (`ingest.log.event`), through Airflow's own metrics: StatsD or OpenTelemetry, if on.

What Airflow counts by itself (runs, tasks, pools, durations) is not counted again; dags/README.md lists both.
"""

import logging
from typing import Any

from airflow.sdk.observability import stats

PREFIX = "ingest."  # behind Airflow's own: airflow.ingest.polls
ONE = ""  # the event itself is what is counted
# event -> {its field: the counter that it adds to}
COUNTERS: dict[str, dict[str, str]] = {
    "crawl_finished": {
        "polls": "polls",
        "failed_polls": "polls_failed",
        "entries": "entries_new",
        "fetched": "pages_fetched",
        "unchanged": "pages_unchanged",
        "failed": "pages_failed",
        "put_off": "pages_put_off",
        "extracted": "pages_read",
        "rejected": "pages_rejected",
    },
    "pages_rejected": {"pages": "pages_rejected.{reason}"},
    "batch_loaded": {ONE: "batches_loaded", "rows": "rows_loaded"},
    "batch_quarantined": {ONE: "batches_quarantined"},
    "warehouse_published": {ONE: "published"},
    "publish_put_off": {ONE: "publishes_put_off"},
    "disk_low": {ONE: "disk_low"},
    "history_check_failed": {ONE: "checks_failed"},
    "watch_finished": {"opened": "alarms_opened", "cleared": "alarms_cleared"},
    "reprocess_finished": {"read": "pages_reprocessed"},
    "backfill_finished": {
        "listed": "backfill_listed",
        "fetched": "backfill_fetched",
        "extracted": "backfill_read",
        "left": "backfill_parts_left",
    },
}
GAUGES: dict[str, dict[str, str]] = {
    "warehouse_published": {"file_bytes": "warehouse_bytes"},
    "watch_finished": {"open_alarms": "alarms_open"},
}


def count(name: str, amount: int = 1) -> None:
    if amount:
        stats.incr(PREFIX + name, amount)


class Counting(logging.Handler):
    """Adds up the events that pass by; it writes nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        from ingest.log import Event

        for said in record.args if isinstance(record.args, tuple) else ():
            if isinstance(said, Event):
                self.add(said.name, said.fields)

    def add(self, name: str, fields: Any) -> None:
        for field, counter in COUNTERS.get(name, {}).items():
            count(counter.format_map(fields), 1 if field == ONE else int(fields.get(field) or 0))
        for field, gauge in GAUGES.get(name, {}).items():
            if (value := fields.get(field)) is not None:
                stats.gauge(PREFIX + gauge, int(value))


def listen() -> None:
    """From now on, in this process; doing it twice counts nothing twice."""
    logger = logging.getLogger("ingest")
    if not any(type(one).__name__ == Counting.__name__ for one in logger.handlers):
        logger.addHandler(Counting(logging.INFO))
