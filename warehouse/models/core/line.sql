-- core.line: one row a line of an article and its text, by which lines that a source repeats are found.
-- grain: article_key, line_key
-- kind: kept
SELECT
  NULL::BIGINT AS article_key,
  NULL::VARCHAR AS source_id,
  NULL::BIGINT AS line_key,
  NULL::TIMESTAMPTZ AS published_at
WHERE false
