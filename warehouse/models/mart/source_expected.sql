-- mart.source_expected: one row a source and day (UTC): new items that were to be expected by its habit, and how many were listed.
-- grain: source_id, listed_on
-- kind: view
-- Of the day of the last poll that is loaded, what was to be expected by then. Archives are no habit, and not counted.
WITH clock AS (
  SELECT max(polled_at) AS as_of_at FROM raw.poll
),
habit AS (
  SELECT source_id, expected_on AS listed_on, last(hour_counts ORDER BY learnt_at, load_seq) AS hour_counts
  FROM raw.expected
  GROUP BY source_id, expected_on
),
told AS (
  SELECT source_id, listed_on, hour_counts, (epoch(as_of_at) - epoch(listed_on)) / 3600 AS passed_h
  FROM habit, clock
),
seen AS (
  SELECT source_id, listed_on, count(*) AS seen_count
  FROM mart.ledger
  WHERE listed_by IS DISTINCT FROM 'archive'
  GROUP BY source_id, listed_on
)
SELECT
  told.source_id,
  told.listed_on,
  round(CASE
    WHEN passed_h >= 24 THEN list_sum(hour_counts)
    ELSE coalesce(list_sum(list_slice(hour_counts, 1, floor(passed_h)::BIGINT)), 0)
      + (passed_h - floor(passed_h)) * hour_counts[floor(passed_h)::BIGINT + 1]
  END, 2) AS expected_count,
  coalesce(seen_count, 0) AS seen_count
FROM told
LEFT JOIN seen ON seen.source_id = told.source_id AND seen.listed_on = told.listed_on
WHERE passed_h >= 0
