-- mart.stop_word: one row a word that tells nothing, by the titles of its language: it is in many of them, and no name.
-- grain: language, topic
-- kind: view
-- No list a language: in more than 1 % (and five) of the titles of the last 28 days, and in a fifth of these or more written
-- in lower case within the title. On 14,000 headlines this takes "the", "how", "mit", "nach" and leaves "Trump", "AI", "Berlin".
WITH span AS (
  SELECT max(topic_on) - 28 AS from_on FROM core.topic
),
title AS (
  SELECT coalesce(lower(split_part(language, '-', 1)), 'und') AS language, count(*) AS title_count
  FROM core.article
  WHERE title IS NOT NULL AND published_at >= (SELECT from_on FROM span)::TIMESTAMP AT TIME ZONE 'UTC'
  GROUP BY ALL
),
word AS (
  SELECT language, topic, count(*) AS article_count, count(*) FILTER (is_common) AS common_count
  FROM core.topic
  WHERE topic_kind = 'word' AND topic_on >= (SELECT from_on FROM span)
  GROUP BY language, topic
)
SELECT language, topic, article_count, round(article_count / title_count, 4) AS title_share
FROM word
JOIN title USING (language)
WHERE article_count > 5 + 0.01 * title_count AND common_count >= 0.2 * article_count
