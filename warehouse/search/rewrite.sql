-- The runs between two numbers become one, without what articles said before: the part of their postings between two keys,
-- which is taken out and written again behind the part before it. Row groups of other parts and runs are passed over.
CREATE OR REPLACE TEMP TABLE rewritten AS
WITH standing AS (
  SELECT article_number FROM core.posted WHERE article_number BETWEEN $first AND $last
)
SELECT term_key, article_number, term_count
FROM core.posting
SEMI JOIN standing USING (article_number)
WHERE article_number BETWEEN $first AND $last AND term_key >= $from_key AND term_key < $until_key
ORDER BY term_key, term_count DESC, article_number;

DELETE FROM core.posting
WHERE article_number BETWEEN $first AND $last AND term_key >= $from_key AND term_key < $until_key;

INSERT INTO core.posting FROM rewritten;

INSERT INTO core.common_term BY NAME
SELECT $first::UINTEGER AS first_article_number, term_key, count(*)::UINTEGER AS posting_count
FROM rewritten
GROUP BY term_key
HAVING count(*) > 0.001 * (SELECT posted_count FROM core.posting_run WHERE first_article_number = $first)
ORDER BY term_key;

DROP TABLE rewritten;
