-- How did a story spread over time and countries?
-- The story that most sources ran of late; put another story_id in its place. joined_count grows with each source that joins.
WITH asked AS (
  SELECT story_id
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
  GROUP BY story_id
  ORDER BY count(DISTINCT source_id) DESC, min(published_at)
  LIMIT 1
)
SELECT
  published_at,
  source_name,
  country,
  language,
  title,
  word_count,
  count(*) FILTER (is_first_of_source) OVER (ORDER BY published_at, article_id) AS joined_count,
  round((epoch(published_at) - min(epoch(published_at)) OVER ()) / 3600, 1) AS hours_after_first
FROM (
  SELECT *, row_number() OVER (PARTITION BY source_id ORDER BY published_at, article_id) = 1 AS is_first_of_source
  FROM mart.article
  WHERE story_id = (SELECT story_id FROM asked)
)
ORDER BY published_at
