"""Search: the terms of the articles that a build touched are posted; what is asked of them is in /warehouse/macros.

An article that changed is posted anew under another number, and what stands under its old one is passed over. Each part of a
build is a run of postings, sorted by term, so that a question passes over all but a few row groups of it; small runs are
written into a full one, once they fill it, and full ones into a wide one. Answers depend on the articles as they are alone,
and not on the runs.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import duckdb

from ingest.warehouse import sql

Connection = duckdb.DuckDBPyConnection
POSTED_AT_ONCE = 8_192  # articles whose words are in memory, 0.2 GB of them
RUN_ARTICLES = 32_768  # sorting them takes 0.3 GB and 2 CPU-seconds
WIDE_RUNS = 5  # in which as many are written together, part by part; of a million articles there are 6 wide runs and a few others
TERM_KEYS = 1 << 40  # macros/terms.sql
STANDING_SHARE = 0.75  # of which less is left is written anew


class Run(NamedTuple):
    first_article_number: int
    last_article_number: int
    posted_count: int
    standing_count: int


def update(connection: Connection) -> int:
    """Bring the postings up to `core.article`, for the articles in `touched_article`; returns how many were posted.

    In the caller's transaction. A posting is written three times, and once more for each quarter of its run that goes stale.
    """
    _run(connection, "changed")
    ((count,),) = connection.execute("SELECT count(*) FROM unposted").fetchall()
    was_filled = False
    for start in range(0, count, POSTED_AT_ONCE):
        _run(connection, "post", start=start, end=start + POSTED_AT_ONCE)
        was_filled |= _fill(connection)
    if was_filled:
        runs = [Run._make(row) for row in connection.execute(_text("runs")).fetchall()]
        for first, last in worn(runs, run_articles=WIDE_RUNS * RUN_ARTICLES, standing_share=STANDING_SHARE):
            _rewrite(connection, first, last)
    return int(count)


def worn(runs: Iterable[Run], *, run_articles: int, standing_share: float) -> Iterator[tuple[int, int]]:
    """First and last number of what is to be written anew: neighbours that fill a run together, and what lost much.

    The last ones wait for more neighbours while there is room for another.
    """
    together: list[Run] = []
    for run in [*runs, None]:
        if run and sum(one.standing_count for one in [*together, run]) <= run_articles:
            together.append(run)
            continue
        if run and len(together) > 1:
            yield together[0].first_article_number, together[-1].last_article_number
        else:
            for one in together:
                if one.standing_count < standing_share * one.posted_count:
                    yield one.first_article_number, one.last_article_number
        together = [run] if run else []


def _fill(connection: Connection) -> bool:
    """Make one full run of the small ones, which are the last, if there are enough of them."""
    ((first, last, count),) = connection.execute(
        "SELECT min(first_article_number), max(last_article_number), coalesce(sum(posted_count), 0)"
        " FROM core.posting_run WHERE NOT is_full"
    ).fetchall()
    if count >= RUN_ARTICLES:
        _rewrite(connection, first, last)
    return bool(count >= RUN_ARTICLES)


def _rewrite(connection: Connection, first: int, last: int) -> None:
    """One full run in the place of all between these numbers; as many articles' postings in memory as a full run has."""
    _run(connection, "join", first=first, last=last)
    parts = max(1, round((last - first + 1) / RUN_ARTICLES))
    for from_key, until_key in pairwise(TERM_KEYS * part // parts for part in range(parts + 1)):
        _run(connection, "rewrite", first=first, last=last, from_key=from_key, until_key=until_key)


def _run(connection: Connection, step: str, **values: int) -> None:
    for statement in connection.extract_statements(_text(step)):
        connection.execute(statement, {name: values[name] for name in statement.named_parameters})


def _text(step: str) -> str:
    return (sql.root() / "search" / f"{step}.sql").read_text("utf-8")
