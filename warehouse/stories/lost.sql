-- Lines that articles had, and that no three articles of their source have any more.
CREATE OR REPLACE TEMP TABLE lost_line AS
WITH doubtful AS (
  SELECT source_id, line_key FROM dropped_line
  INTERSECT
  SELECT source_id, line_key FROM core.repeated_line
),
holding AS (
  SELECT
    source_id, line_key, published_at,
    lead(published_at, 2) OVER (PARTITION BY source_id, line_key ORDER BY published_at) AS third_at
  FROM core.line
  SEMI JOIN doubtful USING (source_id, line_key)
)
SELECT source_id, line_key FROM doubtful
EXCEPT
SELECT source_id, line_key FROM holding WHERE third_at - published_at <= INTERVAL 30 DAYS;
