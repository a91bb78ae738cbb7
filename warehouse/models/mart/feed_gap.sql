-- mart.feed_gap: one row a poll that found its feed rolled over: entries may have come and gone unseen since the poll before.
-- grain: poll_id
-- kind: view
WITH gap AS (
  SELECT poll_id, source_id, feed_id, gap_from_at, polled_at AS gap_at
  FROM raw.poll
  WHERE gap_from_at IS NOT NULL
),
refill AS (
  SELECT gap.poll_id, min(poll.polled_at) AS refilled_at
  FROM gap
  JOIN raw.poll AS poll ON poll.source_id = gap.source_id AND poll.read_at > gap.gap_at
  WHERE poll.feed_kind = 'sitemap' AND poll.parent_feed_id IS NULL
  GROUP BY gap.poll_id
),
found AS (
  SELECT gap.poll_id, count(*) AS found_count
  FROM gap
  JOIN refill USING (poll_id)
  JOIN core.entry AS entry ON entry.source_id = gap.source_id AND entry.listed_by = 'sitemap'
  WHERE entry.listed_at BETWEEN refill.refilled_at AND refill.refilled_at + INTERVAL 1 HOUR
  GROUP BY gap.poll_id
)
SELECT
  gap.poll_id,
  gap.source_id,
  gap.feed_id,
  gap.gap_from_at,
  gap.gap_at,
  refill.refilled_at,
  coalesce(found.found_count, 0) AS found_count
FROM gap
LEFT JOIN refill USING (poll_id)
LEFT JOIN found USING (poll_id)
