-- 文章内同一人只有一个姓名
-- within a version, one person has one name
-- (core_official_mentions)
SELECT article_id, content_sha256, batch_id, person_key, list(DISTINCT name) AS names
FROM core_official_mentions
GROUP BY article_id, content_sha256, batch_id, person_key
HAVING count(DISTINCT name) > 1
