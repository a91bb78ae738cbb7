-- mart.source_health: one row a source: whether it brings news, by the last poll loaded; and if not, since when and why.
-- grain: source_id
-- kind: view
-- Paused: by a person, or in the catalogue. Blocked: refused by robots.txt, a bot challenge or 401, 403, 407, 429, 451, on 60 % of
-- its last 20 pages of a week, or on all of its feeds. Failing: none of its feeds can be read. Quiet: an alarm says so by its habit;
-- where too little is known for a habit, three days without a new item. New: first polled within a week, or about to be.
-- "Now" is the last poll of any source that is loaded, so that the same file always answers the same. What archives alone list
-- is the past, whenever it was brought in: it is in none of this (mart.backfill has it). A source that was never polled is left out
-- when the catalogue has not named it for a fortnight; the watch notes weekly what it names.
WITH clock AS (
  SELECT coalesce((SELECT max(polled_at) FROM raw.poll), (SELECT max(seen_at) FROM raw.source)) AS as_of_at
),
noted AS (
  SELECT source_id, min(seen_at) AS noted_at, max(seen_at) AS last_noted_at FROM raw.source GROUP BY source_id
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
    count(*) FILTER (state <> 'ok' AND (outcome IN ('robots_denied', 'rate_limited') OR http_status IN (401, 403, 407, 429, 451)))
      AS blocked_feed_count,
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
    count(*) FILTER (listed_at > as_of_at - INTERVAL 1 DAY) AS seen_24h,
    count(*) FILTER (state = 'waiting') AS waiting_count,
    min(listed_at) FILTER (state = 'waiting') AS oldest_waiting_at,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state <> 'waiting' AND reason IS DISTINCT FROM 'erased') AS settled_count_7d,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state = 'rejected' AND reason IS DISTINCT FROM 'erased') AS rejected_count_7d,
    count(*) FILTER (listed_at > as_of_at - INTERVAL 7 DAYS AND state = 'failed') AS failed_count_7d
  FROM mart.ledger, clock
  WHERE listed_by IS DISTINCT FROM 'archive'
  GROUP BY source_id
),
article AS (
  SELECT source_id, first_seen_at, max(first_seen_at) OVER (PARTITION BY source_id) AS last_article_at
  FROM core.article
  ANTI JOIN (FROM core.entry WHERE listed_by = 'archive') AS past USING (source_id, entry_id)
),
news AS (
  SELECT
    source_id,
    max(first_seen_at) AS last_article_at,
    count(*) FILTER (first_seen_at > as_of_at - INTERVAL 1 DAY) AS article_count_1d,
    count(*) FILTER (first_seen_at > as_of_at - INTERVAL 7 DAYS) AS article_count_7d
  FROM article, clock
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
-- the last look at each of its last 20 pages of a week
look AS (
  SELECT
    source_id, last_fetched_at,
    coalesce(reason IN ('robots_denied', 'rate_limited', 'bot_challenge') OR http_status IN (401, 403, 407, 429, 451), false)
      AS is_refused,
    CASE WHEN reason IN ('robots_denied', 'rate_limited', 'bot_challenge') THEN reason ELSE format('http {}', http_status) END
      AS refusal
  FROM mart.ledger, clock
  WHERE last_fetched_at > as_of_at - INTERVAL 7 DAYS AND listed_by IS DISTINCT FROM 'archive'
  QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY last_fetched_at DESC, entry_id) <= 20
),
refused AS (
  SELECT
    source_id,
    count(*) AS look_count,
    count(*) FILTER (is_refused) AS refused_count,
    min(last_fetched_at) FILTER (is_refused) AS refused_since_at,
    mode(refusal ORDER BY refusal) FILTER (is_refused) AS refusal
  FROM look
  GROUP BY source_id
),
alarm AS (
  SELECT
    source_id,
    count(*) FILTER (alarm_kind NOT IN ('paused', 'catalogue_pause', 'quarantined')) AS open_alarm_count,
    arg_max({'since_at': since_at, 'cause': cause}, since_at) FILTER (alarm_kind IN ('silent', 'nothing_new')) AS silence,
    -- a person's word comes before the catalogue's
    arg_max({'since_at': since_at, 'reason': coalesce(reason, cause)}, alarm_kind) FILTER (alarm_kind IN ('paused', 'catalogue_pause'))
      AS pause
  FROM core.alarm
  WHERE is_open AND source_id IS NOT NULL
  GROUP BY source_id
),
held AS (
  SELECT article.source_id, count(*) AS quarantined_count
  FROM core.suspect AS suspect
  JOIN core.article AS article USING (article_id)
  WHERE suspect.is_held
  GROUP BY article.source_id
),
habit AS (
  SELECT source_id, expected_on, last(hour_counts ORDER BY learnt_at, load_seq) AS hour_counts
  FROM raw.expected
  WHERE expected_on BETWEEN (SELECT as_of_at::DATE FROM clock) - 1 AND (SELECT as_of_at::DATE FROM clock)
  GROUP BY source_id, expected_on
),
-- of the 24 hours before now, the first and the last hour by their parts
expected AS (
  SELECT
    source_id,
    round((1 - part) * hours[place + 1] + list_sum(list_slice(hours, place + 2, place + 24)) + part * hours[place + 25], 2)
      AS expected_24h
  FROM (
    SELECT source_id, flatten(list(hour_counts ORDER BY expected_on)) AS hours FROM habit GROUP BY source_id HAVING count(*) = 2
  ), (SELECT hour(as_of_at) AS place, minute(as_of_at) / 60 AS part FROM clock)
),
gap AS (
  SELECT source_id, count(*) AS open_gap_count
  FROM mart.feed_gap
  WHERE refilled_at IS NULL
  GROUP BY source_id
),
judged AS (
  SELECT
    source_id, source_name, as_of_at, noted_at, first_polled_at, last_polled_at, last_listed_at,
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
    expected_24h,
    coalesce(seen_24h, 0) AS seen_24h,
    look_count,
    refused_count,
    refused_since_at,
    refusal,
    coalesce(quarantined_count, 0) AS quarantined_count,
    coalesce(open_alarm_count, 0) AS open_alarm_count,
    silence,
    pause,
    CASE
      WHEN pause IS NOT NULL THEN 'paused'
      WHEN first_polled_at IS NULL THEN CASE WHEN noted_at > as_of_at - INTERVAL 7 DAYS THEN 'new' ELSE 'quiet' END
      WHEN look_count >= 5 AND refused_count >= 0.6 * look_count OR blocked_feed_count = feed_count THEN 'blocked'
      WHEN failing_feed_count + retired_feed_count = feed_count THEN 'failing'
      WHEN silence IS NOT NULL OR first_polled_at <= as_of_at - INTERVAL 7 DAYS AND last_listed_at IS NULL THEN 'quiet'
      WHEN last_polled_at <= as_of_at - INTERVAL 3 DAYS AND next_poll_at <= as_of_at - INTERVAL 1 DAY THEN 'quiet'
      WHEN expected_24h IS NULL AND as_of_at - last_listed_at > INTERVAL 3 DAYS AND (daily_median_28d >= 1 OR as_of_at - last_listed_at > 3 * mean_pause)
        THEN 'quiet'
      WHEN first_polled_at > as_of_at - INTERVAL 7 DAYS THEN 'new'
      ELSE 'healthy'
    END AS state
  FROM first_seen
  FULL JOIN noted USING (source_id)
  CROSS JOIN clock
  LEFT JOIN core.source USING (source_id)
  LEFT JOIN feeds USING (source_id)
  LEFT JOIN item USING (source_id)
  LEFT JOIN news USING (source_id)
  LEFT JOIN usual USING (source_id)
  LEFT JOIN gap USING (source_id)
  LEFT JOIN refused USING (source_id)
  LEFT JOIN alarm USING (source_id)
  LEFT JOIN held USING (source_id)
  LEFT JOIN expected USING (source_id)
  WHERE first_polled_at IS NOT NULL OR last_noted_at > as_of_at - INTERVAL 14 DAYS
)
SELECT
  source_id,
  source_name,
  state,
  CASE state
    WHEN 'paused' THEN pause.reason
    WHEN 'blocked' THEN CASE
      WHEN look_count >= 5 AND refused_count >= 0.6 * look_count
      THEN format('{} of its last {} pages were refused: {}', refused_count, look_count, refusal)
      ELSE format('all of its feeds are refused: {}', fault)
    END
    WHEN 'failing' THEN format('none of {} feeds can be read: {}', feed_count, fault)
    WHEN 'quiet' THEN CASE
      WHEN first_polled_at IS NULL THEN 'it was never polled'
      WHEN silence IS NOT NULL THEN silence.cause
      WHEN last_polled_at <= as_of_at - INTERVAL 3 DAYS THEN 'it is not polled any more'
      WHEN last_listed_at IS NULL THEN 'nothing was ever listed'
      WHEN coalesce(daily_median_28d, 0) < 1 THEN 'nothing new is listed for over three times its usual pause'
      ELSE format('nothing new is listed, where {:g} articles a day are usual', daily_median_28d)
    END
    WHEN 'new' THEN CASE WHEN first_polled_at IS NULL THEN 'not polled yet' ELSE 'first polled less than 7 days ago' END
    WHEN 'healthy' THEN CASE
      WHEN failing_feed_count + retired_feed_count > 0
      THEN format('{} of {} feeds cannot be read: {}', failing_feed_count + retired_feed_count, feed_count, fault)
    END
  END AS cause,
  CASE state
    WHEN 'paused' THEN pause.since_at
    WHEN 'blocked' THEN coalesce(refused_since_at, failing_since_at)
    WHEN 'failing' THEN failing_since_at
    WHEN 'quiet' THEN coalesce(silence.since_at, last_listed_at, first_polled_at, noted_at)
    WHEN 'new' THEN coalesce(first_polled_at, noted_at)
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
  open_gap_count,
  expected_24h,
  seen_24h,
  coalesce(look_count, 0) AS look_count,
  round(refused_count / look_count, 4) AS refused_share,
  quarantined_count,
  open_alarm_count,
  pause.reason AS pause_reason
FROM judged
