-- core.origin: one row an article: its first capture, which decides whose it is and whose text it carries.
-- grain: article_id
-- kind: table
-- touched by: article_id
-- Captures keep their place whenever they are read again. An article whose pages are all rejected by now has no text.
SELECT
  article_id,
  first(source_id ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS source_id,
  first(entry_id ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS entry_id,
  first(content_hash ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS content_hash,
  first(fetched_at ORDER BY captured_seq, fetched_at, fetch_id) AS fetched_at,
  min(captured_seq) AS load_seq,
  max(shifted_seq) AS shifted_seq,
  CASE WHEN max(shifted_seq) IS NULL THEN [] ELSE list_sort(list_distinct(flatten(list(content_hashes)))) END
    AS shifted_hashes
FROM core.verdict
WHERE article_id IN (SELECT article_id FROM touched_article) AND len(content_hashes) > 0
GROUP BY article_id
