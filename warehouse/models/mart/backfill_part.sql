-- mart.backfill_part: one row a part of a backfill's input: how far it was read since it was last begun, and whether that is all of it.
-- grain: part_id
-- kind: view
-- What ended badly is begun anew when somebody asks for it again. A part is lost where a batch of the time in which it was
-- read was taken out since: what it listed may be gone with it.
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
),
part AS (
  SELECT
    part_id,
    any_value(request_id) AS request_id,
    any_value(part_address) AS part_address,
    any_value(part_on) AS part_on,
    last(is_done ORDER BY read_at, is_done, load_seq) AS is_done,
    last(outcome ORDER BY read_at, is_done, load_seq) AS outcome,
    last(detail ORDER BY read_at, is_done, load_seq) AS detail,
    last(not_before_at ORDER BY read_at, is_done, load_seq) AS not_before_at,
    any_value(begun_at) AS begun_at,
    max(read_at) AS read_at,
    sum(found_count)::BIGINT AS found_count,
    sum(outside_count)::BIGINT AS outside_count,
    sum(erased_count)::BIGINT AS erased_count,
    sum(unusable_count)::BIGINT AS unusable_count,
    sum(fault_count)::BIGINT AS fault_count
  FROM told
  WHERE begun_at IS NULL OR read_at >= begun_at
  GROUP BY part_id
),
held AS (
  SELECT *, coalesce((SELECT bool_or(sealed_at BETWEEN part.begun_at AND part.read_at) FROM taken_out), false) AS is_lost
  FROM part
)
SELECT *, NOT is_done OR outcome <> 'ok' OR coalesce(fault_count > 0, false) OR is_lost AS is_unread
FROM held
