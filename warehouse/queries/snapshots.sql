-- Which state of the data is this, and which were there before?
-- Name the snapshot_id under every figure that you publish; `ingest snapshots` says which can still be opened.
SELECT snapshot_id, published_at, published_through_seq, is_this_file
FROM mart.snapshot
ORDER BY snapshot_id DESC
LIMIT 100
