-- The full runs, with what still stands of each: articles that changed or are gone stand under another number or none.
SELECT
  run.first_article_number, run.last_article_number, run.posted_count, count(posted.article_number) AS standing_count
FROM core.posting_run AS run
LEFT JOIN core.posted AS posted
  ON posted.article_number BETWEEN run.first_article_number AND run.last_article_number
WHERE run.is_full
GROUP BY ALL
ORDER BY run.first_article_number
