-- core.revision: one row a distinct text of an article, in the order in which they were first captured.
-- grain: article_id, revision_number
-- kind: table
-- touched by: article_id
WITH text_seen AS (
  SELECT
    article_id,
    content_hash,
    min(fetched_at) AS first_seen_at,
    max(fetched_at) AS last_seen_at,
    count(*) AS capture_count,
    first(fetch_id ORDER BY fetched_at, load_seq, fetch_id) AS fetch_id,
    first(title ORDER BY fetched_at, load_seq, fetch_id) AS title,
    first(modified_at ORDER BY fetched_at, load_seq, fetch_id) AS modified_at,
    first(word_count ORDER BY fetched_at, load_seq, fetch_id) AS word_count,
    first(batch_id ORDER BY fetched_at, load_seq, fetch_id) AS batch_id
  FROM raw.extraction
  WHERE article_id IN (SELECT article_id FROM touched_article)
  GROUP BY article_id, content_hash
)
SELECT
  article_id,
  row_number() OVER (PARTITION BY article_id ORDER BY first_seen_at, content_hash) AS revision_number,
  content_hash,
  first_seen_at,
  last_seen_at,
  capture_count,
  title,
  modified_at,
  word_count,
  fetch_id,
  batch_id
FROM text_seen
