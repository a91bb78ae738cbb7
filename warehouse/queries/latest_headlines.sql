-- What are the newest articles, each text once?
-- Exact copies of an earlier text are left out; rewritten ones are told by story_id.
SELECT published_at, source_name, title, url
FROM mart.article
WHERE duplicate_of IS NULL AND published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 7 DAYS
ORDER BY published_at DESC
LIMIT 20
