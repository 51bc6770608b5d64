-- 现行文章写明的任免（现行一代），一行为一篇文章中一人一职的一次变动，带辖区全称与标题
-- changes of office that current articles announce: one row per article, person, post and change in force, with the jurisdiction's full name and the headline
-- = SELECT name, change_kind, position, from_position, decided_by, decided_date, surface FROM v_announced_changes ORDER BY published_at, article_id, ordinal LIMIT 10
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
WITH current_version AS (
    SELECT article_id, content_sha256, title, canonical_url FROM v_article_versions WHERE is_current
)
SELECT o.article_id, o.content_sha256, o.ordinal, o.person_key, o.change_kind, o.name, o.position, o.position_name, o.organisation,
       o.jurisdiction, o.region_code, d.region_name, o.rank_level, o.from_position, o.from_positions_normalised,
       o.from_region_code, o.decided_by, o.decided_by_region_code, o.decided_meeting, o.decided_date, o.decided_evidence,
       o.field, o.surface, o.start_offset, o.end_offset, o.confidence, o.rule,
       o.publisher_id, o.published_at, o.published_date, c.title, c.canonical_url, o.batch_id
FROM core_office_changes AS o
JOIN v_tag_generations USING (article_id, content_sha256, batch_id)
JOIN current_version AS c USING (article_id, content_sha256)
LEFT JOIN dim_regions AS d ON d.region_code = o.region_code
