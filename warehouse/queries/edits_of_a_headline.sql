-- Which headlines were changed after publication?
-- Before and after, with the time at which the new one was first seen; is_reworded: whether the text changed, too; title_now:
-- what it says today, since a headline that is put back is its first revision again.
-- none is right where no headline was changed.
SELECT revision.source_id, article_id, revision.first_seen_at, title_before, revision.title, article.title AS title_now, is_reworded
FROM mart.revision AS revision
JOIN core.article AS article USING (article_id)
WHERE is_retitled
ORDER BY revision.first_seen_at DESC
LIMIT 100
