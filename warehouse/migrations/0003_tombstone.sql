-- What was erased and must not come back, without a word of it; and how many listed entries a poll left out for that.
CREATE TABLE raw.tombstone (
  tombstone_id UUID NOT NULL,
  order_id UUID NOT NULL,
  order_kind VARCHAR NOT NULL,
  order_reason VARCHAR,
  source_id VARCHAR,
  entry_id UUID,
  article_id UUID,
  is_everywhere BOOLEAN NOT NULL,
  author_hash VARCHAR,
  carried_hashes VARCHAR[] NOT NULL,
  listed_at TIMESTAMPTZ,
  erased_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

ALTER TABLE raw.poll ADD COLUMN erased_count BIGINT DEFAULT 0;
