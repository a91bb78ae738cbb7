-- search_articles(query, k, source_id, language, since, until): the k best articles that hold all the query's words, best first.
-- kind: table
-- All but the query have defaults: 20 articles, of all sources, languages and times; `since` is in, `until` is not. Where no
-- article holds all words, those that hold the most. A "phrase in quotes" is looked for in the texts of the 100 best. Of a query
-- the first 32 terms count; where together they stand in articles more than a million times, the rarest of them.
-- What is in quarantine is left out. BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009, section 3).
CREATE OR REPLACE MACRO search_articles(
  query, k := 20, source_id := NULL, language := NULL, since := NULL, until := NULL
) AS TABLE (
  WITH asked AS MATERIALIZED (
    SELECT term_key(term) AS term_key
    FROM (SELECT unnest(list_slice(list_distinct(terms(left(query, 10000))), 1, 32)) AS term)
  ),
  spread AS (
    SELECT asked.term_key, coalesce(sum(posting_count), 0) AS posting_count
    FROM asked
    LEFT JOIN core.common_term AS common ON common.term_key = asked.term_key
    GROUP BY asked.term_key
  ),
  wanted AS MATERIALIZED (
    SELECT spread.term_key
    FROM spread
    WINDOW rarest AS (ORDER BY posting_count, spread.term_key ROWS UNBOUNDED PRECEDING)
    QUALIFY sum(posting_count) OVER rarest <= 1000000 OR row_number() OVER rarest = 1
  ),
  hit AS MATERIALIZED (
    SELECT
      posting.term_key, posting.term_count, posted.article_number, posted.term_count AS length,
      (source_id IS NULL OR posted.source_id = source_id)
        AND (language IS NULL OR posted.language = language)
        AND (since IS NULL OR posted.published_at >= since::TIMESTAMPTZ)
        AND (until IS NULL OR posted.published_at < until::TIMESTAMPTZ) AS is_asked
    FROM core.posting AS posting
    JOIN wanted ON wanted.term_key = posting.term_key
    JOIN core.posted AS posted ON posted.article_number = posting.article_number
  ),
  corpus AS (
    SELECT count(*) AS article_count, greatest(avg(posted.term_count), 1) AS mean_length FROM core.posted AS posted
  ),
  rarity AS (
    SELECT hit.term_key, ln(1 + (any_value(article_count) - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM hit, corpus
    GROUP BY hit.term_key
  ),
  scored AS MATERIALIZED (
    SELECT
      hit.article_number,
      count(*) AS matched_count,
      sum(idf * term_count * 2.2 / (term_count + 1.2 * (0.25 + 0.75 * length / mean_length))) AS score
    FROM hit
    JOIN rarity ON rarity.term_key = hit.term_key, corpus
    WHERE is_asked
    GROUP BY hit.article_number
  ),
  phrase AS MATERIALIZED (
    SELECT told_words(unnest(regexp_extract_all(left(query, 10000), '"([^"]+)"', 1))) AS words
  ),
  best AS MATERIALIZED (
    SELECT posted.article_id, round(scored.score, 3) AS score
    FROM scored
    JOIN core.posted AS posted ON posted.article_number = scored.article_number
    WHERE matched_count = (SELECT max(matched_count) FROM scored)
      AND posted.article_id NOT IN (SELECT suspect.article_id FROM core.suspect AS suspect WHERE suspect.is_held)
    ORDER BY 2 DESC, posted.article_id
    LIMIT greatest(k, 100)
  ),
  ranked AS (
    SELECT best.article_id, best.score, row_number() OVER (ORDER BY best.score DESC, best.article_id) AS place FROM best
  ),
  -- by row number, so that texts are unpacked where there is a phrase, and for these articles alone
  place AS MATERIALIZED (
    SELECT article.rowid AS row_id, ranked.score
    FROM core.article AS article
    JOIN ranked ON ranked.article_id = article.article_id
    WHERE ranked.place <= k OR EXISTS (FROM phrase)
  ),
  unsaid AS (
    SELECT told.row_id
    FROM (
      SELECT article.rowid AS row_id, told_words(article.title) AS title, told_words(article.text) AS text
      FROM core.article AS article
      WHERE article.rowid IN (SELECT place.row_id FROM place WHERE EXISTS (FROM phrase))
    ) AS told
    JOIN phrase ON NOT contains(told.title, phrase.words) AND NOT contains(told.text, phrase.words)
  )
  SELECT place.score, article.article_id, article.source_id, article.published_at, article.title, article.url
  FROM place
  JOIN core.article AS article ON article.rowid = place.row_id
  WHERE place.row_id NOT IN (SELECT unsaid.row_id FROM unsaid)
  ORDER BY place.score DESC, article.article_id
  LIMIT k
);
