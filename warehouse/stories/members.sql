-- The stories of what is in `frontier`, whole: links within a story lead out of it only where there is a doubt. An article that
-- no earlier build knew is in no story yet, and where there are only such ones nothing is looked for.
INSERT INTO unjoined
WITH fresh_key AS (
  SELECT article_key(article_id) AS article_key FROM fresh WHERE getvariable('since_seq') >= 0
),
stored AS (
  SELECT article_key FROM frontier ANTI JOIN fresh_key USING (article_key)
),
story AS (
  SELECT DISTINCT story_key FROM core.story_article SEMI JOIN stored USING (article_key)
)
SELECT article_key, article_id FROM core.story_article SEMI JOIN story USING (story_key);

CREATE OR REPLACE TEMP TABLE member AS
SELECT article_key FROM unjoined
UNION
SELECT article_key FROM frontier;

INSERT INTO reached
SELECT article_key FROM member ANTI JOIN reached USING (article_key);

CREATE OR REPLACE TEMP TABLE frontier AS
WITH doubted AS (
  SELECT other_article_key AS article_key FROM core.story_doubt SEMI JOIN member USING (article_key)
  UNION
  SELECT article_key FROM core.story_doubt WHERE other_article_key IN (SELECT article_key FROM member)
)
SELECT article_key FROM doubted ANTI JOIN reached USING (article_key);
