-- What the watch found wrong with a source, or with the whole, and what a person decided about a source: an event a row. And what
-- each source was expected to bring, a row a day.
CREATE TABLE raw.alarm (
  alarm_id UUID NOT NULL,
  source_id VARCHAR,
  alarm_kind VARCHAR NOT NULL,
  change VARCHAR NOT NULL,
  sign VARCHAR,
  sign_value VARCHAR,
  since_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  expected_count DOUBLE,
  alarm_count DOUBLE,
  cause VARCHAR NOT NULL,
  actor VARCHAR,
  reason VARCHAR,
  noted_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.expected (
  source_id VARCHAR NOT NULL,
  expected_on DATE NOT NULL,
  hour_counts DOUBLE[] NOT NULL,
  learnt_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);
