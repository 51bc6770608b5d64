-- 被剔除的网页及原因，并标明该网址后来是否成为文章
-- pages that were given up and why, with whether the URL became an article after all
-- = SELECT publisher_id, reason, detail FROM v_rejections ORDER BY ALL
-- @is_recovered 该网址是否另有文章入库 | whether the URL has an article in the warehouse
SELECT r.fetched_date, r.publisher_id, p.publisher_name, r.section_id, r.step, r.reason, r.detail, r.canonical_url, r.url,
       r.article_id, r.body_sha256, r.fetched_at, h.article_id IS NOT NULL AS is_recovered, r.batch_id
FROM core_rejections AS r
LEFT JOIN dim_publishers AS p ON p.publisher_id = r.publisher_id
LEFT JOIN (SELECT DISTINCT article_id FROM core_articles) AS h ON h.article_id = r.article_id
