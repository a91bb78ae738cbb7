-- articles_as_of(through_seq): the articles as they were known when that batch was loaded; dates are the page's, or else the
-- listing's, or else of our first visit.
-- kind: table
-- Verdicts that were superseded later count again here (but for INGEST_KEEP_SUPERSEDED=false, which drops them), what was
-- quarantined or erased since does not. The rules are those of core.verdict, core.origin and core.current.
CREATE OR REPLACE MACRO articles_as_of(through_seq) AS TABLE (
  WITH given AS (
    SELECT fetch_id, entry_id, fetched_at, load_seq, record_hash, article_id, content_hash, extractor, extractor_version, rule_hash
    FROM raw.extraction
    WHERE load_seq <= through_seq
    UNION ALL BY NAME
    SELECT fetch_id, entry_id, fetched_at, load_seq, record_hash, extractor, extractor_version, rule_hash
    FROM raw.rejection
    WHERE load_seq <= through_seq
  ),
  -- an entry's home is decided by what was loaded until its first page (touched.sql), and never moves
  home AS (
    SELECT DISTINCT entry_id, article_id FROM core.verdict WHERE article_id IS NOT NULL AND captured_seq <= through_seq
  ),
  counted AS (
    SELECT *
    FROM given
    QUALIFY row_number() OVER (PARTITION BY fetch_id ORDER BY load_seq DESC, record_hash) = 1
  ),
  capture AS (
    SELECT
      home.article_id, page.source_id, page.entry_id, page.fetch_id, page.fetched_at, counted.load_seq, counted.content_hash,
      row_number() OVER (PARTITION BY home.article_id ORDER BY page.fetched_at, page.load_seq, page.fetch_id) AS place,
      row_number() OVER (PARTITION BY home.article_id ORDER BY page.load_seq, page.fetched_at, page.fetch_id) AS landing
    FROM raw.fetch AS page
    JOIN counted USING (fetch_id)
    JOIN home ON home.entry_id = page.entry_id
    WHERE page.outcome = 'ok' AND page.load_seq <= through_seq AND counted.content_hash IS NOT NULL
  ),
  -- the first date and the last headline that a listing gave, for where the page gives none
  told AS (
    SELECT
      source_id, entry_id,
      first(published_at ORDER BY listed_at, load_seq) FILTER (published_at IS NOT NULL) AS published_at,
      last(title ORDER BY listed_at, load_seq) FILTER (title IS NOT NULL) AS title
    FROM raw.entry
    WHERE load_seq <= through_seq
    GROUP BY source_id, entry_id
  ),
  latest AS (
    SELECT
      article_id,
      first(source_id ORDER BY landing) AS source_id,
      first(entry_id ORDER BY landing) AS entry_id,
      count(DISTINCT content_hash) AS text_count,
      min(fetched_at) AS first_seen_at,
      last({'load_seq': load_seq, 'fetch_id': fetch_id} ORDER BY place) AS page
    FROM capture
    GROUP BY article_id
  )
  SELECT
    latest.article_id,
    latest.source_id,
    page.url,
    page.canonical_url,
    coalesce(page.title, told.title) AS title,
    page.text,
    page.language,
    page.word_count,
    coalesce(page.published_at, told.published_at, latest.first_seen_at) AS published_at,
    page.modified_at,
    latest.first_seen_at,
    page.fetched_at,
    latest.text_count,
    page.content_hash,
    page.fetch_id
  FROM latest
  JOIN raw.extraction AS page ON page.load_seq = latest.page.load_seq AND page.fetch_id = latest.page.fetch_id
  LEFT JOIN told ON told.source_id = latest.source_id AND told.entry_id = latest.entry_id
);
