-- An extraction without text is no extraction.
SELECT batch_id, format('{} has no text', url) AS finding
FROM raw.extraction
WHERE load_seq > getvariable('since_seq') AND trim(text) = ''
