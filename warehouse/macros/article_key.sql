-- article_key(article_id): the first 60 bits of an article's id, as a number: half the size, and the same wherever it is made.
-- kind: scalar
CREATE OR REPLACE MACRO article_key(article_id) AS ('0x' || left(replace(article_id::VARCHAR, '-', ''), 15))::BIGINT;
