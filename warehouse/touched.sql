-- Which entries and articles the batches loaded after `since_seq` may have changed; models are built for these alone.
-- An article's home: all captures of an entry belong to the article that its first loaded capture named, so that a page
-- whose canonical address moves later, or is read otherwise by a later version, is one article with one history. An article
-- that began with the text with which an earlier one of its source began, under the same slug or guid, is that one, at another
-- address. All of it is decided by what was loaded until an entry's first page, so that nothing later moves a home.
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
SELECT entry_id FROM raw.confirmation WHERE load_seq > getvariable('since_seq')
UNION
SELECT entry_id FROM raw.tombstone WHERE load_seq > getvariable('since_seq') AND entry_id IS NOT NULL;

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
-- and who had one of their texts: among them is their article at other addresses
twin AS (
  SELECT DISTINCT entry_id FROM told
  WHERE content_hash IN (SELECT content_hash FROM told WHERE entry_id IN (SELECT entry_id FROM akin))
),
shifted AS (
  SELECT DISTINCT content_hash FROM told WHERE entry_id IN (SELECT entry_id FROM twin)
)
SELECT entry_id FROM told WHERE content_hash IN (SELECT content_hash FROM shifted)
EXCEPT
SELECT entry_id FROM landed;

-- what was erased left raw, and its tombstone tells what it was: a text that it carried gets another carrier
INSERT INTO landed
SELECT entry_id FROM told
WHERE content_hash IN (SELECT unnest(carried_hashes) FROM raw.tombstone WHERE load_seq > getvariable('since_seq'))
EXCEPT
SELECT entry_id FROM landed;

-- an alarm that holds back what a source's pages say since its beginning, or gives it back
INSERT INTO landed
WITH alarm AS (
  SELECT source_id, min(since_at) AS since_at
  FROM raw.alarm
  WHERE load_seq > getvariable('since_seq') AND getvariable('since_seq') >= 0 AND alarm_kind IN ('drift', 'quarantined')
  GROUP BY source_id
)
SELECT DISTINCT visit.entry_id
FROM raw.fetch AS visit
JOIN alarm ON alarm.source_id = visit.source_id AND visit.fetched_at >= alarm.since_at
WHERE visit.outcome = 'ok'
EXCEPT
SELECT entry_id FROM landed;

-- entries that ever named an article which one of `given` named, each with its opening: what its first page told. Among them
-- are all whose openings name the same article as one of `given`.
CREATE OR REPLACE TEMP MACRO openings(given) AS TABLE (
  WITH named AS (
    SELECT DISTINCT article_id FROM told WHERE entry_id IN (SELECT entry_id FROM query_table(given))
  ),
  akin AS (
    SELECT DISTINCT entry_id FROM told WHERE article_id IN (SELECT article_id FROM named)
  )
  SELECT
    entry_id,
    min({'load_seq': load_seq, 'fetched_at': fetched_at, 'fetch_id': fetch_id, 'article_id': article_id,
      'content_hash': content_hash}) AS opening
  FROM told
  WHERE article_id IS NOT NULL AND entry_id IN (SELECT entry_id FROM akin)
  GROUP BY entry_id
);

CREATE OR REPLACE TEMP TABLE opened AS FROM openings('landed');

-- pages of several entries of one source that have one text and one name: of their addresses, or by their feeds as they were
-- when the pages came. What is listed later changes no home.
CREATE OR REPLACE TEMP TABLE same_text AS
SELECT content_hash, entry_id, fetch_id, min(load_seq) AS load_seq
FROM told
WHERE content_hash IN (SELECT opening.content_hash FROM opened)
GROUP BY content_hash, entry_id, fetch_id
QUALIFY min(entry_id) OVER (PARTITION BY content_hash) <> max(entry_id) OVER (PARTITION BY content_hash);

-- by row number, so that the addresses and guids of others are not unpacked (300 -> 20 ms a batch at 1,000,000 stored)
CREATE OR REPLACE TEMP TABLE visit_place AS
SELECT rowid AS row_id FROM raw.fetch WHERE fetch_id IN (SELECT fetch_id FROM same_text);

CREATE OR REPLACE TEMP TABLE same_source AS
SELECT content_hash, source_id, page.entry_id, page.fetch_id, page.load_seq, coalesce(final_url, url) AS url
FROM (SELECT fetch_id, source_id, final_url, url FROM raw.fetch WHERE rowid IN (SELECT row_id FROM visit_place)) AS visit
JOIN same_text AS page ON page.fetch_id = visit.fetch_id
QUALIFY min(page.entry_id) OVER (PARTITION BY source_id, content_hash)
  <> max(page.entry_id) OVER (PARTITION BY source_id, content_hash);

