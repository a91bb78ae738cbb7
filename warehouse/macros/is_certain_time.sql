-- is_certain_time(precision, evidence, is_disputed): whether a time of publication says who was first: by the page or a feed,
-- finer than a day, and undisputed.
-- kind: scalar
CREATE OR REPLACE MACRO is_certain_time("precision", evidence, is_disputed) AS
  "precision" <> 'day' AND evidence NOT IN ('text', 'url', 'first-seen') AND NOT is_disputed;
