"""Search by how much is stored: what posting costs an article, how large the postings are, how long questions take.

    .venv/bin/python bench/search.py [--stored 10000,100000,1000000] [--rounds 5] [--work FOLDER]

The postings of a run of articles are made from 420 words each of a Zipf vocabulary, a twentieth of them in Chinese, and stored
once for each run, with rare words of its own. Articles have no texts but the 1,000 that are posted in each round, which is
taken back. CPU is of one thread; questions have two.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingest.warehouse import build, search
from ingest.warehouse.read import reader
from ingest.warehouse.writer import connect

BATCH = 1_000
WORDS = 420
# Ranks: 19 of 20 words are of the 25,000 common ones, evenly over the logarithm of their rank; the others of five million
MACROS = """
CREATE OR REPLACE TEMP MACRO drawn(i, j) AS (hash(i, j) >> 11) / 9007199254740992.0;
CREATE OR REPLACE TEMP MACRO rank(u) AS
  (CASE WHEN u < .95 THEN 25000 ** (u / .95) ELSE 25000 * 200 ** ((u - .95) * 20) END)::BIGINT;
CREATE OR REPLACE TEMP MACRO sign(rank) AS chr((19968 + rank % 3000)::INTEGER);
CREATE OR REPLACE TEMP MACRO spelt(rank, i) AS
  CASE WHEN i % 20 = 0 THEN sign(rank) || sign(rank * 7 + rank // 3000) ELSE 'word' || rank END;
"""
ONE_RUN = """
CREATE OR REPLACE TEMP TABLE made AS
WITH word AS (
  SELECT i, rank(drawn(i, j)) AS rank FROM range($count) AS article(i), range($words) AS word(j)
),
term AS (
  SELECT i, spelt(rank, i) AS term, rank > 25000 AS is_rare FROM word
  UNION ALL
  SELECT i, sign(rank), false FROM word WHERE i % 20 = 0
)
SELECT i, term_key(term) AS term_key, any_value(is_rare) AS is_rare, least(count(*), 255)::UTINYINT AS term_count
FROM term
GROUP BY i, term
"""
STORED = """
INSERT INTO core.article BY NAME
SELECT
  md5(i::VARCHAR)::UUID AS article_id, 'outlet-' || hash(i, 0) % 200 AS source_id, 'https://news.example/' || i AS url,
  CASE WHEN i % 20 = 0 THEN 'zh' ELSE ['en', 'de', 'fr'][1 + i % 3] END AS language, 'A headline of article ' || i AS title,
  TIMESTAMPTZ '2026-11-20 00:00:00Z' - to_seconds(($stored - i) * 15) AS published_at, md5(i::VARCHAR) AS content_hash,
  0 AS change_seq
FROM range(1, $stored + 1) AS article(i)
"""
POSTED = """
INSERT INTO core.posted BY NAME
SELECT
  rowid + 1 AS article_number, article_id, source_id, language, published_at, 450 + hash(rowid) % 300 AS term_count,
  hash(rowid, 1) AS said_key
FROM core.article
"""
POSTINGS = """
INSERT INTO core.posting
SELECT
  CASE WHEN is_rare THEN (term_key + 7919 * $run) % 1099511627776 ELSE term_key END, (i + $first)::UINTEGER, term_count
FROM made
WHERE i < $count
ORDER BY CASE WHEN $is_full THEN 0 ELSE i // 1000 END, 1, term_count DESC, 2
"""
NEW = """
INSERT INTO core.article BY NAME
SELECT
  md5('new' || i)::UUID AS article_id, 'outlet-' || i % 200 AS source_id, 'https://news.example/new' || i AS url,
  CASE WHEN i % 20 = 0 THEN 'zh' ELSE 'en' END AS language, 'A new headline ' || i AS title,
  replace(string_agg(spelt(rank(drawn(i, j)), i), ' '), CASE WHEN i % 20 = 0 THEN ' ' ELSE '' END, '') AS text,
  TIMESTAMPTZ '2026-11-20 00:00:00Z' AS published_at, md5('new' || i) AS content_hash, 1 AS change_seq
FROM range(5000000, 5000000 + $batch) AS article(i), range($words) AS word(j)
GROUP BY i
"""
# The article that is asked for its like has its words
TEXT = """
UPDATE core.article SET text = (
  SELECT string_agg(spelt(rank(drawn(8999, j)), 8999), ' ') FROM range($words) AS word(j)
)
WHERE article_id = md5('9000')::UUID
"""
QUESTIONS = {
    "a rare word": "FROM search_articles('word15000')",
    "a common word": "FROM search_articles('word40')",
    "the commonest word": "FROM search_articles('word1')",
    "three words": "FROM search_articles('word60 word900 word4000')",
    "three common words": "FROM search_articles('word2 word5 word20')",
    "six stop words": "FROM search_articles('word1 word2 word3 word4 word5 word6')",
    "Chinese, six signs": "FROM search_articles(chr(20028) || chr(20388) || ' ' || chr(20168) || chr(21368))",
    "by source": "FROM search_articles('word300', source_id := 'outlet-7')",
    "by language and month": "FROM search_articles('word60 word900', language := 'de', since := DATE '2026-10-20')",
    "words that are nowhere": "FROM search_articles('no such thing')",
    "10,000 characters": "FROM search_articles((SELECT string_agg('word' || i, ' ') FROM range(1500) AS w(i)))",
    "near": "FROM near(md5('9000')::UUID)",
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--stored", default="10000,100000,1000000")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--work", type=Path, help="an empty folder; by default one that is removed")
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for stored in map(int, given.stored.split(",")):
            file = folder / f"{stored}.duckdb"
            with connect(file, now=datetime.now(UTC)) as connection:
                connection.execute("SET threads = 1; SET memory_limit = '3GB'")
                fill(connection, file, stored)
                posting(connection, given.rounds)
            questions(file, given.rounds)


def fill(connection: duckdb.DuckDBPyConnection, file: Path, stored: int) -> None:
    build.build(connection, story_batch=1)
    connection.execute(MACROS)
    connection.execute(STORED, {"stored": stored})
    connection.execute("CHECKPOINT")
    before_bytes = file.stat().st_size
    connection.execute(POSTED)
    connection.execute(ONE_RUN, {"count": min(stored, search.RUN_ARTICLES), "words": WORDS})
    for run, first in enumerate(range(1, stored + 1, search.RUN_ARTICLES)):
        count = min(search.RUN_ARTICLES, stored + 1 - first)
        is_full = count == search.RUN_ARTICLES
        connection.execute(POSTINGS, {"run": run, "first": first, "count": count, "is_full": is_full})
        connection.execute(
            "INSERT INTO core.posting_run VALUES (?, ?, ?, ?)", [first, first + count - 1, count, is_full]
        )
        if is_full:
            connection.execute(
                "INSERT INTO core.common_term SELECT ?, term_key, count(*) FROM made GROUP BY term_key HAVING count(*) > ?"
                " ORDER BY term_key",
                [first, 0.001 * count],
            )
    connection.execute(TEXT, {"words": WORDS})
    joining(connection)
    connection.execute("CHECKPOINT")
    ((postings,),) = connection.execute("SELECT count(*) FROM core.posting").fetchall()
    index_bytes = file.stat().st_size - before_bytes
    print(f"\n| {stored:,} stored | |\n|---|---|\n| terms an article | {postings / stored:.0f} |")
    print(f"| index bytes | {index_bytes:,}, {index_bytes / stored:.0f} an article |", flush=True)


def joining(connection: duckdb.DuckDBPyConnection) -> None:
    """Full runs become wide ones, as they do when articles come."""
    runs = [search.Run._make(row) for row in connection.execute(search._text("runs")).fetchall()]
    for first, last in search.worn(
        runs, run_articles=search.WIDE_RUNS * search.RUN_ARTICLES, standing_share=search.STANDING_SHARE
    ):
        took_ms = cpu_ms(lambda first=first, last=last: search._rewrite(connection, first, last))  # type: ignore[misc]
        connection.execute("CHECKPOINT")
        print(f"| CPU ms an article: written into a wide run | {took_ms / (last - first + 1):.3f} |", flush=True)


def posting(connection: duckdb.DuckDBPyConnection, rounds: int) -> None:
    """What posting 1,000 articles takes, and what each costs when its run is written anew; the least of the rounds counts."""
    post_ms, rewrite_ms = [], []
    first, last, count = connection.execute(
        "SELECT first_article_number, last_article_number, posted_count FROM core.posting_run ORDER BY 1 LIMIT 1"
    ).fetchall()[0]
    for _ in range(rounds):
        connection.execute("BEGIN; SET VARIABLE since_seq = 0")
        connection.execute(NEW, {"batch": BATCH, "words": WORDS})
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE touched_article AS SELECT article_id FROM core.article WHERE change_seq = 1;
            CREATE OR REPLACE TEMP TABLE built_article AS SELECT article_id FROM core.article WHERE false""")
        post_ms.append(cpu_ms(lambda: search.update(connection)))
        connection.execute("ROLLBACK")
    for _ in range(min(rounds, 2)):
        connection.execute("BEGIN")
        rewrite_ms.append(cpu_ms(lambda: search._rewrite(connection, first, last)))
        connection.execute("ROLLBACK")
    print(f"| CPU ms a new article: posting | {min(post_ms) / BATCH:.3f} |")
    print(f"| CPU ms a new article: its run written anew | {min(rewrite_ms) / count:.3f} |", flush=True)


def questions(file: Path, rounds: int) -> None:
    print("\n| question | rows | cold s | warm s | warm CPU s |\n|---|---|---|---|---|")
    for name, query in QUESTIONS.items():
        took = []
        with reader(file) as connection:
            connection.execute("SET threads = 2")
            for _ in range(rounds + 1):
                began_s, began_cpu_s = time.perf_counter(), time.process_time()
                rows = connection.execute(query).fetchall()
                took.append((time.perf_counter() - began_s, time.process_time() - began_cpu_s))
        warm_s, warm_cpu_s = (min(column) for column in zip(*took[1:], strict=True))
        print(f"| {name} | {len(rows)} | {took[0][0]:.3f} | {warm_s:.3f} | {warm_cpu_s:.3f} |", flush=True)


def cpu_ms(step: Callable[[], object]) -> float:
    before = time.process_time()
    step()
    return 1000 * (time.process_time() - before)


if __name__ == "__main__":
    main()
