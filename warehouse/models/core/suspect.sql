-- core.suspect: one row an article that an alarm holds back, or held back, by its latest capture.
-- grain: article_id
-- kind: table
-- touched by: article_id
-- A drift holds what shows its sign and was captured in its span; a person's quarantine all that was captured in its. A span that
-- ends where it began (released, or taken for the new normal) holds nothing. Later captures that read well are free at once. No
-- drift holds what archives alone list: pages of years ago show the layout of their time.
WITH hold AS (
  SELECT alarm_id, source_id, alarm_kind, sign, sign_value, since_at, coalesce(ended_at, 'infinity') AS until_at, cause, change_seq
  FROM core.alarm
  WHERE alarm_kind IN ('drift', 'quarantined')
),
capture AS (
  SELECT
    article.article_id, verdict.fetched_at, article.change_seq, article.load_seq, article.fetch_id, hold.alarm_id,
    hold.alarm_kind, hold.sign, hold.sign_value, hold.cause, hold.since_at, hold.change_seq AS alarm_seq,
    verdict.fetched_at < hold.until_at AS is_held
  FROM core.current AS article
  JOIN core.verdict AS verdict ON verdict.fetch_id = article.fetch_id
  JOIN hold ON hold.source_id = verdict.source_id AND verdict.fetched_at >= hold.since_at
  LEFT JOIN (FROM core.entry WHERE listed_by = 'archive') AS past
    ON past.source_id = verdict.source_id AND past.entry_id = verdict.entry_id
  WHERE article.article_id IN (SELECT article_id FROM touched_article)
    AND (hold.alarm_kind = 'quarantined' OR past.entry_id IS NULL)
)
SELECT
  capture.article_id,
  last(alarm_id ORDER BY is_held, since_at DESC, alarm_id) AS alarm_id,
  bool_or(is_held) AS is_held,
  last(cause ORDER BY is_held, since_at DESC, alarm_id) AS quarantine_cause,
  max(alarm_seq) AS change_seq
FROM capture
LEFT JOIN raw.extraction AS page
  ON capture.alarm_kind = 'drift' AND page.load_seq = capture.load_seq AND page.fetch_id = capture.fetch_id
-- what came after an alarm was over never was held
WHERE (is_held OR capture.change_seq < alarm_seq) AND CASE
  WHEN alarm_kind = 'quarantined' THEN true
  WHEN sign = 'no title' THEN page.title IS NULL
  WHEN sign = 'no authors' THEN len(page.authors) = 0
  WHEN sign = 'no published_at' THEN page.published_at IS NULL
  WHEN sign = 'short text' THEN page.word_count < sign_value::BIGINT
  WHEN sign = 'long text' THEN page.word_count > sign_value::BIGINT
  WHEN sign = 'one text' THEN page.content_hash = sign_value
  ELSE false
END
GROUP BY capture.article_id
