-- paused: one row a source that a person ever paused: whether it is now, by the last word on it.
-- key: source_id
-- merge: newest noted_at
SELECT source_id, change = 'opened' AS is_paused, noted_at
FROM raw.alarm
WHERE alarm_kind = 'paused' AND source_id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY noted_at DESC, change = 'cleared') = 1
