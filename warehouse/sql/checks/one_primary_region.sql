-- 一个版本的一代标签至多一个主要地区
-- a generation of a version's tags has at most one primary region
-- (core_article_regions)
SELECT article_id, content_sha256, batch_id, list(DISTINCT region_code) AS region_codes
FROM core_article_regions
WHERE is_primary
GROUP BY article_id, content_sha256, batch_id
HAVING count(DISTINCT region_code) > 1
