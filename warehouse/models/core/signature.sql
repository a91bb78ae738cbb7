-- core.signature: one row an article: the words by which it is compared, without the lines that its source repeats.
-- grain: article_key
-- kind: kept
SELECT
  NULL::BIGINT AS article_key,
  NULL::UUID AS article_id,
  NULL::VARCHAR AS source_id,
  NULL::VARCHAR AS title,
  NULL::TIMESTAMPTZ AS published_at,
  NULL::VARCHAR AS content_hash,
  NULL::VARCHAR AS signature_version,
  NULL::BIGINT AS text_key,
  NULL::VARCHAR AS words
WHERE false
