-- Which sites do articles link to, besides their own?
-- By the host of the link without www.; article_count counts a site once an article. Links stand in the text, not around it.
-- none is right where texts link to nobody else.
WITH link AS (
  SELECT
    article_id,
    source_id,
    regexp_extract(unnest(links), '^https?://(?:www\.)?([^/:?#]+)', 1) AS site,
    regexp_extract(url, '^https?://(?:www\.)?([^/:?#]+)', 1) AS own_site
  FROM core.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
)
SELECT site, count(DISTINCT article_id) AS article_count, count(DISTINCT source_id) AS source_count
FROM link
WHERE site <> '' AND site <> own_site
GROUP BY site
ORDER BY article_count DESC, site
LIMIT 100
