-- journal: one row a batch for which nothing is owed: it is loaded, or quarantined.
-- key: batch_id
SELECT batch_id FROM raw.batch
UNION
SELECT batch_id FROM raw.quarantine
