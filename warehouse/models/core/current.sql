-- core.current: one row an article: its latest capture, which tells what it says, and what all its visits tell.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH history AS (
  SELECT
    article_id,
    min(fetched_at) FILTER (is_article) AS first_seen_at,
    -- a confirmation is no news, but where texts that two versions had read become comparable by it
    greatest(
      max(load_seq),
      CASE WHEN count(DISTINCT readers[1]) > 1 AND count(DISTINCT content_hash) > 1 THEN max(read_seq) END
    ) AS change_seq,
    last({'load_seq': load_seq, 'fetch_id': fetch_id, 'extractor': extractor, 'version': extractor_version,
      'rule_hash': rule_hash} ORDER BY fetched_at, captured_seq, fetch_id) FILTER (is_article) AS latest
  FROM core.verdict
  WHERE article_id IN (SELECT article_id FROM touched_article) AND len(content_hashes) > 0
  GROUP BY article_id
  HAVING bool_or(is_article)
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
