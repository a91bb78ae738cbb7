"""Every ten minutes: which feeds are due, crawl them in batches, judge the run."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from news_alerts import ON_FAILURE, deadline
from news_shared import (
    CRAWL_POOL,
    CRAWL_QUEUE,
    DEFAULT_ARGS,
    EVERY_TEN_MINUTES,
    SOON,
    STAGED,
    START,
    TAGS,
    access,
    optional_param,
    settings,
    sources_param,
)

DOC = """
### news_crawl

Polls the feeds that are due, fetches what is new in them, extracts the text and **stages** it. `news_load` puts it
into DuckDB.

What a red task means:

- `plan`: a setting or `sources.toml` cannot be used. The last line of its log names the key and the remedy.
- `crawl_batch` (one per group of hosts): killed, or the disk is full. What was sealed is kept; *Clear* runs the rest.
- `judge`: too large a share of the polls failed, or a batch gave no answer. Network, DNS, proxy? See **News sources**.

A sick source is a line on the page **News sources**, not a red run. Nothing due is green: `crawl_batch` is skipped. The log
of each `crawl_batch` ends with a table: what came of each source.

To crawl some sources now: *Trigger*, and choose them in the form. Those you choose are polled even if they are not due;
only a host that asked us to wait is left alone until then, and what is paused stays so. *Dry run* says what is due.
"""


@dag(
    schedule=EVERY_TEN_MINUTES,
    start_date=START,
    catchup=False,  # a feed shows the present: the past comes by backfill
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    deadline=deadline(timedelta(hours=1)),
    dagrun_timeout=timedelta(hours=2),
    default_args={**DEFAULT_ARGS, "priority_weight": SOON, "queue": CRAWL_QUEUE},
    tags=[*TAGS, "crawl"],
    doc_md=DOC,
    params={
        "source_ids": sources_param("Crawl only these, due or not; none chosen: every source that is due."),
        "pages_most": optional_param(
            "Pages of each source",
            "Fetch at most so many pages of each source; what is left waits for the next run. Empty: all.",
            type="integer",
            minimum=1,
        ),
        "look_back_to": optional_param(
            "Look back to",
            "Read the sitemaps of these sources from this day on, as if nothing had been read since. Empty: what is new.",
            format="date",
        ),
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only say what is due; ask nobody."),
    },
)
def news_crawl() -> None:
    @task(execution_timeout=timedelta(minutes=5))
    def plan(params: dict[str, Any]) -> list[list[str]]:
        from ingest.jobs import crawl

        batches = crawl.plan(settings(), source_ids=params["source_ids"] or None)
        if not params["dry_run"]:
            return batches
        source_count = sum(map(len, batches))
        logging.getLogger(__name__).info(
            "dry run: %d sources in %d batches; nobody is asked", source_count, len(batches)
        )
        return []

    @task(
        multiple_outputs=False,
        pool=CRAWL_POOL,
        outlets=[STAGED],  # here and not on judge: what was staged is loaded even when the run is judged red
        execution_timeout=timedelta(hours=1),
        map_index_template="{{ task.op_kwargs['source_ids'] | join(', ') | truncate(120) }}",
    )
    def crawl_batch(source_ids: list[str], params: dict[str, Any]) -> dict[str, Any]:
        from ingest.jobs import crawl

        day = params["look_back_to"]
        summary = crawl.run(
            settings(),
            source_ids=source_ids,
            poll_all=bool(params["source_ids"]),  # what a person chose is polled even where it is not due
            pages_most=params["pages_most"],
            look_back_to=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
            access_document=access(),
        )
        return summary.as_dict()

    @task(trigger_rule="all_done", execution_timeout=timedelta(minutes=5))
    def judge(batches: list[list[str]] | None, summaries: list[dict[str, Any]]) -> str:
        from airflow.sdk.exceptions import AirflowFailException

        from ingest.errors import IngestError
        from ingest.jobs import crawl

        if batches is None:
            raise AirflowFailException("nothing was planned: see the log of the task plan")
        try:
            verdict = crawl.judge(settings(), list(summaries), batch_count=len(batches))
        except IngestError as error:
            raise AirflowFailException(str(error)) from error
        logging.getLogger(__name__).info(verdict)
        return verdict

    batches = plan()
    judge(batches, crawl_batch.expand(source_ids=batches))


news_crawl()
