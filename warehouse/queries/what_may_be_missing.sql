-- Feeds that rolled over between two polls: the span in which items may be missing, and what a sitemap brought back.
SELECT source_id, feed_id, gap_from_at, gap_at, refilled_at, found_count
FROM mart.feed_gap
ORDER BY gap_at DESC
