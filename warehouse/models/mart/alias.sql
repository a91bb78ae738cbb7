-- mart.alias: one row an address under which an article was met again, and what tells that it is the same article.
-- grain: source_id, entry_id
-- kind: view
SELECT
  alias.article_id,
  alias.entry_id,
  listed.source_id,
  listed.url,
  listed.canonical_url,
  alias.alias_reason,
  listed.feed_id,
  listed.listed_by,
  listed.listed_at
FROM core.alias AS alias
JOIN core.article AS article ON article.article_id = alias.article_id
JOIN core.entry AS listed ON listed.entry_id = alias.entry_id
WHERE alias.entry_id <> article.entry_id
