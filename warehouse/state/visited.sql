-- visited: one row an entry that was fetched: its last fetch, the validators of the page we hold, and when it is due again.
-- key: entry_id
SELECT
  entry_id,
  source_id,
  feed_id,
  url,
  purpose,
  attempt,
  outcome,
  fetched_at,
  next_attempt_at,
  etag,
  last_modified,
  body_hash
FROM raw.fetch
QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY fetched_at DESC, fetch_id DESC) = 1
