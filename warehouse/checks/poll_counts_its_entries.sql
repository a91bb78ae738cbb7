-- A poll says how many entries it recorded, and that many are there.
WITH recorded AS (
  SELECT poll_id, count(*) AS row_count FROM raw.entry WHERE load_seq > getvariable('since_seq') GROUP BY poll_id
)
SELECT
  poll.batch_id,
  format('the poll of {} at {} recorded {} entries, {} are here',
    poll.feed_id, poll.polled_at, poll.recorded_count, coalesce(row_count, 0)) AS finding
FROM raw.poll AS poll
LEFT JOIN recorded USING (poll_id)
WHERE poll.load_seq > getvariable('since_seq') AND poll.recorded_count <> coalesce(row_count, 0)
