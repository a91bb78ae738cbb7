"""The numbers of the report, out of the published warehouse. How they look is elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]
DAYS = 28  # of the report, where nothing else is asked for
FEWEST_DAYS = 7
SHOWN_SOURCES = 30
SHOWN_STORIES = 10
SHOWN_TOPICS = 20
SHOWN_FAULTS = 30

FIRST_AND_LAST = """
SELECT coalesce(min(listed_on), current_date), coalesce(max(listed_on), current_date) FROM mart.ledger
"""
SNAPSHOT = "SELECT snapshot_id, published_at FROM mart.snapshot WHERE is_this_file"
# of what mart.article holds; ::DATE + 0 hours is midnight UTC: the connection's zone is UTC
SPAN = """published_at >= $since::DATE AND published_at < $until::DATE
  AND article_id NOT IN (SELECT suspect.article_id FROM core.suspect AS suspect WHERE suspect.is_held)"""
# to be had in time: known to the minute, and no backfill brought it
TIMED = """published_precision <> 'day' AND published_evidence <> 'first-seen' AND (source_id, entry_id) NOT IN (
  SELECT (source_id, entry_id) FROM core.entry WHERE listed_by = 'archive')"""
LEDGER = """
SELECT
  state, count(*) AS item_count
FROM mart.ledger WHERE listed_on >= $since AND listed_on < $until GROUP BY state
"""
TOTALS = f"""
SELECT count(*), count(DISTINCT story_id), count(DISTINCT article.source_id), coalesce(sum(word_count), 0)::BIGINT
FROM core.article AS article LEFT JOIN core.story_article USING (article_id) WHERE {SPAN}
"""
STATES_BY_DAY = """
SELECT listed_on, state, count(*) FROM mart.ledger WHERE listed_on >= $since AND listed_on < $until GROUP BY ALL ORDER BY ALL
"""
SOURCE_DAYS = f"""
SELECT source_id, (published_at AT TIME ZONE 'UTC')::DATE, count(*) FROM core.article WHERE {SPAN} GROUP BY ALL ORDER BY ALL
"""
LAGS = f"""
SELECT
  (published_at AT TIME ZONE 'UTC')::DATE AS published_on,
  quantile_cont(epoch(first_seen_at) - epoch(published_at), 0.5) / 60,
  quantile_cont(epoch(first_seen_at) - epoch(published_at), 0.9) / 60
FROM core.article
WHERE {SPAN} AND {TIMED}
GROUP BY published_on ORDER BY published_on
"""
SOURCES = f"""
WITH item AS (
  SELECT
    source_id, count(*) AS listed_count,
    count(*) FILTER (state = 'rejected' AND reason <> 'erased')
      / nullif(count(*) FILTER (state <> 'waiting' AND reason <> 'erased'), 0) AS rejected_share
  FROM mart.ledger WHERE listed_on >= $since AND listed_on < $until GROUP BY source_id
),
news AS (
  SELECT
    source_id, count(*) AS article_count,
    quantile_cont(epoch(first_seen_at) - epoch(published_at), 0.5)
      FILTER ({TIMED}) / 60 AS lag_minutes
  FROM core.article WHERE {SPAN} GROUP BY source_id
)
SELECT
  coalesce(source_name, source_id), coalesce(article_count, 0), coalesce(listed_count, 0), rejected_share, lag_minutes
FROM item FULL JOIN news USING (source_id) LEFT JOIN core.source USING (source_id)
ORDER BY 2 DESC, 1 LIMIT {SHOWN_SOURCES}
"""
STORIES = f"""
WITH member AS (
  SELECT
    story_id, article.source_id, title, published_at, coalesce(source_name, article.source_id) AS source_name,
    {{'is_doubtful': NOT is_certain_time(published_precision, published_evidence, cardinality(published_contradictions) > 0),
      'at': published_at}} AS place
  FROM core.article AS article
  JOIN core.story_article USING (article_id)
  LEFT JOIN core.source AS source ON source.source_id = article.source_id
  WHERE {SPAN}
)
SELECT
  story_id, count(*) AS article_count, count(DISTINCT source_id) AS source_count, arg_min(title, place) AS title,
  arg_min(source_name, place) AS first_source,
  (epoch(max(published_at)) - epoch(min(published_at))) / 3600 AS spread_hours
