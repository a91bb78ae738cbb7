"""After each publish, and every hour: which sources fell silent or read otherwise, and one message of all that is new."""

from datetime import timedelta
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, chain, dag, task

from news_alerts import ON_FAILURE, addresses
from news_shared import DEFAULT_ARGS, PUBLISHED, START, TAGS, settings

DOC = """
### news_watch

Holds what was published against what each source usually brings, hour by hour and weekday by weekday. A source that fell
silent, a feed that brings nothing new, pages that suddenly read otherwise: each opens **one** alarm with its cause and its
beginning, and closes it when all is well again. Then one message says what is new since the last; nothing new, no message.

What a red task means:

- `watch`: the published copy or `sources.toml` cannot be read. The log names the file.
- `digest`: its folder, `INGEST_HOME/digest`, cannot be written to.

An address that does not take a message (a webhook, the mail server) turns nothing red: `digest_finished` in the log says
which and why, and it is tried again with the next digest. Before anything was published there is nothing to look at, and
both are green.
"""


@dag(
    # by the clock too: that nothing at all is published is news
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("25 * * * *", timezone="UTC"), assets=[PUBLISHED]),
    start_date=START,
    catchup=False,  # it looks at what is there now
    max_active_runs=1,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(hours=1),
    default_args={**DEFAULT_ARGS, "execution_timeout": timedelta(minutes=20)},
    tags=[*TAGS, "watch"],
    doc_md=DOC,
)
def news_watch() -> None:
    # Without an outlet: what it stages is taken by the load's own clock. An asset here would wake the load, whose publish
    # wakes this, for ever.
    @task(multiple_outputs=False)
    def watch() -> dict[str, Any]:
        from ingest.jobs import watch

        return watch.run(settings()).as_dict()

    @task(multiple_outputs=False)
    def digest() -> dict[str, Any]:
        from ingest.jobs import digest

        return digest.run(settings(), addresses=addresses()).as_dict()

    chain(watch(), digest())


news_watch()
