-- Nothing is published more than a day after it was fetched, or before 1990.
SELECT batch_id, format('{} is dated {}', url, published_at) AS finding
FROM raw.extraction
WHERE load_seq > getvariable('since_seq')
  AND (published_at > fetched_at + INTERVAL 25 HOURS OR published_at < TIMESTAMPTZ '1990-01-01 00:00:00+00')
