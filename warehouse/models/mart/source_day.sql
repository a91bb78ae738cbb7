-- mart.source_day: one row a source and day (UTC) of first listing: how many items were listed, and what became of them.
-- grain: source_id, listed_on
-- kind: view
SELECT
  source_id,
  (listed_at AT TIME ZONE 'UTC')::DATE AS listed_on,
  count(*) AS listed_count,
  count(*) FILTER (state = 'stored') AS stored_count,
  count(*) FILTER (state = 'duplicate') AS duplicate_count,
  count(*) FILTER (state = 'rejected') AS rejected_count,
  count(*) FILTER (state = 'failed') AS failed_count,
  count(*) FILTER (state = 'waiting') AS waiting_count,
  count(DISTINCT article_id) AS article_count
FROM mart.ledger
GROUP BY source_id, listed_on
