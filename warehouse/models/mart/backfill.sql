-- mart.backfill: one row a backfill request: what was asked for, how far its input was read, and whether all of it is proven.
-- grain: request_id
-- kind: view
WITH request AS (
  SELECT
    request_id,
    any_value(source_id) AS source_id,
    any_value(input_kind) AS input_kind,
    any_value(input_address) AS input_address,
    any_value(from_on) AS from_on,
    any_value(to_on) AS to_on,
    any_value(hosts) AS hosts,
    any_value(url_pattern) AS url_pattern,
    min(asked_at) AS asked_at
  FROM raw.request
  GROUP BY request_id
),
progress AS (
  SELECT
    request_id,
    count(*) AS part_count,
    count(*) FILTER (is_unread) AS unread_part_count,
    max(not_before_at) FILTER (NOT is_done) AS not_before_at,
    max(read_at) AS read_at,
    sum(found_count)::BIGINT AS found_count,
    sum(outside_count)::BIGINT AS outside_count,
    sum(erased_count)::BIGINT AS erased_count,
    sum(unusable_count)::BIGINT AS unusable_count,
    sum(fault_count)::BIGINT AS fault_count
  FROM mart.backfill_part
  GROUP BY request_id
),
certified AS (
  SELECT
    request_id,
    sum(listed_count)::BIGINT AS listed_count,
    sum(held_count)::BIGINT AS held_count,
    sum(added_count)::BIGINT AS added_count,
    sum(duplicate_count)::BIGINT AS duplicate_count,
    sum(rejected_count)::BIGINT AS rejected_count,
    sum(failed_count)::BIGINT AS failed_count,
    sum(waiting_count)::BIGINT AS waiting_count,
    sum(missing_count)::BIGINT AS missing_count,
    count(DISTINCT counted_on) AS day_count,
    bool_and(is_signed) AS is_signed
  FROM mart.backfill_day
  GROUP BY request_id
)
SELECT
  request.request_id,
  request.source_id,
  request.input_kind,
  request.input_address,
  request.from_on,
  request.to_on,
  request.hosts,
  request.url_pattern,
  request.asked_at,
  progress.read_at,
  coalesce(progress.part_count, 0) AS part_count,
  coalesce(progress.unread_part_count, 0) AS unread_part_count,
  progress.not_before_at,
  coalesce(progress.found_count, 0) AS found_count,
  coalesce(progress.outside_count, 0) AS outside_count,
  coalesce(progress.erased_count, 0) AS erased_count,
  coalesce(progress.unusable_count, 0) AS unusable_count,
  coalesce(progress.fault_count, 0) AS fault_count,
  coalesce(certified.listed_count, 0) AS listed_count,
  coalesce(certified.held_count, 0) AS held_count,
  coalesce(certified.added_count, 0) AS added_count,
  coalesce(certified.duplicate_count, 0) AS duplicate_count,
  coalesce(certified.rejected_count, 0) AS rejected_count,
  coalesce(certified.failed_count, 0) AS failed_count,
  coalesce(certified.waiting_count, 0) AS waiting_count,
  coalesce(certified.missing_count, 0) AS missing_count,
  coalesce(certified.is_signed, progress.unread_part_count = 0, false) AS is_signed
FROM request
LEFT JOIN progress USING (request_id)
LEFT JOIN certified USING (request_id)
