-- What changed since I last looked?
-- Keep the change_seq and article_id of the last row that you have seen, put them in place of these, and ask again until nothing
-- comes. Articles that are gone are not in it: `ingest export --incremental` tells of these, too.
SELECT change_seq, article_id, title
FROM core.article
WHERE (change_seq, article_id) > (0, '00000000-0000-0000-0000-000000000000'::UUID)
ORDER BY change_seq, article_id
LIMIT 10000
