-- Each publish is a snapshot with a name of its own, which the published file itself knows. What a file cannot know of
-- itself (how long its making took, its size) stays null there, and is filled in where the next one is made.
-- checked_through_seq: batches up to here passed their checks; goes back where a batch takes an earlier place.
ALTER TABLE raw.publish RENAME TO publish_0001;
CREATE TABLE raw.publish (
  snapshot_id VARCHAR NOT NULL,
  published_at TIMESTAMPTZ NOT NULL,
  published_through_seq BIGINT NOT NULL,
  checked_through_seq BIGINT NOT NULL,
  elapsed_ms BIGINT,
  file_bytes BIGINT
);
INSERT INTO raw.publish BY NAME
SELECT
  strftime(published_at AT TIME ZONE 'UTC', '%Y%m%dT%H%M%S.%gZ') || printf('-%06d', published_through_seq) AS snapshot_id,
  *,
  published_through_seq AS checked_through_seq
FROM raw.publish_0001
ORDER BY published_at;
DROP TABLE raw.publish_0001;

-- rewritings of the writer's file that gave free blocks back
CREATE TABLE raw.compaction (
  compacted_at TIMESTAMPTZ NOT NULL,
  elapsed_ms BIGINT NOT NULL,
  before_bytes BIGINT NOT NULL,
  after_bytes BIGINT NOT NULL
);
