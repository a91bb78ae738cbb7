-- What do sources publish under which section?
-- Sections are the publishers' own words: they compare within a source, hardly between two.
SELECT source_id, section, count(*) AS article_count, round(avg(word_count)) AS mean_words
FROM core.article
WHERE section IS NOT NULL AND published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY source_id, section
ORDER BY source_id, article_count DESC
