-- core.posted: one row an article, under the number by which search knows what it says now.
-- grain: article_number
-- kind: kept
SELECT
  NULL::UINTEGER AS article_number,
  NULL::UUID AS article_id,
  NULL::VARCHAR AS source_id,
  NULL::VARCHAR AS language,
  NULL::TIMESTAMPTZ AS published_at,
  NULL::UINTEGER AS term_count,
  NULL::UBIGINT AS said_key
WHERE false
