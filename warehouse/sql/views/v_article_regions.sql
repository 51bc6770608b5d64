-- 现行文章的地区标签（现行一代），带各级名称与标题
-- region tags in force of current articles, with the names of their ancestors and the headline
-- = SELECT region_code, any_value(region_name) AS region_name, count(DISTINCT article_id) AS articles FROM v_article_regions WHERE level = 'county' GROUP BY region_code ORDER BY articles DESC LIMIT 10
WITH current_version AS (
    SELECT article_id, content_sha256, title, canonical_url FROM v_article_versions WHERE is_current
)
SELECT r.article_id, r.content_sha256, r.ordinal, r.region_code, coalesce(d.region_name, r.region_name) AS region_name,
       r.level, r.is_primary, r.role, r.field, r.surface, r.start_offset, r.end_offset, r.score, r.rule,
       d.path_codes, d.province_code, d.province_name, d.city_code, d.city_name, d.county_code, d.county_name,
       r.publisher_id, r.published_at, r.published_date, c.title, c.canonical_url, r.batch_id
FROM core_article_regions AS r
JOIN v_tag_generations USING (article_id, content_sha256, batch_id)
JOIN current_version AS c USING (article_id, content_sha256)
LEFT JOIN dim_regions AS d ON d.region_code = r.region_code
