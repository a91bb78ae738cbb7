-- core.origin: one row an article: its first loaded capture, which decides whose it is and whose text it carries.
-- grain: article_id
-- kind: table
-- touched by: article_id
SELECT
  home.article_id,
  first(capture.source_id ORDER BY load_seq, fetched_at, fetch_id) AS source_id,
  first(capture.entry_id ORDER BY load_seq, fetched_at, fetch_id) AS entry_id,
  first(capture.content_hash ORDER BY load_seq, fetched_at, fetch_id) AS content_hash,
  first(capture.fetched_at ORDER BY load_seq, fetched_at, fetch_id) AS fetched_at,
  min(capture.load_seq) AS load_seq
FROM raw.extraction AS capture
JOIN touched_home AS home USING (entry_id)
GROUP BY home.article_id
