-- core.alarm: one row an alarm, or a person's decision about a source, as its last row tells it.
-- grain: alarm_id
-- kind: view
WITH told AS (
  SELECT
    alarm_id,
    min(noted_at) AS opened_at,
    first({'actor': actor, 'reason': reason} ORDER BY noted_at, load_seq) AS opened,
    last({'source_id': source_id, 'alarm_kind': alarm_kind, 'change': change, 'sign': sign, 'sign_value': sign_value,
      'since_at': since_at, 'ended_at': ended_at, 'expected_count': expected_count, 'alarm_count': alarm_count,
      'cause': cause, 'actor': actor, 'reason': reason, 'noted_at': noted_at} ORDER BY noted_at, load_seq, change DESC)
      AS latest,
    max(load_seq) AS change_seq
  FROM raw.alarm
  GROUP BY alarm_id
)
SELECT
  alarm_id,
  latest.source_id AS source_id,
  latest.alarm_kind AS alarm_kind,
  latest.sign AS sign,
  latest.sign_value AS sign_value,
  latest.change = 'opened' AS is_open,
  latest.since_at AS since_at,
  latest.ended_at AS ended_at,
  opened_at,
  CASE WHEN latest.change = 'cleared' THEN latest.noted_at END AS cleared_at,
  latest.expected_count AS expected_count,
  latest.alarm_count AS alarm_count,
  latest.cause AS cause,
  opened.actor AS actor,
  opened.reason AS reason,
  CASE WHEN latest.change = 'cleared' THEN latest.actor END AS cleared_by,
  CASE WHEN latest.change = 'cleared' THEN latest.reason END AS cleared_reason,
  change_seq
FROM told
