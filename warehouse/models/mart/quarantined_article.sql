-- mart.quarantined_article: one row an article that is kept out of mart.article, with why; it comes back when that is over.
-- grain: article_id
-- kind: view
-- Columns as in mart.article. Back by itself: read anew without the sign, released, or taken for the new normal (core.suspect).
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
  article.links,
  article.image_url,
  article.image_caption,
  article.latitude,
  article.longitude,
  article.published_at,
  article.published_offset_s,
  article.published_precision,
  article.published_evidence,
  article.published_contradictions,
  cardinality(article.published_contradictions) > 0 AS is_published_disputed,
  is_certain_time(published_precision, published_evidence, cardinality(published_contradictions) > 0) AS is_published_certain,
  article.modified_at,
  article.first_seen_at,
  article.fetched_at,
  article.moved_to,
  article.gone_at,
  article.access,
  CASE article.access WHEN 'free' THEN true WHEN 'paid' THEN false END AS is_free,
  article.access_evidence,
  list_sort(list_distinct(list_concat(article.optouts, capture.optouts))) AS optouts,
  article.kind,
  article.evidence,
  article.revision_count,
  article.content_hash,
  article.duplicate_of,
  joined.story_id,
  article.extractor,
  article.extractor_version,
  article.rule_hash,
  capture.archive_path,
  capture.archive_offset,
  article.batch_id,
  greatest(article.change_seq, suspect.change_seq) AS change_seq,
  suspect.alarm_id,
  suspect.quarantine_cause
FROM core.article AS article
JOIN core.suspect AS suspect ON suspect.article_id = article.article_id
LEFT JOIN core.source AS source USING (source_id)
LEFT JOIN core.story_article AS joined ON joined.article_id = article.article_id
LEFT JOIN raw.fetch AS capture ON capture.fetch_id = article.fetch_id
WHERE suspect.is_held
