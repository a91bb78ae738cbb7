-- What is built is of pages that are in raw: no build passes over an erasure. Asked after erasures, and of the whole history.
WITH gone AS (
  SELECT NULL AS batch_id, format('core.verdict has {}, which is not in raw', fetch_id::VARCHAR) AS finding
  FROM core.verdict ANTI JOIN raw.fetch USING (fetch_id)
  UNION ALL
  SELECT NULL, format('core.article has {}, of which core.verdict has no page', article_id::VARCHAR)
  FROM core.article ANTI JOIN core.verdict USING (article_id)
)
SELECT batch_id, finding
FROM gone
WHERE getvariable('since_seq') < 0 OR EXISTS (FROM raw.tombstone WHERE load_seq > getvariable('since_seq'))
