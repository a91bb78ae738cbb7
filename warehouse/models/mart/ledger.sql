-- mart.ledger: one row an item listed: what became of it, and why. Every item is in exactly one state.
-- grain: source_id, entry_id
-- kind: table
-- touched by: entry_id
WITH visit AS (
  SELECT
    entry_id,
    count(*) AS fetch_count,
    max(coalesce(ingested_at, fetched_at)) AS last_fetched_at,
    -- what we were told ourselves comes before what an archive could or could not give
    last({'purpose': purpose, 'attempt': attempt, 'outcome': outcome, 'http_status': http_status,
      'next_attempt_at': next_attempt_at}
      ORDER BY capture_address IS NULL, coalesce(ingested_at, fetched_at), load_seq, fetch_id) AS latest,
    bool_or(outcome = 'ok') AS has_page,
    max(load_seq) AS change_seq
  FROM raw.fetch
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
  GROUP BY entry_id
),
tried AS (
  SELECT
    *,
    -- the page that was looked at again is in no batch any more: where nothing else is planned, it is owed (state/visited.sql)
    NOT has_page AND (latest.outcome = 'not_modified' OR latest.purpose = 'second_look' AND latest.next_attempt_at IS NULL
      AND latest.outcome NOT IN ('gone', 'robots_denied')) AS is_lost
  FROM visit
),
-- the last page that was rejected, by the verdict on it that counts
rejected AS (
  SELECT entry_id, load_seq, fetch_id
  FROM core.verdict
  WHERE NOT is_article AND entry_id IN (SELECT entry_id FROM touched_entry)
  QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY fetched_at DESC, captured_seq DESC, fetch_id DESC) = 1
),
refused AS (
  SELECT rejected.entry_id, rejection.reason, rejection.title, rejection.published_at, rejection.load_seq AS change_seq
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
    article.article_id, article.duplicate_of, tried.fetch_count, tried.last_fetched_at, tried.latest, tried.is_lost,
    refused.reason AS rejection_reason,
    coalesce(article.title, refused.title, entry.title) AS title,
    coalesce(article.published_at, refused.published_at, entry.published.at) AS published_at,
    suspect.is_held,
    greatest(entry.change_seq, tried.change_seq, refused.change_seq, article.change_seq, suspect.change_seq) AS change_seq,
    CASE
      WHEN article.article_id IS NOT NULL AND article.source_id <> entry.source_id THEN 'other_source'
      WHEN article.article_id IS NOT NULL AND article.entry_id <> entry.entry_id THEN 'same_article'
      WHEN article.article_id IS NOT NULL AND article.duplicate_of IS NOT NULL THEN 'same_text'
    END AS duplicate_reason
  FROM core.entry AS entry
  LEFT JOIN tried USING (entry_id)
  LEFT JOIN home USING (entry_id)
  LEFT JOIN core.article AS article ON article.article_id = home.article_id
  LEFT JOIN core.suspect AS suspect ON suspect.article_id = home.article_id
  LEFT JOIN refused USING (entry_id)
  WHERE entry.entry_id IN (SELECT entry_id FROM touched_entry)
),
-- what was erased is still counted, on the day on which it was listed
erased AS (
  SELECT source_id, entry_id, min(listed_at) AS listed_at, max(load_seq) AS change_seq
  FROM raw.tombstone
  WHERE listed_at IS NOT NULL AND entry_id IN (SELECT entry_id FROM touched_entry)
  GROUP BY source_id, entry_id
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
  (listed_at AT TIME ZONE 'UTC')::DATE AS listed_on,
  CASE
    WHEN duplicate_reason IS NOT NULL THEN 'duplicate'
    WHEN article_id IS NOT NULL THEN 'stored'
    WHEN rejection_reason IS NOT NULL THEN 'rejected'
    WHEN latest IS NULL OR is_lost OR latest.next_attempt_at IS NOT NULL THEN 'waiting'
    WHEN latest.outcome NOT IN ('ok', 'not_modified') THEN 'failed'
  END AS state,
  CASE
    WHEN duplicate_reason IS NOT NULL THEN duplicate_reason
    WHEN is_held THEN 'quarantined'
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
  latest.attempt AS attempt,
  last_fetched_at,
  CASE WHEN latest IS NULL THEN listed_at WHEN is_lost THEN last_fetched_at ELSE latest.next_attempt_at END
    AS next_attempt_at,
  change_seq
FROM judged
UNION ALL BY NAME
SELECT
  source_id,
  entry_id,
  listed_at,
  (listed_at AT TIME ZONE 'UTC')::DATE AS listed_on,
  'rejected' AS state,
  'erased' AS reason,
  0 AS fetch_count,
  change_seq
FROM erased
ANTI JOIN core.entry USING (source_id, entry_id)
