-- How many articles and words did we know of each source a week ago?
-- As of the last publish that is seven days old, or of the first where the warehouse is younger: last week's number again.
-- It goes through all that was loaded by then; of a snapshot that is kept, `ingest query --as-of` asks at once.
SELECT source_id, count(*) AS article_count, sum(word_count)::BIGINT AS word_count, max(published_at) AS last_published_at
FROM articles_as_of(coalesce(load_seq_at(now() - INTERVAL 7 DAYS), (SELECT min(published_through_seq) FROM mart.snapshot)))
GROUP BY source_id
ORDER BY source_id
