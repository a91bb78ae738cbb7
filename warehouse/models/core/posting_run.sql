-- core.posting_run: one row a run of postings: the numbers of its articles; a number is given once, and never again.
-- grain: first_article_number
-- kind: kept
SELECT
  NULL::UINTEGER AS first_article_number,
  NULL::UINTEGER AS last_article_number,
  NULL::UINTEGER AS posted_count,
  NULL::BOOLEAN AS is_full
WHERE false
