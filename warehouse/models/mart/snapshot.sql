-- mart.snapshot: one row a publish, newest last: the file that you have open is the last of them.
-- grain: snapshot_id
-- kind: view
SELECT
  snapshot_id,
  published_at,
  published_through_seq,
  file_bytes,
  elapsed_ms,
  snapshot_id = max(snapshot_id) OVER () AS is_this_file
FROM raw.publish
ORDER BY snapshot_id
