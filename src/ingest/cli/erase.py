"""`ingest erase`: an item, a source or an author out of everything, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings

if TYPE_CHECKING:
    from ingest.jobs.erase import EraseReport

WHAT = ("url", "article_id", "source_id", "author")


@click.command()
@click.option("--url", metavar="URL", help="The item at this address, and the article that it is of.")
@click.option("--article", "article_id", metavar="ID", help="An article, by mart.article's article_id.")
@click.option("--source", "source_id", metavar="ID", help="All of a source, and all that it will list.")
@click.option(
    "--author", metavar="NAME", help="All articles by an author, now and later; with --source, of that source."
)
@click.option("--with-copies", is_flag=True, help="Exact and near copies of the articles, too, whoever printed them.")
@click.option("--reason", metavar="TEXT", help="Kept with the tombstones; do not repeat what is to be erased.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be erased; erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(
    url: str | None,
    article_id: str | None,
    source_id: str | None,
    author: str | None,
    with_copies: bool,
    reason: str | None,
    is_dry_run: bool,
    yes: bool,
    wants_json: bool,
) -> None:
    """Erase from batches, archived pages, warehouse, search, exports and published files, and keep it out.

    A tombstone, which holds none of its words, is obeyed by every later crawl, reprocessing, load and replay. A run that was
    stopped is finished by the next one, or by `ingest upkeep`.
    """
    from ingest.jobs import erase as job

    given = {"url": url, "article_id": article_id, "source_id": source_id, "author": author}
    named = [name for name in WHAT if given[name] is not None]
    if len(named) != 1 and sorted(named) != ["author", "source_id"]:
        raise click.UsageError("give one of --url, --article, --source, --author (--source may narrow --author)")
    settings = load_settings()
    order = job.order(**given, reason=reason, with_copies=with_copies)
    with show.progress() as progress:
        if not yes or is_dry_run:
            planned = job.run(settings, order, is_dry_run=True)
    if is_dry_run or not yes:
        _say(planned, wants_json=wants_json and is_dry_run)
    if is_dry_run:
        return
    if not yes:
        click.confirm("Erase this for good?", abort=True)
    with show.progress() as progress:
        report = job.run(settings, order, progress=progress)
    _say(report, wants_json=wants_json)


def _say(report: EraseReport, *, wants_json: bool) -> None:
    if wants_json:
        show.as_json(report.as_dict())
        return
    verb = "would be erased" if report.is_dry_run else "erased"
    rows = ", ".join(f"{count} {table}" for table, count in report.rows.items()) or "none"
    click.echo(f"{verb}: {report.entries} entries, {len(report.articles)} articles (rows: {rows})")
    for article_id, source_id, _ in report.articles[:20]:
        click.echo(f"  {article_id} of {source_id}")
    if len(report.articles) > 20:
        click.echo(f"  and {len(report.articles) - 20} more")
    for article_id, source_id, likeness in report.copies:
        click.echo(f"stays: {article_id} of {source_id} ({likeness}); --with-copies takes exact and near copies along")
    if report.is_dry_run:
        return
    click.echo(
        f"written anew: {len(report.batches)} batches, {len(report.archive_files)} archive files without {report.pages} pages;"
        f" removed: {len(report.snapshots)} earlier published files"
    )
    for folder, count in report.exports.items():
        click.echo(f"{count} rows taken out of the export in {folder}")
    for line in report.remains:
        click.echo(f"remains: {line}")
