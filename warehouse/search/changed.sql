-- What is to be posted: touched articles that do not stand in core.posted as they are. Those that no earlier build knew have a
-- late change_seq, by which DuckDB passes over all older ones.
CREATE OR REPLACE TEMP TABLE held AS
SELECT article_number, article_id, source_id, language, published_at, term_count, said_key
FROM core.posted
WHERE getvariable('since_seq') < 0
UNION ALL
SELECT article_number, article_id, source_id, language, published_at, term_count, said_key
FROM core.posted
SEMI JOIN built_article USING (article_id)
WHERE getvariable('since_seq') >= 0;

CREATE OR REPLACE TEMP TABLE standing AS
WITH fresh AS (
  SELECT article_id FROM touched_article ANTI JOIN built_article USING (article_id)
),
article AS (
  SELECT rowid AS row_id, article_id, source_id, language, published_at, title, content_hash
  FROM core.article
  SEMI JOIN fresh USING (article_id)
  WHERE change_seq > getvariable('since_seq')
  UNION ALL
  SELECT rowid AS row_id, article_id, source_id, language, published_at, title, content_hash
  FROM core.article
  SEMI JOIN built_article USING (article_id)
)
SELECT
  row_id, article_id, source_id, language, published_at,
  md5_number_lower(concat_ws(chr(10), content_hash, title)) AS said_key
FROM article;

CREATE OR REPLACE TEMP TABLE unposted AS
SELECT
  row_number() OVER (ORDER BY row_id) AS place, row_id, article_id, source_id, language, published_at, said_key
FROM standing
ANTI JOIN held USING (article_id, said_key);

-- of those that say what they said, another source, language or time is noted under their number
CREATE OR REPLACE TEMP TABLE moved AS
SELECT
  held.article_number, article_id, standing.source_id, standing.language, standing.published_at, held.term_count, said_key
FROM standing
JOIN held USING (article_id, said_key)
WHERE (standing.source_id, standing.language, standing.published_at)
  IS DISTINCT FROM (held.source_id, held.language, held.published_at);

CREATE OR REPLACE TEMP TABLE outdated AS
SELECT article_number FROM held ANTI JOIN standing USING (article_id, said_key)
UNION ALL
SELECT article_number FROM moved;

DELETE FROM core.posted WHERE article_number IN (SELECT article_number FROM outdated);

INSERT INTO core.posted BY NAME FROM moved;

SET VARIABLE numbered_through = (SELECT coalesce(max(last_article_number), 0) FROM core.posting_run);
