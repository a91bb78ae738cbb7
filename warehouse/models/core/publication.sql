-- core.publication: one row an article: when it was published, by its page or its listing, and the dates that lost.
-- grain: article_id
-- kind: table
-- touched by: article_id
WITH latest AS (
  SELECT
    article.article_id, article.first_seen_at, capture.published_at, capture.published_precision, capture.published_evidence,
    capture.published_contradictions,
    {'at': published_at, 'offset_s': published_offset_s, 'precision': published_precision,
      'evidence': published_evidence} AS page_date
  FROM core.current AS article
  JOIN raw.extraction AS capture ON capture.load_seq = article.load_seq AND capture.fetch_id = article.fetch_id
  WHERE article.article_id IN (SELECT article_id FROM touched_article)
),
-- the page's own date, unless the feed's is finer, or the page's is only read off its text or address
dated AS (
  SELECT
    latest.article_id,
    latest.page_date,
    entry.published AS entry_date,
    CASE
      WHEN latest.published_evidence = 'rule' THEN latest.page_date
      WHEN latest.published_evidence IN ('json-ld', 'meta', 'microdata', 'time') AND latest.published_precision <> 'day'
        THEN latest.page_date
      WHEN entry.published.at IS NOT NULL AND (
        latest.published_at IS NULL
        OR latest.published_evidence IN ('text', 'url')
        OR entry.published.precision IS DISTINCT FROM 'day'
          AND abs(epoch(entry.published.at) - epoch(latest.published_at)) < 129600
      ) THEN {
        'at': entry.published.at, 'offset_s': entry.published.offset_s,
        'precision': entry.published.precision, 'evidence': entry.published.evidence}
      WHEN latest.published_at IS NOT NULL THEN latest.page_date
      ELSE {'at': latest.first_seen_at, 'offset_s': NULL, 'precision': 'second', 'evidence': 'first-seen'}
    END AS published
  FROM latest
  JOIN core.origin AS origin USING (article_id)
  LEFT JOIN core.entry AS entry ON entry.source_id = origin.source_id AND entry.entry_id = origin.entry_id
),
-- of the page's date and the feed's, the one that was not taken
untaken AS (
  SELECT
    article_id, published, CASE WHEN published.evidence = page_date.evidence THEN entry_date ELSE page_date END AS other
  FROM dated
),
losing AS (
  SELECT article_id, other
  FROM untaken
  WHERE other.at IS NOT NULL
    -- a day stands at its midnight UTC, and is a day somewhere on earth
    AND abs(epoch(other.at) - epoch(published.at)) >
      CASE WHEN 'day' IN (coalesce(other.precision, ''), published.precision) THEN 129600 ELSE 86400 END
)
SELECT
  dated.article_id,
  published.at AS published_at,
  published.offset_s AS published_offset_s,
  published.precision AS published_precision,
  published.evidence AS published_evidence,
  map_concat(
    -- the page's are apart from the page's own date; where the feed's was taken, they may be its witnesses
    map_from_entries(list_filter(
      map_entries(latest.published_contradictions), lambda one: abs(epoch(one.value) - epoch(published.at)) > 86400
    )),
    CASE WHEN losing.other IS NOT NULL THEN map([losing.other.evidence], [losing.other.at]) END
  ) AS published_contradictions
FROM dated
JOIN latest USING (article_id)
LEFT JOIN losing USING (article_id)
