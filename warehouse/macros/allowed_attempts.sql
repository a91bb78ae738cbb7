-- allowed_attempts(outcome, http_status): how often an entry is tried before it has failed for good, where attempts end so.
-- kind: scalar
-- The same as src/ingest/rules/ladder.py; a test holds the two together. Whoever allows more must keep what was allowed before, by the
-- moment of the last attempt: what failed by the old ladder has failed.
CREATE OR REPLACE MACRO allowed_attempts(outcome, http_status) AS CASE
  WHEN outcome = 'robots_unreachable' THEN 35
  WHEN outcome IN ('timeout', 'unreachable', 'dns_error', 'tls_error', 'rate_limited', 'cut_short') THEN 5
  WHEN outcome = 'http_error' AND http_status IN (408, 421, 425, 429, 500, 502, 503, 504) THEN 5
  WHEN outcome = 'http_error' AND http_status = 404 THEN 3
  ELSE 1
END;
