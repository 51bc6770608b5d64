-- 文章编号由规范网址得出
-- an article's id is made from its canonical URL
-- (core_articles)
SELECT article_id, canonical_url
FROM core_articles
WHERE article_id <> left(sha256(canonical_url), 16)
