-- Every page that arrived has one verdict in its own batch, an extraction or a rejection, and one that counts today; a
-- batch without is a batch with a hole. A later batch has one verdict a page at most.
WITH verdict AS (
  SELECT fetch_id, batch_id, load_seq, true AS is_kept FROM raw.extraction WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id, batch_id, load_seq, true FROM raw.rejection WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT fetch_id, batch_id, load_seq, false FROM raw.superseded WHERE load_seq > getvariable('since_seq')
),
verdict_count AS (
  SELECT fetch_id, load_seq, any_value(batch_id) AS batch_id, count(*) AS verdict_count FROM verdict GROUP BY fetch_id, load_seq
),
page AS (
  SELECT fetch_id, batch_id, load_seq, url FROM raw.fetch WHERE load_seq > getvariable('since_seq') AND outcome = 'ok'
)
SELECT page.batch_id, format('{} arrived and has {} verdicts', page.url, coalesce(verdict_count, 0)) AS finding
FROM page
LEFT JOIN verdict_count USING (fetch_id, load_seq)
WHERE coalesce(verdict_count, 0) <> 1
UNION ALL
SELECT page.batch_id, format('{} arrived and has no verdict that counts', page.url)
FROM page
WHERE fetch_id IN (SELECT fetch_id FROM verdict) AND fetch_id NOT IN (SELECT fetch_id FROM verdict WHERE is_kept)
UNION ALL
SELECT batch_id, format('the page {} has {} verdicts in one batch', fetch_id::VARCHAR, verdict_count)
FROM verdict_count
WHERE verdict_count > 1
