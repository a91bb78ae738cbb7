-- core.article: one row an article, as its latest capture tells it, with what its feed adds.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH capture AS (
  SELECT * FROM raw.extraction WHERE article_id IN (SELECT article_id FROM touched_article)
),
latest AS (
  SELECT * FROM capture
  QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at DESC, load_seq DESC, fetch_id DESC) = 1
),
-- what the first loaded capture decides, and no later one changes: whose the article is, and whose text it carries
history AS (
  SELECT
    article_id,
    min(fetched_at) AS first_seen_at,
    max(load_seq) AS change_seq,
    count(DISTINCT content_hash) AS revision_count,
    first({'source_id': source_id, 'entry_id': entry_id, 'content_hash': content_hash}
      ORDER BY load_seq, fetched_at, fetch_id) AS origin
  FROM capture
  GROUP BY article_id
),
carrier AS (
  SELECT content_hash, first(article_id ORDER BY load_seq, fetched_at, article_id) AS article_id
  FROM raw.extraction
  WHERE content_hash IN (SELECT origin.content_hash FROM history)
  GROUP BY content_hash
),
-- the page's own date, unless the feed's is finer or the page's is only read off its text or address
dated AS (
  SELECT
    latest.article_id,
    CASE
      WHEN latest.published_evidence IN ('json-ld', 'meta', 'microdata', 'time') AND latest.published_precision <> 'day'
        THEN page
      WHEN entry.published.at IS NOT NULL AND (
        latest.published_at IS NULL
        OR latest.published_evidence IN ('text', 'url')
        OR abs(epoch(entry.published.at) - epoch(latest.published_at)) < 129600
      ) THEN {
        'at': entry.published.at, 'offset_s': entry.published.offset_s,
        'precision': entry.published.precision, 'evidence': 'feed'}
      WHEN latest.published_at IS NOT NULL THEN page
      ELSE {'at': history.first_seen_at, 'offset_s': NULL, 'precision': 'second', 'evidence': 'first-seen'}
    END AS published,
    greatest(history.change_seq, entry.change_seq) AS change_seq
  FROM (
    SELECT *, {'at': published_at, 'offset_s': published_offset_s,
      'precision': published_precision, 'evidence': published_evidence} AS page
    FROM latest
  ) AS latest
  JOIN history USING (article_id)
  LEFT JOIN core.entry AS entry
    ON entry.source_id = history.origin.source_id AND entry.entry_id = history.origin.entry_id
)
SELECT
  latest.article_id,
  history.origin.source_id AS source_id,
  history.origin.entry_id AS entry_id,
  latest.url,
  latest.canonical_url,
  latest.canonical_evidence,
  latest.title,
  latest.description,
  latest.text,
  latest.language,
  latest.language_confidence,
  latest.word_count,
  latest.authors,
  latest.agency,
  latest.section,
  latest.tags,
  latest.image_url,
  dated.published.at AS published_at,
  dated.published.offset_s AS published_offset_s,
  dated.published.precision AS published_precision,
  dated.published.evidence AS published_evidence,
  latest.modified_at,
  history.first_seen_at,
  latest.fetched_at,
  latest.is_free,
  latest.access_evidence,
  latest.kind,
  latest.content_hash,
  history.revision_count,
  nullif(carrier.article_id, latest.article_id) AS duplicate_of,
  carrier.article_id AS story_id,
  latest.fetch_id,
  latest.extractor,
  latest.extractor_version,
  latest.batch_id,
  dated.change_seq
FROM latest
JOIN history USING (article_id)
JOIN carrier ON carrier.content_hash = history.origin.content_hash
JOIN dated ON dated.article_id = latest.article_id
