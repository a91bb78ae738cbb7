-- visited: one row an entry that was fetched: its last fetch, the validators of the page we hold, and when it is due again.
-- key: entry_id
-- A look that finds no page behind it in a whole history (its batch was taken out) starts over: no validators, due now.
WITH fetched AS (
  SELECT
    *,
    coalesce(getvariable('is_whole'), false) AND purpose = 'second_look' AND NOT bool_or(outcome = 'ok') OVER (PARTITION BY entry_id)
      AS is_lost
  FROM raw.fetch
  QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY fetched_at DESC, fetch_id DESC) = 1
)
SELECT
  entry_id,
  source_id,
  feed_id,
  url,
  CASE WHEN NOT is_lost THEN purpose END AS purpose,
  CASE WHEN NOT is_lost THEN attempt END AS attempt,
  outcome,
  fetched_at,
  CASE WHEN is_lost THEN fetched_at ELSE next_attempt_at END AS next_attempt_at,
  CASE WHEN NOT is_lost THEN etag END AS etag,
  CASE WHEN NOT is_lost THEN last_modified END AS last_modified,
  CASE WHEN NOT is_lost THEN body_hash END AS body_hash,
  modified_at
FROM fetched
