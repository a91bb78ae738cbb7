-- mart.story_doubt: one row a single link between two stories of three articles and more, which were therefore not made one.
-- grain: article_id, like_article_id
-- kind: view
SELECT
  one_story.story_id,
  one.article_id,
  doubt.article_count,
  other_story.story_id AS like_story_id,
  other.article_id AS like_article_id,
  doubt.other_article_count AS like_article_count
FROM core.story_doubt AS doubt
JOIN core.signature AS one ON one.article_key = doubt.article_key
JOIN core.signature AS other ON other.article_key = doubt.other_article_key
JOIN core.story_article AS one_story ON one_story.article_key = doubt.article_key
JOIN core.story_article AS other_story ON other_story.article_key = doubt.other_article_key
