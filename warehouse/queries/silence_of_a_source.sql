-- Which sources are silent, since when and why?
-- The sick ones first. quiet: its feeds answer and bring nothing; failing: none of them can be read.
SELECT source_id, state, cause, state_since_at, last_article_at, article_count_7d, daily_median_28d, failing_feed_count, feed_count
FROM mart.source_health
ORDER BY state = 'failing' DESC, state = 'quiet' DESC, state_since_at, source_id
