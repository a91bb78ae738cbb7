-- What was said of the neighbours' stories is taken back, to be said anew; and of those that are gone.
DELETE FROM core.story_article
WHERE article_key IN (SELECT article_key FROM neighbour) OR article_key NOT IN (SELECT article_key FROM core.signature);

DELETE FROM core.story_doubt
WHERE article_key IN (SELECT article_key FROM neighbour) OR other_article_key IN (SELECT article_key FROM neighbour)
  OR article_key NOT IN (SELECT article_key FROM core.signature) OR other_article_key NOT IN (SELECT article_key FROM core.signature);
