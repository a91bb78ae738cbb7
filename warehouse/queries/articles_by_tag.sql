-- Which tags do publishers give, and how many sources use them?
-- Case is folded, nothing else; mart.topic_day counts them by day against the weeks before.
SELECT tag, count(*) AS article_count, count(DISTINCT source_id) AS source_count, list(DISTINCT language) AS languages
FROM (
  SELECT lower(unnest(tags)) AS tag, source_id, language
  FROM core.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
) AS tagged
GROUP BY tag
ORDER BY article_count DESC, tag
LIMIT 100
