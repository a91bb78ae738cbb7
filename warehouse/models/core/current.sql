-- core.current: one row an article: its latest capture, which tells what it says, and what all its visits tell.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH history AS (
  SELECT
    article_id,
    min(fetched_at) FILTER (is_article) AS first_seen_at,
    -- a confirmation is no news, but where what two versions had read becomes comparable by it
    greatest(
      max(load_seq),
      CASE WHEN count(DISTINCT readers[1]) > 1 AND greatest(count(DISTINCT content_hash), count(DISTINCT title)) > 1
        THEN max(read_seq) END
    ) AS change_seq,
    last({'load_seq': load_seq, 'fetch_id': fetch_id, 'extractor': extractor, 'version': extractor_version,
      'rule_hash': rule_hash} ORDER BY fetched_at, captured_seq, fetch_id) FILTER (is_article) AS latest
  FROM core.verdict
  WHERE article_id IN (SELECT article_id FROM touched_article) AND len(content_hashes) > 0
  GROUP BY article_id
  HAVING bool_or(is_article)
),
-- visits that tell whether a page is still there, and where it moved to
look AS (
  SELECT
    home.article_id, entry_id, fetched_at, load_seq, fetch_id, moved_to, outcome NOT IN ('ok', 'not_modified') AS is_gone
  FROM raw.fetch
  JOIN touched_home AS home USING (entry_id)
  WHERE (outcome IN ('ok', 'not_modified', 'gone') OR http_status = 404)
    -- that an archive cannot give a capture says nothing of the page
    AND (capture_address IS NULL OR outcome = 'ok')
),
-- that a page is where it was is no news
told_look AS (
  SELECT
    *,
    is_gone OR coalesce(lag(is_gone) OVER article, false) OR moved_to IS DISTINCT FROM lag(moved_to) OVER article AS is_news
  FROM look
  WINDOW article AS (PARTITION BY article_id ORDER BY fetched_at, load_seq, fetch_id)
),
-- the last visit to each of an article's addresses tells
address AS (
  SELECT
    article_id,
    max({'fetched_at': fetched_at, 'load_seq': load_seq, 'fetch_id': fetch_id, 'is_gone': is_gone, 'moved_to': moved_to})
      AS latest,
    max(load_seq) FILTER (is_news) AS change_seq
  FROM told_look
  GROUP BY article_id, entry_id
),
visit AS (
  SELECT
    article_id,
    CASE WHEN bool_and(latest.is_gone) THEN max(latest.fetched_at) END AS gone_at,
    last(latest.moved_to ORDER BY latest) FILTER (NOT latest.is_gone) AS moved_to,
    max(change_seq) AS change_seq
  FROM address
  GROUP BY article_id
)
SELECT
  history.article_id,
  history.latest.load_seq AS load_seq,
  history.latest.fetch_id AS fetch_id,
  history.latest.extractor AS extractor,
  history.latest.version AS extractor_version,
  history.latest.rule_hash AS rule_hash,
  history.first_seen_at,
  visit.moved_to,
  visit.gone_at,
  greatest(history.change_seq, visit.change_seq) AS change_seq
FROM history
LEFT JOIN visit USING (article_id)
