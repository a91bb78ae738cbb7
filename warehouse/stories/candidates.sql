-- Pairs that are worth comparing: a `signed` article and any other published within a week of it, that share two keys or
-- all their words. A key holds at most 60 articles a week, the first ones, and an article is compared with at most 60:
-- templates, which share keys by the thousand, stay cheap, and a text that hundreds ran hangs together by its first ones.
CREATE OR REPLACE TEMP TABLE own_key AS
SELECT article_key, key, published_at FROM core.signature_key SEMI JOIN signed USING (article_key, published_at);

SET VARIABLE like_from = (SELECT min(published_at) - INTERVAL 7 DAYS FROM signed);
SET VARIABLE like_until = (SELECT max(published_at) + INTERVAL 7 DAYS FROM signed);

CREATE OR REPLACE TEMP TABLE near_key AS
SELECT article_key, key, published_at
FROM core.signature_key
SEMI JOIN own_key USING (key)
WHERE published_at BETWEEN getvariable('like_from') AND getvariable('like_until')
QUALIFY row_number() OVER (PARTITION BY key, epoch(published_at) // 604800 ORDER BY published_at, article_key) <= 60;

CREATE OR REPLACE TEMP TABLE candidate AS
WITH shared AS (
  SELECT own.article_key AS own_article_key, near.article_key AS near_article_key, count(*) AS key_count
  FROM own_key AS own
  JOIN near_key AS near ON near.key = own.key
    AND near.published_at BETWEEN own.published_at - INTERVAL 7 DAYS AND own.published_at + INTERVAL 7 DAYS
    AND near.article_key <> own.article_key
  GROUP BY own.article_key, near.article_key
  HAVING count(*) >= 2
  QUALIFY row_number() OVER (PARTITION BY own.article_key ORDER BY count(*) DESC, near.article_key) <= 60
),
same AS (
  SELECT own.article_key AS own_article_key, other.article_key AS near_article_key
  FROM signed AS own
  JOIN core.signature AS other ON other.text_key = own.text_key AND other.article_key <> own.article_key
    AND other.published_at BETWEEN own.published_at - INTERVAL 7 DAYS AND own.published_at + INTERVAL 7 DAYS
  WHERE other.published_at BETWEEN getvariable('like_from') AND getvariable('like_until')
  QUALIFY row_number() OVER (PARTITION BY own.article_key ORDER BY other.published_at, other.article_key) <= 60
)
SELECT DISTINCT least(own_article_key, near_article_key) AS article_key, greatest(own_article_key, near_article_key) AS other_article_key
FROM (SELECT own_article_key, near_article_key FROM shared UNION ALL SELECT own_article_key, near_article_key FROM same);

-- words are unpacked for thousands of rows at once: only for the time that any of the others is of
CREATE OR REPLACE TEMP TABLE wanted AS
WITH compared AS (
  SELECT article_key FROM candidate UNION SELECT other_article_key FROM candidate
)
SELECT article_key, published_at
FROM core.signature
SEMI JOIN compared USING (article_key)
ANTI JOIN signed USING (article_key)
WHERE published_at BETWEEN getvariable('like_from') AND getvariable('like_until');

SET VARIABLE wanted_from = (SELECT min(published_at) FROM wanted);
SET VARIABLE wanted_until = (SELECT max(published_at) FROM wanted);

CREATE OR REPLACE TEMP TABLE other_signature AS
SELECT article_key, source_id, title, words
FROM core.signature
SEMI JOIN wanted USING (article_key)
WHERE published_at BETWEEN getvariable('wanted_from') AND getvariable('wanted_until');
