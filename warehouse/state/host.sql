-- host: one row a host that asked us to wait.
-- key: host
WITH told AS (
  SELECT coalesce(final_url, url) AS url, polled_at AS told_at, not_before_at FROM raw.poll WHERE not_before_at IS NOT NULL
  UNION ALL
  SELECT coalesce(final_url, url), fetched_at, not_before_at FROM raw.fetch WHERE not_before_at IS NOT NULL
)
SELECT
  lower(regexp_extract(url, '^https?://([^/?#]+)', 1)) AS host,
  max(told_at) AS told_at,
  max(not_before_at) AS not_before_at
FROM told
GROUP BY ALL
