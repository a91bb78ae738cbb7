-- mart.story: one row a story: the articles, across sources, that carry the same text or were made from it.
-- grain: story_id
-- kind: view
-- The first publisher is the earliest whose time is to be trusted: of the page's markup or a feed, finer than a day, undisputed.
WITH member AS (
  SELECT
    joined.story_id, joined.article_key, article.*,
    is_certain_time(published_precision, published_evidence, cardinality(published_contradictions) > 0) AS is_trusted
  FROM core.story_article AS joined
  JOIN core.article AS article ON article.article_id = joined.article_id
),
story AS (
  SELECT
    story_id,
    count(*) AS article_count,
    count(DISTINCT source_id) AS source_count,
    list(DISTINCT source_id ORDER BY source_id) AS source_ids,
    coalesce(list(DISTINCT language ORDER BY language) FILTER (language IS NOT NULL), []) AS languages,
    min({'is_doubtful': NOT is_trusted, 'published_at': published_at, 'article_key': article_key, 'article_id': article_id,
      'source_id': source_id, 'title': title}) AS first,
    max(published_at) AS last_published_at,
    min(first_seen_at) AS first_seen_at,
    max(word_count) AS longest_word_count,
    mode(agency) AS agency,
    max(change_seq) AS change_seq
  FROM member
  GROUP BY story_id
)
SELECT
  story_id,
  first.title AS title,
  article_count,
  source_count,
  source_ids,
  languages,
  agency,
  first.article_id AS first_article_id,
  first.source_id AS first_source_id,
  first.published_at AS first_published_at,
  NOT first.is_doubtful AS is_first_certain,
  last_published_at,
  first_seen_at,
  longest_word_count,
  change_seq
FROM story
