-- Who covered an event, when, and how many hours after the first?
-- Name the event by words that its articles hold. Equal story_id: the same text, or one made from it; is_copy: of an earlier one.
WITH found AS (
  SELECT article_id FROM search_articles('council harbour', 500)
)
SELECT
  published_at,
  round((epoch(published_at) - min(epoch(published_at)) OVER ()) / 3600, 1) AS hours_after_first,
  source_name,
  country,
  title,
  agency,
  story_id,
  row_number() OVER (PARTITION BY story_id ORDER BY NOT is_published_certain, published_at, article_id) > 1 AS is_copy
FROM mart.article
WHERE article_id IN (SELECT article_id FROM found)
ORDER BY published_at
