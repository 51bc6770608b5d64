-- 现行文章的官员提及（现行一代），带辖区全称与标题
-- mentions of officials in force of current articles, with the jurisdiction's full name and the headline
-- = SELECT surface, position, role, rule FROM v_official_mentions WHERE name = '马保岭' ORDER BY article_id, start_offset
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
WITH current_version AS (
    SELECT article_id, content_sha256, title, canonical_url FROM v_article_versions WHERE is_current
)
SELECT m.article_id, m.content_sha256, m.ordinal, m.person_key, m.name, m.position, m.positions_normalised,
       m.organisation, m.jurisdiction, m.region_code, d.region_name, m.rank_level, m.status, m.role, m.field,
       m.surface, m.start_offset, m.end_offset, m.confidence, m.rule,
       m.publisher_id, m.published_at, m.published_date, c.title, c.canonical_url, m.batch_id
FROM core_official_mentions AS m
JOIN v_tag_generations USING (article_id, content_sha256, batch_id)
JOIN current_version AS c USING (article_id, content_sha256)
LEFT JOIN dim_regions AS d ON d.region_code = m.region_code
