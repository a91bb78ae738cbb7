-- mart.revision: one row a distinct text of an article, with the text, in the order in which they were seen.
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
  revision.content_hash,
  revision.batch_id
FROM core.revision AS revision
JOIN core.article AS article USING (article_id)
JOIN raw.extraction AS extraction ON extraction.load_seq = revision.load_seq AND extraction.fetch_id = revision.fetch_id
