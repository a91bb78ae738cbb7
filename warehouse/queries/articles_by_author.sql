-- Who wrote most, and for whom?
-- People whom pages or feeds name, as they spell them; an article of two counts for both.
SELECT author, count(*) AS article_count, list(DISTINCT source_id) AS source_ids, max(published_at) AS last_published_at
FROM (
  SELECT unnest(authors) AS author, source_id, published_at
  FROM core.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
) AS written
GROUP BY author
ORDER BY article_count DESC, author
LIMIT 100
