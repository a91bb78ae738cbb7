-- mart.article: one row an article, with its text, dates, people and source. Start here.
-- grain: article_id
-- kind: view
SELECT
  article.article_id,
  article.source_id,
  source.source_name,
  source.country,
  article.url,
  article.canonical_url,
  article.title,
  article.description,
  article.text,
  article.language,
  article.language_confidence,
  article.word_count,
  article.authors,
  article.agency,
  article.section,
  article.tags,
  article.image_url,
  article.published_at,
  article.published_offset_s,
  article.published_precision,
  article.published_evidence,
  article.modified_at,
  article.first_seen_at,
  article.fetched_at,
  article.is_free,
  article.access_evidence,
  article.kind,
  article.revision_count,
  article.content_hash,
  article.duplicate_of,
  article.story_id,
  article.extractor,
  article.extractor_version,
  capture.archive_path,
  capture.archive_offset,
  article.batch_id,
  article.change_seq
FROM core.article AS article
LEFT JOIN core.source AS source USING (source_id)
LEFT JOIN raw.fetch AS capture ON capture.fetch_id = article.fetch_id
