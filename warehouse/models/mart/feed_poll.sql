-- mart.feed_poll: one row a visit to a feed, with its outcome.
-- grain: poll_id
-- kind: view
SELECT
  poll_id,
  source_id,
  feed_id,
  feed_kind,
  url,
  final_url,
  polled_at,
  outcome,
  detail,
  http_status,
  parse_route,
  entry_count,
  recorded_count,
  unlinked_count,
  body_bytes,
  elapsed_ms,
  not_before_at,
  next_poll_at,
  batch_id
FROM raw.poll
