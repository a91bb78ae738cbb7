-- All articles whose story may be another now: those of $numbers, their stories' others, and what links lead to from there.
CREATE OR REPLACE TEMP TABLE neighbour AS
WITH RECURSIVE edge AS (
  SELECT article_key, other_article_key FROM core.likeness WHERE likeness_kind <> 'overlap'
  UNION ALL
  SELECT other_article_key, article_key FROM core.likeness WHERE likeness_kind <> 'overlap'
  UNION ALL
  SELECT article_key, story_key FROM core.story_article WHERE article_key <> story_key
  UNION ALL
  SELECT story_key, article_key FROM core.story_article WHERE article_key <> story_key
),
reached AS (
  SELECT unnest($keys) AS article_key
  UNION
  SELECT edge.other_article_key FROM reached JOIN edge USING (article_key)
)
-- in the order of their loading: the first of a story names it
SELECT article_key, row_number() OVER (ORDER BY origin.load_seq, origin.fetched_at, origin.article_id) AS place
FROM reached
JOIN core.signature AS signed USING (article_key)
JOIN core.origin AS origin ON origin.article_id = signed.article_id;

CREATE OR REPLACE TEMP TABLE neighbour_link AS
SELECT one.place, other.place AS other_place, likeness.jaccard
FROM core.likeness AS likeness
JOIN neighbour AS one ON one.article_key = likeness.article_key
JOIN neighbour AS other ON other.article_key = likeness.other_article_key
WHERE likeness.likeness_kind <> 'overlap';
