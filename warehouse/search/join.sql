-- The runs between two numbers are one from now on, which rewrite.sql fills.
DELETE FROM core.posting_run WHERE first_article_number BETWEEN $first AND $last;

INSERT INTO core.posting_run BY NAME
SELECT
  $first::UINTEGER AS first_article_number, $last::UINTEGER AS last_article_number, count(*)::UINTEGER AS posted_count,
  true AS is_full
FROM core.posted
WHERE article_number BETWEEN $first AND $last;

DELETE FROM core.common_term WHERE first_article_number BETWEEN $first AND $last;
