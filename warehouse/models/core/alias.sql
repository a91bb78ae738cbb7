-- core.alias: one row an address of an article that has several.
-- grain: entry_id
-- kind: table
-- touched by: article_id
SELECT article_id, entry_id, home.alias_reason
FROM core.verdict AS page
JOIN touched_home AS home USING (article_id, entry_id)
WHERE is_article AND article_id IN (SELECT article_id FROM touched_article)
GROUP BY article_id, entry_id, home.alias_reason
QUALIFY count(*) OVER (PARTITION BY article_id) > 1
