-- What waits to be fetched, why, since when, and when will it be tried?
-- Hours are to the last poll of any source. Waiting is no failure: a host asked for a pause, or a try is still to come.
-- none is right where all is fetched.
SELECT
  source_id,
  reason,
  count(*) AS item_count,
  round(max(epoch(as_of_at) - epoch(listed_at)) / 3600, 1) AS longest_hours,
  max(fetch_count) AS most_attempts,
  min(next_attempt_at) AS next_attempt_at
FROM mart.ledger, (SELECT max(polled_at) AS as_of_at FROM mart.feed_poll) AS clock
WHERE state = 'waiting'
GROUP BY source_id, reason
ORDER BY longest_hours DESC
