-- core.article: one row an article, as its latest capture tells it, with what its feed adds.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH history AS (
  SELECT
    home.article_id,
    min(fetched_at) AS first_seen_at,
    max(load_seq) AS change_seq,
    count(DISTINCT content_hash) AS revision_count,
    last({'load_seq': load_seq, 'fetch_id': fetch_id} ORDER BY fetched_at, load_seq, fetch_id) AS latest
  FROM raw.extraction
  JOIN touched_home AS home USING (entry_id)
  GROUP BY home.article_id
),
-- whether a page is still there, and where it moved to, by the last visit to each of its addresses that tells
address AS (
  SELECT
    home.article_id,
    last({'fetched_at': fetched_at, 'is_gone': outcome NOT IN ('ok', 'not_modified'), 'moved_to': moved_to}
      ORDER BY fetched_at, load_seq, fetch_id) AS latest,
    -- that it is there tells nothing new, unless it was away, or came from elsewhere
    max(load_seq) FILTER (outcome NOT IN ('ok', 'not_modified') OR moved_to IS NOT NULL) IS NOT NULL AS has_changed,
    max(load_seq) AS change_seq
  FROM raw.fetch
  JOIN touched_home AS home USING (entry_id)
  WHERE outcome IN ('ok', 'not_modified', 'gone') OR http_status = 404
  GROUP BY home.article_id, entry_id
),
visit AS (
  SELECT
    article_id,
    CASE WHEN bool_and(latest.is_gone) THEN max(latest.fetched_at) END AS gone_at,
    last(latest.moved_to ORDER BY latest.fetched_at) FILTER (NOT latest.is_gone) AS moved_to,
    max(change_seq) FILTER (has_changed) AS change_seq
  FROM address
  GROUP BY article_id
),
-- texts are read for the latest captures alone; load_seq lets DuckDB pass over the row groups of older batches
latest AS (
  SELECT
    history.article_id AS home_id, history.first_seen_at, history.change_seq, history.revision_count, capture.*,
    {'at': published_at, 'offset_s': published_offset_s, 'precision': published_precision,
      'evidence': published_evidence} AS page_date
  FROM history
  JOIN raw.extraction AS capture ON capture.load_seq = history.latest.load_seq AND capture.fetch_id = history.latest.fetch_id
),
-- the first article that began with this text carries it for all others
carrier AS (
  SELECT content_hash, first(article_id ORDER BY load_seq, fetched_at, article_id) AS article_id
  FROM core.origin
  WHERE content_hash IN (SELECT content_hash FROM core.origin WHERE article_id IN (SELECT article_id FROM touched_article))
  GROUP BY content_hash
),
-- the page's own date, unless the feed's is finer, or the page's is only read off its text or address
dated AS (
  SELECT
    latest.home_id,
    origin.source_id,
    origin.entry_id,
    carrier.article_id AS carrier_id,
    entry.place,
    visit.moved_to,
    visit.gone_at,
    greatest(latest.change_seq, entry.change_seq, visit.change_seq) AS change_seq,
    CASE
      WHEN latest.published_evidence IN ('json-ld', 'meta', 'microdata', 'time') AND latest.published_precision <> 'day'
        THEN latest.page_date
      WHEN entry.published.at IS NOT NULL AND (
        latest.published_at IS NULL
        OR latest.published_evidence IN ('text', 'url')
        OR abs(epoch(entry.published.at) - epoch(latest.published_at)) < 129600
      ) THEN {
        'at': entry.published.at, 'offset_s': entry.published.offset_s,
        'precision': entry.published.precision, 'evidence': entry.published.evidence}
      WHEN latest.published_at IS NOT NULL THEN latest.page_date
      ELSE {'at': latest.first_seen_at, 'offset_s': NULL, 'precision': 'second', 'evidence': 'first-seen'}
    END AS published
  FROM latest
  JOIN core.origin AS origin ON origin.article_id = latest.home_id
  JOIN carrier ON carrier.content_hash = origin.content_hash
  LEFT JOIN visit ON visit.article_id = latest.home_id
  LEFT JOIN core.entry AS entry ON entry.source_id = origin.source_id AND entry.entry_id = origin.entry_id
)
SELECT
  latest.home_id AS article_id,
  dated.source_id,
  dated.entry_id,
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
  dated.place.latitude AS latitude,
  dated.place.longitude AS longitude,
  dated.published.at AS published_at,
  dated.published.offset_s AS published_offset_s,
  dated.published.precision AS published_precision,
  dated.published.evidence AS published_evidence,
  latest.modified_at,
  latest.first_seen_at,
  latest.fetched_at,
  dated.moved_to,
  dated.gone_at,
  latest.is_free,
  latest.access_evidence,
  latest.optouts,
  latest.kind,
  latest.content_hash,
  latest.revision_count,
  nullif(dated.carrier_id, latest.home_id) AS duplicate_of,
  dated.carrier_id AS story_id,
  latest.fetch_id,
  latest.extractor,
  latest.extractor_version,
  latest.batch_id,
  dated.change_seq
FROM latest
JOIN dated ON dated.home_id = latest.home_id
