-- What was changed without a word: another text, under no later date of change?
-- Only where pages give a date of change at all, and more than counters or typography changed.
-- none is right where nothing was changed so.
SELECT
  source_id, article_id, revision_number, first_seen_at, modified_at, title_before, title,
  paragraphs_changed, paragraphs_added, paragraphs_removed
FROM mart.revision
WHERE is_stealth
ORDER BY first_seen_at DESC
LIMIT 100
