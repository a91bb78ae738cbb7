-- Articles that their publisher took down or moved after they had been read. Their texts are kept.
SELECT source_id, title, url, gone_at, moved_to
FROM mart.article
WHERE gone_at IS NOT NULL OR moved_to IS NOT NULL
ORDER BY gone_at DESC NULLS LAST
