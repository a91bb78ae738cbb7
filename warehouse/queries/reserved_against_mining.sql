-- Which publishers reserve their texts against mining or training?
-- As robots.txt, headers or pages say; recorded and not judged. An article counts once for each reservation.
SELECT source_id, optout, count(*) AS article_count
FROM (
  SELECT source_id, unnest(optouts) AS optout
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
) AS reserved
GROUP BY source_id, optout
ORDER BY source_id, article_count DESC
