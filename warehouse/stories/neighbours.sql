-- All articles whose story may be another now, in the order of their loading: the first of a story names it.
CREATE OR REPLACE TEMP TABLE neighbour AS
WITH standing AS (
  SELECT article_key, article_id FROM named
  UNION
  SELECT article_key, article_id FROM unjoined ANTI JOIN gone USING (article_key)
),
stored AS (
  SELECT article_id FROM standing ANTI JOIN fresh USING (article_id)
),
origin AS (
  SELECT article_id, load_seq, fetched_at FROM core.origin SEMI JOIN fresh USING (article_id) WHERE load_seq > getvariable('since_seq')
  UNION ALL
  SELECT article_id, load_seq, fetched_at FROM core.origin SEMI JOIN stored USING (article_id)
)
SELECT
  standing.article_key, standing.article_id,
  row_number() OVER (ORDER BY origin.load_seq, origin.fetched_at, origin.article_id) AS place
FROM standing
JOIN origin ON origin.article_id = standing.article_id;

CREATE OR REPLACE TEMP TABLE neighbour_link AS
SELECT one.place, other.place AS other_place, likeness.jaccard
FROM core.likeness AS likeness
JOIN neighbour AS one ON one.article_key = likeness.article_key
JOIN neighbour AS other ON other.article_key = likeness.other_article_key
WHERE likeness.likeness_kind <> 'overlap';
