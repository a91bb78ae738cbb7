-- What was said of the stories of all that was reached is taken back, to be said anew; of those that are gone, for good.
DELETE FROM core.story_article WHERE article_key IN (SELECT article_key FROM unjoined);

DELETE FROM core.story_doubt
WHERE article_key IN (SELECT article_key FROM reached) OR other_article_key IN (SELECT article_key FROM reached);
