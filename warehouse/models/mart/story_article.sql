-- mart.story_article: one row an article of a story: who ran it, when, and how much of which other article it is.
-- grain: article_id
-- kind: view
WITH link AS (
  SELECT article_key, other_article_key AS like_key, likeness_kind, share, other_share AS like_share, jaccard, matched_count
  FROM core.likeness
  WHERE likeness_kind <> 'overlap'
  UNION ALL
  SELECT other_article_key, article_key, likeness_kind, other_share, share, jaccard, matched_count
  FROM core.likeness
  WHERE likeness_kind <> 'overlap'
),
closest AS (
  SELECT
    link.article_key,
    arg_max({'article_id': other.article_id, 'likeness_kind': likeness_kind, 'share': share, 'like_share': like_share,
      'jaccard': jaccard, 'matched_count': matched_count}, {'jaccard': jaccard, 'nearness': -like_key}) AS link
  FROM link
  JOIN core.signature AS other ON other.article_key = link.like_key
  GROUP BY link.article_key
)
SELECT
  joined.story_id,
  joined.article_id,
  article.source_id,
  article.url,
  article.title,
  article.published_at,
  article.published_evidence,
  article.word_count,
  article.agency,
  closest.link.article_id AS like_article_id,
  closest.link.likeness_kind AS likeness_kind,
  closest.link.share AS share,
  closest.link.like_share AS like_share,
  closest.link.jaccard AS jaccard,
  closest.link.matched_count AS matched_count,
  article.change_seq
FROM core.story_article AS joined
JOIN core.article AS article ON article.article_id = joined.article_id
LEFT JOIN closest USING (article_key)
