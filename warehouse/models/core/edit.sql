-- core.edit: one row a revision after the first: what changed from the revision before it.
-- grain: article_id, revision_number
-- kind: kept
-- Rule 2 (rules/edit.py, warehouse/edits.py): a change of what they say raises this number, so that all rows are made anew.
SELECT
  NULL::UUID AS article_id,
  NULL::BIGINT AS revision_number,
  NULL::VARCHAR AS title_before,
  NULL::VARCHAR[] AS paragraphs_added,
  NULL::VARCHAR[] AS paragraphs_removed,
  NULL::STRUCT("before" VARCHAR, "after" VARCHAR)[] AS paragraphs_changed,
  NULL::BOOLEAN AS is_trivial,
  NULL::BOOLEAN AS is_stealth
WHERE false
