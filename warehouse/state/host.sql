-- host: one row a host that asked us to wait, and until when.
-- key: host
-- merge: newest told_at, max not_before_at
WITH told AS (
  SELECT host, polled_at AS told_at, not_before_at FROM raw.poll WHERE not_before_at IS NOT NULL
  UNION ALL
  SELECT host, coalesce(ingested_at, fetched_at), not_before_at FROM raw.fetch WHERE not_before_at IS NOT NULL
)
SELECT host, max(told_at) AS told_at, max(not_before_at) AS not_before_at
FROM told
GROUP BY host
