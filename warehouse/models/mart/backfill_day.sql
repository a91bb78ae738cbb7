-- mart.backfill_day: one row a backfill request, source and day (UTC) of its range: what was listed for that day, what became of it, and whether that is proven to be all.
-- grain: request_id, source_id, counted_on
-- kind: view
-- A day is signed when every part that may hold it was read to its end without a fault, and every item that was listed is held
-- or in a final state of the ledger. Held counts the articles that were there before the request came to them, and still are.
WITH request AS (
  SELECT request_id, source_id, from_on, to_on
  FROM raw.request
  QUALIFY row_number() OVER (PARTITION BY request_id ORDER BY asked_at, load_seq) = 1
),
-- an item is told of several times where several parts list it, or captures of it
listed AS (
  SELECT request_id, source_id, entry_id, min(counted_on) AS counted_on, first(was_held ORDER BY listed_at, load_seq) AS was_held
  FROM raw.listed
  GROUP BY request_id, source_id, entry_id
),
-- captures that lie elsewhere, and what came of asking for them
capture AS (
  SELECT
    request_id, source_id, entry_id,
    bool_or(last_try.entry_id IS NULL OR last_try.next_attempt_at IS NOT NULL) AS is_owed
  FROM raw.listed AS told
  LEFT JOIN (
    SELECT
      entry_id, fetched_at AS captured_at,
      last(next_attempt_at ORDER BY outcome = 'ok', ingested_at, load_seq) AS next_attempt_at
    FROM raw.fetch
    WHERE capture_address IS NOT NULL
    GROUP BY ALL
  ) AS last_try USING (entry_id, captured_at)
  WHERE told.capture_address IS NOT NULL
  GROUP BY request_id, source_id, entry_id
),
item AS (
  SELECT
    listed.request_id, listed.source_id, listed.entry_id, listed.counted_on, ledger.reason,
    CASE
      WHEN ledger.entry_id IS NULL THEN 'missing'
      WHEN capture.is_owed THEN 'waiting'
      WHEN listed.was_held AND ledger.state IN ('stored', 'duplicate') THEN 'held'
      ELSE ledger.state
    END AS state
  FROM listed
  LEFT JOIN capture USING (request_id, source_id, entry_id)
  LEFT JOIN mart.ledger AS ledger ON ledger.source_id = listed.source_id AND ledger.entry_id = listed.entry_id
),
counted AS (
  SELECT
    request_id,
    source_id,
    counted_on,
    count(*) AS listed_count,
    count(*) FILTER (state = 'held') AS held_count,
    count(*) FILTER (state = 'stored') AS added_count,
    count(*) FILTER (state = 'duplicate') AS duplicate_count,
    count(*) FILTER (state = 'rejected') AS rejected_count,
    count(*) FILTER (state = 'failed') AS failed_count,
    count(*) FILTER (state = 'waiting') AS waiting_count,
    count(*) FILTER (state = 'missing') AS missing_count,
    histogram(reason) FILTER (state = 'rejected') AS rejected_reasons,
    histogram(reason) FILTER (state = 'failed') AS failed_reasons
  FROM item
  GROUP BY request_id, source_id, counted_on
),
asked_of AS (
  SELECT request_id, source_id FROM request WHERE source_id IS NOT NULL
  UNION
  SELECT request_id, source_id FROM listed
),
day AS (
  SELECT
    request_id,
    asked_of.source_id,
    unnest(generate_series(from_on::TIMESTAMP, to_on::TIMESTAMP, INTERVAL 1 DAY))::DATE AS counted_on
  FROM asked_of
  JOIN request USING (request_id)
),
-- a file that was begun on the evening before may reach into a day; what was read before a day was over cannot hold all of it
unread AS (
  SELECT
    day.request_id,
    day.source_id,
    day.counted_on,
    count(*) FILTER (is_unread OR coalesce(part.read_at < day.counted_on::TIMESTAMP AT TIME ZONE 'UTC' + INTERVAL 1 DAY, false))
      AS unread_part_count
  FROM day
  JOIN mart.backfill_part AS part ON part.request_id = day.request_id AND (part_on IS NULL OR day.counted_on - part_on BETWEEN 0 AND 1)
  GROUP BY ALL
),
known AS (
  SELECT request_id, count(*) AS all_part_count FROM mart.backfill_part GROUP BY request_id
)
SELECT
  day.request_id,
  day.source_id,
  day.counted_on,
  coalesce(listed_count, 0) AS listed_count,
  coalesce(held_count, 0) AS held_count,
  coalesce(added_count, 0) AS added_count,
  coalesce(duplicate_count, 0) AS duplicate_count,
  coalesce(rejected_count, 0) AS rejected_count,
  coalesce(failed_count, 0) AS failed_count,
  coalesce(waiting_count, 0) AS waiting_count,
  coalesce(missing_count, 0) AS missing_count,
  coalesce(rejected_reasons, MAP {})::MAP(VARCHAR, BIGINT) AS rejected_reasons,
  coalesce(failed_reasons, MAP {})::MAP(VARCHAR, BIGINT) AS failed_reasons,
  coalesce(unread_part_count, 0) AS unread_part_count,
  coalesce(all_part_count, 0) > 0 AND coalesce(unread_part_count, 0) = 0 AND coalesce(waiting_count, 0) = 0
    AND coalesce(missing_count, 0) = 0
    AND coalesce(listed_count = held_count + added_count + duplicate_count + rejected_count + failed_count, true) AS is_signed
FROM day
LEFT JOIN counted USING (request_id, source_id, counted_on)
LEFT JOIN unread USING (request_id, source_id, counted_on)
LEFT JOIN known USING (request_id)
