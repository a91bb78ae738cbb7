-- core.likeness: one row a pair of articles that share text, the earlier loaded first; `overlap` is no copy.
-- grain: article_key, other_article_key
-- kind: kept
SELECT
  NULL::BIGINT AS article_key,
  NULL::BIGINT AS other_article_key,
  NULL::VARCHAR AS likeness_kind,
  NULL::BIGINT AS matched_count,
  NULL::DOUBLE AS share,
  NULL::DOUBLE AS other_share,
  NULL::DOUBLE AS jaccard,
  NULL::BIGINT AS conflict_count
WHERE false
