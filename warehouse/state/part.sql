-- part: one row a part of a request's input: how far it was read, by the newest word on it.
-- key: part_id
-- merge: newest read_at
SELECT part_id, request_id, part_address, part_on, position, is_done, outcome, not_before_at, read_at
FROM raw.part
QUALIFY row_number() OVER (PARTITION BY part_id ORDER BY read_at DESC, is_done DESC, position DESC) = 1
