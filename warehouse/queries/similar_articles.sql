-- Which articles are near this one in what they are about?
-- Put an article_id in place of the first one's. Copies share a story_id; these are others on the same matter, too.
-- none is right where no other article is on the matter.
SELECT near.score, near.published_at, near.source_id, near.title
FROM near((SELECT min(article_id) FROM core.article), 10) AS near
