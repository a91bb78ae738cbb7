-- One row is one thing: no article, revision or entry is there twice.
SELECT NULL AS batch_id, format('core.article {} is there {} times', article_id::VARCHAR, count(*)) AS finding
FROM core.article
WHERE change_seq > getvariable('since_seq')
GROUP BY article_id
HAVING count(*) > 1
UNION ALL
SELECT NULL, format('core.revision {} number {} is there {} times', article_id::VARCHAR, revision_number, count(*))
FROM core.revision
WHERE load_seq > getvariable('since_seq')
GROUP BY article_id, revision_number
HAVING count(*) > 1
UNION ALL
SELECT NULL, format('core.entry {} {} is there {} times', source_id, entry_id::VARCHAR, count(*))
FROM core.entry
WHERE change_seq > getvariable('since_seq')
GROUP BY source_id, entry_id
HAVING count(*) > 1
