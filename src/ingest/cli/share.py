"""`ingest export|report`: what leaves the warehouse, as files for other programs and as a page for people."""

from datetime import datetime
from pathlib import Path
from typing import cast

import click

from ingest.cli import show
from ingest.cli.pipeline import DAY, json_option
from ingest.settings import load as load_settings

FORMS = ("parquet", "csv", "jsonl")


@click.command()
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="The export's folder."
)
@click.option("--format", "form", type=click.Choice(FORMS), help="parquet if not given.")
@click.option(
    "--table", "-t", "tables", multiple=True, metavar="NAME", help="mart.article if not given; may be repeated."
)
@click.option("--incremental", "is_incremental", is_flag=True, help="Add what changed since the folder's last export.")
@click.option("--since-change-seq", type=click.IntRange(min=0), metavar="N", help="Only rows changed after N.")
@click.option("--no-text", is_flag=True, help="Leave out the texts.")
@json_option
def export(
    folder: Path,
    form: str | None,
    tables: tuple[str, ...],
    is_incremental: bool,
    since_change_seq: int | None,
    no_text: bool,
    wants_json: bool,
) -> None:
    """Write tables as Parquet, CSV or JSON lines, whole or only what changed.

    manifest.json, written last, names the files; latest.sql makes DuckDB views of them. Without --incremental the
    export is written anew, and what the folder held before goes. An increment is in form and tables as what it is added to.
    """
    from ingest.jobs import export as job
    from ingest.share.manifest import Form

    if is_incremental and since_change_seq is not None:
        raise click.UsageError("--incremental knows by itself since when: leave out --since-change-seq")
    with show.progress():
        summary = job.run(
            load_settings(),
            folder,
            form=cast("Form | None", form),
            tables=tables,
            has_text=False if no_text else None,
            since_change_seq=since_change_seq,
            is_incremental=is_incremental,
        )
    if wants_json:
        show.as_json(summary.as_dict())
        return
    click.echo(
        f"{summary.written_rows} rows of {', '.join(summary.tables)} in {summary.written_files} files"
        f" ({summary.written_bytes / 1e6:.1f} MB), {summary.removed_rows} removed,"
        f" through load_seq {summary.through_seq}: {folder / 'manifest.json'}"
    )


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The file.",
)
@click.option("--since", type=DAY, help="From this day (UTC) on; 28 days if not given.")
@click.option("--until", type=DAY, help="Up to this day, without it; the last day with news if not given.")
@json_option
def report(out: Path, since: datetime | None, until: datetime | None, wants_json: bool) -> None:
    """Write one HTML page of charts and tables that opens anywhere, offline.

    Volume, lag, stories, topics, rejections, gaps and silent sources of the days, and whether the ledger adds up.
    """
    from ingest.jobs import report as job

    with show.progress():
        summary = job.run(
            load_settings(), out, since=since.date() if since else None, until=until.date() if until else None
        )
    if wants_json:
        show.as_json(summary.as_dict())
    else:
        click.echo(
            f"{summary.article_count} articles from {summary.since} to before {summary.until} in {summary.file}"
            f" ({summary.file_bytes / 1e3:.0f} kB)"
        )
