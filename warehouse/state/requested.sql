-- requested: one row a request and what it listed: an entry, or a capture of one (`captured_at` is -infinity for no capture).
-- key: request_id, entry_id, captured_at
-- merge: newest listed_at
SELECT
  request_id,
  entry_id,
  coalesce(captured_at, '-infinity'::TIMESTAMPTZ) AS captured_at,
  part_id,
  source_id,
  counted_on,
  capture_address,
  capture_offset,
  capture_length,
  capture_digest,
  listed_at
FROM raw.listed
QUALIFY row_number() OVER (
  PARTITION BY request_id, entry_id, coalesce(captured_at, '-infinity'::TIMESTAMPTZ) ORDER BY listed_at DESC, part_id
) = 1
