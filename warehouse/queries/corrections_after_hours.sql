-- Which articles were changed long after they came out?
-- More than trivially, an hour or more after publication; hours are to when we saw it, not to when it was done.
-- none is right where nothing was changed so late.
SELECT
  revision.source_id,
  article.title,
  revision.revision_number,
  round((epoch(revision.first_seen_at) - epoch(article.published_at)) / 3600, 1) AS hours_after,
  len(revision.paragraphs_changed) AS changed_count,
  len(revision.paragraphs_added) AS added_count,
  len(revision.paragraphs_removed) AS removed_count,
  revision.is_stealth
FROM mart.revision AS revision
JOIN core.article AS article USING (article_id)
WHERE revision.revision_number > 1 AND NOT revision.is_trivial
  AND revision.first_seen_at > article.published_at + INTERVAL 1 HOUR
ORDER BY hours_after DESC
LIMIT 100
