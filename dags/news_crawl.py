"""Every ten minutes: which feeds are due, crawl them in batches, judge the run."""

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from news_shared import (
    CRAWL_POOL,
    DEFAULT_ARGS,
    EVERY_TEN_MINUTES,
    ON_FAILURE,
    STAGED,
    START,
    TAGS,
    access,
    settings,
    source_names,
)

NAMES = source_names()
DOC = """
### news_crawl

Polls the feeds that are due, fetches what is new in them, extracts the text and **stages** it. `news_load` puts it
into DuckDB.

What a red task means:

- `plan`: a setting or `sources.toml` cannot be used. The last line of its log names the key and the remedy.
- `crawl_batch` (one per group of hosts): killed, or the disk is full. What was sealed is kept; *Clear* runs the rest.
- `judge`: too large a share of the polls failed, or a batch gave no answer. Network, DNS, proxy? See **News sources**.

A sick source is a line on the page **News sources**, not a red run. Nothing due is green: `crawl_batch` is skipped.
To crawl some sources now: *Trigger*, and choose them in the form. Those you choose are polled even if they are not due;
only a host that asked us to wait is left alone until then.
"""


@dag(
    schedule=EVERY_TEN_MINUTES,
    start_date=START,
    catchup=False,  # a feed shows the present: the past comes by backfill
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(hours=2),
    default_args=DEFAULT_ARGS,
    tags=[*TAGS, "crawl"],
    doc_md=DOC,
    params={
        "source_ids": Param(
            None,
            type=["null", "array"],  # null first: choosing nothing is an answer
            items={"type": "string"},
            uniqueItems=True,
            examples=list(NAMES),
            values_display=NAMES,
            title="Sources",
            description="Crawl only these, due or not; none chosen: every source that is due.",
        )
    },
)
def news_crawl() -> None:
    @task(execution_timeout=timedelta(minutes=5))
    def plan(params: dict[str, Any]) -> list[list[str]]:
        from ingest.jobs import crawl

        return crawl.plan(settings(), source_ids=params["source_ids"] or None)

    @task(
        multiple_outputs=False,
        pool=CRAWL_POOL,
        outlets=[STAGED],  # here and not on judge: what was staged is loaded even when the run is judged red
        execution_timeout=timedelta(hours=1),
        map_index_template="{{ task.op_kwargs['source_ids'] | join(', ') | truncate(120) }}",
    )
    def crawl_batch(source_ids: list[str], params: dict[str, Any]) -> dict[str, Any]:
        from ingest.jobs import crawl

        # sources that a person chose are polled even where they are not due
        poll_all = bool(params["source_ids"])
        return crawl.run(settings(), source_ids=source_ids, poll_all=poll_all, access_document=access()).as_dict()

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
