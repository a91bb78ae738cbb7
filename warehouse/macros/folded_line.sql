-- folded_line(line): a line as repeated lines are told by: letters and digits alone, lower case.
-- kind: scalar
CREATE OR REPLACE MACRO folded_line(line) AS regexp_replace(lower(nfc_normalize(line)), '[^\p{L}\p{N}]', '', 'g');
