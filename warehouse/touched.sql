-- Which entries and articles the batches loaded after `since_seq` may have changed; models are built for these alone.
-- An article's home: all captures of an entry belong to the article that its first loaded capture named, so that a page
-- whose canonical address moves later is one article with one history. Look-back: all captures of what is touched.
CREATE OR REPLACE TEMP TABLE landed AS
SELECT entry_id FROM raw.entry WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.fetch WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.extraction WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.rejection WHERE load_seq > getvariable('since_seq');

-- entries that ever named an article which a landed entry named: among them are all that share a home with it
CREATE OR REPLACE TEMP TABLE near AS
WITH named AS (
  SELECT DISTINCT article_id FROM raw.extraction WHERE entry_id IN (SELECT entry_id FROM landed)
),
akin AS (
  SELECT DISTINCT entry_id FROM raw.extraction WHERE article_id IN (SELECT article_id FROM named)
)
SELECT entry_id, first(article_id ORDER BY load_seq, fetched_at, fetch_id) AS article_id
FROM raw.extraction
WHERE entry_id IN (SELECT entry_id FROM akin)
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
FROM raw.extraction
JOIN touched_home AS home USING (entry_id)
WHERE load_seq <= getvariable('since_seq');

CREATE OR REPLACE TEMP TABLE built_entry AS
SELECT entry_id FROM raw.entry
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry)
UNION
SELECT entry_id FROM raw.fetch
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry);
