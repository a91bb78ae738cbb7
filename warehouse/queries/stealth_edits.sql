-- Articles that were changed without a word: another text, under no later date of change.
SELECT
  source_id, article_id, revision_number, first_seen_at, modified_at, title_before, title,
  paragraphs_changed, paragraphs_added, paragraphs_removed
FROM mart.revision
WHERE is_stealth
ORDER BY first_seen_at DESC
