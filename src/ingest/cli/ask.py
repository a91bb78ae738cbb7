"""`ingest query|status|explain`: questions to the published warehouse; nothing is changed."""

import csv
import sys

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings

TABLES = """
SELECT schema_name || '.' || table_name AS "table", column_name AS "column", data_type AS type, comment
FROM duckdb_columns()
WHERE schema_name IN ('mart', 'core')
ORDER BY schema_name DESC, table_name, column_index
"""
FINE = ("ok", "not_modified", None)  # of a last poll


class Asking(click.Command):
    """SQL may begin with a comment, which is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(
            ctx, [f"\n{word}" if word[:2] == "--" and word[2:3].isspace() else word for word in args]
        )


@click.command(cls=Asking)
@click.argument("sql", required=False)
@click.option("--csv", "wants_csv", is_flag=True, help="Print CSV.")
@click.option(
    "--as-of", metavar="SNAPSHOT|TIME", help="Ask this snapshot, or the newest of that time (`ingest snapshots`)."
)
@json_option
def query(sql: str | None, wants_csv: bool, as_of: str | None, wants_json: bool) -> None:
    """Run one SELECT on the published warehouse, read-only; without SQL, list tables and columns.

    Works at any moment, whatever the loader does. SQL may come from a file: ingest query "$(cat file.sql)".
    """
    from ingest.warehouse import read, snapshot

    settings = load_settings()
    file = settings.published_file
    if as_of:
        file = snapshot.as_of(settings.published_file, settings.snapshots, as_of).file
    with read.reader(file) as connection:
        columns, rows = read.query(connection, sql or TABLES)
        for told in read.absent(connection, sql or "") if not rows else []:
            click.echo(f"no rows: {told}", err=True)
    if wants_json:
        show.as_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif wants_csv:
        csv.writer(sys.stdout).writerows([columns, *([show.field(value) for value in row] for row in rows)])
    else:
        show.table(columns, rows)


@click.command()
@json_option
def status(wants_json: bool) -> None:
    """What is published, what waits to be loaded, each source's account; exit code 7 where the disk is nearly full."""
    from ingest.jobs import status as job

    found = job.run(load_settings())
    if wants_json:
        show.as_json(found)
        sys.exit(7 if found.disk.told else 0)
    click.echo(
        f"published {found.published_at:%Y-%m-%d %H:%M:%S%z}, {len(found.pending_batches)} batches wait to be loaded\n"
    )
    columns = ["source", "listed", "stored", "duplicate", "rejected", "failed", "waiting", "polled, UTC"]
    rows = [
        (
            account.source_id,
            account.listed_count,
            account.stored_count,
            account.duplicate_count,
            account.rejected_count,
            account.failed_count,
            account.waiting_count,
            account.polled_at and f"{account.polled_at:%m-%d %H:%M}",
        )
        for account in found.sources
    ]
    show.table(columns, rows, is_tight=True)
    if faults := [(one.source_id, one.outcome) for one in found.sources if one.outcome not in FINE]:
        click.echo()
        show.table(["source", "last poll"], faults)
    click.echo()
    show.table(["state", "reason", "items"], found.reasons)
    if found.disk.told:
        click.secho(f"\n{found.disk.told}", fg="red", err=True)
        sys.exit(7)


@click.command()
@click.argument("url")
@json_option
def explain(url: str, wants_json: bool) -> None:
    """The whole life of one URL: where it was listed, each fetch, what was read, what became of it."""
    from ingest.jobs import explain as job

    life = job.run(load_settings(), url)
    if wants_json:
        show.as_json(life)
    else:
        click.echo(f"{life.url}\nknown as {life.canonical_url}\nentry_id {life.entry_id}")
        for stage, rows in life.stages.items():
            for number, row in enumerate(rows, start=1):
                click.secho(f"\n{stage} {number if len(rows) > 1 else ''}".rstrip(), bold=True)
                for name, value in row.items():
                    if value is not None:
                        click.echo(f"  {name:<20} {show.printable(str(value))}")
    if not life.is_known:
        click.echo("\nnever listed by any source", err=True)
        sys.exit(1)
