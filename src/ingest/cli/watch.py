"""`ingest watch|digest|act|alarms`: what is wrong with sources, who is told of it, and what a person decides about one."""

import getpass
from datetime import UTC, datetime
from typing import get_args

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.rules.alarm import Action
from ingest.settings import load as load_settings

ACTIONS = get_args(Action)
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
ALARMS = """
SELECT source_id, alarm_kind, since_at, cause, reason, quarantined_count AS quarantined
FROM mart.alarm
WHERE is_open OR $everything
ORDER BY is_open DESC, since_at DESC, source_id
LIMIT 200
"""


@click.command()
@json_option
def watch(wants_json: bool) -> None:
    """Judge every source by the published warehouse: silent, failing, blocked, reading otherwise; or whether nothing arrives.

    What is new is staged, and is in mart.alarm after the next `ingest load` and `ingest publish`.
    """
    from ingest.jobs import watch as job

    with show.progress():
        summary = job.run(load_settings())
    if wants_json:
        show.as_json(summary.as_dict())
        return
    if not summary.is_published:
        click.echo("nothing is published yet by this version: `ingest publish` first")
        return
    for line in summary.opened:
        click.secho(show.printable(f"alarm: {line}"), fg="red")
    for line in summary.cleared:
        click.secho(show.printable(f"over:  {line}"), fg="green")
    click.echo(f"{summary.sources} sources as of {summary.as_of_at}: {summary.open_alarms} alarms are open")


@click.command()
@json_option
def digest(wants_json: bool) -> None:
    """Send what is new since the last digest to the addresses of INGEST_NOTIFY; exit code 1 where one does not take it."""
    from ingest.errors import IngestError
    from ingest.jobs import digest as job

    with show.progress():
        summary = job.run(load_settings())
    if wants_json:
        show.as_json(summary.as_dict())
    else:
        click.echo(summary.title or f"nothing is told now; {summary.waiting} things wait for the next digest")
        click.echo(f"sent to {summary.sent} addresses")
    if summary.failures:
        raise IngestError(
            f"not delivered: {'; '.join(summary.failures)}", "mend INGEST_NOTIFY; it is sent again with the next digest"
        )


@click.command()
@click.argument("action", type=click.Choice(ACTIONS))
@click.argument("source_id", metavar="SOURCE")
@click.option("--reason", required=True, help="Why: it stands in mart.alarm, and on the page News sources.")
@click.option("--by", "actor", help="Who decided it; you, if not given.")
@click.option(
    "--since", "since_at", type=MOMENT, help="quarantine: pages captured since then (UTC); from now on, if not given."
)
@json_option
def act(
    action: Action, source_id: str, reason: str, actor: str | None, since_at: datetime | None, wants_json: bool
) -> None:
    """Decide about a source: pause or resume it, quarantine what was captured of it, or release what is held back.

    \b
    pause       it is not polled or fetched, from the next crawl on
    resume      it is again
    quarantine  its articles captured since then are kept out of mart.article (mart.quarantined_article has them)
    release     all that is held back of it comes back, by whatever it was held

    It takes effect in the warehouse with the next load and publish.
    """
    from ingest.jobs import watch as job

    with show.progress():
        summary = job.act(
            load_settings(),
            action=action,
            source_id=source_id,
            reason=reason,
            actor=actor or getpass.getuser(),
            since_at=since_at.replace(tzinfo=UTC) if since_at else None,
        )
    if wants_json:
        show.as_json(summary.as_dict())
    elif summary.changed:
        for line in summary.changed:
            click.echo(show.printable(f"{source_id}: {line}"))
    else:
        click.echo(f"{source_id}: nothing to {action}")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@json_option
def alarms(everything: bool, wants_json: bool) -> None:
    """The alarms and decisions that are in force, newest first."""
    from ingest.warehouse import read

    with read.reader(load_settings().published_file) as connection:
        columns, rows = read.query(connection, ALARMS.replace("$everything", str(everything).lower()))
    if wants_json:
        show.as_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        show.table(columns, rows)
    else:
        click.echo("no alarm is open, and no source is paused")
