"""`ingest crawl|load|build|check|publish|run`, the steps of the pipeline, one by one or all; `reprocess|upkeep|snapshots`."""

import sys
from dataclasses import asdict
from datetime import datetime

import click

from ingest.cli import show
from ingest.errors import CheckFailed
from ingest.settings import load as load_settings

DAY = click.DateTime(["%Y-%m-%d"])
json_option = click.option("--json", "wants_json", is_flag=True, help="Print one JSON document instead of words.")
source_option = click.option(
    "--source", "-s", "source_ids", multiple=True, metavar="ID", help="Only this source; may be repeated."
)


@click.command()
@source_option
@json_option
def crawl(source_ids: tuple[str, ...], wants_json: bool) -> None:
    """Poll the feeds that are due, fetch what is new, stage it in sealed batches."""
    from ingest.jobs import crawl as job

    with show.progress() as progress:
        summary = job.run(
            load_settings(), source_ids=source_ids or None, poll_all=bool(source_ids), progress=progress
        ).as_dict()
    _tell(summary, wants_json)


@click.command()
@click.option(
    "--again", multiple=True, metavar="BATCH", help="Release this batch from quarantine first; may be repeated."
)
@json_option
def load(again: tuple[str, ...], wants_json: bool) -> None:
    """Load every sealed batch that is not in the warehouse yet."""
    from ingest.jobs import load as job

    with show.progress() as progress:
        summary = job.run(load_settings(), again=again, progress=progress)
    _tell(summary, wants_json)


@click.command()
@click.option("--everything", is_flag=True, help="Rebuild all models from raw, not only what new batches touched.")
@json_option
def build(everything: bool, wants_json: bool) -> None:
    """Bring the core and mart tables up to the loaded batches."""
    from ingest.jobs import build as job

    with show.progress():
        written = job.run(load_settings(), everything=everything)
    _tell(written, wants_json)


@click.group()
def rebuild() -> None:
    """Make anew what is derived step by step; `build --everything` does so for all models."""


@rebuild.command("stories")
@json_option
def rebuild_stories(wants_json: bool) -> None:
    """Make signatures, likenesses and stories anew from the articles in the warehouse."""
    from ingest.jobs import rebuild_stories as job

    with show.progress():
        summary = job.run(load_settings())
    _tell(summary, wants_json)


@click.command()
@json_option
def check(wants_json: bool) -> None:
    """Run all checks; exit code 6 if one finds anything. Changes nothing."""
    from ingest.jobs import check as job

    findings = job.run(load_settings())
    if wants_json:
        show.as_json([asdict(finding) for finding in findings])
    elif findings:
        show.table(
            ["check", "batch_id", "finding"], [(found.check, found.batch_id, found.finding) for found in findings]
        )
    else:
        click.echo("all checks are silent")
    if findings:
        raise CheckFailed(f"{len(findings)} findings", "`ingest publish` takes out the batches that are to blame")


@click.command()
@json_option
def publish(wants_json: bool) -> None:
    """Check, quarantine what fails, and replace the analysts' copy."""
    from ingest.jobs import publish as job

    with show.progress():
        summary = job.run(load_settings())
    _tell(summary, wants_json)


@click.command()
@click.option("--since", required=True, type=DAY, help="Pages fetched on this day (UTC) or later.")
@click.option("--until", type=DAY, help="Pages fetched before this day (UTC).")
@source_option
@click.option("--all", "everything", is_flag=True, help="Also pages that today's extractor and rules have read.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Count the pages; read none.")
@json_option
def reprocess(
    since: datetime,
    until: datetime | None,
    source_ids: tuple[str, ...],
    everything: bool,
    is_dry_run: bool,
    wants_json: bool,
) -> None:
    """Read archived pages again with today's extractor and rules, offline.

    Pages of one article are read together, whenever they were fetched: another version alone makes no revision. What reads
    as before stays as it is. A run that was stopped is taken up by the next one.
    """
    from ingest.jobs import reprocess as job

    with show.progress() as progress:
        summary = job.run(
            load_settings(),
            since=since.date(),
            until=until.date() if until else None,
            source_ids=source_ids,
            everything=everything,
            is_dry_run=is_dry_run,
            progress=progress,
        )
    if wants_json:
        show.as_json(summary.as_dict())
        return
    if is_dry_run:
        click.echo(f"{summary.chosen} pages would be read again")
    else:
        click.echo(
            f"{summary.read} pages read again: {summary.confirmed} say the same, {summary.changed} something else,"
            f" {summary.became_articles} became articles, {summary.became_rejected} are none any more"
        )
    for number, told in (
        (summary.unread, "could not be read this time, and stay as they were; the next run tries them again"),
        (summary.archive_gone, "are not in the archive any more, and stay as they were"),
        (summary.left, "stay as they were because another page of their article could not be read"),
        (summary.damaged, "are damaged in the archive, and stay as they were; the log names them"),
    ):
        if number:
            click.echo(f"{number} pages {told}")
    if summary.batches:
        click.echo(f"{len(summary.batches)} batches sealed; now run `ingest load`, `ingest build` and `ingest publish`")


