-- What is to be signed: touched articles that their signature does not stand for (any more); `place` keeps those together
-- that were published at about the same time. And what is gone: signed, and no article any more.

-- the signatures that touched articles may have: none but those that an earlier build wrote, or all where all is built
CREATE OR REPLACE TEMP TABLE known AS
SELECT article_key, article_id, source_id, title, published_at, content_hash
FROM core.signature
WHERE getvariable('since_seq') < 0
UNION ALL
SELECT article_key, article_id, source_id, title, published_at, content_hash
FROM core.signature
SEMI JOIN built_article USING (article_id)
WHERE getvariable('since_seq') >= 0;

-- those that no earlier build knew have a late load_seq, by which DuckDB passes over all older ones
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT article_id FROM touched_article ANTI JOIN built_article USING (article_id);

CREATE OR REPLACE TEMP TABLE unsigned AS
WITH article AS (
  SELECT article_id, source_id, title, published_at, content_hash
  FROM core.article
  SEMI JOIN fresh USING (article_id)
  WHERE change_seq > getvariable('since_seq')
  UNION ALL
  SELECT article_id, source_id, title, published_at, content_hash FROM core.article SEMI JOIN built_article USING (article_id)
),
page AS (
  SELECT article_id, fetch_id, load_seq
  FROM core.current
  SEMI JOIN fresh USING (article_id)
  WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT article_id, fetch_id, load_seq FROM core.current SEMI JOIN built_article USING (article_id)
)
SELECT
  article_key(article.article_id) AS article_key,
  row_number() OVER (ORDER BY article.published_at, article.article_id) - 1 AS place,
  article.article_id, article.source_id, article.title, article.published_at, article.content_hash, page.fetch_id, page.load_seq
FROM article
JOIN page ON page.article_id = article.article_id
LEFT JOIN known ON known.article_id = article.article_id
WHERE (known.content_hash, known.published_at, known.source_id, known.title)
  IS DISTINCT FROM (article.content_hash, article.published_at, article.source_id, article.title);

CREATE OR REPLACE TEMP TABLE gone AS
WITH standing AS (
  SELECT article_id FROM core.article SEMI JOIN known USING (article_id)
)
SELECT article_key, published_at FROM known ANTI JOIN standing USING (article_id);

-- lines that articles no longer have: one of them may be no repeated line any more
CREATE OR REPLACE TEMP TABLE dropped_line AS
SELECT source_id, line_key FROM core.line SEMI JOIN gone USING (article_key, published_at);

-- what is signed from now on, with its id
CREATE OR REPLACE TEMP TABLE named (article_key BIGINT, article_id UUID);
