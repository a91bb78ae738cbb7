-- core.story_doubt: one row a single link between two stories of three articles and more, which were not made one.
-- grain: article_key, other_article_key
-- kind: kept
SELECT
  NULL::BIGINT AS article_key,
  NULL::BIGINT AS other_article_key,
  NULL::BIGINT AS article_count,
  NULL::BIGINT AS other_article_count
WHERE false
