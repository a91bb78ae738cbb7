-- The raw layer: append-only, as landed. One table a staged record, each row with the batch that brought it.
CREATE SCHEMA IF NOT EXISTS stg;
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS mart;

CREATE TABLE raw.batch (
  load_seq BIGINT NOT NULL,
  batch_id VARCHAR NOT NULL,
  batch_kind VARCHAR NOT NULL,
  sealed_at TIMESTAMPTZ NOT NULL,
  loaded_at TIMESTAMPTZ NOT NULL,
  row_count BIGINT NOT NULL,
  schema_version BIGINT NOT NULL,
  ingest_version VARCHAR NOT NULL
);

CREATE TABLE raw.quarantine (
  batch_id VARCHAR NOT NULL,
  finding VARCHAR NOT NULL,
  quarantined_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE raw.model (
  model VARCHAR NOT NULL,
  checksum VARCHAR NOT NULL
);

CREATE TABLE raw.build (
  built_through_seq BIGINT NOT NULL
);

CREATE TABLE raw.publish (
  published_at TIMESTAMPTZ NOT NULL,
  published_through_seq BIGINT NOT NULL,
  elapsed_ms BIGINT NOT NULL,
  file_bytes BIGINT NOT NULL
);

CREATE TABLE raw.source (
  source_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  home_url VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  language VARCHAR NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.poll (
  poll_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  feed_id VARCHAR NOT NULL,
  feed_kind VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  feed_url VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  final_url VARCHAR,
  parent_feed_id VARCHAR,
  polled_at TIMESTAMPTZ NOT NULL,
  outcome VARCHAR NOT NULL,
  detail VARCHAR,
  http_status BIGINT,
  is_conditional BOOLEAN NOT NULL,
  is_tls_verified BOOLEAN,
  etag VARCHAR,
  last_modified VARCHAR,
  body_hash VARCHAR,
  body_bytes BIGINT NOT NULL,
  elapsed_ms BIGINT NOT NULL,
  parse_route VARCHAR,
  entry_count BIGINT NOT NULL,
  recorded_count BIGINT NOT NULL,
  unlinked_count BIGINT NOT NULL,
  outside_count BIGINT NOT NULL,
  known_count BIGINT NOT NULL,
  gap_from_at TIMESTAMPTZ,
  lastmod_at TIMESTAMPTZ,
  answered_at TIMESTAMPTZ,
  read_at TIMESTAMPTZ,
  full_at TIMESTAMPTZ,
  since_at TIMESTAMPTZ,
  window_count BIGINT,
  arrivals_per_day DOUBLE,
  failure_count BIGINT NOT NULL,
  is_retired BOOLEAN NOT NULL,
  not_before_at TIMESTAMPTZ,
  next_poll_at TIMESTAMPTZ NOT NULL,
  next_url VARCHAR NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.entry (
  entry_id UUID NOT NULL,
  entry_hash VARCHAR NOT NULL,
  poll_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  feed_id VARCHAR NOT NULL,
  feed_kind VARCHAR NOT NULL,
  listed_at TIMESTAMPTZ NOT NULL,
  url VARCHAR NOT NULL,
  canonical_url VARCHAR NOT NULL,
  guid VARCHAR,
  title VARCHAR,
  summary VARCHAR USING COMPRESSION zstd,
  authors VARCHAR[] NOT NULL,
  tags VARCHAR[] NOT NULL,
  language VARCHAR,
  image_url VARCHAR,
  published_at TIMESTAMPTZ,
  published_offset_s BIGINT,
  published_precision VARCHAR,
  published_raw VARCHAR,
  modified_at TIMESTAMPTZ,
  latitude DOUBLE,
  longitude DOUBLE,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.fetch (
  fetch_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  feed_id VARCHAR NOT NULL,
  purpose VARCHAR NOT NULL,
  attempt BIGINT NOT NULL,
  host VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  final_url VARCHAR,
  modified_at TIMESTAMPTZ,
  fetched_at TIMESTAMPTZ NOT NULL,
  outcome VARCHAR NOT NULL,
  detail VARCHAR,
  http_status BIGINT,
  content_type VARCHAR,
  etag VARCHAR,
  last_modified VARCHAR,
  body_hash VARCHAR,
  wire_bytes BIGINT NOT NULL,
  body_bytes BIGINT NOT NULL,
  elapsed_ms BIGINT NOT NULL,
  robots VARCHAR,
  optouts VARCHAR[] NOT NULL,
  is_tls_verified BOOLEAN,
  moved_to VARCHAR,
  archive_path VARCHAR,
  archive_offset BIGINT,
  not_before_at TIMESTAMPTZ,
  next_attempt_at TIMESTAMPTZ,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.extraction (
  fetch_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  fetched_at TIMESTAMPTZ NOT NULL,
  extractor VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  rule_hash VARCHAR,
  record_hash VARCHAR NOT NULL,
  extract_ms BIGINT NOT NULL,
  title VARCHAR,
  description VARCHAR USING COMPRESSION zstd,
  language VARCHAR,
  language_confidence DOUBLE,
  authors VARCHAR[] NOT NULL,
  agency VARCHAR,
  section VARCHAR,
  tags VARCHAR[] NOT NULL,
  image_url VARCHAR,
  image_caption VARCHAR USING COMPRESSION zstd,
  published_at TIMESTAMPTZ,
  published_offset_s BIGINT,
  published_precision VARCHAR,
  published_evidence VARCHAR,
  published_contradictions MAP(VARCHAR, TIMESTAMPTZ) NOT NULL,
  modified_at TIMESTAMPTZ,
  access VARCHAR,
  access_evidence VARCHAR,
  optouts VARCHAR[] NOT NULL,
  kind VARCHAR NOT NULL,
  evidence MAP(VARCHAR, VARCHAR) NOT NULL,
  article_id UUID NOT NULL,
  canonical_url VARCHAR NOT NULL,
  canonical_evidence VARCHAR NOT NULL,
  text VARCHAR NOT NULL USING COMPRESSION zstd,
  content_hash VARCHAR NOT NULL,
  word_count BIGINT NOT NULL,
  links VARCHAR[] NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.rejection (
  fetch_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  fetched_at TIMESTAMPTZ NOT NULL,
  extractor VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  rule_hash VARCHAR,
  record_hash VARCHAR NOT NULL,
  extract_ms BIGINT NOT NULL,
  title VARCHAR,
  description VARCHAR USING COMPRESSION zstd,
  language VARCHAR,
  language_confidence DOUBLE,
  authors VARCHAR[] NOT NULL,
  agency VARCHAR,
  section VARCHAR,
  tags VARCHAR[] NOT NULL,
  image_url VARCHAR,
  image_caption VARCHAR USING COMPRESSION zstd,
  published_at TIMESTAMPTZ,
  published_offset_s BIGINT,
  published_precision VARCHAR,
  published_evidence VARCHAR,
  published_contradictions MAP(VARCHAR, TIMESTAMPTZ) NOT NULL,
  modified_at TIMESTAMPTZ,
  access VARCHAR,
  access_evidence VARCHAR,
  optouts VARCHAR[] NOT NULL,
  kind VARCHAR NOT NULL,
  evidence MAP(VARCHAR, VARCHAR) NOT NULL,
  reason VARCHAR NOT NULL,
  detail VARCHAR,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

CREATE TABLE raw.confirmation (
  fetch_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  source_id VARCHAR NOT NULL,
  record_hash VARCHAR NOT NULL,
  extractor VARCHAR NOT NULL,
  extractor_version VARCHAR NOT NULL,
  rule_hash VARCHAR,
  confirmed_at TIMESTAMPTZ NOT NULL,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);

-- what is left of verdicts that later ones superseded, where INGEST_KEEP_SUPERSEDED says to drop them
CREATE TABLE raw.superseded (
  fetch_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  fetched_at TIMESTAMPTZ NOT NULL,
  article_id UUID,
  content_hash VARCHAR,
  batch_id VARCHAR NOT NULL,
  load_seq BIGINT NOT NULL
);
