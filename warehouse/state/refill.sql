-- refill: one row a source and sitemap that is polled by itself, not below an index: when it was asked and read last.
-- key: source_id, feed_id
-- merge: max asked_at, max read_at
SELECT source_id, feed_id, max(polled_at) AS asked_at, max(read_at) AS read_at
FROM raw.poll
WHERE feed_kind = 'sitemap' AND parent_feed_id IS NULL
GROUP BY source_id, feed_id
