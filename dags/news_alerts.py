"""Who hears of a run that failed or is late: the log always, and the digest, which tells people once. Not: who they are."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback

import news_metrics
from news_shared import NOTIFY_CONNECTION, settings

if TYPE_CHECKING:
    from ingest.rules.digest import Happening

logger = logging.getLogger(__name__)
LATE = "deadline_missed"


def alert(context: dict[str, Any]) -> None:
    """When a DAG run has failed (not when a task will be retried)."""
    dag_id, run_id, ti = context["dag"].dag_id, context["run_id"], context.get("ti")
    try:
        states = ti.get_task_states(dag_id=dag_id, run_ids=[run_id])[run_id] if ti else {}
    except Exception:  # noqa: BLE001  no alert may be lost because Airflow cannot say more
        states = {}
    failed = sorted(task_id for task_id, state in states.items() if state == "failed") or [ti.task_id if ti else "-"]
    raise_alarm(dag_id, run_id, failed, str(context.get("reason")))


def late(context: dict[str, Any]) -> None:
    """When a DAG run has not ended by its deadline, whether it hangs or never began."""
    run = context["dag_run"]
    raise_alarm(run["dag_id"], run["dag_run_id"], ["-"], LATE)


ON_FAILURE = [alert]  # a notifier goes here too, e.g. SmtpNotifier(...) or SlackWebhookNotifier(...)


def deadline(after: timedelta) -> DeadlineAlert:
    """An alarm if a run has not ended so long after it was queued: it hangs, or nobody serves its pool or queue."""
    return DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=after, callback=SyncCallback(late))


def raise_alarm(dag_id: str, run_id: str, task_ids: Sequence[str], reason: str) -> None:
    """The log's line first: it is there whatever becomes of the message."""
    tasks = ",".join(task_ids)
    logger.error("news_alert dag_id=%s run_id=%s task_ids=%s reason=%s", dag_id, run_id, tasks, reason)
    news_metrics.count("alerts")

    def happening() -> "list[Happening]":
        from ingest.rules.digest import Happening

        return [
            Happening(
                happening_id=f"{dag_id}/{run_id} {reason}",
                happening_kind="run_failed",
                subject=dag_id,
                happened_at=datetime.now(UTC),
                text=f"the run {run_id} {'has not ended in time' if reason == LATE else 'has failed'}, tasks: {tasks}",
                press=f"Airflow, {dag_id}: the red task's log; its Docs and dags/README.md say what to press.",
            )
        ]

    hand_over(happening)


def hand_over(happened: "Callable[[], list[Happening]]") -> None:
    """Tell the digest; whatever fails on the way, it was said in the log already."""
    try:
        from ingest.jobs import digest

        try:
            known, is_blind = addresses(), False
        except Exception:  # noqa: BLE001  a deadline's callback may not ask for connections (Airflow 3.3: 403)
            known, is_blind = None, True
        digest.run(settings(), happened=happened(), addresses=known, is_blind=is_blind)
    except Exception:
        logger.exception("news_alert_not_sent: the digest failed, and the lines above are all there is")


def addresses() -> list[str] | None:
    """Where messages go: the extra of the connection `news_notify`, {"addresses": [...]}; None: what INGEST_NOTIFY says."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        given = Connection.get(NOTIFY_CONNECTION).extra_dejson.get("addresses", [])
    except AirflowNotFoundException:
        return None
    return [given] if isinstance(given, str) else list(given)