FROM member GROUP BY story_id
"""
SIZES = f"SELECT article_count, source_count, count(*) FROM ({STORIES}) GROUP BY ALL"
WIDEST = f"""
SELECT title, article_count, source_count, first_source, spread_hours FROM ({STORIES}) WHERE article_count > 1
ORDER BY source_count DESC, article_count DESC, title LIMIT {SHOWN_STORIES}
"""
TOPICS = f"""
SELECT topic, topic_kind, language, article_count, source_count, trend FROM trending($day, {SHOWN_TOPICS})
ORDER BY trend DESC, article_count DESC, topic LIMIT {SHOWN_TOPICS}
"""
TOPIC_DAY = "SELECT max(topic_on) FROM core.topic WHERE topic_on < $until AND topic_on <= $last"
REASONS = """
SELECT reason, count(*), count(DISTINCT source_id) FROM mart.ledger
WHERE state = 'rejected' AND reason <> 'erased' AND listed_on >= $since AND listed_on < $until GROUP BY reason ORDER BY 2 DESC, 1
"""
FAILURES = REASONS.replace("'rejected'", "'failed'")
GAPS = f"""
SELECT source_id, gap_from_at, gap_at, refilled_at, found_count FROM mart.feed_gap
WHERE gap_at >= $since::DATE AND gap_at < $until::DATE ORDER BY gap_at DESC LIMIT {SHOWN_FAULTS}
"""
SILENT = f"""
SELECT source_name, state, cause, state_since_at, last_article_at FROM mart.source_health
WHERE state NOT IN ('healthy', 'new') ORDER BY state, state_since_at, source_name LIMIT {SHOWN_FAULTS}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Days are UTC, [since, until). Rows have the columns of their query above."""

    since: date
    until: date
    snapshot_id: str
    published_at: datetime
    article_count: int
    story_count: int
    source_count: int
    word_count: int
    states: dict[str, int]
    states_by_day: Rows
    source_days: Rows
    lags: Rows
    sources: Rows
    sizes: Rows
    widest: Rows
    topic_day: date | None
    topics: Rows
    reasons: Rows
    failures: Rows
    gaps: Rows
    silent: Rows

    @property
    def listed_count(self) -> int:
        return sum(self.states.values())

    @property
    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days)]


def gather(connection: duckdb.DuckDBPyConnection, *, since: date | None, until: date | None) -> Figures:
    """All figures of the span; by default the last DAYS days with news."""

    def rows(sql: str, **values: object) -> Rows:
        return connection.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql}).fetchall()

    ((first, last),) = rows(FIRST_AND_LAST)
    until = until or last + timedelta(days=1)
    # a young warehouse has a week, some of it from before its first crawl, rather than three empty ones
    since = since or max(until - timedelta(days=DAYS), first - timedelta(days=FEWEST_DAYS - 1))
    span = {"since": since, "until": until}
    ((snapshot_id, published_at),) = rows(SNAPSHOT)
    ((article_count, story_count, source_count, word_count),) = rows(TOTALS, **span)
    ((topic_day,),) = rows(TOPIC_DAY, until=until, last=last)
    return Figures(
        since=since,
        until=until,
        snapshot_id=snapshot_id,
        published_at=published_at,
        article_count=article_count,
        story_count=story_count,
        source_count=source_count,
        word_count=word_count,
        states=dict(_pairs(rows(LEDGER, **span))),
        states_by_day=rows(STATES_BY_DAY, **span),
        source_days=rows(SOURCE_DAYS, **span),
        lags=rows(LAGS, **span),
        sources=rows(SOURCES, **span),
        sizes=rows(SIZES, **span),
        widest=rows(WIDEST, **span),
        topic_day=topic_day,
        topics=rows(TOPICS, day=topic_day) if topic_day else [],
        reasons=rows(REASONS, **span),
        failures=rows(FAILURES, **span),
        gaps=rows(GAPS, **span),
        silent=rows(SILENT),
    )


def _pairs(rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, int]]:
    return [(str(state), int(count)) for state, count in rows]
