-- mart.source_day: one row a source and day (UTC) of first listing: how many items were listed, what became of them, and what is known to be missing.
-- grain: source_id, listed_on
-- kind: view
-- A day on which the source was polled and listed nothing new is a row of zeros, so that silence shows.
-- Known missing is by the day of the poll: of each feed the most that one of its polls told, since polls repeat themselves.
WITH item AS (
  SELECT
    source_id,
    listed_on,
    count(*) AS listed_count,
    count(*) FILTER (listed_by = 'feed') AS listed_by_feed_count,
    count(*) FILTER (listed_by = 'sitemap') AS listed_by_sitemap_count,
    count(*) FILTER (listed_by = 'section') AS listed_by_section_count,
    count(*) FILTER (listed_by = 'archive') AS listed_by_archive_count,
    count(*) FILTER (state = 'stored') AS stored_count,
    count(*) FILTER (state = 'duplicate') AS duplicate_count,
    count(*) FILTER (state = 'rejected') AS rejected_count,
    count(*) FILTER (reason = 'erased') AS erased_count,
    count(*) FILTER (state = 'failed') AS failed_count,
    count(*) FILTER (state = 'waiting') AS waiting_count
  FROM mart.ledger
  GROUP BY source_id, listed_on
),
-- apart, since few items have a reason, and a map a day is slow to make (50 -> 16 ms of 100,000 items)
reasons AS (
  SELECT
    source_id,
    listed_on,
    histogram(reason) FILTER (state = 'rejected') AS rejected_reasons,
    histogram(reason) FILTER (state = 'failed') AS failed_reasons,
    histogram(reason) FILTER (state = 'waiting') AS waiting_reasons
  FROM mart.ledger
  WHERE state IN ('rejected', 'failed', 'waiting')
  GROUP BY source_id, listed_on
),
feed_day AS (
  SELECT
    source_id,
    feed_id,
    (polled_at AT TIME ZONE 'UTC')::DATE AS listed_on,
    max(unlinked_count) AS unlinked_count,
    max(outside_count) AS outside_count,
    count(gap_from_at) AS gap_count
  FROM raw.poll
  GROUP BY ALL
),
polled AS (
  SELECT
    source_id,
    listed_on,
    sum(unlinked_count) AS unlinked_count,
    sum(outside_count) AS outside_count,
    sum(gap_count) AS gap_count
  FROM feed_day
  GROUP BY source_id, listed_on
),
several AS (
  SELECT story_id FROM core.story_article GROUP BY story_id HAVING count(*) > 1
),
-- first of a story that ran in two sources or more, as mart.story has it, which would make all that it tells of all stories
first_run AS (
  SELECT first.article_id AS article_id
  FROM (
    SELECT
      min({'is_doubtful': NOT is_certain_time(published_precision, published_evidence, cardinality(published_contradictions) > 0),
        'published_at': published_at, 'article_key': article_key, 'article_id': article.article_id}) AS first
    FROM core.story_article AS joined
    SEMI JOIN several ON several.story_id = joined.story_id
    JOIN core.article AS article ON article.article_id = joined.article_id
    GROUP BY joined.story_id
    HAVING count(DISTINCT source_id) >= 2
  ) AS story
  WHERE NOT first.is_doubtful
),
-- an article is its own source's, on the day on which the item was listed that it was stored for
article AS (
  SELECT
    article.source_id,
    ledger.listed_on,
    joined.story_id,
    first_run.article_id IS NOT NULL AS is_first,
    CASE WHEN published_precision <> 'day' AND published_evidence <> 'first-seen' AND listed_by <> 'archive'
      THEN epoch(first_seen_at) - epoch(article.published_at) END AS lag_s
  FROM core.article AS article
  JOIN mart.ledger AS ledger ON ledger.source_id = article.source_id AND ledger.entry_id = article.entry_id
  LEFT JOIN core.story_article AS joined ON joined.article_id = article.article_id
  LEFT JOIN first_run ON first_run.article_id = article.article_id
),
news AS (
  SELECT
    source_id,
    listed_on,
    count(*) AS article_count,
    count(DISTINCT story_id) AS story_count,
    count(*) FILTER (is_first) AS first_publisher_count,
    round(quantile_cont(lag_s, 0.5))::BIGINT AS lag_median_s,
    round(quantile_cont(lag_s, 0.9))::BIGINT AS lag_p90_s
  FROM article
  GROUP BY source_id, listed_on
)
SELECT
  source_id,
  listed_on,
  coalesce(listed_count, 0) AS listed_count,
  coalesce(listed_by_feed_count, 0) AS listed_by_feed_count,
  coalesce(listed_by_sitemap_count, 0) AS listed_by_sitemap_count,
  coalesce(listed_by_section_count, 0) AS listed_by_section_count,
  coalesce(listed_by_archive_count, 0) AS listed_by_archive_count,
  coalesce(stored_count, 0) AS stored_count,
  coalesce(duplicate_count, 0) AS duplicate_count,
  coalesce(rejected_count, 0) AS rejected_count,
  coalesce(failed_count, 0) AS failed_count,
  coalesce(waiting_count, 0) AS waiting_count,
  coalesce(rejected_reasons, MAP {})::MAP(VARCHAR, BIGINT) AS rejected_reasons,
  coalesce(failed_reasons, MAP {})::MAP(VARCHAR, BIGINT) AS failed_reasons,
  coalesce(waiting_reasons, MAP {})::MAP(VARCHAR, BIGINT) AS waiting_reasons,
  coalesce(unlinked_count, 0)::BIGINT AS unlinked_count,
  coalesce(outside_count, 0)::BIGINT AS outside_count,
  coalesce(gap_count, 0)::BIGINT AS gap_count,
  coalesce(article_count, 0) AS article_count,
  coalesce(story_count, 0) AS story_count,
  coalesce(first_publisher_count, 0) AS first_publisher_count,
  lag_median_s,
  lag_p90_s,
  round((rejected_count - erased_count) / nullif(listed_count - waiting_count - erased_count, 0), 4) AS rejected_share
FROM item
FULL JOIN polled USING (source_id, listed_on)
LEFT JOIN reasons USING (source_id, listed_on)
LEFT JOIN news USING (source_id, listed_on)
