-- search_articles(query, k): the k best articles that hold all the query's words, best first.
-- kind: table
-- BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009, section 3).
CREATE OR REPLACE MACRO search_articles(query, k) AS TABLE (
  WITH wanted AS (
    SELECT DISTINCT unnest(terms(query)) AS term
  ),
  corpus AS (
    SELECT count(*) AS article_count, greatest(avg(word_count), 1) AS mean_words FROM core.article
  ),
  hit AS (
    SELECT article_id, term, term_count FROM core.posting WHERE term IN (SELECT term FROM wanted)
  ),
  rarity AS (
    SELECT term, ln(1 + (any_value(article_count) - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM hit, corpus
    GROUP BY term
  ),
  scored AS (
    SELECT
      hit.article_id,
      sum(idf * term_count * 2.2 / (term_count + 1.2 * (0.25 + 0.75 * word_count / mean_words))) AS score
    FROM hit
    JOIN rarity USING (term)
    JOIN core.article USING (article_id), corpus
    GROUP BY hit.article_id
    HAVING count(*) = (SELECT count(*) FROM wanted)
  )
  SELECT round(score, 3) AS score, article.article_id, article.source_id, article.published_at, article.title, article.url
  FROM scored
  JOIN core.article AS article USING (article_id)
  QUALIFY row_number() OVER (ORDER BY score DESC, article.article_id) <= k
  ORDER BY score DESC, article.article_id
);
