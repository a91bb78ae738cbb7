-- Lines that articles had, and that no three articles of their source have any more: they are repeated lines no longer, and
-- the articles that still have one are signed again with it.
CREATE OR REPLACE TEMP TABLE lost_line AS
WITH doubtful AS (
  SELECT source_id, line_key FROM dropped_line
  INTERSECT
  SELECT source_id, line_key FROM core.repeated_line
),
holding AS (
  SELECT
    source_id, line_key, published_at,
    lead(published_at, 2) OVER (PARTITION BY source_id, line_key ORDER BY published_at) AS third_at
  FROM core.line
  SEMI JOIN doubtful USING (source_id, line_key)
)
SELECT source_id, line_key FROM doubtful
EXCEPT
SELECT source_id, line_key FROM holding WHERE third_at - published_at <= INTERVAL 30 DAYS;

DELETE FROM core.repeated_line WHERE (source_id, line_key) IN (SELECT (source_id, line_key) FROM lost_line);

CREATE OR REPLACE TEMP TABLE unsigned AS
SELECT
  article_key, row_number() OVER (ORDER BY signed.published_at, signed.article_id) - 1 AS place,
  signed.article_id, signed.source_id, signed.title, signed.published_at, signed.content_hash, page.fetch_id, page.load_seq
FROM core.signature AS signed
JOIN core.current AS page ON page.article_id = signed.article_id
WHERE article_key IN (SELECT article_key FROM core.line SEMI JOIN lost_line USING (source_id, line_key));
