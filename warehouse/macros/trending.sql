-- trending(day, k): the k topics of each language that rose most on a day (UTC) against the 28 days before, best first.
-- kind: table
-- Topics of two articles and more; the numbers are those of mart.topic_day. Sources and stories are counted for the k alone.
CREATE OR REPLACE MACRO trending(day, k) AS TABLE (
  WITH today AS MATERIALIZED (
    SELECT language, topic_kind, topic, count(*) AS article_count
    FROM core.topic
    WHERE topic_on = day::DATE
    GROUP BY language, topic_kind, topic
    HAVING count(*) > 1
  ),
  known AS (
    SELECT language, count(DISTINCT topic_on) AS day_count
    FROM core.topic
    WHERE topic_on >= day::DATE - 28 AND topic_on < day::DATE
    GROUP BY language
  ),
  before AS (
    SELECT language, topic_kind, topic, count(*) AS before_count
    FROM core.topic
    SEMI JOIN today USING (language, topic_kind, topic)
    WHERE topic_on >= day::DATE - 28 AND topic_on < day::DATE
    GROUP BY language, topic_kind, topic
  ),
  stop AS MATERIALIZED (
    SELECT language, topic FROM mart.stop_word
  ),
  counted AS (
    SELECT today.*, coalesce(before_count, 0) / greatest(coalesce(day_count, 0), 1) AS baseline_count
    FROM today
    LEFT JOIN known USING (language)
    LEFT JOIN before USING (language, topic_kind, topic)
    WHERE topic_kind = 'tag' OR (
      (language, split_part(topic, ' ', 1)) NOT IN (SELECT (language, topic) FROM stop)
      AND (language, split_part(topic, ' ', 2)) NOT IN (SELECT (language, topic) FROM stop)
    )
  ),
  best AS (
    SELECT *, round((article_count - baseline_count) / sqrt(baseline_count + 1), 3) AS trend
    FROM counted
    QUALIFY row_number() OVER (PARTITION BY language ORDER BY trend DESC, article_count DESC, topic_kind, topic) <= k
  ),
  spread AS (
    SELECT
      language,
      topic_kind,
      topic,
      count(DISTINCT source_id) AS source_count,
      count(DISTINCT coalesce(joined.story_id, article_id)) AS story_count
    FROM core.topic
    SEMI JOIN best USING (language, topic_kind, topic)
    LEFT JOIN core.story_article AS joined USING (article_id)
    WHERE topic_on = day::DATE
    GROUP BY language, topic_kind, topic
  )
  SELECT
    language,
    topic_kind,
    topic,
    article_count,
    source_count,
    story_count,
    round(baseline_count, 3) AS baseline_count,
    trend
  FROM best
  JOIN spread USING (language, topic_kind, topic)
  ORDER BY trend DESC, article_count DESC, language, topic_kind, topic
);
