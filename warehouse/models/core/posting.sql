-- core.posting: one row a term of an article, for search; words of the title count three times.
-- grain: article_id, term
-- kind: table
-- touched by: article_id
WITH word AS (
  SELECT article_id, unnest(terms(title)) AS term, 3 AS weight
  FROM core.article
  WHERE article_id IN (SELECT article_id FROM touched_article)
  UNION ALL
  SELECT article_id, unnest(terms(text)) AS term, 1 AS weight
  FROM core.article
  WHERE article_id IN (SELECT article_id FROM touched_article)
)
SELECT article_id, term, sum(weight)::INTEGER AS term_count
FROM word
GROUP BY article_id, term
