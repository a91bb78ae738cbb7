-- visited: one row an entry that we fetched ourselves: its last fetch, the validators of the page we hold, and when it is due again.
-- key: entry_id
-- merge: newest fetched_at
-- Validators of a page that a whole history does not hold (its batch was taken out) are not handed on, and the entry is
-- due now; where there is no page at all, it starts over, unless its last look says that none would be found.
-- What is out of archives is in captured.sql, so that no past moves what is planned.
WITH fetched AS (
  SELECT
    *,
    coalesce(getvariable('is_whole'), false) AND outcome <> 'ok' AND body_hash IS NOT NULL
      AND NOT coalesce(list_contains(list(body_hash) FILTER (outcome = 'ok') OVER entry, body_hash), false) AS is_lost,
    bool_or(outcome = 'ok') OVER entry AS has_page
  FROM raw.fetch
  WHERE capture_address IS NULL
  WINDOW entry AS (PARTITION BY entry_id)
  QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY fetched_at DESC, fetch_id DESC) = 1
)
SELECT
  entry_id,
  source_id,
  feed_id,
  url,
  CASE WHEN has_page OR NOT is_lost THEN purpose END AS purpose,
  CASE WHEN has_page OR NOT is_lost THEN attempt END AS attempt,
  outcome,
  fetched_at,
  CASE
    WHEN is_lost AND outcome = 'not_modified' THEN fetched_at
    WHEN is_lost AND NOT has_page AND purpose = 'second_look' AND outcome NOT IN ('gone', 'robots_denied')
      THEN coalesce(next_attempt_at, fetched_at)
    ELSE next_attempt_at
  END AS next_attempt_at,
  CASE WHEN NOT is_lost THEN etag END AS etag,
  CASE WHEN NOT is_lost THEN last_modified END AS last_modified,
  CASE WHEN NOT is_lost THEN body_hash END AS body_hash,
  modified_at
FROM fetched
