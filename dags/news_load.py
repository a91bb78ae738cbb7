"""When something was staged, or every ten minutes: load it, build the tables, check and publish them."""

from datetime import timedelta
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Param, chain, dag, task

from news_alerts import ON_FAILURE, deadline
from news_shared import (
    DEFAULT_ARGS,
    EVERY_TEN_MINUTES,
    PUBLISHED,
    SOON,
    STAGED,
    START,
    TAGS,
    WRITER_POOL,
    WRITER_QUEUE,
    settings,
)

DOC = """
### news_load

Takes every sealed batch into DuckDB, once or not at all, and publishes the analysts' copy (`news.duckdb`).
It looks for what is not loaded yet, so a missed or a doubled run changes nothing: *Clear* is always safe.

What a red task means:

- `load` (batches -> `raw`, one transaction each): the disk is full, another process keeps the lock, or nobody knows a name under
  *Load again*.
- `build` (`raw` -> `core`, `mart`): a model fails. The log names the SQL file.
- `check_and_publish`: a check found rows that no batch can be blamed for. The log shows them; analysts keep the last
  good copy.

A batch that fails its checks is quarantined with the finding, and the rest is published. *Trigger* with its name under *Load
again* when what was wrong is mended. `check_and_publish` skipped
(pink) means that nothing is new since the last publish, or that it was put off: more batches wait, and publishing each
would take more than 5 % of the time. Its log says which.
"""


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable(EVERY_TEN_MINUTES, timezone="UTC"), assets=[STAGED]),
    start_date=START,
    catchup=False,  # each run loads whatever is not loaded: a missed one leaves no gap
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    deadline=deadline(timedelta(hours=1)),  # else nothing new reaches anybody, and nothing is red yet
    dagrun_timeout=timedelta(hours=4),
    default_args={
        **DEFAULT_ARGS,
        "priority_weight": SOON,
        "queue": WRITER_QUEUE,
        "pool": WRITER_POOL,
        "execution_timeout": timedelta(hours=1),
    },
    tags=[*TAGS, "load"],
    doc_md=DOC,
    params={
        "publish_now": Param(
            False,
            type="boolean",
            title="Publish now",
            description="Publish even if nothing is new, or the last time was moments ago (else at most 5 % of the time goes"
            " into it).",
        ),
        "again": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Load again",
            description="Batches that are in quarantine, by their names, a line each: they are released and tried once more.",
        ),
    },
)
def news_load() -> None:
    @task(multiple_outputs=False)
    def load(params: dict[str, Any]) -> dict[str, Any]:
        from ingest.jobs import load

        return load.run(settings(), again=params["again"])

    @task(multiple_outputs=False)
    def build() -> dict[str, Any]:
        from ingest.jobs import build

        return build.run(settings())

    @task(multiple_outputs=False, outlets=[PUBLISHED])
    def check_and_publish(params: dict[str, Any]) -> dict[str, Any]:
        from airflow.sdk.exceptions import AirflowSkipException

        from ingest.jobs import publish

        summary = publish.run(settings(), coalesce=not params["publish_now"])
        if not summary["published"]:
            put_off = "put off: more batches wait, and the load that they cause publishes"
            raise AirflowSkipException(
                put_off if summary["put_off"] else "nothing is new: what is out says all there is"
            )
        return summary

    chain(load(), build(), check_and_publish())


news_load()
