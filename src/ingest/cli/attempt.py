"""`ingest try url|feed|pages`: one step of the pipeline on something a person names; nothing is stored."""

from pathlib import Path

import click

from ingest.cli import show
from ingest.cli.pipeline import json_option
from ingest.settings import load as load_settings


@click.group("try")
def attempt() -> None:
    """Try one step on a URL, a feed or saved pages; nothing is stored."""


@attempt.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@json_option
def url(urls: tuple[str, ...], wants_json: bool) -> None:
    """Print the canonical form and the article_id of addresses."""
    from ingest.jobs import try_url as job

    found = [job.run(given) for given in urls]
    if wants_json:
        show.as_json(found)
        return
    for one in found:
        click.echo(f"{show.printable(one.url)}\n  canonical   {one.canonical_url}\n  article_id  {one.article_id}")


@attempt.command()
@click.argument("place", metavar="FILE_OR_URL")
@json_option
def feed(place: str, wants_json: bool) -> None:
    """Print what a feed lists, as the pipeline understands it."""
    from ingest.jobs import try_feed as job

    reading = job.run(load_settings(), place)
    if wants_json:
        show.as_json(reading)
        return
    click.echo(
        f"{reading.outcome}, {len(reading.entries)} entries by the {reading.parse_route or 'no'} reader", nl=False
    )
    click.echo(f", {reading.unlinked_count} without an address" + (f": {reading.detail}" if reading.detail else ""))
    rows = [(entry.published_at or entry.published_raw, entry.title, entry.url) for entry in reading.entries]
    show.table(["published", "title", "url"], rows)


@attempt.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Where predictions go, one JSON line a page."
)
@json_option
def pages(manifest: Path, out: Path, wants_json: bool) -> None:
    """Read saved pages of a MANIFEST.jsonl (id, url, file) and write one prediction a page."""
    from ingest.jobs import try_pages as job

    with show.progress() as progress:
        summary = job.run(
            manifest, out, settings=load_settings(), progress=lambda done, total: progress("pages", done, total)
        )
    if wants_json:
        show.as_json(summary)
    else:
        rejected = ", ".join(f"{count} {reason}" for reason, count in summary.rejected.items()) or "none rejected"
        click.echo(f"{summary.page_count} pages, {summary.article_count} articles; {rejected}; written to {out}")
