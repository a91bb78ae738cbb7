"""A news history of any size, staged as a crawl would have staged it: the same rows for the same seed, made in SQL.

200 sources of unequal size over a year. Texts have 180 to 800 words, in paragraphs: every third is one of 100 that are all over,
the others are of 120,000 (Zipf and Mandelbrot), so that, as in a language, three words in a row are seldom another text's.
One in five is a copy with another last paragraph, a few sources write without spaces, each source ends its pages with two lines
of its own, one in thirty-three is edited after an hour, one in twenty is no article, one in fifty cannot be fetched.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingest.records import NOTHING, Batch
from ingest.settings import Settings
from ingest.stage import batch as stage
from ingest.stage.schema import SCHEMA_VERSION, TABLES, arrow_table
from newsroom import Newsroom

BEGAN = datetime(2025, 11, 1, tzinfo=UTC)
SYLLABLES = [first + second for first in "bdfghklmnprstvw" for second in ("a", "e", "i", "o", "u")]
MACROS = f"""
SET TimeZone = 'UTC'; SET enable_progress_bar = false;
CREATE MACRO drawn(seed, place, word) AS hash(concat_ws(' ', seed, place, word)) / 18446744073709551616.0;
CREATE MACRO rank(seed, place, k) AS CASE k % 3
  WHEN 0 THEN (100 ** drawn(seed, place, k))::BIGINT - 1
  ELSE 79 + (20 * 6000 ** drawn(seed, place, k))::BIGINT END;
