-- core.origin: one row an article: its first capture, which decides whose it is and whose text it carries.
-- grain: article_id
-- kind: table
-- touched by: article_id
-- Captures keep their place whenever they are read again. The first that is an article by now decides; `captured_seq` is its
-- own, so that a later one never takes a text from those who carry it. Where all are rejected by now, there is no text.
WITH page AS (
  SELECT
    article_id, source_id, entry_id, fetch_id, fetched_at, captured_seq, is_article, content_hash, content_hashes,
    max(shifted_seq) OVER (PARTITION BY article_id) AS article_shifted_seq
  FROM core.verdict
  WHERE article_id IN (SELECT article_id FROM touched_article) AND len(content_hashes) > 0
)
SELECT
  article_id,
  first(source_id ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS source_id,
  first(entry_id ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS entry_id,
  first(content_hash ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS content_hash,
  first(captured_seq ORDER BY NOT is_article, captured_seq, fetched_at, fetch_id) AS captured_seq,
  first(fetched_at ORDER BY captured_seq, fetched_at, fetch_id) AS fetched_at,
  min(captured_seq) AS load_seq,
  any_value(article_shifted_seq) AS shifted_seq,
  list_sort(list_distinct(flatten(coalesce(list(content_hashes) FILTER (captured_seq < article_shifted_seq), []))))
    AS shifted_hashes
FROM page
GROUP BY article_id
