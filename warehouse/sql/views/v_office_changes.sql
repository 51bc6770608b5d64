-- 职务变动：一行为报道写明的一次任免、公示、查处或逝世（announced），或由前后任职推得的一次调任（observed）
-- changes of office: one row per appointment, dismissal, notice, investigation or death that an article tells (announced), or move read off two tenures (observed)
-- = SELECT * FROM v_office_changes ORDER BY ALL LIMIT 10
-- @person_id 跨文章的人物编号 | the person across articles
-- @change_kind 变动：appointed、dismissed、acting、proposed、candidate、investigated、deceased、moved | what changed: appointed, dismissed, acting, proposed, candidate, investigated, deceased, moved
-- @from_position 推得的原职务 | the position before, where it is observed
-- @to_position 变动所及或新任的职务 | the position that the change concerns, or the new one
-- @from_region_code 推得的原辖区代码 | adcode of the jurisdiction before, where it is observed
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @changed_date 报道日期；推得的为新职首见日期 | day of the article; of an observed move the day first seen in the new post
-- @basis announced 或 observed | announced or observed
-- @article_id 佐证文章 | the article that says so
WITH announced AS (
    SELECT person_id, name, status AS change_kind, CAST(NULL AS VARCHAR) AS from_position,
           unnest(positions_normalised) AS to_position, CAST(NULL AS VARCHAR) AS from_region_code, region_code, region_name,
           published_date AS changed_date, 'announced' AS basis, article_id
    FROM v_person_appearances
    WHERE status IN ('appointed', 'dismissed', 'acting', 'proposed', 'candidate', 'investigated', 'deceased')
), posts AS (
    SELECT t.* FROM v_tenures AS t JOIN dim_positions AS p ON p.position_name = t.position
    WHERE p.category IN ('正职', '副职', '部门正职', '部门副职') AND t.first_seen_date IS NOT NULL
), observed AS (
    SELECT b.person_id, b.name, 'moved' AS change_kind, arg_max(a.position, (a.last_seen_date, a.position, a.region_code)) AS from_position,
           b.position AS to_position, arg_max(a.region_code, (a.last_seen_date, a.position, a.region_code)) AS from_region_code, b.region_code,
           max(b.region_name) AS region_name, b.first_seen_date AS changed_date, 'observed' AS basis, min(b.article_ids[1]) AS article_id
    FROM posts AS b
    JOIN posts AS a ON a.person_id = b.person_id AND a.last_seen_date < b.first_seen_date
    GROUP BY b.person_id, b.name, b.position, b.region_code, b.first_seen_date
)
FROM announced UNION ALL BY NAME FROM observed
