-- How good are publication dates, and what are they from?
-- By evidence: how many, how many only to the day, and how many that another date of page or listing disputes by over a day.
SELECT
  published_evidence,
  count(*) AS article_count,
  count(*) FILTER (published_precision = 'day') AS day_only_count,
  count(*) FILTER (published_offset_s IS NULL) AS no_offset_count,
  count(*) FILTER (cardinality(published_contradictions) > 0) AS disputed_count
FROM core.article
GROUP BY published_evidence
ORDER BY article_count DESC
