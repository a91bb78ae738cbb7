-- people(names, source_id): of the authors that a listing names, those that may be persons; the page's own are read with more care.
-- kind: scalar
-- Two to six words, or a short name in Han characters; no address, no desk, not the publisher.
CREATE OR REPLACE MACRO people(names, source_id) AS list_filter(
  flatten(list_transform(names, lambda one: regexp_split_to_array(
    regexp_replace(trim(one), '^(?i:by|von|par|por)\s+', ''), '\s+and\s+|\s*[&;]\s*'
  ))),
  lambda name: len(name) <= 60
    AND regexp_full_match(name, '[^\s@/\d|,]+( [^\s@/\d|,]+){1,5}|\p{Han}{2,4}')
    AND NOT regexp_matches(lower(name), '\b(staff|desk|team|news|newsroom|editors?|editorial|reporters?|correspondents?|'
      || 'agency|agencies|agence|press|wire|admin|administrator|redaktion|redaction|redacción|redazione|rédaction|author|'
      || 'guest|times|post|gazette|daily|media|tv|radio|online|magazine)\b')
    AND regexp_replace(lower(name), '[^a-z0-9]', '', 'g') <> replace(source_id, '-', '')
);