CREATE OR REPLACE TEMP TABLE listing_place AS
SELECT rowid AS row_id FROM raw.entry WHERE entry_id IN (SELECT entry_id FROM same_source);

CREATE OR REPLACE TEMP TABLE listing AS
SELECT source_id, entry_id, guid, load_seq AS listed_seq FROM raw.entry WHERE rowid IN (SELECT row_id FROM listing_place);

CREATE OR REPLACE TEMP TABLE twin AS
WITH called AS (
  SELECT content_hash, source_id, entry_id, fetch_id, 'slug' AS alias_reason, unnest(slugs(url)) AS name, day_of(url) AS url_day
  FROM same_source
  UNION
  SELECT content_hash, source_id, entry_id, fetch_id, 'guid', guid, NULL
  FROM same_source
  JOIN listing USING (source_id, entry_id)
  WHERE listed_seq <= load_seq AND regexp_matches(guid, '[0-9]{4}|^[^/]{16,}$')
)
SELECT content_hash, source_id, entry_id, fetch_id, alias_reason, name, url_day
FROM called
WINDOW called_so AS (PARTITION BY source_id, content_hash, alias_reason, name)
QUALIFY min(entry_id) OVER called_so <> max(entry_id) OVER called_so;

INSERT INTO opened
FROM openings('twin') ANTI JOIN opened USING (entry_id);

-- an article that began as a twin of an earlier one is that one
CREATE OR REPLACE TEMP TABLE renamed AS
WITH RECURSIVE beginning AS (
  SELECT opening.article_id AS article_id, min(opening) AS opening FROM opened GROUP BY opening.article_id
),
twinned AS (
  SELECT
    article_id, alias_reason, url_day,
    first({'opening': opening, 'article_id': article_id, 'url_day': url_day} ORDER BY opening)
      OVER (PARTITION BY source_id, twin.content_hash, alias_reason, name) AS earliest
  FROM beginning
  JOIN twin ON twin.fetch_id = opening.fetch_id AND twin.content_hash = opening.content_hash
),
earlier AS (
  SELECT
    article_id,
    min({'opening': earliest.opening, 'is_guid': alias_reason = 'guid', 'alias_reason': alias_reason,
      'article_id': earliest.article_id}) AS earliest
  FROM twinned
  -- what an address says daily under one name (a forecast, a wall) is another article on another day
  WHERE earliest.article_id <> article_id AND NOT coalesce(earliest.url_day <> url_day, false)
  GROUP BY article_id
),
-- the earlier one may have been an earlier one's twin, by another name
traced AS (
  SELECT article_id, earliest.article_id AS home_id, earliest.alias_reason AS alias_reason FROM earlier
  UNION ALL
  SELECT traced.article_id, earlier.earliest.article_id, traced.alias_reason
  FROM traced
  JOIN earlier ON earlier.article_id = traced.home_id
)
SELECT traced.article_id, home_id, alias_reason FROM traced ANTI JOIN earlier ON earlier.article_id = traced.home_id;

CREATE OR REPLACE TEMP TABLE near AS
SELECT
  entry_id, coalesce(home_id, opening.article_id) AS article_id, coalesce(alias_reason, 'canonical') AS alias_reason
FROM opened
LEFT JOIN renamed ON renamed.article_id = opening.article_id;

CREATE OR REPLACE TEMP TABLE touched_article AS
SELECT article_id FROM near WHERE entry_id IN (SELECT entry_id FROM landed)
UNION
SELECT article_id FROM raw.tombstone WHERE load_seq > getvariable('since_seq') AND article_id IS NOT NULL;

CREATE OR REPLACE TEMP TABLE touched_home AS
SELECT entry_id, article_id, alias_reason FROM near WHERE article_id IN (SELECT article_id FROM touched_article);

CREATE OR REPLACE TEMP TABLE touched_entry AS
SELECT entry_id FROM landed
UNION
SELECT entry_id FROM touched_home;

-- those of them that an earlier build has rows of: only these need to be taken out before they are written anew
CREATE OR REPLACE TEMP TABLE built_article AS
SELECT home.article_id
FROM told
JOIN touched_home AS home USING (entry_id)
WHERE load_seq <= getvariable('since_seq')
UNION
SELECT article_id FROM raw.tombstone
WHERE getvariable('since_seq') >= 0 AND load_seq > getvariable('since_seq') AND article_id IS NOT NULL;

CREATE OR REPLACE TEMP TABLE built_entry AS
SELECT entry_id FROM raw.entry
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry)
UNION
SELECT entry_id FROM raw.fetch
WHERE load_seq <= getvariable('since_seq') AND entry_id IN (SELECT entry_id FROM touched_entry)
UNION
SELECT entry_id FROM raw.tombstone
WHERE getvariable('since_seq') >= 0 AND load_seq > getvariable('since_seq') AND entry_id IS NOT NULL;
