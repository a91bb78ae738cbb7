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


@click.command()
@click.argument("sql", required=False)
@click.option("--csv", "wants_csv", is_flag=True, help="Print CSV.")
@json_option
def query(sql: str | None, wants_csv: bool, wants_json: bool) -> None:
    """Run one SELECT on the published warehouse, read-only; without SQL, list tables and columns.

    Works at any moment, whatever the loader does. SQL may come from a file: ingest query "$(cat file.sql)".
    """
    from ingest.warehouse import read

    with read.reader(load_settings().published_file) as connection:
        columns, rows = read.query(connection, sql or TABLES)
    if wants_json:
        show.as_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif wants_csv:
        csv.writer(sys.stdout).writerows([columns, *rows])
    else:
        show.table(columns, rows)


@click.command()
@json_option
def status(wants_json: bool) -> None:
    """What is published, what waits to be loaded, and each source's account."""
    from ingest.jobs import status as job

    found = job.run(load_settings())
    if wants_json:
        show.as_json(found)
        return
    click.echo(
        f"published {found.published_at:%Y-%m-%d %H:%M:%S%z}, {len(found.pending_batches)} batches wait to be loaded\n"
    )
    columns = ["source", "listed", "stored", "duplicate", "rejected", "failed", "waiting", "last poll", "outcome"]
    rows = [
        (
            account.source_id,
            account.listed_count,
            account.stored_count,
            account.duplicate_count,
            account.rejected_count,
            account.failed_count,
            account.waiting_count,
            account.polled_at,
            account.outcome,
        )
        for account in found.sources
    ]
    show.table(columns, rows)
    click.echo()
    show.table(["state", "reason", "items"], found.reasons)


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
