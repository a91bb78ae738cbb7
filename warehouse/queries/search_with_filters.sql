-- Where are these words, in one language, of one week?
-- Any of source_id, language, since and until may be left out; `since` is in, `until` is not.
SELECT score, published_at, source_id, title, url
FROM search_articles('council', k := 10, language := 'en', since := (SELECT max(published_at) FROM core.article) - INTERVAL 7 DAYS)
