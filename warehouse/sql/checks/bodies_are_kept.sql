-- 抓取所列原文都在库中；超过保存期限而抹去的除外
-- every body that a capture names is kept, unless a retention has erased it
-- (core_captures; raw_pages)
SELECT c.article_id, c.fetched_at, c.batch_id, c.body_sha256
FROM (SELECT article_id, fetched_at, batch_id, unnest(body_sha256s) AS body_sha256 FROM core_captures) AS c
ANTI JOIN raw_pages AS p USING (body_sha256)
WHERE c.fetched_at >= coalesce((SELECT max(kept_from_at) FROM core_erasures), '-infinity'::TIMESTAMPTZ)
