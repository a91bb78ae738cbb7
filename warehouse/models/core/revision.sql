-- core.revision: one row a distinct headline and text of an article, in the order in which they were first captured.
-- grain: article_id, revision_number
-- kind: table
-- touched by: article_id
-- Both are told apart under one extractor version and rule: what only a change of these reads otherwise is no revision. Where a
-- page gives no headline, it is the one before, or else the one after.
WITH capture AS (
  SELECT
    article_id, fetch_id, load_seq, fetched_at, readers, content_hash,
    CASE WHEN folded_line(title) <> '' THEN title END AS title,
    row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, captured_seq, fetch_id) AS place
  FROM core.verdict
  WHERE is_article AND article_id IN (SELECT article_id FROM touched_article)
),
said AS (
  SELECT article_id, place, readers, 'text' AS part, content_hash AS words
  FROM capture
  UNION ALL
  SELECT article_id, place, readers, 'title', folded_line(title)
  FROM capture
  WHERE title IS NOT NULL
),
-- a reader is a version with a rule; who confirmed a verdict has read the page, too
reading AS (
  SELECT
    article_id, part, place,
    min(place) OVER (PARTITION BY article_id, part, reader) AS first_place,
    min(place) OVER (PARTITION BY article_id, part) AS opening_place
  FROM (SELECT article_id, part, place, unnest(readers) AS reader FROM said) AS page
),
-- words are new if a reader of their first page had read a page before, as something else
begun AS (
  SELECT article_id, part, words
  FROM (SELECT article_id, part, words, min(place) AS place FROM said GROUP BY article_id, part, words) AS page
  JOIN reading USING (article_id, part, place)
  WHERE place = opening_place OR first_place < place
  GROUP BY article_id, part, words
),
-- any others are those before them, read otherwise, wherever they are met again
settled AS (
  SELECT article_id, part, place, first_value(begun_words) OVER (PARTITION BY article_id, part, words ORDER BY place) AS words
  FROM (
    SELECT said.*, last_value(begun.words IGNORE NULLS) OVER (PARTITION BY article_id, part ORDER BY place) AS begun_words
    FROM said
    LEFT JOIN begun USING (article_id, part, words)
  ) AS carried
),
page AS (
  SELECT
    capture.article_id, capture.fetch_id, capture.load_seq, capture.fetched_at, place, text_said.words AS text_words,
    coalesce(last_value(title_said.words IGNORE NULLS) OVER up_to, first_value(title_said.words IGNORE NULLS) OVER after)
      AS title_words,
    coalesce(last_value(capture.title IGNORE NULLS) OVER up_to, first_value(capture.title IGNORE NULLS) OVER after) AS title
  FROM capture
  JOIN settled AS text_said USING (article_id, place)
  LEFT JOIN settled AS title_said
    ON title_said.article_id = capture.article_id AND title_said.place = capture.place AND title_said.part = 'title'
  WHERE text_said.part = 'text'
  WINDOW
    up_to AS (PARTITION BY capture.article_id ORDER BY place),
    after AS (PARTITION BY capture.article_id ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
),
seen AS (
  SELECT
    article_id,
    text_words,
    title_words,
    min(place) AS place,
    min(fetched_at) AS first_seen_at,
    max(fetched_at) AS last_seen_at,
    count(*) AS capture_count,
    first({'fetch_id': fetch_id, 'load_seq': load_seq, 'title': title} ORDER BY place) AS capture
  FROM page
  GROUP BY article_id, text_words, title_words
)
SELECT
  seen.article_id,
  row_number() OVER article AS revision_number,
  extraction.content_hash,
  seen.first_seen_at,
  seen.last_seen_at,
  seen.capture_count,
  seen.capture.title AS title,
  CASE WHEN row_number() OVER article > 1 THEN title_words IS DISTINCT FROM lag(title_words) OVER article END AS is_retitled,
  CASE WHEN row_number() OVER article > 1 THEN text_words IS DISTINCT FROM lag(text_words) OVER article END AS is_reworded,
  extraction.modified_at,
  extraction.word_count,
  extraction.fetch_id,
  extraction.batch_id,
  extraction.load_seq
FROM seen
JOIN raw.extraction AS extraction
  ON extraction.load_seq = seen.capture.load_seq AND extraction.fetch_id = seen.capture.fetch_id
WINDOW article AS (PARTITION BY seen.article_id ORDER BY seen.place)
