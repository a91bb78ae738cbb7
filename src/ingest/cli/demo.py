"""`ingest demo`: the pipeline over a small news web on this machine."""

from pathlib import Path

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True, help="Where its data goes."
)
@click.option(
    "--pages", type=click.Path(path_type=Path), help="Serve this folder of saved pages (manifest.jsonl) instead."
)
@click.option("--airflow", is_flag=True, help="Run it through the Airflow DAGs, in an Airflow of its own.")
@click.option("--seed", default=1, show_default=True, help="Another seed makes other news.")
@json_option
def demo(home: Path, pages: Path | None, airflow: bool, seed: int, wants_json: bool) -> None:
    """Run the whole pipeline over a small news web on this machine, and hold the result against its truth."""
    from ingest.jobs import demo as job

    result = job.run(home, seed=seed, pages=pages, through_airflow=airflow, say=lambda line: click.echo(line, err=True))
    if wants_json:
        show.as_json(result)
        return
    show.table(["source", "listed", "stored", "duplicate", "rejected", "failed", "waiting"], result.by_source)
    click.echo()
    show.table(["state", "reason", "items"], result.by_reason)
    click.echo()
    show.table(["published", "source", "headline"], result.headlines)
    click.echo()
    show.table(["discovery", "count"], result.discovery)
    click.echo(f"\n{result.verdict}\n")
    for line in result.next_steps:
        click.echo(line)
