-- mart.feed: one row a feed, sitemap or section page: whether it works, since when it does not, and how often it is polled.
-- grain: feed_id
-- kind: view
WITH feed AS (
  SELECT *
  FROM raw.poll
  QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC, poll_id DESC) = 1
),
failing AS (
  SELECT poll.feed_id, min(poll.polled_at) AS failing_since_at
  FROM raw.poll AS poll
  JOIN feed USING (feed_id)
  WHERE feed.failure_count > 0 AND poll.polled_at > coalesce(feed.answered_at, '-infinity'::TIMESTAMPTZ)
  GROUP BY poll.feed_id
)
SELECT
  feed.feed_id,
  feed.source_id,
  feed.feed_kind,
  feed.parent_feed_id,
  feed.next_url AS url,
  CASE WHEN feed.is_retired THEN 'retired' WHEN feed.failure_count > 0 THEN 'failing' ELSE 'ok' END AS state,
  feed.outcome,
  feed.detail,
  feed.http_status,
  failing.failing_since_at,
  feed.failure_count,
  feed.polled_at,
  feed.answered_at,
  feed.read_at,
  feed.next_poll_at,
  (epoch(feed.next_poll_at) - epoch(feed.polled_at))::BIGINT AS pause_s,
  feed.arrivals_per_day,
  feed.window_count
FROM feed
LEFT JOIN failing USING (feed_id)
