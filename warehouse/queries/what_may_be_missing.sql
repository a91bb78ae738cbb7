-- Which feeds rolled over between two polls, so that items may have come and gone unseen?
-- In the span from gap_from_at to gap_at. refilled_at: a sitemap was read since, and brought found_count items back.
-- none is right where no feed rolled over.
SELECT source_id, feed_id, gap_from_at, gap_at, refilled_at, found_count
FROM mart.feed_gap
ORDER BY gap_at DESC
LIMIT 100
