"""When a person decides: pause a source or let it go on, quarantine its articles or release them. Each is a row with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from news_alerts import ON_FAILURE
from news_shared import DEFAULT_ARGS, SOON, STAGED, START, TAGS, optional_param, settings, source_names

NAMES = source_names()
ACTIONS = {
    "pause": "Pause: it is not polled any more",
    "resume": "Resume: it is polled again",
    "quarantine": "Quarantine: its articles are kept from analysts",
    "release": "Release: its articles are shown again",
}
WANT_REASON = ("pause", "quarantine")
DOC = """
### news_act

Does what a person asks for on the page **News sources**, or in the form here: pauses a source, resumes it, quarantines its
articles or releases them. The decision is a row with reason, person and time, loaded like everything else; crawls obey it at
once, tables within ten minutes. Asking twice changes nothing.

What a red task means:

- `act`: no such source, no reason, or an upgrade that no publish has ended yet. The last line of its log says which. Nothing
  was changed.
"""


@dag(
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=4,
    on_failure_callback=ON_FAILURE,
    dagrun_timeout=timedelta(hours=1),
    default_args={**DEFAULT_ARGS, "priority_weight": SOON, "execution_timeout": timedelta(minutes=5)},
    tags=[*TAGS, "by hand"],
    doc_md=DOC,
    params={
        "action": Param("pause", type="string", enum=list(ACTIONS), values_display=ACTIONS, title="What to do"),
        "source_id": Param(
            "", type="string", examples=list(NAMES), values_display=NAMES, title="Source", description="One source."
        ),
        "since": optional_param(
            "Since",
            "Quarantine: articles of pages fetched on this day (UTC) or later. Empty: from now on.",
            format="date",
        ),
        "reason": optional_param(
            "Reason", "Whoever finds it so in a year reads this. A pause and a quarantine want one.", maxLength=300
        ),
    },
)
def news_act() -> None:
    @task(multiple_outputs=False, outlets=[STAGED])
    def act(params: dict[str, Any], dag_run: Any) -> dict[str, Any]:
        from ingest.jobs import watch

        return watch.act(
            settings(),
            action=params["action"],
            source_id=params["source_id"],
            reason=params["reason"] or ("" if params["action"] in WANT_REASON else "none was given"),
            actor=dag_run.triggering_user_name or "unknown",
            since_at=datetime.fromisoformat(params["since"]).replace(tzinfo=UTC) if params["since"] else None,
        ).as_dict()

    act()


news_act()
