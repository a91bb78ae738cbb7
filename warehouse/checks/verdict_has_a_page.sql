-- Every extraction and rejection belongs to a page that arrived.
WITH verdict AS (
  SELECT fetch_id, batch_id, url FROM raw.extraction WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id, batch_id, url FROM raw.rejection WHERE load_seq > getvariable('since_seq')
),
page AS (
  SELECT fetch_id FROM raw.fetch WHERE load_seq > getvariable('since_seq') AND outcome = 'ok'
)
SELECT verdict.batch_id, format('{} was judged, but never fetched', verdict.url) AS finding
FROM verdict
ANTI JOIN page USING (fetch_id)
