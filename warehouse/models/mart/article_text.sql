-- mart.article_text: one row an article: its text, and the same without the lines that its source repeats on other pages.
-- grain: article_id
-- kind: view
-- The stored text keeps such lines, since background paragraphs repeat too; what is taken out here is learnt, and may change.
WITH line AS (
  SELECT article_id, source_id, unnest(string_split(text, chr(10))) AS line, generate_subscripts(string_split(text, chr(10)), 1) AS place
  FROM core.article
),
repeated AS (
  SELECT source_id, replace(line, ' ', '') AS folded FROM core.repeated_line
)
SELECT
  line.article_id,
  string_agg(line.line, chr(10) ORDER BY place) AS text,
  coalesce(string_agg(line.line, chr(10) ORDER BY place) FILTER (repeated.folded IS NULL), '') AS own_text,
  count(repeated.folded) AS repeated_line_count
FROM line
LEFT JOIN repeated ON repeated.source_id = line.source_id AND repeated.folded = folded_line(line.line)
GROUP BY line.article_id
