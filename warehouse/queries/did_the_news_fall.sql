-- Did the news fall, or did our crawler?
-- By day: few articles and as many answered polls as ever is a quiet day; polls that failed, items that wait or gaps are our
-- side. usual_count is the median of the same weekday in the eight weeks before; verdict reads all that together.
WITH polled AS (
  SELECT
    (polled_at AT TIME ZONE 'UTC')::DATE AS listed_on,
    count(*) AS poll_count,
    round(avg((outcome IN ('ok', 'not_modified'))::INT), 3) AS answered_share,
    count(gap_from_at) AS gap_count
  FROM mart.feed_poll
  GROUP BY listed_on
),
listed AS (
  SELECT
    listed_on,
    count(*) FILTER (state = 'stored') AS article_count,
    count(*) AS listed_count,
    count(*) FILTER (state IN ('failed', 'waiting')) AS unread_count
  FROM mart.ledger
  GROUP BY listed_on
),
-- a day on which nothing ran has no row of its own, and is the one to be told of
span AS (
  SELECT unnest(generate_series(min(listed_on), max(listed_on), INTERVAL 1 DAY))::DATE AS listed_on FROM polled
),
day AS (
  SELECT
    listed_on, poll_count, answered_share, gap_count,
    coalesce(article_count, 0) AS article_count,
    coalesce(listed_count, 0) AS listed_count,
    coalesce(unread_count, 0) AS unread_count
  FROM span
  LEFT JOIN polled USING (listed_on)
  LEFT JOIN listed USING (listed_on)
),
usual AS (
  SELECT
    *,
    median(article_count) OVER (
      PARTITION BY isodow(listed_on) ORDER BY listed_on ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
    ) AS usual_count
  FROM day
)
SELECT
  listed_on, article_count, usual_count, listed_count, unread_count, gap_count, poll_count, answered_share,
  CASE
    WHEN listed_on = (SELECT max(listed_on) FROM polled) THEN 'not over yet'
    WHEN poll_count IS NULL OR answered_share < 0.9 THEN 'our crawler: feeds were not read'
    WHEN unread_count > 0.1 * listed_count THEN 'our crawler: pages were not read'
    WHEN gap_count > 0 THEN 'perhaps our crawler: feeds rolled over between polls'
    WHEN usual_count IS NULL THEN 'too early to say what is usual'
    WHEN article_count < 0.7 * usual_count THEN 'the news fell'
    ELSE 'as usual'
  END AS verdict
FROM usual
ORDER BY listed_on DESC
LIMIT 60
