-- Nothing is in the ledger that was never listed or fetched; asked when the whole history is checked.
SELECT NULL AS batch_id, format('{} {} was never listed', source_id, coalesce(url, entry_id::VARCHAR)) AS finding
FROM mart.ledger AS told
WHERE getvariable('since_seq') < 0
  AND NOT EXISTS (FROM raw.entry AS entry WHERE entry.source_id = told.source_id AND entry.entry_id = told.entry_id)
  AND NOT EXISTS (FROM raw.fetch AS page WHERE page.source_id = told.source_id AND page.entry_id = told.entry_id)
  AND NOT EXISTS (FROM raw.tombstone AS gone WHERE gone.source_id = told.source_id AND gone.entry_id = told.entry_id)
