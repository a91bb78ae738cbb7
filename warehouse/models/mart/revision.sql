-- mart.revision: one row a distinct headline and text of an article, in the order in which they were seen, with what changed from the one before.
-- grain: article_id, revision_number
-- kind: view
SELECT
  revision.article_id,
  article.source_id,
  revision.revision_number,
  revision.first_seen_at,
  revision.last_seen_at,
  revision.capture_count,
  revision.modified_at,
  revision.title,
  extraction.text,
  revision.word_count,
  edit.title_before,
  revision.is_retitled,
  revision.is_reworded,
  edit.paragraphs_added,
  edit.paragraphs_removed,
  edit.paragraphs_changed,
  edit.is_trivial,
  edit.is_stealth,
  revision.content_hash,
  revision.batch_id
FROM core.revision AS revision
JOIN core.article AS article USING (article_id)
JOIN raw.extraction AS extraction ON extraction.load_seq = revision.load_seq AND extraction.fetch_id = revision.fetch_id
LEFT JOIN core.edit AS edit ON edit.article_id = revision.article_id AND edit.revision_number = revision.revision_number
