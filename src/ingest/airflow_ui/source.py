"""What the page of one source says: its feeds, polls, fetches, articles, alarms and gaps, of the published warehouse."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.airflow_ui.read import ONE_AT_A_TIME, Row, identity, opened, rows

FEEDS = """
SELECT feed_id, feed_kind, parent_feed_id, url, state, outcome, http_status, detail, failing_since_at, failure_count, polled_at,
  answered_at, next_poll_at, pause_s, arrivals_per_day, window_count
FROM mart.feed
WHERE source_id = $source_id
ORDER BY state = 'ok', parent_feed_id IS NOT NULL, polled_at DESC, feed_id
LIMIT 50
"""
POLLS = """
SELECT polled_at, feed_id, outcome, http_status, detail, entry_count, recorded_count, is_conditional, elapsed_ms, next_poll_at,
  batch_id
FROM mart.feed_poll
WHERE source_id = $source_id
ORDER BY polled_at DESC, poll_id
LIMIT 50
"""
# What came of the page stands beside how it came: an article, or why it is none.
FETCHES = """
WITH latest AS (
  SELECT fetch_id, coalesce(ingested_at, fetched_at) AS fetched_at, url, purpose, attempt, outcome, http_status, detail, robots,
    next_attempt_at, batch_id
  FROM raw.fetch
  WHERE source_id = $source_id
  ORDER BY fetched_at DESC, fetch_id
  LIMIT 50
)
SELECT latest.*, verdict.is_article, verdict.reason, verdict.title
FROM latest
LEFT JOIN core.verdict AS verdict USING (fetch_id)
ORDER BY latest.fetched_at DESC, latest.fetch_id
"""
REASONS = """
SELECT state, reason, count(*) AS count_28d, count(*) FILTER (listed_on > $today::DATE - 7) AS count_7d, max(listed_at) AS last_at
FROM mart.ledger
WHERE source_id = $source_id AND state IN ('rejected', 'failed', 'waiting') AND listed_on > $today::DATE - 28
GROUP BY state, reason
ORDER BY count_7d DESC, count_28d DESC, state, reason
"""
ARTICLES = """
SELECT article.title, article.url, published_at, published_precision, published_evidence, first_seen_at, word_count, language,
  authors, evidence, suspect.is_held IS TRUE AS is_quarantined
FROM core.article AS article
LEFT JOIN core.suspect AS suspect USING (article_id)
WHERE article.source_id = $source_id
ORDER BY first_seen_at DESC, article_id
LIMIT 10
"""
ALARMS = """
SELECT alarm_kind, sign, is_open, since_at, ended_at, opened_at, cleared_at, cause, actor, reason, cleared_by, cleared_reason,
  quarantined_count
FROM mart.alarm
WHERE source_id = $source_id
ORDER BY is_open DESC, opened_at DESC, alarm_id
LIMIT 50
"""
GAPS = """
SELECT feed_id, gap_from_at, gap_at, refilled_at, found_count
FROM mart.feed_gap
WHERE source_id = $source_id
ORDER BY gap_at DESC, poll_id
LIMIT 20
"""
MOVES = """
SELECT feed_id, moved_at, from_url, to_url
FROM mart.feed_move
WHERE source_id = $source_id
ORDER BY moved_at DESC, poll_id
LIMIT 10
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The latest rows of each kind, newest first, unless what is wrong comes first."""

    feeds: tuple[Row, ...]
    polls: tuple[Row, ...]
    fetches: tuple[Row, ...]
    reasons: tuple[Row, ...]
    articles: tuple[Row, ...]
    alarms: tuple[Row, ...]
    gaps: tuple[Row, ...]
    moves: tuple[Row, ...]


def details(file: Path, source: Row) -> Details:
    """Of a source of the overview; kept as long as `file` is the same file, for the last sources looked at."""
    with ONE_AT_A_TIME:
        return _details(file, identity(file), source["source_id"], source["as_of_at"].date())


@lru_cache(maxsize=32)
def _details(file: Path, _identity: tuple[int, int], source_id: str, today: object) -> Details:
    with opened(file) as connection:
        return Details(
            feeds=rows(connection, FEEDS, source_id=source_id),
            polls=rows(connection, POLLS, source_id=source_id),
            fetches=rows(connection, FETCHES, source_id=source_id),
            reasons=rows(connection, REASONS, source_id=source_id, today=today),
            articles=rows(connection, ARTICLES, source_id=source_id),
            alarms=rows(connection, ALARMS, source_id=source_id),
            gaps=rows(connection, GAPS, source_id=source_id),
            moves=rows(connection, MOVES, source_id=source_id),
        )
