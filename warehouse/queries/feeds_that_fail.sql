-- Which feeds fail or are gone: since when, why, and when are they asked again?
-- none is right where all feeds are well.
SELECT source_id, feed_id, state, failing_since_at, outcome, detail, failure_count, next_poll_at
FROM mart.feed
WHERE state <> 'ok'
ORDER BY failing_since_at
