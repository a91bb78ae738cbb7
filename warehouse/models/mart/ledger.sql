-- mart.ledger: one row an item listed: what became of it, and why. Every item is in exactly one state.
-- grain: source_id, entry_id
-- kind: table
-- touched by: entry_id
WITH visit AS (
  SELECT
    entry_id,
    count(*) AS fetch_count,
    max(fetched_at) AS last_fetched_at,
    last({'outcome': outcome, 'http_status': http_status, 'next_attempt_at': next_attempt_at}
      ORDER BY fetched_at, load_seq, fetch_id) AS latest,
    -- unchanged against a page that no batch holds any more: the page is owed again (state/visited.sql)
    last(outcome ORDER BY fetched_at, load_seq, fetch_id) = 'not_modified' AND NOT bool_or(outcome = 'ok') AS is_lost
  FROM raw.fetch
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
  GROUP BY entry_id
),
-- the last page that was rejected, by the verdict on it that counts
rejected AS (
  SELECT entry_id, load_seq, fetch_id
  FROM core.verdict
  WHERE NOT is_article AND entry_id IN (SELECT entry_id FROM touched_entry)
  QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY fetched_at DESC, captured_seq DESC, fetch_id DESC) = 1
),
refused AS (
  SELECT rejected.entry_id, rejection.reason, rejection.title, rejection.published_at
  FROM rejected
  JOIN raw.rejection AS rejection ON rejection.load_seq = rejected.load_seq AND rejection.fetch_id = rejected.fetch_id
),
-- an entry none of whose pages is an article by now has none, whatever its pages were taken for before
home AS (
  SELECT DISTINCT entry_id, article_id
  FROM core.verdict
  WHERE is_article AND entry_id IN (SELECT entry_id FROM touched_entry)
),
judged AS (
  SELECT
    entry.source_id, entry.entry_id, entry.url, entry.feed_id, entry.listed_by, entry.listed_at,
    article.article_id, article.duplicate_of, visit.fetch_count, visit.last_fetched_at, visit.latest, visit.is_lost,
    refused.reason AS rejection_reason,
    coalesce(article.title, refused.title, entry.title) AS title,
    coalesce(article.published_at, refused.published_at, entry.published.at) AS published_at,
    CASE
      WHEN article.article_id IS NOT NULL AND article.source_id <> entry.source_id THEN 'other_source'
      WHEN article.article_id IS NOT NULL AND article.entry_id <> entry.entry_id THEN 'same_article'
      WHEN article.article_id IS NOT NULL AND article.duplicate_of IS NOT NULL THEN 'same_text'
    END AS duplicate_reason
  FROM core.entry AS entry
  LEFT JOIN visit USING (entry_id)
  LEFT JOIN home USING (entry_id)
  LEFT JOIN core.article AS article ON article.article_id = home.article_id
  LEFT JOIN refused USING (entry_id)
  WHERE entry.entry_id IN (SELECT entry_id FROM touched_entry)
)
SELECT
  source_id,
  entry_id,
  url,
  title,
  published_at,
  feed_id,
  listed_by,
  listed_at,
  CASE
    WHEN duplicate_reason IS NOT NULL THEN 'duplicate'
    WHEN article_id IS NOT NULL THEN 'stored'
    WHEN rejection_reason IS NOT NULL THEN 'rejected'
    WHEN latest IS NULL OR is_lost OR latest.next_attempt_at IS NOT NULL THEN 'waiting'
    WHEN latest.outcome NOT IN ('ok', 'not_modified') THEN 'failed'
  END AS state,
  CASE
    WHEN duplicate_reason IS NOT NULL THEN duplicate_reason
    WHEN article_id IS NOT NULL THEN 'article'
    WHEN rejection_reason IS NOT NULL THEN rejection_reason
    WHEN latest IS NULL THEN 'not_fetched'
    WHEN is_lost THEN 'page_lost'
    ELSE latest.outcome
  END AS reason,
  article_id,
  CASE WHEN duplicate_reason = 'same_text' THEN duplicate_of WHEN duplicate_reason IS NOT NULL THEN article_id END
    AS duplicate_of,
  latest.http_status AS http_status,
  coalesce(fetch_count, 0) AS fetch_count,
  last_fetched_at,
  CASE WHEN latest IS NULL THEN listed_at WHEN is_lost THEN last_fetched_at ELSE latest.next_attempt_at END
    AS next_attempt_at
FROM judged
