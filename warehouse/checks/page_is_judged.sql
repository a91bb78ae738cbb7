-- Every page that arrived has one verdict: an extraction or a rejection. A batch without is a batch with a hole.
WITH verdict AS (
  SELECT fetch_id FROM raw.extraction WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id FROM raw.rejection WHERE load_seq > getvariable('since_seq')
),
verdict_count AS (
  SELECT fetch_id, count(*) AS verdict_count FROM verdict GROUP BY fetch_id
)
SELECT
  page.batch_id,
  format('{} arrived and has {} verdicts', page.url, coalesce(verdict_count, 0)) AS finding
FROM raw.fetch AS page
LEFT JOIN verdict_count USING (fetch_id)
WHERE page.load_seq > getvariable('since_seq')
  AND page.outcome = 'ok'
  AND coalesce(verdict_count, 0) <> 1
