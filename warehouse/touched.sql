-- Which entries and articles the batches loaded after `since_seq` may have changed; models are built for these alone.
-- Look-back: an article reaches back to all its own captures, and to nothing else.
CREATE OR REPLACE TEMP TABLE touched_entry AS
WITH landed AS (
  SELECT entry_id FROM raw.entry WHERE load_seq > getvariable('since_seq')
  UNION
  SELECT entry_id FROM raw.fetch WHERE load_seq > getvariable('since_seq')
  UNION
  SELECT entry_id FROM raw.extraction WHERE load_seq > getvariable('since_seq')
  UNION
  SELECT entry_id FROM raw.rejection WHERE load_seq > getvariable('since_seq')
),
-- entries that share an article stand or fall together: one is stored, the others are its duplicates
sharing AS (
  SELECT DISTINCT other.entry_id
  FROM raw.extraction AS own
  JOIN raw.extraction AS other ON other.article_id = own.article_id
  WHERE own.entry_id IN (SELECT entry_id FROM landed)
)
SELECT entry_id FROM landed
UNION
SELECT entry_id FROM sharing;

CREATE OR REPLACE TEMP TABLE touched_article AS
SELECT DISTINCT article_id
FROM raw.extraction
WHERE entry_id IN (SELECT entry_id FROM touched_entry);
