-- A batch has as many rows as it had when it was loaded, and no row is without its batch: what is lost from the raw layer is found.
WITH found AS (
  SELECT batch_id, count(*) AS row_count
  FROM (
    SELECT batch_id FROM raw.source WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.poll WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.entry WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.fetch WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.extraction WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.rejection WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.confirmation WHERE load_seq > getvariable('since_seq')
    UNION ALL
    -- a verdict that was dropped for a later one leaves a row here
    SELECT batch_id FROM raw.superseded WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.tombstone WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.request WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.part WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.listed WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.alarm WHERE load_seq > getvariable('since_seq')
    UNION ALL
    SELECT batch_id FROM raw.expected WHERE load_seq > getvariable('since_seq')
  ) AS landed
  GROUP BY batch_id
),
loaded AS (
  SELECT batch_id, row_count FROM raw.batch WHERE load_seq > getvariable('since_seq')
)
SELECT
  batch_id,
  CASE
    WHEN loaded.batch_id IS NULL THEN format('{} rows are here of {}, which was never loaded', found.row_count, batch_id)
    ELSE format('{} rows of {} were loaded, {} are here', loaded.row_count, batch_id, coalesce(found.row_count, 0))
  END AS finding
FROM loaded
FULL JOIN found USING (batch_id)
WHERE loaded.row_count IS DISTINCT FROM coalesce(found.row_count, 0)
