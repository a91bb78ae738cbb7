"""Every night: remove what is over, check the whole history, rewrite the warehouse where it has holes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable, Param, dag, task

from news_alerts import ON_FAILURE, hand_over
from news_shared import DEFAULT_ARGS, START, TAGS, WRITER_POOL, WRITER_QUEUE, settings

DOC = """
### news_upkeep

Removes archived pages, articles, leases and robots.txt answers whose time is over, finishes erasures that were begun, puts a
base in the place of old batches (if `INGEST_KEEP_BATCHES_DAYS` says so), checks **the whole history** (a publish checks what
is new), and rewrites the warehouse's file where it has holes. Loads wait meanwhile; crawls do not.

What a red task means:

- `upkeep`: the disk is full, or another process keeps the writer's lock for long. What it had done stays done; *Clear*.
- `judge`: a check found rows of the past that are wrong, or an erasure is not carried out. Its log names check and rows;
  the digest has told them. Analysts keep what is published. Mend, then *Clear*.

*Trigger* with *Dry run* says what would be removed, and removes nothing.
"""


@dag(
    schedule=CronTriggerTimetable("40 3 * * *", timezone="UTC"),
    start_date=START,
    catchup=False,  # one night's upkeep does the work of all that were missed
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(hours=8),
    default_args={**DEFAULT_ARGS, "queue": WRITER_QUEUE},
    tags=[*TAGS, "upkeep"],
    doc_md=DOC,
    params={
        "dry_run": Param(False, type="boolean", title="Dry run", description="Only say what would be removed."),
    },
)
def news_upkeep() -> None:
    @task(multiple_outputs=False, pool=WRITER_POOL, execution_timeout=timedelta(hours=4))
    def upkeep(params: dict[str, Any]) -> dict[str, Any]:
        from ingest.jobs import upkeep

        summary = upkeep.run(settings(), is_dry_run=params["dry_run"]).as_dict()
        findings = list(summary.pop("findings"))
        days = summary.pop("days")
        return {**summary, "day_count": len(days), "finding_count": len(findings), "findings": findings[:10]}

    @task(execution_timeout=timedelta(minutes=10))
    def judge(summary: dict[str, Any]) -> None:
        from airflow.sdk.exceptions import AirflowFailException

        from ingest.rules.digest import of_findings

        if count := summary["finding_count"]:
            now = datetime.now(UTC)
            hand_over(lambda: of_findings(summary["findings"], subject="news_upkeep", happened_at=now))
            told = "\n".join(summary["findings"])
            raise AirflowFailException(f"{count} findings of the whole history, the first of them:\n{told}")

    judge(upkeep())


news_upkeep()
