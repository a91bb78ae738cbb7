-- feed: one row a feed: its last poll, the validators of the body we hold, and when it is due again.
-- key: feed_id
SELECT
  feed_id,
  polled_at,
  outcome,
  next_poll_at,
  etag,
  last_modified,
  body_hash
FROM raw.poll
QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC, poll_id DESC) = 1
