-- Every item that was listed, fetched or erased is in the ledger, exactly once.
WITH listed AS (
  SELECT source_id, entry_id FROM raw.entry WHERE load_seq > getvariable('since_seq')
  UNION
  SELECT source_id, entry_id FROM raw.fetch WHERE load_seq > getvariable('since_seq')
  UNION
  SELECT source_id, entry_id FROM raw.tombstone WHERE load_seq > getvariable('since_seq') AND listed_at IS NOT NULL
),
told AS (
  SELECT source_id, entry_id, count(*) AS row_count
  FROM mart.ledger
  WHERE entry_id IN (SELECT entry_id FROM listed)
  GROUP BY source_id, entry_id
)
SELECT
  NULL AS batch_id,
  format('{} {} is {} times in the ledger', listed.source_id, listed.entry_id::VARCHAR, coalesce(row_count, 0)) AS finding
FROM listed
LEFT JOIN told USING (source_id, entry_id)
WHERE coalesce(row_count, 0) <> 1
