"""`ingest search|near`: articles by their words, in the published warehouse. What is like what is decided in SQL."""

from datetime import datetime
from uuid import UUID

import click

from ingest.cli import show
from ingest.cli.pipeline import DAY, json_option
from ingest.settings import load as load_settings

SEARCH = """
SELECT score, published_at, source_id, title, article_id, url
FROM search_articles(?, ?, source_id := ?, language := ?, since := ?::TIMESTAMPTZ, until := ?::TIMESTAMPTZ)
"""
NEAR = "SELECT score, is_same_story, published_at, source_id, title, article_id, url FROM near(?::UUID, ?)"
count_option = click.option(
    "-k", "count", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many."
)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--source", "-s", "source_id", metavar="ID", help="Only of this source.")
@click.option("--language", metavar="CODE", help="Only in this language, e.g. de.")
@click.option("--since", type=DAY, help="Only published on this UTC day or later.")
@click.option("--until", type=DAY, help="Only published before this UTC day.")
@count_option
@json_option
def search(
    words: tuple[str, ...],
    source_id: str | None,
    language: str | None,
    since: datetime | None,
    until: datetime | None,
    count: int,
    wants_json: bool,
) -> None:
    """The articles that hold all WORDS, best first; where none holds all, those that hold the most.

    Case and accents do not matter. A phrase goes into quotes of its own: ingest search '"climate summit" Paris'.
    """
    _show(SEARCH, [" ".join(words), count, source_id, language, since, until], wants_json)


@click.command()
@click.argument("article_id", type=click.UUID)
@count_option
@json_option
def near(article_id: UUID, count: int, wants_json: bool) -> None:
    """The articles most like one, most like it first; copies of its text are left out."""
    _show(NEAR, [str(article_id), count], wants_json)


def _show(sql: str, values: list[object], wants_json: bool) -> None:
    from ingest.warehouse import read

    with read.reader(load_settings().published_file) as connection:
        columns, rows = read.query(connection, sql, values)
    if wants_json:
        show.as_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        show.table(columns, rows)
