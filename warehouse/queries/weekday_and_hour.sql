-- At which hour of which weekday do sources publish?
-- On the publisher's own clock, by the offset that it gave; articles dated by day alone are left out. 1 is Monday.
SELECT
  isodow(local_at) AS weekday,
  hour(local_at) AS hour_of_day,
  count(*) AS article_count,
  count(DISTINCT source_id) AS source_count
FROM (
  SELECT source_id, (published_at AT TIME ZONE 'UTC') + to_seconds(published_offset_s) AS local_at
  FROM core.article
  WHERE published_precision <> 'day' AND published_offset_s IS NOT NULL
) AS published
GROUP BY weekday, hour_of_day
ORDER BY weekday, hour_of_day
