-- part: one row a part of a request's input: how far it was read, by the newest word on it.
-- key: part_id
-- merge: newest read_at
-- What is lost (mart/backfill_part.sql says when) is to be begun anew.
WITH told AS (
  SELECT
    *,
    max(read_at) FILTER (position = 0 AND NOT is_done AND outcome = 'ok') OVER (PARTITION BY part_id) AS begun_at
  FROM raw.part
),
taken_out AS (
  SELECT strptime(left(batch_id, 22), '%Y%m%dT%H%M%S%fZ') AT TIME ZONE 'UTC' AS sealed_at
  FROM raw.quarantine
  WHERE split_part(batch_id, '-', 2) IN ('listing', 'pages', 'request')
)
SELECT
  part_id,
  request_id,
  part_address,
  part_on,
  position,
  is_done,
  outcome,
  not_before_at,
  read_at,
  coalesce(
    (SELECT bool_or(sealed_at >= told.begun_at AND (NOT told.is_done OR sealed_at <= told.read_at)) FROM taken_out), false
  ) AS is_lost
FROM told
QUALIFY row_number() OVER (PARTITION BY part_id ORDER BY read_at DESC, is_done DESC, position DESC) = 1
