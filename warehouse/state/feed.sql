-- feed: one row a feed: what is known of it by its last poll, and when it is due again.
-- key: feed_id
-- merge: newest polled_at
-- Validators of a listing that a whole history does not hold (its batch was taken out) are not handed on: it is due now.
WITH polled AS (
  SELECT
    *,
    coalesce(getvariable('is_whole'), false) AND outcome <> 'ok' AND body_hash IS NOT NULL
      AND NOT coalesce(list_contains(list(body_hash) FILTER (outcome = 'ok') OVER feed, body_hash), false) AS is_lost,
    max(polled_at) FILTER (outcome = 'ok') OVER feed AS held_at
  FROM raw.poll
  WINDOW feed AS (PARTITION BY feed_id)
  QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC, poll_id DESC) = 1
)
SELECT
  feed_id,
  source_id,
  feed_kind,
  feed_url,
  next_url AS url,
  polled_at,
  outcome,
  CASE WHEN is_lost THEN polled_at ELSE next_poll_at END AS next_poll_at,
  CASE WHEN NOT is_lost THEN etag END AS etag,
  CASE WHEN NOT is_lost THEN last_modified END AS last_modified,
  CASE WHEN NOT is_lost THEN body_hash END AS body_hash,
  parent_feed_id,
  lastmod_at,
  answered_at,
  CASE WHEN is_lost THEN held_at ELSE read_at END AS read_at,
  full_at,
  since_at,
  window_count,
  arrivals_per_day,
  failure_count,
  is_retired
FROM polled
