-- What is in `lost_line` are repeated lines no longer, and the articles that still have one are signed again with it.
DELETE FROM core.repeated_line USING lost_line
WHERE repeated_line.source_id = lost_line.source_id AND repeated_line.line_key = lost_line.line_key;

CREATE OR REPLACE TEMP TABLE known AS
WITH holding AS (
  SELECT DISTINCT article_key, published_at FROM core.line SEMI JOIN lost_line USING (source_id, line_key)
)
SELECT article_key, article_id, source_id, title, published_at, content_hash
FROM core.signature
SEMI JOIN holding USING (article_key, published_at);

CREATE OR REPLACE TEMP TABLE unsigned AS
SELECT
  known.article_key, row_number() OVER (ORDER BY known.published_at, known.article_id) - 1 AS place,
  known.article_id, known.source_id, known.title, known.published_at, known.content_hash, page.fetch_id, page.load_seq
FROM known
JOIN core.current AS page ON page.article_id = known.article_id;
