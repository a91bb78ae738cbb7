-- Where are these words?
-- Best first: all words must be there if any article holds all; accents and case do not matter.
SELECT score, published_at, source_id, title, url
FROM search_articles('council harbour', k := 10)
