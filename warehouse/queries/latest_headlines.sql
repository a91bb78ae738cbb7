-- The newest articles, each text once.
SELECT published_at, source_name, title
FROM mart.article
WHERE duplicate_of IS NULL
ORDER BY published_at DESC
LIMIT 20
