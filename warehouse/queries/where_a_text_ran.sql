-- Which texts ran most widely, and where?
-- One row a story: articles that carry the same text, or were made from it.
SELECT
  story_id,
  arg_min(title, {'is_doubtful': NOT is_published_certain, 'at': published_at}) AS title,
  count(*) AS article_count,
  list(DISTINCT source_name ORDER BY source_name) AS sources,
  min({'is_doubtful': NOT is_published_certain, 'at': published_at}).at AS first_published_at
FROM mart.article
WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY story_id
HAVING count(*) > 1
ORDER BY article_count DESC, first_published_at
LIMIT 100
