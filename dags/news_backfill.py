"""A day of the past at a time: what was asked for of that day, brought in beside live crawling and never before it."""

import json
import logging
import os
from datetime import date, timedelta
from typing import Any

from airflow.sdk import CronPartitionTimetable, Param, dag, get_current_context, task

from news_alerts import ON_FAILURE
from news_shared import (
    BACKFILL_POOL,
    BACKFILL_QUEUE,
    BACKFILLED,
    DEFAULT_ARGS,
    LAST,
    NICENESS,
    STAGED,
    START,
    TAGS,
    access,
    optional_param,
    settings,
    sources_param,
)

INPUTS = {
    "sitemap": "Sitemaps of the sources, back to that day",
    "feed": "Archive pages of the sources' feeds",
    "warc": "WARC files",
    "cdx": "An archive's CDX index",
    "list": "A list of addresses (CSV, JSON lines, text)",
    "folder": "A folder of saved pages",
}
DOC = """
### news_backfill

Brings in the past, a run a day (the run's *partition*). *Backfill* (the form, `POST /api/v2/backfills`, or `airflow backfill
create`) makes the runs of a range of days; choose *All runs*, since each day that this DAG was on has a run of its night already.
The parameters say which sources and where their past is to be found; without them a run works on the open requests that hold its
day. For a large site give *From* and *To* of the whole range with the Backfill: its listings are then read once, by the run of
the last day. *Trigger* without a partition works on all that is open, or on a request of its own for *From* to *To*.
*Address* may name any file that the worker can read.

What a red task means:

- `plan`: the input or a source cannot be used. The last line of its log says which key. Nothing was brought in.
- `bring_in` (one per group of hosts): killed, or the disk is full. What was sealed is kept; *Clear* goes on where it stopped.
- `judge`: too much failed, or a batch gave no account. `ingest backfill` and `mart.backfill` say what is missing, and why.

It has a pool of its own, goes last everywhere, and takes what processor time crawls leave over. `news_load` takes what it stages
within ten minutes. What a run leaves (a host wants a rest) waits: clear `plan`, or backfill the day again with
*reprocess behavior: completed*. The run of each night goes on with all that is open.
"""


def days_of(params: dict[str, Any], partition_key: str | None) -> tuple[date, date]:
    """The first and last day of the request that a run records: From to To, or else its own day."""
    from ingest.errors import InputError

    first, last = params["from_on"] or partition_key, params["to_on"] or partition_key
    if not (first and last):
        raise InputError("an input without days", "give From and To, or use the Backfill form, which makes a run a day")
    return date.fromisoformat(first), date.fromisoformat(last)


@dag(
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
    start_date=START,
    catchup=False,  # which days are brought in is asked for, never made up
    max_active_runs=2,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(days=7),
    default_args={**DEFAULT_ARGS, "priority_weight": LAST, "queue": BACKFILL_QUEUE, "pool": BACKFILL_POOL},
    tags=[*TAGS, "backfill"],
    doc_md=DOC,
    params={
        "source_ids": sources_param("Of these sources; none chosen: of every source whose pages the input holds."),
        "input_kind": Param(
            None, type=["null", "string"], enum=[None, *INPUTS], values_display=INPUTS, title="Where from"
        ),
        "input_address": optional_param(
            "Address", "File, folder, list of paths, http(s):// or s3://. Empty: the source's own."
        ),
        "hosts": Param(
            None, type=["null", "array"], items={"type": "string"}, title="Hosts", description="Only of these."
        ),
        "url_pattern": optional_param("Pattern", "Only addresses in which this regular expression is found."),
        "from_on": optional_param("From", "First day of the request; empty: the run's own day.", format="date"),
        "to_on": optional_param("To", "Last day of the request; empty: the run's own day.", format="date"),
        "estimate_only": Param(
            False,
            type="boolean",
            title="Estimate",
            description="Only say what it would cost (in the log of plan); nothing is recorded.",
        ),
    },
)
def news_backfill() -> None:
    @task(execution_timeout=timedelta(hours=1))
    def plan(params: dict[str, Any], dag_run: Any) -> list[list[str]]:
        from ingest.jobs import backfill

        request_ids = None
        if params["input_kind"]:
            from_on, to_on = days_of(params, dag_run.partition_key)
            asked = backfill.request(
                settings(),
                source_ids=params["source_ids"] or (),
                input_kind=params["input_kind"],
                input_address=params["input_address"],
                from_on=from_on,
                to_on=to_on,
                hosts=tuple(params["hosts"] or ()),
                url_pattern=params["url_pattern"],
                is_kept=not params["estimate_only"],
            )
            if params["estimate_only"]:
                told = backfill.estimate(settings(), requests=asked, access_document=access())
                logging.getLogger(__name__).info("estimate: %s", json.dumps(told.as_dict(), indent=1, default=str))
                return []
            request_ids = [one.request_id for one in asked]
        # the run of each night goes on with all that others left; a run that somebody asked for does its own day
        is_of_a_day = dag_run.partition_key and dag_run.run_type != "scheduled"
        on = date.fromisoformat(dag_run.partition_key) if is_of_a_day else None
        return backfill.plan(settings(), on=on, request_ids=request_ids)

    @task(
        multiple_outputs=False,
        outlets=[STAGED, BACKFILLED],
        execution_timeout=timedelta(hours=6),
        map_index_template="{{ label }}",
    )
    def bring_in(work: list[str], dag_run: Any) -> dict[str, Any]:
        from ingest.jobs import backfill

        os.nice(NICENESS)
        told = backfill.run(settings(), work=work, access_document=access()).as_dict()
        counts = ", ".join(f"{told[name]} {name}" for name in ("listed", "fetched", "left"))
        get_current_context()["label"] = f"{dag_run.partition_key or 'all days'}: {counts}"  # type: ignore[literal-required]
        return told

    @task(trigger_rule="all_done", execution_timeout=timedelta(minutes=5))
    def judge(batches: list[list[str]] | None, summaries: list[dict[str, Any]]) -> str:
        from airflow.sdk.exceptions import AirflowFailException

        from ingest.errors import IngestError
        from ingest.jobs import backfill

        if batches is None:
            raise AirflowFailException("nothing was planned: see the log of the task plan")
        try:
            verdict = backfill.judge(settings(), list(summaries), batch_count=len(batches))
        except IngestError as error:
            raise AirflowFailException(str(error)) from error
        logging.getLogger(__name__).info(verdict)
        return verdict

    batches = plan()
    judge(batches, bring_in.expand(work=batches))


news_backfill()
