-- core.article: one row an article, as its latest capture tells it, with what its feed adds.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH text_count AS (
  SELECT article_id, count(*) AS revision_count
  FROM core.revision
  WHERE article_id IN (SELECT article_id FROM touched_article)
  GROUP BY article_id
),
-- the first article that began with this text carries it for all others
carrier AS (
  SELECT content_hash, min({'captured_seq': captured_seq, 'fetched_at': fetched_at, 'article_id': article_id}) AS first
  FROM core.origin
  WHERE content_hash IN (SELECT content_hash FROM core.origin WHERE article_id IN (SELECT article_id FROM touched_article))
  GROUP BY content_hash
),
-- when an article with pages as early as the carrier's last read otherwise, and the text may have come to it or gone from it
shift AS (
  SELECT content_hash, max(change_seq) AS change_seq
  FROM (
    SELECT carrier.content_hash, shifted.shifted_seq AS change_seq
    FROM (
      SELECT load_seq, shifted_seq, unnest(shifted_hashes) AS content_hash FROM core.origin WHERE shifted_seq IS NOT NULL
    ) AS shifted
    JOIN carrier ON carrier.content_hash = shifted.content_hash AND shifted.load_seq <= carrier.first.captured_seq
    UNION ALL
    -- or when the article that carried it was erased
    SELECT carried.content_hash, carried.load_seq
    FROM (SELECT unnest(carried_hashes) AS content_hash, load_seq FROM raw.tombstone) AS carried
    SEMI JOIN carrier USING (content_hash)
  ) AS moved
  GROUP BY content_hash
)
SELECT
  article.article_id,
  origin.source_id,
  origin.entry_id,
  page.url,
  page.canonical_url,
  page.canonical_evidence,
  coalesce(page.title, entry.title) AS title,
  coalesce(page.description, entry.summary) AS description,
  page.text,
  page.language,
  page.language_confidence,
  page.word_count,
  CASE WHEN len(page.authors) > 0 THEN page.authors ELSE people(coalesce(entry.authors, []), origin.source_id) END
    AS authors,
  page.agency,
  page.section,
  CASE WHEN len(page.tags) > 0 THEN page.tags ELSE coalesce(entry.tags, []) END AS tags,
  page.links,
  coalesce(page.image_url, entry.image_url) AS image_url,
  page.image_caption,
  entry.place.latitude AS latitude,
  entry.place.longitude AS longitude,
  publication.published_at,
  publication.published_offset_s,
  publication.published_precision,
  publication.published_evidence,
  publication.published_contradictions,
  page.modified_at,
  article.first_seen_at,
  page.fetched_at,
  article.moved_to,
  article.gone_at,
  page.access,
  page.access_evidence,
  page.optouts,
  page.kind,
  map_concat(
    page.evidence,
    kinds(
      CASE WHEN page.title IS NULL THEN entry.evidence['title'] END,
      CASE WHEN page.description IS NULL THEN entry.evidence['description'] END,
      CASE WHEN len(page.authors) = 0 AND len(people(coalesce(entry.authors, []), origin.source_id)) > 0
        THEN entry.evidence['authors'] END,
      CASE WHEN len(page.tags) = 0 THEN entry.evidence['tags'] END,
      CASE WHEN page.image_url IS NULL THEN entry.evidence['image_url'] END,
      entry.evidence['latitude']
    )
  ) AS evidence,
  page.content_hash,
  text_count.revision_count,
  -- what began with another's text (a wall, a teaser) and says something of its own by now is a copy no longer
  CASE WHEN page.content_hash = origin.content_hash THEN nullif(carrier.first.article_id, article.article_id) END
    AS duplicate_of,
  article.fetch_id,
  article.extractor,
  article.extractor_version,
  article.rule_hash,
  page.batch_id,
  greatest(article.change_seq, entry.change_seq, shift.change_seq) AS change_seq
FROM core.current AS article
JOIN core.publication AS publication USING (article_id)
JOIN core.origin AS origin USING (article_id)
JOIN text_count USING (article_id)
-- texts are read for the latest captures alone; load_seq lets DuckDB pass over the row groups of older batches
JOIN raw.extraction AS page ON page.load_seq = article.load_seq AND page.fetch_id = article.fetch_id
JOIN carrier ON carrier.content_hash = origin.content_hash
LEFT JOIN shift ON shift.content_hash = origin.content_hash
LEFT JOIN core.entry AS entry ON entry.source_id = origin.source_id AND entry.entry_id = origin.entry_id
WHERE article.article_id IN (SELECT article_id FROM touched_article)
