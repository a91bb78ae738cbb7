-- core.entry: one row an entry of a source: one URL, and what the source's feeds say of it.
-- grain: source_id, entry_id
-- kind: table
-- touched by: entry_id
WITH place AS MATERIALIZED (
  SELECT rowid AS row_id FROM raw.entry WHERE entry_id IN (SELECT entry_id FROM touched_entry)
),
-- by row number, so that what others say is not unpacked (430 -> 40 ms a build at 1,000,000 stored)
listing AS (
  SELECT
    source_id, entry_id, feed_id, feed_kind, listed_at, url, canonical_url, title, summary, authors, tags, image_url,
    published_at, published_offset_s, published_precision, modified_at, latitude, longitude, load_seq
  FROM raw.entry
  WHERE rowid IN (SELECT row_id FROM place)
),
-- the first fetch proves that its entry was listed, even where the batch with the listing was lost
fetched AS (
  SELECT source_id, entry_id, feed_id, 'feed' AS feed_kind, coalesce(ingested_at, fetched_at) AS listed_at, url, load_seq
  FROM raw.fetch
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
    AND (source_id, entry_id) NOT IN (SELECT (source_id, entry_id) FROM listing)
  QUALIFY row_number() OVER (PARTITION BY source_id, entry_id ORDER BY fetched_at, feed_id, load_seq) = 1
),
listed AS (
  SELECT * FROM listing
  UNION ALL BY NAME
  SELECT * FROM fetched
),
-- what is told last counts, and before all that what archives tell of the past; a listing that does not speak of it
-- (a sitemap has no authors) takes nothing back
said AS (
  SELECT
    source_id,
    entry_id,
    min(listed_at) AS listed_at,
    first(feed_id ORDER BY listed_at, feed_id, load_seq) AS feed_id,
    first(feed_kind ORDER BY listed_at, feed_id, load_seq) AS listed_by,
    first(url ORDER BY listed_at, feed_id, load_seq) AS url,
    first(canonical_url ORDER BY listed_at, feed_id, load_seq) AS canonical_url,
    last({'told': title, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (title IS NOT NULL) AS title,
    last({'told': summary, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (summary IS NOT NULL) AS summary,
    last({'told': authors, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (len(authors) > 0) AS authors,
    last({'told': tags, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (len(tags) > 0) AS tags,
    last({'told': image_url, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (image_url IS NOT NULL) AS image_url,
    -- the first date a feed gave: feeds bump it when they reshuffle
    first({'at': published_at, 'offset_s': published_offset_s, 'precision': published_precision, 'evidence': feed_kind}
      ORDER BY listed_at, feed_id, load_seq) FILTER (published_at IS NOT NULL) AS published,
    last({'latitude': latitude, 'longitude': longitude, 'by': feed_kind}
      ORDER BY feed_kind <> 'archive', listed_at, feed_id, load_seq) FILTER (latitude IS NOT NULL) AS place,
    max(modified_at) AS modified_at,
    max(load_seq) AS change_seq
  FROM listed
  GROUP BY source_id, entry_id
)
SELECT
  source_id,
  entry_id,
  listed_at,
  feed_id,
  listed_by,
  url,
  canonical_url,
  title.told AS title,
  summary.told AS summary,
  coalesce(authors.told, []) AS authors,
  coalesce(tags.told, []) AS tags,
  image_url.told AS image_url,
  published,
  place,
  kinds(title.by, summary.by, authors.by, tags.by, image_url.by, place.by) AS evidence,
  modified_at,
  change_seq
FROM said
