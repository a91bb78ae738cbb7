-- request: one row a backfill that a person asked for; asked twice, it is one.
-- key: request_id
-- merge: newest asked_at
SELECT request_id, source_id, input_kind, input_address, from_on, to_on, hosts, url_pattern, max(asked_at) AS asked_at
FROM raw.request
GROUP BY ALL
