-- Which articles were met again under another address, and what told that they are the same?
-- The address under which the article was met first, and the other one.
-- none is right where each article has one address.
SELECT alias.source_id, article.title, entry.url, alias.url AS other_url, alias.alias_reason, alias.listed_at
FROM mart.alias AS alias
JOIN core.article AS article ON article.article_id = alias.article_id
JOIN core.entry AS entry ON entry.source_id = article.source_id AND entry.entry_id = article.entry_id
ORDER BY alias.listed_at DESC
LIMIT 100
