-- What is to be signed: touched articles that their signature does not stand for (any more); `place` keeps those together
-- that were published at about the same time. And what is gone: signed, and no article any more.
CREATE OR REPLACE TEMP TABLE unsigned AS
SELECT
  article_key(article.article_id) AS article_key,
  row_number() OVER (ORDER BY article.published_at, article.article_id) - 1 AS place,
  article.article_id, article.source_id, article.title, article.published_at, article.content_hash, page.fetch_id, page.load_seq
FROM core.article AS article
JOIN core.current AS page ON page.article_id = article.article_id
LEFT JOIN core.signature AS signed ON signed.article_id = article.article_id
WHERE article.article_id IN (SELECT article_id FROM touched_article)
  AND (signed.content_hash, signed.published_at, signed.source_id, signed.title, signed.signature_version)
    IS DISTINCT FROM (article.content_hash, article.published_at, article.source_id, article.title, $version);

CREATE OR REPLACE TEMP TABLE gone AS
SELECT article_key
FROM core.signature AS signed
WHERE (getvariable('since_seq') < 0 OR signed.article_id IN (SELECT article_id FROM touched_article))
  AND NOT EXISTS (FROM core.article AS article WHERE article.article_id = signed.article_id);

-- lines that articles no longer have: one of them may be no repeated line any more
CREATE OR REPLACE TEMP TABLE dropped_line AS
SELECT source_id, line_key FROM core.line WHERE article_key IN (SELECT article_key FROM gone);
