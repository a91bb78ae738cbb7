-- By source and day, listed = stored + duplicate + rejected + failed + waiting in the ledger; and when the whole history is
-- checked, mart.source_day says the same, and its reasons sum to their states.
WITH item AS (
  SELECT
    source_id,
    listed_on,
    count(*) AS item_count,
    count(*) FILTER (state IN ('stored', 'duplicate', 'rejected', 'failed', 'waiting') AND reason IS NOT NULL) AS told_count,
    max(change_seq) AS change_seq
  FROM mart.ledger
  GROUP BY source_id, listed_on
),
told AS (
  SELECT
    source_id, listed_on, listed_count, stored_count, duplicate_count, rejected_count, failed_count, waiting_count,
    coalesce(list_sum(map_values(rejected_reasons)), 0) AS rejected_sum,
    coalesce(list_sum(map_values(failed_reasons)), 0) AS failed_sum,
    coalesce(list_sum(map_values(waiting_reasons)), 0) AS waiting_sum
  FROM mart.source_day
  WHERE getvariable('since_seq') < 0
)
SELECT
  NULL AS batch_id,
  format('{} {}: {} items were listed, {} are in a state', source_id, listed_on, item_count, told_count) AS finding
FROM item
WHERE change_seq > getvariable('since_seq') AND told_count <> item_count
UNION ALL
SELECT
  NULL,
  format('{} {}: {} items, listed {} = {} stored + {} duplicate + {} rejected ({}) + {} failed ({}) + {} waiting ({})',
    source_id, listed_on, item_count, listed_count, stored_count, duplicate_count, rejected_count, rejected_sum, failed_count,
    failed_sum, waiting_count, waiting_sum)
FROM item
LEFT JOIN told USING (source_id, listed_on)
WHERE getvariable('since_seq') < 0 AND (
  listed_count IS DISTINCT FROM item_count
  OR listed_count <> stored_count + duplicate_count + rejected_count + failed_count + waiting_count
  OR rejected_count <> rejected_sum OR failed_count <> failed_sum OR waiting_count <> waiting_sum
)
