-- slugs(url): the names that an address gives its article: its last part, where that is telling, and the one long number in it.
-- kind: scalar
-- Telling are three words (of close writing, six characters), several words of sixteen letters together, or a code of letters
-- and digits. A long number has six digits and is no date. Cases are in tests/warehouse/test_alias.py.
CREATE OR REPLACE MACRO last_part(url) AS regexp_replace(
  regexp_extract(
    regexp_replace(regexp_extract(url, '^\w+://[^/?#]*([^?#]*)', 1), '(?i)(/(amp|print|full|index(\.\w+)?))?/*$', ''), '[^/]*$'
  ),
  '(?i)(\.(s?html?|php|aspx?|jsp|cms|ece|stm|amp|print))+$', ''
);

CREATE OR REPLACE MACRO is_telling(part) AS
  len(regexp_extract_all(part, '\p{L}{2,}')) + len(regexp_extract_all(part, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]')) // 3 >= 3
  OR (regexp_matches(part, '\p{L}[^\p{L}]\p{L}') AND len(regexp_replace(part, '\P{L}', '', 'g')) >= 16)
  OR (regexp_full_match(part, '[a-z0-9]{10,}') AND regexp_matches(part, '[0-9].*[0-9]') AND regexp_matches(part, '[a-z]'));

CREATE OR REPLACE MACRO long_numbers(part) AS list_filter(
  regexp_extract_all(part, '[0-9]{6,}'),
  lambda number: NOT regexp_full_match(number,
    '(19|20)[0-9]{2}(0[1-9]|1[0-2])'  -- 202611
    || '|((19|20)?[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])'  -- 20261122, 261122
    || '|(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])(19|20)[0-9]{2}'  -- 22112026
  )
);

CREATE OR REPLACE MACRO slugs(url) AS list_distinct(flatten(list_transform(
  -- what is no UTF-8 stays encoded
  [lower(coalesce(TRY(nfc_normalize(url_decode(last_part(url)))), last_part(url)))],
  lambda part: list_filter([part], lambda whole: is_telling(whole))
    || flatten(list_filter([long_numbers(part)], lambda numbers: len(numbers) = 1))
)));

-- the day that an address names, where it names one: 2026/11/22, 2026-11-22 or 20261122
CREATE OR REPLACE MACRO day_of(url) AS nullif(regexp_replace(regexp_extract(
  url, '[^0-9]((19|20)[0-9]{2}([/-]?)(0?[1-9]|1[0-2])([/-]?)(0[1-9]|[12][0-9]|3[01]))([^0-9]|$)', 1
), '[^0-9]', '', 'g'), '');
