-- No state is a residual: each is proven by what it says. Waiting has a next attempt; failed has none, and by the ladder none
-- is left (macros/allowed_attempts.sql); stored is an article, the entry's own; duplicate has a target that is there;
-- rejected has a verdict that counts, or was erased.
WITH item AS (
  SELECT
    source_id, entry_id, url, state, reason, article_id, duplicate_of, fetch_count, attempt, http_status, next_attempt_at
  FROM mart.ledger
  WHERE change_seq > getvariable('since_seq')
),
proven AS (
  SELECT item.*, CASE state
    WHEN 'stored' THEN EXISTS (
      FROM core.article AS article
      WHERE article.article_id = item.article_id AND article.source_id = item.source_id AND article.entry_id = item.entry_id
        AND article.duplicate_of IS NULL
    ) AND (reason = 'quarantined') = EXISTS (
      FROM core.suspect AS suspect WHERE suspect.article_id = item.article_id AND suspect.is_held
    )
    WHEN 'duplicate' THEN duplicate_of IN (SELECT article_id FROM core.article)
    WHEN 'rejected' THEN CASE reason
      WHEN 'erased' THEN entry_id IN (SELECT entry_id FROM raw.tombstone WHERE entry_id IS NOT NULL)
      ELSE (entry_id, reason) IN (SELECT (entry_id, reason) FROM core.verdict WHERE NOT is_article)
    END
    WHEN 'failed' THEN next_attempt_at IS NULL AND fetch_count > 0 AND (
      allowed_attempts(reason, http_status) = 1 OR attempt >= allowed_attempts(reason, http_status)
    )
    WHEN 'waiting' THEN next_attempt_at IS NOT NULL
  END AS is_proven
  FROM item
)
-- the ladder's next attempt is the fetch's own word; what was loaded long ago is not to blame for what is derived of it
SELECT
  CASE WHEN state = 'failed' THEN (
    SELECT last(batch_id ORDER BY fetched_at, load_seq, fetch_id) FROM raw.fetch WHERE raw.fetch.entry_id = proven.entry_id
  ) END AS batch_id,
  format('{} {} is {} with reason {}, which nothing proves',
    source_id, coalesce(url, entry_id::VARCHAR), coalesce(state, 'in no state'), coalesce(reason, 'none')) AS finding
FROM proven
WHERE is_proven IS NOT TRUE OR reason IS NULL
