-- core.signature_key: one row a key of an article: a small hash that its copies are likely to share.
-- grain: article_key, key
-- kind: kept
SELECT
  NULL::BIGINT AS article_key,
  NULL::UINTEGER AS key,
  NULL::TIMESTAMPTZ AS published_at
WHERE false
