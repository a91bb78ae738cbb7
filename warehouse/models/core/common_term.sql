-- core.common_term: one row a term that stands in over a thousandth of a full run's articles, so that how common a term is need not be counted.
-- grain: first_article_number, term_key
-- kind: kept
SELECT
  NULL::UINTEGER AS first_article_number,
  NULL::UBIGINT AS term_key,
  NULL::UINTEGER AS posting_count
WHERE false
