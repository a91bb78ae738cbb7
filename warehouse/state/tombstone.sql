-- tombstone: one row an entry that was erased, or an order by which a source or an author is: what no crawl brings back.
-- key: tombstone_id
SELECT tombstone_id, source_id, entry_id, article_id, is_everywhere, author_hash
FROM raw.tombstone
