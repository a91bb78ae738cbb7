-- Articles and distinct texts by day of publication and source.
SELECT (published_at AT TIME ZONE 'UTC')::DATE AS published_on, source_name, count(*) AS article_count, count(DISTINCT story_id) AS text_count
FROM mart.article
GROUP BY published_on, source_name
ORDER BY published_on DESC, article_count DESC
