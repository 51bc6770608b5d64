-- 官员活动时间线：一行为一人在一篇现行文章中的出现；同名不同人由辖区与职务区分，本表不合并
-- officials' timeline: one row per person and current article; people who share a name are told apart by jurisdiction and position, not merged
-- = SELECT published_date, position, roles, title FROM v_officials_timeline WHERE region_code = '370114' ORDER BY published_date, name
-- @position 文中首个写明的职务 | the first position that the article writes
-- @positions_normalised 规范职务，去重 | normalised positions without repeats
-- @roles 在事件中的角色，按出现先后 | what the person does in the event, in order
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @mentions_count 文中提及次数 | mentions in the article
-- @confidence 各次提及中的最高把握 | highest confidence of the mentions
WITH appearances AS (
    SELECT m.name, m.published_date, m.published_at,
           coalesce(arg_min(m.position, m.ordinal) FILTER (m.position <> ''), '') AS position,
           flatten(list(m.positions_normalised ORDER BY m.ordinal)) AS positions_normalised,
           coalesce(arg_min(m.organisation, m.ordinal) FILTER (m.organisation <> ''), '') AS organisation,
           coalesce(arg_min(m.jurisdiction, m.ordinal) FILTER (m.jurisdiction <> ''), '') AS jurisdiction,
           arg_min(m.region_code, m.ordinal) FILTER (m.region_code IS NOT NULL) AS region_code,
           arg_min(m.region_name, m.ordinal) FILTER (m.region_code IS NOT NULL) AS region_name,
           coalesce(arg_min(m.rank_level, m.ordinal) FILTER (m.rank_level <> ''), '') AS rank_level,
           arg_min(m.status, m.ordinal) AS status,
           coalesce(list(m.role ORDER BY m.ordinal) FILTER (m.role <> ''), []) AS roles,
           m.title, m.article_id, m.canonical_url, m.publisher_id, m.person_key,
           count(*)::INTEGER AS mentions_count, max(m.confidence) AS confidence
    FROM v_official_mentions AS m
    GROUP BY m.name, m.published_date, m.published_at, m.title, m.article_id, m.canonical_url, m.publisher_id, m.person_key
)
-- list_distinct would lose the order in which they appear
SELECT * REPLACE (
    list_filter(positions_normalised, lambda x, i: list_position(positions_normalised, x) = i) AS positions_normalised,
    list_filter(roles, lambda x, i: list_position(roles, x) = i) AS roles
)
FROM appearances
