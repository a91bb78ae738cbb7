-- Articles whose text was changed after publication, revision by revision.
SELECT article_id, revision_number, first_seen_at, title, word_count
FROM mart.revision
WHERE article_id IN (SELECT article_id FROM mart.article WHERE revision_count > 1)
ORDER BY article_id, revision_number
