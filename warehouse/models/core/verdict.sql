-- core.verdict: one row a page that arrived: the verdict on it that counts, which is the last, and who stands by it.
-- grain: fetch_id
-- kind: table
-- touched by: entry_id
WITH page AS (
  SELECT fetch_id, entry_id, source_id, fetched_at, load_seq AS captured_seq
  FROM raw.fetch
  WHERE outcome = 'ok' AND entry_id IN (SELECT entry_id FROM touched_entry)
),
given AS (
  SELECT fetch_id, load_seq, record_hash, title, content_hash, extractor, extractor_version, rule_hash
  FROM raw.extraction
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
  UNION ALL BY NAME
  SELECT fetch_id, load_seq, record_hash, extractor, extractor_version, rule_hash, reason
  FROM raw.rejection
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
),
counted AS (
  SELECT *
  FROM given
  QUALIFY row_number() OVER (PARTITION BY fetch_id ORDER BY load_seq DESC, record_hash) = 1
),
-- a later version, or another rule, that says word for word the same
confirmed AS (
  SELECT
    fetch_id,
    last({'extractor': confirmation.extractor, 'version': confirmation.extractor_version,
      'rule_hash': confirmation.rule_hash, 'load_seq': confirmation.load_seq} ORDER BY confirmation.load_seq) AS reader,
    list(DISTINCT concat_ws(' ', confirmation.extractor, confirmation.extractor_version, confirmation.rule_hash)) AS readers
  FROM raw.confirmation AS confirmation
  JOIN counted USING (fetch_id, record_hash)
  WHERE confirmation.load_seq > counted.load_seq
  GROUP BY fetch_id
),
told_in_order AS (
  SELECT
    fetch_id, load_seq, content_hash,
    row_number() OVER page > 1 AND content_hash IS DISTINCT FROM lag(content_hash) OVER page AS is_shift
  FROM told
  WHERE entry_id IN (SELECT entry_id FROM touched_entry)
  WINDOW page AS (PARTITION BY fetch_id ORDER BY load_seq, content_hash)
),
history AS (
  SELECT
    fetch_id,
    coalesce(list(DISTINCT content_hash) FILTER (content_hash IS NOT NULL), []) AS content_hashes,
    max(load_seq) FILTER (is_shift) AS shifted_seq
  FROM told_in_order
  GROUP BY fetch_id
)
SELECT
  page.fetch_id,
  page.entry_id,
  page.source_id,
  home.article_id,
  page.fetched_at,
  page.captured_seq,
  counted.load_seq,
  coalesce(confirmed.reader.load_seq, counted.load_seq) AS read_seq,
  counted.content_hash IS NOT NULL AS is_article,
  counted.reason,
  counted.title,
  counted.content_hash,
  list_sort(history.content_hashes) AS content_hashes,
  history.shifted_seq,
  counted.record_hash,
  CASE WHEN confirmed.reader IS NULL THEN counted.extractor ELSE confirmed.reader.extractor END AS extractor,
  CASE WHEN confirmed.reader IS NULL THEN counted.extractor_version ELSE confirmed.reader.version END AS extractor_version,
  CASE WHEN confirmed.reader IS NULL THEN counted.rule_hash ELSE confirmed.reader.rule_hash END AS rule_hash,
  [concat_ws(' ', counted.extractor, counted.extractor_version, counted.rule_hash)]
    || list_sort(coalesce(confirmed.readers, [])) AS readers
FROM page
JOIN counted USING (fetch_id)
JOIN history USING (fetch_id)
LEFT JOIN confirmed USING (fetch_id)
LEFT JOIN touched_home AS home USING (entry_id)
