-- Every extraction and rejection belongs to a page that arrived with it; what reprocessing says, to one that arrived earlier.
WITH verdict AS (
  SELECT fetch_id, batch_id, load_seq, url FROM raw.extraction WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id, batch_id, load_seq, url FROM raw.rejection WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id, batch_id, load_seq, fetch_id::VARCHAR FROM raw.confirmation WHERE load_seq > getvariable('since_seq')
),
judged AS (
  SELECT verdict.*, batch.batch_kind = 'reprocess' AS is_later
  FROM verdict
  JOIN raw.batch AS batch USING (load_seq)
),
page AS (
  SELECT fetch_id, load_seq
  FROM raw.fetch
  WHERE outcome = 'ok' AND (
    load_seq > getvariable('since_seq') OR fetch_id IN (SELECT fetch_id FROM judged WHERE is_later)
  )
)
SELECT
  judged.batch_id,
  format('{} was judged, but {}', judged.url, CASE WHEN is_later THEN 'had not arrived' ELSE 'never fetched' END) AS finding
FROM judged
LEFT JOIN page USING (fetch_id)
WHERE CASE WHEN is_later THEN page.load_seq < judged.load_seq ELSE page.load_seq = judged.load_seq END IS NOT TRUE
