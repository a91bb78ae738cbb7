-- mart.likeness: one row a pair of articles that share text, with what they share; `overlap` is no copy and links nothing.
-- grain: article_id, like_article_id
-- kind: view
SELECT
  one.article_id,
  other.article_id AS like_article_id,
  likeness.likeness_kind,
  likeness.share,
  likeness.other_share AS like_share,
  likeness.jaccard,
  likeness.matched_count,
  likeness.conflict_count
FROM core.likeness AS likeness
JOIN core.signature AS one ON one.article_key = likeness.article_key
JOIN core.signature AS other ON other.article_key = likeness.other_article_key