@click.command()
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be removed; remove nothing.")
@json_option
def upkeep(is_dry_run: bool, wants_json: bool) -> None:
    """Remove what is over, check the whole history, and rewrite the warehouse where it has holes; daily.

    Over are archived pages whose time has come and what is known of hosts that nobody visits. Exit code 6 if a check finds
    anything.
    """
    from ingest.jobs import upkeep as job

    summary = job.run(load_settings(), is_dry_run=is_dry_run)
    if wants_json:
        show.as_json(summary.as_dict())
        sys.exit(6 if summary.findings else 0)
    verb = "would be removed" if is_dry_run else "removed"
    for day in summary.days:
        click.echo(f"{day} {verb}")
    click.echo(
        f"{verb}: {len(summary.days)} days of archived pages ({summary.archive_bytes / 1e6:.1f} MB),"
        f" {summary.leases} leases of hosts, {summary.robots} answers for robots.txt, {summary.expired} articles past their time"
    )
    if summary.batches:
        verb = "would be" if is_dry_run else "are"
        click.echo(
            f"{summary.batches} batches ({summary.batch_bytes / 1e6:.1f} MB) {verb} replaced by a base of their rows"
        )
    if summary.erasures:
        click.echo(f"{summary.erasures} erasures finished that something had cut short")
    if summary.before_bytes is not None and summary.after_bytes is not None:
        click.echo(
            f"writer.duckdb rewritten: {summary.before_bytes / 1e6:.1f} MB -> {summary.after_bytes / 1e6:.1f} MB"
        )
    if summary.findings:
        raise CheckFailed(
            f"checks of the whole history find {len(summary.findings)} rows:\n  " + "\n  ".join(summary.findings[:20]),
            "`ingest check` shows them all, `ingest build --everything` makes what is derived anew",
        )


@click.command()
@json_option
def snapshots(wants_json: bool) -> None:
    """The published files that can be opened: the present one, and the earlier ones that are kept."""
    from ingest.warehouse import snapshot

    settings = load_settings()
    found = snapshot.standing(settings.published_file, settings.snapshots)
    rows = [(one.snapshot_id, one.published_at, one.file_bytes, one.file) for one in found]
    if wants_json:
        columns = ("snapshot_id", "published_at", "file_bytes", "file")
        show.as_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        show.table(["snapshot", "published", "bytes", "file"], rows)


@click.command()
@source_option
@json_option
def run(source_ids: tuple[str, ...], wants_json: bool) -> None:
    """The whole pipeline once: crawl, load, build, check and publish."""
    from ingest.jobs import build as build_job
    from ingest.jobs import crawl as crawl_job
    from ingest.jobs import load as load_job
    from ingest.jobs import publish as publish_job

    settings = load_settings()
    with show.progress() as progress:
        crawled = crawl_job.run(
            settings, source_ids=source_ids or None, poll_all=bool(source_ids), progress=progress
        ).as_dict()
        loaded = load_job.run(settings, progress=progress)
        built = build_job.run(settings)
        published = publish_job.run(settings)
    if wants_json:
        show.as_json({"crawl": crawled, "load": loaded, "build": built, "publish": published})
        return
    for step, summary in (("crawl", crawled), ("load", loaded), ("publish", published)):
        click.echo(f"{step}: {_words(summary)}")
    click.echo(f'query it: ingest query "SELECT title FROM mart.article LIMIT 5", or open {settings.published_file}')


def _tell(summary: object, wants_json: bool) -> None:
    if wants_json or not isinstance(summary, dict):
        show.as_json(summary)
    else:
        click.echo(_words(summary))


def _words(summary: dict[str, object] | dict[str, int | list[str]] | dict[str, int | bool | str | list[str]]) -> str:
    counts = {name: len(value) if isinstance(value, list) else value for name, value in summary.items()}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items())
