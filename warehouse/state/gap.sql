-- gap: one row a poll that found its feed rolled over: entries may have come and gone since the poll before.
-- key: poll_id
SELECT poll_id, source_id, gap_from_at, polled_at AS gap_at
FROM raw.poll
WHERE gap_from_at IS NOT NULL
