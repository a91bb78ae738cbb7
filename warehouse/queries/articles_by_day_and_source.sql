-- How much did each source publish, by day?
-- By the day (UTC) of publication. story_count counts a text once that the source ran twice.
SELECT
  (published_at AT TIME ZONE 'UTC')::DATE AS published_on,
  source_name,
  count(*) AS article_count,
  count(DISTINCT story_id) AS story_count,
  sum(word_count)::BIGINT AS word_count
FROM mart.article
WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY published_on, source_name
ORDER BY published_on DESC, article_count DESC
