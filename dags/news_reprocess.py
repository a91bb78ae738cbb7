"""When a person asks: read archived pages again with today's extractor and rules, offline."""

import os
from datetime import date, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from news_alerts import ON_FAILURE
from news_shared import (
    BACKFILL_POOL,
    BACKFILL_QUEUE,
    DEFAULT_ARGS,
    LAST,
    NICENESS,
    STAGED,
    START,
    TAGS,
    optional_param,
    settings,
    sources_param,
)

DOC = """
### news_reprocess

Reads archived pages again, without asking anybody, after a rule in `sources.toml` or the extractor itself has changed. What
reads the same is confirmed, what reads otherwise becomes a revision; an article's pages are read all or none. A run that is
killed loses nothing, and the next goes on where it stopped.

What a red task means:

- `reprocess`: no such source, nothing published yet, or the disk is full. The last line of its log says which. *Clear* goes on.

It takes the slot of backfills and only what processor time crawls leave over: months of pages take hours.
"""


@dag(
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(days=3),
    default_args={**DEFAULT_ARGS, "priority_weight": LAST, "queue": BACKFILL_QUEUE, "pool": BACKFILL_POOL},
    tags=[*TAGS, "by hand"],
    doc_md=DOC,
    params={
        "source_ids": sources_param("Pages of these sources; none chosen: of all."),
        "since": optional_param("Since", "Pages fetched on this day (UTC) or later.", format="date"),
        "until": optional_param("Until", "Pages fetched before this day (UTC).", format="date"),
        "everything": Param(
            False,
            type="boolean",
            title="Everything",
            description="Also what today's extractor and rules have read already.",
        ),
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only count the pages."),
    },
)
def news_reprocess() -> None:
    @task(multiple_outputs=False, outlets=[STAGED], execution_timeout=timedelta(days=1))
    def reprocess(params: dict[str, Any]) -> dict[str, Any]:
        from ingest.jobs import reprocess

        os.nice(NICENESS)
        days = {name: date.fromisoformat(params[name]) if params[name] else None for name in ("since", "until")}
        return reprocess.run(
            settings(),
            since=days["since"],
            until=days["until"],
            source_ids=params["source_ids"] or (),
            everything=params["everything"],
            is_dry_run=params["dry_run"],
        ).as_dict()

    reprocess()


news_reprocess()
