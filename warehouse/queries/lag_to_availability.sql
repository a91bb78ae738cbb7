-- How long after publication is an article here, by source?
-- From the publisher's time to our first capture; half of the articles are faster than the median, nine of ten than p90.
-- Times by day alone, our own first visits, and what a backfill brought are left out.
SELECT
  source_id,
  count(*) AS article_count,
  round(quantile_cont(epoch(first_seen_at) - epoch(article.published_at), 0.5) / 60, 1) AS median_minutes,
  round(quantile_cont(epoch(first_seen_at) - epoch(article.published_at), 0.9) / 60, 1) AS p90_minutes
FROM core.article AS article
JOIN mart.ledger AS listing USING (source_id, entry_id)
WHERE published_precision <> 'day' AND published_evidence <> 'first-seen' AND listed_by <> 'archive'
  AND article.published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY source_id
ORDER BY median_minutes
