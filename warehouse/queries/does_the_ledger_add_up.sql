-- Is every listed item accounted for?
-- One row a source, and unaccounted_count is 0 in each: listed = stored + duplicate + rejected + failed + waiting.
SELECT
  source_id,
  count(*) AS listed_count,
  count(*) FILTER (state = 'stored') AS stored_count,
  count(*) FILTER (state = 'duplicate') AS duplicate_count,
  count(*) FILTER (state = 'rejected') AS rejected_count,
  count(*) FILTER (state = 'failed') AS failed_count,
  count(*) FILTER (state = 'waiting') AS waiting_count,
  count(*) FILTER (state IS NULL OR state NOT IN ('stored', 'duplicate', 'rejected', 'failed', 'waiting'))
    AS unaccounted_count
FROM mart.ledger
GROUP BY source_id
ORDER BY source_id
