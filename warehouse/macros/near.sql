-- near(article_id, k): the k articles most like it, by the terms that tell most of it; it and copies of its text are left out.
-- kind: table
-- The 32 terms of most weight by BM25 (a word of the title counts three times) are looked for, a million postings at most, the
-- rarest first; what holds three of them is like it, by the weights of both. Where scores are the same, what is nearer in time
-- comes first. How common a term is: core.common_term where there are full runs, else counted, and in the end counted for the 32.
CREATE OR REPLACE MACRO near(article_id, k := 20) AS TABLE (
  WITH own AS MATERIALIZED (
    SELECT posted.article_number, posted.published_at, article.row_id, article.content_hash, joined.story_id
    FROM core.posted AS posted
    JOIN (SELECT rowid AS row_id, core.article.article_id, core.article.content_hash FROM core.article) AS article
      ON article.article_id = posted.article_id
    LEFT JOIN core.story_article AS joined ON joined.article_id = posted.article_id
    WHERE posted.article_id = article_id::UUID AND article.article_id = article_id::UUID
  ),
  -- out of its words, as its postings stand apart from each other
  word AS (
    SELECT unnest(posted_terms(article.title)) AS term, 3 AS weight
    FROM core.article AS article
    WHERE article.rowid IN (SELECT own.row_id FROM own)
    UNION ALL
    SELECT unnest(posted_terms(article.text)), 1
    FROM core.article AS article
    WHERE article.rowid IN (SELECT own.row_id FROM own)
  ),
  said AS MATERIALIZED (
    SELECT term_key(term) AS term_key, 2.2 * least(sum(weight), 255) / (least(sum(weight), 255) + 1.2) AS own_weight
    FROM word
    GROUP BY term
  ),
  recent AS (
    SELECT posted.article_number
    FROM core.posted AS posted
    WHERE EXISTS (FROM own) AND NOT EXISTS (FROM core.posting_run AS run WHERE run.is_full)
  ),
  spread AS (
    SELECT said.term_key, common.posting_count
    FROM said
    JOIN core.common_term AS common ON common.term_key = said.term_key
    UNION ALL
    SELECT posting.term_key, count(*) AS posting_count
    FROM core.posting AS posting
    JOIN recent ON recent.article_number = posting.article_number
    JOIN said ON said.term_key = posting.term_key
    GROUP BY posting.term_key
  ),
  corpus AS MATERIALIZED (
    SELECT count(*) AS article_count, greatest(avg(posted.term_count), 1) AS mean_length FROM core.posted AS posted
  ),
  supposed AS (
    SELECT said.term_key, any_value(own_weight) AS own_weight, coalesce(sum(posting_count), 0) AS posting_count
    FROM said
    LEFT JOIN spread ON spread.term_key = said.term_key
    GROUP BY said.term_key
  ),
  wanted AS MATERIALIZED (
    SELECT supposed.term_key, own_weight, posting_count
    FROM supposed, corpus
    ORDER BY own_weight * ln(1 + greatest(article_count - posting_count, 0) / (posting_count + 0.5)) DESC, supposed.term_key
    LIMIT 32
  ),
  telling AS MATERIALIZED (
    SELECT wanted.term_key, own_weight
    FROM wanted
    QUALIFY sum(posting_count) OVER (ORDER BY posting_count, wanted.term_key ROWS UNBOUNDED PRECEDING) <= 1000000
  ),
  hit AS MATERIALIZED (
    SELECT posting.term_key, own_weight, posting.term_count, posted.article_number, posted.term_count AS length
    FROM core.posting AS posting
    JOIN telling ON telling.term_key = posting.term_key
    JOIN core.posted AS posted ON posted.article_number = posting.article_number
  ),
  rarity AS MATERIALIZED (
    SELECT hit.term_key, ln(1 + (any_value(article_count) - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM hit, corpus
    GROUP BY hit.term_key
    HAVING count(*) > 1
  ),
  scored AS (
    SELECT
      hit.article_number,
      sum(idf * own_weight * term_count * 2.2 / (term_count + 1.2 * (0.25 + 0.75 * length / mean_length))) AS score
    FROM hit
    JOIN rarity ON rarity.term_key = hit.term_key, corpus
    GROUP BY hit.article_number
    HAVING count(*) >= least(3, (SELECT count(*) FROM rarity))
  ),
  best AS MATERIALIZED (
    SELECT
      posted.article_id, round(scored.score, 1) AS score,
      abs(epoch(posted.published_at) - epoch(own.published_at)) AS apart_s
    FROM scored
    JOIN core.posted AS posted ON posted.article_number = scored.article_number, own
    WHERE posted.article_number <> own.article_number
      AND posted.article_id NOT IN (SELECT suspect.article_id FROM core.suspect AS suspect WHERE suspect.is_held)
    ORDER BY 2 DESC, 3, posted.article_id
    LIMIT k + 200
  ),
  -- by row number, and materialized, so that what is shown is read for these articles alone
  place AS MATERIALIZED (
    SELECT article.rowid AS row_id, best.score, best.apart_s
    FROM core.article AS article
    JOIN best ON best.article_id = article.article_id
  ),
  like_it AS MATERIALIZED (
    SELECT
      place.score, place.apart_s, article.article_id, article.source_id, article.published_at, article.title, article.url,
      article.content_hash
    FROM place
    JOIN core.article AS article ON article.rowid = place.row_id
  )
  SELECT
    like_it.score, like_it.article_id, like_it.source_id, like_it.published_at, like_it.title, like_it.url,
    coalesce(joined.story_id = own.story_id, false) AS is_same_story
  FROM like_it
  LEFT JOIN core.story_article AS joined ON joined.article_id = like_it.article_id, own
  WHERE like_it.content_hash <> own.content_hash
  ORDER BY like_it.score DESC, like_it.apart_s, like_it.article_id
  LIMIT k
);
