-- listed: one row an entry of a feed: the last thing the feed said of it, by its hash.
-- key: feed_id, entry_id
-- merge: newest listed_at, max modified_at, min first_listed_at
-- What archives list is for backfills to fetch, and no crawl's.
SELECT
  feed_id,
  entry_id,
  last(entry_hash ORDER BY listed_at) AS entry_hash,
  last(source_id ORDER BY listed_at) AS source_id,
  last(url ORDER BY listed_at) AS url,
  max(modified_at) AS modified_at,
  min(listed_at) AS first_listed_at,
  max(listed_at) AS listed_at,
  last(feed_kind ORDER BY listed_at) = 'archive' AS is_archive
FROM raw.entry
GROUP BY feed_id, entry_id
