-- What was changed after publication, revision by revision?
-- The newest edits first; paragraphs tell what was added, removed and changed since the revision before. Trivial ones are left out.
SELECT
  source_id, article_id, revision_number, first_seen_at, title, word_count,
  paragraphs_added, paragraphs_removed, paragraphs_changed
FROM mart.revision
WHERE revision_number > 1 AND NOT is_trivial
ORDER BY first_seen_at DESC
LIMIT 100
