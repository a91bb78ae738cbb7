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
  parent_feed_id,
  polled_at,
  outcome,
  detail,
  http_status,
  is_conditional,
  is_tls_verified,
  parse_route,
  entry_count,
  recorded_count,
  unlinked_count,
  outside_count,
  known_count,
  gap_from_at,
  body_bytes,
  elapsed_ms,
  arrivals_per_day,
  failure_count,
  not_before_at,
  next_poll_at,
  batch_id
FROM raw.poll
