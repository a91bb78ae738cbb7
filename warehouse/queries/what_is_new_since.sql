-- What changed since I last looked?
-- Keep the largest change_seq that you have seen, and put it in place of 0. Articles that are gone are not in it:
-- `ingest export --incremental` tells of these, too.
SELECT change_seq, article_id, title
FROM core.article
WHERE change_seq > 0
ORDER BY change_seq, article_id
