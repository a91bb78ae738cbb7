-- mart.topic_day: one row a topic of a language on a day (UTC): how many articles were published on it, against the 28 days before.
-- grain: topic_on, language, topic_kind, topic
-- kind: view
-- `trend` is how far the day is above its baseline, in units of what counts vary by chance (the square root of the baseline and
-- one more, so that what is met for the first time does not lead). Ask here for the days of a topic, and trending(day, k) for
-- the topics of a day: it gives the same numbers, and reads 29 days alone.
WITH day AS (
  SELECT
    topic_on,
    language,
    topic_kind,
    topic,
    count(*) AS article_count,
    count(DISTINCT source_id) AS source_count,
    count(DISTINCT coalesce(joined.story_id, article_id)) AS story_count
  FROM core.topic
  LEFT JOIN core.story_article AS joined USING (article_id)
  GROUP BY topic_on, language, topic_kind, topic
),
-- days without any news of a language are none: we were not there yet
known AS (
  SELECT topic_on, language, count(*) OVER (
      PARTITION BY language ORDER BY topic_on RANGE BETWEEN INTERVAL 28 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING
    ) AS day_count
  FROM (SELECT DISTINCT topic_on, language FROM core.topic) AS day
),
counted AS (
  SELECT
    *,
    coalesce(sum(article_count) OVER (
      PARTITION BY language, topic_kind, topic ORDER BY topic_on
      RANGE BETWEEN INTERVAL 28 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING
    ), 0) AS before_count
  FROM day
  WHERE topic_kind = 'tag' OR (
    (language, split_part(topic, ' ', 1)) NOT IN (SELECT (language, topic) FROM mart.stop_word)
    AND (language, split_part(topic, ' ', 2)) NOT IN (SELECT (language, topic) FROM mart.stop_word)
  )
)
SELECT
  topic_on,
  language,
  topic_kind,
  topic,
  article_count,
  source_count,
  story_count,
  round(before_count / greatest(day_count, 1), 3) AS baseline_count,
  round((article_count - before_count / greatest(day_count, 1)) / sqrt(before_count / greatest(day_count, 1) + 1), 3) AS trend
FROM counted
JOIN known USING (topic_on, language)
