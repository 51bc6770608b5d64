-- 一次抓取要么成为文章，要么有剔除原因
-- a capture became an article or was rejected, never both and never neither
-- (core_captures)
SELECT article_id, fetched_at, batch_id, content_sha256, reason
FROM core_captures
WHERE (content_sha256 IS NULL) = (reason IS NULL)
