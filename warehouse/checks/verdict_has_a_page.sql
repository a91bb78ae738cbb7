-- Every extraction and rejection belongs to a page that arrived.
WITH verdict AS (
  SELECT fetch_id, batch_id, url FROM raw.extraction
  UNION ALL
  SELECT fetch_id, batch_id, url FROM raw.rejection
)
SELECT verdict.batch_id, format('{} was judged, but never fetched', verdict.url) AS finding
FROM verdict
ANTI JOIN (SELECT fetch_id FROM raw.fetch WHERE outcome = 'ok') USING (fetch_id)
