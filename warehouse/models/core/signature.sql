-- core.signature: one row an article: the words by which it is compared, without the lines that its source repeats.
-- grain: article_key
-- kind: kept
-- Rule 1 (rules/signature.py, likeness.py, story.py): a change of what they say raises this number, so that all is made anew.
SELECT
  NULL::BIGINT AS article_key,
  NULL::UUID AS article_id,
  NULL::VARCHAR AS source_id,
  NULL::VARCHAR AS title,
  NULL::TIMESTAMPTZ AS published_at,
  NULL::VARCHAR AS content_hash,
  NULL::BIGINT AS text_key,
  NULL::VARCHAR AS words
WHERE false
