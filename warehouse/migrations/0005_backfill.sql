-- Backfills: what was asked for, how far each part of its input was read, and what was listed on which day; and of each
-- fetch, out of which archive it is.
CREATE TABLE raw.request (
  request_id UUID NOT NULL,
  source_id VARCHAR,
  input_kind VARCHAR NOT NULL,
  input_address VARCHAR,
  from_on DATE NOT NULL,
  to_on DATE NOT NULL,
  hosts VARCHAR[] NOT NULL,
  url_pattern VARCHAR,
  asked_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.part (
  part_id UUID NOT NULL,
  request_id UUID NOT NULL,
  part_address VARCHAR NOT NULL,
  part_on DATE,
  position BIGINT NOT NULL,
  is_done BOOLEAN NOT NULL,
  outcome VARCHAR NOT NULL,
  detail VARCHAR,
  found_count BIGINT NOT NULL,
  outside_count BIGINT NOT NULL,
  erased_count BIGINT NOT NULL,
  unusable_count BIGINT NOT NULL,
  fault_count BIGINT NOT NULL,
  not_before_at TIMESTAMPTZ,
  read_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.listed (
  request_id UUID NOT NULL,
  part_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  counted_on DATE NOT NULL,
  captured_at TIMESTAMPTZ,
  capture_address VARCHAR,
  capture_offset BIGINT,
  capture_length BIGINT,
  capture_digest VARCHAR,
  was_held BOOLEAN NOT NULL,
  listed_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

ALTER TABLE raw.fetch ADD COLUMN ingested_at TIMESTAMPTZ;
ALTER TABLE raw.fetch ADD COLUMN capture_address VARCHAR;
ALTER TABLE raw.fetch ADD COLUMN capture_record_id VARCHAR;
ALTER TABLE raw.fetch ADD COLUMN capture_digest VARCHAR;
