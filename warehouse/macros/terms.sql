-- terms(words): what is looked for when these words are: words folded, or pairs of characters where words are not parted.
-- kind: scalar
-- With it all that terms are made of; a change of this file has all articles posted anew.

-- scripts that do not part words, or part them with their endings (Hangul)
CREATE OR REPLACE MACRO unspaced() AS '\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}';
-- scripts that part words, and whose marks are letters, not accents
CREATE OR REPLACE MACRO marked() AS
  '\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}';

-- looked for first, since taking the place of letters is slow, and most texts have none of these
CREATE OR REPLACE MACRO folded_letters(words) AS CASE
  WHEN regexp_matches(words, '[øłđðıىةؤئａ-ｚ０-９]') THEN translate(
    words,
    'øłđðıىةؤئａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９',
    'olddiيهويabcdefghijklmnopqrstuvwxyz0123456789'
  )
  ELSE words
END;

-- lower case without accents and signs for vowels; ß is ss, ø is o, Arabic ى ة ؤ ئ are ي ه و ي, wide letters and digits usual ones
CREATE OR REPLACE MACRO folded_words(words) AS strip_accents(replace(replace(replace(folded_letters(
  lower(coalesce(words, ''))
), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'));

CREATE OR REPLACE MACRO spaced_terms(words) AS CASE
  WHEN regexp_matches(words, '[' || unspaced() || marked() || ']')
    THEN regexp_extract_all(
      folded_words(regexp_replace(words, '[' || unspaced() || marked() || ']+', ' ', 'g')), '[\p{L}\p{N}]+'
    ) || regexp_extract_all(nfc_normalize(words), '[' || marked() || ']+')
  ELSE regexp_extract_all(folded_words(words), '[\p{L}\p{N}]+')
END;

-- runs of characters two spaces apart, so that each has a space of its own at either end
CREATE OR REPLACE MACRO unspaced_words(words) AS regexp_replace(nfc_normalize(words), '[^' || unspaced() || ']+', '  ', 'g');

-- those that begin at odd places of a run, and those at even ones
CREATE OR REPLACE MACRO sign_pairs(signs) AS regexp_extract_all(signs, '[^ ]{2}')
  || regexp_extract_all(regexp_replace(signs, '(^| )[^ ]', '\1', 'g'), '[^ ]{2}');

-- a character is looked for where it stands alone, and posted wherever it stands
CREATE OR REPLACE MACRO terms(words) AS spaced_terms(words) || CASE
  WHEN regexp_matches(words, '[' || unspaced() || ']') THEN list_transform(
    [unspaced_words(words)], lambda signs: sign_pairs(signs) || regexp_extract_all(' ' || signs || ' ', ' ([^ ]) ', 1)
  )[1]
  ELSE []
END;
CREATE OR REPLACE MACRO posted_terms(words) AS spaced_terms(words) || CASE
  WHEN regexp_matches(words, '[' || unspaced() || ']') THEN list_transform(
    [unspaced_words(words)], lambda signs: sign_pairs(signs) || regexp_extract_all(signs, '[^ ]')
  )[1]
  ELSE []
END;

-- the 40 bits under which a term is posted: of five million terms, one in 200,000 shares its key with another
CREATE OR REPLACE MACRO term_key(term) AS md5_number_lower(term) >> 24;

-- words and characters with one space around each, by which phrases are found in texts
CREATE OR REPLACE MACRO told_words(words) AS regexp_replace(
  ' ' || regexp_replace(folded_words(words), '([' || unspaced() || '])', ' \1 ', 'g') || ' ', '[^\p{L}\p{M}\p{N}]+', ' ', 'g'
);
