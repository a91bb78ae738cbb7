-- Which entries and articles the batches loaded after `since_seq` may have changed; models are built for these alone.
-- An article's home: all captures of an entry belong to the article that its first loaded capture named, so that a page
-- whose canonical address moves later, or is read otherwise by a later version, is one article with one history.
-- Look-back: all captures of what is touched.

-- every verdict that there ever was, on every page; a rejection names no article
CREATE OR REPLACE TEMP VIEW told AS
SELECT fetch_id, entry_id, fetched_at, article_id, content_hash, load_seq FROM raw.extraction
UNION ALL
SELECT fetch_id, entry_id, fetched_at, NULL, NULL, load_seq FROM raw.rejection
UNION ALL
SELECT fetch_id, entry_id, fetched_at, article_id, content_hash, load_seq FROM raw.superseded;

CREATE OR REPLACE TEMP TABLE landed AS
SELECT entry_id FROM raw.entry WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.fetch WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.extraction WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.rejection WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.confirmation WHERE load_seq > getvariable('since_seq');

-- a page that is read again may change which text its article begins with, and so who carries the old text and the new one
INSERT INTO landed
WITH again AS (
  SELECT entry_id FROM told
  WHERE getvariable('since_seq') >= 0 AND load_seq > getvariable('since_seq')
    AND load_seq IN (SELECT load_seq FROM raw.batch WHERE batch_kind = 'reprocess')
),
named AS (
  SELECT DISTINCT article_id FROM told WHERE entry_id IN (SELECT entry_id FROM again)
),
akin AS (
  SELECT DISTINCT entry_id FROM told WHERE article_id IN (SELECT article_id FROM named)
),
shifted AS (
  SELECT DISTINCT content_hash FROM told WHERE entry_id IN (SELECT entry_id FROM akin)
)
SELECT entry_id FROM told WHERE content_hash IN (SELECT content_hash FROM shifted)
EXCEPT
SELECT entry_id FROM landed;

-- entries that ever named an article which a landed entry named: among them are all that share a home with it
CREATE OR REPLACE TEMP TABLE near AS
WITH named AS (
  SELECT DISTINCT article_id FROM told WHERE entry_id IN (SELECT entry_id FROM landed)
),
akin AS (
  SELECT DISTINCT entry_id FROM told WHERE article_id IN (SELECT article_id FROM named)
)
SELECT entry_id, first(article_id ORDER BY load_seq, fetched_at, fetch_id) AS article_id
FROM told
WHERE article_id IS NOT NULL AND entry_id IN (SELECT entry_id FROM akin)
GROUP BY entry_id;

CREATE OR REPLACE TEMP TABLE touched_article AS
SELECT DISTINCT article_id FROM near WHERE entry_id IN (SELECT entry_id FROM landed);

CREATE OR REPLACE TEMP TABLE touched_home AS
SELECT entry_id, article_id FROM near WHERE article_id IN (SELECT article_id FROM touched_article);

CREATE OR REPLACE TEMP TABLE touched_entry AS
SELECT entry_id FROM landed
UNION
SELECT entry_id FROM touched_home;

-- those of them that an earlier build has rows of: only these need to be taken out before they are written anew
CREATE OR REPLACE TEMP TABLE built_article AS
SELECT DISTINCT home.article_id
FROM told
JOIN touched_home AS home USING (entry_id)
WHERE load_seq <= getvariable('since_seq');

CREATE OR REPLACE TEMP TABLE built_entry AS
SELECT entry_id FROM raw.entry
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry)
UNION
SELECT entry_id FROM raw.fetch
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry);
