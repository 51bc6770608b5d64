-- 每个版本都有写入它的抓取，且该批次写入了标签
-- every version has the capture that landed it, in a batch that landed its tags
-- (core_articles core_captures)
SELECT a.article_id, a.content_sha256, a.batch_id
FROM core_articles AS a
ANTI JOIN (SELECT * FROM core_captures WHERE is_tagged) AS c USING (article_id, content_sha256, batch_id)
