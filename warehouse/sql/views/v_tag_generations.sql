-- 每个版本的现行一代标签出自哪个批次
-- the batch whose tags of a version are in force: the newest that tagged it
-- = SELECT batch_id, count(*) AS versions FROM v_tag_generations GROUP BY ALL ORDER BY versions DESC
SELECT article_id, content_sha256, arg_max(batch_id, (landed_at, batch_id)) AS batch_id
FROM core_captures
WHERE is_tagged
GROUP BY article_id, content_sha256
