-- Rows that changed since a reader last asked: keep the largest change_seq and ask for larger ones.
SELECT change_seq, article_id, title
FROM mart.article
WHERE change_seq > 0
ORDER BY change_seq
LIMIT 100
