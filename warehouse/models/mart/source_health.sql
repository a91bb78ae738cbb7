-- mart.source_health: one row a source: whether it brings news, by the last poll loaded; and if not, since when and why.
-- grain: source_id
-- kind: view
-- "Now" is the last poll of any source that is loaded, so that the same file always answers the same.
WITH clock AS (
  SELECT max(polled_at) AS as_of_at FROM raw.poll
),
first_seen AS (
  SELECT source_id, min(polled_at) AS first_polled_at, max(polled_at) AS last_polled_at
  FROM raw.poll
  GROUP BY source_id
),
-- without the sitemaps below an index, and without what the catalogue does not name any more
feed AS (
  SELECT feed.*
  FROM mart.feed AS feed
  JOIN first_seen USING (source_id)
  WHERE feed.parent_feed_id IS NULL AND feed.next_poll_at > first_seen.last_polled_at - INTERVAL 7 DAYS
),
feeds AS (
  SELECT
    source_id,
    count(*) AS feed_count,
    count(*) FILTER (state = 'failing') AS failing_feed_count,
    count(*) FILTER (state = 'retired') AS retired_feed_count,
    max(answered_at) AS last_answered_at,
    max(failing_since_at) AS failing_since_at,
    last(concat_ws(' ', outcome, http_status) ORDER BY polled_at, feed_id) FILTER (state <> 'ok') AS fault,
    min(next_poll_at) AS next_poll_at
  FROM feed
  GROUP BY source_id
),
item AS (
  SELECT
    source_id,
    max(listed_at) AS last_listed_at,
    CASE WHEN count(DISTINCT listed_at) >= 3 THEN (max(listed_at) - min(listed_at)) / (count(DISTINCT listed_at) - 1) END
      AS mean_pause,
    count(*) FILTER (state = 'waiting') AS waiting_count,
    min(listed_at) FILTER (state = 'waiting') AS oldest_waiting_at,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state <> 'waiting' AND reason IS DISTINCT FROM 'erased') AS settled_count_7d,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state = 'rejected' AND reason IS DISTINCT FROM 'erased') AS rejected_count_7d,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state = 'failed') AS failed_count_7d
  FROM mart.ledger, clock
  GROUP BY source_id
),
article AS (
  SELECT source_id, first_seen_at, max(first_seen_at) OVER (PARTITION BY source_id) AS last_article_at
  FROM core.article
),
news AS (
  SELECT
    source_id,
    max(first_seen_at) AS last_article_at,
    count(*) FILTER (first_seen_at > as_of_at - INTERVAL 1 DAY) AS article_count_1d,
    count(*) FILTER (first_seen_at > as_of_at - INTERVAL 7 DAYS) AS article_count_7d
  FROM core.article, clock
  GROUP BY source_id
),
-- up to its last article, so that silence does not wear the median down; days before it was first polled are none
day AS (
  SELECT
    source_id,
    floor((epoch(last_article_at) - epoch(first_seen_at)) / 86400)::BIGINT AS days_back,
    count(*) AS article_count
  FROM article
  WHERE first_seen_at > last_article_at - INTERVAL 28 DAYS
  GROUP BY ALL
),
usual AS (
  SELECT news.source_id, median(coalesce(day.article_count, 0)) AS daily_median_28d
  FROM news
  JOIN first_seen USING (source_id)
  CROSS JOIN range(28) AS back(days_back)
  LEFT JOIN day ON day.source_id = news.source_id AND day.days_back = back.days_back
  WHERE back.days_back = 0 OR news.last_article_at - back.days_back * INTERVAL 1 DAY > first_seen.first_polled_at
  GROUP BY news.source_id
),
gap AS (
  SELECT source_id, count(*) AS open_gap_count
  FROM mart.feed_gap
  WHERE refilled_at IS NULL
  GROUP BY source_id
),
judged AS (
  SELECT
    first_seen.source_id, source_name, as_of_at, first_polled_at, last_polled_at, last_listed_at,
    coalesce(feed_count, 0) AS feed_count,
    coalesce(failing_feed_count, 0) AS failing_feed_count,
    coalesce(retired_feed_count, 0) AS retired_feed_count,
    failing_since_at, fault, last_answered_at, next_poll_at, last_article_at,
    coalesce(article_count_1d, 0) AS article_count_1d,
    coalesce(article_count_7d, 0) AS article_count_7d,
    daily_median_28d,
    round(rejected_count_7d / nullif(settled_count_7d, 0), 4) AS rejected_share_7d,
    round(failed_count_7d / nullif(settled_count_7d, 0), 4) AS failed_share_7d,
    coalesce(waiting_count, 0) AS waiting_count,
    oldest_waiting_at,
    coalesce(open_gap_count, 0) AS open_gap_count,
    CASE
      WHEN failing_feed_count + retired_feed_count = feed_count THEN 'failing'
      WHEN first_polled_at <= as_of_at - INTERVAL 7 DAYS AND last_listed_at IS NULL THEN 'quiet'
      WHEN as_of_at - last_listed_at > INTERVAL 3 DAYS AND (daily_median_28d >= 1 OR as_of_at - last_listed_at > 3 * mean_pause)
        THEN 'quiet'
      WHEN first_polled_at > as_of_at - INTERVAL 7 DAYS THEN 'new'
      ELSE 'healthy'
    END AS state
  FROM first_seen
  CROSS JOIN clock
  LEFT JOIN core.source USING (source_id)
  LEFT JOIN feeds USING (source_id)
  LEFT JOIN item USING (source_id)
  LEFT JOIN news USING (source_id)
  LEFT JOIN usual USING (source_id)
  LEFT JOIN gap USING (source_id)
)
SELECT
  source_id,
  source_name,
  state,
  CASE state
    WHEN 'failing' THEN format('none of {} feeds can be read: {}', feed_count, fault)
    WHEN 'quiet' THEN CASE
      WHEN last_polled_at <= as_of_at - INTERVAL 3 DAYS THEN 'it is not polled any more'
      WHEN last_listed_at IS NULL THEN 'nothing was ever listed'
      WHEN coalesce(daily_median_28d, 0) < 1 THEN 'nothing new is listed for over three times its usual pause'
      ELSE format('nothing new is listed, where {:g} articles a day are usual', daily_median_28d)
    END
    WHEN 'new' THEN 'first polled less than 7 days ago'
    WHEN 'healthy' THEN CASE
      WHEN failing_feed_count + retired_feed_count > 0
      THEN format('{} of {} feeds cannot be read: {}', failing_feed_count + retired_feed_count, feed_count, fault)
    END
  END AS cause,
  CASE state
    WHEN 'failing' THEN failing_since_at
    WHEN 'quiet' THEN coalesce(last_listed_at, first_polled_at)
    WHEN 'new' THEN first_polled_at
  END AS state_since_at,
  as_of_at,
  feed_count,
  failing_feed_count,
  retired_feed_count,
  last_polled_at,
  last_answered_at,
  last_article_at,
  next_poll_at,
  article_count_1d,
  article_count_7d,
  daily_median_28d,
  rejected_share_7d,
  failed_share_7d,
  waiting_count,
  oldest_waiting_at,
  open_gap_count
FROM judged
