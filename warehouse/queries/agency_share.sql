-- How much of each source is agency copy, by what its pages name?
-- Pages that do not name their agency are not counted: a lower bound. Agencies with their counts are in `agencies`.
SELECT
  source_id,
  count(*) AS article_count,
  count(agency) AS agency_count,
  round(count(agency) / count(*), 3) AS agency_share,
  histogram(agency) FILTER (agency IS NOT NULL) AS agencies
FROM mart.article
WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY source_id
ORDER BY agency_share DESC, source_id
