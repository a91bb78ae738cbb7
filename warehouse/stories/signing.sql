-- The articles of one step, with their texts. Texts are read by load_seq, so that DuckDB passes over older row groups; what is
-- kept of articles is found by their time of publication as well, for the same reason.
CREATE OR REPLACE TEMP TABLE signing AS
SELECT
  part.article_key, part.article_id, part.source_id, part.title, part.published_at, part.content_hash, capture.text
FROM unsigned AS part
JOIN raw.extraction AS capture ON capture.load_seq = part.load_seq AND capture.fetch_id = part.fetch_id
WHERE part.place >= $start AND part.place < $end;

CREATE OR REPLACE TEMP TABLE outdated AS
SELECT article_key, published_at FROM known SEMI JOIN signing USING (article_key);

CREATE OR REPLACE TEMP TABLE old_line AS
SELECT source_id, line_key FROM core.line SEMI JOIN outdated USING (article_key, published_at);
