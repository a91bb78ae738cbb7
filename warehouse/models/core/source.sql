-- core.source: one row a source, as the catalogue last described it.
-- grain: source_id
-- kind: view
SELECT
  source_id,
  last(name ORDER BY seen_at, load_seq) AS source_name,
  last(home_url ORDER BY seen_at, load_seq) AS home_url,
  last(country ORDER BY seen_at, load_seq) AS country,
  last(language ORDER BY seen_at, load_seq) AS source_language
FROM raw.source
GROUP BY source_id
