-- What became of every item ever listed?
-- Reasons are the closed lists of src/ingest/records.py.
SELECT state, reason, count(*) AS item_count
FROM mart.ledger
GROUP BY state, reason
ORDER BY item_count DESC
