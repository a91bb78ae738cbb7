-- Of stories that several sources ran: who was first, and how long after did the others follow?
-- Times that a page's text, its address or only our own visit told do not count for being first; nor does a mere day.
WITH recent AS (
  SELECT
    story_id, source_name, title, published_at,
    published_precision <> 'day' AND published_evidence NOT IN ('text', 'url', 'first-seen') AND NOT is_published_disputed
      AS is_trusted
  FROM mart.article
  WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
)
SELECT
  story_id,
  arg_min(title, {'late': NOT is_trusted, 'at': published_at}) AS title,
  arg_min(source_name, {'late': NOT is_trusted, 'at': published_at}) AS first_source,
  min(published_at) FILTER (is_trusted) AS first_published_at,
  count(DISTINCT source_name) AS source_count,
  round((epoch(max(published_at)) - epoch(min(published_at))) / 3600, 1) AS hours_until_last
FROM recent
GROUP BY story_id
HAVING count(DISTINCT source_name) > 1
ORDER BY source_count DESC, first_published_at
LIMIT 100
