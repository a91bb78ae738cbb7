-- Which sources are first most often, of stories that more than one of them ran?
-- first_share is of the source's own articles: large sources are first often merely because they publish much. Times that are
-- not certain make nobody first. mart.source_day has the same by day, over all time.
WITH recent AS (
  SELECT
    story_id, source_id, article_id, published_at, is_published_certain
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
),
first_run AS (
  SELECT arg_min(source_id, {'at': published_at, 'id': article_id}) FILTER (is_published_certain) AS source_id
  FROM recent
  GROUP BY story_id
  HAVING count(DISTINCT source_id) > 1
)
SELECT
  source_id,
  count(first_run.source_id) AS first_count,
  any_value(article_count) AS article_count,
  round(count(first_run.source_id) / any_value(article_count), 3) AS first_share
FROM (SELECT source_id, count(*) AS article_count FROM recent GROUP BY source_id) AS source
LEFT JOIN first_run USING (source_id)
GROUP BY source_id
ORDER BY first_count DESC, source_id