CREATE MACRO word(rank) AS
  {SYLLABLES!r}[rank % 75 + 1]
  || CASE WHEN rank >= 75 THEN {SYLLABLES!r}[rank // 75 % 75 + 1] ELSE '' END
  || CASE WHEN rank >= 5625 THEN {SYLLABLES!r}[rank // 5625 + 1] ELSE '' END;
CREATE MACRO sign(rank) AS chr((19968 + rank % 5000)::INTEGER) || chr((19968 + rank % 4993 * 3 % 5000)::INTEGER);
CREATE MACRO spoken(seed, place, many) AS array_to_string(
  list_transform(range(many), lambda k: word(rank(seed, place, k))), ' ');
CREATE MACRO written(seed, place, many) AS array_to_string(
  list_transform(range(many), lambda k: sign(rank(seed, place, k))), '') || '。';
CREATE MACRO paragraph(language, seed, place, many) AS
  CASE language WHEN 'zh' THEN written(seed, place, many) ELSE spoken(seed, place, many) || '.' END;
CREATE MACRO body(language, seed, many, own, source_id, edit) AS
  array_to_string(list_transform(
    range(many), lambda p: paragraph(language, seed, p + 100 * edit * (p = 1)::INTEGER, 45)), chr(10))
  || chr(10) || paragraph(language, own, 99, 40) || chr(10)
  || 'Sign up for the letter of ' || source_id || chr(10) || 'All rights are with the publishers of ' || source_id;
"""
# An item is listed at a moment of the year; every fifth repeats the item before it. `edit` 0 is its first capture.
ITEMS = """
CREATE OR REPLACE TEMP TABLE made AS
WITH place AS (
  SELECT i, CASE WHEN i % 5 = 4 THEN i - 1 ELSE i END AS seed, (200 ** drawn(i, 'source', 0))::BIGINT AS outlet
  FROM range($start, $start + $count) AS item(i)
)
SELECT
  i, seed, 'outlet-' || outlet AS source_id, 4 + (hash(seed, 'long') % 14)::BIGINT AS many,
  CASE WHEN outlet % 29 = 0 THEN 'zh' ELSE ['en', 'en', 'en', 'de', 'fr', 'es'][outlet % 6 + 1] END AS language,
  md5('item ' || i)::UUID::VARCHAR AS entry_id, md5('page ' || i)::UUID::VARCHAR AS fetch_id,
  format('https://outlet-{}.example/{}/story-{}', outlet, i // 1000, i) AS url,
  $began::TIMESTAMPTZ + to_microseconds((i * $step_us)::BIGINT) AS listed_at,
  CASE WHEN i % 20 = 7 THEN 'rejected' WHEN i % 50 = 3 THEN 'failed' ELSE 'read' END AS fate
FROM place
"""


class History:
    """Stages items one after the other; `items` of them are staged so far."""

    def __init__(self, settings: Settings, *, whole: int) -> None:
        self.settings = settings
        self.items = 0
        self._step_us = timedelta(days=365).total_seconds() * 1e6 / whole
        self._sql = duckdb.connect()
        self._sql.execute(MACROS)
        for table, row in _templates(settings).items():
            self._sql.register(f"{table}_row", row)

    def stages(self, count: int) -> list[Batch]:
        """The next `count` items: a batch of what was listed, and one of what was fetched and read."""
        given = {"start": self.items, "count": count, "began": BEGAN, "step_us": self._step_us}
        self._sql.execute(ITEMS, given)
        now = BEGAN + timedelta(microseconds=self._step_us * (self.items + count)) + timedelta(hours=2)
        listed = self._seal("listing", now, {name: LISTED[name] for name in LISTED})
        read = self._seal("pages", now + timedelta(seconds=1), {name: READ[name] for name in READ})
        self.items += count
        return [listed, read]

    def _seal(self, kind: str, now: datetime, queries: dict[str, str]) -> Batch:
        batch_id = stage.batch_id(kind, now=now, token=f"{self.items:08x}")
        folder = stage.folder_of(self.settings.stage, batch_id)
        folder.mkdir(parents=True)
        files = {}
        for table, query in queries.items():
            path = folder / f"{table}.parquet"
            ((rows,),) = self._sql.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
            files[table] = {"row_count": rows, "file_bytes": path.stat().st_size, "file_hash": _digest(path)}
        manifest = {
            "batch_id": batch_id, "batch_kind": kind, "sealed_at": now.isoformat(), "schema_version": SCHEMA_VERSION,
            "tables": {name: told for name, told in files.items() if told["row_count"]},
        }  # fmt: skip
        (folder / stage.MANIFEST).write_text(json.dumps(manifest), "utf-8")
        return stage.open_batch(self.settings.stage, batch_id)


LISTED = {
    "source": """
        SELECT row.* REPLACE (
          one.source_id AS source_id, one.source_id AS name, 'https://' || one.source_id || '.example/' AS home_url,
          ['IE', 'DE', 'FR', 'ES', 'US', 'IN'][(hash(one.source_id) % 6 + 1)::BIGINT] AS country, one.language AS language,
          one.seen_at AS seen_at)
        FROM (SELECT source_id, max(language) AS language, max(listed_at) AS seen_at FROM made GROUP BY source_id) AS one,
          source_row AS row""",
    "poll": """
        SELECT row.* REPLACE (
          md5('poll ' || one.source_id || one.first)::UUID::VARCHAR AS poll_id, one.source_id AS source_id,
          one.source_id || '.example/feed' AS feed_id, one.source_id || '.example' AS host,
          'https://' || one.source_id || '.example/feed' AS feed_url, 'https://' || one.source_id || '.example/feed' AS url,
          one.polled_at AS polled_at, one.listed AS entry_count, one.listed AS recorded_count,
          one.polled_at AS answered_at, one.polled_at AS read_at, one.polled_at AS full_at,
          one.polled_at + INTERVAL 10 MINUTES AS next_poll_at)
        FROM (
          SELECT source_id, min(i) AS first, count(*) AS listed, max(listed_at) AS polled_at FROM made GROUP BY source_id
        ) AS one, poll_row AS row""",
    "entry": """
        SELECT row.* REPLACE (
          one.entry_id AS entry_id, one.entry_id AS entry_hash,
          md5('poll ' || one.source_id || min(one.i) OVER (PARTITION BY one.source_id))::UUID::VARCHAR AS poll_id,
          one.source_id AS source_id, one.source_id || '.example/feed' AS feed_id, one.listed_at AS listed_at, one.url AS url,
          one.url AS canonical_url, one.url AS guid, paragraph(one.language, one.seed, 'title', 9) AS title,
          paragraph(one.language, one.seed, 0, 30) AS summary, one.listed_at - INTERVAL 7 MINUTES AS published_at,
          'second' AS published_precision)
        FROM made AS one, entry_row AS row""",
}
READ = {
    "fetch": """
        SELECT row.* REPLACE (
          md5(one.fetch_id || edit)::UUID::VARCHAR AS fetch_id, one.entry_id AS entry_id, one.source_id AS source_id,
          one.source_id || '.example/feed' AS feed_id, CASE edit WHEN 0 THEN 'new' ELSE 'second_look' END AS purpose,
          one.source_id || '.example' AS host, one.url AS url, one.url AS final_url,
          one.listed_at + to_seconds(20 + 3600 * edit) AS fetched_at,
          CASE one.fate WHEN 'failed' THEN 'gone' ELSE 'ok' END AS outcome,
          CASE one.fate WHEN 'failed' THEN 410 ELSE 200 END AS http_status,
          md5(one.fetch_id || edit) AS body_hash, 30000 AS wire_bytes, 150000 AS body_bytes, 120 AS elapsed_ms,
          'kept/' || strftime(one.listed_at, '%Y-%m-%d') || '/made.warc.gz' AS archive_path, one.i * 30000 AS archive_offset)
        FROM (SELECT *, unnest(CASE WHEN fate = 'read' AND i % 33 = 0 THEN [0, 1] ELSE [0] END) AS edit FROM made) AS one,
          fetch_row AS row""",
    "extraction": """
        SELECT row.* REPLACE (
          md5(one.fetch_id || edit)::UUID::VARCHAR AS fetch_id, one.entry_id AS entry_id, one.source_id AS source_id,
          one.url AS url, one.listed_at + to_seconds(20 + 3600 * edit) AS fetched_at, md5(one.fetch_id || edit) AS record_hash,
          paragraph(one.language, one.seed, 'title', 9) AS title, paragraph(one.language, one.seed, 0, 30) AS description,
          one.language AS language, ['Ann ' || word((hash(one.i, 'author') % 9000)::BIGINT)] AS authors,
          CASE WHEN one.i % 5 >= 3 THEN ['Reuters', 'AP', 'AFP', 'dpa'][(one.seed % 4 + 1)::BIGINT] END AS agency,
          ['politics', 'world', 'business', 'sport', 'culture'][(one.i % 5 + 1)::BIGINT] AS section,
          ['tag-' || word((900 ** drawn(one.seed, 'tag', 0))::BIGINT),
            'tag-' || word((900 ** drawn(one.seed, 'tag', 1))::BIGINT)] AS tags,
          'https://' || one.source_id || '.example/picture-' || one.i || '.jpg' AS image_url,
          one.listed_at - INTERVAL 7 MINUTES AS published_at, one.listed_at - INTERVAL 5 MINUTES AS modified_at,
          CASE WHEN one.i % 7 = 0 THEN 'paid' END AS access,
          one.entry_id AS article_id, one.url AS canonical_url, one.text AS text, 't1:' || md5(one.text) AS content_hash,
          len(one.text) // 6 AS word_count,
          ['https://outlet-' || one.i % 200 || '.example/' || one.i % 977, 'https://elsewhere.example/' || one.i] AS links)
        FROM (
          SELECT *, body(language, seed, many, i, source_id, edit) AS text
          FROM (SELECT *, unnest(CASE WHEN i % 33 = 0 THEN [0, 1] ELSE [0] END) AS edit FROM made WHERE fate = 'read')
        ) AS one, extraction_row AS row""",
    "rejection": """
        SELECT row.* REPLACE (
          md5(one.fetch_id || 0)::UUID::VARCHAR AS fetch_id, one.entry_id AS entry_id, one.source_id AS source_id, one.url AS url,
          one.listed_at + to_seconds(20) AS fetched_at, md5(one.fetch_id || 0) AS record_hash,
          paragraph(one.language, one.seed, 'title', 9) AS title,
          ['paywall_stub', 'section_page', 'too_short'][(one.i % 3 + 1)::BIGINT] AS reason)
        FROM (FROM made WHERE fate = 'rejected') AS one, rejection_row AS row""",
}  # fmt: skip


def _templates(settings: Settings) -> dict[str, Any]:
    """A plain row of each table, whose columns the queries above replace."""
    newsroom = Newsroom(settings)
    newsroom.lists("https://daily.example/a")
    newsroom.reads("https://daily.example/a", "text")
    newsroom.rejects("https://daily.example/a", "too_short", title=NOTHING.title)
    return {name: arrow_table(TABLES[name], rows[:1]) for name, rows in newsroom._rows.items()}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
