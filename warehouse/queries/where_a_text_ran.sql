-- Texts that more than one article carries, with who ran them.
SELECT story_id, count(*) AS article_count, list(DISTINCT source_name) AS sources, min(published_at) AS first_published_at
FROM mart.article
GROUP BY story_id
HAVING count(*) > 1
ORDER BY article_count DESC
