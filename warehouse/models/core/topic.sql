-- core.topic: one row a topic of an article: a tag, a word of its title, or a phrase of two words that follow each other there.
-- grain: article_id, topic_kind, topic
-- kind: table
-- touched by: article_id
-- Han and Thai, which have no spaces, give pairs of characters; runs of Katakana are words; Hiragana, mostly grammar, is none.
-- Stop words are here too, since they are known only by all titles of a language (mart/stop_word.sql).
WITH place AS (
  SELECT rowid AS row_id FROM core.article WHERE article_id IN (SELECT article_id FROM touched_article)
),
-- by row number, so that the rows of other articles are not unpacked
article AS (
  SELECT
    article_id,
    source_id,
    (published_at AT TIME ZONE 'UTC')::DATE AS topic_on,
    coalesce(lower(split_part(language, '-', 1)), 'und') AS language,
    tags,
    list_filter(
      regexp_extract_all(nfc_normalize(title), '\p{Han}+|\p{Thai}+|[\p{Katakana}ー]+'
        || '|(?:[^\P{L}\p{Han}\p{Thai}\p{Katakana}\p{Hiragana}ー]|[\p{M}\p{N}])+|[^\p{L}\p{M}\p{N}\s''’-]+'),
      -- letters alone are what apostrophes leave; words on both sides of a colon or a bracket are no phrase
      lambda word: len(word) > 1 OR NOT regexp_matches(word, '[\p{L}\p{N}]')
    ) AS words
  FROM core.article
  WHERE rowid IN (SELECT row_id FROM place)
),
spoken AS (
  SELECT article_id, unnest(words) AS word, generate_subscripts(words, 1) AS place, unnest(words[2:]) AS next_word
  FROM article
),
part AS (
  SELECT article_id, 'tag' AS topic_kind, trim(unnest(tags)) AS topic, false AS is_common
  FROM article
  UNION ALL
  SELECT
    article_id,
    'word',
    unnest(CASE WHEN regexp_matches(word, '^[\p{Han}\p{Thai}]')
      THEN list_transform(range(1, len(word)), lambda nth: substr(word, nth, 2)) ELSE [word] END),
    -- names are capital wherever they stand; the first word of a title does not tell
    place > 1 AND regexp_matches(word, '^[^\p{Lu}\p{Lt}\p{Han}\p{Thai}\p{Katakana}]')
  FROM spoken
  WHERE regexp_matches(word, '\p{L}')
  UNION ALL
  SELECT article_id, 'phrase', concat_ws(' ', word, next_word), false
  FROM spoken
  WHERE regexp_matches(word, '^[^\p{Han}\p{Thai}\p{Katakana}]*$') AND regexp_matches(word, '[\p{L}\p{N}]')
    AND regexp_matches(next_word, '^[^\p{Han}\p{Thai}\p{Katakana}]*$') AND regexp_matches(next_word, '[\p{L}\p{N}]')
),
topic AS (
  SELECT article_id, topic_kind, lower(topic) AS topic, bool_or(is_common) AS is_common
  FROM part
  WHERE len(topic) BETWEEN 2 AND 100
  GROUP BY ALL
)
SELECT
  topic.article_id,
  article.source_id,
  article.topic_on,
  article.language,
  topic.topic_kind,
  topic.topic,
  topic.is_common
FROM topic
JOIN article USING (article_id)
