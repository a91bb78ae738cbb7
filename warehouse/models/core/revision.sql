-- core.revision: one row a distinct text of an article, in the order in which they were first captured.
-- grain: article_id, revision_number
-- kind: table
-- touched by: article_id
-- Texts are told apart under one extractor version and rule: what only a change of these reads otherwise is no revision.
WITH capture AS (
  SELECT
    article_id, fetch_id, load_seq, fetched_at, content_hash, readers,
    row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, captured_seq, fetch_id) AS place
  FROM core.verdict
  WHERE is_article AND article_id IN (SELECT article_id FROM touched_article)
),
-- a reader is a version with a rule; who confirmed a verdict has read the page, too
reading AS (
  SELECT article_id, place, min(place) OVER (PARTITION BY article_id, reader) AS first_place
  FROM (SELECT article_id, place, unnest(readers) AS reader FROM capture) AS page
),
-- a text is a revision if a reader of its first page had read a page before, as something else
begun AS (
  SELECT article_id, content_hash
  FROM (SELECT article_id, content_hash, min(place) AS place FROM capture GROUP BY article_id, content_hash) AS page
  JOIN reading USING (article_id, place)
  WHERE place = 1 OR first_place < place
  GROUP BY article_id, content_hash
),
-- any other text is the one before it, read otherwise, wherever it is met again
settled AS (
  SELECT *, first_value(revision_hash) OVER (PARTITION BY article_id, content_hash ORDER BY place) AS settled_hash
  FROM (
    SELECT
      capture.*, last_value(begun.content_hash IGNORE NULLS) OVER (PARTITION BY article_id ORDER BY place) AS revision_hash
    FROM capture
    LEFT JOIN begun USING (article_id, content_hash)
  ) AS carried
),
text_seen AS (
  SELECT
    article_id,
    settled_hash AS content_hash,
    min(place) AS place,
    min(fetched_at) AS first_seen_at,
    max(fetched_at) AS last_seen_at,
    count(*) AS capture_count,
    first({'fetch_id': fetch_id, 'load_seq': load_seq} ORDER BY place) AS first_capture
  FROM settled
  GROUP BY article_id, settled_hash
)
SELECT
  text_seen.article_id,
  row_number() OVER (PARTITION BY text_seen.article_id ORDER BY text_seen.place) AS revision_number,
  text_seen.content_hash,
  text_seen.first_seen_at,
  text_seen.last_seen_at,
  text_seen.capture_count,
  extraction.title,
  extraction.modified_at,
  extraction.word_count,
  extraction.fetch_id,
  extraction.batch_id,
  extraction.load_seq
FROM text_seen
JOIN raw.extraction AS extraction
  ON extraction.load_seq = text_seen.first_capture.load_seq AND extraction.fetch_id = text_seen.first_capture.fetch_id
