-- core.revision: one row a distinct text of an article, in the order in which they were first captured.
-- grain: article_id, revision_number
-- kind: table
-- touched by: article_id
WITH text_seen AS (
  SELECT
    home.article_id,
    content_hash,
    min(fetched_at) AS first_seen_at,
    max(fetched_at) AS last_seen_at,
    count(*) AS capture_count,
    first({'fetch_id': fetch_id, 'title': title, 'modified_at': modified_at, 'word_count': word_count,
      'batch_id': batch_id, 'load_seq': load_seq} ORDER BY fetched_at, load_seq, fetch_id) AS capture
  FROM raw.extraction
  JOIN touched_home AS home USING (entry_id)
  GROUP BY home.article_id, content_hash
)
SELECT
  article_id,
  row_number() OVER (PARTITION BY article_id ORDER BY first_seen_at, content_hash) AS revision_number,
  content_hash,
  first_seen_at,
  last_seen_at,
  capture_count,
  capture.title,
  capture.modified_at,
  capture.word_count,
  capture.fetch_id,
  capture.batch_id,
  capture.load_seq
FROM text_seen
