-- Every item that was listed or fetched is in the ledger, exactly once.
WITH listed AS (
  SELECT source_id, entry_id, min(batch_id) AS batch_id FROM raw.entry GROUP BY ALL
  UNION
  SELECT source_id, entry_id, min(batch_id) AS batch_id FROM raw.fetch GROUP BY ALL
),
listed_once AS (
  SELECT source_id, entry_id, min(batch_id) AS batch_id FROM listed GROUP BY ALL
),
told AS (
  SELECT source_id, entry_id, count(*) AS row_count FROM mart.ledger GROUP BY ALL
)
SELECT
  NULL AS batch_id,
  format('{} {} is {} times in the ledger', source_id, entry_id::VARCHAR, coalesce(row_count, 0)) AS finding
FROM listed_once
FULL JOIN told USING (source_id, entry_id)
WHERE coalesce(row_count, 0) <> 1 OR listed_once.batch_id IS NULL
