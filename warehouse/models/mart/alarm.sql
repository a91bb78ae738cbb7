-- mart.alarm: one row an alarm about a source (or the whole), or a person's decision about one: what, since when, why, and whether it is over.
-- grain: alarm_id
-- kind: view
WITH held AS (
  SELECT alarm_id, count(*) AS quarantined_count FROM core.suspect WHERE is_held GROUP BY alarm_id
)
SELECT
  alarm_id,
  alarm.source_id,
  source.source_name,
  alarm_kind,
  sign,
  is_open,
  since_at,
  ended_at,
  opened_at,
  cleared_at,
  expected_count,
  alarm_count,
  cause,
  actor,
  reason,
  cleared_by,
  cleared_reason,
  coalesce(held.quarantined_count, 0) AS quarantined_count,
  change_seq
FROM core.alarm AS alarm
LEFT JOIN core.source AS source ON source.source_id = alarm.source_id
LEFT JOIN held USING (alarm_id)
