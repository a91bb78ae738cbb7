-- Which part of its stories does a source have for itself?
-- Exclusive: no other source of this warehouse ran the text; says nothing of sources that are not in the catalogue.
WITH recent AS (
  SELECT DISTINCT story_id, source_id
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
),
spread AS (
  SELECT source_id, count(*) OVER (PARTITION BY story_id) AS source_count
  FROM recent
)
SELECT
  source_id,
  count(*) AS story_count,
  count(*) FILTER (source_count = 1) AS exclusive_count,
  round(count(*) FILTER (source_count = 1) / count(*), 3) AS exclusive_share
FROM spread
GROUP BY source_id
ORDER BY exclusive_share DESC, source_id
