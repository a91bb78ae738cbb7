"""What is in DuckDB after the demo: held against the web's truth, and as tables to be shown. How it got there is elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.demo.account import differences, wrongly_joined, wrongly_listed
from ingest.errors import DemoFailed
from ingest.settings import Settings
from ingest.warehouse.read import query, reader

BY_SOURCE = """
SELECT source_id, sum(listed_count)::BIGINT, sum(stored_count)::BIGINT, sum(duplicate_count)::BIGINT,
  sum(rejected_count)::BIGINT, sum(failed_count)::BIGINT, sum(waiting_count)::BIGINT
FROM mart.source_day GROUP BY source_id ORDER BY source_id
"""
BY_REASON = "SELECT state, reason, count(*) FROM mart.ledger GROUP BY ALL ORDER BY ALL"
BY_LISTER = """
SELECT 'listed by a ' || CASE listed_by WHEN 'section' THEN 'section page' ELSE listed_by END, count(*)
FROM mart.ledger GROUP BY ALL ORDER BY 2 DESC
"""
DISCOVERY = """
SELECT * FROM (VALUES
  ('in a sitemap, and too old to be asked for', (SELECT coalesce(max(outside_count), 0) FROM raw.poll)),
  ('feeds that rolled over unseen', (SELECT count(*) FROM mart.feed_gap)),
  ('  of these, filled from a sitemap', (SELECT count(refilled_at) FROM mart.feed_gap)),
  ('feeds that moved for good', (SELECT count(*) FROM mart.feed_move)),
  ('articles not to be trained on, by robots.txt or page', (SELECT count(*) FROM mart.article WHERE len(optouts) > 0))
)
"""
HEADLINES = """
SELECT published_at, source_name, title FROM mart.article
WHERE duplicate_of IS NULL
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY published_at DESC, title) = 1
ORDER BY published_at DESC, title LIMIT 3
"""
LEDGER = "SELECT source_id, entry_id::VARCHAR, state, reason, listed_by FROM mart.ledger"
STORIES = """
SELECT ledger.source_id, entry_id::VARCHAR, story_id::VARCHAR
FROM mart.ledger AS ledger
JOIN mart.story_article USING (article_id)
"""
COUNTS = "SELECT count(*), count(DISTINCT story_id), count(*) FILTER (revision_count > 1) FROM mart.article"
FETCHED_AND_STORED = """
SELECT (SELECT count(*) FROM raw.fetch WHERE outcome = 'ok'), (SELECT count(*) FROM mart.article)
"""
GAPS = """
SELECT gap.source_id, gap.refilled_at IS NOT NULL, count(DISTINCT ledger.entry_id)
FROM mart.feed_gap AS gap
LEFT JOIN mart.ledger AS ledger ON ledger.source_id = gap.source_id AND ledger.listed_by = 'sitemap'
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What is in DuckDB after the demo, as rows to be shown."""

    by_source: Sequence[tuple[Any, ...]]
    by_reason: Sequence[tuple[Any, ...]]
    headlines: Sequence[tuple[Any, ...]]
    discovery: Sequence[tuple[Any, ...]]
    verdict: str
    next_steps: Sequence[str]


def result(settings: Settings, truth: Sequence[Mapping[str, Any]], *, next_steps: Sequence[str]) -> DemoResult:
    """DemoFailed lists what the ledger says otherwise than the truth."""
    with reader(settings.published_file) as connection:
        ledger, joined, by_source, by_reason, headlines, listers, found, ((articles, stories, revised),) = (
            query(connection, sql)[1]
            for sql in (LEDGER, STORIES, BY_SOURCE, BY_REASON, HEADLINES, BY_LISTER, DISCOVERY, COUNTS)
        )
    told = {(source_id, entry_id): (state, reason) for source_id, entry_id, state, reason, _ in ledger}
    listed_by = {(source_id, entry_id): kind for source_id, entry_id, _, _, kind in ledger}
    story_of = {(source_id, entry_id): story_id for source_id, entry_id, story_id in joined}
    if wrong := differences(truth, told) + wrongly_listed(truth, listed_by) + wrongly_joined(truth, story_of):
        raise DemoFailed("the warehouse does not agree with the demo web's truth:\n  " + "\n  ".join(wrong))
    return DemoResult(
        by_source=by_source,
        by_reason=by_reason,
        headlines=headlines,
        discovery=[*listers, *found],
        verdict=(
            f"{len(truth)} items were listed, {len(told)} are in the ledger, each in the state that the web's truth tells.\n"
            f"{articles} articles tell {stories} stories; {revised} were revised by their papers."
        ),
        next_steps=next_steps,
    )


def fetched_and_stored(settings: Settings) -> tuple[int, int]:
    """Pages fetched and articles stored so far."""
    with reader(settings.published_file) as connection:
        ((fetched, stored),) = query(connection, FETCHED_AND_STORED)[1]
    return fetched, stored


def gaps(settings: Settings) -> list[tuple[str, bool, int]]:
    """Source of a feed that rolled over, whether a sitemap was read since, and how many items only sitemaps listed."""
    with reader(settings.published_file) as connection:
        return [(source_id, is_filled, count) for source_id, is_filled, count in query(connection, GAPS)[1]]


def wait_s(settings: Settings) -> float:
    """How long the host that wants it longest is to be left alone from now on."""
    with reader(settings.published_file) as connection:
        ((left_s,),) = query(
            connection,
            "SELECT coalesce(max(epoch(not_before_at) - epoch(now())), 0) FROM raw.fetch WHERE not_before_at > now()",
        )[1]
    return float(left_s)
