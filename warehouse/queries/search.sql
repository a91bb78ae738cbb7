-- Full-text search, best first: all words must be there, accents and case do not matter.
SELECT score, published_at, source_id, title
FROM search_articles('council harbour', 10)
