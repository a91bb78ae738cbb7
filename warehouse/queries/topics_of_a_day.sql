-- What is talked of today, more than usual?
-- The last day with news: tags, and words and phrases of headlines; trend is how far a topic is above its 28 days before, in
-- units of chance. A young warehouse knows no baseline yet: then it is the most frequent.
-- none is right on a day without two articles on one topic.
SELECT language, topic_kind, topic, article_count, source_count, story_count, baseline_count, trend
FROM trending((SELECT max(topic_on) FROM core.topic WHERE topic_on <= current_date), 20)
