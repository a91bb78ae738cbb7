-- How many of a source's items are duplicates, and of what kind?
-- same_article: two addresses of one article; same_text: the text of another article; other_source: another source's page.
SELECT
  source_id,
  count(*) AS item_count,
  count(*) FILTER (reason = 'same_article') AS same_article_count,
  count(*) FILTER (reason = 'same_text') AS same_text_count,
  count(*) FILTER (reason = 'other_source') AS other_source_count,
  round(count(*) FILTER (state = 'duplicate') / count(*), 3) AS duplicate_share
FROM mart.ledger
GROUP BY source_id
ORDER BY duplicate_share DESC, source_id
