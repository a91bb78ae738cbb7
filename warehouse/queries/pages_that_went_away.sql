-- Which articles did their publisher take down or move after they had been read?
-- Their texts are kept. gone_at: since when the page answers 404 or 410; moved_to: where it is now.
-- none is right where nothing was taken down.
SELECT source_id, title, url, published_at, gone_at, moved_to
FROM core.article
WHERE gone_at IS NOT NULL OR moved_to IS NOT NULL
ORDER BY gone_at DESC NULLS LAST
LIMIT 100
