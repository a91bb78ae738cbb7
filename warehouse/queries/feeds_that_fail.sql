-- Feeds whose last poll failed, and why.
SELECT source_id, feed_id, polled_at, outcome, detail, next_poll_at
FROM mart.feed_poll
WHERE outcome NOT IN ('ok', 'not_modified')
QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC) = 1
ORDER BY polled_at DESC
