-- Why were pages no articles, week by week?
-- A reason that jumps in one source is most often a redesign or a wall: look at one of them with `ingest explain URL`.
SELECT
  date_trunc('week', listed_at AT TIME ZONE 'UTC')::DATE AS week_on,
  reason,
  count(*) AS item_count,
  count(DISTINCT source_id) AS source_count,
  mode(source_id) AS most_of_source,
  any_value(url) AS example_url
FROM mart.ledger
WHERE state = 'rejected' AND reason <> 'erased'
GROUP BY week_on, reason
ORDER BY week_on DESC, item_count DESC
