-- Which part of each source's articles had run elsewhere before?
-- syndicated: another source published an article of the same story earlier, by times that are certain, or else by what
-- there is. Own reuse of a text does not count.
WITH recent AS (
  SELECT
    source_id, article_id, published_at,
    arg_min(source_id, {'is_doubtful': NOT is_published_certain, 'at': published_at, 'id': article_id}) OVER (PARTITION BY story_id) AS first_source_id
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
)
SELECT
  source_id,
  count(*) AS article_count,
  count(*) FILTER (first_source_id <> source_id) AS syndicated_count,
  round(count(*) FILTER (first_source_id <> source_id) / count(*), 3) AS syndicated_share
FROM recent
GROUP BY source_id
ORDER BY syndicated_share DESC, source_id
