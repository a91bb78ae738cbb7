-- In which languages do we hold how much?
-- detected_share: where no page said it and the text told; unsure ones are below a confidence of 0.5.
SELECT
  coalesce(lower(split_part(language, '-', 1)), 'unknown') AS language_code,
  count(*) AS article_count,
  count(DISTINCT source_id) AS source_count,
  round(avg((language_confidence IS NOT NULL)::INT), 3) AS detected_share,
  count(*) FILTER (language_confidence < 0.5) AS unsure_count
FROM core.article
GROUP BY language_code
ORDER BY article_count DESC
