-- How much of each source is behind a paywall, by what its pages say?
-- told_share is how often pages say anything; paid_share is of those. Texts of paid articles are what their page shows freely.
SELECT
  source_id,
  count(*) AS article_count,
  round(count(access) / count(*), 3) AS told_share,
  round(count(*) FILTER (access = 'paid') / nullif(count(access), 0), 3) AS paid_share,
  round(count(*) FILTER (access = 'metered') / nullif(count(access), 0), 3) AS metered_share,
  round(median(word_count) FILTER (access = 'paid')) AS paid_words,
  round(median(word_count) FILTER (access IS DISTINCT FROM 'paid')) AS other_words
FROM core.article
WHERE published_at > (SELECT max(published_at) FROM core.article) - INTERVAL 28 DAYS
GROUP BY source_id
ORDER BY paid_share DESC NULLS LAST, source_id
