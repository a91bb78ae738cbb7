-- core.posting: one row a term of an article, for search; a word of the title counts three times.
-- grain: term_key, article_number
-- kind: kept
-- Sorted by term in runs of some thousand articles (core.posting_run). Rows whose number is not in core.posted stand for what
-- articles said before; a later run leaves them out.
SELECT
  NULL::UBIGINT AS term_key,
  NULL::UINTEGER AS article_number,
  NULL::UTINYINT AS term_count
WHERE false
