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
  SELECT article_id, place, unnest(readers) AS reader FROM capture
),
first_reading AS (
  SELECT article_id, reader, min(place) AS place FROM reading GROUP BY article_id, reader
),
compared AS (
  SELECT reading.article_id, reading.place, min(first_reading.place) AS compared_place
  FROM reading
  JOIN first_reading USING (article_id, reader)
  GROUP BY reading.article_id, reading.place
),
-- a text is a revision if a reader of it had read the page before, as something else
judged AS (
  SELECT
    capture.*,
    bool_or(place = 1 OR (is_first AND compared_place < place)) OVER (PARTITION BY article_id, content_hash) AS is_revision
  FROM (SELECT *, place = min(place) OVER (PARTITION BY article_id, content_hash) AS is_first FROM capture) AS capture
  JOIN compared USING (article_id, place)
),
-- any other text is the one before it, read otherwise
carried AS (
  SELECT
    *,
    CASE WHEN is_revision THEN content_hash ELSE
      last_value(CASE WHEN is_revision THEN content_hash END IGNORE NULLS)
        OVER (PARTITION BY article_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    END AS revision_hash
  FROM judged
),
settled AS (
  SELECT *, first_value(revision_hash) OVER (PARTITION BY article_id, content_hash ORDER BY place) AS settled_hash
  FROM carried
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
