-- No state is a residual: stored and duplicate have an article, duplicate a target, waiting a next attempt.
SELECT
  NULL AS batch_id,
  format('{} {} is {} with reason {}', source_id, url, coalesce(state, 'in no state'), reason) AS finding
FROM mart.ledger
WHERE state IS NULL
  OR (state IN ('stored', 'duplicate') AND article_id IS NULL)
  OR (state = 'duplicate' AND duplicate_of IS NULL)
  OR (state = 'waiting' AND next_attempt_at IS NULL)
  OR reason IS NULL
