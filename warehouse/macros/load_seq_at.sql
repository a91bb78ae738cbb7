-- load_seq_at(moment): the last batch in what was published by then; null before the first publish.
-- kind: scalar
CREATE OR REPLACE MACRO load_seq_at(moment) AS (
  SELECT max(published_through_seq) FROM raw.publish WHERE published_at <= moment
);
