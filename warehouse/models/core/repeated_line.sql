-- core.repeated_line: one row a line that a source repeats: it stood in three of its articles within 30 days.
-- grain: source_id, line_key
-- kind: kept
SELECT
  NULL::VARCHAR AS source_id,
  NULL::BIGINT AS line_key,
  NULL::VARCHAR AS line
WHERE false
