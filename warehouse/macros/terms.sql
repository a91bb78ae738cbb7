-- terms(words): the words of a text as search sees them: lower case, no accents, CJK and Thai by character.
-- kind: scalar
CREATE OR REPLACE MACRO terms(words) AS regexp_extract_all(
  strip_accents(lower(coalesce(words, ''))),
  '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}]+'
);
