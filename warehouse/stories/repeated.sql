-- Which lines a source repeats: those of three of its articles within 30 days. `learnt` are new ones among the lines of this
-- step, `resigned` other articles that hold one of them: their signatures are made anew without it.
CREATE OR REPLACE TEMP TABLE seen_line AS
SELECT DISTINCT source_id, line_key FROM core.line SEMI JOIN signing USING (article_key, published_at);

INSERT INTO dropped_line
SELECT source_id, line_key FROM old_line ANTI JOIN seen_line USING (source_id, line_key);

SET VARIABLE line_from = (SELECT min(published_at) - INTERVAL 30 DAYS FROM signing);
SET VARIABLE line_until = (SELECT max(published_at) + INTERVAL 30 DAYS FROM signing);

CREATE OR REPLACE TEMP TABLE unlearnt_line AS
SELECT source_id, line_key FROM seen_line ANTI JOIN core.repeated_line USING (source_id, line_key);

-- by the number alone, which takes half the time, and then those rows, by their own numbers, and of them the source's
CREATE OR REPLACE TEMP TABLE near_line AS
WITH place AS MATERIALIZED (
  SELECT rowid AS row_id
  FROM core.line
  SEMI JOIN unlearnt_line USING (line_key)
  WHERE published_at BETWEEN getvariable('line_from') AND getvariable('line_until')
)
SELECT source_id, line_key, article_key, published_at
FROM (SELECT source_id, line_key, article_key, published_at FROM core.line WHERE rowid IN (SELECT row_id FROM place)) AS holding
SEMI JOIN unlearnt_line USING (source_id, line_key);

CREATE OR REPLACE TEMP TABLE learnt AS
SELECT DISTINCT source_id, line_key
FROM (
  SELECT
    source_id, line_key, published_at,
    lead(published_at, 2) OVER (PARTITION BY source_id, line_key ORDER BY published_at) AS third_at
  FROM near_line
)
WHERE third_at - published_at <= INTERVAL 30 DAYS;

CREATE OR REPLACE TEMP TABLE resigned AS
WITH holding AS (
  SELECT DISTINCT article_key, published_at
  FROM near_line
  SEMI JOIN learnt USING (source_id, line_key)
  ANTI JOIN signing USING (article_key)
)
SELECT article_key, article_id, source_id, title, published_at, content_hash, words
FROM core.signature
SEMI JOIN holding USING (article_key, published_at);
