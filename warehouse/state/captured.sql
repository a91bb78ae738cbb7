-- captured: one row a capture of an entry that an archive gave, or could not give: its last try.
-- key: entry_id, captured_at
-- merge: newest tried_at
SELECT
  entry_id,
  fetched_at AS captured_at,
  coalesce(ingested_at, fetched_at) AS tried_at,
  source_id,
  feed_id,
  url,
  purpose,
  attempt,
  outcome,
  next_attempt_at,
  body_hash
FROM raw.fetch
WHERE capture_address IS NOT NULL
QUALIFY row_number() OVER (
  PARTITION BY entry_id, fetched_at ORDER BY coalesce(ingested_at, fetched_at) DESC, fetch_id DESC
) = 1
