-- mart.backfill_hole: one row an item that a backfill request listed and that is no article: what another input may have.
-- grain: request_id, source_id, entry_id
-- kind: view
-- Pages that are no article by what they are (sections, briefs) are no holes, and neither is what was erased.
WITH listed AS (
  SELECT request_id, source_id, entry_id, min(counted_on) AS counted_on
  FROM raw.listed
  GROUP BY request_id, source_id, entry_id
),
address AS (
  SELECT source_id, entry_id, first(url ORDER BY listed_at, feed_id) AS url
  FROM raw.entry
  WHERE feed_kind = 'archive'
  GROUP BY source_id, entry_id
)
SELECT
  listed.request_id,
  listed.source_id,
  listed.entry_id,
  listed.counted_on,
  coalesce(ledger.url, address.url) AS url,
  coalesce(ledger.state, 'missing') AS state,
  ledger.reason,
  ledger.http_status,
  ledger.next_attempt_at
FROM listed
LEFT JOIN mart.ledger AS ledger USING (source_id, entry_id)
LEFT JOIN address USING (source_id, entry_id)
WHERE ledger.state IS NULL OR ledger.state IN ('failed', 'waiting')
  OR ledger.state = 'rejected' AND ledger.reason NOT IN ('erased', 'section_page', 'too_short')
