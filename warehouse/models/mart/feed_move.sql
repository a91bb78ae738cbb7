-- mart.feed_move: one row a feed that moved for good (301 or 308): from here on its new address is polled.
-- grain: poll_id
-- kind: view
SELECT poll_id, source_id, feed_id, polled_at AS moved_at, url AS from_url, next_url AS to_url
FROM raw.poll
WHERE next_url <> url
