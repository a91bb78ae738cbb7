-- The runs between two numbers become one, without what articles said before.
CREATE OR REPLACE TEMP TABLE rewritten AS
WITH standing AS (
  SELECT article_number FROM core.posted WHERE article_number BETWEEN $first AND $last
)
SELECT term_key, article_number, term_count
FROM core.posting
SEMI JOIN standing USING (article_number)
WHERE article_number BETWEEN $first AND $last
ORDER BY term_key, term_count DESC, article_number;

DELETE FROM core.posting WHERE article_number BETWEEN $first AND $last;

INSERT INTO core.posting FROM rewritten;

DELETE FROM core.posting_run WHERE first_article_number BETWEEN $first AND $last;

INSERT INTO core.posting_run BY NAME
SELECT
  $first::UINTEGER AS first_article_number, $last::UINTEGER AS last_article_number, count(*)::UINTEGER AS posted_count,
  true AS is_full
FROM core.posted
WHERE article_number BETWEEN $first AND $last;

DELETE FROM core.common_term WHERE first_article_number BETWEEN $first AND $last;

INSERT INTO core.common_term BY NAME
SELECT $first::UINTEGER AS first_article_number, term_key, count(*)::UINTEGER AS posting_count
FROM rewritten
GROUP BY term_key
HAVING count(*) > 0.001 * (SELECT posted_count FROM core.posting_run WHERE first_article_number = $first)
ORDER BY term_key;

DROP TABLE rewritten;
