-- How did a term do, day by day?
-- Of late. Put another in place of the most frequent tag; topic_kind is tag, word or phrase (of headlines). All in lower case.
WITH asked AS (
  SELECT language, topic_kind, topic
  FROM core.topic
  WHERE topic_kind = 'tag' AND topic_on > (SELECT max(topic_on) FROM core.topic) - 28
  GROUP BY language, topic_kind, topic
  ORDER BY count(*) DESC, topic
  LIMIT 1
)
SELECT topic.topic, topic.topic_on, count(*) AS article_count, count(DISTINCT source_id) AS source_count
FROM core.topic AS topic
JOIN asked USING (language, topic_kind, topic)
WHERE topic.topic_on > (SELECT max(topic_on) FROM core.topic) - 28
GROUP BY topic.topic, topic.topic_on
ORDER BY topic.topic_on
