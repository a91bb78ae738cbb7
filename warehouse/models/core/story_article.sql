-- core.story_article: one row an article: the story it is of, which has the id of its first article.
-- grain: article_id
-- kind: kept
SELECT
  NULL::UUID AS article_id,
  NULL::UUID AS story_id,
  NULL::BIGINT AS article_key,
  NULL::BIGINT AS story_key
WHERE false
