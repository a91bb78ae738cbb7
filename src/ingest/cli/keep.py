"""`ingest backup|restore`: what cannot be made again, kept elsewhere, and brought back."""

from pathlib import Path

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@json_option
def backup(folder: Path, wants_json: bool) -> None:
    """Bring FOLDER up to INGEST_HOME: batches, archived pages, published warehouse. Crawls and loads may run.

    Only what is new is copied; what was erased leaves the backup too. Airflow's database and sources.toml are not in it.
    """
    from ingest.jobs import backup as job

    with show.progress():
        summary = job.run(load_settings(), folder)
    if wants_json:
        show.as_json(summary.as_dict())
        return
    click.echo(
        f"{summary.copied_files} files copied ({summary.copied_bytes / 1e6:.1f} MB), {summary.removed_files} removed;"
        f" {folder} holds {summary.file_count} files ({summary.file_bytes / 1e6:.1f} MB)"
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--replay", "is_replayed", is_flag=True, help="Make the warehouse anew from the batches.")
@json_option
def restore(folder: Path, is_replayed: bool, wants_json: bool) -> None:
    """Fill an empty INGEST_HOME from the backup in FOLDER, load what its warehouse had not, check and publish."""
    from ingest.jobs import backup as job

    with show.progress() as progress:
        told = job.restore(load_settings(), folder, is_replayed=is_replayed, progress=progress)
    if wants_json:
        show.as_json(told)
        return
    click.echo(
        f"restored; {len(told['load']['loaded'])} batches loaded ({told['load']['row_count']} rows),"
        f" {len(told['load']['quarantined'])} quarantined; published as {told['publish']['snapshot_id']}"
    )
